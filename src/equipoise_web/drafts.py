"""The month's draft and delivered files on disk.

HOME/drafts/ID/0 and /1   contents of the draft (equipoise.store_drafts): version V lies in V modulo 2
HOME/drafts/ID/job-N/     where job N reads files; may be deleted
HOME/deliveries/SHA256    files as they were delivered, under their digest

The row in the database names the version and is the commit: the next version is written beside the one that stands, so
that whoever is killed on the way leaves the draft as it was. Writers stand in the write door. A first month's draft to
which nothing was delivered has no contents yet.
"""

import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction

from equipoise.core.correction import Correction
from equipoise.core.identity import canonical_json
from equipoise.intake import Draft, correction_as_json
from equipoise.store import sync
from equipoise.store_drafts import FILE_NAME, read_draft, write_draft

OPEN_DRAFTS = 2
"""Versions that stay open."""
_open: "OrderedDict[tuple[Path, int], Draft]" = OrderedDict()
_lock = threading.Lock()


def drafts_folder(draft: int) -> Path:
    """Where all of one draft lies."""
    return Path(settings.EQUIPOISE_HOME) / "drafts" / str(draft)


def contents_folder(draft: int, version: int) -> Path:
    """Where a version's contents lie."""
    return drafts_folder(draft) / str(version % 2)


def has_contents(draft: int, version: int) -> bool:
    """False for a first month's draft to which nothing was delivered."""
    return (contents_folder(draft, version) / FILE_NAME).is_file()


def open_contents(draft: int, version: int) -> Draft | None:
    """The contents of a version, which never change; None where nothing was delivered yet."""
    place = contents_folder(draft, version)
    with _lock:
        if (place, version) in _open:
            _open.move_to_end((place, version))
            return _open[place, version]
    if not has_contents(draft, version):
        return None
    read = read_draft(place)
    _keep_open(place, version, read)
    return read


def begin_contents(draft: int, version: int, contents: Draft | None) -> None:
    """Contents of a draft that was just opened; what another of its number left is removed."""
    shutil.rmtree(drafts_folder(draft), ignore_errors=True)
    with _lock:
        for known in [key for key in _open if key[0].parent == drafts_folder(draft)]:
            del _open[known]
    if contents is not None:
        keep_contents(draft, version, contents)


def keep_contents(draft: int, version: int, contents: Draft) -> None:
    """Write a version beside the one that stands; it counts once the caller's transaction does."""
    place = contents_folder(draft, version)
    write_draft(contents, place)
    transaction.on_commit(lambda: _keep_open(place, version, contents))


def take_contents(draft: int, version: int, staged: Path | None) -> None:
    """The same for contents that were written to `staged` by somebody else; None leaves the version without any."""
    place = contents_folder(draft, version)
    shutil.rmtree(place, ignore_errors=True)
    if staged is not None:
        staged.replace(place)
        sync(place.parent)


def _keep_open(place: Path, version: int, contents: Draft) -> None:
    with _lock:
        _open[place, version] = contents
        while len(_open) > OPEN_DRAFTS:
            _open.popitem(last=False)


def id_of(correction: Correction) -> str:
    """A short name of a correction: a digest of all that it says."""
    return sha256(canonical_json(correction_as_json(correction))).hexdigest()[:16]


def delivered_file(digest: str) -> Path:
    """Where a delivered file lies."""
    return Path(settings.EQUIPOISE_HOME) / "deliveries" / digest


def keep_file(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Keep a file under the SHA-256 of its bytes; returns that and its size. The same file again is one file."""
    place = Path(settings.EQUIPOISE_HOME) / "deliveries"
    place.mkdir(parents=True, exist_ok=True)
    handle, pending = tempfile.mkstemp(prefix=".pending-", dir=place)
    try:
        digest, size = sha256(), 0
        with os.fdopen(handle, "wb") as stream:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        Path(pending).replace(place / digest.hexdigest())
    except BaseException:
        Path(pending).unlink(missing_ok=True)
        raise
    sync(place)
    return digest.hexdigest(), size
