"""The draft: what was read, before it is sealed into a snapshot. Clean tables, rows left out, and what was found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from equipoise.core.dataset import DatasetHead
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile


class DatasetRefused(EquipoiseError):
    """Files that cannot be a dataset; `findings` say which file and line, what is wrong and what to do."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings; the message is their text, one a line."""
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{f.where}: {f.message} {f.remedy}" for f in self.findings))


@dataclass(frozen=True)
class Quarantined:
    """A row left out: where it stands (line 1 is the heading), the code and text of the reason, and its cells."""

    table: str
    file: str
    line: int
    code: str
    reason: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class TableSums:
    """Control totals of one table: what was read equals what was kept plus what was left out.

    Sums are `math.fsum` over the cells of each quantity, hours and money column, so no order of rows changes a digit.
    `rows` counts rows kept before rows of one key were added up.
    """

    rows: int
    sums: Mapping[str, float]
    sums_quarantined: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Draft:
    """Conformed tables by name, ready to be sealed, with all that was noticed on the way."""

    head: DatasetHead
    tables: Mapping[str, pl.DataFrame]
    quarantine: tuple[Quarantined, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    sums: Mapping[str, TableSums] = field(default_factory=dict)

    def quarantined(self, table: str) -> tuple[Quarantined, ...]:
        """Rows of one table that were left out."""
        return tuple(row for row in self.quarantine if row.table == table)
