"""Take what a job has read into the draft: the version is raised, the delivery's row is appended or marked undone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from equipoise_web.access import Access, Right
from equipoise_web.actions.door import StaleEdit, door
from equipoise_web.actions.open_draft import unsealed
from equipoise_web.drafts import take_contents
from equipoise_web.records.models import DeliveryRecord


class DraftMoved(StaleEdit):
    """The draft was changed while the file was read: it must be read again on top of that."""


def take_delivery(
    who: Access, question: Mapping[str, Any], staged: Path | None, *, version: int, tables: Mapping[str, Any]
) -> dict[str, Any]:
    """Make `staged` (None: no contents are left) the draft's next version; returns {draft, version, delivery}.

    `question` is the job's, `version` the one that it read on top of. Raises DraftMoved and DraftSealed.
    """
    who.require_whole(Right.GATHER)
    undo = int(question.get("undo", 0))
    with door(who, "take_out_delivery" if undo else "take_delivery") as entry:
        row = unsealed(int(question["draft"]))
        if row.version != version:
            raise DraftMoved("the draft was changed meanwhile", mine=version, theirs=row.version)
        if undo:
            record = DeliveryRecord.objects.get(pk=undo)
            record.undone_at = timezone.now()
            record.save(update_fields=["undone_at"])
        else:
            record = DeliveryRecord.objects.create(
                draft=row,
                name=str(question["name"])[:255],
                digest=question["digest"],
                bytes=question["bytes"],
                mapping=question["mapping"],
                is_append=question["is_append"],
                by_id=who.person,
            )
        row.version += 1
        row.save(update_fields=["version"])
        take_contents(row.pk, row.version, staged)
        facts = {"delivery": record.pk, "name": record.name, "digest": record.digest, "tables": dict(tables)}
        answer = {"draft": row.pk, "version": row.version, "delivery": record.pk}
        before, after = (facts, None) if undo else (None, facts)
        entry.tell(f"draft:{row.pk}", before=before, after=after, answer=answer)
    found: dict[str, Any] = entry.answer
    return found
