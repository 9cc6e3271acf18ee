"""What the catalogue says of a KPI, and when a value is good."""

from dataclasses import dataclass
from enum import StrEnum
from math import isnan

from equipoise.core.measure import Unit


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
    """One entry of the catalogue.

    Its value is that of a measure of the data dictionary, or, where its parts cannot be added up over rows, a column of
    `forecast_performance`; exactly one of the two is named.
    """

    name: str
    measure: str
    """Name in the data dictionary; blank for a column of `forecast_performance`."""
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
    sign: str = ""
    """What a value above 0 means, where it may lie on either side."""
    shared_with: tuple[str, ...] = ()
    """Functions on whose card it stands beside the owner's."""
    needs: str = ""
    """Data without which it is not known."""
    column: str = ""
    """Column of `forecast_performance`, at lag 1."""
    drill: str = ""
    """Measure whose cells make it up; blank for those of its own measure."""

    def is_met(self, value: float, target: float | None = None) -> bool | None:
        """True if the value meets the target (its own, where none is given); None without a target or a value.

        >>> Kpi("Bias", "b", "", "sales", 0.0, Direction.ZERO, Kind.LAGGING, "", Unit.PERCENT, tolerance=5).is_met(-5.0)
        True
        """
        aim = self.target if target is None else target
        if isnan(value) or aim is None:
            return None
        if self.direction in (Direction.ZERO, Direction.BAND):
            return abs(value - aim) <= self.tolerance
        return value >= aim if self.direction is Direction.UP else value <= aim

    def is_better(self, value: float, than: float, target: float | None = None) -> bool | None:
        """True if a value is better than another, False if worse; None if equal or unknown.

        Nearer to the target (its own, where none is given) is better in a band, nearer to 0 at zero. A band without a
        target has no better.

        >>> load = Kpi("Load", "l", "", "operations", 85.0, Direction.BAND, Kind.LEADING, "", Unit.PERCENT)
        >>> load.is_better(90.0, 99.0), load.is_better(80.0, 90.0)
        (True, None)
        """
        aim = self.target if target is None else target
        if self.direction is Direction.ZERO:
            aim = aim or 0.0
        if self.direction is Direction.UP:
            gain = value - than
        elif self.direction is Direction.DOWN:
            gain = than - value
        else:
            gain = 0.0 if aim is None else abs(than - aim) - abs(value - aim)
        return None if isnan(gain) or gain == 0 else gain > 0
