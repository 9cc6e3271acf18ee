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
    """What is counted. Quantities are in the item's base unit; the measure says which hours, or number of what."""

    QUANTITY = "qty"
    HOURS = "hours"
    PEOPLE = "count"
    MONEY = "amount"
    PRICE = "price"
    PERCENT = "pct"
    RATIO = "ratio"
    DAYS = "days"
    NUMBER = "number"
    DEVIATION = "sd"

    @property
    def step(self) -> float | None:
        """Grid step of additive units; None for prices, ratios, days and deviations, never summed."""
        if self is Unit.MONEY:
            return MONEY_STEP
        return QUANTITY_STEP if self in (Unit.QUANTITY, Unit.HOURS, Unit.PEOPLE, Unit.NUMBER) else None


class OverTime(StrEnum):
    """How buckets combine: flows add up, a state is its last bucket, a ratio is taken anew from its parts.

    MEAN is for a level of which the average counts and not the end, such as the stock that a turn is taken of.
    """

    SUM = "sum"
    LAST = "last"
    MEAN = "mean"
    NONE = "none"


class Per(StrEnum):
    """What a ratio of a flow and a level is scaled to, whatever the buckets it is taken over."""

    YEAR = "year"  # the flow annualized: × buckets in a year / buckets
    DAYS = "days"  # days that the level lasts: × calendar days of the buckets


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
    `ratio` (scale × numerator / denominator, never stored, taken anew at every level), `cover` (days that a stock lasts
    of a demand, never stored either), `is_posted` (double entry by cause), `is_optimal` (the optimizer chose it), else
    the stage's formula in `meaning`.
    """

    name: str
    grain: Grain | None
    """None: the sum of parts of several grains, or of ratios; it has totals and buckets, no rows. A state is their sum
    so far."""
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
    """For a ratio: scale × max(0, 1 − numerator / denominator)."""
    per: Per | None = None
    """For a ratio: what it is scaled to over time."""
    cover: tuple[str, str] | None = None
    """Stock and demand: how many days the stock lasts, walked forward through the demand of the coming buckets."""
    is_posted: bool = False
    is_optimal: bool = False
    nullable: bool = False

    @property
    def is_additive(self) -> bool:
        """True if its cells may be summed over rows."""
        return self.unit.step is not None

    @property
    def parts(self) -> tuple[str, ...]:
        """Measures it is taken anew from at every level; none for a measure that is stored."""
        if self.grain is None and not self.ratio:
            return tuple(term.measure for term in self.terms)
        return self.ratio or self.cover or ()

    @property
    def rolls_up(self) -> bool:
        """True if it has a value at every level: it adds up, or is taken anew from parts."""
        return self.is_additive or bool(self.parts)
