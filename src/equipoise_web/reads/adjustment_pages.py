"""Adjustments as the list and the page of one show them: in words, with their effect and what the person may do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from django.contrib.auth.models import User
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustments import AdjustmentRow, CommentRow, read_adjustment, read_adjustments, read_comments
from equipoise_web.reads.effect import signed_money
from equipoise_web.reads.form import REASONS
from equipoise_web.reads.in_words import FUNCTION_TITLES, Words, kind_title, words_of
from equipoise_web.reads.jobs import JobRow, waiting_job
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.plans import newest_digest, plan_for, published_digest
from equipoise_web.reads.preview import plan_in_force
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import open_snapshot

SAID: Mapping[str, str | Promise] = {**REASONS, "supply_response": gettext_lazy("Answer of supply to a shortage")}
"""What a code of a reason says: those that one chooses, and those that a page gives."""

VERDICTS: dict[str, str | Promise] = {
    "proposed": gettext_lazy("Proposed"),
    "accepted": gettext_lazy("Accepted"),
    "rejected": gettext_lazy("Rejected"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
BADGES = {"proposed": "now", "accepted": "done", "rejected": "watch", "withdrawn": "none"}
"""Class of the badge of each verdict: its shape says it, too."""
LISTED = 50


@dataclass(frozen=True)
class AdjustmentLine:
    """One line of the list."""

    id: str
    title: str
    words: str
    reason: str
    by: str
    function: str
    made_at: datetime
    effect: str
    """Demand moved × net price over the horizon, en dash where the plan does not tell."""
    verdict: str
    verdict_label: str
    badge: str


@dataclass(frozen=True)
class Standing:
    """Whether the plan of the working scenario answers what the scenario asks now."""

    scenario: str
    digest: str
    """The plan that answers it, blank while there is none."""
    job: JobRow | None
    """The run that will."""


@dataclass(frozen=True)
class AdjustmentList:
    """The page of adjustments."""

    title: str
    lead: str
    lines: tuple[AdjustmentLine, ...]
    next: int
    """Number after which the next page begins; 0 on the last."""
    standing: Standing | None


@dataclass(frozen=True)
class RulingLine:
    """A verdict in the history of an adjustment."""

    label: str
    badge: str
    by: str
    at: datetime
    because: str


@dataclass(frozen=True)
class AdjustmentPage:
    """The page of one adjustment."""

    line: AdjustmentLine
    row: AdjustmentRow
    facts: tuple[tuple[str, str], ...]
    history: tuple[RulingLine, ...]
    comments: tuple[CommentRow, ...]
    may_rule: bool
    may_withdraw: bool
    is_mine: bool
    plan: str
    """Digest of the plan that holds it, blank if none does."""
    why: Mapping[str, str]
    """Where its effect is explained: measure, nodes and bucket; empty where there is nothing to explain."""
    next: str
    """Id of another one that waits for this person's ruling, blank if none does."""


def read_list(who: Access, *, verdict: str = "", function: str = "", after: int = 0) -> AdjustmentList:
    """Adjustments newest first, of one state or function where one is chosen."""
    rows = read_adjustments(who, verdict=verdict, function=function, after=after, limit=LISTED)
    teller = teller_for(who)
    lines = tuple(teller.line(row) for row in rows)
    waiting = sum(line.verdict == "proposed" for line in lines)
    return AdjustmentList(
        title=_title(len(lines), waiting, is_filtered=bool(verdict or function or after)),
        lead=_("A proposed adjustment counts in the plan until somebody rejects it or its author withdraws it."),
        lines=lines,
        next=rows[-1].seq if len(rows) == LISTED else 0,
        standing=read_standing(),
    )


@dataclass(frozen=True)
class Teller:
    """Tells adjustments to a person: words of the working scenario, effects in the plan in force."""

    words: Words
    effects: Mapping[str, float]
    currency: str

    def line(self, row: AdjustmentRow) -> AdjustmentLine:
        """The row as a line of a list."""
        effect = self.effects.get(row.id)
        return AdjustmentLine(
            id=row.id,
            title=kind_title(row.kind),
            words=self.words.of(row.adjustment),
            reason=row.reason,
            by=row.author_name,
            function=str(FUNCTION_TITLES.get(row.function, row.function)),
            made_at=row.made_at,
            effect=signed_money(self.currency, effect),
            verdict=row.verdict,
            verdict_label=str(VERDICTS[row.verdict]),
            badge=BADGES[row.verdict],
        )


def teller_for(who: Access) -> Teller:
    """What is needed to tell a person of adjustments, read once a page."""
    root = working_scenario()
    if root is None:
        return Teller(Words(), {}, "")
    plan = plan_of_work(who)
    effects = {} if plan is None else effects_of(plan)
    return Teller(words_of(root.snapshot), effects, open_snapshot(root.snapshot).head.currency)


