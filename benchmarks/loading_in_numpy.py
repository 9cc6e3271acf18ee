"""Infinite loading as one would write it with NumPy and SciPy: a sparse product per level, running sums over time.

The same rules as `equipoise.supply.loading.infinite_loading` for nodes without lots, not on the grid of exact numbers.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.loading.product_structure import ProductStructure, build_structure
from equipoise.supply.loading.requirements import Loading, Requirements

LEVELS = ((0.4, 1, 1), (0.2, 3, 2), (0.2, 2, 1), (0.2, 0, 0))
"""Of each level: its share of all nodes, how many components a node takes, from how many of the next levels."""


def made_structure(count: int, horizon: int, seed: int = 20261126) -> tuple[ProductStructure, Requirements]:
    """A made-up structure of item-locations in four levels: warehouses, plants, subassemblies, parts, in that order."""
    rng = np.random.default_rng(seed)
    edges = np.rint(np.cumsum([0.0, *(share for share, _, _ in LEVELS)]) * count).astype(np.int64)
    parents, components = [], []
    for level, (_, taken, reach) in enumerate(LEVELS):
        nodes = np.repeat(np.arange(edges[level], edges[level + 1]), taken)
        parents.append(nodes)
        components.append(rng.integers(edges[level + 1], edges[min(level + 1 + reach, len(LEVELS))], len(nodes)))
    parent, component = np.concatenate(parents), np.concatenate(components)
    # Rows stand in no order that helps: tables are sorted by item and location, not by low-level code.
    number = rng.permutation(count)
    sold = np.sort(number[: edges[1]])
    structure = build_structure(
        count,
        parent=number[parent],
        component=number[component],
        quantity=np.where(parent < edges[1], 1.0, np.round(rng.uniform(0.2, 4.0, len(parent)), 2)),
        lead=rng.integers(0, 3, count),
        yield_ratio=np.where(rng.random(count) < 0.3, 0.97, 1.0),
    )
    demand = np.zeros((count, horizon))
    demand[sold] = rng.integers(0, 200, (len(sold), horizon))
    scheduled = np.zeros((count, horizon))
    scheduled[:, 0] = np.where(rng.random(count) < 0.3, 150.0, 0.0)
    asked = Requirements(
        demand, np.rint(rng.uniform(0, 300, count)), scheduled, np.rint(rng.uniform(0, 90, (count, 1)))
    )
    return structure, asked


@dataclass(frozen=True, eq=False)
class Levels:
    """What the plain way needs to know of a structure before it starts."""

    rows: tuple[IntArray, ...]
    """Nodes of each level."""
    bills: tuple[csr_array, ...]
    """Of each level: its nodes × all nodes, units taken per unit started."""
    lead: IntArray
    yield_ratio: FloatArray


def read_levels(structure: ProductStructure) -> Levels:
    """The bills of each level as a sparse matrix."""
    count = len(structure.order)
    whole = csr_array((structure.quantity[:, 0], (structure.component, structure.parent)), shape=(count, count))
    rows = np.split(structure.order, structure.level_starts[1:-1])
    return Levels(tuple(rows), tuple(whole[level] for level in rows), structure.lead, 1.0 / structure.started_per_good)


def load_in_numpy(levels: Levels, asked: Requirements) -> Loading:
    """The infinite plan, level by level."""
    count, horizon = asked.demand.shape
    plan = Loading(np.empty((count, horizon)), np.empty((count, horizon)), np.zeros((count, horizon)), np.zeros(count))
    wanted = np.zeros((count, horizon))
    for rows, bill in zip(levels.rows, levels.bills, strict=True):
        gross = asked.demand[rows]
        if bill.nnz:
            gross += bill @ wanted
        need = np.cumsum(gross - asked.scheduled[rows], axis=1)
        need += asked.safety[rows] - asked.on_hand[rows, None]
        so_far = np.maximum.accumulate(np.maximum(need, 0.0), axis=1)
        receipts = np.diff(so_far, axis=1, prepend=0.0)
        plan.gross[rows], plan.receipts[rows] = gross, receipts
        started = receipts / levels.yield_ratio[rows, None]
        for lead in np.unique(levels.lead[rows]).tolist():
            chosen = levels.lead[rows] == lead
            plan.releases[rows[chosen], : horizon - lead] = started[chosen, lead:]
            plan.past_due[rows[chosen]] = started[chosen, :lead].sum(axis=1)
        wanted[rows] = plan.releases[rows]
        wanted[rows, 0] += plan.past_due[rows]
    return plan
