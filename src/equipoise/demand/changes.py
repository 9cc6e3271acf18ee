"""What people may change about demand; `consensus` says how each is applied, in the order of their phases."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar, Literal

from equipoise.core.adjustment import Amount, Change, Spread, WrongAdjustment
from equipoise.core.form_field import Field

AS_IT_STANDS = Amount("scale", 0.0)

Demand = Annotated[Amount, Field("Demand", "units", "1200 sets the total of the scope, +50 or -50 adds, +10% scales.")]
Spreads = Annotated[
    Spread, Field("Spread", "", "How the amount reaches the items, markets and buckets below the scope.")
]


@dataclass(frozen=True)
class PromotionEffect:
    """An event that lifts demand in the buckets of its scope and buys ahead part of what follows.

    Consumption in the scope rises by uplift_pct of its own demand; forward_buy_pct of the demand of each of the next
    forward_buy_buckets moves forward into the scope (Chopra & Meindl, Supply Chain Management, predictable
    variability: market growth and forward buying). Items of the node `cannibalized` lose cannibalization_pct of the
    uplift; items sold along (the others under the node above) gain halo_pct of it; each in the same market. An event is
    part of what every function starts from: it counts once.
    """

    uplift_pct: Annotated[float, Field("Uplift", "%", "By how much demand in these buckets rises over its own level.")]
    forward_buy_pct: Annotated[
        float, Field("Bought ahead", "%", "Share of the demand of each later bucket that moves forward into the event.")
    ] = 0.0
    forward_buy_buckets: Annotated[
        int, Field("From how many later buckets", "buckets", "How far the buying ahead reaches.")
    ] = 0
    cannibalized: Annotated[
        str, Field("Sold less", "", "Family or item that loses sales to the event, in the same market.")
    ] = ""
    cannibalization_pct: Annotated[float, Field("Loses", "%", "Share of the uplift that it loses.")] = 0.0
    halo_pct: Annotated[
        float, Field("Sold along", "%", "Share of the uplift that the other items under the node above gain.")
    ] = 0.0

    kind: ClassVar[str] = "promotion"
    stage: ClassVar[str] = "demand"
    phase: ClassVar[int] = 30
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def __post_init__(self) -> None:
        """Refuse what would take demand below zero."""
        if not self.uplift_pct >= -100:
            raise WrongAdjustment(f"uplift_pct {self.uplift_pct} must be -100 or more")
        if not 0 <= self.forward_buy_pct <= 100:
            raise WrongAdjustment(f"forward_buy_pct {self.forward_buy_pct} must lie between 0 and 100")
        if self.forward_buy_buckets < 0 or self.forward_buy_buckets != int(self.forward_buy_buckets):
            raise WrongAdjustment(f"forward_buy_buckets {self.forward_buy_buckets} must be a whole number of buckets")
        if not 0 <= self.cannibalization_pct <= 100:
            raise WrongAdjustment(f"cannibalization_pct {self.cannibalization_pct} must lie between 0 and 100")
        if self.cannibalization_pct and not self.cannibalized:
            raise WrongAdjustment("cannibalization_pct needs cannibalized: the item or node above it that loses demand")
        if not self.halo_pct >= 0:
            raise WrongAdjustment(f"halo_pct {self.halo_pct} must be 0 or more")

    def conflicts_with(self, other: Change) -> bool:
        """Never: an event scales what stands, it sets nothing."""
        return False


@dataclass(frozen=True)
class FunctionInput:
    """What a function says demand will be: moves the measure of the adjustment's function, which starts as the
    baseline with events. The consensus takes the function's weight of the difference.

    The input says what it speaks of, so that no event counts twice. A *total* is all demand of the scope with the
    events it `includes` (None: all of them); other events come on top. A *delta* is added to the baseline, or scales
    the baseline alone; events it `includes` (None: none) are part of the delta and are not added again. Events are
    named by their code in table events, or by the id of a promotion.
    """

    amount: Demand
    spread: Spreads = field(default_factory=Spread)
    basis: Annotated[
        Literal["total", "delta"],
        Field("Speaks of", "", "All demand of the scope, or a delta on top of the baseline."),
    ] = "total"
    includes: Annotated[
        tuple[str, ...] | None,
        Field(
            "Events in it", "", "Codes of the events it holds already, parted by semicolons; empty: as its kind says."
        ),
    ] = None

    kind: ClassVar[str] = "demand_input"
    stage: ClassVar[str] = "demand"
    phase: ClassVar[int] = 60
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    def __post_init__(self) -> None:
        """Refuse a basis that does not exist, and a delta that is set."""
        if self.basis not in ("total", "delta"):
            raise WrongAdjustment(f"basis {self.basis!r} must be total or delta")
        if self.basis == "delta" and self.amount.operation == "set":
            raise WrongAdjustment(f"a delta of {self.amount.value:g} is added to the baseline: write it with its sign")

    def conflicts_with(self, other: Change) -> bool:
        """Two inputs, one of which sets a total (of one function: the caller compares scopes and functions)."""
        return isinstance(other, FunctionInput) and _is_set(self.amount, other.amount)


@dataclass(frozen=True)
class DemandOverride:
    """The demand manager's signature: moves the consensus itself."""

    amount: Demand
    spread: Spreads = field(default_factory=Spread)

    kind: ClassVar[str] = "demand_override"
    stage: ClassVar[str] = "demand"
    phase: ClassVar[int] = 70
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    def conflicts_with(self, other: Change) -> bool:
        """Two overrides, one of which sets a total."""
        return isinstance(other, DemandOverride) and _is_set(self.amount, other.amount)


@dataclass(frozen=True)
class DemandHold:
    """Cells that nothing else may move: every other change leaves them out and goes to the cells beside them.

    `amount` is what the baseline of the scope becomes; by default it stays as it stands. It holds up to and with the
    day `expires_on`, None for as long as its cycle; whoever asks for a plan leaves out what has run out
    (`core.adjustment.in_force`), for a plan knows no clock.
    """

    amount: Annotated[Amount, Field("Held at", "units", "Left empty, demand stays as it stands.")] = field(
        default=AS_IT_STANDS
    )
    expires_on: Annotated[
        date | None, Field("Holds until", "", "The last day it holds. Left empty, it holds as long as its cycle.")
    ] = None

    kind: ClassVar[str] = "demand_hold"
    stage: ClassVar[str] = "demand"
    phase: ClassVar[int] = 80
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    @property
    def keeps(self) -> bool:
        """True if the cells are held as they stand."""
        return self.amount == AS_IT_STANDS

    def conflicts_with(self, other: Change) -> bool:
        """Two holds with different amounts, one of which sets a total."""
        if not isinstance(other, DemandHold) or other.amount == self.amount:
            return False
        return _is_set(self.amount, other.amount)


def _is_set(*amounts: Amount) -> bool:
    return any(amount.operation == "set" for amount in amounts)


CHANGES: tuple[type[Change], ...] = (PromotionEffect, FunctionInput, DemandOverride, DemandHold)
"""Kinds of change that the stage demand applies, in the order of their phases."""
