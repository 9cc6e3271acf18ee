"""When each item is sold in each market: first and last day, and the day its demand passes to its successor.

* First day: the launch in the market (table launches), else launch_date of the item.
* Last day: end_date of the item; without one the eve of its successor's launch in the market.
* Passing: the day after the last one, but not before the successor is launched. While both are sold the predecessor
  keeps its demand; between the two nothing is sold. So each day belongs to one of them at most: demand moves once.

Days are ordinals; ±inf is open. People move launches and ends before succession is looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.launch_rows import LaunchRows
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.succession import read_succession
from equipoise.core.table import UnknownName
from equipoise.portfolio.changes import MoveEnd, MoveLaunch
from equipoise.portfolio.findings import (
    CHANGE_REFUSED,
    ENDS_WITH_LAUNCH,
    NO_END_DATE,
    NO_LAUNCH_DATE,
    OBSOLETE_DEMAND,
    SALES_GAP,
    SALES_OVERLAP,
    SUCCESSION_LOOP,
    TWO_SUCCESSORS,
    WRONG_WINDOW,
)


@dataclass(frozen=True, eq=False)
class Life:
    """Of each row of grain demand, [N]."""

    first: FloatArray
    """First day of sale."""
    last: FloatArray
    """Last day of sale."""
    passes: FloatArray
    """First day on which its demand is its successor's; inf where it never is."""
    is_planned: BoolArray
    """False for obsolete items."""

    def active(self, edges: FloatArray) -> FloatArray:
        """Share of each bucket's days on which the item may be sold, [N, T]; `edges` [T + 1] are first days."""
        begins, ends = edges[:-1], edges[1:]
        days = np.minimum(ends, (self.last + 1)[:, None]) - np.maximum(begins, self.first[:, None])
        return np.where(self.is_planned[:, None], np.clip(days / (ends - begins), 0.0, 1.0), 0.0)

    def ended(self, edges: FloatArray) -> FloatArray:
        """Share of each bucket's days after the last one of its sale, [N, T]; all of them for obsolete items."""
        begins, ends = edges[:-1], edges[1:]
        share = np.clip((ends - np.maximum(begins, (self.last + 1)[:, None])) / (ends - begins), 0.0, 1.0)
        return np.where(self.is_planned[:, None], share, 1.0)

    def succeeded(self, edges: FloatArray) -> FloatArray:
        """Share of each bucket's days on which its demand is its successor's, [N, T]."""
        begins, ends = edges[:-1], edges[1:]
        return np.clip((ends - np.maximum(begins, self.passes[:, None])) / (ends - begins), 0.0, 1.0)


def edges_of(axes: Axes) -> FloatArray:
    """First day of each bucket and of the one after the horizon, [T + 1]."""
    return np.array([axes.calendar.start_of(t).toordinal() for t in range(axes.horizon + 1)], dtype=np.float64)


def read_life(inputs: Inputs, launches: LaunchRows) -> tuple[Life, list[Finding]]:
    """The life of every item in every market, and what is wrong with it."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    item = keys.column("item")
    stages = dict(inputs.table("items").select("item", "lifecycle").iter_rows())
    lifecycle = np.array([stages.get(code, "") for code in axes.items.leaves], dtype=np.str_)
    launch, end, findings = _item_dates(inputs)
    first, last = launch[item], end[item]
    days = np.array([row["launch_date"].toordinal() for row in launches.rows] or [0], dtype=np.float64)
    first = np.where(launches.of >= 0, days[launches.of], first)
    for adjustment in sorted(inputs.adjustments, key=lambda a: a.order):
        findings += _move(axes, adjustment, first, last, lifecycle[item] == "launch")
    wrong = np.flatnonzero((last < first) & ~(end[item] < launch[item]))
    if wrong.size:
        row = int(wrong[0])
        text = f"{' in '.join(keys.labels(row))} ends {_day(last[row])}, before its launch there on {_day(first[row])}"
        findings.append(WRONG_WINDOW.found("table launches", text, count=int(wrong.size)))
    is_obsolete = lifecycle[item] == "obsolete"
    findings += _open_ends(inputs, lifecycle, launch=first, end=last)
    passes, found = _succession(inputs, first, last, is_obsolete)
    return Life(first, last, passes, ~is_obsolete), [*findings, *found]


def _item_dates(inputs: Inputs) -> tuple[FloatArray, FloatArray, list[Finding]]:
    """First and last day of table items, [I] each."""
    position = inputs.axes.items.position
    first, last = np.full(len(position), -np.inf), np.full(len(position), np.inf)
    findings = []
    table = inputs.table("items").select("item", "lifecycle", "launch_date", "end_date")
    for item, lifecycle, launch, end in table.iter_rows():
        if launch is not None:
            first[position[item]] = launch.toordinal()
        if end is not None:
            last[position[item]] = end.toordinal()
        if lifecycle == "obsolete":
            findings.append(OBSOLETE_DEMAND.found(f"items {item}", f"{item} is obsolete: its demand is taken as 0"))
        elif launch is not None and end is not None and end < launch:
            findings.append(WRONG_WINDOW.found(f"items {item}", f"{item} ends {end}, before its launch on {launch}"))
    return first, last, findings


def _move(
    axes: Axes, adjustment: Adjustment, first: FloatArray, last: FloatArray, is_new: BoolArray
) -> Iterator[Finding]:
    """Apply a moved launch or end to first and last day."""
    change = adjustment.change
    if not isinstance(change, MoveLaunch | MoveEnd):
        return
    rows, refused = rows_in_scope(axes, adjustment)
    yield from refused
    if isinstance(change, MoveEnd):
        last[rows] = change.end_date.toordinal()
        return
    launched = rows[np.isfinite(first[rows]) | is_new[rows]]
    first[launched] = change.launch_date.toordinal()
    if rows.size and not launched.size:
        yield CHANGE_REFUSED.found(f"adjustment {adjustment.id}", "nothing in its scope has a launch to move")


def rows_in_scope(axes: Axes, adjustment: Adjustment) -> tuple[IntArray, list[Finding]]:
    """Rows of grain demand in an adjustment's scope; none, with a finding, where it is gone."""
    where = f"adjustment {adjustment.id}"
    try:
        rows = axes.rows(Grain.DEMAND, adjustment.scope)
    except UnknownName as error:
        # A code was dropped since this was typed: not the caller's fault (algebra.md 7).
        return np.zeros(0, dtype=np.int64), [CHANGE_REFUSED.found(where, str(error))]
    if rows.size == 0:
        return rows, [CHANGE_REFUSED.found(where, "no item and market of the plan lies in its scope")]
    return rows, []


