"""Snapshots on disk: a folder of Parquet tables with a manifest of sizes and SHA-256, published whole or not at all.

The protocol (trust.md section 1): fill a temporary folder beside the target, fsync every file and folder in it, rename
it into place, fsync the parent. Whoever is killed on the way leaves the target as it was. Readers check every byte
against the manifest first, because Parquet readers do not notice a flipped bit.
"""

import csv
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.core.dataset import DatasetHead
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding, Severity
from equipoise.core.identity import canonical_json
from equipoise.core.snapshot import FILE, LINE, Snapshot, SourceFile
from equipoise.core.tables import table
from equipoise.intake import Quarantined, correction_as_json, correction_of_json

MANIFEST = "manifest.json"
FORMAT = 1
SYNCS_AT_ONCE = 8
PENDING = ".pending-"
"""Names of unfinished folders begin so; one that is left after a kill may be deleted."""


class SnapshotExists(EquipoiseError):
    """The folder already holds something else; a sealed snapshot is never overwritten."""


class NotWritten(EquipoiseError):
    """The disk refused: it is full or it failed. Nothing of the folder is left."""


class SnapshotDamaged(EquipoiseError):
    """A file of the snapshot is missing or is not what was sealed; the message names it."""


def publish_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Create folder `target` with what `fill` writes, whole or not at all.

    `fill` is given an empty folder beside the target. If it raises, nothing is left behind. Raises SnapshotExists if
    the target is not empty, and NotWritten if the disk refuses; a failed fsync is never tried again, for the system
    may have dropped what it could not write.
    """
    try:
        _publish_folder(target, fill)
    except OSError as error:
        why = error.strerror or str(error)
        raise NotWritten(
            f"{target.name} could not be written: {why}. Nothing of it is left; free space or mend the disk, try again"
        ) from error


def _publish_folder(target: Path, fill: Callable[[Path], None]) -> None:
    parent = target.parent
    parent.mkdir(parents=True, exist_ok=True)
    pending = Path(tempfile.mkdtemp(prefix=f"{PENDING}{target.name}-", dir=parent))
    try:
        fill(pending)
        _sync_tree(pending)
        pending.chmod(0o755)  # mkdtemp keeps folders to oneself
        try:
            pending.rename(target)  # replaces an empty folder, fails on any other
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            raise SnapshotExists(f"{target.name} already holds other files; choose another folder") from error
    except BaseException:
        shutil.rmtree(pending, ignore_errors=True)
        raise
    try:
        sync(parent)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)  # or a second try would take it for durable
        raise


def _sync_tree(folder: Path) -> None:
    """Files before folders; several at once, because the disk commits together what waits together."""
    found = list(folder.rglob("*"))
    with ThreadPoolExecutor(SYNCS_AT_ONCE) as pool:
        list(pool.map(sync, (path for path in found if path.is_file())))
        list(pool.map(sync, (folder, *(path for path in found if path.is_dir()))))


def sync(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_manifest(folder: Path, **facts: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write manifest.json: `facts`, and size and SHA-256 of every other file in the folder."""
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        files[path.relative_to(folder).as_posix()] = {"size": path.stat().st_size, "sha256": _sha256(path)}
    (folder / MANIFEST).write_bytes(canonical_json({"format": FORMAT, **facts, "files": files}))


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest, once every file it names has its size and SHA-256; SnapshotDamaged names the first that has not."""
    manifest = _json(folder / MANIFEST)
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or not isinstance(manifest.get("files"), dict)
    ):
        raise SnapshotDamaged(f"{MANIFEST} is no manifest of format {FORMAT}; gather the snapshot again")
    place = folder.resolve()
    for name, sealed in sorted(manifest["files"].items()):
        _check_file(place, name, sealed if isinstance(sealed, dict) else {})
    return manifest


def _check_file(folder: Path, name: str, sealed: Mapping[str, Any]) -> None:
    path = folder / name
    if not path.resolve().is_relative_to(folder) or not path.is_file():
        raise SnapshotDamaged(f"{name} is missing; restore the folder or gather the snapshot again")
    size = path.stat().st_size
    if size != sealed.get("size"):
        raise SnapshotDamaged(f"{name} has {size} bytes, {sealed.get('size')} were sealed; restore the folder")
    if _sha256(path) != sealed.get("sha256"):
        raise SnapshotDamaged(f"{name} is not what was sealed: its SHA-256 differs; restore the folder")


def _sha256(path: Path) -> str:
    """Of a file's bytes, in hex; read in pieces, for one may be larger than memory has room for."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_snapshot(snapshot: Snapshot, folder: Path | str, *, quarantine: Iterable[Quarantined] = ()) -> None:
    """Publish the snapshot as `folder`. The same snapshot again does nothing; another raises SnapshotExists."""
    target = Path(folder)
    if (target / MANIFEST).is_file():
        held = read_manifest(target).get("id")
        if held != snapshot.id:
            raise SnapshotExists(
                f"{target.name} holds snapshot {str(held)[:12]}, not {snapshot.id[:12]}; choose another"
            )
        return
    rows = tuple(quarantine)

    def fill(place: Path) -> None:
        (place / "head.json").write_bytes(canonical_json(_facts_as_json(snapshot)))
        (place / "tables").mkdir()
        (place / "lineage").mkdir()
        for name, frame in snapshot.tables.items():
            traced = snapshot.traced(name)
            ordered = traced.sort([*frame.columns, *traced.columns[frame.width :]], nulls_last=True)
            sealed = ordered.select(frame.columns)
            sealed.write_parquet(place / "tables" / f"{name}.parquet", compression="zstd", statistics=True)
            if ordered.width > frame.width:
                places = ordered.select(FILE, LINE)
                places.write_parquet(place / "lineage" / f"{name}.parquet", compression="zstd", statistics=False)
        (place / "findings.json").write_bytes(canonical_json([finding_as_json(f) for f in snapshot.findings]))
        _write_quarantine(place / "quarantine.csv", rows)
        write_manifest(place, id=snapshot.id, kind="snapshot")

    try:
        publish_folder(target, fill)
    except SnapshotExists:  # somebody else may have published the same meanwhile
        if not (target / MANIFEST).is_file() or read_manifest(target).get("id") != snapshot.id:
            raise


