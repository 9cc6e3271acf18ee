"""Planning bills: what share of a parent's demand falls on each of its items (options, variants).

A parent is a family or any other node above items, or a model: an item whose demand is forecast, but which is not
itself sold. The share of an item is the one of the most specific market, then of the latest valid_from. Shares need not
sum to 100: an option that few take lowers the sum, option over-planning raises it, so that a mix other than the
expected one can be served too (Schönsleben, Integral Logistics Management, planning bills and option percentages;
Vollmann, Berry, Whybark & Jacobs, Manufacturing Planning and Control Systems, planning bills of material).

A total at the parent reaches markets in proportion to the demand of the bill's items there, and in a market each item
by its share.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.rates import Asked, painted_rates
from equipoise.demand.findings import BILL_LOOP, OVERPLANNED, UNDERPLANNED, WRONG_BILL

TOLERANCE = 0.0005
"""Shares that sum to 100 % but for this part were rounded: they are taken as whole."""


@dataclass(frozen=True, eq=False)
class BillCells:
    """How a bill shares an amount over cells [n, k]."""

    cause: str
    weights: FloatArray
    surplus: FloatArray
    """What the shares of the cell's market sum to beyond 1: 0.2 where they sum to 120 %; negative below 100 %."""


@dataclass(frozen=True, eq=False)
class Bill:
    """The planning bill of one parent."""

    parent: str
    is_model: bool
    """True if the parent is itself an item."""
    own: IntArray
    """Demand rows of a model itself, in the order of their markets."""
    rows: IntArray
    """Demand rows of its items, ascending, [n]."""
    market: IntArray
    """Leaf number of each row's market, [n]."""
    share: FloatArray
    """Units of the row's item per unit of the parent, [n, T]."""

    @property
    def cause(self) -> str:
        """What its part above or below 100 % is posted under."""
        return f"planning_bill:{self.parent}"

    @cached_property
    def total(self) -> FloatArray:
        """Sum of the shares in each row's market, [n, T]."""
        markets, at = np.unique(self.market, return_inverse=True)
        found: FloatArray = sum_rows(self.share, at, len(markets))[at]
        return found

    def weights(self, recent: FloatArray, chosen: IntArray) -> FloatArray:
        """Units in each of the bill's rows `chosen` (positions, [m]) per unit of the parent in all of them, [m, T].

        `recent` [N] is demand of the last year: in proportion to that of the bill's items a total reaches its markets,
        equally where none of them sold.
        """
        markets, at = np.unique(self.market[chosen], return_inverse=True)
        sold = np.bincount(at, weights=recent[self.rows[chosen]], minlength=len(markets))
        profile = sold / sold.sum() if sold.sum() > 0 else np.full(len(markets), 1 / max(1, len(markets)))
        found: FloatArray = profile[at][:, None] * self.share[chosen]
        return found


@dataclass(frozen=True, eq=False)
class Bills:
    """Planning bills by parent, parents before those of their items that are parents too."""

    by_parent: Mapping[str, Bill]
    markets: IntArray
    """Leaf number of the market of each demand row, [N]."""

    def of_node(self, node: str) -> Bill | None:
        """The bill of an item node; `family:tools` and `tools` are one."""
        return self.by_parent.get(node) or self.by_parent.get(node.partition(":")[2])

    def cells(self, node: str, rows: IntArray, recent: FloatArray, buckets: slice) -> BillCells | None:
        """How the node's bill shares an amount over rows [n], ascending; None if it has none that reaches them."""
        bill = self.of_node(node)
        if bill is None:
            return None
        chosen = np.flatnonzero(np.isin(bill.rows, rows))
        if chosen.size == 0:
            return None
        at = np.searchsorted(rows, bill.rows[chosen])
        weights = np.zeros((len(rows), bill.share.shape[1]))
        surplus = np.zeros(weights.shape)
        weights[at] = bill.weights(recent, chosen)
        surplus[at] = bill.total[chosen] - 1
        return BillCells(bill.cause, weights[:, buckets], surplus[:, buckets])

    def hand_down(self, demand: FloatArray, first: int = 0) -> tuple[FloatArray, FloatArray]:
        """Demand [N, T − first] with what stands at models given to their items, and the part of that above 100 %.

        Buckets begin with `first`, at most 0; shares of buckets before the plan are those of the first one.
        """
        above = np.zeros(demand.shape)
        if not any(bill.is_model for bill in self.by_parent.values()):
            return demand, above
        demand = demand.copy()
        for bill in self.by_parent.values():
            if bill.is_model and bill.rows.size and bill.own.size:
                place = np.minimum(np.searchsorted(self.markets[bill.own], bill.market), len(bill.own) - 1)
                hit = np.flatnonzero(self.markets[bill.own[place]] == bill.market)
                share, total = (in_window(part[hit], first) for part in (bill.share, bill.total))
                given = demand[bill.own[place[hit]]] * share
                demand[bill.own[np.unique(place[hit])]] = 0.0
                demand[bill.rows[hit]] += given
                above[bill.rows[hit]] += given * above_whole(total)
        return demand, above


