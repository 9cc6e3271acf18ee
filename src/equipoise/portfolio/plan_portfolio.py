"""Stage `portfolio`: which items may be sold in which bucket.

An item is active in a bucket if the bucket ends after its launch_date, begins before its end_date, and its lifecycle
is not obsolete. In the bucket of a launch or an end the share of active days counts.
"""

import numpy as np

from equipoise.core.finding import FindingCode, Severity
from equipoise.core.measure import Grain, Measure, OverTime, Unit
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs

MEASURES = (
    Measure(
        "demand_active_ratio",
        Grain.DEMAND,
        Unit.RATIO,
        "portfolio",
        "Active",
        "Share of the bucket's days on which the item may be sold: between its launch and its end, and not obsolete.",
        OverTime.NONE,
    ),
)

OBSOLETE_DEMAND = FindingCode(
    "PF101",
    Severity.NOTE,
    "Obsolete items are not planned",
    "Remove their demand, or set lifecycle to phase_out with an end_date.",
)
WRONG_WINDOW = FindingCode(
    "PF102",
    Severity.ERROR,
    "An item ends before it is launched",
    "Correct launch_date or end_date of the item.",
)
FINDING_CODES = (OBSOLETE_DEMAND, WRONG_WINDOW)


def plan_portfolio(inputs: Inputs) -> Section:
    """`demand_active_ratio` [N, T] in 0..1 from items' lifecycle, launch_date and end_date."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    starts = np.array([axes.calendar.start_of(t).toordinal() for t in range(axes.horizon + 1)], dtype=np.float64)
    begins, ends = starts[:-1], starts[1:]
    active = np.ones((len(axes.items), axes.horizon))
    findings = []
    for item, lifecycle, launch, end in (
        inputs.table("items").select("item", "lifecycle", "launch_date", "end_date").iter_rows()
    ):
        row = axes.items.position[item]
        if lifecycle == "obsolete":
            active[row] = 0.0
            findings.append(OBSOLETE_DEMAND.found(f"items {item}", f"{item} is obsolete: its demand is taken as 0"))
            continue
        if launch is not None and end is not None and end < launch:
            findings.append(WRONG_WINDOW.found(f"items {item}", f"{item} ends {end}, before its launch on {launch}"))
        first = -np.inf if launch is None else float(launch.toordinal())
        last = np.inf if end is None else float(end.toordinal() + 1)
        days = np.minimum(ends, last) - np.maximum(begins, first)
        active[row] = np.clip(days / (ends - begins), 0.0, 1.0)
    ratio = active[keys.column("item")]
    return Section("portfolio", (Panel(keys, {"demand_active_ratio": ratio}),), findings=tuple(findings))
