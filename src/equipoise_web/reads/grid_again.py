"""A view of the grid once more, after somebody changed something: worked out anew only where a number can have moved.

What stands above a changed row is its node of the first level and the whole; all else is as it was. The answer is that
of `read_rows`, cell for cell.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from weakref import ref

import numpy as np

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.grid import BoolArray, FloatArray, IntArray, rows_that_differ
from equipoise.core.measure import Grain, OverTime
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.grid_changes import Since
from equipoise_web.reads.grid_header import standing_of
from equipoise_web.reads.grid_lines import OWN, Lines, needs_of
from equipoise_web.reads.grid_marks import ESTIMATE, HOLD, PEOPLE, mark_typed
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_outline_tree import OutlineTree
from equipoise_web.reads.grid_rows import (
    GridRows,
    Marks,
    people_marks,
    read_rows,
    seen,
    state_of_line,
)
from equipoise_web.reads.grid_shown import may_read
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.reads.grid_view import LOAD_PCT, MONEY, Unit

Part = tuple[GridTree, IntArray, slice]
"""A tree, numbers of nodes in the whole of it, and which of the tree's own nodes these are."""


def rows_again(before: GridRows, numbers: Numbers, who: Access) -> GridRows:
    """The rows of `before` with other numbers that start from the same published plan, for the same person."""
    assert before.numbers.base.digest == numbers.base.digest, "numbers of another plan have rows of their own"
    if isinstance(before.tree, OutlineTree):  # what did not change is stored
        return read_rows(numbers, before.view, who=who)
    tree, columns, unit = before.tree, before.columns, before.view.unit
    values, marks = before.values.copy(), _marks_again(before, numbers, who)
    rows_moved = cache(partial(_rows_moved, before.numbers.plan, numbers.plan))
    touched = np.zeros(len(tree), dtype=np.bool_)
    for number, name in enumerate(before.lines):
        moved = _moved(rows_moved, name, unit)
        if not moved or not may_read(who, name):
            continue
        # A resource is shared: what uses it may stand anywhere.
        parts = [_all(tree)] if name == LOAD_PCT else _parts(tree, moved)
        for part, ids, own in parts:
            found = _total(before, numbers, number, moved) if part is tree.whole else None
            if found is None:
                found = Lines(numbers.plan, numbers.base, part, columns, unit).line(name)
            starting = _Starting(numbers.base, numbers.base, part, columns, unit)
            values[number, ids] = found[own]
            state = state_of_line(name, found, starting, numbers)[own]
            marks[number, ids] = (marks[number, ids] & ~np.uint8(ESTIMATE)) | state
            touched[ids] = True
    header = {**before.header, **standing_of(numbers)}
    since = Since(ref(before), np.flatnonzero(touched))
    return replace(before, values=values, marks=marks, numbers=numbers, header=header, since=since)


def _marks_again(before: GridRows, numbers: Numbers, who: Access) -> Marks:
    """What people did by now, and where an estimate stood before, [M, R, C].

    Where something was said in addition, only that is looked at: marks are added, and nothing else takes one away. What
    is held is told by all holds together.
    """
    known = {each.id for each in before.numbers.adjustments}
    new = [each for each in numbers.adjustments if each.id not in known]
    kept = 0 if numbers.is_exact else ESTIMATE
    if len(numbers.adjustments) - len(new) < len(known) or any(each.change.kind == HOLD for each in new):
        marks = people_marks(numbers, who, before.tree, before.columns, before.lines)
        return marks | (before.marks & np.uint8(kept))
    marks = before.marks & np.uint8(kept | PEOPLE)
    mark_typed(marks, numbers.plan, before.tree, before.columns, before.lines, seen(numbers, who, new), who.name)
    return marks


def _moved(
    rows_moved: Callable[[str], tuple[Grain, BoolArray] | None], name: str, unit: Unit
) -> dict[Grain, BoolArray]:
    """By grain the rows [N] of which a number that a line needs is another; nothing where none is."""
    found: dict[Grain, BoolArray] = {}
    for need in needs_of(name, unit):
        moved = rows_moved(need)
        if moved is not None:
            grain, rows = moved
            found[grain] = found[grain] | rows if grain in found else rows
    return found


