"""A correction: what a person mended in delivered data, until its source is mended.

It names a row by cells as they were delivered and one cell of it by its old and its new value, or it leaves the row out
on purpose. It is not an adjustment: an adjustment says what people want, a correction what the data should have said.

>>> typo = Correction("forecast", (("date", "2027-01-01"), ("item", "tool")), "quantity", "16", "1600", "ann", "typo")
>>> typo.words
'corrected by ann: typo (quantity was 16)'
>>> misspelt = Correction("forecast", (("item", "toll"),), "item", "toll", "tool", "ann", "no such item")
>>> sealed_key(misspelt, [misspelt])
{'item': 'tool'}
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from equipoise.core.table import ColumnType, Table

NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?)?$"
"""How plain numbers and days are written."""


@dataclass(frozen=True)
class Correction:
    """One cell of one row (or of all rows with that key and old value), or with a blank `column` the whole row."""

    table: str
    key: tuple[tuple[str, str], ...]
    """Columns and their cells as delivered, which together name the row; sorted by column."""
    column: str
    """The column mended; blank: the row is left out."""
    old: str
    new: str
    author: str
    reason: str

    @property
    def is_exclusion(self) -> bool:
        """True where the row is left out and not mended."""
        return self.column == ""

    @property
    def words(self) -> str:
        """Who did what and why."""
        because = f": {self.reason}" if self.reason else ""
        if self.is_exclusion:
            return f"left out on purpose by {self.author}{because}"
        return f"corrected by {self.author}{because} ({self.column} was {self.old or 'blank'})"

    @property
    def row_words(self) -> str:
        """The row it names."""
        return ", ".join(f"{column} {cell or '(blank)'}" for column, cell in self.key)


def sealed_key(correction: Correction, corrections: Iterable[Correction]) -> dict[str, str]:
    """The cells that name the row once every correction of the same row has been applied."""
    key = dict(correction.key)
    for other in corrections:
        if other.table == correction.table and other.key == correction.key and other.column in key:
            key[other.column] = other.new
    return key


def type_of(declared: Table, column: str) -> ColumnType:
    """Type of a declared column; other columns are text."""
    return declared.column(column).type if column in declared.names else ColumnType.TEXT


def plain_cell(type: ColumnType, value: object) -> str:
    """A cell in the one form in which cells are compared: 1250.50 is 1250.5, a midnight is its day, blank is "".

    >>> plain_cell(ColumnType.QUANTITY, " 1250.50 "), plain_cell(ColumnType.DATE, "2027-01-01T00:00")
    ('1250.5', '2027-01-01')
    """
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value).strip()
    if type.is_number and re.match(NUMBER, text):
        return str(float(text) + 0.0)
    return text[:10] if type is ColumnType.DATE and re.match(DAY, text) else text


def is_row_of(correction: Correction, corrections: Iterable[Correction], row: Mapping[str, object], of: Table) -> bool:
    """True if a sealed row is one that the correction mended: its cells are those of the key, the new value stands."""
    wanted = {**sealed_key(correction, corrections), correction.column: correction.new}
    return all(
        column in row and plain_cell(type_of(of, column), row[column]) == plain_cell(type_of(of, column), cell)
        for column, cell in wanted.items()
    )
