"""Who holds the numbers below a cell, since when, and until when: a hold ends with the cycle whose plan it is in."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain
from equipoise_web.access import Access
from equipoise_web.reads.adjustments import AdjustmentRow, adjustments_by_id
from equipoise_web.reads.grid_columns import Column
from equipoise_web.reads.grid_rows import GridRows

LISTED = 8


@dataclass(frozen=True)
class HoldLine:
    """What one person held at one time."""

    id: str
    """Of the first of its adjustments, on whose page it is let go."""
    by: str
    at: datetime
    count: int
    """Adjustments it is made of: one, or one for each cell that inputs had moved."""
    is_mine: bool


def read_holds(rows: GridRows, node: int, column: Column, who: Access) -> tuple[HoldLine, ...]:
    """The holds that stand on any number below a node in a column, newest first; none in a closed bucket."""
    if Grain.DEMAND not in rows.tree.nodes or column.is_closed:
        return ()
    below, axes = rows.tree.rows_of(Grain.DEMAND, node), rows.numbers.plan.axes
    holds = [a for a in rows.numbers.adjustments if a.change.kind == "demand_hold" and _meets(axes, a, below, column)]
    known = adjustments_by_id(who, (a.id for a in holds))
    steps: dict[tuple[str, str], list[AdjustmentRow]] = {}
    for hold in sorted(holds, key=lambda a: -a.seq):
        if hold.id in known:
            row = known[hold.id]
            steps.setdefault((hold.author, f"{row.made_at:%Y-%m-%d %H:%M}"), []).append(row)
    return tuple(
        HoldLine(made[-1].id, made[-1].author_name, made[-1].made_at, len(made), author == who.name)
        for (author, _minute), made in steps.items()
    )[:LISTED]


def _meets(axes: Axes, hold: Adjustment, below: IntArray, column: Column) -> bool:
    """True if a hold's scope has a cell among some rows and the buckets of a column."""
    begin, end = axes.calendar.span(hold.scope.first, hold.scope.last)
    if max(begin, column.begin) >= min(end, column.end):
        return False
    if not (axes.items.knows(hold.scope.item) and axes.markets.knows(hold.scope.market)):
        return False
    return bool(np.isin(axes.rows(Grain.DEMAND, hold.scope), below).any())
