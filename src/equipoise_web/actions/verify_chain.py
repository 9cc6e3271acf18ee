"""Verify the audit chain: every entry's digest covers it and the entry before, and the head is where it says."""

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise_web.actions.door import FIRST, digest_of
from equipoise_web.records.models import AuditEntry, AuditHead

MOST = 20
"""Faults listed."""
AT_ONCE = 5_000
"""A chain up to this long is verified whenever a page shows it; a longer one when somebody asks for it."""


@dataclass(frozen=True)
class ChainReport:
    """How many entries were read, the digest they end in, and what is wrong in words (nothing: empty)."""

    entries: int
    digest: str
    faults: tuple[str, ...]


def verify_chain() -> ChainReport:
    """Read the chain from its first entry. A chain alone cannot show that all of it was rewritten: keep its end."""
    faults: list[str] = []
    seq, previous = 0, FIRST
    for entry in AuditEntry.objects.order_by("seq").iterator():
        faults += _faults(entry, seq, previous)
        seq, previous = entry.seq, entry.digest
    head = AuditHead.objects.get(pk=1)
    if (head.seq, head.digest) != (seq, previous):
        faults.append(f"the chain ends at entry {seq}, but its head says {head.seq}: the end was cut off or added to")
    return ChainReport(seq, previous, tuple(faults[:MOST]))


def verify_if_short() -> ChainReport | None:
    """The chain verified, None where that takes too long for a page."""
    return verify_chain() if AuditHead.objects.get(pk=1).seq <= AT_ONCE else None


def _faults(entry: AuditEntry, seq: int, previous: str) -> Iterator[str]:
    if entry.seq != seq + 1:
        yield f"entry {seq + 1} is missing: {entry.seq} follows {seq}"
    if entry.previous != previous:
        yield f"entry {entry.seq} does not follow the one before it"
    if digest_of(entry) != entry.digest:
        yield f"entry {entry.seq} ({entry.actor} {entry.verb} {entry.object}) was changed after it was written"
