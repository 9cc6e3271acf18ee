"""Each cell rule: what is read, what is not, and why."""

from datetime import date

import polars as pl
import pytest

from equipoise.core.table import Column, ColumnType, needed, optional
from equipoise.intake.cells import read_column


def read(column: Column, *texts: str):
    """Values, and for each text the code of its gravest fault."""
    typed = read_column(column, pl.Series(column.name, texts, dtype=pl.String))
    codes = [next((f.code.code for f in typed.faults if f.bad[row]), "") for row in range(len(texts))]
    return typed.values.to_list(), codes


QUANTITY = optional("quantity", ColumnType.QUANTITY, "units")
DAY = optional("day", ColumnType.DATE, "a day")


def test_plain_numbers_are_read_to_the_last_digit():
    texts = ["1250.5", "-3", "+.5", "7.", "1e3", "0.1", "1949.000000000004", "-0"]
    values, codes = read(QUANTITY, *texts)
    assert values == [float(text) for text in texts]
    assert codes == [""] * len(texts)
    assert str(values[-1]) == "0.0"


@pytest.mark.parametrize("text", ["NaN", "nan", "inf", "-Infinity"])
def test_not_finite(text):
    assert read(QUANTITY, text)[1] == ["IN105"]


@pytest.mark.parametrize("text", ["1,250", "1.250.000", "1 250", "1'250", "1\u00a0250", "1,5"])
def test_separators_are_not_guessed_at(text):
    assert read(QUANTITY, text)[1] == ["IN106"]


@pytest.mark.parametrize("text", ["x", "1_000", "12 units", "50%", "0x10", "١٢", "--1", "1e", "None"])
def test_not_a_number(text):
    assert read(QUANTITY, text)[1] == ["IN104"]


def test_numbers_beyond_the_grid_are_outside_limits():
    assert read(QUANTITY, "8589934592", "8589934593", "1e999", "-1e10")[1] == ["", "IN110", "IN110", "IN110"]


def test_limits_of_the_declaration_are_inclusive():
    percent = optional("share_pct", ColumnType.PERCENT, "share", minimum=0.0, maximum=100.0)
    assert read(percent, "0", "100", "-0.1", "100.1", "")[1] == ["", "", "IN110", "IN110", ""]


def test_days_and_midnights_are_read_other_forms_are_not():
    values, codes = read(DAY, "2023-01-31", "2023-01-31 00:00:00", "2023-01-31T00:00:00Z", "")
    assert values == [date(2023, 1, 31)] * 3 + [None]
    assert codes == [""] * 4
    odd = ["31/01/2023", "2023-02-30", "2023-01-31 14:00:00", "20230131", "0000-01-01", "2023-1-1"]
    assert read(DAY, *odd)[1] == ["IN107"] * len(odd)


@pytest.mark.parametrize(
    ("kind", "blank"),
    [
        (ColumnType.QUANTITY, None),
        (ColumnType.FLAG, None),
        (ColumnType.DATE, None),
        (ColumnType.CODE, ""),
        (ColumnType.TEXT, ""),
    ],
)
def test_blank_columns_are_of_the_type_of_those_that_are_not(kind, blank):
    some = {ColumnType.DATE: "2027-01-31"}.get(kind, "1")
    for column, codes in ((optional("x", kind, "a"), ["", ""]), (needed("x", kind, "a"), ["IN108", "IN108"])):
        assert read(column, "", "") == ([blank, blank], codes)
        full, empty = (read_column(column, pl.Series("x", texts)).values for texts in ((some, ""), ("", "")))
        assert (full.dtype, full.name, full.to_list()[1]) == (empty.dtype, empty.name, blank)


def test_flags():
    flag = optional("stockout", ColumnType.FLAG, "no stock")
    assert read(flag, "0", "1", "TRUE", "no", "", "2") == ([0.0, 1.0, 1.0, 0.0, None, None], [""] * 5 + ["IN109"])


def test_choices_and_required_blanks():
    kind = needed("type", ColumnType.CODE, "sort", choices=("plant", "dc"))
    assert read(kind, "plant", "Plant", "")[1] == ["", "IN109", "IN108"]
