"""What the page of risk is made of: texts and pictures, nothing left to compute."""

from dataclasses import dataclass
from math import isfinite

from django.utils.translation import gettext as _

from equipoise.core.errors import EquipoiseError
from equipoise.plan import Plan
from equipoise_web.reads.figure_chart import FigurePart
from equipoise_web.reads.risk_picture import Picture


class WrongThreshold(EquipoiseError):
    """What was typed as an amount is none."""


@dataclass(frozen=True)
class Asked:
    """What is asked for: a family, money to list from (None: of the plan), a plan where it is not the one in force."""

    family: str = ""
    least: float | None = None
    digest: str = ""

    @staticmethod
    def parse(family: str, least: str, digest: str) -> "Asked":
        """From an address. Raises WrongThreshold."""
        if not least.strip():
            return Asked(family, None, digest)
        try:
            amount = float(least.replace(",", ""))
        except ValueError:
            amount = -1.0
        if not (isfinite(amount) and 0 <= amount < 1e15):
            raise WrongThreshold(_("%(text)r is no amount that can be at risk; write it as 10000") % {"text": least})
        return Asked(family, amount, digest)


@dataclass(frozen=True)
class RiskRow:
    """A family or a stocking point in its worst bucket."""

    mark: str
    label: str
    place: str
    forecast_link: str
    why_link: str
    """Of a stocking point the explanation of its chance; blank for a family."""
    shortages_link: str
    when: str
    chance: str
    gap: str
    money: str
    share_pct: float
    """Of the largest of its table."""
    picture: Picture | None


@dataclass(frozen=True)
class RiskTable:
    """Rows ranked, and what is not listed."""

    title: str
    rows: tuple[RiskRow, ...]
    more: int
    below: str
    """What lies below the threshold, counted; blank if nothing does."""
    unpriced: str
    """What has no price, counted; blank if nothing has none."""
    unjudged: str
    """Stocking points whose chance is not known, counted; blank if there are none."""


@dataclass(frozen=True)
class RiskPage:
    """All that the page shows."""

    plan: Plan
    asked: Asked
    title: str
    lead: str
    figure: FigurePart | None
    unknown: str
    """Why there is no figure; blank where there is one, or none is to be seen."""
    families: RiskTable
    cells: RiskTable
    choices: tuple[str, ...]
    least: float
    sees_all: bool
