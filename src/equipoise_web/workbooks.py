"""Planning workbooks between their upload and what is accepted of them: what was read, never the file itself.

HOME/workbooks/PERSON/ID.json   {name, at, ticket, changes}

A person keeps a few, for a day; they are that person's alone. Losing one loses nothing that the person does not have
in the workbook, so no row of the database names them and no backup needs them.
"""

import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

KEPT = 5
"""Uploads of a person; the oldest makes room."""
SECONDS = 24 * 3600
"""How long one is kept."""
_NAME = re.compile(r"[0-9a-f]{24}")


def keep_workbook(person: int, contents: Mapping[str, Any]) -> str:
    """Keep what was read; returns its id. What is too old goes, whoever it was of."""
    sweep_workbooks()
    place = _folder(person)
    place.mkdir(parents=True, exist_ok=True)
    for old in _newest_first(place)[KEPT - 1 :]:
        old.unlink(missing_ok=True)
    id = secrets.token_hex(12)
    _write(place, id, contents)
    return id


def change_workbook(person: int, id: str, contents: Mapping[str, Any]) -> None:
    """Put something else in the place of one that is kept."""
    if _file(person, id) is not None:
        _write(_folder(person), id, contents)


def open_workbook(person: int, id: str) -> dict[str, Any] | None:
    """What was kept; None where that person keeps none of that id, or not any more."""
    path = _file(person, id)
    if path is None:
        return None
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def kept_workbooks(person: int) -> list[tuple[str, dict[str, Any]]]:
    """Id and contents of those that a person keeps, the newest first."""
    found = ((path.stem, open_workbook(person, path.stem)) for path in _newest_first(_folder(person)))
    return [(id, contents) for id, contents in found if contents is not None]


def sweep_workbooks(*, now: float | None = None) -> None:
    """Let go what was kept long enough."""
    end = (time.time() if now is None else now) - SECONDS
    for path in _home().glob("*/*"):
        if path.stat().st_mtime < end:
            path.unlink(missing_ok=True)


def _home() -> Path:
    return Path(settings.EQUIPOISE_HOME) / "workbooks"


def _folder(person: int) -> Path:
    return _home() / str(int(person))


def _file(person: int, id: str) -> Path | None:
    path = _folder(person) / f"{id}.json"
    if not _NAME.fullmatch(id) or not path.is_file():
        return None
    return None if path.stat().st_mtime < time.time() - SECONDS else path


def _newest_first(place: Path) -> list[Path]:
    return sorted(place.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)


def _write(place: Path, id: str, contents: Mapping[str, Any]) -> None:
    """Whole or not at all: whoever is killed on the way leaves a file that the sweep takes."""
    handle, pending = tempfile.mkstemp(prefix=".pending-", dir=place)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(contents, stream)
    Path(pending).replace(place / f"{id}.json")
