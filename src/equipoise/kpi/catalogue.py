"""The KPI catalogue: who owns which number, which way is better, and what it is compared with.

One list for all functions, so that none optimizes a number nobody else sees.

>>> fill = kpi_named("Fill rate")
>>> fill.measure, fill.owner, fill.target, fill.is_met(97.0)
('service_fill_pct', 'supply', 95.0, True)
"""

from dataclasses import dataclass
from enum import StrEnum

from equipoise.core.measure import Unit
from equipoise.core.table import UnknownName


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    ZERO = "zero"  # the nearer to zero, the better
    BAND = "band"  # the nearer to the target, the better


class Kind(StrEnum):
    """Whether a KPI tells what will happen, or what has."""

    LEADING = "leading"
    LAGGING = "lagging"


@dataclass(frozen=True)
class Kpi:
    """One entry of the catalogue."""

    name: str
    measure: str
    """Name in the data dictionary."""
    formula: str
    owner: str
    """The business function that answers for it."""
    target: float | None
    """What is aimed at where the company has set nothing else; None where only the trend counts."""
    direction: Direction
    kind: Kind
    level: str
    """The lowest level at which it is reviewed; the plan knows it at all others too."""
    unit: Unit
    tolerance: float = 0.0
    """How far from zero, or from the target of a band, is still met."""

    def is_met(self, value: float) -> bool | None:
        """True if the value meets the target; None without a target."""
        if self.direction is Direction.ZERO:
            return abs(value) <= self.tolerance
        if self.target is None:
            return None
        if self.direction is Direction.BAND:
            return abs(value - self.target) <= self.tolerance
        return value >= self.target if self.direction is Direction.UP else value <= self.target


KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Forecast accuracy",
        "forecast_accuracy_pct",
        "100 % − Σ|F − A| / ΣA, forecast made one bucket ahead against orders",
        "demand",
        80.0,
        Direction.UP,
        Kind.LAGGING,
        "item",
        Unit.PERCENT,
    ),
    Kpi(
        "Forecast error",
        "forecast_wape_pct",
        "Σ|F − A| / ΣA, forecast made one bucket ahead against orders",
        "demand",
        20.0,
        Direction.DOWN,
        Kind.LAGGING,
        "item",
        Unit.PERCENT,
    ),
    Kpi(
        "Forecast bias",
        "forecast_bias_pct",
        "Σ(F − A) / ΣA; above 0: forecasts too high",
        "sales",
        0.0,
        Direction.ZERO,
        Kind.LAGGING,
        "family",
        Unit.PERCENT,
        tolerance=5.0,
    ),
    Kpi(
        "Fill rate",
        "service_fill_pct",
        "units served in the bucket requested / units requested",
        "supply",
        95.0,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
    ),
    Kpi(
        "Backlog",
        "backlog_closing_qty",
        "units requested so far and not yet served",
        "supply",
        0.0,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.QUANTITY,
    ),
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
    ),
    Kpi(
        "Stock to target",
        "inventory_attainment_pct",
        "closing stock / (safety stock + cycle stock)",
        "supply",
        100.0,
        Direction.BAND,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        tolerance=20.0,
    ),
    Kpi(
        "Stock value",
        "inventory_value_amount",
        "Σ closing stock × standard cost",
        "finance",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.MONEY,
    ),
    Kpi(
        "Gross margin",
        "margin_gross_pct",
        "(revenue − cost of sales at standard) / revenue",
        "finance",
        None,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
    ),
    Kpi(
        "Revenue to budget",
        "budget_attainment_pct",
        "revenue of the plan / revenue of the annual operating plan",
        "executive",
        100.0,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
    ),
    Kpi(
        "Total cost",
        "cost_total_amount",
        "pay, hiring, layoff, production, subcontracting, purchases, transport, holding, backlog, lost sales",
        "operations",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "company",
        Unit.MONEY,
    ),
    Kpi(
        "Plan margin",
        "margin_plan_amount",
        "revenue − total cost",
        "executive",
        None,
        Direction.UP,
        Kind.LEADING,
        "company",
        Unit.MONEY,
    ),
)


def kpi_named(name: str) -> Kpi:
    """The entry; UnknownName if there is none."""
    for kpi in KPIS:
        if kpi.name == name:
            return kpi
    raise UnknownName(f"there is no KPI {name!r}; there are {', '.join(kpi.name for kpi in KPIS)}")
