"""Risk as numbers for programs: what a person may see of it."""

from equipoise.balance import assess_risk
from equipoise.balance.tell import By, RiskNumbers, tell_risks
from equipoise.core.table import UnknownName
from equipoise_web.access import Access
from equipoise_web.reads.risk_scope import SeenRisk, see_risk


def read_risk_numbers(who: Access, digest: str, *, by: By, family: str, least: float | None) -> RiskNumbers:
    """The risk of a published plan, as `equipoise risk` tells it, of what the person may see.

    Raises NotAllowed, PlanNotFound, NotAssessed, and UnknownName for a family that there is not, or is not seen.
    """
    return numbers_of(see_risk(who, digest), by=by, family=family, least=least)


def numbers_of(seen: SeenRisk, *, by: By, family: str, least: float | None) -> RiskNumbers:
    """The numbers of what is seen of a plan."""
    if family and family not in seen.families:
        raise UnknownName(f"there is no family {family!r} whose risk you may see")
    return tell_risks(
        seen.whole,
        assess_risk(seen.whole),
        by=by,
        least=least,
        cells=seen.cells,
        families=seen.families,
        sees_company=seen.sees_company,
        family=family,
    )
