"""What events ahead cost, and what suppliers or partners pay toward them: money of the whole event, by its days.

A bucket gets the share of the event's days that lie in it, its rows theirs in proportion to their baseline (equally
where there is none); the part of days before or after the plan is not in it. Money leaves on its grid, so the parts of
an event that lies within the plan sum to what the row says, to the last thousandth.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.grid import MONEY_STEP, FloatArray, on_grid, split, split_columns
from equipoise.core.section import Posting
from equipoise.demand.apply_events import rows_below
from equipoise.demand.bills import Bills
from equipoise.demand.event import Event

MONEY = {"event_spend_amount": "spend", "event_funding_amount": "funding"}
"""Measures of money, and the field of an event that they come from."""


def event_money(
    axes: Axes, events: Sequence[Event], baseline: FloatArray, bills: Bills
) -> tuple[dict[str, FloatArray], list[Posting]]:
    """Spend and funding of events ahead, [N, T] money each, with a posting for each event."""
    measures = {name: np.zeros(baseline.shape) for name in MONEY}
    postings = []
    for name, field in MONEY.items():
        for event in events:
            amount = getattr(event, field)
            if amount and event.status != "done":
                for posting in _posting(axes, event, name, amount, baseline, bills):
                    np.add.at(measures[name], (posting.rows, posting.buckets), posting.amounts)
                    postings.append(posting)
    return measures, postings


def _posting(
    axes: Axes, event: Event, name: str, amount: float, baseline: FloatArray, bills: Bills
) -> Iterator[Posting]:
    span = event.span(axes, first=0, last=axes.horizon)
    rows = rows_below(axes, bills, event.item, event.market)
    inside = round(float(span.landing.sum()), 12)
    if rows.size == 0 or inside <= 0:
        return
    whole = float(on_grid(np.array(amount * inside), MONEY_STEP))
    by_bucket = split(whole, span.landing, step=MONEY_STEP)
    demand = baseline[rows, span.begin : span.end]
    weights = np.where(demand.sum(axis=0) > 0, demand, 1.0)
    parts = split_columns(by_bucket, weights, step=MONEY_STEP)
    at, column = np.nonzero(parts)
    yield Posting(name, event.cause, rows[at], (column + span.begin).astype(np.int64), parts[at, column])
