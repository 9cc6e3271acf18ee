"""Stage `portfolio`: what may be sold where in which bucket, what is launched, and what passes to a successor."""

import numpy as np

from equipoise.core.finding import sort_findings
from equipoise.core.grid import IntArray
from equipoise.core.launch_rows import read_launches
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.portfolio.launches import plan_launches
from equipoise.portfolio.life import Life, edges_of, read_life

YEARS_PLANNED = 2
"""A launch whose ramp has been over for so long is planned no more: the item has a history, or it has failed."""


def plan_portfolio(inputs: Inputs) -> Section:
    """Active, ended and passed share of each bucket's days, ramp and steady sales of launches, [N, T] each.

    `launch_ramp_ratio` begins with the bucket of the earliest launch, if that lies in the past.
    """
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    rows = read_launches(axes, inputs.table("launches"))
    life, findings = read_life(inputs, rows)
    edges = edges_of(axes)
    launches, found = plan_launches(inputs, rows)
    begins = _launch_buckets(inputs, life)
    is_launched = launches.is_planned(begins, until=-YEARS_PLANNED * axes.calendar.periods_per_year)
    first = min(0, int(begins[is_launched].min(initial=0)))
    ramp = launches.ramp_ratio(begins, is_launched, first=first, last=axes.horizon)
    is_steady = is_launched & ~np.isnan(launches.steady)
    in_force = is_steady[:, None] & (np.arange(axes.horizon) >= begins[:, None])
    measures = {
        "demand_active_ratio": life.active(edges),
        "demand_ended_ratio": life.ended(edges),
        "demand_succeeded_ratio": life.succeeded(edges),
        "launch_steady_qty": np.where(in_force, launches.steady[:, None], 0.0),
    }
    panels = (Panel(keys, measures), Panel(keys, {"launch_ramp_ratio": ramp}, first=first))
    return Section("portfolio", panels, findings=sort_findings([*findings, *found]))


def _launch_buckets(inputs: Inputs, life: Life) -> IntArray:
    """The bucket of each row's first day, [N]; the calendar's edges where it lies beyond them."""
    calendar = inputs.axes.calendar
    days = np.array([day.toordinal() for day in calendar.starts], dtype=np.float64)
    found: IntArray = np.maximum(np.searchsorted(days, life.first, side="right").astype(np.int64) - 1, 0)
    return found - calendar.first