NO_BILLS = Bills({}, np.zeros(0, dtype=np.int64))


def in_window(values: FloatArray, first: int) -> FloatArray:
    """Values [n, T] of the plan's buckets for the buckets from `first`, at most 0, on: [n, T − first]."""
    found: FloatArray = values[:, np.maximum(np.arange(first, values.shape[1]), 0)]
    return found


def above_whole(total: FloatArray) -> FloatArray:
    """The part of an amount above 100 % where shares sum to `total` (1.2: 120 %): 1 − 1/total, or 0.

    >>> above_whole(np.array([0.8, 1.0, 1.25])).round(3).tolist()
    [0.0, 0.0, 0.2]
    """
    part: FloatArray = np.where(total > 1, 1 - 1 / np.maximum(total, 1.0), 0.0)
    return part


def read_bills(axes: Axes, frame: pl.DataFrame) -> tuple[Bills, list[Finding]]:
    """Table planning_bills, and what is wrong with it."""
    findings = list(_strange(axes, frame))
    known = frame.filter(
        pl.Series([_problem(axes, *row) == "" for row in frame.select("parent", "item", "market").iter_rows()])
        if frame.height
        else pl.lit(True)
    )
    order, looped = _parents_first(known)
    if looped:
        findings.append(BILL_LOOP.found("table planning_bills", " > ".join(looped), count=len(looped)))
    bills = {parent: _bill(axes, parent, known.filter(pl.col("parent") == parent)) for parent in order}
    return Bills(bills, axes.keys[Grain.DEMAND].column("market")), findings


def _bill(axes: Axes, parent: str, frame: pl.DataFrame) -> Bill:
    keys, tree = axes.keys[Grain.DEMAND], axes.items
    is_model = parent in tree.position
    items = [tree.position[code] for code in sorted(set(frame["item"].to_list()))]
    rows = np.flatnonzero(np.isin(keys.column("item"), items))
    asked = Asked("item", tree, keys.column("item")[rows]), Asked("market", axes.markets, keys.column("market")[rows])
    share = np.nan_to_num(painted_rates(axes, frame, "share_pct", *asked)) / 100
    markets, at = np.unique(keys.column("market")[rows], return_inverse=True)
    total = sum_rows(share, at, len(markets))[at]
    share = np.where(np.abs(total - 1) <= TOLERANCE, share / np.where(total > 0, total, 1.0), share)
    own = np.flatnonzero(keys.column("item") == tree.position[parent]) if is_model else np.zeros(0, dtype=np.int64)
    return Bill(parent, is_model, own, rows, keys.column("market")[rows], share)


def _problem(axes: Axes, parent: str, item: str, market: str) -> str:
    if not axes.items.knows(parent) or parent == "":
        return f"parent {parent!r} is neither an item nor a node above items"
    if item not in axes.items.position:
        return f"{item!r} of parent {parent} is not an item"
    if not axes.markets.knows(market):
        return f"there is no market {market!r} at any level"
    if parent not in axes.items.position and axes.items.position[item] not in axes.items.positions(parent):
        return f"item {item} does not lie below {parent}"
    return ""


def _strange(axes: Axes, frame: pl.DataFrame) -> Iterator[Finding]:
    problems = {_problem(axes, *row) for row in frame.select("parent", "item", "market").iter_rows()} - {""}
    if problems:
        yield WRONG_BILL.found("table planning_bills", f"{len(problems)} errors, first: {min(problems)}",
                               count=len(problems))  # fmt: skip


def _parents_first(frame: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Parents in an order in which no bill names a parent before it, and those that name each other in a circle."""
    below: dict[str, set[str]] = {}
    for parent, item in frame.select("parent", "item").iter_rows():
        below.setdefault(parent, set()).add(item)
    left, order = sorted(below), list[str]()
    while left:
        ready = [parent for parent in left if not any(parent in below[other] for other in left)]
        if not ready:
            return order, left
        order += ready
        left = [parent for parent in left if parent not in ready]
    return order, []


def share_findings(bills: Bills, overplanned: FloatArray) -> Iterator[Finding]:
    """Bills whose shares do not sum to 100; the one above with the units [N, T] that it adds."""
    shares = {parent: bill.total for parent, bill in bills.by_parent.items() if bill.total.size}
    above = {parent: float(total.max()) for parent, total in shares.items() if total.max() > 1 + TOLERANCE}
    below = {parent: float(total.min()) for parent, total in shares.items() if total.min() < 1 - TOLERANCE}
    units = f", {overplanned.sum():,.0f} units of the baseline above 100 %"
    for code, found, more in ((OVERPLANNED, above, units), (UNDERPLANNED, below, "")):
        if found:
            first = min(found)
            message = f"{len(found)} parents, first {first} with {100 * found[first]:,.1f} %{more}"
            yield code.found("table planning_bills", message, count=len(found))
