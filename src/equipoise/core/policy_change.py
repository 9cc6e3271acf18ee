"""`set_policy`: a change of policy is an adjustment too, so it has an author, a reason, and a place in scenarios."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from equipoise.core.adjustment import Change
from equipoise.core.form_field import Field
from equipoise.core.knob import KnobValue, knob_named


@dataclass(frozen=True)
class SetPolicy:
    """Set one rule of the plan, such as its target service or the weight of a function, to a value."""

    knob: Annotated[str, Field("Policy", "", "Which rule of the plan changes.")]
    value: Annotated[KnobValue, Field("Value", "", "A word, a number or yes or no, as the policy says.")]

    kind: ClassVar[str] = "set_policy"
    stage: ClassVar[str] = "policy"
    phase: ClassVar[int] = 0
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def __post_init__(self) -> None:
        """Refuse an unknown knob or value where it is typed."""
        object.__setattr__(self, "value", knob_named(self.knob).parse(self.value))

    def conflicts_with(self, other: Change) -> bool:
        """Two branches that set one knob to different values."""
        return isinstance(other, SetPolicy) and other.knob == self.knob and other.value != self.value
