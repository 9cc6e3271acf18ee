"""The draft: the one thing that changes before a snapshot is sealed.

It is *given* deliveries by table, on top of what was carried over from last month, and corrections; all else in it
(clean tables, rows left out, findings, control totals) is made from these by `assemble`. A draft is never changed:
delivering and correcting give a new one, so a file that is refused leaves the draft as it was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from equipoise.core.correction import Correction
from equipoise.core.dataset import DatasetHead
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding
from equipoise.core.snapshot import SourceFile
from equipoise.intake.delivery import Delivery
from equipoise.intake.quarantined import Quarantined


class DatasetRefused(EquipoiseError):
    """Files that cannot be a dataset; `findings` say which file and line, what is wrong and what to do."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings; the message is their text, one a line."""
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{f.where}: {f.message} {f.remedy}" for f in self.findings))


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
class Given:
    """What a draft is made of."""

    deliveries: Mapping[str, tuple["Delivery", ...]] = field(default_factory=dict)
    """By table those that stand, oldest first: one that replaces, then those appended to it."""
    corrections: tuple[Correction, ...] = ()
    carried: Mapping[str, date] = field(default_factory=dict)
    """Tables on which nothing was delivered yet, with the as_of for which their rows were delivered."""
    notes: tuple[Finding, ...] = ()
    """What was noticed about origins as a whole."""


@dataclass(frozen=True, eq=False)
class Draft:
    """Conformed tables by name, ready to be sealed, with all that was noticed on the way."""

    head: DatasetHead
    tables: Mapping[str, pl.DataFrame]
    quarantine: tuple[Quarantined, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    sums: Mapping[str, TableSums] = field(default_factory=dict)
    given: Given = Given()
    lineage: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """By table, for each of its rows in their order: the file and the line it came from (0: not one line)."""
    corrections: tuple[Correction, ...] = ()
    """Those of the given ones that stay in force: the source is not mended yet."""

    def quarantined(self, table: str) -> tuple[Quarantined, ...]:
        """Rows of one table that were left out."""
        return tuple(row for row in self.quarantine if row.table == table)
