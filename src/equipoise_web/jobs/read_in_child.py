"""The child process that reads delivered files: `python -m equipoise_web.jobs.read_in_child WORK MEMORY SECONDS`.

It limits itself before it touches anything, knows no database and no secret, and leaves its answer in WORK:

WORK/recipe.json   what to read on top of what
WORK/stage         how far it is: a name and a part from 0 to 1
WORK/answer.json   {tables, notes, preview} or {refused: findings, preview}
WORK/draft         the new contents of the draft, unless it was refused or only looked at
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the engine is imported once the limits hold
    from equipoise.core.finding import Finding
    from equipoise.intake import Draft

FIRST_ROWS, FIRST_COLUMNS, FIRST_FILES = 6, 60, 20
"""What a preview shows of a file, and of how many files."""
REASONS = 3
"""Reasons that it names for rows that would be left out."""
MOST_MEMBERS = 1_000
MOST_INFLATED = 1_000_000_000
"""Files of an archive, and bytes of them together, counted while they are written and not as the archive says."""
_PIECE = 1 << 20
_DIES_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


def main() -> None:
    """Limit this process, then read."""
    work, memory, seconds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    _limit(memory, seconds)
    recipe = json.loads((work / "recipe.json").read_bytes())
    (work / "answer.json").write_text(json.dumps(_answer(recipe, work)), encoding="utf-8")


def _limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    os.nice(5)


def _answer(recipe: Mapping[str, Any], work: Path) -> dict[str, Any]:
    from equipoise.core.errors import EquipoiseError
    from equipoise.intake import CODES, DatasetRefused
    from equipoise.store import finding_as_json

    preview: list[dict[str, Any]] = []
    try:
        return {**_read(recipe, work, preview), "preview": preview}
    except DatasetRefused as refused:
        findings: tuple[Finding, ...] = refused.findings
    except (EquipoiseError, zipfile.BadZipFile) as error:
        findings = (CODES["IN006"].found("delivery", f"{error}."),)
    return {"refused": [finding_as_json(finding) for finding in findings], "preview": preview}


def _read(recipe: Mapping[str, Any], work: Path, preview: list[dict[str, Any]]) -> dict[str, Any]:
    """Read on top of what stands; what the last delivery brought. Raises what the engine refuses."""
    from equipoise.core.tables import TABLE_NAMES
    from equipoise.intake import carry_over, correct, correction_of_json, deliver, read_dataset
    from equipoise.store import read_snapshot
    from equipoise.store_drafts import read_draft, write_draft

    draft: Draft | None = None
    if recipe["onto"]:
        _say(work, "Opening the draft", 0.05)
        draft = read_draft(recipe["onto"])
    elif recipe["base"]:
        _say(work, "Opening last month's snapshot", 0.05)
        draft = carry_over(read_snapshot(recipe["base"]))
    before = draft
    deliveries = recipe["deliveries"]
    for number, delivery in enumerate(deliveries):
        _say(work, f"Reading {delivery['name']}", 0.1 + 0.7 * number / len(deliveries))
        before = draft
        folder = _laid_out(delivery, work / "files" / str(number))
        mapping = _mapping_of(delivery, work, number)
        if recipe["is_preview"]:
            preview += _before(folder)
        if draft is None:
            draft = read_dataset(folder, mapping)
        else:
            append = TABLE_NAMES if delivery["is_append"] else ()
            draft = deliver(draft, folder, mapping, append=append)
    if draft is None:
        return {"tables": {}, "notes": []}
    if recipe["corrections"] and not recipe["onto"]:
        draft = correct(draft, [correction_of_json(given, "draft") for given in recipe["corrections"]])
    if recipe["is_preview"]:
        preview += _after(before, draft)
    else:
        _say(work, "Keeping the draft", 0.9)
        write_draft(draft, work / "draft")
    return {"tables": _brought(before, draft), "notes": _notes(before, draft)}


def _say(work: Path, stage: str, part: float) -> None:
    pending = work / "stage.pending"
    pending.write_text(f"{part:.3f} {stage}", encoding="utf-8")
    pending.replace(work / "stage")


def _mapping_of(delivery: Mapping[str, Any], work: Path, number: int) -> Path | None:
    if not delivery["mapping"].strip():
        return None
    place = work / "mappings" / str(number) / "mapping.toml"
    place.parent.mkdir(parents=True)
    place.write_text(delivery["mapping"], encoding="utf-8")
    return place


def _laid_out(delivery: Mapping[str, Any], folder: Path) -> Path:
    """The delivered file under its own name in a folder of its own; an archive as the files in it."""
    folder.mkdir(parents=True)
    source = Path(delivery["path"])
    with source.open("rb") as stream:
        is_archive = stream.read(4) == b"PK\x03\x04" and not delivery["name"].lower().endswith(".xlsx")
    if is_archive:
        _unpack(source, folder, delivery["name"])
    else:
        _copy(source, folder / delivery["name"])
    return folder


def _copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)  # the same bytes without a copy; a home may span file systems
    except OSError:
        target.write_bytes(source.read_bytes())


def _unpack(source: Path, folder: Path, name: str) -> None:
    """Files of an archive, below `folder` whatever their names say, and no more of them than planning data can be."""
    from equipoise.intake import CODES, DatasetRefused

    def refuse(code: str, text: str) -> None:
        raise DatasetRefused([CODES[code].found(f"file {name}", text)])

    total = 0
    with zipfile.ZipFile(source) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_MEMBERS:
            refuse("IN008", f"It holds {len(members):,} files; {MOST_MEMBERS:,} is the limit.")
        for member in members:
            path = PurePosixPath(member.filename.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in member.filename or member.flag_bits & 1:
                refuse("IN006", f"Its file {member.filename[:80]!r} is encrypted or lies outside of it.")
            if any(part.startswith((".", "__MACOSX")) for part in path.parts):
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as stream, target.open("xb") as into:
                while piece := stream.read(_PIECE):
                    total += len(piece)
                    if total > MOST_INFLATED:
                        refuse("IN008", f"Its files hold more than {MOST_INFLATED:,} bytes.")
                    into.write(piece)


def _brought(before: "Draft | None", draft: "Draft") -> dict[str, Any]:
    """Rows by table of what was delivered last: rows that count, rows left out, and the files they came from."""
    return {
        name: {
            "rows": draft.tables[name].height if name in draft.tables else 0,
            "left_out": len(draft.quarantined(name)),
            "files": list(draft.given.deliveries[name][-1].files),
        }
        for name in _fresh(before, draft)
    }


def _notes(before: "Draft | None", draft: "Draft") -> list[dict[str, Any]]:
    """What was noticed about the last delivery as a whole, such as files that were not read."""
    from equipoise.store import finding_as_json

    known = () if before is None else before.given.notes
    return [finding_as_json(note) for note in draft.given.notes if note not in known]


def _fresh(before: "Draft | None", draft: "Draft") -> list[str]:
    stood = {} if before is None else before.given.deliveries
    return [
        name for name, stack in draft.given.deliveries.items() if name not in stood or stood[name][-1] is not stack[-1]
    ]


def _before(folder: Path) -> list[dict[str, Any]]:
    """First rows of every file as it was sent; a file that cannot be read so is passed over, the reading says why."""
    from equipoise.intake import DatasetRefused
    from equipoise.intake.read_dataset import origin_at

    origin = origin_at(folder)
    found = []
    for name in origin.names[:FIRST_FILES]:
        with contextlib.suppress(DatasetRefused):
            raw, _ = origin.read_table(name)
            rows = raw.frame.select(raw.columns).head(FIRST_ROWS)
            found.append(_shown("before", name, raw.columns, rows.rows(), raw.frame.height))
    return found


def _after(before: "Draft | None", draft: "Draft") -> list[dict[str, Any]]:
    """First rows of every table that they became, as text."""
    found = []
    for name in _fresh(before, draft):
        rows = draft.given.deliveries[name][-1].rows
        columns = [column for column in rows.columns if not column.startswith("@")]
        shown = rows.select(columns).head(FIRST_ROWS).rows()
        left_out = draft.quarantined(name)
        why = list(dict.fromkeys(row.reason for row in left_out))[:REASONS]
        found.append({**_shown("after", name, columns, shown, rows.height), "left_out": len(left_out), "why": why})
    return found


def _shown(
    side: str, name: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]], height: int
) -> dict[str, Any]:
    texts = [["" if cell is None else str(cell)[:200] for cell in row[:FIRST_COLUMNS]] for row in rows]
    return {"side": side, "name": name, "columns": list(columns)[:FIRST_COLUMNS], "rows": texts, "height": height}


if __name__ == "__main__":
    main()
