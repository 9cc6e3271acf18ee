"""What stands beside the slider: where it stands, figures before and after, and those of the exact run."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.errors import EquipoiseError

MOST, STEP = 30, 5
"""Percent that the slider reaches, and its step."""
SPANS: dict[str, str | Promise] = {
    "all": gettext_lazy("whole horizon"),
    "over": gettext_lazy("overloaded stretch"),
    "bucket": gettext_lazy("this bucket"),
}


class WrongLever(EquipoiseError):
    """A percentage that the slider does not reach, or a stretch that there is not."""


@dataclass(frozen=True)
class Wanted:
    """Where the slider stands."""

    percent: float = 0.0
    when: str = "all"

    @staticmethod
    def parse(percent: str, when: str) -> "Wanted":
        """What was typed. Raises WrongLever."""
        try:
            value = float(percent.replace("−", "-") or 0.0)
        except ValueError:
            value = float("nan")
        if not abs(value) <= MOST:
            said = {"typed": percent[:20], "most": MOST}
            raise WrongLever(_("%(typed)r is no change from -%(most)s to %(most)s percent") % said)
        if when not in SPANS:
            raise WrongLever(_("There is no such stretch of buckets: %(when)s") % {"when": when[:20]})
        return Wanted(value, when)


@dataclass(frozen=True)
class EffectLine:
    """One figure before and after."""

    label: str
    before: str
    after: str
    change: str
    detail: str = ""


@dataclass(frozen=True)
class EffectPart:
    """What stands beside the slider."""

    title: str
    lines: tuple[EffectLine, ...]
    tier: str
    tier_detail: str
    adjust_link: str
    can_ask_exact: bool
    why_not: str
    """Why the exact figure cannot be asked for; blank where it can."""


@dataclass(frozen=True)
class ExactLine:
    """One figure of the exact run."""

    label: str
    value: str
    detail: str
