"""Corrections in force in the open draft: who, why, and whether they are still needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.correction import Correction
from equipoise.intake import Draft
from equipoise_web.access import Access
from equipoise_web.drafts import id_of
from equipoise_web.reads.drafts import DraftRow
from equipoise_web.reads.drafts_judged import draft_for, judged
from equipoise_web.records.models import CorrectionRecord


@dataclass(frozen=True)
class CorrectionRow:
    """A correction in force: of which row, what, by whom and why, and whether it is still needed."""

    id: str
    table: str
    key: Mapping[str, str]
    """The cells that name the row."""
    where: str
    """The same in words."""
    column: str
    old: str
    new: str
    author: str
    reason: str
    at: datetime | None
    """None for one of an earlier month."""
    state: str
    """needed, waits (for a delivery of its table), or stuck: it does not do what its author meant."""
    state_label: str

    @property
    def badge(self) -> str:
        """Class of its badge."""
        return {"needed": "done", "stuck": "late"}.get(self.state, "")


@dataclass(frozen=True)
class Corrections:
    """The corrections of the open draft."""

    draft: DraftRow
    title: str
    rows: tuple[CorrectionRow, ...]
    retired: tuple[str, ...]
    """What is said of corrections whose source was mended."""


def read_corrections(who: Access, id: int = 0) -> Corrections:
    """Corrections in force in a draft (the open one if none is named), newest first, and those that retire."""
    row = draft_for(who, id)
    found = judged(row)
    if found is None:
        return Corrections(row, _("Nothing was corrected"), (), ())
    dates: dict[tuple[str, str, str], datetime] = {}
    for record in CorrectionRecord.objects.filter(draft=row.id, undone_at__isnull=True):
        dates[record.table, str(sorted(record.key.items())), record.column] = record.at
    rows = []
    for each in found.draft.corrections:
        state, label = _state_of(each, found.draft)
        at = dates.get((each.table, str(sorted(each.key)), each.column))
        rows.append(
            CorrectionRow(
                id_of(each),
                each.table,
                dict(each.key),
                each.row_words,
                each.column,
                each.old,
                each.new,
                each.author,
                each.reason,
                at,
                state,
                label,
            )
        )
    rows.sort(key=lambda each: (each.at is None, -(each.at.timestamp() if each.at else 0)))
    retired = tuple(finding.message for finding in found.draft.findings if finding.code == "IN310")
    return Corrections(row, _corrections_title(rows), tuple(rows), retired)


def _state_of(correction: Correction, draft: Draft) -> tuple[str, str]:
    """Whether a correction does what its author meant: what the engine said of it."""
    labels = {"IN311": _("The source has a third value"), "IN312": _("Finds no row"), "IN313": _("Contradicted")}
    for finding in draft.findings:
        is_mine = finding.where == f"table {correction.table}" and correction.row_words in finding.message
        if finding.code in labels and is_mine and (correction.column in finding.message):
            return "stuck", labels[finding.code]
    if correction.table in draft.given.carried:
        return "waits", _("Waits for the next delivery")
    return "needed", _("Needed: the source is not mended")


def _corrections_title(rows: list[CorrectionRow]) -> str:
    if not rows:
        return _("Nothing is corrected: every row counts as it was delivered")
    stuck = sum(each.state == "stuck" for each in rows)
    if stuck:
        return ngettext("%(n)s correction does not hold any more", "%(n)s corrections do not hold any more", stuck) % {
            "n": stuck
        }
    return ngettext(
        "%(n)s correction stands until its source is mended",
        "%(n)s corrections stand until their sources are mended",
        len(rows),
    ) % {"n": len(rows)}
