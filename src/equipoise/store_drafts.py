"""A draft on disk: what it was given, kept so that whoever is killed on the way leaves the last whole draft.

    DIR/draft.json               head, corrections, deliveries with their sources, findings and broken rows
    DIR/deliveries/SHA256.parquet   rows of one delivery as text, named by their digest

Rows are written under names of their own, each tmp → fsync → rename. `draft.json` is written last and the same way: its
rename is the commit. Rows that no draft.json names any more are deleted after it; what a killed writer left is
deleted by the next one. One writer at a time: the caller's lock (the web application has one draft a month).
"""

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.core.identity import canonical_json
from equipoise.core.snapshot import SourceFile
from equipoise.core.tables import table
from equipoise.intake import (
    CODES,
    BrokenRow,
    Delivery,
    Draft,
    Given,
    assemble,
    correction_as_json,
    correction_of_json,
)
from equipoise.store import (
    PENDING,
    SnapshotDamaged,
    finding_as_json,
    finding_of_json,
    head_as_json,
    head_of_json,
    sync,
)

FILE_NAME = "draft.json"
ROWS = "deliveries"
FORMAT = 1


class DraftDamaged(SnapshotDamaged):
    """A draft whose files are missing or are not what was written; the message names the file."""


def write_draft(draft: Draft, folder: Path | str) -> None:
    """Keep the draft in `folder`, in place of the one that is there, whole or not at all."""
    place = Path(folder)
    (place / ROWS).mkdir(parents=True, exist_ok=True)
    given = draft.given
    named = {name: [_kept(delivery, place) for delivery in given.deliveries[name]] for name in sorted(given.deliveries)}
    sync(place / ROWS)
    contents = {
        "format": FORMAT,
        "head": head_as_json(draft.head),
        "deliveries": named,
        "corrections": [correction_as_json(correction) for correction in given.corrections],
        "carried": dict(given.carried),
        "notes": [finding_as_json(finding) for finding in given.notes],
    }
    _write(place / FILE_NAME, canonical_json({"sha256": _digest(contents), **contents}))
    sync(place.parent)
    wanted = {f"{entry['rows']}.parquet" for entries in named.values() for entry in entries}
    left = [path for path in (place / ROWS).iterdir() if path.name not in wanted]
    for path in sorted([*left, *place.glob(f"{FILE_NAME}{PENDING}*")]):
        path.unlink()


def read_draft(folder: Path | str) -> Draft:
    """The draft in `folder`; DraftDamaged names the file that is not what was written."""
    place = Path(folder)
    try:
        contents = json.loads((place / FILE_NAME).read_bytes())
    except OSError as error:
        raise DraftDamaged(f"{place.name} holds no {FILE_NAME}; begin a draft there first") from error
    except ValueError as error:
        raise DraftDamaged(f"{FILE_NAME} of {place.name} is no JSON; restore the folder") from error
    if not isinstance(contents, dict) or contents.pop("sha256", "") != _digest(contents):
        raise DraftDamaged(f"{FILE_NAME} of {place.name} is not what was written; restore the folder")
    if contents.get("format") != FORMAT:
        raise DraftDamaged(f"{FILE_NAME} of {place.name} is of format {contents.get('format')}, not {FORMAT}")
    stacks = {
        table(name).name: tuple(_delivery(entry, place) for entry in entries)
        for name, entries in contents["deliveries"].items()
    }
    given = Given(
        stacks,
        tuple(correction_of_json(entry, FILE_NAME) for entry in contents["corrections"]),
        {name: date.fromisoformat(day) for name, day in contents["carried"].items()},
        tuple(finding_of_json(entry) for entry in contents["notes"]),
    )
    return assemble(head_of_json(contents["head"]), given)


def _digest(contents: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(contents)).hexdigest()


def _kept(delivery: Delivery, place: Path) -> dict[str, Any]:
    """The delivery as an entry of draft.json; its rows are on disk when this returns."""
    buffer = io.BytesIO()
    delivery.rows.write_parquet(buffer, compression="zstd", statistics=False)
    data = buffer.getvalue()
    digest = hashlib.sha256(data).hexdigest()
    path = place / ROWS / f"{digest}.parquet"
    if not path.is_file() or path.stat().st_size != len(data):
        _write(path, data)
    return {
        "rows": digest,
        "broken": [
            {"file": file, "line": row.line, "code": row.code.code, "reason": row.reason, "values": dict(row.values)}
            for file, row in delivery.broken
        ],
        "files": list(delivery.files),
        "sources": [{"name": s.name, "digest": s.digest, "rows": s.rows} for s in delivery.sources],
        "findings": [finding_as_json(finding) for finding in delivery.findings],
        "is_appended": delivery.is_appended,
        "is_carried": delivery.is_carried,
    }


def _delivery(entry: Mapping[str, Any], place: Path) -> Delivery:
    path = place / ROWS / f"{entry['rows']}.parquet"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DraftDamaged(f"{ROWS}/{path.name} is missing; deliver the table again") from error
    if hashlib.sha256(data).hexdigest() != entry["rows"]:
        raise DraftDamaged(f"{ROWS}/{path.name} is not what was written: its SHA-256 differs")
    try:
        rows = pl.read_parquet(io.BytesIO(data))
    except pl.exceptions.PolarsError as error:
        raise DraftDamaged(f"{ROWS}/{path.name} is no Parquet file: {error}") from error
    return Delivery(
        rows,
        tuple(
            (row["file"], BrokenRow(row["line"], CODES[row["code"]], row["reason"], row["values"]))
            for row in entry["broken"]
        ),
        tuple(entry["files"]),
        tuple(SourceFile(**source) for source in entry["sources"]),
        tuple(finding_of_json(finding) for finding in entry["findings"]),
        entry["is_appended"],
        entry["is_carried"],
    )


def _write(path: Path, data: bytes) -> None:
    """`path` with these bytes, or as it was: tmp → fsync → rename → fsync of the folder."""
    handle, pending = tempfile.mkstemp(prefix=f"{path.name}{PENDING}", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(pending).chmod(0o644)
        Path(pending).replace(path)
    except BaseException:
        Path(pending).unlink(missing_ok=True)
        raise
    sync(path.parent)
