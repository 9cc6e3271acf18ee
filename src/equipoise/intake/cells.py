"""How one column of text becomes numbers, dates, flags or codes, and which cells cannot.

Reading is strict: a cell that might mean two numbers or two days is not guessed at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import polars as pl

from equipoise.core.correction import DAY, NUMBER
from equipoise.core.finding import FindingCode
from equipoise.core.grid import LIMIT_STEPS, MONEY_STEP, QUANTITY_STEP
from equipoise.core.snapshot import polars_type
from equipoise.core.table import Column, ColumnType
from equipoise.intake.findings import (
    NOT_A_CHOICE,
    NOT_A_DATE,
    NOT_A_NUMBER,
    NOT_FINITE,
    OUTSIDE_LIMITS,
    REQUIRED_BLANK,
    SEPARATED_NUMBER,
)

_NOT_FINITE = r"(?i)^[+-]?(?:nan|inf|infinity|1\.#inf|1\.#qnan)$"
_SEPARATED = r"^[+-]?[0-9]+(?:[, '.\u00a0\u202f][0-9]+)+$"
_FLAGS = {"0": 0.0, "1": 1.0, "0.0": 0.0, "1.0": 1.0, "false": 0.0, "true": 1.0, "no": 0.0, "yes": 1.0}

_IS_PLAIN = pl.col("t").str.contains(NUMBER)
_CAST = pl.when(_IS_PLAIN).then(pl.col("t")).cast(pl.Float64, strict=False)
_PLAIN = pl.when(_CAST == 0.0).then(0.0).otherwise(_CAST)
"""A plain number, or null; -0 is 0 (polars leaves a 0 that is added away)."""
_IS_DAY = pl.col("t").str.contains(DAY) & ~pl.col("t").str.starts_with("0000")
_DAY = pl.when(_IS_DAY).then(pl.col("t").str.slice(0, 10)).str.to_date("%Y-%m-%d", strict=False)
"""The day that a text begins with, or null."""

LARGEST = {
    ColumnType.QUANTITY: LIMIT_STEPS * QUANTITY_STEP,
    ColumnType.HOURS: LIMIT_STEPS * QUANTITY_STEP,
    ColumnType.MONEY: LIMIT_STEPS * MONEY_STEP,
    ColumnType.DAYS: 100_000.0,
    ColumnType.PERCENT: 1_000_000.0,
}
"""Largest size of a number by type: beyond it sums are not exact (core/grid.py), a time is longer than life, or a
percentage is no share or growth of anything."""
LARGEST_NUMBER = 1e15


@dataclass(frozen=True, eq=False)
class Fault:
    """Cells of one column that cannot be: where, under which code, and what to say of the text."""

    bad: pl.Series
    code: FindingCode
    says: Callable[[str], str]


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """A column's values and the faults found in it, gravest first."""

    values: pl.Series
    faults: tuple[Fault, ...]


def read_column(column: Column, texts: pl.Series) -> TypedColumn:
    """The column of `texts` (trimmed) as its declared type. Blank cells are null for numbers and dates, "" for text."""
    is_blank = texts == ""
    if is_blank.all():  # nothing to read, and no cell that could be wrong
        typed = TypedColumn(blank_column(column, texts.len()), ())
    elif column.type is ColumnType.DATE:
        typed = _read_dates(column, texts)
    elif column.type is ColumnType.FLAG:
        typed = _read_flags(column, texts)
    elif column.type.is_number:
        typed = _read_numbers(column, texts)
    else:
        typed = _read_words(column, texts)
    if not column.required:
        return typed
    blank = Fault(is_blank, REQUIRED_BLANK, lambda _: f"{column.name} is blank")
    return TypedColumn(typed.values, (blank, *typed.faults))


def blank_column(column: Column, height: int) -> pl.Series:
    """The column where no file has it, or nothing stands in any of its cells."""
    kind = polars_type(column.type)
    blank = "" if kind is pl.String else None
    return pl.Series(column.name, [blank], dtype=kind).new_from_index(0, height)


def numbers_of(texts: pl.Series) -> pl.Series:
    """Float64 where a text is a plain number, null elsewhere; -0 is 0."""
    return texts.to_frame("t").select(_PLAIN).to_series().rename(texts.name)


def _read_numbers(column: Column, texts: pl.Series) -> TypedColumn:
    read = texts.to_frame("t").select(v=_PLAIN, odd=(pl.col("t") != "") & ~_IS_PLAIN)
    values, odd = read["v"].rename(texts.name), read["odd"]
    name, limit = column.name, LARGEST.get(column.type, LARGEST_NUMBER)
    faults = _odd_numbers(name, texts, odd) if odd.any() else []
    if values.null_count() == values.len():
        return TypedColumn(values, tuple(faults))
    smallest, largest = cast(float, values.min()), cast(float, values.max())
    if column.minimum is not None and smallest < (low := column.minimum):
        faults.append(
            Fault((values < low).fill_null(False), OUTSIDE_LIMITS, lambda text: f"{name} = {text} is below {low:g}")
        )
    high = min(limit, column.maximum if column.maximum is not None else limit)
    if largest > high:
        faults.append(
            Fault(
                (values > high).fill_null(False), OUTSIDE_LIMITS, lambda text: f"{name} = {text} is above {high:,.15g}"
            )
        )
    if smallest < -limit:
        faults.append(
            Fault(
                (values < -limit).fill_null(False),
                OUTSIDE_LIMITS,
                lambda text: f"{name} = {text} is below {-limit:,.15g}",
            )
        )
    return TypedColumn(values, tuple(faults))


def _odd_numbers(name: str, texts: pl.Series, odd: pl.Series) -> list[Fault]:
    """What is said of the texts that are no plain number."""
    not_finite = odd & texts.str.contains(_NOT_FINITE)
    separated = odd & texts.str.contains(_SEPARATED)
    return [
        Fault(not_finite, NOT_FINITE, lambda text: f"{name} = {text!r} is not finite"),
        Fault(separated, SEPARATED_NUMBER, lambda text: f"{name} = {text!r} has a separator: which number is meant?"),
        Fault(odd & ~not_finite & ~separated, NOT_A_NUMBER, lambda text: f"{name} = {text!r} is not a number"),
    ]


def _read_flags(column: Column, texts: pl.Series) -> TypedColumn:
    values = texts.str.to_lowercase().replace_strict(_FLAGS, default=None, return_dtype=pl.Float64)
    bad = (texts != "") & values.is_null()
    fault = Fault(bad, NOT_A_CHOICE, lambda text: f"{column.name} = {text!r} must be 0 or 1")
    return TypedColumn(values, (fault,))


def _read_dates(column: Column, texts: pl.Series) -> TypedColumn:
    days = texts.to_frame("t").select(_DAY).to_series()
    bad = (texts != "") & days.is_null()
    fault = Fault(bad, NOT_A_DATE, lambda text: f"{column.name} = {text!r} is not a day such as 2027-01-31")
    return TypedColumn(days.rename(texts.name), (fault,))


def _read_words(column: Column, texts: pl.Series) -> TypedColumn:
    if not column.choices:
        return TypedColumn(texts, ())
    bad = (texts != "") & ~texts.is_in(list(column.choices))
    words = ", ".join(column.choices)
    fault = Fault(bad, NOT_A_CHOICE, lambda text: f"{column.name} = {text!r} is none of {words}")
    return TypedColumn(texts, (fault,))
