"""A delivery: the rows of one table as its files gave them, all text, each with the file and line it stands on.

A table of a draft stands on one or more deliveries: one that replaces what was there, and those appended since.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.intake.findings import BLANK_ROWS, READ_AS, places
from equipoise.intake.readers.raw import FILE, LAYER, LINE, BrokenRow, RawTable


@dataclass(frozen=True, eq=False)
class Delivery:
    """Rows of one table before they are typed."""

    rows: pl.DataFrame
    """String columns under the table's names, with FILE and LINE."""
    broken: tuple[tuple[str, BrokenRow], ...] = ()
    """Rows that could not be read, with their file."""
    files: tuple[str, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    """The files with their digests, and those that a mapping read beside them."""
    findings: tuple[Finding, ...] = ()
    """What was noticed while reading."""
    is_appended: bool = False
    """True where it stands on top of the deliveries before it and does not replace them."""
    is_carried: bool = False
    """True for the rows of last month's snapshot."""

    def with_files_renamed(self, names: dict[str, str]) -> "Delivery":
        """The same rows from files of other names; names that are not mentioned stay."""
        if not names.keys() & {*self.files, *(source.name for source in self.sources)}:
            return self
        return replace(
            self,
            rows=self.rows.with_columns(pl.col(FILE).replace(names)),
            broken=tuple((names.get(file, file), row) for file, row in self.broken),
            files=tuple(names.get(file, file) for file in self.files),
            sources=tuple(replace(source, name=names.get(source.name, source.name)) for source in self.sources),
        )


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


def stacked(deliveries: Sequence[Delivery]) -> Delivery:
    """All rows of a table's deliveries, oldest first, with the number of their delivery in LAYER."""
    frames = [
        delivery.rows.with_columns(pl.lit(number, dtype=pl.Int32).alias(LAYER))
        for number, delivery in enumerate(deliveries)
    ]
    rows = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
    return Delivery(
        rows.with_columns(pl.col(pl.String).fill_null("")),
        tuple(row for delivery in deliveries for row in delivery.broken),
        tuple(dict.fromkeys(file for delivery in deliveries for file in delivery.files)),
        tuple(dict.fromkeys(source for delivery in deliveries for source in delivery.sources)),
        tuple(dict.fromkeys(finding for delivery in deliveries for finding in delivery.findings)),
        is_carried=all(delivery.is_carried for delivery in deliveries),
    )
