"""Stored roll-ups: the sums of a measure at pairs of levels, kept on disk beside the rows that they are sums of.

A grain of many rows has a layout: for each level of its first two dimensions (item and market, or item and location),
the whole included, a block with one row for each pair of nodes. Blocks with more than a fraction of the grain's rows
are left out: what they would say is a short sum of neighbouring rows. The sums of a measure are one array [S, T] over
all blocks of its layout, a file that is mapped, so a node is read as fast as a row.

Sums are stored only where they are exact (`core.grid`), so they equal what summing the rows gives, bit for bit. They
follow from sections and snapshot: they are no part of a plan's digest, and whoever misses them makes them again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.axes import Axes
from equipoise.core.grid import MONEY_STEP, BoolArray, FloatArray, IntArray, is_on_grid, on_grid
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.measure import Grain, Unit
from equipoise.core.panel import Panel
from equipoise.plan import Plan
from equipoise.store import NotWritten, SnapshotExists, publish_folder

LEAST_ROWS = 10_000
"""Rows of a grain from which its sums are stored; fewer are summed as fast as sums are read."""
COARSER = 8
"""A block is stored where the grain has at least this many rows for each of the block's."""
DIMENSIONS = {
    Grain.DEMAND: ("item", "market"),
    Grain.STOCK: ("item", "location"),
    Grain.MAKE: ("item", "location"),
}
"""The pair of dimensions whose levels the blocks of a grain are."""
ROLLUPS = "rollups"
"""Folder of a published plan that holds its sums."""
WORTH = ("demand_consensus_qty", "sales_net_price")
"""A quantity and its price: the foot of every planning grid is what the one is worth at the other."""


@dataclass(frozen=True, eq=False)
class Block:
    """Rows `begin` to `begin + first × second` of a layout, one for each pair of nodes, blank ones included."""

    begin: int
    first: int
    second: int


