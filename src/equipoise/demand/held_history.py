"""Holds of history in the baseline: which cells each holds, and at what."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.section import Posting
from equipoise.core.spread import CannotSpread, spread_amount
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.demand.findings import REFUSED, WITHOUT_EFFECT
from equipoise.demand.history_hold import HistoryHold

NOBODY = -1


@dataclass(frozen=True, eq=False)
class HeldHistory:
    """Cells of history [N, H] that people speak for."""

    adjustments: tuple[Adjustment, ...]
    holder: IntArray
    """[N, H] number of the adjustment that holds each cell, `NOBODY` for none."""
    value: FloatArray
    """[N, H] units at which it is held; what was sold where nobody holds."""
    findings: tuple[Finding, ...]

    @property
    def is_held(self) -> BoolArray:
        """[N, H] cells that nothing else may move."""
        found: BoolArray = self.holder > NOBODY
        return found

    def postings(self, measure: str, sold: FloatArray) -> list[Posting]:
        """What each hold makes of what was sold; a hold at what was sold moves nothing and posts nothing."""
        moved = self.value - sold
        every = [
            Posting.of(measure, adjustment.id, np.where(self.holder == number, moved, 0.0))
            for number, adjustment in enumerate(self.adjustments)
        ]
        return [posting for posting in every if posting.amounts.size]


def read_holds(inputs: Inputs, sold: FloatArray, *, first: int) -> HeldHistory:
    """The holds among the adjustments; `sold` [N, H] units begins with bucket `first`, at most 0."""
    mine = [each for each in inputs.adjustments if isinstance(each.change, HistoryHold)]
    in_order = tuple(sorted(mine, key=lambda adjustment: adjustment.order))
    holder, value = np.full(sold.shape, NOBODY, dtype=np.int64), sold.copy()
    findings: list[Finding] = []
    refused = set()
    is_sold_yet = np.logical_or.accumulate(sold != 0, axis=1)
    for number, adjustment in enumerate(in_order):
        change, scope = adjustment.change, adjustment.scope
        assert isinstance(change, HistoryHold), change
        calendar = inputs.axes.calendar
        begin = 0 if scope.first is None else max(0, calendar.index_of(scope.first) - first)
        end = sold.shape[1] if scope.last is None else min(sold.shape[1], calendar.index_of(scope.last) + 1 - first)
        try:
            cells = np.ix_(inputs.axes.rows(Grain.DEMAND, scope), np.arange(begin, max(begin, end)))
            value_of, is_free = _held_at(sold[cells], is_sold_yet[cells], change)
        except (UnknownName, CannotSpread) as error:
            refused.add(number)
            findings.append(REFUSED.found(f"adjustment {adjustment.id}", str(error)))
            continue
        value[cells] = np.where(is_free, value_of, value[cells])
        holder[cells] = np.where(is_free, number, holder[cells])
    for number, adjustment in enumerate(in_order):
        if number not in refused and not (holder == number).any():
            text = "later holds of history count in all of its cells"
            findings.append(WITHOUT_EFFECT.found(f"adjustment {adjustment.id}", text))
    return HeldHistory(in_order, holder, value, tuple(findings))


def _held_at(sold: FloatArray, is_sold_yet: BoolArray, change: HistoryHold) -> tuple[FloatArray, BoolArray]:
    """What a block of history is held at, and the cells that can be held; CannotSpread if there are none."""
    if not is_sold_yet.any():
        raise CannotSpread("nothing was sold yet in the closed buckets of its scope")
    if change.keeps:
        return sold, is_sold_yet
    now = np.maximum(sold, 0.0)
    return now + spread_amount(now, change.amount, weights=now, held=~is_sold_yet), is_sold_yet
