"""The numbers of a plan as the long frames that a user of data frames would have: a row for each cell that is not 0."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan


@dataclass(frozen=True, eq=False)
class LongTables:
    """What the table arithmetic of a plan starts from; `date` is the first day of a bucket."""

    dates: pl.DataFrame
    items: pl.DataFrame
    """item, family"""
    orders: pl.DataFrame
    """item, market, requested_date, quantity: the lines of the order book"""
    consensus: pl.DataFrame
    """item, market, date, quantity"""
    opening: pl.DataFrame
    """item, location, quantity: every stock"""
    inbound: pl.DataFrame
    """item, location, date, quantity: made, bought and scheduled"""
    outbound: pl.DataFrame
    """item, location, date, quantity: components used"""
    shipped: pl.DataFrame
    """item, from, to, date, quantity: by the bucket in which goods leave"""
    arrived: pl.DataFrame
    """item, from, to, date, quantity: by the bucket in which they arrive"""
    served: pl.DataFrame
    """item, market, date, quantity"""
    prices: pl.DataFrame
    """item, market, date, price"""
    costs: pl.DataFrame
    """item, location, date, standard_cost"""

    def frames(self) -> Mapping[str, pl.DataFrame]:
        """All of them by name."""
        return dict(self.__dict__)


def long_tables(plan: Plan) -> LongTables:
    """The frames of a plan."""
    days = [plan.axes.calendar.start_of(bucket) for bucket in range(plan.axes.horizon)]
    dates = pl.DataFrame({"date": days})

    def long(grain: Grain, values: FloatArray, name: str = "quantity", *, is_whole: bool = False) -> pl.DataFrame:
        rows, buckets = (axis.ravel() for axis in np.indices(values.shape)) if is_whole else np.nonzero(values)
        return (
            plan.axes.keys[grain]
            .frame[rows]
            .with_columns(dates["date"][buckets], pl.Series(name, values[rows, buckets]))
        )

    def measure(name: str) -> FloatArray:
        return plan.measure(name).values

    made = measure("production_qty") + measure("subcontract_qty") + measure("purchase_qty")
    received = long(Grain.STOCK, measure("receipt_scheduled_qty"))
    opening = plan.axes.keys[Grain.STOCK].frame.with_columns(
        pl.Series("quantity", measure("inventory_opening_qty")[:, 0])
    )
    return LongTables(
        dates=dates,
        items=plan.snapshot.table("items").select("item", "family"),
        orders=plan.snapshot.table("open_orders").select("item", "market", "requested_date", "quantity"),
        consensus=long(Grain.DEMAND, measure("demand_consensus_qty")),
        opening=opening,
        inbound=pl.concat([long(Grain.MAKE, made).select(received.columns), received]),
        outbound=long(Grain.STOCK, measure("component_use_qty")),
        shipped=long(Grain.FLOW, measure("shipment_qty")),
        arrived=long(Grain.FLOW, measure("arrival_qty")),
        served=long(Grain.DEMAND, measure("demand_served_qty")),
        prices=long(Grain.DEMAND, measure("sales_net_price"), "price", is_whole=True),
        costs=long(Grain.STOCK, measure("cost_standard_price"), "standard_cost", is_whole=True),
    )