@dataclass(frozen=True, eq=False)
class _Groups:
    """Rows in the order of the group they belong to; sums of grid numbers are exact in this order as in any."""

    order: IntArray | None
    """None where they stand in that order."""
    starts: IntArray
    """Where the rows of each group that has some begin."""
    filled: IntArray
    """The numbers of those groups."""
    count: int

    @staticmethod
    def of(groups: IntArray, count: int) -> "_Groups":
        """By the group number of each row."""
        order = np.argsort(groups, kind="stable")
        ordered = groups[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        is_ordered = np.array_equal(order, np.arange(len(order)))
        return _Groups(None if is_ordered else order, starts, ordered[starts], count)

    def sums(self, cells: FloatArray) -> FloatArray:
        """Rows [N, T] summed to groups, [count, T]."""
        found = np.zeros((self.count, cells.shape[1]))
        if len(self.starts):
            ordered = cells if self.order is None else cells[self.order]
            found[self.filled] = np.add.reduceat(ordered, self.starts, axis=0)
        return found


@dataclass(frozen=True, eq=False)
class Layout:
    """Which sums of a grain are stored, and where."""

    axes: Axes
    grain: Grain
    blocks: Mapping[tuple[str, str], Block]
    """By the levels of both dimensions; blank is the whole."""

    def __len__(self) -> int:
        """Number of sums, S."""
        return sum(block.first * block.second for block in self.blocks.values())

    def block(self, levels: tuple[str, str]) -> Block | None:
        """The block of a pair of levels; that of levels which part the leaves alike; None where none is stored."""
        first, second = (alike.get(level, level) for alike, level in zip(self._alike, levels, strict=True))
        return self.blocks.get((first, second))

    @cached_property
    def _alike(self) -> tuple[Mapping[str, str], ...]:
        return tuple(_alike(self.axes.hierarchy(dimension)) for dimension in DIMENSIONS[self.grain])

    def sums(self, cells: FloatArray) -> FloatArray:
        """Cells of all rows [N, T] summed to every pair of nodes, [S, T]."""
        by_class, from_class, from_rows = self._groups
        found = np.empty((len(self), cells.shape[1]))
        coarse = by_class.sums(cells)
        for levels, block in self.blocks.items():
            groups, source = (from_class[levels], coarse) if levels in from_class else (from_rows[levels], cells)
            found[block.begin : block.begin + block.first * block.second] = groups.sums(source)
        return found

    @cached_property
    def counts(self) -> IntArray:
        """Rows below every pair of nodes, [S]."""
        found: IntArray = self.sums(np.ones((len(self.axes.keys[self.grain]), 1)))[:, 0].astype(np.int64)
        return found

    @cached_property
    def _groups(
        self,
    ) -> tuple[_Groups, Mapping[tuple[str, str], _Groups], Mapping[tuple[str, str], _Groups]]:
        """Rows to classes, and classes or rows to the nodes of each block.

        Rows of one class lie below the same nodes of every level but the leaves of the first dimension, so what is
        coarser than those is summed from the few classes.
        """
        leaf = self.axes.hierarchy(DIMENSIONS[self.grain][0]).levels[0]
        numbers = {levels: self._numbers(levels) for levels in self.blocks}
        size = {levels: block.first * block.second for levels, block in self.blocks.items()}
        _found, first, class_of = np.unique(self._classes(), return_index=True, return_inverse=True)
        coarse = {levels: each for levels, each in numbers.items() if levels[0] != leaf}
        from_class = {levels: _Groups.of(each[first], size[levels]) for levels, each in coarse.items()}
        from_rows = {n: _Groups.of(each, size[n]) for n, each in numbers.items() if n not in coarse}
        return _Groups.of(class_of.ravel(), len(first)), from_class, from_rows

    def _classes(self) -> IntArray:
        """A number for each row, equal for rows that only leaves of the first dimension tell apart, [N]."""
        keys = self.axes.keys[self.grain]
        first, second = (self.axes.hierarchy(dimension) for dimension in DIMENSIONS[self.grain])
        family = _folded([_leaf_numbers(first, level) for level in first.levels[1:]], len(first))
        found: IntArray = family[keys.columns[0]] * len(second) + keys.columns[1]
        return found

    def _numbers(self, levels: tuple[str, str]) -> IntArray:
        """Of every row the number of its pair within the block, [N]."""
        keys, block = self.axes.keys[self.grain], self.blocks[levels]
        parts = [
            _leaf_numbers(self.axes.hierarchy(dimension), level)[keys.column(dimension)]
            for dimension, level in zip(DIMENSIONS[self.grain], levels, strict=True)
        ]
        found: IntArray = parts[0] * block.second + parts[1]
        return found


@lru_cache(maxsize=16)
def layout_of(axes: Axes, grain: Grain) -> Layout | None:
    """The layout of a grain; None for one whose sums are not stored."""
    rows = len(axes.keys[grain])
    if grain not in DIMENSIONS or rows < LEAST_ROWS:
        return None
    blocks: dict[tuple[str, str], Block] = {}
    begin = 0
    first, second = (axes.hierarchy(dimension) for dimension in DIMENSIONS[grain])
    for a in ("", *dict.fromkeys(_alike(first).values())):
        for b in ("", *dict.fromkeys(_alike(second).values())):
            block = Block(begin, node_count(first, a), node_count(second, b))
            if block.first * block.second * COARSER <= rows:
                blocks[a, b] = block
                begin += block.first * block.second
    return Layout(axes, grain, blocks)


def node_count(hierarchy: Hierarchy, level: str) -> int:
    """Nodes of a level and one for leaves that have none there; one for the whole."""
    return len(hierarchy.nodes(level)) + 1 if level else 1


def _leaf_numbers(hierarchy: Hierarchy, level: str) -> IntArray:
    """Number of each leaf's node at a level, the last for none, [n]."""
    if not level:
        return np.zeros(len(hierarchy), dtype=np.int64)
    groups = hierarchy.groups(level)
    return np.where(groups < 0, node_count(hierarchy, level) - 1, groups)


def _alike(hierarchy: Hierarchy) -> Mapping[str, str]:
    """For each level the finest that parts the leaves into the same nodes, by the same numbers."""
    found: dict[str, str] = {}
    for level in hierarchy.levels:
        mine, size = _leaf_numbers(hierarchy, level), node_count(hierarchy, level)
        found[level] = next(
            (
                other
                for other in found.values()
                if node_count(hierarchy, other) == size and np.array_equal(_leaf_numbers(hierarchy, other), mine)
            ),
            level,
        )
    return found


def _folded(numbers: Iterable[IntArray], count: int) -> IntArray:
    """Several numbers of each of `count` leaves as one: equal where all of them are."""
    found = np.zeros(count, dtype=np.int64)
    for each in numbers:
        _unique, found = np.unique(found * (int(each.max(initial=0)) + 1) + each, return_inverse=True)
    return found.ravel()


def worth(quantities: FloatArray, prices: FloatArray) -> FloatArray:
    """Quantities at their prices, on the grid of money; unknown where one that is not 0 has no price."""
    with np.errstate(invalid="ignore"):
        return on_grid(np.where(quantities == 0, 0.0, quantities * prices), MONEY_STEP)


def sums_of(plan: Plan, panel: Panel, name: str) -> FloatArray | None:
    """A measure's sums in its own unit, [S, T]; NaN where base units mix; None where sums would not be exact.

    Whether units mix depends on the buckets that are read, so of other columns than the horizon's there are none where
    the items differ in unit.
    """
    layout, measure = layout_of(plan.axes, panel.grain), measure_named(name)
    values = np.asarray(panel[name])
    if layout is None or not _is_exact(values, measure.unit.step):
        return None
    found = layout.sums(values)
    units = plan.item_units[panel.keys.column("item")]
    if measure.unit is not Unit.QUANTITY or units.min() == units.max():
        return found
    if panel.first != 0 or values.shape[1] != plan.axes.horizon:
        return None
    found[_mix(layout, units, (values != 0).any(axis=1))] = np.nan
    return found


def _is_exact(values: FloatArray, step: float | None) -> bool:
    known = np.isfinite(values)
    return step is not None and is_on_grid(values if known.all() else values[known], step)


def _mix(layout: Layout, units: IntArray, has_numbers: BoolArray) -> BoolArray:
    """Pairs [S] whose rows with numbers are counted in more than one unit."""
    one_hot = (units[:, None] == np.unique(units)[None, :]) & has_numbers[:, None]
    mixes: BoolArray = (layout.sums(one_hot.astype(np.float64)) > 0).sum(axis=1) > 1
    return mixes


def sums_of_cells(axes: Axes, grain: Grain, cells: FloatArray, unit: Unit) -> FloatArray | None:
    """Cells of all rows of a grain [N, T], already in one unit, summed; None where that would not be exact."""
    layout = layout_of(axes, grain)
    return layout.sums(cells) if layout is not None and _is_exact(cells, unit.step) else None


def worth_of(plan: Plan, quantity: str, price: str) -> FloatArray | None:
    """The sums of what a quantity is worth at a price of the same rows, [S, T]; None where they would not be exact."""
    panel, prices = (plan.section_of(name).panel_of(name) for name in (quantity, price))
    if panel.first != prices.first or panel[quantity].shape != prices[price].shape:
        return None
    return sums_of_cells(
        plan.axes, panel.grain, worth(np.asarray(panel[quantity]), np.asarray(prices[price])), Unit.MONEY
    )


def write_rollups(plan: Plan, folder: Path) -> None:
    """The sums of every additive measure of a plan's large grains, each a file in `folder`; none, no folder."""
    for name, sums in _all_sums(plan):
        folder.mkdir(exist_ok=True)
        np.save(folder / f"{name}.npy", sums, allow_pickle=False)


def _all_sums(plan: Plan) -> Iterable[tuple[str, FloatArray]]:
    made = set()
    for section in plan.sections.values():
        for panel, name in section.measures():
            if layout_of(plan.axes, panel.grain) is not None and measure_named(name).is_additive:
                sums = sums_of(plan, panel, name)
                made.add(name)
                if sums is not None:
                    yield name, sums
    if WORTH[0] in made and any(WORTH[1] in section for section in plan.sections.values()):
        sums = worth_of(plan, *WORTH)
        if sums is not None:
            yield f"{WORTH[0]}.money", sums


class Rollups:
    """The stored sums of one plan by name: those published with it, and beside them a shelf of what was missing."""

    def __init__(self, published: Path, shelf: Path) -> None:
        """Two folders; either may be missing."""
        self.published, self.shelf = published, shelf
        self.mapped: dict[str, FloatArray | None] = {}

    def of(self, name: str, make: Callable[[], FloatArray | None]) -> FloatArray | None:
        """The sums of that name, mapped; made once for all processes and put on the shelf where they are missing."""
        if name not in self.mapped:
            found = self._found(name)
            self.mapped[name] = self._kept(name, make()) if found is None else found
        return self.mapped[name]

    def _found(self, name: str) -> FloatArray | None:
        for path in (self.published / f"{name}.npy", self.shelf / name / "sums.npy"):
            if path.is_file():
                mapped: FloatArray = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
                return mapped
        return None

    def _kept(self, name: str, sums: FloatArray | None) -> FloatArray | None:
        """Sums that were made now, from the shelf; from memory where the disk has no room for them."""
        if sums is None:
            return None
        try:
            publish_folder(self.shelf / name, lambda place: np.save(place / "sums.npy", sums, allow_pickle=False))
        except SnapshotExists:  # another process made the same meanwhile
            return self._found(name)
        except NotWritten:  # a page must not fail for want of a shelf
            return sums
        return self._found(name)
