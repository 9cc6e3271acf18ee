"""Rates inherit: the most specific row wins, item before market, then the latest that already holds."""

from datetime import date
from itertools import permutations

import numpy as np
import polars as pl
import pytest

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.rates import Asked, first_bucket_from, painted_rates

ITEMS = Hierarchy.build("item", ("item", "family"), [("saw", "tools"), ("axe", "tools"), ("glue", "paint")])
MARKETS = Hierarchy.build("market", ("market", "region"), [("fr", "eu"), ("us", "na")])
NONE = Hierarchy.build("location", ("location",), [])
AXES = Axes(Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=3), ITEMS, MARKETS, NONE, NONE, {})
Row = tuple[str, str, date | None, float | None]


def price_of(rows: list[Row], item: str, market: str) -> list[float]:
    frame = pl.DataFrame(
        rows,
        schema={"item": pl.String, "market": pl.String, "valid_from": pl.Date, "price": pl.Float64},
        orient="row",
    )
    asked = (
        Asked("item", ITEMS, np.array([ITEMS.position[item]])),
        Asked("market", MARKETS, np.array([MARKETS.position[market]])),
    )
    return painted_rates(AXES, frame, "price", *asked)[0].tolist()


ROWS: list[Row] = [
    ("", "", None, 1.0),
    ("", "fr", None, 2.0),
    ("tools", "", None, 3.0),
    ("tools", "eu", None, 4.0),
    ("saw", "", None, 5.0),
]


@pytest.mark.parametrize(
    ("item", "market", "price"),
    [
        ("glue", "us", 1.0),
        ("glue", "fr", 2.0),
        ("axe", "us", 3.0),
        ("axe", "fr", 4.0),
        ("saw", "us", 5.0),
        ("saw", "fr", 5.0),
    ],
)
def test_the_most_specific_row_wins_item_before_market(item: str, market: str, price: float) -> None:
    for rows in permutations(ROWS):
        assert price_of(list(rows), item, market) == [price] * 3


def test_a_later_row_replaces_an_earlier_from_the_first_bucket_that_begins_on_or_after_it() -> None:
    rows: list[Row] = [("saw", "", date(2027, 2, 2), 9.0), ("saw", "", date(2026, 1, 1), 5.0)]
    assert price_of(rows, "saw", "fr") == [5.0, 5.0, 9.0]


def test_a_specific_row_wins_over_a_later_general_one() -> None:
    rows: list[Row] = [("saw", "", None, 5.0), ("tools", "", date(2027, 2, 1), 9.0)]
    assert price_of(rows, "saw", "fr") == [5.0] * 3
    assert price_of(rows, "axe", "fr")[1:] == [9.0, 9.0]


def test_a_blank_cell_lets_the_row_above_through() -> None:
    assert price_of([("saw", "", None, None), ("tools", "", None, 3.0)], "saw", "us") == [3.0] * 3


def test_what_no_row_says_is_unknown() -> None:
    assert np.isnan(price_of([("paint", "", None, 3.0)], "saw", "us")).all()
    assert np.isnan(price_of([("saw", "", date(2028, 1, 1), 3.0)], "saw", "us")).all()
    assert np.isnan(price_of([], "saw", "us")).all()


def test_a_node_may_name_its_level() -> None:
    assert price_of([("family:tools", "region:eu", None, 3.0)], "saw", "fr") == [3.0] * 3
    assert np.isnan(price_of([("family:tools", "region:eu", None, 3.0)], "saw", "us")).all()


@pytest.mark.parametrize(
    ("day", "bucket"),
    [
        (date(1900, 1, 1), 0),
        (date(2026, 12, 2), 0),
        (date(2027, 1, 1), 0),
        (date(2027, 1, 2), 1),
        (date(2027, 3, 1), 2),
    ],
)
def test_the_first_bucket_from_a_day(day: date, bucket: int) -> None:
    assert first_bucket_from(AXES, day) == bucket
