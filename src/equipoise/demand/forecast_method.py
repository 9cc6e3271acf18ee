"""The planner's choice of a forecasting method or of a season, instead of what the forecast finds by itself."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from equipoise.core.adjustment import Change, WrongAdjustment
from equipoise.core.form_field import Field
from equipoise.demand.history_hold import HistoryHold

Method = Literal[
    "auto",
    "theta",
    "exponential smoothing",
    "multiple aggregation",
    "airline",
    "autoregression",
    "seasonal autoregression",
    "TSB",
    "ADIDA",
    "IMAPA",
    "SBA",
    "naive",
    "seasonal naive",
]
Season = Literal["auto", "flat", "own", "family"]


@dataclass(frozen=True)
class ForecastMethod:
    """Pin the method or the season of the statistical forecast of the scope's items and markets.

    Of several pins of a series the last one holds, whole: one that leaves both to the forecast takes back a pin of a
    wider scope. Families share their season as before, whatever is pinned for one of their members.
    """

    method: Annotated[
        Method, Field("Method", "", "One method instead of the average of all that suit; auto: the average.")
    ] = "auto"
    season: Annotated[
        Season,
        Field("Season", "", "None (flat), from its own history alone, from its family's alone; auto: as found."),
    ] = "auto"

    kind: ClassVar[str] = "forecast_method"
    stage: ClassVar[str] = "baseline"
    phase: ClassVar[int] = 10
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "ask"

    def __post_init__(self) -> None:
        """Refuse a method or a season that there is not."""
        if self.method not in get_args(Method):
            raise WrongAdjustment(f"method {self.method!r} must be one of {', '.join(get_args(Method))}")
        if self.season not in get_args(Season):
            raise WrongAdjustment(f"season {self.season!r} must be one of {', '.join(get_args(Season))}")

    def conflicts_with(self, other: Change) -> bool:
        """Two pins that differ."""
        return isinstance(other, ForecastMethod) and other != self


BASELINE_CHANGES: tuple[type[Change], ...] = (HistoryHold, ForecastMethod)
"""Kinds of change that the stage baseline applies."""
