"""Events ahead on the ledger: each moves demand over the baseline and posts what it moved under its own name."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding, FindingCode
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.bills import Bills
from equipoise.demand.consensus import Ledger
from equipoise.demand.entries import CONSENSUS
from equipoise.demand.event import Event, demand_rows, lacks_sides, sides_of
from equipoise.demand.event_effect import Span
from equipoise.demand.findings import DONE_AHEAD, EVENT_WITHOUT_EFFECT, FORWARD_BUY_CUT, NOTHING_BESIDE


def rows_below(axes: Axes, bills: Bills, item: str, market: str) -> IntArray:
    """Demand rows of two nodes; for a model with a planning bill those of the items that it is sold as."""
    bill = bills.of_node(item)
    if bill and bill.is_model and bill.rows.size:
        return bill.rows[np.isin(bill.rows, demand_rows(axes, "", market))]
    return demand_rows(axes, item, market)


def apply_events(ledger: Ledger, axes: Axes, events: Sequence[Event], bills: Bills, *, first: int = 0) -> list[Finding]:
    """Apply events to a ledger whose first column is bucket `first`; what is odd about them is told by code of event.

    Their percentages are of the baseline, so their order does not matter (unless they would take away more than there
    is: then the later code takes less).
    """
    odd: dict[FindingCode, list[str]] = {}
    for event in events:
        span = event.span(axes, first=first, last=axes.horizon)
        if event.type == "stockout":
            if span.end > span.begin:
                odd.setdefault(EVENT_WITHOUT_EFFECT, []).append(event.code)
            continue
        if event.status == "done" and span.end > span.begin:
            odd.setdefault(DONE_AHEAD, []).append(event.code)
            span = _only_what_follows(span)
        if span.is_outside:
            continue
        rows = rows_below(axes, bills, event.item, event.market)
        sides = sides_of(axes, event.effect, event.item, event.market, rows)
        moved = ledger.promote(event.cause, event.effect, rows, span, sides, over=ledger.baseline)
        if not moved and span.end > span.begin:
            odd.setdefault(EVENT_WITHOUT_EFFECT, []).append(event.code)
        if span.end > span.begin and lacks_sides(event.effect, sides):
            odd.setdefault(NOTHING_BESIDE, []).append(event.code)
        if span.missing and event.effect.forward_buy_pct:
            odd.setdefault(FORWARD_BUY_CUT, []).append(event.code)
    return [
        code.found("table events", f"{len(codes)} events, first {min(codes)}", count=len(codes))
        for code, codes in odd.items()
    ]


def _only_what_follows(span: Span) -> Span:
    """The buckets that lack what an event made customers buy ahead, without its own."""
    nothing = np.zeros(0)
    return replace(span, end=span.begin, share=nothing, landing=nothing)


def bridge_with_events(
    bridge: FloatArray, ledger: Ledger, axes: Axes, events: Sequence[Event], bills: Bills
) -> FloatArray:
    """Forecast [N, B] of the B open buckets before the plan, with the events that fall into them."""
    width = bridge.shape[1]
    if width == 0 or not events:
        return bridge
    is_active: BoolArray = np.hstack([np.repeat(ledger.is_active[:, :1], width, axis=1), ledger.is_active])
    longer = Ledger(np.hstack([bridge, ledger.baseline]), is_active, ledger.weights, groups=ledger.groups)
    apply_events(longer, axes, events, bills, first=-width)
    lifted: FloatArray = longer.values[CONSENSUS][:, :width]
    return lifted
