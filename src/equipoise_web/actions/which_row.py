"""Which delivered row is meant, and what stands in its cell: by the row's place, or by cells that name it.

A correction names its row by cells as they were delivered, so that it finds the row again next month: by the table's
key where that names one row, else by all its filled cells, and only rows that are wholly equal by file and line.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from equipoise.core.correction import plain_cell, type_of
from equipoise.core.errors import EquipoiseError
from equipoise.core.snapshot import FILE, LINE
from equipoise.core.tables import table as table_named
from equipoise.intake import Draft, Quarantined, standing_rows
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.records.models import CorrectionRecord, MonthDraft

LEFT_OUT_ON_PURPOSE = "IN308"


class WrongCorrection(EquipoiseError):
    """A correction that would change nothing, or that names no row."""


@dataclass(frozen=True)
class Place:
    """Where a row stands in what was delivered."""

    file: str
    line: int


Named = Place | Mapping[str, str]
"""A row that is left out by its place, or any rows by cells that they have."""


@dataclass(frozen=True)
class Looked:
    """What the author of a correction saw: the draft as it was in a version, and in it the cell he changes."""

    record: MonthDraft
    version: int

    @property
    def is_current(self) -> bool:
        """True if nobody has changed the draft since."""
        return self.record.version == self.version

    def stale(self, table: str, row: Named, column: str, *, mine: str, theirs: str | None) -> StaleEdit:
        """What another person did to the row since, where that is known; `theirs` None: the row is not left out."""
        made = CorrectionRecord.objects.filter(draft=self.record, table=table, undone_at__isnull=True)
        last = made.last()
        by = last.by.get_username() if last is not None and not self.is_current else "somebody"
        value = None if theirs is None else theirs.removesuffix(".0")
        if value is None:
            value = last.new or "left out" if last is not None and last.column == column else "the row counts now"
        what = f"{column} of {words_of(row)}" if column else words_of(row)
        return StaleEdit(f"{what} was changed by {by} meanwhile; look at it again", mine=mine or "blank", theirs=value)

    def moved(self, row: Named, column: str, *, mine: str, theirs: str | None) -> StaleEdit:
        """The draft was changed, and without the old value nobody can say whether this cell was."""
        what = f"{column} of {words_of(row)}" if column else words_of(row)
        return StaleEdit(
            f"the draft was changed after you looked at it; look at {what} again",
            mine=mine or "blank",
            theirs=theirs or f"version {self.record.version}",
        )


def words_of(row: Named) -> str:
    """The row in words: `forecast.csv line 2`, or `item tool, market retail`."""
    if isinstance(row, Place):
        return f"{row.file} line {row.line}"
    return ", ".join(f"{column} {cell or '(blank)'}" for column, cell in row.items())


def left_out(draft: Draft, table: str, places: Container[Place]) -> Quarantined | None:
    """The first row of a table at these places that is left out and not on purpose."""
    waiting = (row for row in draft.quarantined(table) if row.code != LEFT_OUT_ON_PURPOSE)
    return next((row for row in waiting if Place(row.file, row.line) in places), None)


def rows_meant(draft: Draft, table: str, row: Named) -> pl.DataFrame:
    """The row at a place, if it is left out, or all that have those cells: as corrected, with FILE and LINE."""
    if not isinstance(row, Place):
        return standing_rows(draft, table, row)
    found = left_out(draft, table, (row,))
    return pl.DataFrame() if found is None else pl.DataFrame([{**found.values, FILE: row.file, LINE: row.line}])


def places_of(rows: pl.DataFrame) -> set[Place]:
    """Where rows stand."""
    return {Place(*place) for place in rows.select(FILE, LINE).iter_rows()} if rows.height else set()


def old_cell(
    rows: pl.DataFrame, looked: Looked, *, table: str, row: Named, column: str, old: str | None, new: str
) -> str:
    """The cell of `rows` that `new` takes the place of: `old`, or where that is None what stands in the version seen.

    Raises StaleEdit where another stands by now, WrongCorrection where no row or rows that differ are meant.
    """
    kind = type_of(table_named(table), column)
    cells = rows[column].to_list() if column in rows.columns else [""] * rows.height
    stand = {plain_cell(kind, cell): cell for cell in cells}
    theirs = ", ".join(cell or "blank" for cell in stand.values()) if stand else None
    if isinstance(row, Place) and not stand:
        raise looked.stale(table, row, column, mine=new, theirs=None)
    if old is None:
        if not looked.is_current:
            raise looked.moved(row, column, mine=new, theirs=theirs)
        if not stand:
            raise WrongCorrection(f"no row of {table} has {words_of(row)}")
        if len(stand) > 1:
            raise WrongCorrection(f"{column} is {theirs} where {words_of(row)}: name one row, or give the old value")
        return next(iter(stand.values()))
    if stand and plain_cell(kind, old) not in stand and (isinstance(row, Place) or not looked.is_current):
        raise looked.stale(table, row, column, mine=new, theirs=theirs)
    return old


def cells_of(draft: Draft, table: str, row: Named, rows: pl.DataFrame) -> dict[str, str]:
    """Cells that name a row of what was delivered, as durably as they can; `rows` are those that are meant by it."""
    frames = [delivery.rows for delivery in draft.given.deliveries.get(table, ())]
    if not isinstance(row, Place):
        if _count(frames, row) or rows.height != 1:
            return dict(row)
        # Who looks at a corrected row names it by what it says now, and not by what was delivered.
        (row,) = places_of(rows)
    here = [frame.filter((pl.col(FILE) == row.file) & (pl.col(LINE) == row.line)) for frame in frames]
    found = next((frame.row(0, named=True) for frame in here if frame.height), None)
    if found is None:
        broken = left_out(draft, table, (row,))
        filled = {} if broken is None else {name: cell for name, cell in broken.values.items() if cell.strip()}
        if not filled:
            raise NotFound(f"{words_of(row)} cannot be named by its cells; mend it in the file")
        return filled
    keys = [column for column in table_named(table).keys if column in found]
    cells = {name: str(cell) for name, cell in found.items() if not name.startswith("@") and str(cell or "").strip()}
    for names in (keys, [*keys, *(name for name in cells if name not in keys)]):
        named = {name: str(found[name] or "") for name in names}
        if named and _count(frames, named) == 1:
            return named
    return {**{name: str(found[name] or "") for name in keys}, FILE: row.file, LINE: str(row.line)}


def _count(frames: Iterable[pl.DataFrame], cells: Mapping[str, str]) -> int:
    """Delivered rows with these cells."""
    total = 0
    for frame in frames:
        if all(name in frame.columns or not cell for name, cell in cells.items()):
            agree = [
                pl.col(name).cast(pl.String).fill_null("").str.strip_chars() == cell.strip()
                for name, cell in cells.items()
                if name in frame.columns
            ]
            total += frame.filter(pl.all_horizontal(agree)).height if agree else frame.height
    return total
