"""The planner's word on what was sold: buckets of history that no rule may clean, or that were another number."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from equipoise.core.adjustment import Amount, Change, WrongAdjustment
from equipoise.core.form_field import Field

AS_SOLD = Amount("scale", 0.0)


@dataclass(frozen=True)
class HistoryHold:
    """Keep buckets of history as they were sold, or at what the planner says, whatever cleansing would do to them.

    The days of its scope are days of closed buckets. An amount is that of the whole scope and reaches its buckets in
    proportion to what was sold in them; an item that was not sold yet gets none. Of several holds of a bucket the last
    one counts.
    """

    amount: Annotated[Amount, Field("Held at", "units", "Left empty, history stays as it was sold.")] = field(
        default=AS_SOLD
    )

    kind: ClassVar[str] = "history_hold"
    stage: ClassVar[str] = "baseline"
    phase: ClassVar[int] = 5
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def __post_init__(self) -> None:
        """Refuse what nobody can have sold."""
        if self.amount.operation == "set" and self.amount.value < 0:
            raise WrongAdjustment(f"amount {self.amount.value:g} is below 0; history is held at 0 or more")

    @property
    def keeps(self) -> bool:
        """True if history stays as it was sold."""
        return self.amount == AS_SOLD

    def conflicts_with(self, other: Change) -> bool:
        """Two holds that differ."""
        return isinstance(other, HistoryHold) and other.amount != self.amount
