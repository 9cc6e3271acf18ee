"""History cleaned of what is known to have bent it, so that the forecast goes on from the pattern and not from events.

In closed history sales y hold the effects of the events of the past. With c = 1 + Σ uplift × share − Σ forward buy of
the events of a bucket, and x what they brought in from elsewhere (bought ahead, cannibalized, sold along),

    y = c b + x   so   b = (y − x) / c,

where x follows from b of other buckets and rows; a few rounds settle it. The difference is posted event by event, so
that it can be seen and taken back. Where c is so small that b would be a guess, and where a bucket was out of stock, b
is read off the buckets beside it (`stockouts`), but a stockout hides demand only where shipments or sell-out train the
forecast: with orders a shortage inflates demand rather.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.section import Posting
from equipoise.demand.event import Event, demand_rows, sides_of
from equipoise.demand.event_effect import Move, Side, Span, Window, event_moves
from equipoise.demand.findings import HISTORY_CLEANED, PLANNED_PAST, STOCKOUT_KEPT, STOCKOUT_RESTORED
from equipoise.demand.held_history import HeldHistory
from equipoise.demand.stockouts import restore

CLEANSED = "history_cleansed_qty"
STOCKOUT = "stockout"
"""Cause of what the column stockout of sales_history restores."""
LEAST_SHARE = 0.2
"""Where events leave less than this share of demand, what they left says too little of what was wanted."""
ROUNDS = 4


@dataclass(frozen=True, eq=False)
class Cleansed:
    """Sales as the forecast is to learn from them, [N, H] units on the grid, and why they differ from what was sold."""

    sold: FloatArray
    postings: tuple[Posting, ...]
    """By cause; with what was sold they sum to `sold`."""
    findings: tuple[Finding, ...]
    is_explained: BoolArray
    """Cells [N, H] that an event, a stockout or a person speaks of, whether that changed them or not."""
    held: HeldHistory | None = None
    """What people hold; None where nobody does."""


@dataclass(frozen=True, eq=False)
class _Past:
    """An event in the window of closed history."""

    event: Event
    span: Span
    rows: IntArray
    sides: list[Side]

    def moves(self, window: Window) -> list[Move]:
        return event_moves(window, self.event.effect, self.span, self.rows, self.sides, counts_missing=True)

    def ratio(self) -> tuple[FloatArray, float]:
        """What demand b of its own buckets is multiplied by beside 1 [k], and of those bought ahead from."""
        effect, span = self.event.effect, self.span
        ahead = effect.forward_buy_pct / 100
        return effect.uplift_pct / 100 * span.share + ahead * span.missing * span.landing, -ahead


def cleanse(
    axes: Axes,
    sold: FloatArray,
    events: Sequence[Event],
    *,
    first: int,
    group: IntArray,
    out_of_stock: BoolArray,
    restores: bool,
) -> Cleansed:
    """Sales [N, H] of the buckets from `first` on, cleaned of events; `restores` says that stockouts hid demand."""
    past = _past_events(axes, events, first, first + sold.shape[1])
    stockouts = [p for p in past if p.event.type == "stockout"]
    findings: list[Finding] = []
    is_explained = out_of_stock.copy()
    for p in past:
        is_explained[p.rows, p.span.begin : p.span.end] = True
    if not restores:
        past = [p for p in past if p.event.type != "stockout"]
        if count := len(stockouts) + int(out_of_stock.sum()):
            message = f"{len(stockouts)} events and {out_of_stock.sum()} buckets flagged in sales_history"
            findings.append(STOCKOUT_KEPT.found("history", message, count=count))
    is_sold_yet = np.logical_or.accumulate(sold != 0, axis=1)
    hidden = out_of_stock & is_sold_yet if restores else np.zeros(sold.shape, dtype=np.bool_)
    if not past and not hidden.any():
        return Cleansed(sold, (), tuple(findings), is_explained)
    factor = _factor(past, sold.shape)
    baseline = _without_events(np.maximum(sold, 0.0), past, factor, group)
    is_guess = factor < LEAST_SHARE
    known = restore(baseline, is_hidden=hidden | is_guess, is_sold_yet=is_sold_yet)
    part = np.where(is_sold_yet, 1.0, 0.0)
    # Where events left almost nothing they are charged with all that was restored, not with their percentage of it.
    cells = np.nonzero(is_guess & (known > 0) & is_sold_yet)
    part[cells] = (known[cells] - baseline[cells]) / ((1.0 - factor[cells]) * known[cells])
    window = Window(np.where(hidden & ~is_guess, baseline, known), group)
    postings = [_posting(p, window, part) for p in past]
    postings.append(Posting.of(CLEANSED, STOCKOUT, on_grid(np.where(hidden, known - baseline, 0.0), QUANTITY_STEP)))
    postings = [posting for posting in postings if posting.amounts.size]
    cleansed = sold.copy()
    for posting in postings:
        np.add.at(cleansed, (posting.rows, posting.buckets), posting.amounts)
        is_explained[posting.rows, posting.buckets] = True
    return Cleansed(cleansed, tuple(postings), (*findings, *_told(past, postings)), is_explained)


def _past_events(axes: Axes, events: Sequence[Event], first: int, last: int) -> list[_Past]:
    found = []
    for event in events:
        span = event.span(axes, first=first, last=last)
        if span.is_outside:
            continue
        rows = demand_rows(axes, event.item, event.market)
        sides = sides_of(axes, event.effect, event.item, event.market, rows)
        found.append(_Past(event, span, rows, sides))
    return found


def _factor(past: Sequence[_Past], shape: tuple[int, int]) -> FloatArray:
    """c: what all events multiply demand by in their own buckets and in those they buy ahead from, [N, H]."""
    factor = np.ones(shape)
    for p in past:
        own, dip = p.ratio()
        factor[p.rows, p.span.begin : p.span.end] += own
        factor[p.rows, p.span.dip_begin : p.span.dip_end] += dip
    return factor


def _without_events(sold: FloatArray, past: Sequence[_Past], factor: FloatArray, group: IntArray) -> FloatArray:
    """b = (y − x) / c, [N, H] and not negative; what was sold where c is too small to tell."""
    divisor = np.maximum(factor, LEAST_SHARE)
    baseline: FloatArray = sold / divisor
    bringing = [p for p in past if p.event.effect.forward_buy_pct or p.sides]
    for _ in range(ROUNDS if bringing else 0):
        brought = np.zeros(sold.shape)
        window = Window(baseline, group)
        for p in bringing:
            for move in p.moves(window):
                brought[move.block] += move.change
            own, dip = p.ratio()
            brought[p.rows, p.span.begin : p.span.end] -= baseline[p.rows, p.span.begin : p.span.end] * own
            brought[p.rows, p.span.dip_begin : p.span.dip_end] -= (
                baseline[p.rows, p.span.dip_begin : p.span.dip_end] * dip
            )
        before, baseline = baseline, np.maximum(sold - brought, 0.0) / divisor
        if not np.any(np.abs(baseline - before) >= QUANTITY_STEP):
            break
    return on_grid(np.where(factor < LEAST_SHARE, sold, baseline), QUANTITY_STEP)


def _posting(past: _Past, window: Window, part: FloatArray) -> Posting:
    """What an event moved, taken back; `part` [N, H] says how much of it."""
    parts = []
    for move in past.moves(window):
        change = on_grid(move.change * part[move.block], QUANTITY_STEP)
        rows, columns = np.nonzero(change)
        parts.append((move.rows[rows], columns + move.begin, -change[rows, columns]))
    cause = past.event.cause
    if not parts:
        return Posting(CLEANSED, cause, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    rows, columns, amounts = (np.concatenate([part[n] for part in parts]) for n in range(3))
    order = np.lexsort((columns, rows))
    return Posting(CLEANSED, cause, rows[order], columns[order].astype(np.int64), amounts[order])


def _told(past: Sequence[_Past], postings: Sequence[Posting]) -> list[Finding]:
    """What was done to history."""
    types = {p.event.cause: p.event.type for p in past}
    findings = []
    for code, is_stockout in ((HISTORY_CLEANED, False), (STOCKOUT_RESTORED, True)):
        mine = [p for p in postings if (types.get(p.cause, "stockout") == "stockout") == is_stockout]
        if mine:
            count = sum(len(p.amounts) for p in mine)
            net = sum(float(p.amounts.sum()) for p in mine)
            findings.append(code.found("history", f"{count} cells, {net:+,.0f} units", count=count))
    planned = [p.event.code for p in past if p.event.status == "planned" and p.span.end > p.span.begin]
    if planned:
        findings.append(PLANNED_PAST.found("table events", f"{len(planned)} events, first {min(planned)}",
                                           count=len(planned)))  # fmt: skip
    return findings
