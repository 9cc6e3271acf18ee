"""What people may change about the life of items: when a launch is, how large it is, when an item ends.

>>> read_ramp("20;50;80"), read_ramp("")
((20.0, 50.0, 80.0), ())
"""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Annotated, ClassVar, Literal

from equipoise.core.adjustment import Amount, Change, WrongAdjustment
from equipoise.core.form_field import Field

AS_IT_STANDS = Amount("scale", 0.0)


def read_ramp(text: str) -> tuple[float, ...]:
    """Percents by bucket of `20;50;80;100`; ValueError where one is no number of 0 or more."""
    steps = tuple(float(part) for part in text.split(";")) if text.strip() else ()
    if not all(isfinite(step) and step >= 0 for step in steps):
        raise ValueError(f"ramp {text!r} holds a percent below 0")
    return steps


@dataclass(frozen=True)
class MoveLaunch:
    """Move the launches of the scope's items and markets to a day, ramp and all (a launch slip)."""

    launch_date: Annotated[date, Field("Launch", "", "The new first day of sales; the ramp moves with it.")]

    kind: ClassVar[str] = "launch_date"
    stage: ClassVar[str] = "portfolio"
    phase: ClassVar[int] = 10
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def conflicts_with(self, other: Change) -> bool:
        """Two branches that launch on different days."""
        return isinstance(other, MoveLaunch) and other != self


@dataclass(frozen=True)
class ResizeLaunch:
    """Change the steady sales of the scope's launches, units a bucket for the whole scope, or their ramp, or both."""

    amount: Annotated[
        Amount, Field("Steady sales", "units a bucket", "1200 sets them for the whole scope, +50 adds, +10% scales.")
    ] = AS_IT_STANDS
    ramp: Annotated[str, Field("Ramp", "% by bucket", "Share of steady sales bucket by bucket, such as 20;50;80.")] = ""

    kind: ClassVar[str] = "launch"
    stage: ClassVar[str] = "portfolio"
    phase: ClassVar[int] = 20
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    def __post_init__(self) -> None:
        """Refuse what changes nothing, and a ramp that cannot be read."""
        if self.amount == AS_IT_STANDS and not self.ramp.strip():
            raise WrongAdjustment("launch needs an amount (units a bucket, or +10%), a ramp such as 20;50;80, or both")
        if self.amount.operation == "set" and not self.amount.value >= 0:
            raise WrongAdjustment(f"launch amount {self.amount.value:g} must be 0 or more")
        try:
            read_ramp(self.ramp)
        except ValueError as error:
            raise WrongAdjustment(
                f"ramp {self.ramp!r} must be percents of 0 or more by bucket, such as 20;50;80"
            ) from error

    def conflicts_with(self, other: Change) -> bool:
        """Two launches of another size, one of which sets a total, or of another ramp."""
        if not isinstance(other, ResizeLaunch) or other == self:
            return False
        return "set" in (self.amount.operation, other.amount.operation) or bool(self.ramp and other.ramp)


@dataclass(frozen=True)
class MoveEnd:
    """Set the last day on which the scope's items are sold in its markets (phase-out)."""

    end_date: Annotated[date, Field("Last day of sales", "", "From the day after, the items are no longer sold.")]

    kind: ClassVar[str] = "end_date"
    stage: ClassVar[str] = "portfolio"
    phase: ClassVar[int] = 30
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def conflicts_with(self, other: Change) -> bool:
        """Two branches that end on different days."""
        return isinstance(other, MoveEnd) and other != self


CHANGES: tuple[type[Change], ...] = (MoveLaunch, ResizeLaunch, MoveEnd)
"""Kinds of change that the stage portfolio applies, in the order of their phases."""
