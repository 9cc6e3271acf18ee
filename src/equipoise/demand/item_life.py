"""The life of items in the baseline, posting by posting: launches, what they cannibalize, what passes to successors.

The baseline of a snapshot without launches and successors is the forecast, without postings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.section import Posting
from equipoise.core.stage import Inputs
from equipoise.demand.cannibalization import cannibalize
from equipoise.demand.launches import (
    LaunchPlan,
    imported_findings,
    launch_error,
    read_launch_plan,
    without_ramp,
)
from equipoise.demand.succession import Heirs, lost_findings, pass_forecast, read_heirs

BASELINE = "demand_baseline_qty"
FORECAST, LAUNCH, SUCCESSION, RECONCILED = "forecast", "launch:", "succession:", "reconciliation"
"""Causes of postings: the item's own forecast, the launch of an item, what an ended item leaves to its successor, what
forecasts of totals moved."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """The baseline with the life of items in it."""

    baseline: FloatArray
    """[N, T] units on the grid."""
    bridge: FloatArray
    """[N, −since] forecast of open buckets before the plan."""
    error_sd: FloatArray
    """[N, T]."""
    postings: tuple[Posting, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class ItemLife:
    """What the portfolio says of launches and successors, before any forecast is made."""

    inputs: Inputs
    launches: LaunchPlan
    heirs: Heirs
    end: int
    findings: tuple[Finding, ...]

    @property
    def is_plain(self) -> bool:
        """True if nothing is launched and nothing succeeded."""
        return len(self.launches.rows) == 0 and len(self.heirs.rows) == 0

    @property
    def is_planned(self) -> BoolArray:
        """Rows [N] whose demand does not only come from their own history."""
        planned = np.zeros(len(self.inputs.keys(Grain.DEMAND)), dtype=np.bool_)
        planned[self.launches.rows] = True
        planned[self.heirs.target] = True
        return planned

    @property
    def is_apart(self) -> BoolArray:
        """Rows [N] that no total counts: launches, and predecessors whose sales their successors continue."""
        apart = np.zeros(len(self.inputs.keys(Grain.DEMAND)), dtype=np.bool_)
        apart[self.launches.rows] = True
        apart[self.heirs.rows[self.heirs.has_passed]] = True
        return apart

    def histories(self, y: FloatArray) -> FloatArray:
        """History [N, H] to train on: without ramps, with what predecessors sold."""
        continued = np.zeros(len(y), dtype=np.bool_)
        continued[self.heirs.target[self.heirs.has_passed]] = True
        return self.heirs.histories(without_ramp(y, self.launches, end=self.end, keeps=continued))

    def claimed(self, active: FloatArray) -> FloatArray:
        """Where [N, T] somebody plans with a row's forecast: the item itself, or its successor."""
        claims = active.copy()
        claims[self.heirs.rows] = np.maximum(active[self.heirs.rows], self.heirs.share)
        return claims

    def outlook(
        self,
        point: FloatArray,
        sold: FloatArray,
        active: FloatArray,
        sigma: FloatArray,
        *,
        is_imported: bool,
        steps: Sequence[tuple[str, FloatArray]] = (),
    ) -> Outlook:
        """The baseline: `point` [N, W] is each row's own forecast of the last W buckets, `sold` [N, T] the share of
        it that counts, `sigma` [N] its error. `steps` are causes and what the forecast was once each counted, the
        first without a cause, the last one `point`; none if it is as it was found."""
        horizon = active.shape[1]
        if self.is_plain:
            own = on_grid(point[:, -horizon:] * sold, QUANTITY_STEP)
            error = np.repeat(sigma[:, None], horizon, axis=1)
            return Outlook(own, point[:, :-horizon], error, _own_postings(steps, sold), self.findings)
        plan, findings = self.launches, list(self.findings)
        if is_imported:
            speaks: BoolArray = np.any(point[plan.rows, -horizon:] != 0, axis=1)
            findings += imported_findings(self.inputs, plan, speaks)
            plan = plan.without(speaks)
        share = np.ones(len(point))
        share[plan.rows] = plan.own_weight
        own = point * share[:, None]
        planned = plan.plan(point)
        added = planned * (1.0 - plan.own_weight)[:, None]
        full = own.copy()
        full[plan.rows] += added
        family, _ = self.inputs.axes.groups(Grain.DEMAND, "family")
        error = np.repeat(sigma[:, None], horizon, axis=1)
        error[plan.rows] = launch_error(
            plan,
            planned[:, -horizon:],
            point[:, -horizon:],
            sigma,
            family,
            period=self.inputs.axes.calendar.periods_per_year,
        )

        postings = list(_own_postings(steps or (("", point),), sold, share))
        launched = on_grid(added[:, -horizon:] * active[plan.rows], QUANTITY_STEP)
        moved = [(LAUNCH, self._item(row), np.array([row]), launched[[n]]) for n, row in enumerate(plan.rows.tolist())]
        is_stated = share < 1.0
        passed = pass_forecast(
            self.heirs, full[:, -horizon:], sd=sigma, active=active, is_stated=is_stated, is_imported=is_imported
        )
        findings += lost_findings(self.inputs, self.heirs, passed)
        for place, link in enumerate(passed.links.tolist()):
            target = self.heirs.target[[link]]
            moved.append((SUCCESSION, self._item(int(self.heirs.rows[link])), target, passed.amounts[[place]]))
            known = np.where(np.isnan(error[target[0]]) & (passed.error_sd[place] > 0), 0.0, error[target[0]])
            error[target[0]] = np.sqrt(known**2 + passed.error_sd[place] ** 2)
        baseline = np.sum([posting.dense(active.shape) for posting in postings], axis=0)
        for _, _, rows, amounts in moved:
            baseline[rows] += amounts
        taken, found = cannibalize(self.inputs, plan, launched, baseline)
        for item, rows, amounts in taken:
            baseline[rows] += amounts
            moved.append((LAUNCH, item, rows, amounts))
        postings += _posted(moved)
        return Outlook(baseline, full[:, :-horizon], error, tuple(postings), (*findings, *found))

    def _item(self, row: int) -> str:
        return self.inputs.keys(Grain.DEMAND).labels(row)[0]


