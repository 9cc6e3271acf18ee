"""Conform: rows of text become the typed columns of their table; a row with a bad cell goes to quarantine.

The result has all declared columns in order, then unknown columns by name, as text.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.table import ColumnType, Inheritance, Table
from equipoise.intake.cells import blank_column, read_column
from equipoise.intake.delivery import Delivery
from equipoise.intake.draft import DatasetRefused
from equipoise.intake.findings import FORMULA_TEXT, OUTSIDE_CALENDAR, UNKNOWN_COLUMN, WRONG_HEADING, places
from equipoise.intake.readers.raw import PLACE
from equipoise.intake.sieve import ROW, Rejected, Sieve

_FORMULA = r"^(?:[=@]|[+-][A-Za-z(])"


def conform(declared: Table, delivery: Delivery, excluded: Iterable[Rejected] = ()) -> tuple[Sieve, list[Finding]]:
    """Typed rows of a delivery without those `excluded`; DatasetRefused where a column lacks that every row needs."""
    given = tuple(c for c in delivery.rows.columns if c not in PLACE)
    _check_columns(declared, given, delivery)
    raw = delivery.rows
    unknown = sorted(set(given) - set(declared.names))
    trimmed = raw.select(pl.col(c).str.strip_chars() for c in given)
    reasons = {row.row: row for row in excluded}
    columns = [pl.Series(ROW, range(raw.height), dtype=pl.UInt32)]
    for column in declared.columns:
        if column.name not in given:  # most columns of most tables
            columns.append(blank_column(column, raw.height))
            continue
        texts = trimmed[column.name]
        typed = read_column(column, texts)
        columns.append(typed.values)
        for fault in (each for each in typed.faults if each.bad.any()):
            for row in fault.bad.arg_true().to_list():
                reasons.setdefault(row, Rejected(row, fault.code, fault.says(texts[row])))
    columns += [trimmed[c] for c in unknown]
    rows = pl.DataFrame(columns)
    if reasons:
        bad = pl.Series(list(reasons), dtype=pl.UInt32)
        rows = rows.filter(~pl.col(ROW).is_in(bad.implode()))
    broken = tuple(delivery.broken)
    sieve = Sieve(declared, raw, rows, given, tuple(reasons.values()), broken)
    return sieve, [*_unknown_columns(declared, unknown, raw), *_formulas(sieve)]


def _check_columns(declared: Table, given: tuple[str, ...], delivery: Delivery) -> None:
    missing = [column.name for column in declared.columns if column.required and column.name not in given]
    if missing:
        files = ", ".join(delivery.files) or "the mapping"
        raise DatasetRefused(
            [
                WRONG_HEADING.found(
                    f"table {declared.name}",
                    f"{files} line 1: no column {', '.join(missing)}; it has {', '.join(given)}.",
                )
            ]
        )


def _unknown_columns(declared: Table, unknown: list[str], raw: pl.DataFrame) -> list[Finding]:
    if not unknown or not raw.height:
        return []
    names = ", ".join(unknown[:10]) + (f" and {len(unknown) - 10} more" if len(unknown) > 10 else "")
    return [UNKNOWN_COLUMN.found(f"table {declared.name}", f"Kept as text: {names}.", count=len(unknown))]


def _formulas(sieve: Sieve) -> list[Finding]:
    texts = [c for c, kind in sieve.rows.schema.items() if kind == pl.String]
    if not texts or not sieve.rows.height:
        return []
    looks = sieve.rows.filter(pl.any_horizontal(pl.col(*texts).str.contains(_FORMULA)))
    if not looks.height:
        return []
    spots = sieve.spots(looks[ROW].to_list())
    return [FORMULA_TEXT.found(f"table {sieve.name}", f"Kept as text: {places(spots)}.", count=looks.height)]


def without_impossible_dates(sieve: Sieve, calendar: Calendar) -> Sieve:
    """Take out history and totals dated before or after every bucket of the calendar: no bucket can hold them."""
    if sieve.declared.inheritance not in (Inheritance.HISTORY, Inheritance.TOTAL):
        return sieve
    if "date" not in sieve.declared.keys or sieve.declared.column("date").type is not ColumnType.DATE:
        return sieve
    first, last = calendar.starts[0], calendar.starts[-1] - timedelta(days=1)
    days = sieve.rows["date"]
    bad = ((days < first) | (days > last)).fill_null(False)
    return sieve.reject(bad, OUTSIDE_CALENDAR, [_outside(day, first, last) for day in days.filter(bad)])


def _outside(day: date, first: date, last: date) -> str:
    return f"date = {day} lies outside the calendar, {first} to {last}"
