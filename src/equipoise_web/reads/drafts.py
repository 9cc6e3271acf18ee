"""The month's draft as the database knows it: which is open, what was delivered to it, what the cycle before said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.core.adjustment import Adjustment
from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.reads.plans import published_digest
from equipoise_web.reads.scenarios import question_of
from equipoise_web.records.models import DeliveryRecord, MonthDraft, PublishedPlan, ScenarioRecord


class DraftNotFound(EquipoiseError):
    """No such draft was opened here, or none is open."""


@dataclass(frozen=True)
class DraftRow:
    """A draft: the snapshot it is carried over from (blank: the first month), its version, who opened it when."""

    id: int
    base: str
    version: int
    opened_by: str
    opened_at: datetime
    sealed_as: str


def open_draft_row() -> DraftRow | None:
    """The draft that is open now."""
    row = MonthDraft.objects.filter(sealed_as="").select_related("opened_by").first()
    return None if row is None else _row(row)


def read_draft_row(id: int) -> DraftRow:
    """A draft by its number; DraftNotFound if there is none."""
    row = MonthDraft.objects.filter(pk=id).select_related("opened_by").first()
    if row is None:
        raise DraftNotFound(f"there is no draft {id}")
    return _row(row)


def read_drafts(who: Access, *, after: int = 0, limit: int = 50) -> tuple[DraftRow, ...]:
    """Drafts, newest first, opened before the one of number `after` (0: from the newest)."""
    who.require_whole(Right.GATHER)
    rows = MonthDraft.objects.select_related("opened_by")
    return tuple(_row(row) for row in (rows.filter(pk__lt=after) if after else rows)[:limit])


def _row(row: MonthDraft) -> DraftRow:
    return DraftRow(row.pk, row.base, row.version, row.opened_by.get_username(), row.opened_at, row.sealed_as)


def standing_deliveries(draft: int) -> list[dict[str, Any]]:
    """What was delivered to a draft and not taken out again, oldest first."""
    columns = ("id", "name", "digest", "bytes", "mapping", "is_append", "by__username", "at")
    rows = DeliveryRecord.objects.filter(draft=draft, undone_at__isnull=True).order_by("id").values(*columns)
    return [dict(row) for row in rows]


def plan_of_record(snapshot: str) -> str | None:
    """Digest of the plan that a snapshot's cycle ended with: of its root scenario, else the newest from it."""
    root = ScenarioRecord.objects.filter(snapshot=snapshot).order_by("id").first()
    answered = None if root is None else published_digest(question_of(root.name).fingerprint)
    if answered is not None:
        return answered
    return PublishedPlan.objects.filter(snapshot=snapshot).values_list("digest", flat=True).first()


def adjustments_kept(snapshot: str) -> tuple[str, ...]:
    """Adjustments of a snapshot's cycle that are facts or abilities: they stand in the next one, too."""
    root = ScenarioRecord.objects.filter(snapshot=snapshot).order_by("id").first()
    stand: tuple[Adjustment, ...] = () if root is None else question_of(root.name).adjustments
    return tuple(adjustment.id for adjustment in stand if adjustment.change.on_roll == "keep")
