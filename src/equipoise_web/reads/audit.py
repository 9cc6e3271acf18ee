"""The audit chain as a page and as a file: who did what, when, to what; before and after."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Scope
from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.reads.numbers import shown
from equipoise_web.records.models import AuditEntry, AuditHead

PAGE = 50
COLUMNS = ("seq", "at", "actor", "through", "verb", "object", "before", "after", "because", "previous", "digest")
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet computes a cell that begins so (OWASP, CSV injection)."""
OF_PEOPLE = ("person:", "people:", "token:", "invitation:")
"""Objects whose entries hold no numbers of the company."""


DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
INSTANT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$")


class WrongQuestion(EquipoiseError):
    """A filter that cannot be read."""


@dataclass(frozen=True)
class AuditQuestion:
    """Which entries: of a person, a verb, an object (or all of its sort, such as `person:`), a day; from where on."""

    person: str = ""
    verb: str = ""
    object: str = ""
    day: str = ""
    below: int = 0
    """Only entries before this number; 0 is from the newest."""


@dataclass(frozen=True)
class ChangePart:
    """One field of what was changed."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class EntryPart:
    """One entry."""

    seq: str
    at: datetime
    actor: str
    through: str
    verb: str
    object: str
    shown: str
    """The object, without the end of a digest."""
    because: str
    changes: tuple[ChangePart, ...]
    is_hidden: bool
    """True where its content holds numbers and the person may see none."""
    digest: str


@dataclass(frozen=True)
class AuditPage:
    """A page of entries, what can be chosen, and where the chain ends."""

    title: str
    entries: tuple[EntryPart, ...]
    people: tuple[str, ...]
    verbs: tuple[str, ...]
    asked: AuditQuestion
    older: int | None
    """`below` of the next page, None on the last one."""
    length: int
    digest: str


def check_audit(who: Access) -> None:
    """Raises NotAllowed unless the person may read the chain: the right, on the whole company."""
    who.require(Right.AUDIT)
    if not any(held.gives(Right.AUDIT) and held.scope == Scope() and not held.measure for held in who.held):
        raise NotAllowed(_("The audit chain tells of the whole company; your role holds on a part of it."))


def read_audit(who: Access, asked: AuditQuestion) -> AuditPage:
    """Newest entries first. Raises NotAllowed, and WrongQuestion for a day that is none."""
    check_audit(who)
    found = list(_entries(asked)[: PAGE + 1])
    head = AuditHead.objects.get(pk=1)
    return AuditPage(
        title=_title(head.seq, asked),
        entries=tuple(_part(entry, may_read=who.sees_all) for entry in found[:PAGE]),
        people=tuple(AuditEntry.objects.order_by("actor").values_list("actor", flat=True).distinct()),
        verbs=tuple(AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct()),
        asked=asked,
        older=found[PAGE - 1].seq if len(found) > PAGE else None,
        length=head.seq,
        digest=head.digest,
    )


def audit_csv(who: Access, asked: AuditQuestion) -> Iterator[str]:
    """The entries asked for as CSV, oldest first, safe to open in a spreadsheet."""
    check_audit(who)
    return csv_lines(_entries(asked).order_by("seq"), may_read=who.sees_all)


def csv_lines(entries: QuerySet[AuditEntry], *, may_read: bool) -> Iterator[str]:
    """Head and one line an entry."""
    yield _line(COLUMNS)
    for entry in entries.iterator():
        is_hidden = _is_hidden(entry, may_read=may_read)
        hidden = {"before": "", "after": "", "because": ""} if is_hidden else {}
        values = {**as_json(entry), **hidden}
        yield _line([_text(values[name]) for name in COLUMNS])


def whole_chain(form: str) -> Iterator[str]:
    """Every entry as a line of `csv` or `jsonl`, for whoever holds the home folder."""
    entries = AuditEntry.objects.order_by("seq")
    if form == "csv":
        yield from csv_lines(entries, may_read=True)
    else:
        for entry in entries.iterator():
            yield json.dumps(as_json(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def as_json(entry: AuditEntry) -> dict[str, Any]:
    """An entry as the digest covers it, with its digest: what is needed to verify the chain elsewhere."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    return {**values, "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would compute.

    >>> safe_cell("=HYPERLINK(1)"), safe_cell("ann")
    ("'=HYPERLINK(1)", 'ann')
    """
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def _entries(asked: AuditQuestion) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.order_by("-seq")
    if asked.person:
        found = found.filter(actor=asked.person)
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if asked.object:
        sort = asked.object.endswith(":")
        found = found.filter(object__startswith=asked.object) if sort else found.filter(object=asked.object)
    if asked.day:
        first = datetime.combine(_day(asked.day), time(), UTC)
        found = found.filter(at__gte=first, at__lt=first + timedelta(days=1))
    return found.filter(seq__lt=asked.below) if asked.below else found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongQuestion(_("%(text)s is no day; write it as in 2026-11-25") % {"text": repr(text)}) from None


def _title(length: int, asked: AuditQuestion) -> str:
    if asked.person:
        return _("What %(person)s did") % {"person": asked.person}
    if asked.object:
        return _("What happened to %(object)s") % {"object": asked.object}
    return _("%(n)s changes, each sealed with the one before") % {"n": shown(float(length))}


def _is_hidden(entry: AuditEntry, *, may_read: bool) -> bool:
    return not may_read and not entry.object.startswith(OF_PEOPLE)


def _part(entry: AuditEntry, *, may_read: bool) -> EntryPart:
    is_hidden = _is_hidden(entry, may_read=may_read)
    return EntryPart(
        seq=shown(float(entry.seq)),
        at=entry.at,
        actor=entry.actor,
        through=entry.through,
        verb=entry.verb.replace("_", " "),
        object=entry.object,
        shown=_short(entry.object),
        because="" if is_hidden else entry.because,
        changes=() if is_hidden else tuple(_changes(entry.before, entry.after)),
        is_hidden=is_hidden and (entry.before is not None or entry.after is not None),
        digest=entry.digest,
    )


def _changes(before: Any, after: Any) -> Iterator[ChangePart]:  # noqa: ANN401 - JSON
    """Field by field; what did not change is not told."""
    old = before if isinstance(before, dict) else {"": before} if before is not None else {}
    new = after if isinstance(after, dict) else {"": after} if after is not None else {}
    for name in dict.fromkeys((*old, *new)):
        was, now = _value(old.get(name)), _value(new.get(name))
        if was != now:
            yield ChangePart(name.replace("_", " "), was, now)


def _value(value: object) -> str:
    """A value in words: lists with commas, what is empty as nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        told = {name.replace("_", " "): _value(each) for name, each in value.items() if each is not False}
        return ", ".join(f"{name} {text}" for name, text in told.items() if text)
    if isinstance(value, list):
        return "; ".join(filter(None, map(_value, value)))
    return _short(str(value))


def _short(text: str) -> str:
    """Digests by their first digits, instants to the minute; the file has them in full.

    >>> _short("plan:" + "1e4c8156" * 8), _short("2027-02-23T23:56:57.033Z"), _short("sales on North")
    ('plan:1e4c81561e4c…', '2027-02-23 23:56', 'sales on North')
    """
    return INSTANT.sub(r"\1 \2", DIGEST.sub(r"\1…", text))
