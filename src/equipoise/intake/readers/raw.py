"""Rows as a file holds them: all cells text, each row with its line."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.core.finding import FindingCode
from equipoise.core.snapshot import FILE, LINE

__all__ = ["FILE", "LAYER", "LINE", "PLACE", "BrokenRow", "RawTable"]

LAYER = "@layer"
"""Number of the delivery that a row came with, oldest first."""
PLACE = (FILE, LINE, LAYER)
"""Columns that say where a row came from; no heading can take their names (see `check_heading`)."""


@dataclass(frozen=True)
class BrokenRow:
    """A row that is no row of the table: its line, why, and the cells that could be read."""

    line: int
    code: FindingCode
    reason: str
    values: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class RawTable:
    """Cells as text under their headings, plus column `LINE`; rows that could not be read stand in `broken`."""

    columns: tuple[str, ...]
    frame: pl.DataFrame
    broken: tuple[BrokenRow, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader had to assume, in words: encoding, separator."""
    separator: str = ","
