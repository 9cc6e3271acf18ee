"""Entries of the audit chain for programs; only for those who may read it on the whole company."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.core.adjustment import Scope
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.reads.scoped import sees_all
from equipoise_web.records.models import AuditEntry

WITHOUT_NUMBERS = ("person:", "people:", "invitation:", "token:", "webhook:")
"""Sorts of objects whose entries hold no numbers of the company."""


@dataclass(frozen=True)
class ChainRow:
    """One entry; `before`, `after` and `because` are null where they hold numbers that the person may not see."""

    seq: int
    at: datetime
    actor: str
    through: str
    verb: str
    object: str
    before: Any
    after: Any
    because: str | None
    previous: str
    digest: str


def check_may_audit(who: Access) -> None:
    """Raises NotAllowed unless the person may read the chain: it tells of the whole company."""
    who.require(Right.AUDIT)
    if not any(held.gives(Right.AUDIT) and held.scope == Scope() and not held.measure for held in who.held):
        raise NotAllowed("the audit chain tells of the whole company; your role holds on a part of it")


def read_chain(
    who: Access, *, actor: str = "", verb: str = "", subject: str = "", after: int = 0, limit: int = 50
) -> tuple[ChainRow, ...]:
    """Entries newest first, before number `after` (0: from the newest)."""
    check_may_audit(who)
    found = AuditEntry.objects.order_by("-seq")
    for name, value in (("actor", actor), ("verb", verb), ("object", subject)):
        if value:
            found = found.filter(**{name: value})
    if after:
        found = found.filter(seq__lt=after)
    may_see = sees_all(who)
    return tuple(_row(entry, is_shown=may_see or entry.object.startswith(WITHOUT_NUMBERS)) for entry in found[:limit])


def _row(entry: AuditEntry, *, is_shown: bool) -> ChainRow:
    return ChainRow(
        entry.seq,
        entry.at,
        entry.actor,
        entry.through,
        entry.verb,
        entry.object,
        entry.before if is_shown else None,
        entry.after if is_shown else None,
        entry.because if is_shown else None,
        entry.previous,
        entry.digest,
    )