def read_snapshot(folder: Path | str) -> Snapshot:
    """The snapshot in `folder`, checked byte for byte; SnapshotDamaged names the file that is not what was sealed."""
    place = Path(folder)
    manifest = read_manifest(place)
    names = sorted(name for name in manifest["files"] if name.startswith("tables/") and name.endswith(".parquet"))
    try:
        tables = {table(Path(name).stem).name: pl.read_parquet(place / name) for name in names}
        traced = [name for name in tables if f"lineage/{name}.parquet" in manifest["files"]]
        lineage = {name: pl.read_parquet(place / "lineage" / f"{name}.parquet") for name in traced}
        snapshot = _snapshot_of(_json(place / "head.json"), _json(place / "findings.json"), tables, lineage)
    except (EquipoiseError, pl.exceptions.PolarsError, LookupError, TypeError, ValueError) as error:
        raise SnapshotDamaged(f"{place.name} was not sealed by this format: {error}") from error
    if snapshot.id != manifest.get("id"):
        sealed = str(manifest.get("id"))[:12]
        raise SnapshotDamaged(f"{MANIFEST} names snapshot {sealed} but the tables are {snapshot.id[:12]}")
    return snapshot


def _snapshot_of(
    head: Mapping[str, Any],
    findings: list[Any],
    tables: Mapping[str, pl.DataFrame],
    lineage: Mapping[str, pl.DataFrame],
) -> Snapshot:
    return Snapshot(
        head_of_json(head["head"]),
        tables,
        tuple(finding_of_json(given) for given in findings),
        tuple(SourceFile(**source) for source in head["sources"]),
        head["label"],
        head["taken_by"],
        head["taken_at"],
        lineage,
        tuple(correction_of_json(given, "head.json") for given in head.get("corrections", [])),
        {name: date.fromisoformat(day) for name, day in head.get("carried", {}).items()},
    )


def _json(path: Path) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise SnapshotDamaged(f"{path.name} is missing; this is no sealed folder") from error
    except ValueError as error:
        raise SnapshotDamaged(f"{path.name} is no JSON; restore the folder or gather the snapshot again") from error


def head_as_json(head: DatasetHead) -> dict[str, Any]:
    """The head of a dataset as it is stored."""
    return {
        "name": head.name,
        "currency": head.currency,
        "bucket": head.bucket,
        "start": head.start,
        "horizon": head.horizon,
        "as_of": head.as_of,
        "history_to": head.history_to,
        "fiscal_year_start": head.fiscal_year_start,
        "week_start": head.week_start,
        "volume_uom": head.volume_uom,
        "policy": dict(head.policy),
    }


def _facts_as_json(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "head": head_as_json(snapshot.head),
        "sources": [{"name": s.name, "digest": s.digest, "rows": s.rows} for s in snapshot.sources],
        "label": snapshot.label,
        "taken_by": snapshot.taken_by,
        "taken_at": snapshot.taken_at,
        "corrections": [correction_as_json(correction) for correction in snapshot.corrections],
        "carried": dict(snapshot.carried),
    }


def head_of_json(given: Mapping[str, Any]) -> DatasetHead:
    """The head that `head_as_json` stored."""
    fiscal = given["fiscal_year_start"]
    return DatasetHead.of(
        name=given["name"],
        currency=given["currency"],
        bucket=given["bucket"],
        start=date.fromisoformat(given["start"]),
        horizon=given["horizon"],
        as_of=date.fromisoformat(given["as_of"]),
        history_to=date.fromisoformat(given["history_to"]),
        fiscal_year_start=fiscal if isinstance(fiscal, str) else tuple(date.fromisoformat(day) for day in fiscal),
        week_start=given["week_start"],
        volume_uom=given["volume_uom"],
        policy=given["policy"],
    )


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """A finding with the money at stake, as it is stored."""
    return {**finding.as_json(), "amount": finding.amount}


def finding_of_json(given: Mapping[str, Any]) -> Finding:
    """The finding that `finding_as_json` stored."""
    return Finding(
        given["code"],
        Severity(given["severity"]),
        given["where"],
        given["message"],
        given["remedy"],
        given["count"],
        given["amount"],
    )


def _write_quarantine(path: Path, rows: tuple[Quarantined, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["table", "file", "line", "code", "reason", "values"])
        for row in rows:
            values = json.dumps(dict(row.values), ensure_ascii=False)
            writer.writerow([row.table, row.file, row.line, row.code, row.reason, values])
