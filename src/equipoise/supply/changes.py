"""What people may change in supply: capacity and overtime of resources, what own production makes, and its strategy.

Most move bounds of the model and nothing else, so the base plan's basis stays valid for the what-if. A strategy adds
rows, so that its plan is solved anew.
"""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal, get_args

from equipoise.core.adjustment import Amount, Change, Spread, WrongAdjustment
from equipoise.core.form_field import Field


@dataclass(frozen=True)
class ChangeCapacity:
    """Set, add to or scale the regular capacity of the scope's resources in each bucket of its days.

    In standard hours, as `capacity_available_hours` shows it; of a workforce it is the machine's limit.

    >>> ChangeCapacity(Amount.parse("+40")).conflicts_with(ChangeCapacity(Amount.parse("160")))
    True
    """

    amount: Annotated[
        Amount, Field("Capacity", "hours a bucket", "Standard hours: 160 sets them, +40 or -40 adds, +10% scales.")
    ]

    kind: ClassVar[str] = "capacity"
    stage: ClassVar[str] = "supply"
    phase: ClassVar[int] = 0
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def conflicts_with(self, other: Change) -> bool:
        """Two changes of capacity of which one sets it: their order would decide."""
        return isinstance(other, ChangeCapacity) and "set" in (self.amount.operation, other.amount.operation)


@dataclass(frozen=True)
class ChangeOvertime:
    """Set, add to or scale the most overtime of the scope's resources in each bucket of its days, in clock hours.

    Of a workforce, `set` replaces the limit per worker, `add` comes on top of it and `scale` scales it.
    """

    amount: Annotated[
        Amount, Field("Most overtime", "hours a bucket", "Clock hours: 40 sets them, +8 adds, +10% scales.")
    ]

    kind: ClassVar[str] = "overtime"
    stage: ClassVar[str] = "supply"
    phase: ClassVar[int] = 1
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def conflicts_with(self, other: Change) -> bool:
        """Two changes of overtime of which one sets it."""
        return isinstance(other, ChangeOvertime) and "set" in (self.amount.operation, other.amount.operation)


@dataclass(frozen=True)
class ProductionOverride:
    """Firm what own production of the scope finishes: its total over the items, routes and buckets below.

    A firm planned order (ASCM dictionary): frozen in quantity and time, the computer may not change it. Counted in good
    units by the bucket in which they arrive in stock, as `production_qty` shows them, beside firm receipts. The amount
    is set: a firm order has a quantity, and what an optimizer would have made of a cell is no ground to add to or scale
    (docs/decisions/0027-planned-production.md). Of two on one cell the later one counts.

    >>> ProductionOverride(Amount.parse("1200")).spread.rule
    'as_is'
    """

    amount: Annotated[
        Amount, Field("Planned production", "units", "1200 firms the total of the scope, 0 plans none; write no sign.")
    ]
    spread: Annotated[
        Spread, Field("Spread", "", "How the amount reaches the items, routes and buckets below the scope.")
    ] = field(default_factory=Spread)

    kind: ClassVar[str] = "production_override"
    stage: ClassVar[str] = "supply"
    phase: ClassVar[int] = 2
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    def __post_init__(self) -> None:
        """Refuse what is no quantity of a firm order."""
        if self.amount.operation != "set":
            raise WrongAdjustment(
                "amount of planned production is a quantity without sign or percentage: an order is firm in its "
                "quantity; write 1200"
            )
        if self.amount.value < 0:
            raise WrongAdjustment(f"amount of planned production {self.amount.value:g} must be 0 or more")
        if self.spread.rule not in PRODUCTION_SPREADS:
            raise WrongAdjustment(f"spread of planned production is one of {', '.join(PRODUCTION_SPREADS)}")

    def conflicts_with(self, other: Change) -> bool:
        """Another one: both set a total."""
        return isinstance(other, ProductionOverride)


PRODUCTION_SPREADS = ("as_is", "equal", "like")
"""In proportion to what the base plan makes, equally, or like a measure by item and location."""


Strategy = Literal["cheapest", "level", "hybrid", "chase"]


@dataclass(frozen=True)
class ChangeStrategy:
    """Make the scope's items at a level rate a working day, near one (hybrid), or only as they are needed (chase).

    Own production alone: what others deliver follows. Of several strategies of an item and location the last one
    holds; `cheapest` takes back one of a wider scope.

    >>> ChangeStrategy("hybrid", 10.0).conflicts_with(ChangeStrategy("level"))
    True
    """

    strategy: Annotated[
        Strategy,
        Field("Strategy", "", "level: one rate a working day; hybrid: near one rate; chase: nothing ahead of need."),
    ]
    within_pct: Annotated[
        float, Field("Within", "%", "How far a hybrid plan may leave its rate in a bucket, more or less; 0 is level.")
    ] = 0.0

    kind: ClassVar[str] = "production_strategy"
    stage: ClassVar[str] = "supply"
    phase: ClassVar[int] = 3
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def __post_init__(self) -> None:
        """Refuse a strategy that there is not, and a margin that its strategy does not have."""
        if self.strategy not in get_args(Strategy):
            raise WrongAdjustment(f"strategy {self.strategy!r} must be one of {', '.join(get_args(Strategy))}")
        if not 0 <= self.within_pct < 100:
            raise WrongAdjustment(f"within {self.within_pct:g} % must lie between 0 and 100")
        if self.strategy == "hybrid" and self.within_pct == 0:
            raise WrongAdjustment("a hybrid plan needs a margin around its rate: give within, say 10 %")
        if self.strategy != "hybrid" and self.within_pct:
            raise WrongAdjustment(f"only a hybrid plan has a margin around its rate, not a {self.strategy} one")

    def conflicts_with(self, other: Change) -> bool:
        """Two strategies that differ."""
        return isinstance(other, ChangeStrategy) and other != self


CHANGES: tuple[type[Change], ...] = (ChangeCapacity, ChangeOvertime, ProductionOverride, ChangeStrategy)
"""The kinds of adjustment this room applies."""
