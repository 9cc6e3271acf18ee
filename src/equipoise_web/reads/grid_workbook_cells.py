"""The cells of a planning workbook as it came back, read in a child process: a hostile file ends the child alone."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.errors import EquipoiseError
from equipoise_web.reads.grid_workbook_ticket import WorkbookRefused

MOST_BYTES = 8_000_000
"""Of a file; a workbook with as many cells as one may hold has half of that."""
MEMORY = 4 << 30
"""Bytes of address space; the libraries alone reserve about one and a half GiB."""
SECONDS = 60
"""Of computing, and of waiting."""
STARVED = ("memory", "systemerror")
"""What an interpreter without memory says: mostly MemoryError, in the midst of an import that an error was lost."""
AT_ONCE = 2
"""Files that are read at once by one process of the server."""
KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT")
"""Of the environment; where the database is and its password, a child that reads files need not know."""
REFUSED = {
    "foreign": gettext_lazy("It is no workbook of the planning grid; download the view you work in, and edit that."),
    "nameless": gettext_lazy(
        "Its hidden row and columns are gone, so no number in it has a name; download the view again and copy your "
        "numbers into that."
    ),
    "unread": gettext_lazy("%(detail)s Save it again as .xlsx, or download the view again."),
    "large": gettext_lazy("It holds far more cells than were downloaded; delete rows and columns that are not used."),
}
_turns = threading.BoundedSemaphore(AT_ONCE)


class ReadingBusy(EquipoiseError):
    """So many files are read already that one's turn did not come in time."""


@dataclass(frozen=True)
class SheetRow:
    """A named row of the sheet; cells by the mark of their column, as `grid_workbook_child` gives them."""

    at: int
    key: str
    line: str
    label: str
    measure: str
    cells: dict[str, Any]


@dataclass(frozen=True)
class SheetRead:
    """What stands in a workbook."""

    ticket: tuple[str, ...]
    marks: frozenset[str]
    rows: tuple[SheetRow, ...]
    nameless: int
    """Rows with numbers that no hidden name belongs to."""


def read_workbook_cells(data: bytes, *, memory: int = MEMORY, seconds: int = SECONDS) -> SheetRead:
    """The named cells. WorkbookRefused for what is no planning workbook, damaged, or too much of one."""
    check_size(len(data))
    found = _read_in_child(data, memory, seconds)
    if "refused" in found:
        raise WorkbookRefused(str(REFUSED.get(found["refused"], "%(detail)s")) % found)
    rows = tuple(
        SheetRow(each["at"], each["row"], each["line"], each["label"], each["measure"], each["cells"])
        for each in found["rows"]
    )
    return SheetRead(tuple(found["ticket"]), frozenset(found["marks"]), rows, found["nameless"])


def check_size(size: int) -> None:
    """Raise WorkbookRefused for a file of more bytes than a planning workbook has."""
    if size > MOST_BYTES:
        raise WorkbookRefused(
            _("It holds %(bytes)s bytes; a planning workbook has at most %(most)s. Take pictures and other sheets out.")
            % {"bytes": f"{size:,}", "most": f"{MOST_BYTES:,}"}
        )


def _read_in_child(data: bytes, memory: int, seconds: int) -> dict[str, Any]:
    if not _turns.acquire(timeout=seconds):
        raise ReadingBusy(_("Other workbooks are being read; try again in a minute."))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "equipoise_web.reads.grid_workbook_child", str(memory), str(seconds)],
            input=data,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={name: os.environ[name] for name in KEPT if name in os.environ} | {"POLARS_MAX_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        return {"refused": "stopped", "detail": _too_much(memory, seconds)}
    finally:
        _turns.release()
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    said = done.stderr.decode(errors="replace")[-2000:]
    if done.returncode > 0 and not any(word in said.lower() for word in STARVED):
        raise RuntimeError(f"reading a workbook ended with code {done.returncode}: {said}")
    return {"refused": "stopped", "detail": _too_much(memory, seconds)}


def _too_much(memory: int, seconds: int) -> str:
    said = {"memory": memory >> 30, "seconds": seconds}
    return _("Reading it took more than %(memory)s GiB of memory or %(seconds)s seconds, and was stopped.") % said
