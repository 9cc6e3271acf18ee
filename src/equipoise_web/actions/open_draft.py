"""Open the month's draft: carried over from a sealed snapshot, or empty for the first month."""

from typing import Any

from equipoise.core.snapshot import Snapshot
from equipoise.intake import carry_over
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.drafts import begin_contents
from equipoise_web.records.models import CorrectionRecord, DeliveryRecord, MonthDraft


class DraftSealed(StaleEdit):
    """The draft was sealed meanwhile; nothing changes in it any more."""


def open_draft(who: Access, *, base: Snapshot | None = None, key: str = "") -> dict[str, Any]:
    """Open a draft; returns {draft, base, version}. Raises DatasetRefused where the base's calendar ends.

    There is one open draft at a time; one that nobody worked on gives way to the new one.
    """
    who.require_whole(Right.GATHER)
    contents = None if base is None else carry_over(base)
    asked = {"base": "" if base is None else base.id}
    with door(who, "open_draft", key=key, asked=asked) as entry:
        if entry.repeat is None:
            standing = MonthDraft.objects.filter(sealed_as="").first()
            if standing is not None and _is_worked_on(standing):
                by = standing.opened_by.get_username()
                raise StaleEdit(
                    f"a draft is open already, opened by {by} on {standing.opened_at:%Y-%m-%d}; "
                    "seal it, or take out what was delivered to it, before you open another",
                    mine=asked["base"][:12] or "the first month",
                    theirs=standing.base[:12] or "the first month",
                )
            row = standing or MonthDraft(opened_by_id=who.person)
            row.base = asked["base"]
            row.version = row.version + 1 if standing else 1
            row.save()
            begin_contents(row.pk, row.version, contents)
            answer = {"draft": row.pk, "base": row.base, "version": row.version}
            entry.tell(f"draft:{row.pk}", after=asked, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def _is_worked_on(draft: MonthDraft) -> bool:
    stands = {"draft": draft, "undone_at__isnull": True}
    return DeliveryRecord.objects.filter(**stands).exists() or CorrectionRecord.objects.filter(**stands).exists()


def unsealed(draft: int) -> MonthDraft:
    """The row of an open draft, for a caller who stands in the door. Raises NotFound and DraftSealed."""
    row = MonthDraft.objects.filter(pk=draft).first()
    if row is None:
        raise NotFound(f"there is no draft {draft}")
    if row.sealed_as:
        raise DraftSealed(
            f"draft {draft} was sealed as {row.sealed_as[:12]}; open the next month's to change anything",
            mine="a change",
            theirs=f"sealed as {row.sealed_as[:12]}",
        )
    return row
