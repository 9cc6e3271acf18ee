"""Deliver files to the draft: keep them under their digest, and ask for them to be read.

Files come from people and are not trusted: nothing of them is parsed here. A job reads them in a child process with
limits (`jobs/deliver_to_draft.py`), and what is read is taken into the draft by `take_delivery`.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import Entry, NotFound, door
from equipoise_web.actions.open_draft import unsealed
from equipoise_web.drafts import delivered_file, keep_file
from equipoise_web.records.models import DeliveryRecord, Job

READ = (".csv", ".parquet", ".xlsx", ".zip", ".toml")
"""Kinds of file that can be delivered; a .toml is the head, dataset.toml."""
ALONE = (".xlsx", ".zip")
"""Kinds that are a delivery by themselves; files of the others are delivered together."""
MOST_BYTES = 200_000_000
"""Of all files of one delivery."""
MOST_FILES = 100
LONGEST_NAME = 200
MOST_MAPPING = 200_000
"""Characters of a mapping file."""


class FileRefused(EquipoiseError):
    """A file that is not even kept: its kind, name or size says that it is no planning data."""


@dataclass(frozen=True)
class Kept:
    """A file that lies in HOME/deliveries."""

    name: str
    digest: str
    bytes: int


def keep_files(who: Access, files: "Sequence[UploadedFile[Any]]") -> tuple[Kept, ...]:
    """Keep what was sent: each workbook and archive by itself, all other files together as one archive of them.

    Raises FileRefused, which names the file, and then keeps none.
    """
    who.require_whole(Right.GATHER)
    return tuple(_kept(each) for each in _deliveries(files))


def keep_delivery(who: Access, files: "Sequence[UploadedFile[Any]]") -> Kept:
    """Keep what was sent as one delivery: a workbook, an archive, or other files that are read together.

    Raises FileRefused, and then keeps nothing.
    """
    who.require_whole(Right.GATHER)
    found = _deliveries(files)
    if len(found) > 1:
        first = next(name for each in found for name, _ in each if name.lower().endswith(ALONE))
        raise FileRefused(f"these files are {len(found)} deliveries; send {first} by itself")
    return _kept(found[0])


def _deliveries(files: "Sequence[UploadedFile[Any]]") -> "list[list[tuple[str, UploadedFile[Any]]]]":
    """Files by delivery, each with its bare name; FileRefused says what is wrong with one, or with all together."""
    if not files:
        raise FileRefused("no file was chosen; choose a workbook, or CSV files named by their tables")
    if len(files) > MOST_FILES:
        raise FileRefused(f"{len(files)} files are too many at once; {MOST_FILES} is the limit")
    named = [(_safe_name(file), file) for file in files]
    total = sum(file.size or 0 for file in files)
    if total > MOST_BYTES:
        raise FileRefused(f"the files hold {total:,} bytes; {MOST_BYTES:,} is the limit of one delivery")
    names = [name.lower() for name, _ in named]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise FileRefused(f"two files are called {twice}; rename one of them")
    alone = [[pair] for pair in named if pair[0].lower().endswith(ALONE)]
    others = [pair for pair in named if not pair[0].lower().endswith(ALONE)]
    return [*alone, others] if others else alone


def _kept(files: "Sequence[tuple[str, UploadedFile[Any]]]") -> Kept:
    if len(files) > 1:
        return _packed(files)
    ((name, file),) = files
    return Kept(name, *keep_file(file.chunks()))


def _safe_name(file: "UploadedFile[Any]") -> str:
    """The bare name of a file; FileRefused says why it cannot be one of ours."""
    name = re.split(r"[/\\]", file.name or "")[-1].strip()
    if not name or name.startswith((".", "~$")) or re.search(r"[\x00-\x1f\x7f]", name) or len(name) > LONGEST_NAME:
        raise FileRefused(f"{name[:60]!r} is no name of a planning file; rename it, such as sales_history.csv")
    if not name.lower().endswith(READ):
        raise FileRefused(f"{name} is of a kind that is not read; save it as one of {', '.join(READ)}")
    if not file.size:
        raise FileRefused(f"{name} is empty; export it again")
    return name


def _packed(files: "Sequence[tuple[str, UploadedFile[Any]]]") -> Kept:
    """Files that are read together, as one archive; the same files give the same bytes."""
    ordered = sorted(files, key=lambda pair: pair[0])
    with tempfile.TemporaryFile() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            for name, file in ordered:
                member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
                with archive.open(member, "w", force_zip64=True) as into:
                    for piece in file.chunks():
                        into.write(piece)
        stream.seek(0)
        digest, size = keep_file(_pieces(stream))
    names = ", ".join(name for name, _ in ordered[:3])
    more = f" and {len(ordered) - 3} more" if len(ordered) > 3 else ""
    return Kept(f"{names}{more}"[:LONGEST_NAME], digest, size)


def _pieces(stream: Any) -> Iterator[bytes]:  # noqa: ANN401 - any binary file
    while piece := stream.read(1 << 20):
        yield piece


def deliver_file(
    who: Access,
    draft: int,
    file: Kept,
    *,
    mapping: str = "",
    is_append: bool = False,
    is_preview: bool = False,
    key: str = "",
) -> dict[str, Any]:
    """Ask for a kept file to be read into the draft, or only to be looked at; returns {job}.

    `mapping` is the text of a mapping file, blank for our own layout. With `is_append` the rows of every table in it
    are added to those that stand; otherwise they replace them.
    """
    who.require_whole(Right.GATHER)
    if len(mapping) > MOST_MAPPING:
        raise FileRefused(f"the mapping has {len(mapping):,} characters; {MOST_MAPPING:,} is the limit")
    if re.search(r"\0|\\u0000|\\U00000000", mapping):
        raise FileRefused("the mapping holds the character zero, so it is no text; save it as UTF-8")
    if not re.fullmatch(r"[0-9a-f]{64}", file.digest) or not delivered_file(file.digest).is_file():
        raise NotFound(f"{file.name} is no longer kept here; send it again")
    question = {
        "draft": draft,
        "name": file.name,
        "digest": file.digest,
        "bytes": delivered_file(file.digest).stat().st_size,
        "mapping": mapping,
        "is_append": is_append,
        "is_preview": is_preview,
        "undo": 0,
    }
    told = {name: value for name, value in question.items() if name != "mapping"}
    if mapping:
        told["mapping"] = sha256(mapping.encode()).hexdigest()
    with door(who, "preview_file" if is_preview else "deliver_file", key=key, asked=told) as entry:
        if entry.repeat is None:
            _ask(who, entry, question, told)
    found: dict[str, Any] = entry.answer
    return found


def undo_delivery(who: Access, delivery: int, *, draft: int | None = None, key: str = "") -> dict[str, Any]:
    """Ask for the draft without a delivery, made anew from all others; returns {job}.

    Where `draft` is given, the delivery must be one of it.
    """
    who.require_whole(Right.GATHER)
    with door(who, "undo_delivery", key=key, asked={"undo": delivery}) as entry:
        if entry.repeat is None:
            stands = DeliveryRecord.objects.filter(pk=delivery, undone_at__isnull=True)
            record = stands.first() if draft is None else stands.filter(draft=draft).first()
            if record is None:
                where = "" if draft is None else f" of draft {draft}"
                raise NotFound(f"there is no delivery {delivery}{where}, or it was taken out already")
            of: int = record.draft_id  # type: ignore[attr-defined]
            question = {"draft": of, "name": record.name, "undo": delivery, "is_preview": False}
            _ask(who, entry, question, question)
    found: dict[str, Any] = entry.answer
    return found


def _ask(who: Access, entry: Entry, question: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Queue the job, unless the same one waits or runs already; `told` is what the audit chain keeps of it."""
    unsealed(int(question["draft"]))
    waiting = Job.objects.filter(kind="deliver", question=question, state__in=(Job.QUEUED, Job.RUNNING)).first()
    job = waiting or Job.objects.create(kind="deliver", question=question, asked_by_id=who.person or None)
    entry.tell(f"draft:{question['draft']}", after=told, answer={"job": job.pk})
