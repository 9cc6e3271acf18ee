"""A snapshot: imported data, conformed to the table contract, sealed and never changed.

Its id is the digest of its canonical contents: the same rows in another order, from another file or on another day
are the same snapshot. What was found while gathering travels with it, outside the id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

import polars as pl

from equipoise.core.correction import Correction
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.identity import digest_json, frame_digest
from equipoise.core.table import ColumnType, Table
from equipoise.core.tables import table

FILE, LINE = "@file", "@line"
"""Names of the columns that carry a row's place; no column of a table can be called so."""


@dataclass(frozen=True)
class SourceFile:
    """A file that rows came from: its name within the dataset and the SHA-256 of its bytes."""

    name: str
    digest: str
    rows: int


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Tables by name (conformed frames, only those that were given), the head, and where they came from."""

    head: DatasetHead
    tables: Mapping[str, pl.DataFrame]
    findings: tuple[Finding, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    label: str = ""
    taken_by: str = ""
    taken_at: str = ""
    lineage: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """By table, for each of its rows in their order: FILE it came from, and LINE (0: not one line). Not in the id."""
    corrections: tuple[Correction, ...] = ()
    """What people mended in the data as delivered, for as long as the sources are not mended. Not in the id."""
    carried: Mapping[str, date] = field(default_factory=dict)
    """Tables taken over from an earlier snapshot, with the as_of for which they were delivered. Not in the id."""

    @cached_property
    def table_digests(self) -> Mapping[str, str]:
        """Digest of each table's rows."""
        return {name: frame_digest(frame) for name, frame in sorted(self.tables.items())}

    @cached_property
    def head_digest(self) -> str:
        """Digest of what the head says, without the company's name."""
        head = self.head
        return digest_json(
            {
                "currency": head.currency,
                "bucket": head.bucket,
                "start": head.start,
                "horizon": head.horizon,
                "as_of": head.as_of,
                "history_to": head.history_to,
                "fiscal_year_start": head.fiscal_year_start,
                "week_start": head.week_start,
                "volume_uom": head.volume_uom,
                "policy": head.policy,
            }
        )

    @cached_property
    def id(self) -> str:
        """SHA-256 of the contents, in hex."""
        return digest_json({"format": 1, "head": self.head_digest, "tables": dict(self.table_digests)})

    def has(self, name: str) -> bool:
        """True if the table was given and holds rows."""
        return name in self.tables and self.tables[name].height > 0

    def table(self, name: str) -> pl.DataFrame:
        """The table with all its declared columns; no rows if it was not given."""
        return self.tables[name] if name in self.tables else empty_frame(table(name))

    def traced(self, name: str) -> pl.DataFrame:
        """The table with columns FILE and LINE beside it where the places of its rows are known."""
        frame, places = self.table(name), self.lineage.get(name)
        return frame if places is None or places.height != frame.height else frame.hstack(places)


def polars_type(type: ColumnType) -> type[pl.DataType]:
    """How a column type is stored: text as String (blank is ""), numbers as Float64 (blank is null), dates as Date."""
    if type is ColumnType.DATE:
        return pl.Date
    return pl.Float64 if type.is_number else pl.String


def empty_frame(declared: Table) -> pl.DataFrame:
    """A frame of that table's columns without rows."""
    return _empty(declared).clone()


@cache
def _empty(declared: Table) -> pl.DataFrame:
    return pl.DataFrame(schema={c.name: polars_type(c.type) for c in declared.columns})


def conformed(declared: Table, rows: Mapping[str, list[object]]) -> pl.DataFrame:
    """A conformed frame from Python lists; columns not given are blank. For tests, cases and generators."""
    count = max((len(values) for values in rows.values()), default=0)
    columns = []
    for column in declared.columns:
        kind = polars_type(column.type)
        blank: object = "" if kind is pl.String else None
        values = rows.get(column.name, [blank] * count)
        if kind is pl.Float64:
            values = [None if v is None else float(str(v)) for v in values]
        columns.append(
            pl.Series(column.name, ["" if v is None and kind is pl.String else v for v in values], dtype=kind)
        )
    return pl.DataFrame(columns)
