"""What people may change in supply: the regular capacity and the overtime of resources, bucket by bucket.

Both move limits of the model and nothing else, so the base plan's basis stays valid for the what-if.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from equipoise.core.adjustment import Amount, Change
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


CHANGES: tuple[type[Change], ...] = (ChangeCapacity, ChangeOvertime)
"""The kinds of adjustment this room applies."""
