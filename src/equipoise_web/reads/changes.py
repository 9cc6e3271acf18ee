"""What changed since a person was here: entries of the audit chain in words, those that the person may see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustment_pages import BADGES, VERDICTS, Teller, people_titles
from equipoise_web.reads.adjustments import AdjustmentRow, adjustments_by_id
from equipoise_web.reads.grid_comments import scope_named
from equipoise_web.reads.grid_lines import label_of
from equipoise_web.reads.numbers import counted
from equipoise_web.records.models import AuditEntry, Visit

LISTED = 8
LOOKED_AT = 400
"""Entries looked at: who was away for long sees the newest."""
VERBS = (
    "propose_adjustment",
    "edit_cells",
    "undo_step",
    "redo_step",
    "rule_adjustment",
    "release_holds",
    "end_holds",
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
    known = adjustments_by_id(who, (id for entry in entries for id in _adjustments_of(entry)))
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
        elif sort == "step":
            yield from _step_lines(teller, entry, by, known)
        elif sort == "hold":
            yield from _hold_lines(who, teller, entry, by, known)
        elif sort == "cell":
            yield from _cell_lines(who, teller, entry, by)
        elif sort == "plan":
            words = _("Plan %(digest)s of %(scenario)s") % {"digest": id[:8], "scenario": after.get("scenario", "")}
            yield ChangeLine(entry.at, by, _("New plan"), words, "–", entry.because, "", "done", id)
        elif sort == "scenario":
            yield ChangeLine(entry.at, by, _("New scenario"), id, "–", entry.because, "", "now", "")
        else:
            yield ChangeLine(entry.at, by, _("Sealed"), _("A month of data"), "–", entry.because, "", "done", "")


def _adjustments_of(entry: AuditEntry) -> Sequence[str]:
    """Ids of the adjustments that an entry tells of."""
    sort, _sign, id = entry.object.partition(":")
    if sort in ("step", "hold") and isinstance(entry.after, dict):
        return [str(each) for each in entry.after.get("adjustments", ())]
    return [id] if sort == "adjustment" else []


def _step_lines(teller: Teller, entry: AuditEntry, by: str, known: Mapping[str, AdjustmentRow]) -> Iterator[ChangeLine]:
    """A step in the grid as one line: its first adjustment that the person may see, and how many there are."""
    seen = [known[id] for id in _adjustments_of(entry) if id in known]
    if not seen:
        return
    line = teller.line(seen[0])
    verdict = "withdrawn" if entry.verb == "undo_step" else "proposed"
    more = ngettext(" and %(n)s more cell", " and %(n)s more cells", len(seen) - 1) % {"n": len(seen) - 1}
    words = f"{line.title}: {line.words}{more if len(seen) > 1 else ''}"
    what, badge = str(VERDICTS[verdict]), BADGES[verdict]
    effect = line.effect if len(seen) == 1 else "–"
    yield ChangeLine(entry.at, by, what, words, effect, entry.because, seen[0].id, badge, "")


def _hold_lines(
    who: Access, teller: Teller, entry: AuditEntry, by: str, known: Mapping[str, AdjustmentRow]
) -> Iterator[ChangeLine]:
    """Holds that ran out or were let go, as one line; their owner is told that they were the owner's."""
    seen = [known[id] for id in _adjustments_of(entry) if id in known]
    if not seen:
        return
    is_mine = entry.after["owner"] == who.name
    if entry.verb == "end_holds":
        what = _("Your hold ran out") if is_mine else _("Hold ran out")
    else:
        what = _("Your hold was let go") if is_mine and entry.actor != who.name else _("Hold let go")
    more = ngettext(" and %(n)s more cell", " and %(n)s more cells", len(seen) - 1) % {"n": len(seen) - 1}
    words = f"{teller.line(seen[0]).words}{more if len(seen) > 1 else ''}"
    badge = "watch" if is_mine and entry.actor != who.name else "none"
    yield ChangeLine(entry.at, by, what, words, "–", entry.because, seen[0].id, badge, "")


def _cell_lines(who: Access, teller: Teller, entry: AuditEntry, by: str) -> Iterator[ChangeLine]:
    """A comment on a cell, for who may see the cell or is named in it."""
    named = scope_named(entry.object)
    after = entry.after if isinstance(entry.after, dict) else {}
    if named is None or teller.words.axes is None:
        return
    measure, scope = named
    is_named = who.name in after.get("mentions", ())
    if not is_named and not who.may(Right.READ, measure=measure, scope=scope, axes=teller.words.axes):
        return
    where = ", ".join(filter(None, (teller.words.name("item", scope.item), teller.words.name("market", scope.market))))
    words = f"{label_of(measure)}, {where or _('Total')}, {teller.words.when(scope)}"
    what = _("You were named") if is_named else _("Comment")
    yield ChangeLine(entry.at, by, what, words, "–", str(after.get("comment", "")), "", "now" if is_named else "", "")