def _succession(
    inputs: Inputs, first: FloatArray, last: FloatArray, is_obsolete: BoolArray
) -> tuple[FloatArray, list[Finding]]:
    """The day on which each row's demand passes to its successor, [N]; `last` of rows without an end is set."""
    keys, items = inputs.keys(Grain.DEMAND), inputs.axes.items
    links = read_succession(inputs.table("items"), items)
    findings = [
        SUCCESSION_LOOP.found(f"items {loop[0]}", " → ".join([*loop, loop[0]]), count=len(loop)) for loop in links.loops
    ]
    findings += [
        TWO_SUCCESSORS.found(f"items {item}", f"{item} passes to {taken}, and {other} names it as predecessor too")
        for item, taken, other in links.rivals
    ]
    target = links.rows(keys)
    rows = np.flatnonzero(target >= 0)
    launch, ended = first[target[rows]], np.isfinite(last[rows])
    begins = np.where(ended, np.maximum(last[rows] + 1, launch), launch)
    passes = np.full(len(keys), np.inf)
    passes[rows] = np.where(np.isfinite(begins) | is_obsolete[rows], begins, np.inf)
    is_open = rows[~ended & np.isfinite(launch)]
    last[is_open] = first[target[is_open]] - 1
    sold = rows[~is_obsolete[rows]]
    return passes, [*findings, *_seams(inputs, sold, target[sold], first=first, last=last, is_open=is_open)]


def _seams(
    inputs: Inputs, rows: IntArray, target: IntArray, *, first: FloatArray, last: FloatArray, is_open: IntArray
) -> Iterator[Finding]:
    """Gaps and overlaps that lie ahead, by pair of items: the dates can still be moved. Ends nobody stated, always."""
    keys, items = inputs.keys(Grain.DEMAND), inputs.axes.items
    as_of = inputs.snapshot.head.as_of.toordinal()
    ahead = np.isfinite(first[target]) & (first[target] > as_of)
    between = first[target] - last[rows] - 1
    told: set[tuple[str, int]] = set()
    opened = set(is_open.tolist())
    for place in np.flatnonzero(ahead | np.isin(rows, is_open)).tolist():
        row, item = int(rows[place]), int(keys.column("item")[rows[place]])
        code = SALES_GAP if between[place] > 0 else SALES_OVERLAP
        if row in opened:
            code = ENDS_WITH_LAUNCH
        elif between[place] == 0:
            continue
        if (code.code, item) in told:
            continue
        told.add((code.code, item))
        old, market = keys.labels(row)
        new = items.leaves[keys.column("item")[target[place]]]
        days = f"{abs(between[place]):g} days: " if code is not ENDS_WITH_LAUNCH else ""
        text = f"{days}{old} in {market} ends {_day(last[row])}, {new} is launched {_day(first[target[place]])}"
        yield code.found(f"items {old}", text, count=max(1, int(abs(between[place]))))


def _open_ends(
    inputs: Inputs, lifecycle: npt.NDArray[np.str_], *, launch: FloatArray, end: FloatArray
) -> Iterator[Finding]:
    """Items to be launched or phased out without a day in any market; a successor's launch is an end."""
    keys, items = inputs.keys(Grain.DEMAND), inputs.axes.items
    item = keys.column("item")
    target = read_succession(inputs.table("items"), items).rows(keys)
    followed = (target >= 0) & np.isfinite(launch[np.maximum(target, 0)])
    cases = (
        (NO_LAUNCH_DATE, "launch", np.isfinite(launch), "lifecycle is launch, without a launch date"),
        (NO_END_DATE, "phase_out", np.isfinite(end) | followed, "lifecycle is phase_out, without an end_date"),
    )
    for code, stage, is_dated, text in cases:
        for number in np.unique(item[(lifecycle[item] == stage) & ~is_dated]).tolist():
            yield code.found(f"items {items.leaves[number]}", f"{items.leaves[number]}: {text}")


def _day(ordinal: float) -> date:
    """An ordinal as a day; calendars end where Python's do."""
    return date.min + timedelta(days=int(min(max(ordinal, 1.0), date.max.toordinal())) - 1)
