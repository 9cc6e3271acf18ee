"""The product structure of infinite loading: which item at which location is made, bought or shipped from what.

A *node* is an item at a location. A link says that one unit started (or shipped) at its parent takes `quantity` units
of its component: a line of a bill of material with its scrap, or, between locations, a line of a bill of distribution
(the same item where it comes from, quantity 1 or its share). So one structure holds MRP and DRP.

Low-level code (ASCM dictionary): the lowest level at which a node occurs in any structure; 0 is what nothing takes.
Nodes are planned code by code, so that all that asks for a node is known when its turn comes (Orlicky, Material
Requirements Planning, chapter 4).

>>> chair, leg, wood = 0, 1, 2
>>> built = build_structure(
...     3, parent=np.array([chair, chair, leg]), component=np.array([leg, wood, wood]),
...     quantity=np.array([4.0, 1.0, 0.5]), lead=np.array([1, 1, 2]))
>>> built.code.tolist(), built.order.tolist()
([0, 1, 2], [0, 1, 2])
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid

Codes = Callable[[int, IntArray, IntArray], IntArray]
"""Low-level codes of so many nodes by the parents and components of their links (`low_level_codes`)."""


class WrongStructure(EquipoiseError):
    """A node that is its own component, or a lead time, yield or lot that cannot be."""


@dataclass(frozen=True, eq=False)
class ProductStructure:
    """N nodes and E links, the links in the order in which planning needs them."""

    lead: IntArray
    """[N] buckets from release to receipt."""
    started_per_good: FloatArray
    """[N] units started per good unit: 1 over the yield."""
    min_lot: FloatArray
    lot_multiple: FloatArray
    """[N] units of a receipt; 0: lot for lot."""
    code: IntArray
    """[N] low-level code."""
    order: IntArray
    """[N] nodes by low-level code, then by number."""
    rank: IntArray
    """[N] place of each node in `order`."""
    level_starts: IntArray
    """[levels + 1] where each code begins in `order`."""
    parent: IntArray
    component: IntArray
    """[E] nodes, sorted by the component's place in `order`, then by parent."""
    quantity: FloatArray
    """[E, 1] or [E, T] by release bucket: units of the component per unit started."""
    asked_starts: IntArray
    """[N + 1] where the links that ask for the node at each place of `order` begin."""
    taken_starts: IntArray
    taken_links: IntArray
    """[N + 1] and [E]: the links of each parent node."""

    @cached_property
    def mean_quantity(self) -> FloatArray:
        """[E] mean over the buckets."""
        mean: FloatArray = self.quantity.sum(axis=1) / self.quantity.shape[1]
        return mean


def build_structure(
    count: int,
    *,
    parent: IntArray,
    component: IntArray,
    quantity: FloatArray,
    lead: IntArray,
    yield_ratio: FloatArray | None = None,
    min_lot: FloatArray | None = None,
    lot_multiple: FloatArray | None = None,
    codes: Codes | None = None,
) -> ProductStructure:
    """The structure of `count` nodes; `parent`, `component` [E], `quantity` [E] or [E, T], the others [count].

    Lots are put on the grid of quantities; `codes` finds low-level codes as `low_level_codes` does. Raises
    `WrongStructure` for a circular structure, a negative quantity, lead time or lot, and a yield outside 0 < y ≤ 1.
    """
    yields = np.ones(count) if yield_ratio is None else yield_ratio
    least = np.zeros(count) if min_lot is None else on_grid(min_lot, QUANTITY_STEP)
    multiple = np.zeros(count) if lot_multiple is None else on_grid(lot_multiple, QUANTITY_STEP)
    _check(quantity=quantity, lead=lead, yields=yields, lots=np.minimum(least, multiple))
    code = (codes or low_level_codes)(count, parent, component)
    order = np.argsort(code, kind="stable").astype(np.int64)
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    links = np.lexsort((parent, rank[component]))
    parent, component = parent[links].astype(np.int64), component[links].astype(np.int64)
    amounts = quantity[:, None] if quantity.ndim == 1 else quantity
    return ProductStructure(
        lead=lead.astype(np.int64),
        started_per_good=1.0 / yields,
        min_lot=least,
        lot_multiple=multiple,
        code=code,
        order=order,
        rank=rank,
        level_starts=_starts(code, int(code.max(initial=-1)) + 1),
        parent=parent,
        component=component,
        quantity=np.ascontiguousarray(amounts[links], dtype=np.float64),
        asked_starts=_starts(rank[component], count),
        taken_starts=_starts(parent, count),
        taken_links=np.argsort(parent, kind="stable").astype(np.int64),
    )


def low_level_codes(count: int, parent: IntArray, component: IntArray) -> IntArray:
    """The lowest level at which each node occurs, [count]; 0 is a node that nothing takes.

    Raises `WrongStructure` if a node is, directly or through others, a component of itself.
    """
    code = np.zeros(count, dtype=np.int64)
    waiting = np.bincount(component, minlength=count)
    by_parent = np.argsort(parent, kind="stable")
    starts = _starts(parent, count)
    ready, done = np.flatnonzero(waiting == 0), 0
    level = 0
    while len(ready):
        code[ready] = level
        done += len(ready)
        taken = component[by_parent[_spans(starts[ready], starts[ready + 1])]]
        waiting -= np.bincount(taken, minlength=count)
        fresh = np.unique(taken)
        ready, level = fresh[waiting[fresh] == 0], level + 1
    if done < count:
        stuck = np.flatnonzero(waiting > 0)
        raise WrongStructure(
            f"{len(stuck)} item-locations wait for themselves, the first is number {int(stuck[0])}: "
            "take the component that leads back out of the bill of material"
        )
    return code


def _spans(begin: IntArray, end: IntArray) -> IntArray:
    """The numbers begin[k] .. end[k] − 1 of all k, one after another."""
    lengths = end - begin
    before = np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) if len(begin) else begin
    return before + np.arange(int(lengths.sum()))


def _starts(sorted_or_not: IntArray, count: int) -> IntArray:
    """Where each of `count` groups begins once its members stand together, [count + 1]."""
    counted = np.bincount(sorted_or_not, minlength=count)
    return np.concatenate([[0], np.cumsum(counted)]).astype(np.int64)


def _check(*, quantity: FloatArray, lead: IntArray, yields: FloatArray, lots: FloatArray) -> None:
    for words, wrong in (
        ("a quantity per unit below 0", ~(quantity >= 0)),
        ("a lead time below 0", lead < 0),
        ("a yield that is not above 0 and at most 1", ~((yields > 0) & (yields <= 1))),
        ("a lot below 0", ~(lots >= 0)),
    ):
        if wrong.any():
            raise WrongStructure(
                f"{words}, first at number {int(np.flatnonzero(wrong.reshape(len(wrong), -1).any(1))[0])}"
            )
