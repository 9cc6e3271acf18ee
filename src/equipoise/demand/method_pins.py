"""Pins of method and season in the baseline: which series each holds for, and what each moved.

Every pin posts what the forecast of its series becomes less what it was, so that a planner sees what the choice did,
and taking it back restores the number exactly.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.demand.bills import Bills
from equipoise.demand.findings import PIN_ON_IMPORT, PIN_TOO_SHORT, REFUSED, WITHOUT_EFFECT
from equipoise.demand.forecast import MEMBERS, SEASONS, Forecast, Pins
from equipoise.demand.forecast_method import ForecastMethod

NOBODY = -1
Step = tuple[str, FloatArray]
"""A cause and the forecast [N, W] once it counts."""


@dataclass(frozen=True, eq=False)
class MethodPins:
    """The pins of a plan, in the order in which they are applied."""

    axes: Axes
    adjustments: tuple[Adjustment, ...]
    holder: IntArray
    """[N] number of the adjustment that holds for each series, `NOBODY` for none."""
    findings: tuple[Finding, ...]

    @property
    def pins(self) -> Pins | None:
        """What is fixed for each series; None where nothing is."""
        if not (self.holder >= 0).any():
            return None
        method, season = np.full(len(self.holder), -1, dtype=np.int64), np.zeros(len(self.holder), dtype=np.int64)
        for number, adjustment in enumerate(self.adjustments):
            change, rows = _change(adjustment), self.holder == number
            method[rows] = MEMBERS.index(change.method) if change.method != "auto" else -1
            season[rows] = SEASONS.index(change.season)
        return Pins(method, season)

    def steps(self, forecast: Forecast, *, end: int) -> tuple[Step, ...]:
        """From the forecast without pins to the one with all, pin by pin; nothing where there are none.

        The first column of the forecast is bucket `end`. A pin counts in the buckets of its scope.
        """
        if self.pins is None:
            return ()
        now = forecast.unpinned
        steps = [("", now)]
        for number, adjustment in enumerate(self.adjustments):
            rows = np.flatnonzero(self.holder == number)
            if rows.size == 0:
                continue
            scope = adjustment.scope
            begin, last = self.axes.calendar.span(scope.first, scope.last)
            columns = slice(0 if scope.first is None else begin - end, max(last - end, 0))
            now = now.copy()
            now[rows, columns] = forecast.unreconciled[rows, columns]
            steps.append((adjustment.id, now))
        return tuple(steps)

    def told(self, forecast: Forecast, *, is_imported: bool) -> list[Finding]:
        """What is wrong with pins once the forecast is made."""
        found = list(self.findings)
        if is_imported and self.pins is not None:
            held = sum(1 for number in range(len(self.adjustments)) if (self.holder == number).any())
            found.append(PIN_ON_IMPORT.found("baseline", f"adjustments that have no effect: {held}", count=held))
            return found
        keys = self.axes.keys[Grain.DEMAND]
        for number, adjustment in enumerate(self.adjustments):
            method = _change(adjustment).method
            if method == "auto":
                continue
            rows = np.flatnonzero(self.holder == number)
            silent = rows[forecast.weights[rows, MEMBERS.index(method)] == 0]
            if silent.size:
                example = " in ".join(keys.labels(int(silent[0])))
                text = f"{method} for {silent.size} of {rows.size} series, first {example}"
                found.append(PIN_TOO_SHORT.found(f"adjustment {adjustment.id}", text, count=int(silent.size)))
        return found


def read_pins(inputs: Inputs) -> MethodPins:
    """The pins among the adjustments; one whose scope is gone is a finding."""
    mine = [each for each in inputs.adjustments if isinstance(each.change, ForecastMethod)]
    in_order = tuple(sorted(mine, key=lambda adjustment: adjustment.order))
    holder = np.full(len(inputs.keys(Grain.DEMAND)), NOBODY, dtype=np.int64)
    findings: list[Finding] = []
    for number, adjustment in enumerate(in_order):
        where, scope = f"adjustment {adjustment.id}", adjustment.scope
        begin, end = inputs.axes.calendar.span(scope.first, scope.last)
        try:
            rows = inputs.axes.rows(Grain.DEMAND, scope)
        except UnknownName as error:
            findings.append(REFUSED.found(where, str(error)))
            continue
        if begin == end or rows.size == 0:
            text = "no item and market of the plan lies in its scope" if begin < end else "no bucket lies in its scope"
            findings.append(REFUSED.found(where, text))
            continue
        holder[rows] = number
    for number, adjustment in enumerate(in_order):
        is_told = any(finding.where == f"adjustment {adjustment.id}" for finding in findings)
        if not is_told and not (holder == number).any():
            text = "later pins hold for all of its series"
            findings.append(WITHOUT_EFFECT.found(f"adjustment {adjustment.id}", text))
    return MethodPins(inputs.axes, in_order, holder, tuple(findings))


def handed_down(steps: tuple[Step, ...], bills: Bills, *, since: int, end: int) -> tuple[Step, ...]:
    """The same steps from bucket `since` on, with what stands at models handed to their items."""
    return tuple((cause, bills.hand_down(point[:, since - end :], since)[0]) for cause, point in steps)


def _change(adjustment: Adjustment) -> ForecastMethod:
    assert isinstance(adjustment.change, ForecastMethod), adjustment.change
    return adjustment.change
