"""The list of scenarios: what each asks, who opened it, what it changes, and what that does to its parent's plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.scenario import Scenario, effective_set
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import people_titles
from equipoise_web.reads.effect import minus, signed_money
from equipoise_web.reads.headlines import read_headlines
from equipoise_web.reads.jobs import JobRow, waiting_job
from equipoise_web.reads.numbers import UNKNOWN, counted, signed
from equipoise_web.reads.plans import plan_for, published_digest
from equipoise_web.reads.scenarios import questions
from equipoise_web.records.models import ScenarioRecord
from equipoise_web.scenarios import read_scenarios

TOLD = ("revenue", "margin", "service")
"""Headlines that the list shows against the parent."""


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario; differences are to its parent, en dash where one of the two plans is not there or not seen."""

    number: int
    name: str
    question: str
    parent: str
    parent_number: int
    opened_by: str
    opened_at: datetime
    changes: int
    """Adjustments that it adds and that count."""
    drops: int
    digest: str
    """The plan that answers it now, blank while there is none."""
    tier: str
    job: JobRow | None
    is_root: bool
    is_archived: bool
    is_in_parent: bool
    """True if its parent holds all that it says."""
    revenue: str
    margin: str
    service: str


@dataclass(frozen=True)
class ScenarioList:
    """The page of scenarios."""

    title: str
    lines: tuple[ScenarioLine, ...]
    archived: int
    """How many are put away and not listed."""


def read_list(who: Access, *, with_archived: bool = False) -> ScenarioList:
    """Scenarios newest first, without those that are put away unless asked for."""
    who.require(Right.READ)
    records = list(ScenarioRecord.objects.select_related("parent", "opened_by"))
    lines = read_lines(who, records if with_archived else [each for each in records if each.archived_at is None])
    branches = sum(not line.is_root and not line.is_archived for line in lines)
    said = ngettext("%(n)s branch is open", "%(n)s branches are open", branches) % {"n": counted(branches)}
    return ScenarioList(
        title=said if branches else _("No branch is open"),
        lines=lines,
        archived=0 if with_archived else sum(each.archived_at is not None for each in records),
    )


def read_lines(who: Access, records: list[ScenarioRecord]) -> tuple[ScenarioLine, ...]:
    """Lines of some scenarios."""
    # Jobs first: one that ends between the two reads has its plan by the second; the other way round neither is seen.
    jobs = {each.name: waiting_job("compute_plan", {"scenario": each.name}) for each in records}
    asked = {each.scenario: each for each in questions()}
    digests = {name: published_digest(each.fingerprint) or "" for name, each in asked.items()}
    standing = {name: {a.id for a in each.adjustments} for name, each in asked.items()}
    scenarios, titles = read_scenarios(), people_titles()
    return tuple(_line(who, record, scenarios, standing, digests, jobs, titles) for record in records)


def _line(
    who: Access,
    record: ScenarioRecord,
    scenarios: Mapping[str, Scenario],
    standing: Mapping[str, set[str]],
    digests: Mapping[str, str],
    jobs: Mapping[str, JobRow | None],
    titles: Mapping[str, str],
) -> ScenarioLine:
    digest, parent = digests[record.name], record.parent
    adds = scenarios[record.name].adds & standing[record.name]
    opened_by = record.opened_by.get_username() if record.opened_by is not None else ""
    above = effective_set(scenarios, parent.name) if parent is not None else frozenset()
    told = differences(who, digests[parent.name], digest) if parent is not None else dict.fromkeys(TOLD, UNKNOWN)
    return ScenarioLine(
        number=record.pk,
        name=record.name,
        question=record.question,
        parent=parent.name if parent is not None else "",
        parent_number=parent.pk if parent is not None else 0,
        opened_by=titles.get(opened_by, opened_by) or _("Equipoise"),
        opened_at=record.opened_at,
        changes=len(adds),
        drops=len(scenarios[record.name].drops & above),
        digest=digest,
        tier=plan_for(who, digest).tier if digest else "",
        job=None if digest else jobs[record.name],
        is_root=parent is None,
        is_archived=record.archived_at is not None,
        is_in_parent=parent is not None and bool(adds) and adds <= above,
        **told,
    )


def differences(who: Access, before: str, after: str) -> dict[str, str]:
    """The headlines of the list as differences of two published plans, in text; both may be blank."""
    if not (before and after):
        return dict.fromkeys(TOLD, UNKNOWN)
    one, other = (read_headlines(plan_for(who, digest)) for digest in (before, after))
    currency = plan_for(who, after).head.currency
    change = {name: minus(other[name], one[name]) for name in TOLD}
    return {
        "revenue": signed_money(currency, change["revenue"]),
        "margin": signed_money(currency, change["margin"]),
        "service": signed(change["service"], decimals=2),
    }
