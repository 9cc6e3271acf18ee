"""Home: the cycle clock, what waits for a person, what is at stake, what changed since the visit before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import (
    Standing,
    Teller,
    people_titles,
    plan_to_show,
    read_standing,
    teller_for,
)
from equipoise_web.reads.adjustments import read_adjustments
from equipoise_web.reads.changes import Changes, read_changes
from equipoise_web.reads.clock import Clock, read_clock
from equipoise_web.reads.exceptions import Exceptions, read_exceptions
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.own_part import OwnPart, read_own_part
from equipoise_web.records.models import DeliveryRecord, MonthDraft

LISTED = 4
"""Adjustments of one sort that are listed one by one."""


@dataclass(frozen=True)
class Task:
    """Something that waits for the person: what, about what, and where to do it (a page's name and its argument)."""

    what: str
    detail: str
    by: str
    page: str
    argument: str = ""


@dataclass(frozen=True)
class HomePage:
    """All that home shows to one person."""

    plan: Plan
    clock: Clock
    tasks_title: str
    tasks: tuple[Task, ...]
    more_tasks: int
    exceptions: Exceptions | None
    """For who sees the whole company."""
    part: OwnPart | None
    """For everybody else."""
    changes: Changes
    standing: Standing | None


def read_home(who: Access, today: date) -> HomePage | None:
    """Home as of a day; None while there is no plan. Raises NotAllowed for the stranger."""
    who.require(Right.READ)
    plan = plan_to_show(who)
    if plan is None:
        return None
    standing, teller = read_standing(), teller_for(who)
    tasks, more = _tasks(who, standing, teller)
    return HomePage(
        plan=plan,
        clock=read_clock(plan.head.start, today),
        tasks_title=_tasks_title(len(tasks) + more),
        tasks=tasks,
        more_tasks=more,
        exceptions=read_exceptions(who, plan, teller.words.names) if who.sees_all else None,
        part=None if who.sees_all else read_own_part(who, plan),
        changes=read_changes(who, teller),
        standing=standing,
    )


def _tasks_title(count: int) -> str:
    if not count:
        return _("Nothing waits for you")
    return ngettext("%(n)s task for you", "%(n)s tasks for you", count) % {"n": counted(count)}


def _tasks(who: Access, standing: Standing | None, teller: Teller) -> tuple[tuple[Task, ...], int]:
    """Tasks, and how many more there are than the list shows."""
    tasks = [*_stale_plan(who, standing), *_drafts(who)]
    rejected = [*_rejected(who, standing, teller)]
    waiting = [*_to_rule(who, standing, teller)]
    listed = (*tasks, *rejected[:LISTED], *waiting[:LISTED])
    return listed, len(tasks) + len(rejected) + len(waiting) - len(listed)


def _stale_plan(who: Access, standing: Standing | None) -> Iterator[Task]:
    if standing is None or standing.digest or not who.may(Right.RUN):
        return
    detail = _("%(scenario)s holds changes that no plan answers yet") % {"scenario": standing.scenario}
    if standing.job is not None:
        detail = _("A run of %(scenario)s is under way") % {"scenario": standing.scenario}
    yield Task(_("The plan is out of date"), detail, "", "adjust:list")


def _drafts(who: Access) -> Iterator[Task]:
    if not who.may_whole(Right.GATHER):
        return
    for draft in MonthDraft.objects.filter(sealed_as=""):
        files = DeliveryRecord.objects.filter(draft=draft, undone_at__isnull=True).count()
        said = ngettext("%(n)s file was delivered to it", "%(n)s files were delivered to it", files)
        yield Task(_("A month is being gathered"), said % {"n": counted(files)}, "", "gathering:board")


def _rejected(who: Access, standing: Standing | None, teller: Teller) -> Iterator[Task]:
    scenario = "" if standing is None else standing.scenario
    titles = people_titles()
    for row in read_adjustments(who, author=who.name, verdict="rejected", scenario=scenario):
        line, last = teller.line(row), row.rulings[-1]
        detail = _("%(words)s: %(because)s") % {"words": line.words, "because": last.because}
        yield Task(_("Answer a rejection"), detail, titles.get(last.by, last.by), "adjust:one", row.id)


def _to_rule(who: Access, standing: Standing | None, teller: Teller) -> Iterator[Task]:
    if not who.may(Right.RULE):
        return
    scenario = "" if standing is None else standing.scenario
    rows = [row for row in read_adjustments(who, verdict="proposed", scenario=scenario) if row.author != who.name]
    for row in rows:
        line = teller.line(row)
        yield Task(
            _("Rule on %(kind)s of %(function)s") % {"kind": line.title.lower(), "function": line.function},
            line.words,
            line.effect if line.effect != "–" else "",
            "adjust:one",
            row.id,
        )
