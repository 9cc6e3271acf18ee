"""Production in the planning grid: which rows a cell of it is made of, and what they are worth."""

import numpy as np

from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise_web.reads.grid_marks import own_routes
from equipoise_web.reads.grid_rows import GridRows
from equipoise_web.reads.grid_view import PRODUCTION, grain_typed

STANDARD = "cost_standard_price"


def typed_rows(rows: GridRows, line: int, node: int) -> IntArray:
    """Rows below a cell that what is typed there moves: of production those of our own routes."""
    grain = grain_typed(rows.lines[line])
    found = rows.tree.rows_of(grain, node) if grain in rows.tree.nodes else np.zeros(0, dtype=np.int64)
    return found[own_routes(rows.numbers.plan.axes)[found]] if grain is Grain.MAKE else found


def standard_cost(plan: Plan, made: IntArray, begin: int, end: int) -> float:
    """Standard cost of a unit of some rows of grain make in buckets begin..end−1, as they are made; the plain mean
    where nothing is, 0 where no cost is known."""
    make, prices = plan.axes.keys[Grain.MAKE], plan.section_of(STANDARD).panel_of(STANDARD)
    at = np.array([prices.keys.rows.get(make.labels(row)[:2], -1) for row in made.tolist()], dtype=np.int64)
    cost = np.where((at >= 0)[:, None], np.asarray(prices[STANDARD])[at, begin:end], np.nan)
    units = plan.measure(PRODUCTION).values[made, begin:end]
    weights = units if units.any() else np.ones(units.shape)
    known = ~np.isnan(cost)
    total = float(weights[known].sum())
    return float((cost[known] * weights[known]).sum()) / total if total > 0 else 0.0
