"""Capacity: how much of the hours there were worked, and how many standard hours came out of them.

* utilization = clock hours worked / clock hours available · efficiency = standard hours earned / clock hours worked
* their product is what turns rated clock hours into standard hours: rated capacity = time × utilization × efficiency
* load = standard hours of the plan / standard hours available without overtime · overtime = overtime / regular hours

Sources: ASCM dictionary, utilization and efficiency; Arnold, Chapman & Clive, Introduction to Materials Management,
capacity management chapter.

>>> utilization_pct(worked=72.0, available=80.0), round(efficiency_pct(standard=78.0, worked=72.0), 1)
(90.0, 108.3)
"""

from equipoise.core.measure import Grain, Measure, Unit
from equipoise.kpi.declare import part, percent
from equipoise.kpi.entry import Direction, Kind, Kpi


def utilization_pct(*, worked: float, available: float) -> float:
    """100 × clock hours worked / clock hours available; NaN where none was available."""
    return 100.0 * worked / available if available > 0 else float("nan")


def efficiency_pct(*, standard: float, worked: float) -> float:
    """100 × standard hours of what was made / clock hours worked; NaN where nobody worked."""
    return 100.0 * standard / worked if worked > 0 else float("nan")


MEASURES: tuple[Measure, ...] = (
    part(
        "capacity_clock_hours",
        Grain.RESOURCE,
        Unit.HOURS,
        "Clock hours available, past",
        "Regular clock hours of closed buckets as tables resources, resource_calendar and calendars have them today, "
        "from the first hour reported on; 0 before, and for resources without reported hours.",
    ),
    part(
        "capacity_worked_hours",
        Grain.RESOURCE,
        Unit.HOURS,
        "Clock hours worked",
        "Hours of table production_history on the resource, in closed buckets.",
    ),
    part(
        "capacity_utilized_hours",
        Grain.RESOURCE,
        Unit.HOURS,
        "Clock hours worked, capacity known",
        "Those of buckets whose available clock hours are known.",
    ),
    part(
        "capacity_earning_hours",
        Grain.RESOURCE,
        Unit.HOURS,
        "Clock hours worked, standard known",
        "Those of items whose hours per unit on the resource are known from table routings.",
    ),
    part(
        "capacity_earned_hours",
        Grain.RESOURCE,
        Unit.HOURS,
        "Standard hours earned",
        "Good units of those rows / yield × hours per unit.",
    ),
    percent(
        "capacity_load_pct",
        Grain.RESOURCE,
        "Load",
        "Standard hours of the plan / standard hours available without overtime; empty where there is no limit.",
        of=("capacity_load_hours", "capacity_available_hours"),
    ),
    percent(
        "capacity_overtime_pct",
        Grain.RESOURCE,
        "Overtime",
        "Overtime hours / regular hours paid.",
        of=("overtime_hours", "capacity_paid_hours"),
    ),
    percent(
        "capacity_utilization_pct",
        Grain.RESOURCE,
        "Utilization",
        "Clock hours worked / regular clock hours available, in closed buckets; above 100 with overtime.",
        of=("capacity_utilized_hours", "capacity_clock_hours"),
    ),
    percent(
        "capacity_efficiency_pct",
        Grain.RESOURCE,
        "Efficiency",
        "Standard hours earned / clock hours worked, in closed buckets.",
        of=("capacity_earned_hours", "capacity_earning_hours"),
    ),
)

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Capacity load",
        "capacity_load_pct",
        "standard hours of the plan / standard hours available without overtime",
        "operations",
        85.0,
        Direction.BAND,
        Kind.LEADING,
        "resource",
        Unit.PERCENT,
        tolerance=15.0,
        shared_with=("supply", "finance", "executive"),
        needs="capacity in table resources",
    ),
    Kpi(
        "Overtime",
        "capacity_overtime_pct",
        "overtime hours / regular hours paid",
        "operations",
        10.0,
        Direction.DOWN,
        Kind.LEADING,
        "resource",
        Unit.PERCENT,
        shared_with=("supply", "finance"),
        needs="regular hours paid (table resources)",
    ),
    Kpi(
        "Utilization",
        "capacity_utilization_pct",
        "clock hours worked / regular clock hours available, closed buckets",
        "operations",
        85.0,
        Direction.BAND,
        Kind.LAGGING,
        "resource",
        Unit.PERCENT,
        tolerance=15.0,
        shared_with=("supply", "finance"),
        needs="column hours in table production_history, and capacity in table resources",
    ),
    Kpi(
        "Efficiency",
        "capacity_efficiency_pct",
        "standard hours earned / clock hours worked, closed buckets",
        "operations",
        100.0,
        Direction.BAND,
        Kind.LAGGING,
        "resource",
        Unit.PERCENT,
        tolerance=10.0,
        needs="column hours in table production_history, and routings of what was made",
    ),
)
