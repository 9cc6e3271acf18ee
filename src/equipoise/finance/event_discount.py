"""What events take off the price: discount_pct of the price of their days, unless table prices says it already.

A bucket that an event covers in part has the average price of its days. Where the row of prices in force begins within
the event's days it was entered for the event and holds its price; it is not discounted again. Events of status `done`,
and those whose days are past, take nothing off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates


@dataclass(frozen=True, eq=False)
class _Discount:
    """The discount of one event: its demand rows, and the share of each bucket begin..end−1 that it covers."""

    rows: IntArray
    begin: int
    end: int
    share: FloatArray
    part: float
    days: tuple[date, date]


def discount_prices(axes: Axes, prices: FloatArray, events: pl.DataFrame, table: pl.DataFrame) -> FloatArray:
    """Prices [N, T] of the demand rows after the discounts of table events; `table` is table prices."""
    discounts = list(_discounts(axes, events))
    if not discounts:
        return prices
    began = _price_began(axes, table)
    after = prices.copy()
    for discount in discounts:
        block = discount.rows, slice(discount.begin, discount.end)
        first, last = (day.toordinal() for day in discount.days)
        is_entered = (began[block] >= first) & (began[block] <= last)
        after[block] *= np.where(is_entered, 1.0, 1.0 - discount.part * discount.share)
    return after


def _discounts(axes: Axes, events: pl.DataFrame) -> Iterator[_Discount]:
    """Discounts that touch the plan, in the order of their events' codes; several on one cell multiply."""
    priced = events.filter(pl.col("discount_pct").fill_null(0.0) != 0, pl.col("status") != "done").sort("event")
    for row in priced.iter_rows(named=True):
        if not axes.items.knows(row["item"]) or not axes.markets.knows(row["market"]):
            continue  # stage demand reports the event
        begin, end = axes.calendar.span(row["start_date"], row["end_date"])
        rows = axes.rows(Grain.DEMAND, {"item": row["item"], "market": row["market"]})
        if begin < end and rows.size and row["start_date"] <= row["end_date"]:
            share = axes.calendar.day_shares(begin, end, row["start_date"], row["end_date"])
            days = row["start_date"], row["end_date"]
            yield _Discount(rows, begin, end, share, row["discount_pct"] / 100, days)


def _price_began(axes: Axes, table: pl.DataFrame) -> FloatArray:
    """The day, as an ordinal, from which the price row in force holds, [N, T]; NaN where it says none or there is none.

    A row without a valid_from is painted too, so that it covers what is less specific.
    """
    keys = axes.keys[Grain.DEMAND]
    dated = table.filter(pl.col("price").is_not_null()).with_columns(
        pl.Series("began", [0.0 if day is None else float(day.toordinal()) for day in
                            table.filter(pl.col("price").is_not_null())["valid_from"]], dtype=pl.Float64)
    )  # fmt: skip
    asked = (
        Asked("item", axes.items, keys.column("item")),
        Asked("market", axes.markets, keys.column("market")),
    )
    return painted_rates(axes, dated, "began", *asked)
