"""Adjustments with their standing, as pages and API show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment
from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import AdjustmentRecord, Comment, RulingRecord, ScenarioEntry


class AdjustmentNotFound(EquipoiseError):
    """No adjustment of that id was proposed here."""


@dataclass(frozen=True)
class RulingRow:
    """One verdict; `version` is its number, which a next ruling names."""

    version: int
    verdict: str
    by: str
    at: datetime
    because: str


@dataclass(frozen=True)
class CommentRow:
    """One comment."""

    id: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AdjustmentRow:
    """An adjustment, who made it when, the scenarios it is in, and what was said of it, oldest first."""

    id: str
    seq: int
    kind: str
    function: str
    author: str
    author_name: str
    made_at: datetime
    body: Mapping[str, Any]
    scenarios: tuple[str, ...]
    rulings: tuple[RulingRow, ...]

    @property
    def adjustment(self) -> Adjustment:
        """As the engine knows it."""
        return adjustment_from_json(self.body, seq=self.seq)

    @property
    def verdict(self) -> str:
        """Where it stands: proposed, accepted, rejected or withdrawn."""
        return self.rulings[-1].verdict

    @property
    def version(self) -> int:
        """Number of the last ruling."""
        return self.rulings[-1].version

    @property
    def reason(self) -> str:
        """What its author said."""
        return str(self.body.get("reason", ""))


def read_adjustments(
    who: Access,
    *,
    scenario: str = "",
    kind: str = "",
    function: str = "",
    author: str = "",
    verdict: str = "",
    after: int = 0,
    limit: int = 50,
) -> tuple[AdjustmentRow, ...]:
    """Adjustments newest first, before number `after` (0: from the newest): one's own, and those inside one's scope.

    `verdict` is where they stand: proposed, accepted, rejected or withdrawn. Fewer than `limit` are the last ones.
    """
    who.require(Right.READ)
    found = AdjustmentRecord.objects.select_related("author").order_by("-seq")
    if scenario:
        found = found.filter(entries__scenario__name=scenario, entries__is_drop=False).distinct()
    for name, value in (("kind", kind), ("function", function), ("author__username", author)):
        if value:
            found = found.filter(**{name: value})
    if verdict:
        last = RulingRecord.objects.filter(adjustment=OuterRef("pk")).order_by("-id").values("verdict")[:1]
        found = found.annotate(last_verdict=Subquery(last)).filter(last_verdict=verdict)
    # What lies outside the scope is passed over, so a page is full as long as there is more.
    rows: list[AdjustmentRow] = []
    while len(rows) < limit:
        batch = list((found.filter(seq__lt=after) if after else found)[:limit])
        if not batch:
            break
        rows += [row for row in _rows(batch) if _may_see(who, row)]
        after = batch[-1].seq
    return tuple(rows[:limit])


def read_adjustment(who: Access, id: str) -> AdjustmentRow:
    """One adjustment; AdjustmentNotFound if there is none."""
    who.require(Right.READ)
    record = AdjustmentRecord.objects.select_related("author").filter(pk=id).first()
    if record is None or not _may_see(who, row := _rows([record])[0]):
        raise AdjustmentNotFound(f"there is no adjustment {id!r}")
    return row


def adjustments_by_id(who: Access, ids: Iterable[str]) -> dict[str, AdjustmentRow]:
    """Those of the adjustments that the person may see."""
    who.require(Right.READ)
    records = AdjustmentRecord.objects.select_related("author").filter(pk__in=set(ids))
    return {row.id: row for row in _rows(list(records)) if _may_see(who, row)}


def _may_see(who: Access, row: AdjustmentRow) -> bool:
    """Its author sees it, and who may read every cell it reaches."""
    if who.is_everywhere or row.author == who.name:
        return True
    root = working_scenario()
    return root is not None and who.may(Right.READ, scope=row.adjustment.scope, axes=axes_of(root.snapshot))


def read_comments(who: Access, about: str) -> tuple[CommentRow, ...]:
    """What was said about something, oldest first."""
    who.require(Right.READ)
    rows = Comment.objects.filter(about=about).values_list("id", "text", "by__username", "at")
    return tuple(CommentRow(*row) for row in rows)


def _rows(records: list[AdjustmentRecord]) -> tuple[AdjustmentRow, ...]:
    ids = [record.pk for record in records]
    rulings: dict[str, list[RulingRow]] = {id: [] for id in ids}
    given = RulingRecord.objects.filter(adjustment__in=ids).order_by("id")
    for adjustment, *row in given.values_list("adjustment_id", "id", "verdict", "by__username", "at", "because"):
        rulings[adjustment].append(RulingRow(*row))
    scenarios: dict[str, list[str]] = {id: [] for id in ids}
    entries = ScenarioEntry.objects.filter(adjustment__in=ids, is_drop=False)
    for adjustment, name in entries.values_list("adjustment_id", "scenario__name"):
        scenarios[adjustment].append(name)
    return tuple(
        AdjustmentRow(
            record.pk,
            record.seq,
            record.kind,
            record.function,
            record.author.get_username(),
            record.author.first_name or record.author.get_username(),
            record.made_at,
            record.body,
            tuple(scenarios[record.pk]),
            tuple(rulings[record.pk]),
        )
        for record in records
    )