def _rows_moved(before: Plan, after: Plan, need: str) -> tuple[Grain, BoolArray] | None:
    """The grain of a stored measure and its rows [N] in which a number is another; None where none is."""
    old, new = (plan.section_of(need).panel_of(need) for plan in (before, after))
    if old is new:
        return None
    was, now = old[need], new[need]
    rows = rows_that_differ(np.asarray(was), np.asarray(now))
    return (old.grain, rows) if rows.any() else None


def _parts(tree: GridTree, moved: dict[Grain, BoolArray]) -> Iterator[Part]:
    """What lies below the first level's nodes that show a moved row, and the whole."""
    shown = [tree.nodes[grain][rows] for grain, rows in moved.items() if grain in tree.nodes]
    nodes = np.concatenate([np.zeros(0, dtype=np.int64), *shown])
    tops = np.unique(tree.tops[nodes[nodes >= 0]])
    if len(tops) == 0:
        return
    tops = tops[tops > 0]
    if 2 * len(tops) > np.count_nonzero(tree.depth == 1):
        yield _all(tree)
        return
    if len(tops):
        kept = tree.kept.get("part")
        if kept is None or not np.array_equal(kept[0], tops):
            kept = tree.kept["part"] = tops, *tree.below(tops)
        yield kept[1], kept[2][1:], slice(1, None)
    yield tree.whole, np.zeros(1, dtype=np.int64), slice(None)


def _total(before: GridRows, numbers: Numbers, number: int, moved: dict[Grain, BoolArray]) -> FloatArray | None:
    """A line's numbers of the whole [1, C] by what its moved rows add to it; None where these do not say it.

    Numbers on the grid add up exactly in any order, so it is the sum over all rows.
    """
    name, unit, columns = before.lines[number], before.view.unit, before.columns
    is_one_unit = name == MONEY or unit != "base" or len(set(numbers.base.item_units.tolist())) == 1
    if set(moved) != {Grain.DEMAND} or not is_one_unit or not _is_sum(name):
        return None
    few = _whole_of(before.tree, moved[Grain.DEMAND])
    old, new = (
        Lines(plan, numbers.base, few, columns, unit).line(name) for plan in (before.numbers.plan, numbers.plan)
    )
    total, ahead = before.values[number, :1].copy(), slice(len(columns.closed), None)
    total[:, ahead] += new[:, ahead] - old[:, ahead]
    return total if np.isfinite(total[:, ahead]).all() else None


def _whole_of(tree: GridTree, moved: BoolArray) -> GridTree:
    """The tree of node 0 alone, over the shown rows of demand that moved."""
    kept = tree.kept.get("whole of")
    if kept is None or not np.array_equal(kept[0], moved):
        nodes = {**tree.whole.nodes, Grain.DEMAND: np.where(moved, tree.whole.nodes[Grain.DEMAND], -1)}
        kept = tree.kept["whole of"] = moved, replace(tree.whole, nodes=nodes)
    found: GridTree = kept[1]
    return found


def _is_sum(name: str) -> bool:
    """True for a line whose total is the sum of its rows' numbers, over time as well."""
    if name == MONEY:
        return True
    if name in OWN:
        return False
    measure = MEASURE_BY_NAME[name]
    return not (measure.parts or measure.ratio or measure.cover) and measure.over_time is OverTime.SUM


class _Starting(Lines):
    """Lines of the published plan: the same with every edit, so worked out once for a tree."""

    def line(self, name: str, out: FloatArray | None = None) -> FloatArray:
        """One line, [R, C], in `out` if that is given."""
        key = ("starting", self.base.digest, name)
        if key not in self.tree.kept:
            self.tree.kept[key] = super().line(name)
        found: FloatArray = self.tree.kept[key]
        if out is None:
            return found
        out[:] = found
        return out


def _all(tree: GridTree) -> Part:
    return tree, np.arange(len(tree)), slice(None)
