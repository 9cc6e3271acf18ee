"""The page that compares any two published plans, of one cycle or two."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from equipoise.plan import Plan
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.reads.headlines import read_headlines
from equipoise_web.reads.numbers import UNKNOWN
from equipoise_web.reads.plan_difference import DifferencePage, read_difference
from equipoise_web.reads.plans import plan_for, published_digest
from equipoise_web.reads.published import PlanRow, read_plans
from equipoise_web.reads.scenario_list import differences
from equipoise_web.reads.scenarios import questions
from equipoise_web.reads.scoped import sees_all
from equipoise_web.records.models import AuditEntry

MOST_PLANS = 100


@dataclass(frozen=True)
class PlanChoice:
    """A published plan to choose."""

    digest: str
    label: str


@dataclass(frozen=True)
class PlanComparePage:
    """Two plans compared, or, where not both are chosen, the choice."""

    title: str
    a: PlanChoice | None
    b: PlanChoice | None
    plan: Plan | None
    """The second, which the page stands on."""
    found: DifferencePage | None
    choices: tuple[PlanChoice, ...]


def read_plan_compare(who: Access, a: str, b: str) -> PlanComparePage:
    """Compare plan `b` with plan `a` by their digests; both may be blank. For who may see the whole company.

    Raises NotAllowed, PlanNotFound, and CannotCompare where their currency or buckets differ.
    """
    who.require(Right.READ)
    if not sees_all(who):
        raise NotAllowed(_("Plans are compared cell by cell for those who may see the whole company."))
    choices = _choices(who)
    if not (a and b):
        return PlanComparePage(_("Choose two plans"), None, None, None, None, choices)
    before, after = plan_for(who, a), plan_for(who, b)
    one, other = (_choice(who, digest, choices) for digest in (a, b))
    found = read_difference(before, after, a_name=one.label, b_name=other.label)
    return PlanComparePage(_title(who, before, after, one, other), one, other, after, found, choices)


def _title(who: Access, before: Plan, after: Plan, one: PlanChoice, other: PlanChoice) -> str:
    if before.digest == after.digest:
        return _("%(name)s is the same plan twice") % {"name": other.label}
    if None in (read_headlines(before)["margin"], read_headlines(after)["margin"]):
        return _("%(other)s against %(one)s") % {"one": one.label, "other": other.label}
    change = differences(who, before.digest, after.digest)
    said = {"one": one.label, "other": other.label, "margin": change["margin"], "service": change["service"]}
    if change["margin"] == "0":
        return _("%(other)s earns as much as %(one)s") % said
    if change["service"] in ("0.00", UNKNOWN):
        return _("%(other)s: %(margin)s of margin against %(one)s") % said
    return _("%(other)s: %(margin)s of margin and %(service)s points of fill rate against %(one)s") % said


def _choices(who: Access) -> tuple[PlanChoice, ...]:
    names = _names()
    return tuple(PlanChoice(row.digest, _label(row, names)) for row in read_plans(who, limit=MOST_PLANS))


@dataclass(frozen=True)
class _Names:
    """What plans are called, by digest: the scenario that asks for one now, and the one it was published for."""

    now: Mapping[str, str]
    then: Mapping[str, str]


def _names() -> _Names:
    now: dict[str, str] = {}
    for asked in questions():  # newest first: of several that ask for one plan the one opened first names it
        digest = published_digest(asked.fingerprint)
        if digest:
            now[digest] = asked.scenario
    verbs = ("publish_plan", "adopt_plan")
    told = AuditEntry.objects.filter(verb__in=verbs).values_list("object", "after__scenario")
    return _Names(now, {subject.removeprefix("plan:"): name for subject, name in told})


def _label(row: PlanRow, names: _Names) -> str:
    """`Nov 2026 plan`; of one that no scenario asks for any more also when it was published."""
    if row.digest in names.now:
        return names.now[row.digest]
    return _("%(name)s of %(at)s") % {
        "name": names.then.get(row.digest) or f"{row.start:%b %Y}",
        "at": f"{row.published_at:%d %b %H:%M}",
    }


def _choice(who: Access, digest: str, choices: tuple[PlanChoice, ...]) -> PlanChoice:
    known = next((each for each in choices if each.digest == digest), None)
    if known is not None:
        return known
    (row,) = read_plans(who, digest=digest)
    return PlanChoice(digest, _label(row, _names()))