def read_page(who: Access, id: str) -> AdjustmentPage:
    """One adjustment; AdjustmentNotFound if there is none that the person may see."""
    row = read_adjustment(who, id)
    line = teller_for(who).line(row)
    is_mine = row.author == who.name
    titles = people_titles()
    is_open = row.verdict in ("proposed", "accepted")
    plan = plan_of_work(who)
    holds = plan is not None and any(each.id == id for each in plan.adjustments)
    return AdjustmentPage(
        line=line,
        row=row,
        facts=_facts(row),
        history=tuple(
            RulingLine(
                str(VERDICTS[each.verdict]), BADGES[each.verdict], titles.get(each.by, each.by), each.at, each.because
            )
            for each in reversed(row.rulings)
        ),
        comments=tuple(
            replace(each, by=titles.get(each.by, each.by)) for each in read_comments(who, f"adjustment:{id}")
        ),
        may_rule=who.may(Right.RULE) and not is_mine and row.verdict != "withdrawn",
        may_withdraw=is_mine and is_open and who.may(Right.PROPOSE),
        is_mine=is_mine,
        plan=plan.digest if plan is not None and holds else "",
        why=_why(plan, row) if plan is not None and holds else {},
        next=_next(who, row),
    )


def _next(who: Access, row: AdjustmentRow) -> str:
    """The one proposed before this one, else the newest, that somebody else has proposed in the same scenario."""
    if not who.may(Right.RULE):
        return ""
    scenario = row.scenarios[0] if row.scenarios else ""
    waiting = [
        each
        for each in read_adjustments(who, verdict="proposed", scenario=scenario)
        if each.author != who.name and each.id != row.id
    ]
    return next((each.id for each in waiting if each.seq < row.seq), waiting[0].id if waiting else "")


def people_titles() -> dict[str, str]:
    """What pages call each person: the name that was given, else the one to sign in with."""
    return {name: first or name for name, first in User.objects.values_list("username", "first_name")}


def read_standing() -> Standing | None:
    """How the newest cycle's working scenario stands; None before there is one."""
    root = working_scenario()
    if root is None:
        return None
    job = waiting_job("compute_plan", {"scenario": root.name})  # read first: when it ends, its plan is there
    return Standing(root.name, published_digest(question_of(root.name).fingerprint) or "", job)


def effects_of(plan: Plan) -> Mapping[str, float]:
    """Consensus moved × net price over the horizon by each adjustment of a plan."""
    price = plan.measure("sales_net_price").values
    moved = (posting for posting in plan.sections["demand"].postings if posting.measure == "demand_consensus_qty")
    return {
        posting.cause: float((posting.amounts * np.nan_to_num(price[posting.rows, posting.buckets])).sum())
        for posting in moved
    }


def plan_of_work(who: Access) -> Plan | None:
    """The plan in force of the working scenario as the person may see it, None before there is one."""
    root = working_scenario()
    plan = None if root is None else plan_in_force(question_of(root.name))
    return None if plan is None else plan_for(who, plan.digest)


def plan_to_show(who: Access, digest: str = "") -> Plan | None:
    """The published plan of a digest, else the plan in force, else the one published last, as the person may see it;
    None before there is any. Raises PlanNotFound."""
    if digest:
        return plan_for(who, digest)
    newest = newest_digest()
    return plan_of_work(who) or (plan_for(who, newest) if newest is not None else None)


def _facts(row: AdjustmentRow) -> tuple[tuple[str, str], ...]:
    code = str(row.body.get("reason_code") or "")
    confidence = row.body.get("confidence_pct")
    facts = (
        (_("Kind"), kind_title(row.kind)),
        (_("In the name of"), str(FUNCTION_TITLES.get(row.function, row.function))),
        (_("Reason"), str(SAID.get(code, code)) if code else ""),
        (_("Confidence"), "" if confidence is None else f"{float(confidence):g}%"),
        (_("Scenario"), ", ".join(row.scenarios)),
    )
    return tuple((name, value) for name, value in facts if value)


def _why(plan: Plan, row: AdjustmentRow) -> Mapping[str, str]:
    """The consensus of its scope in its first bucket, for the kinds that move demand."""
    adjustment = row.adjustment
    if adjustment.change.stage != "demand":
        return {}
    first, end = plan.axes.calendar.span(adjustment.scope.first, adjustment.scope.last)
    nodes = {"item": adjustment.scope.item, "market": adjustment.scope.market}
    known = all(plan.axes.hierarchy(name).knows(node) for name, node in nodes.items())
    if first == end or not known:
        return {}
    return {"measure": "demand_consensus_qty", **{k: v for k, v in nodes.items() if v}, "bucket": str(first)}


def _title(count: int, waiting: int, *, is_filtered: bool) -> str:
    if not count:
        return _("No adjustment like that") if is_filtered else _("Nobody has proposed a change yet")
    if waiting:
        said = ngettext("%(n)s adjustment waits for a ruling", "%(n)s adjustments wait for a ruling", waiting)
        return said % {"n": counted(waiting)}
    return ngettext("%(n)s adjustment, none waits", "%(n)s adjustments, none waits", count) % {"n": counted(count)}
