"""What the policy asks of the stage: its knobs, read once."""

from dataclasses import dataclass

from equipoise.core.stage import Inputs


@dataclass(frozen=True)
class Rules:
    """The knobs of the stage."""

    is_integer: bool
    closing_backlog: bool
    is_average_holding: bool
    meets_target: bool
    """End condition target: the plan runs on unseen, and stock and backlog at its end have a price."""
    is_infinite: bool
    has_whole_lots: bool
    """Lots and setups are planned whole; else setups are spread and lots not enforced."""


def read_rules(inputs: Inputs) -> Rules:
    """The rules of a stage's inputs."""
    return Rules(
        is_integer=inputs.knob("workforce") == "integer",
        closing_backlog=bool(inputs.knob("closing_backlog")),
        is_average_holding=inputs.knob("holding_on") == "average",
        meets_target=inputs.knob("end_condition") == "target",
        is_infinite=inputs.knob("tier") == "infinite",
        has_whole_lots=inputs.knob("lots") == "whole" and inputs.knob("tier") != "heuristic",
    )
