"""A delivery: the rows of one table as its files gave them, all text, each with the file and line it stands on."""

from dataclasses import dataclass

import polars as pl

from equipoise.core.finding import Finding
from equipoise.intake.findings import BLANK_ROWS, READ_AS, places
from equipoise.intake.readers.raw import FILE, LINE, BrokenRow, RawTable


@dataclass(frozen=True, eq=False)
class Delivery:
    """Rows of one table before they are typed."""

    rows: pl.DataFrame
    """String columns under the table's names, with FILE and LINE."""
    broken: tuple[tuple[str, BrokenRow], ...] = ()
    """Rows that could not be read, with their file."""
    files: tuple[str, ...] = ()


def delivery_of(raw: RawTable, file: str) -> tuple[Delivery, list[Finding]]:
    """The rows of one file, without those in which no cell is filled."""
    findings = [READ_AS.found(f"file {file}", f"{'; '.join(raw.notes)}.")] if raw.notes else []
    rows = raw.frame.with_columns(pl.lit(file).alias(FILE))
    if rows.height:
        blank = rows.select(pl.all_horizontal(pl.col(*raw.columns).str.strip_chars() == "").alias("b"))["b"]
        if blank.any():
            spots = [(file, line) for line in rows.filter(blank)[LINE].to_list()]
            findings.append(BLANK_ROWS.found(f"file {file}", f"Nothing stands on {places(spots)}.", count=len(spots)))
            rows = rows.filter(~blank)
    return Delivery(rows, tuple((file, row) for row in raw.broken), (file,)), findings
