"""Table events: what is known to make demand differ from its pattern, before and after the plan begins.

An event counts once. Its days in closed history are history: the baseline is forecast from history cleaned of them
(`cleansing`). Its days ahead are demand on top of the baseline. What a past event made customers buy ahead is lacking
in the buckets that follow, also where these lie ahead. An event of status `done` adds nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.adjustment import WrongAdjustment
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise.demand.changes import PromotionEffect
from equipoise.demand.event_effect import Side, Span
from equipoise.demand.findings import WRONG_EVENT

ALL_GONE = -100.0
"""Uplift in percent of a stockout that states none: nothing could be sold on its days."""


@dataclass(frozen=True)
class Event:
    """One row of table events."""

    code: str
    type: str
    item: str
    market: str
    start: date
    end: date
    status: str
    effect: PromotionEffect
    spend: float = 0.0
    """What the whole event costs us, money."""
    funding: float = 0.0
    """What suppliers or partners pay toward it, money."""

    @property
    def cause(self) -> str:
        """What its postings are made under."""
        return cause_of(self.code)

    def span(self, axes: Axes, *, first: int, last: int) -> Span:
        """Its buckets in the window first..last−1."""
        dips = int(self.effect.forward_buy_buckets)
        return Span.of_days(axes.calendar, self.start, self.end, dips, first=first, last=last)


def cause_of(code: str) -> str:
    """The cause under which an event posts.

    >>> cause_of("EVT1")
    'event:EVT1'
    """
    return f"event:{code}"


def read_events(axes: Axes, frame: pl.DataFrame) -> tuple[list[Event], list[Finding]]:
    """The rows of table events that can be used, in order of their codes, and what is wrong with the others."""
    events, findings = [], []
    for row in frame.sort("event").iter_rows(named=True):
        problem = _problem(axes, row["item"], row["market"], row["cannibalized"], row["start_date"], row["end_date"])
        uplift = row["uplift_pct"]
        if uplift is None:
            uplift = ALL_GONE if row["type"] == "stockout" else 0.0
        try:
            effect = PromotionEffect(
                uplift,
                row["forward_buy_pct"] or 0.0,
                int(np.ceil(row["forward_buy_buckets"] or 0.0)),
                row["cannibalized"],
                (row["cannibalization_pct"] or 0.0) if row["cannibalized"] else 0.0,
                row["halo_pct"] or 0.0,
            )
        except WrongAdjustment as error:
            problem = problem or str(error)
        if problem:
            findings.append(WRONG_EVENT.found(f"event {row['event']}", problem))
            continue
        days = row["start_date"], row["end_date"]
        money = row["spend_amount"] or 0.0, row["funding_amount"] or 0.0
        named = row["event"], row["type"], row["item"], row["market"]
        events.append(Event(*named, *days, row["status"], effect, *money))
    return events, findings


def _problem(axes: Axes, item: str, market: str, cannibalized: str, start: date, end: date) -> str:
    for hierarchy, node in ((axes.items, item), (axes.items, cannibalized), (axes.markets, market)):
        if not hierarchy.knows(node):
            return f"there is no {hierarchy.dimension} {node!r}"
    return f"it ends on {end}, before it starts on {start}" if end < start else ""


def demand_rows(axes: Axes, item: str, market: str) -> IntArray:
    """Rows of grain demand below two nodes, ascending, found by the order of the rows: they are sorted by item."""
    keys = axes.keys[Grain.DEMAND]
    items = axes.items.positions(item)
    column = keys.column("item")
    begin, end = np.searchsorted(column, items), np.searchsorted(column, items, side="right")
    count = end - begin
    rows: IntArray = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())
    if market == "":
        return rows
    is_member = np.zeros(len(axes.markets), dtype=np.bool_)
    is_member[axes.markets.positions(market)] = True
    return rows[is_member[keys.column("market")[rows]]]


def demand_groups(axes: Axes, items: pl.DataFrame) -> IntArray:
    """Number of each demand row's market and base unit, [N]."""
    keys = axes.keys[Grain.DEMAND]
    unit_of = dict(items.select("item", "uom").iter_rows())
    units = [unit_of.get(code, "") for code in axes.items.leaves]
    names = sorted(set(units))
    by_item = np.array([names.index(unit) for unit in units], dtype=np.int64)
    found: IntArray = keys.column("market") * max(1, len(names)) + by_item[keys.column("item")]
    return found


def sides_of(axes: Axes, effect: PromotionEffect, item: str, market: str, rows: IntArray) -> list[Side]:
    """The rows beside its own that an event moves: those it cannibalizes, and those sold along.

    Sold along are the other items under the node above the event's items, less those that it cannibalizes.
    """
    sides, taken = [], rows
    if effect.cannibalized and effect.cannibalization_pct:
        losers = np.setdiff1d(demand_rows(axes, effect.cannibalized, market), rows)
        sides.append(Side(losers, -effect.cannibalization_pct / 100))
        taken = np.union1d(taken, losers)
    above = node_above(axes, item)
    if effect.halo_pct and above:
        sides.append(Side(np.setdiff1d(demand_rows(axes, above, market), taken), effect.halo_pct / 100))
    return sides


def node_above(axes: Axes, item: str) -> str:
    """The nearest node over an item node, named with its level where its code alone means another; blank if none."""
    hierarchy = axes.items
    if item == "":
        return ""
    depth = hierarchy.levels.index(hierarchy.level_of(item))
    path = hierarchy.paths[int(hierarchy.positions(item)[0])]
    above = zip(hierarchy.levels[depth + 1 :], path[depth + 1 :], strict=True)
    level, code = next(((level, code) for level, code in above if code), ("", ""))
    return code if not code or hierarchy.level_of(code) == level else f"{level}:{code}"


def lacks_sides(effect: PromotionEffect, sides: Sequence[Side]) -> bool:
    """True if an event should move other items and there are none to move."""
    wanted = bool(effect.cannibalized and effect.cannibalization_pct) + bool(effect.halo_pct)
    return wanted > sum(side.rows.size > 0 for side in sides)
