"""A sieve holds one table while it is checked: the raw cells, the typed rows still in, and the rows taken out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from equipoise.core.finding import FindingCode
from equipoise.core.table import Table
from equipoise.intake.quarantined import Quarantined
from equipoise.intake.readers.raw import FILE, LINE, PLACE, BrokenRow

ROW = "@row"
"""Number of a row in `raw`, carried by the typed rows."""


@dataclass(frozen=True)
class Rejected:
    """A row taken out: its number in `raw`, the code and the reason in words."""

    row: int
    code: FindingCode
    reason: str


@dataclass(frozen=True, eq=False)
class Sieve:
    """One table on its way from text to clean rows."""

    declared: Table
    raw: pl.DataFrame
    """Cells as text with FILE, LINE and LAYER."""
    rows: pl.DataFrame
    """Typed rows that are still in, with column ROW."""
    given: tuple[str, ...]
    """Columns that the files had."""
    rejected: tuple[Rejected, ...] = ()
    broken: tuple[tuple[str, BrokenRow], ...] = ()
    """Rows that were no rows, with their file."""

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.declared.name

    def reject(self, bad: pl.Series, code: FindingCode, reasons: Sequence[str]) -> "Sieve":
        """Take out the rows where `bad` is true; one reason for each of them, in their order."""
        numbers = self.rows.filter(bad)[ROW].to_list()
        taken = tuple(Rejected(row, code, reason) for row, reason in zip(numbers, reasons, strict=True))
        return replace(self, rows=self.rows.filter(~bad), rejected=self.rejected + taken)

    def spots(self, rows: Iterable[int]) -> list[tuple[str, int]]:
        """File and line of rows, by their numbers in `raw`."""
        found = self.raw.select(FILE, LINE)[sorted(rows)]
        return [(file, line) for file, line in found.iter_rows()]

    def quarantine(self) -> list[Quarantined]:
        """All rows taken out, by file and line."""
        cells = [column for column in self.raw.columns if column not in PLACE]
        found = [
            Quarantined(self.name, file, row.line, row.code.code, row.reason, row.values) for file, row in self.broken
        ]
        for taken in self.rejected:
            row = self.raw.row(taken.row, named=True)
            values = {column: row[column] for column in cells}
            found.append(Quarantined(self.name, row[FILE], row[LINE], taken.code.code, taken.reason, values))
        return sorted(found, key=lambda row: (row.file, row.line, row.code, row.reason))
