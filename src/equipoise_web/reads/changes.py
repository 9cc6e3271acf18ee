"""What changed since a person was here: entries of the audit chain in words, those that the person may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise_web.access import Access
from equipoise_web.reads.adjustment_pages import BADGES, VERDICTS, Teller, people_titles
from equipoise_web.reads.adjustments import adjustments_by_id
from equipoise_web.reads.numbers import counted
from equipoise_web.records.models import AuditEntry, Visit

LISTED = 8
LOOKED_AT = 400
"""Entries looked at: who was away for long sees the newest."""
VERBS = (
    "propose_adjustment",
    "rule_adjustment",
    "add_comment",
    "publish_plan",
    "adopt_plan",
    "open_scenario",
    "seal_month",
)
"""What the list tells of; rights, tokens and jobs are in the audit chain."""


@dataclass(frozen=True)
class ChangeLine:
    """One change: when, who, what in words, its effect where the plan tells, why."""

    at: datetime
    who: str
    what: str
    words: str
    effect: str
    because: str
    adjustment: str
    """Id of the adjustment it is about, blank if none."""
    badge: str
    plan: str
    """Digest of the plan it is about, blank if none."""


@dataclass(frozen=True)
class Changes:
    """The newest changes since the visit before."""

    title: str
    since: datetime | None
    lines: tuple[ChangeLine, ...]
    more: int


def read_changes(who: Access, teller: Teller) -> Changes:
    """Changes by others and by oneself since the visit before, newest first."""
    visit = Visit.objects.filter(person=who.person).first()
    seen = visit.seen_before if visit is not None else 0
    entries = AuditEntry.objects.filter(seq__gt=seen, verb__in=VERBS).order_by("-seq")[:LOOKED_AT]
    lines = tuple(_lines(who, teller, list(entries)))
    said = ngettext("%(n)s change since you were here", "%(n)s changes since you were here", len(lines))
    before = visit.before if visit is not None else None
    if before is None:
        said = ngettext("%(n)s change so far", "%(n)s changes so far", len(lines))
    title = said % {"n": counted(len(lines))} if lines else _("Nothing changed since you were here")
    return Changes(title, before, lines[:LISTED], max(len(lines) - LISTED, 0))


def _lines(who: Access, teller: Teller, entries: Sequence[AuditEntry]) -> Iterator[ChangeLine]:
    titles = people_titles()
    known = adjustments_by_id(who, (entry.object.partition(":")[2] for entry in entries))
    for entry in entries:
        by = _("Equipoise") if entry.actor == "equipoise" else titles.get(entry.actor, entry.actor)
        sort, _sign, id = entry.object.partition(":")
        after = entry.after if isinstance(entry.after, dict) else {}
        if sort == "adjustment":
            # One that is not known lies outside the person's scope.
            if id in known:
                line = teller.line(known[id])
                is_said = entry.verb == "add_comment"
                verdict = str(after.get("verdict", "proposed"))
                yield ChangeLine(
                    entry.at,
                    by,
                    _("Comment") if is_said else str(VERDICTS[verdict]),
                    f"{line.title}: {line.words}",
                    line.effect,
                    str(after.get("comment", "")) or entry.because,
                    id,
                    "" if is_said else BADGES[verdict],
                    "",
                )
        elif sort == "plan":
            words = _("Plan %(digest)s of %(scenario)s") % {"digest": id[:8], "scenario": after.get("scenario", "")}
            yield ChangeLine(entry.at, by, _("New plan"), words, "–", entry.because, "", "done", id)
        elif sort == "scenario":
            yield ChangeLine(entry.at, by, _("New scenario"), id, "–", entry.because, "", "now", "")
        else:
            yield ChangeLine(entry.at, by, _("Sealed"), _("A month of data"), "–", entry.because, "", "done", "")
