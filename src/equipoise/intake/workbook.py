"""A workbook as a dataset: a sheet per table, and sheet `dataset` with the head. Sheets are named `file/sheet`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.core.tables import TABLE_NAMES
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import FILE_NOT_READ, NOT_A_DATASET, TOO_LARGE, TWO_FILES, UNREADABLE
from equipoise.intake.head_table import head_of_rows
from equipoise.intake.readers.archive import SheetCells
from equipoise.intake.readers.csv import MAX_BYTES
from equipoise.intake.readers.raw import RawTable
from equipoise.intake.readers.xlsx import SheetRows, raw_sheet, read_workbook

HEAD_SHEET = "dataset"
SUFFIX = ".xlsx"
_REMARKS = ("help", "readme")


@dataclass(frozen=True)
class Workbook:
    """The sheets of one workbook; their rows are read when they are asked for."""

    file: str
    digest: str
    sheets: Mapping[str, tuple[SheetRows, SheetCells]]

    @staticmethod
    def at(path: Path) -> "Workbook":
        """Open the workbook; DatasetRefused where it cannot be read, or must not be."""
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise DatasetRefused([TOO_LARGE.found(f"workbook {path.name}", f"It holds {size:,} bytes.")])
            data = path.read_bytes()
        except OSError as error:
            raise DatasetRefused(
                [UNREADABLE.found(f"workbook {path.name}", f"It cannot be read: {error.strerror}.")]
            ) from error
        return Workbook(path.name, hashlib.sha256(data).hexdigest(), read_workbook(data, path.name))

    @property
    def names(self) -> tuple[str, ...]:
        """Sheets as `file/sheet`, sorted, without those that hold remarks."""
        return tuple(sorted(f"{self.file}/{sheet}" for sheet in self.sheets if not _is_remark(sheet)))

    @property
    def head_name(self) -> str:
        """The sheet of the head."""
        return next((name for name in self.names if _plain(name) == HEAD_SHEET), f"{self.file}/{HEAD_SHEET}")

    def head(self) -> Mapping[str, Any]:
        """The head in sheet `dataset`; no keys where there is no such sheet."""
        if self.head_name not in self.names:
            return {}
        rows, cells = self._sheet(self.head_name)
        for (line, _), flaw in sorted(cells.no_value.items()):
            raise DatasetRefused([UNREADABLE.found(f"file {self.head_name}", f"line {line} holds {flaw}.")])
        return head_of_rows(rows(), self.head_name)

    def no_head(self) -> Finding:
        """The workbook has no sheet `dataset`, or an empty one."""
        held = ", ".join(self.sheets) or "none"
        text = f"It has no sheet {HEAD_SHEET} with keys and values; its sheets are {held}."
        return NOT_A_DATASET.found(f"workbook {self.file}", text)

    def no_table(self, name: str) -> str:
        """The sheet that is missing."""
        return f"No sheet {name}."

    def tables(self, spoken_for: frozenset[str]) -> tuple[dict[str, str], list[Finding]]:
        """Sheets by planning table; sheets of other names are reported, empty ones passed over."""
        found: dict[str, str] = {}
        findings: list[Finding] = []
        for name in self.names:
            table = _plain(name)
            if name in spoken_for or name == self.head_name or next(self._sheet(name)[0](), None) is None:
                continue
            if table not in TABLE_NAMES:
                near = get_close_matches(table, TABLE_NAMES, n=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                findings.append(FILE_NOT_READ.found(f"file {name}", f"No table is called {table!r}.{hint}"))
            elif table in found:
                text = f"{found[table]} and {name} hold the same table."
                raise DatasetRefused([TWO_FILES.found(f"table {table}", text)])
            else:
                found[table] = name
        return found, findings

    def read_table(
        self, name: str, *, encoding: str = "", separator: str = "", heading_line: int = 1
    ) -> tuple[RawTable, SourceFile]:
        """Rows of a sheet; encoding and separator mean nothing here. The digest is that of the workbook."""
        rows, cells = self._sheet(name)
        raw = raw_sheet(((line, row) for line, row in rows() if line >= heading_line), cells, name)
        return raw, SourceFile(name, self.digest, raw.frame.height + len(raw.broken))

    def _sheet(self, name: str) -> tuple[SheetRows, SheetCells]:
        return self.sheets[name.removeprefix(f"{self.file}/")]


def _plain(name: str) -> str:
    return name.rpartition("/")[2].strip().lower()


def _is_remark(sheet: str) -> bool:
    return sheet.startswith("_") or sheet.strip().lower() in _REMARKS


def is_workbook(path: Path) -> bool:
    """True for a file that is named as a workbook."""
    return path.is_file() and path.suffix.lower() == SUFFIX


def only_workbook(folder: Path) -> Path | None:
    """The one workbook of a folder that holds nothing else; files that begin with `.` or `~$` do not count."""
    if not folder.is_dir():
        return None
    entries = [entry for entry in sorted(folder.iterdir()) if not entry.name.startswith((".", "~$"))]
    return entries[0] if len(entries) == 1 and is_workbook(entries[0]) else None
