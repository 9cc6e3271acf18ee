"""An imported forecast: rows at any node and of any period, spread exactly to items, markets and buckets.

A row is the **total** of its node and period. Rows are settled from the most specific to the most general (item, then
market, then period): what stands in more specific rows is part of a total; the rest goes to the series and buckets
without a row of their own, in proportion to their demand of the last year (equally where there is none), or by the
planning bill of the node where it has one (`bills`; shares that do not sum to 100 raise or lower the total). A month,
quarter or year is spread over its buckets by calendar days, never booked whole in the first; quarters and years are
fiscal, and only the buckets of the horizon enter the plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid, split, split_columns
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.demand.bills import NO_BILLS, BillCells, Bills, above_whole
from equipoise.demand.findings import (
    FORECAST_HOLES,
    PARTS_ABOVE_TOTAL,
    PARTS_BELOW_TOTAL,
    STRANGE_FORECAST,
)

WHERE = "table forecast"


def import_forecast(
    axes: Axes,
    frame: pl.DataFrame,
    *,
    recent: FloatArray,
    is_active: BoolArray,
    since: int = 0,
    bills: Bills = NO_BILLS,
) -> tuple[FloatArray, FloatArray, list[Finding]]:
    """Table forecast as [N, T − since] units on the grid from bucket `since` (at most 0) on, the part of it that
    planning bills add above 100 %, and what was wrong.

    `recent` [N] is each series' demand of the last year; `is_active` [N, T] where it may be sold.
    """
    keys, horizon = axes.keys[Grain.DEMAND], axes.horizon
    frame = frame.filter(pl.col("quantity").is_not_null())
    spans = {(day, period): _span(axes.calendar, day, period) for day, period in _distinct_periods(frame)}
    touching = [span for span in spans.values() if span[0] < horizon and span[1] > since]
    first, last = min([since, *(begin for begin, _ in touching)]), max([horizon, *(end for _, end in touching)])
    # Outside the horizon an item counts as active if it is at the edge next to it.
    active = is_active[:, np.clip(np.arange(first, last), 0, horizon - 1)].astype(np.float64)
    sheet = _Sheet(axes, first, np.zeros(active.shape), recent[:, None] * active, active, recent, bills)
    is_leaf = (
        pl.col("item").is_in(axes.items.leaves)
        & pl.col("market").is_in(axes.markets.leaves)
        & pl.col("period").is_in(_single_bucket(axes.calendar))
    )
    sheet.place(frame.filter(is_leaf))
    for total in _node_totals(axes, frame.filter(~is_leaf), spans):
        sheet.settle(total)
    inside = slice(-first, horizon - first)
    findings = sheet.findings()
    holes = is_active & ~sheet.is_stated[:, inside]
    if holes.any():
        row, bucket = (int(where[0]) for where in np.nonzero(holes))
        example = f"{' in '.join(keys.labels(row))}, {axes.calendar.label(bucket)}"
        message = f"{holes.sum()} of {holes.size} cells, first {example}"
        findings.append(FORECAST_HOLES.found(WHERE, message, count=int(holes.sum())))
    window = slice(since - first, horizon - first)
    return sheet.placed[:, window], sheet.above_whole[:, window], findings


def _distinct_periods(frame: pl.DataFrame) -> list[tuple[date, str]]:
    return frame.select("date", "period").unique().sort("date", "period").rows()


def _single_bucket(calendar: Calendar) -> tuple[str, ...]:
    """Periods of one bucket: in a 4-4-5 calendar a month is the period that holds the day."""
    return ("", "bucket") if calendar.bucket == "week" else ("", "bucket", "month")


def _span(calendar: Calendar, day: date, period: str) -> tuple[int, int]:
    """Buckets begin..end−1 of the calendar month, fiscal quarter or fiscal year of a day, or its one bucket."""
    bucket, low, high = calendar.index_of(day), -calendar.first, len(calendar.starts) - 1 - calendar.first
    if period in _single_bucket(calendar) or not low <= bucket < high:
        return bucket, bucket + 1
    if period == "month":
        month = _month(day)
        return calendar.index_of(month[0]), calendar.index_of(month[1]) + 1

    def name(at: int) -> tuple[int, int]:
        return calendar.fiscal_year(at), calendar.fiscal_quarter(at) if period == "quarter" else 0

    same = [at for at in range(max(low, bucket - 53), min(high, bucket + 54)) if name(at) == name(bucket)]
    return same[0], same[-1] + 1


def _month(day: date) -> tuple[date, date]:
    """First and last day of a calendar month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class _NodeTotals:
    """Totals of one pair of nodes for periods of one length: quantity on the grid by span of buckets."""

    item: str
    market: str
    is_single: bool
    by_span: Mapping[tuple[int, int], float]

    def __str__(self) -> str:
        return f"{self.item or 'all items'} in {self.market or 'all markets'}"


def _node_totals(
    axes: Axes, frame: pl.DataFrame, spans: Mapping[tuple[date, str], tuple[int, int]]
) -> Iterator[_NodeTotals]:
    """The rows of a frame by nodes and length of period, most specific first; rows of one period are added up."""
    single, calendar = _single_bucket(axes.calendar), axes.calendar
    groups: dict[tuple[int, int, int, str, str], dict[tuple[int, int], float]] = {}
    for item, market, day, period, quantity in frame.select("item", "market", "date", "period", "quantity").rows():
        length = {"quarter": 1, "year": 2}.get(period, 0)
        depth = [h.specificity(n) if h.knows(n) else 0 for h, n in ((axes.items, item), (axes.markets, market))]
        totals = groups.setdefault((-depth[0], -depth[1], length, item, market), {})
        amount = float(on_grid(np.array(quantity), QUANTITY_STEP))
        if period == "month" and period not in single:
            begin, end = spans[day, period]
            parts = split(amount, _days(calendar, range(begin, end), *_month(day)))
            pieces = [((begin + n, begin + n + 1), float(part)) for n, part in enumerate(parts)]
        else:
            pieces = [(spans[day, period], amount)]
        for span, piece in pieces:
            totals[span] = totals.get(span, 0.0) + piece
    for order in sorted(groups):
        _, _, length, item, market = order
        yield _NodeTotals(item, market, length == 0, dict(sorted(groups[order].items())))


