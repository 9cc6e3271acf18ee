"""The write door: every write opens it, and leaves with its audit entry in the same transaction, or not at all.

    with door(who, "rule", key=key, asked={...}) as entry:
        if entry.repeat is None:
            ...append the row...
            entry.tell("adjustment:a1", before=..., after=..., answer={"id": "a1"})
    return entry.answer

Writes follow one another in order of arrival: on SQLite, whose busy wait is not fair, they queue for a lock file; on
PostgreSQL, whose row locks are not fair either once many wait for one row, for an advisory lock. An idempotency key
makes a repeated request answer again and do nothing. Each entry of the chain holds the digest of the one before, so
none can be changed or taken out unnoticed.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access
from equipoise_web.actions.outbox import post
from equipoise_web.records.models import AuditEntry, AuditHead, WriteReceipt
from equipoise_web.records.statements import Prepared, append

FIRST = "0" * 64
"""What the first entry follows."""
WRITES = 0x45515549
"""The advisory lock of writers, one for each PostgreSQL database."""
PATIENCE = "20s"
"""How long a writer waits for its turn on PostgreSQL."""
LOCK_NOT_AVAILABLE = "55P03"


class StaleEdit(EquipoiseError):
    """Somebody else was first: what the caller wanted, and what stands now."""

    def __init__(self, message: str, *, mine: object, theirs: object) -> None:
        """Keep both values for the caller to choose from."""
        self.mine, self.theirs = mine, theirs
        super().__init__(message)


class KeyReused(EquipoiseError):
    """An idempotency key that came before with another question."""


class NotFound(EquipoiseError):
    """What should be changed is not there."""


class Busy(EquipoiseError):
    """So many write that one's turn did not come in time. Nothing was written; asking again does no harm."""


@dataclass
class Entry:
    """One write while it happens: `repeat` is the answer given before to the same key, else None."""

    repeat: Any = None
    subject: str = ""
    before: Any = None
    after: Any = None
    because: str = ""
    answer: Any = None
    head: AuditHead = field(default_factory=AuditHead)
    last_ruling: int = 0
    """Number of the last ruling that it gave; 0 for none."""

    def tell(
        self, subject: str, *, before: object = None, after: object = None, because: str = "", answer: object
    ) -> None:
        """Say what was written: the object as `sort:id`, what it was and is, why, and what the caller gets."""
        self.subject, self.before, self.after, self.because, self.answer = subject, before, after, because, answer


_head = Prepared(AuditHead.objects.select_for_update)
_moved_head = Prepared(AuditHead.objects.all)
_receipts = Prepared(lambda: WriteReceipt.objects.values_list("asked", "answer"))


@contextmanager
def door(who: Access, verb: str, *, key: str = "", asked: object = None) -> Iterator[Entry]:
    """One write by one person: a transaction that ends with its audit entry. See the module's text for its use."""
    with turn(), transaction.atomic():
        _queue()
        # The head is locked first: whoever holds it is alone, and reads what everybody before has written.
        (head,) = _head.filter(pk=1).records()
        question = _digest({"verb": verb, "asked": asked})
        entry = Entry(head=head)
        if key:
            known = _receipts.filter(actor=who.name, key=key).first()
            if known is not None:
                asked_then, answer = known
                if asked_then != question:
                    raise KeyReused(f"idempotency key {key!r} was used for another request; draw a new one")
                entry.repeat = entry.answer = answer if answer is not None else {}
                yield entry
                return
        yield entry
        assert entry.subject, f"{verb} left the door without saying what it wrote"
        _seal(entry, who, verb)
        if key:
            append(WriteReceipt(actor=who.name, key=key, verb=verb, asked=question, answer=_plain(entry.answer)))


def _queue() -> None:
    """On PostgreSQL, wait for one's turn until the transaction may begin its work; it ends with the transaction."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITES])
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            raise Busy(f"others have been writing for {PATIENCE}; nothing was written, try again") from error


def _seal(entry: Entry, who: Access, verb: str) -> None:
    head = entry.head
    sealed = AuditEntry(
        seq=head.seq + 1,
        at=timezone.now(),
        actor=who.name,
        through=who.through,
        verb=verb,
        object=entry.subject,
        before=_plain(entry.before),
        after=_plain(entry.after),
        because=entry.because,
        previous=head.digest,
    )
    sealed.digest = digest_of(sealed)
    append(sealed)
    head.seq, head.digest = sealed.seq, sealed.digest
    moved = _moved_head.filter(pk=head.pk).update(seq=head.seq, digest=head.digest, adjustments=head.adjustments)
    assert moved == 1, "the chain has one head"
    post(sealed)


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over the canonical JSON of an entry and the digest of the one before it."""
    return _digest(
        {
            "seq": entry.seq,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "through": entry.through,
            "verb": entry.verb,
            "object": entry.object,
            "before": entry.before,
            "after": entry.after,
            "because": entry.because,
            "previous": entry.previous,
        }
    )


def _digest(value: object) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """The value as the database will give it back, so that a digest taken now can be taken again."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to write: first come, first served, on a lock file beside the SQLite database.

    Whoever has it already, in a transaction, goes on.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with (Path(settings.EQUIPOISE_HOME) / "write.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
