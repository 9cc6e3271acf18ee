"""Control totals: what was read = what was kept + what was left out, column by column."""

from math import fsum

import polars as pl

from equipoise.core.table import ColumnType
from equipoise.intake.cells import numbers_of
from equipoise.intake.draft import TableSums
from equipoise.intake.sieve import Sieve

SUMMED = (ColumnType.QUANTITY, ColumnType.HOURS, ColumnType.MONEY)


def table_sums(sieve: Sieve) -> TableSums:
    """Sums over the rows that are in and over those taken out; call it before rows of one key are added up.

    A cell of a row taken out counts where it is a plain number, whatever else is wrong with its row.
    """
    names = [c.name for c in sieve.declared.columns if c.type in SUMMED and c.name in sieve.given]
    kept = {name: fsum(sieve.rows[name].drop_nulls().to_list()) for name in names}
    out = sieve.raw[sorted({taken.row for taken in sieve.rejected})]
    left = {}
    for name in names:
        texts = [*out[name].to_list(), *(row.values.get(name, "") for _, row in sieve.broken)]
        left[name] = fsum(value for value in _numbers(texts) if abs(value) <= 1e300)
    return TableSums(sieve.rows.height, kept, left)


def _numbers(texts: list[str | None]) -> list[float]:
    """The plain numbers among the texts; mostly there is not one text, for no row was left out."""
    if not texts:
        return []
    return numbers_of(pl.Series(texts, dtype=pl.String).str.strip_chars()).drop_nulls().to_list()
