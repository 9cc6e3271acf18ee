"""Which file of a folder holds which table. Names are compared without case and stray blanks."""

import hashlib
import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.core.tables import TABLE_NAMES
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import FILE_NOT_READ, NOT_A_DATASET, TOO_LARGE, TWO_FILES, UNREADABLE
from equipoise.intake.head import parse_toml
from equipoise.intake.readers.csv import MAX_BYTES, read_csv
from equipoise.intake.readers.parquet import read_parquet
from equipoise.intake.readers.raw import RawTable

HEAD = "dataset.toml"
TABULAR = (".csv", ".parquet", ".xlsx", ".xls", ".tsv", ".ods")
MAX_FILES = 10_000


@dataclass(frozen=True)
class Folder:
    """A folder of files, by their names relative to it with `/`, sorted. Links that lead outside are not in it."""

    root: Path
    names: tuple[str, ...]

    @staticmethod
    def at(path: Path) -> "Folder":
        """List the folder; DatasetRefused if there is none."""
        if path.is_file():
            raise DatasetRefused([NOT_A_DATASET.found(f"path {path.name}", "This is a file, not a folder of tables.")])
        if not path.is_dir():
            raise DatasetRefused([NOT_A_DATASET.found(f"path {path.name}", "There is no such folder.")])
        root, names = path.resolve(), []
        for place, folders, files in os.walk(root):
            folders.sort()
            names += [(Path(place) / file).relative_to(root).as_posix() for file in files]
            if len(names) > MAX_FILES:
                raise DatasetRefused([TOO_LARGE.found(f"folder {path.name}", f"It holds more than {MAX_FILES} files.")])
        inside = [name for name in names if _is_inside(root, name)]
        return Folder(root, tuple(sorted(inside)))

    @property
    def head_name(self) -> str:
        """The file of the head."""
        return HEAD

    def head(self) -> dict[str, Any]:
        """The document in dataset.toml; no keys where there is no such file."""
        return parse_toml(self.read(HEAD), HEAD) if HEAD in self.names else {}

    def no_head(self) -> Finding:
        """The folder has no dataset.toml, or an empty one."""
        held = f"holds {len(self.names)} files but no {HEAD}" if self.names else "is empty"
        return NOT_A_DATASET.found(f"folder {self.root.name}", f"The folder {held}.")

    def no_table(self, name: str) -> str:
        """The file that is missing."""
        return f"No file {name}.csv."

    def tables(self, spoken_for: frozenset[str]) -> tuple[dict[str, str], list[Finding]]:
        """File by table; see `table_files`."""
        return table_files(self, spoken_for)

    def read(self, name: str) -> bytes:
        """The bytes of a file; DatasetRefused if it is too large or the system will not give it."""
        path = self.root / name
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise DatasetRefused(
                    [TOO_LARGE.found(f"file {name}", f"holds {size:,} bytes; {MAX_BYTES:,} is the limit.")]
                )
            return path.read_bytes()
        except OSError as error:
            raise DatasetRefused([UNREADABLE.found(f"file {name}", f"cannot be read: {error.strerror}.")]) from error

    def read_table(
        self, name: str, *, encoding: str = "", separator: str = "", heading_line: int = 1
    ) -> tuple[RawTable, SourceFile]:
        """Rows of a CSV or Parquet file, and the file's digest."""
        data = self.read(name)
        if name.lower().endswith(".parquet"):
            raw = read_parquet(data, name)
        else:
            raw = read_csv(data, name, encoding=encoding, separator=separator, heading_line=heading_line)
        return raw, SourceFile(name, hashlib.sha256(data).hexdigest(), raw.frame.height + len(raw.broken))


def _is_inside(root: Path, name: str) -> bool:
    path = root / name
    return path.is_file() and path.resolve().is_relative_to(root)


def table_files(folder: Folder, spoken_for: frozenset[str]) -> tuple[dict[str, str], list[Finding]]:
    """File by table for the top level of the folder, without those a mapping reads; refuses two files of one table."""
    found: dict[str, list[str]] = {}
    findings: list[Finding] = []
    for name in folder.names:
        stem, suffix = os.path.splitext(name)
        table, kind = stem.strip().lower(), suffix.strip().lower()
        if "/" in name or name in spoken_for or kind not in TABULAR:
            continue
        if table in TABLE_NAMES and kind in (".csv", ".parquet"):
            found.setdefault(table, []).append(name)
        else:
            findings.append(_not_read(name, table, kind))
    twice = [
        TWO_FILES.found(f"table {table}", f"{' and '.join(names)} hold the same table.")
        for table, names in found.items()
        if len(names) > 1
    ]
    if twice:
        raise DatasetRefused(twice)
    return {table: names[0] for table, names in found.items()}, findings


def _not_read(name: str, table: str, kind: str) -> Finding:
    if table in TABLE_NAMES:
        return FILE_NOT_READ.found(f"file {name}", f"Files of kind {kind} are not read; save it as CSV.")
    near = get_close_matches(table, TABLE_NAMES, n=1)
    hint = f" Did you mean {near[0]}{kind}?" if near else ""
    return FILE_NOT_READ.found(f"file {name}", f"No table is called {table!r}.{hint}")
