"""What an event does to demand: the one place that says it, read forward by the plan and backward by the cleansing.

With demand b of the item without the event, s the share of a bucket's days that the event covers:

- uplift: uplift_pct × s × b in its own buckets;
- forward buy: forward_buy_pct of b of each of the next forward_buy_buckets moves ahead into the event's own buckets, in
  proportion to s × b there (Chopra & Meindl, Supply Chain Management, predictable variability: market growth and
  forward buying);
- cannibalization: cannibalization_pct of the uplift is taken from other items of the same market, in proportion to
  their demand; halo: items sold along gain halo_pct of the uplift in the same way.

Units are never carried over between items of different base unit: such items take no part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from equipoise.core.calendar import Calendar
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid, split_columns
from equipoise.core.panel import sum_rows
from equipoise.demand.changes import PromotionEffect


@dataclass(frozen=True, eq=False)
class Span:
    """An event in a window of buckets, as columns of the window: its own begin..end−1, then those that lack demand."""

    begin: int
    end: int
    share: FloatArray
    """Share of the days of each of its own columns, [end − begin]."""
    landing: FloatArray
    """Part of all days of the event that each of its own columns holds, [end − begin]; sums to 1 if all are inside."""
    dip_begin: int
    dip_end: int
    missing: int = 0
    """Buckets bought ahead from that lie past the window."""

    @property
    def is_outside(self) -> bool:
        """True if the window sees nothing of the event."""
        return self.begin >= self.end and self.dip_begin >= self.dip_end

    @staticmethod
    def whole(begin: int, end: int, width: int, dips: int) -> "Span":
        """Whole columns begin..end−1 of a window of `width`, and the `dips` after them."""
        landing = np.full(end - begin, 1 / max(1, end - begin))
        last = min(width, end + dips)
        return Span(begin, end, np.ones(end - begin), landing, end, last, end + dips - last)

    @staticmethod
    def of_days(calendar: Calendar, start: date, end: date, dips: int, *, first: int, last: int) -> "Span":
        """The days start..end in the window of buckets first..last−1.

        >>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=6)
        >>> span = Span.of_days(months, date(2026, 12, 17), date(2027, 1, 15), 2, first=0, last=6)
        >>> span.share.round(3).tolist(), span.landing.tolist(), (span.dip_begin, span.dip_end)
        ([0.484], [0.5], (1, 3))
        """
        after = calendar.index_of(end) + 1
        begin, stop = (min(max(bucket, first), last) for bucket in (calendar.index_of(start), after))
        share = calendar.day_shares(begin, stop, start, end)
        days = np.array([calendar.days(bucket) for bucket in range(begin, stop)], dtype=np.float64)
        landing = share * days / ((end - start).days + 1)
        low, high = (min(max(bucket, first), last) for bucket in (after, after + dips))
        missing = max(0, after + dips - max(after, last))
        return Span(begin - first, stop - first, share, landing, low - first, high - first, missing)


@dataclass(frozen=True, eq=False)
class Side:
    """Other items that an event moves: rows [m], and how much of each unit of uplift they gain (+) or lose (−)."""

    rows: IntArray
    factor: float


@dataclass(frozen=True, eq=False)
class Move:
    """What an event moves in rows [n] from column `begin` on: change [n, k]."""

    rows: IntArray
    begin: int
    change: FloatArray

    @property
    def block(self) -> tuple[IntArray, slice]:
        """Index of its cells in a window [N, W]."""
        return self.rows, slice(self.begin, self.begin + self.change.shape[1])


@dataclass(frozen=True, eq=False)
class Window:
    """The demand that events are measured on."""

    demand: FloatArray
    """Demand without the event, what its percentages are taken of, [N, W] units, not negative."""
    group: IntArray
    """Market and base unit of each row, [N]: uplift is taken from and carried to rows of its own group only."""
    is_free: BoolArray | None = None
    """Where an event may move something, [N, W]; None: everywhere."""
    standing: FloatArray | None = None
    """What there is to take from, [N, W]; None: the demand itself."""

    def read(self, rows: IntArray, columns: slice) -> FloatArray:
        """Demand that the event may move, [n, k]."""
        found: FloatArray = self.demand[rows, columns]
        return found if self.is_free is None else np.where(self.is_free[rows, columns], found, 0.0)

    def open(self, rows: IntArray, columns: slice) -> FloatArray:
        """1 where the event may move something, [n, k]."""
        if self.is_free is None:
            return np.ones((len(rows), columns.stop - columns.start))
        return self.is_free[rows, columns].astype(np.float64)


def event_moves(
    window: Window,
    effect: PromotionEffect,
    span: Span,
    rows: IntArray,
    sides: Sequence[Side] = (),
    *,
    counts_missing: bool = False,
) -> list[Move]:
    """What an event on `rows` moves, on the grid; its own moves first.

    With `counts_missing` (in history) demand bought ahead from buckets past the window is taken to be as large as that
    of the event's own buckets; without, it is left out.
    """
    if rows.size == 0:
        return []
    inside, dips = slice(span.begin, span.end), slice(span.dip_begin, span.dip_end)
    own = window.read(rows, inside)
    uplift = on_grid(own * (span.share * (effect.uplift_pct / 100)), QUANTITY_STEP)
    bought = on_grid(window.read(rows, dips) * (effect.forward_buy_pct / 100), QUANTITY_STEP)
    if window.standing is not None:
        bought = np.minimum(bought, np.maximum(window.standing[rows, dips], 0.0))
    change = uplift.copy()
    if span.end > span.begin:
        # Who has no free cell in the event buys nothing ahead; who has no demand in it buys by the event's days.
        open_ = window.open(rows, inside) * span.landing
        bought[open_.sum(axis=1) == 0] = 0.0
        weights = own * span.share
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, open_)
        landed = on_grid(bought.sum(axis=1) * round(float(span.landing.sum()), 12), QUANTITY_STEP)
        change += split_columns(landed, weights.T).T
        if counts_missing:
            ahead = effect.forward_buy_pct / 100 * span.missing
            change += on_grid(own * (ahead * span.landing), QUANTITY_STEP)
    moves = [Move(rows, span.begin, change), Move(rows, span.dip_begin, -bought)]
    moves += [Move(side.rows, span.begin, _aside(window, side, inside, rows, uplift)) for side in sides]
    return [move for move in moves if move.change.any()]


def _aside(window: Window, side: Side, inside: slice, rows: IntArray, uplift: FloatArray) -> FloatArray:
    """What other rows gain or lose [m, k] by the uplift [n, k] of an event: by market and base unit."""
    groups, mine = np.unique(window.group[rows], return_inverse=True)
    place = np.minimum(np.searchsorted(groups, window.group[side.rows]), len(groups) - 1)
    demand = window.read(side.rows, inside)
    demand[groups[place] != window.group[side.rows]] = 0.0
    totals, weights = sum_rows(uplift, mine, len(groups)), sum_rows(demand, place, len(groups))
    per_unit = np.divide(totals, weights, out=np.zeros(totals.shape), where=weights > 0)
    return on_grid(side.factor * per_unit[place] * demand, QUANTITY_STEP)
