"""An event counts once: promotions that people plan where another one already raises the same demand are told.

Nothing is taken away: two promotions may well run side by side. But one that marketing enters while it also stands in
table events, or that two people enter, raises demand twice. Two events of the table are a matter of its quality checks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise.demand.apply_events import rows_below
from equipoise.demand.bills import Bills
from equipoise.demand.entries import Cells
from equipoise.demand.event import Event
from equipoise.demand.findings import EVENT_TWICE


@dataclass(frozen=True, eq=False)
class Promoted:
    """A promotion of an adjustment, in the order of application, and the cells it raises."""

    id: str
    cells: Cells


def counted_twice(
    axes: Axes, events: Sequence[Event], promotions: Sequence[Promoted], bills: Bills
) -> Iterator[Finding]:
    """A finding for each promotion that shares items, markets and buckets with an event ahead or an earlier one."""
    for number, promotion in enumerate(promotions):
        found = [(f"promotion {other.id}", other.cells) for other in promotions[:number]]
        found += [(f"event {event.code}", cells) for event, cells in _ahead(axes, events, promotion.cells, bills)]
        for name, cells in found:
            rows, begin, end = _shared(promotion.cells, cells)
            if rows.size and begin < end:
                first = " in ".join(axes.keys[Grain.DEMAND].labels(int(rows[0])))
                when = axes.calendar.label(begin)
                message = f"{name} raises {rows.size} of its items and markets too, first {first}, {when}"
                yield EVENT_TWICE.found(f"adjustment {promotion.id}", message, count=int(rows.size))


def _ahead(axes: Axes, events: Sequence[Event], cells: Cells, bills: Bills) -> Iterator[tuple[Event, Cells]]:
    """Events that raise demand in the buckets of the cells; their rows are looked up only then."""
    for event in events:
        if event.status == "done" or event.type == "stockout" or event.effect.uplift_pct <= 0:
            continue
        span = event.span(axes, first=0, last=axes.horizon)
        if max(span.begin, cells.begin) < min(span.end, cells.end):
            yield event, Cells(rows_below(axes, bills, event.item, event.market), span.begin, span.end)


def _shared(one: Cells, other: Cells) -> tuple[IntArray, int, int]:
    """Rows and buckets that two blocks of cells have in common."""
    rows: IntArray = np.intersect1d(one.rows, other.rows)
    return rows, max(one.begin, other.begin), min(one.end, other.end)
