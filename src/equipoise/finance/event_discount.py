"""What events take off the price: discount_pct of the price of their days, unless table prices says it already.

A bucket that an event covers in part has the average price of its days. Where table prices lowers the price by a row
that begins within the event's days, that row was entered for the event and holds its price: it is not discounted
again. Events of status `done`, and those whose days are past, take nothing off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
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
    first: date
    last: date


def discount_prices(axes: Axes, prices: FloatArray, events: pl.DataFrame, table: pl.DataFrame) -> FloatArray:
    """Prices [N, T] of the demand rows after the discounts of table events; `table` is table prices."""
    after = prices.copy()
    for discount in _discounts(axes, events):
        kept = 1.0 - discount.part * discount.share
        is_entered = _is_entered(axes, table, discount)[:, discount.begin : discount.end]
        after[discount.rows, discount.begin : discount.end] *= np.where(is_entered, 1.0, kept)
    return after


def _discounts(axes: Axes, events: pl.DataFrame) -> Iterator[_Discount]:
    """Discounts that touch the plan, in the order of their events' codes; several on one cell multiply."""
    priced = events.filter(pl.col("discount_pct").fill_null(0.0) != 0, pl.col("status") != "done").sort("event")
    columns = ("item", "market", "start_date", "end_date", "discount_pct")
    for item, market, first, last, discount_pct in priced.select(columns).iter_rows():
        if not axes.items.knows(item) or not axes.markets.knows(market):
            continue  # stage demand tells that the event cannot be used
        begin, end = axes.calendar.span(first, last)
        rows = axes.rows(Grain.DEMAND, {"item": item, "market": market})
        if begin < end and rows.size and first <= last:
            share = axes.calendar.day_shares(begin, end, first, last)
            yield _Discount(rows, begin, end, share, discount_pct / 100, first, last)


def _is_entered(axes: Axes, table: pl.DataFrame, discount: _Discount) -> BoolArray:
    """Where the price would be higher without the rows of table prices that begin in the days of the event, [n, T]."""
    inside = pl.col("valid_from").is_between(discount.first, discount.last).fill_null(value=False)
    if table.filter(inside).height == 0:
        return np.zeros((len(discount.rows), axes.horizon), dtype=np.bool_)
    keys = axes.keys[Grain.DEMAND]
    asked = (
        Asked("item", axes.items, keys.column("item")[discount.rows]),
        Asked("market", axes.markets, keys.column("market")[discount.rows]),
    )
    before = painted_rates(axes, table.filter(~inside), "price", *asked)
    lowered: BoolArray = painted_rates(axes, table, "price", *asked) < before
    return lowered