def _days(calendar: Calendar, buckets: range, first: date, last: date) -> FloatArray:
    """Days of each bucket between two days."""
    edges = [(max(calendar.start_of(b), first), min(calendar.end_of(b), last)) for b in buckets]
    return np.array([(end - begin).days + 1.0 for begin, end in edges])


@dataclass(eq=False)
class _Sheet:
    """The forecast while it is being read: [N, W] from bucket `first`, which may lie before the horizon."""

    axes: Axes
    first: int
    placed: FloatArray
    weights: FloatArray
    active: FloatArray
    recent: FloatArray
    bills: Bills
    lost: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.is_stated = np.zeros(self.placed.shape, dtype=np.bool_)
        self.above_whole = np.zeros(self.placed.shape)

    def place(self, leaves: pl.DataFrame) -> None:
        """Rows of one item, market and bucket stand where they are."""
        count, width = self.placed.shape
        rows = row_numbers(self.axes.keys[Grain.DEMAND], leaves, ("item", "market"))
        last = self.first + width
        amounts = bucketed(self.axes, leaves, "quantity", rows, count, first=self.first, last=last)
        self.placed += on_grid(amounts, QUANTITY_STEP)
        columns = self.axes.calendar.index_dates(leaves["date"]) - self.first
        inside = (rows >= 0) & (columns >= 0) & (columns < width)
        self.is_stated[rows[inside], columns[inside]] = True
        strange = leaves.filter(pl.Series(rows < 0)).select("item", "market").unique().sort("item", "market")
        self.lost += [" in ".join(pair) for pair in strange.rows()]

    def settle(self, total: _NodeTotals) -> None:
        """Spread what the parts below a node leave of its total."""
        nodes = {"item": total.item, "market": total.market}
        known = self.axes.items.knows(total.item) and self.axes.markets.knows(total.market)
        rows = self.axes.rows(Grain.DEMAND, nodes) if known else np.zeros(0, dtype=np.int64)
        if rows.size == 0:
            self.lost.append(str(total))
            return
        shifted = (((b - self.first, e - self.first), quantity) for (b, e), quantity in total.by_span.items())
        kept = [(span, quantity) for span, quantity in shifted if span[0] >= 0 and span[1] <= self.placed.shape[1]]
        if total.is_single:
            columns = np.array([begin for (begin, _), _ in kept], dtype=np.int64)
            rest = np.array([q for _, q in kept]) - self.placed[np.ix_(rows, columns)].sum(axis=0)
            self._pour(rows, columns, rest, total)
            return
        for (begin, end), quantity in kept:
            columns = np.arange(begin, end)
            block = np.ix_(rows, columns)
            days = np.array([float(self.axes.calendar.days(self.first + at)) for at in range(begin, end)])
            is_open = ~self.is_stated[block].all(axis=0)
            rest = quantity - float(self.placed[block].sum())
            if rest < 0:
                self.above.append(str(total))
                rest = 0.0
            self._pour(rows, columns, split(rest, days * is_open if is_open.any() else days), total)

    def _pour(self, rows: IntArray, columns: IntArray, rest: FloatArray, total: _NodeTotals) -> None:
        """Add rest [k] to the cells of its columns: to those without a row of their own, if there are any."""
        block = np.ix_(rows, columns)
        is_open = ~self.is_stated[block]
        if np.any(rest < 0):
            self.above.append(str(total))
        if np.any((rest > 0) & ~is_open.any(axis=0)):
            self.below.append(str(total))
        rest = np.maximum(rest, 0.0)
        weights = np.ones(is_open.shape)
        bill = self._bill(rows, columns, total)
        shares = is_open * bill.weights if bill else np.zeros(is_open.shape)
        for better in (
            self.placed[block],
            is_open.astype(np.float64),
            is_open * self.active[block],
            is_open * self.weights[block],
            shares,
        ):
            weights = np.where(better.sum(axis=0) > 0, better, weights)
        if bill:
            whole = np.where(shares.sum(axis=0) > 0, bill.weights.sum(axis=0), 1.0)
            rest = on_grid(rest * whole, QUANTITY_STEP)
        parts = split_columns(rest, weights)
        self.placed[block] += parts
        self.is_stated[block] = True
        if bill:
            self.above_whole[block] += np.where(shares > 0, parts * above_whole(1 + bill.surplus), 0.0)

    def _bill(self, rows: IntArray, columns: IntArray, total: _NodeTotals) -> BillCells | None:
        """How the node's planning bill shares its total over the columns; outside the horizon as at the edge."""
        bill = self.bills.cells(total.item, rows, self.recent, slice(None))
        if bill is None:
            return None
        at = np.clip(columns + self.first, 0, self.axes.horizon - 1)
        return BillCells(bill.cause, bill.weights[:, at], bill.surplus[:, at])

    def findings(self) -> list[Finding]:
        """What was wrong with the rows, one finding a sort."""
        sorts = ((STRANGE_FORECAST, self.lost), (PARTS_ABOVE_TOTAL, self.above), (PARTS_BELOW_TOTAL, self.below))
        return [
            code.found(WHERE, f"{len(set(nodes))} nodes, first {min(nodes)}", count=len(set(nodes)))
            for code, nodes in sorts
            if nodes
        ]