def read_item_life(inputs: Inputs, y: FloatArray, *, end: int, since: int) -> ItemLife:
    """Launches and successors; y [N, H] is history that ends before bucket `end`, plans begin in bucket `since`."""
    launches, found = read_launch_plan(inputs, y, end=end, since=since)
    heirs, strange = read_heirs(inputs)
    return ItemLife(inputs, launches, heirs, end, (*found, *strange))


def _own_postings(
    steps: Sequence[tuple[str, FloatArray]], sold: FloatArray, share: FloatArray | None = None
) -> tuple[Posting, ...]:
    """What each step [N, W] added to the rows' own forecasts, as far as these count."""
    postings, before = list[Posting](), np.zeros(sold.shape)
    for cause, point in steps:
        weighed = point if share is None else point * share[:, None]
        own = on_grid(weighed[:, -sold.shape[1] :] * sold, QUANTITY_STEP)
        postings.append(Posting.of(BASELINE, cause or FORECAST, own - before))
        before = own
    return tuple(postings)


def _posted(moved: list[tuple[str, str, IntArray, FloatArray]]) -> list[Posting]:
    """One posting a cause, in the order of sort and item."""
    by_cause: dict[str, list[tuple[IntArray, FloatArray]]] = {}
    for sort, item, rows, amounts in moved:
        if amounts.any():
            by_cause.setdefault(sort + item, []).append((rows, amounts))
    postings = []
    for cause in sorted(by_cause):
        rows = np.concatenate([some for some, _ in by_cause[cause]]).astype(np.int64)
        amounts = np.concatenate([some for _, some in by_cause[cause]])
        place, bucket = np.nonzero(amounts)
        postings.append(Posting(BASELINE, cause, rows[place], bucket.astype(np.int64), amounts[place, bucket]))
    return postings
