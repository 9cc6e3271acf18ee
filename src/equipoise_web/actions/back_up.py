"""Back up a home folder into one tar, and put it back with proof.

First the database (as of one moment, by SQLite's backup interface), then the files: they are immutable and stand before
their row does, so every file that the copied rows name is there, however many write meanwhile. Left out is what can be
made again (the shelf) and what was never finished. `backup.json`, written last, holds the SHA-256 of every file and the
end of the audit chain. A backup holds the installation's secret and its people: it is readable by its owner only.
"""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from equipoise.core.errors import EquipoiseError
from equipoise.core.identity import canonical_json
from equipoise.store import PENDING, publish_folder, sync
from equipoise_web.home import LAST_BACKUP

DATABASE = "equipoise.sqlite3"
LIST = "backup.json"
LEFT_OUT = ("shelf", "workbooks", "write.lock", LAST_BACKUP, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")
CHUNK = 1 << 20


class WrongBackup(EquipoiseError):
    """A backup that cannot be written, or one that is not what was backed up; the message names the file."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: files (and their bytes), entries of the audit chain and the digest that it ends in."""

    files: int
    bytes: int
    entries: int
    digest: str
    has_database: bool


def back_up(home: Path, out: Path) -> Backup:
    """Write the home into the new file `out`, whole or not at all. Raises WrongBackup."""
    if out.exists():
        raise WrongBackup(f"{out.name} is there already; name a new file, a backup overwrites nothing")
    if not home.is_dir():
        raise WrongBackup(f"{home.name} is no home folder")
    pending = out.with_name(f"{PENDING}{out.name}")
    try:
        with os.fdopen(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            found = _write(home, file)
        sync(pending)
        os.link(pending, out)  # unlike a rename, refuses if somebody else was faster
        sync(out.parent)
    except OSError as error:
        raise WrongBackup(
            f"{out.name} could not be written: {error.strerror or error}; nothing is left of it"
        ) from error
    finally:
        pending.unlink(missing_ok=True)
    return found


def note_backup(home: Path, made: Backup) -> None:
    """Keep in the home when it was backed up last: administrators are told. OSError where the home is read-only."""
    pending = home / f"{PENDING}{LAST_BACKUP}"
    pending.write_bytes(canonical_json({"format": 1, "at": datetime.now(UTC).isoformat(), **asdict(made)}))
    sync(pending)
    pending.replace(home / LAST_BACKUP)
    sync(home)


def _write(home: Path, file: IO[bytes]) -> Backup:
    listed: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=file, mode="w|") as tar:
        end = (0, "")
        copied = Path(folder) / DATABASE
        if (home / DATABASE).is_file():
            _copy_database(home / DATABASE, copied)
            end = _end_of_chain(copied)
            listed[DATABASE] = _add(tar, copied, DATABASE)
        for path in _files(home):
            name = path.relative_to(home).as_posix()
            listed[name] = _add(tar, path, name)
        text = canonical_json({"format": 1, "files": listed, "entries": end[0], "digest": end[1]})
        about = tarfile.TarInfo(LIST)
        about.size, about.mode = len(text), 0o600
        tar.addfile(about, io.BytesIO(text))
    total = sum(int(str(each["size"])) for each in listed.values())
    return Backup(len(listed), total, *end, DATABASE in listed)


def _files(home: Path) -> Iterator[Path]:
    """Files to keep, in order; what is left out is not even looked into, for others make and remove folders there."""
    found = []
    for folder, below, names in os.walk(home):
        is_top = Path(folder) == home
        below[:] = [name for name in below if _is_kept(name, is_top=is_top)]
        found += [Path(folder, name) for name in names if _is_kept(name, is_top=is_top)]
    yield from (path for path in sorted(found) if path.is_file())


def _is_kept(name: str, *, is_top: bool) -> bool:
    return not name.startswith(PENDING) and not (is_top and name in LEFT_OUT)


def _copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    faults = _integrity(target)
    if faults != "ok":
        raise WrongBackup(f"the database is damaged: {faults}; restore an older backup")


def _integrity(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def _end_of_chain(database: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(database)) as connection:
        seq, digest = connection.execute("SELECT seq, digest FROM records_audithead").fetchone()
    return int(seq), str(digest)


def _add(tar: tarfile.TarFile, path: Path, name: str) -> dict[str, object]:
    """Read once: what is hashed is what is stored, also of a file that is written to meanwhile."""
    data = path.read_bytes()
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(data), 0o600
    tar.addfile(about, io.BytesIO(data))
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def restore(archive: Path, home: Path) -> Backup:
    """Make the new folder `home` of a backup, whole or not at all, once every byte is what was backed up.

    Raises WrongBackup, also if the folder holds something. What the bytes mean is `verify_home`'s to say.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise WrongBackup(f"{home.name} holds something already; restore into a new folder")
    found: list[Backup] = []
    publish_folder(home, lambda place: found.append(_unpack(archive, place)))
    return found[0]


def _unpack(archive: Path, place: Path) -> Backup:
    held: dict[str, dict[str, object]] = {}
    listed = None
    try:
        with tarfile.open(archive, mode="r|") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is None:
                    raise WrongBackup(
                        f"{archive.name} holds {member.name!r}, which is no file; it is no backup of ours"
                    )
                if member.name == LIST:
                    listed = json.loads(file.read())
                else:
                    held[member.name] = _put(file, _place(place, member.name))
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise WrongBackup(f"{archive.name} cannot be read to its end: {error}; take another backup") from error
    if not isinstance(listed, dict) or listed.get("format") != 1:
        raise WrongBackup(f"{archive.name} has no {LIST}: it was cut off, or is no backup; take another one")
    for name in sorted({*held, *listed["files"]}):
        if held.get(name) != listed["files"].get(name):
            raise WrongBackup(f"{name} is not what was backed up; take another backup")
    has_database = DATABASE in held
    if has_database and (faults := _integrity(place / DATABASE)) != "ok":
        raise WrongBackup(f"{DATABASE} is damaged: {faults}; take another backup")
    total = sum(int(str(each["size"])) for each in held.values())
    return Backup(len(held), total, listed["entries"], listed["digest"], has_database)


def _place(place: Path, name: str) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise WrongBackup(f"{name!r} would lie outside the home; this is no backup of ours")
    return place.joinpath(*path.parts)


def _put(file: IO[bytes], path: Path) -> dict[str, object]:
    path.parent.mkdir(parents=True, exist_ok=True)
    size, digest = 0, hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while chunk := file.read(CHUNK):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"size": size, "sha256": digest.hexdigest()}
