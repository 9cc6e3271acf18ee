"""The data dictionary: every number a plan can show, declared as data.

Names run from the general to the particular, unit last: `demand_consensus_qty`, `margin_gross_amount`. A measure says
at which grain it lives, how it adds up over time, and where its value comes from, so that `explain` needs no tracer.
"""

from dataclasses import dataclass
from enum import StrEnum

from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP


class Grain(StrEnum):
    """The five key sets of a plan (algebra.md section 3)."""

    DEMAND = "demand"
    STOCK = "stock"
    FLOW = "flow"
    MAKE = "make"
    RESOURCE = "resource"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the key columns."""
        return _DIMENSIONS[self]


_DIMENSIONS = {
    Grain.DEMAND: ("item", "market"),
    Grain.STOCK: ("item", "location"),
    Grain.FLOW: ("item", "from", "to"),
    Grain.MAKE: ("item", "location", "route"),
    Grain.RESOURCE: ("resource",),
}


class Unit(StrEnum):
    """What is counted. Quantities are in the item's base unit; the measure says which hours."""

    QUANTITY = "qty"
    HOURS = "hours"
    PEOPLE = "count"
    MONEY = "amount"
    PRICE = "price"
    PERCENT = "pct"
    RATIO = "ratio"
    DEVIATION = "sd"

    @property
    def step(self) -> float | None:
        """Grid step of additive units; None for prices, ratios and deviations, never summed."""
        if self is Unit.MONEY:
            return MONEY_STEP
        return QUANTITY_STEP if self in (Unit.QUANTITY, Unit.HOURS, Unit.PEOPLE) else None


class OverTime(StrEnum):
    """How buckets combine: flows add up, a state is its last bucket, a ratio is taken anew from its parts."""

    SUM = "sum"
    LAST = "last"
    NONE = "none"


@dataclass(frozen=True)
class Term:
    """One signed part of a sum; `lag` 1 takes the bucket before (a state's opening)."""

    measure: str
    sign: int = 1
    lag: int = 0


@dataclass(frozen=True)
class Measure:
    """One number of the dictionary.

    Where it comes from, exactly one of: `terms` (a sum or a balance of other measures), `factors` (a product),
    `ratio` (scale × numerator / denominator, never stored, taken anew at every level), `is_posted` (double entry by
    cause), `is_optimal` (the optimizer chose it), else the stage's formula in `meaning`.
    """

    name: str
    grain: Grain | None
    """None: the sum of parts of several grains; it has totals and buckets, no rows. A state is their sum so far."""
    unit: Unit
    stage: str
    label: str
    meaning: str
    over_time: OverTime = OverTime.SUM
    terms: tuple[Term, ...] = ()
    factors: tuple[str, ...] = ()
    ratio: tuple[str, str] | None = None
    scale: float = 1.0
    is_complement: bool = False
    """For a ratio: scale × (1 − numerator / denominator)."""
    is_posted: bool = False
    is_optimal: bool = False
    nullable: bool = False

    @property
    def is_additive(self) -> bool:
        """True if its cells may be summed over rows."""
        return self.unit.step is not None
