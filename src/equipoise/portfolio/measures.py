"""What the portfolio adds to the data dictionary."""

from equipoise.core.measure import Grain, Measure, OverTime, Unit

MEASURES = (
    Measure(
        "demand_active_ratio",
        Grain.DEMAND,
        Unit.RATIO,
        "portfolio",
        "Active",
        "Share of the bucket's days on which the item may be sold in the market: from its launch there until its end "
        "(without an end date until its successor is launched), and not obsolete.",
        OverTime.NONE,
    ),
    Measure(
        "demand_ended_ratio",
        Grain.DEMAND,
        Unit.RATIO,
        "portfolio",
        "Ended",
        "Share of the bucket's days after the last one on which the item is sold in the market; 1 for obsolete items.",
        OverTime.NONE,
    ),
    Measure(
        "demand_succeeded_ratio",
        Grain.DEMAND,
        Unit.RATIO,
        "portfolio",
        "Passed to the successor",
        "Share of the bucket's days on which the demand of the item belongs to its successor: from the day after the "
        "item's end, but not before the successor is launched in the market.",
        OverTime.NONE,
    ),
    Measure(
        "launch_ramp_ratio",
        Grain.DEMAND,
        Unit.RATIO,
        "portfolio",
        "Launch ramp",
        "Share of its steady sales that a launch is planned to reach in the bucket: the ramp of table launches from "
        "the bucket of the launch on, 1 once it is over; 0 before, and where nothing is launched.",
        OverTime.NONE,
    ),
    Measure(
        "launch_steady_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "portfolio",
        "Launch steady sales",
        "Units a bucket that a launch is planned to sell once its ramp is over, from the bucket of the launch on, "
        "before ramp and season; 0 where the level comes from a like item, and where nothing is launched.",
    ),
)
"""Measures of the stage portfolio."""
