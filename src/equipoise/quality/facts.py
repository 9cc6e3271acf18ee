"""What many checks ask of the same data, worked out once: nodes, sales by bucket, prices, costs and last year's money.

All frames are in a fixed order, so findings do not depend on the order of imported rows.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.dataset import DatasetHead
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.hierarchy import ITEM_LEVELS, LOCATION_LEVELS, MARKET_LEVELS, RESOURCE_LEVELS, Hierarchy
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.snapshot import Snapshot
from equipoise.core.tables import table
from equipoise.quality.nodes import nodes_of

DEMAND = ("sales_history", "order_lines", "open_orders", "forecast", "launches", "budget")
"""Tables whose rows say that an item is wanted in a market."""
SOURCES = ("routings", "purchasing", "subcontracting")
"""Tables whose rows say where an item comes from."""
PARTNERS = {
    "routings": ("location", "route", "resource"),
    "purchasing": ("supplier", "location"),
    "subcontracting": ("supplier", "location"),
    "lanes": ("from_location", "to"),
}
"""Columns that beside the item name a row of a source or lane."""


@dataclass(frozen=True, eq=False)
class Series:
    """Ordered units of N items and markets in H closed buckets, zeros before the first sale, after it too."""

    pairs: pl.DataFrame
    """[N] item and market."""
    values: FloatArray
    """[N, H]"""
    begins: IntArray
    """[N] column of the first sale."""
    first: int
    """Bucket of column 0, negative: history."""


@dataclass(frozen=True, eq=False)
class Facts:
    """The snapshot as checks see it."""

    snapshot: Snapshot
    last: Snapshot | None = None
    """Last month's, where it is known."""

    @property
    def head(self) -> DatasetHead:
        """What company, which calendar."""
        return self.snapshot.head

    @property
    def calendar(self) -> Calendar:
        """The calendar of buckets."""
        return self.snapshot.head.calendar

    @property
    def as_of(self) -> date:
        """Day to whose end stock and orders are true."""
        return self.snapshot.head.as_of

    @property
    def year(self) -> int:
        """Buckets in a year."""
        return self.calendar.periods_per_year

    def has(self, name: str) -> bool:
        """True if the table was given and holds rows."""
        return self.snapshot.has(name)

    def table(self, name: str) -> pl.DataFrame:
        """The table with its declared columns; what a company brought along beside them is left aside."""
        if name not in self._tables:
            self._tables[name] = self.snapshot.table(name).select(table(name).names)
        return self._tables[name]

    @cached_property
    def _tables(self) -> dict[str, pl.DataFrame]:
        """Tables that were asked for, by name."""
        return {}

    def before(self, name: str) -> pl.DataFrame:
        """The table as last month's snapshot has it; no rows where that is not known."""
        last = self.last
        return self.snapshot.table(name).clear().select(table(name).names) if last is None else Facts(last).table(name)

    def bucketed(self, frame: pl.DataFrame, column: str = "date") -> pl.DataFrame:
        """The rows that have a date there, with its bucket in column `bucket`."""
        dated = frame.filter(pl.col(column).is_not_null())
        return dated.with_columns(bucket=pl.Series(self.calendar.index_dates(dated[column]), dtype=pl.Int64))

    def labelled(self, frame: pl.DataFrame, column: str = "bucket") -> pl.DataFrame:
        """The frame with the name of each row's bucket in column `label`; for the few rows that are faults."""
        labels = [self.calendar.label(bucket) for bucket in frame[column].to_list()]
        return frame.with_columns(label=pl.Series(labels, dtype=pl.String))

    @cached_property
    def items(self) -> pl.DataFrame:
        """Table items by code."""
        return self.table("items").sort("item")

    @cached_property
    def item_nodes(self) -> pl.DataFrame:
        """Every item below every node that a table may name: `node`, `item`, `level` (0 the item, 4 all)."""
        return nodes_of(self.items, ITEM_LEVELS)

    @cached_property
    def market_nodes(self) -> pl.DataFrame:
        """Every market below every node: `node`, `market`, `level`."""
        return nodes_of(self.table("markets").sort("market"), MARKET_LEVELS)

    def below(self, frame: pl.DataFrame, column: str = "item") -> pl.DataFrame:
        """Distinct items at or below the nodes in a column: one column `item`, sorted."""
        nodes = frame.select(pl.col(column).alias("node")).unique()
        return self.item_nodes.join(nodes, on="node", how="semi").select("item").unique().sort("item")

    @cached_property
    def axes(self) -> Axes:
        """Hierarchies and a calendar of one bucket: rates are asked for on the first day of the plan."""
        head = self.head
        calendar = Calendar.build(
            bucket=head.bucket,
            start=head.start,
            horizon=1,
            fiscal_year_start=head.fiscal_year_start,
            week_start=head.week_start,
        )
        trees = [
            Hierarchy.build(name, levels, self.table(f"{name}s").select(levels).iter_rows())
            for name, levels in (
                ("item", ITEM_LEVELS),
                ("market", MARKET_LEVELS),
                ("location", LOCATION_LEVELS),
                ("resource", RESOURCE_LEVELS),
            )
        ]
        return Axes(calendar, trees[0], trees[1], trees[2], trees[3], {})

    @cached_property
    def demand_items(self) -> pl.DataFrame:
        """Items that somebody wants: sold, ordered, forecast, launched or budgeted; one column `item`."""
        return pl.concat([self.below(self.table(name)) for name in DEMAND]).unique().sort("item")

    @cached_property
    def selling_items(self) -> pl.DataFrame:
        """Items that `sold_pairs` names, on order, forecast or to be launched; one column `item`. A budget is none."""
        wanted = [self.below(self.table(name)) for name in ("open_orders", "forecast", "launches")]
        return pl.concat([self.sold_pairs.select("item"), *wanted]).unique().sort("item")

    @cached_property
    def sold_pairs(self) -> pl.DataFrame:
        """`item` and `market` sold within a year, without items that have ended before the plan starts."""
        has_ended = (pl.col("lifecycle") == "obsolete") | (pl.col("end_date") < self.head.start).fill_null(False)
        sold = self.last_year.filter(pl.col("quantity") > 0.0).select("item", "market")
        return sold.join(self.items.filter(has_ended), on="item", how="anti", maintain_order="left")

    @cached_property
    def sourced_items(self) -> pl.DataFrame:
        """Items that are made, bought or subcontracted somewhere; one column `item`."""
        return pl.concat([self.below(self.table(name)) for name in SOURCES]).unique().sort("item")

    @cached_property
    def components(self) -> pl.DataFrame:
        """Rows of the bills of material that take something in and still hold on the first day of the plan."""
        holds = pl.col("valid_to").is_null() | (pl.col("valid_to") >= self.head.start)
        return self.table("bom").filter(pl.col("type").is_in(["", "component"]) & holds)

    @cached_property
    def sales(self) -> pl.DataFrame:
        """Closed sales by `item`, `market`, `bucket`: sums of `ordered`, `shipped`, `revenue`; number of `rows`."""
        rows = self.bucketed(self._sold_rows).filter(pl.col("bucket") < self.head.closed_buckets_end)
        keys = ["item", "market", "bucket"]
        # sorted first: the order in which rows arrived must not show in the last digit of a sum
        ordered = rows.select(*keys, "ordered_qty", "shipped_qty", "revenue_amount").sort(pl.all())
        sums = ordered.group_by(keys, maintain_order=True).agg(
            ordered=pl.col("ordered_qty").sum(),
            shipped=pl.col("shipped_qty").sum(),
            revenue=pl.col("revenue_amount").sum(),
            rows=pl.len(),
        )
        return sums.sort(keys)

    @cached_property
    def _sold_rows(self) -> pl.DataFrame:
        names = ["item", "market", "date", "ordered_qty", "shipped_qty", "revenue_amount"]
        if self.has("sales_history"):
            return self.table("sales_history").select(names)
        lines = self.table("order_lines")
        return lines.select(
            "item",
            "market",
            date="requested_date",
            ordered_qty=pl.col("ordered_qty") - pl.col("cancelled_qty").fill_null(0.0),
            shipped_qty="shipped_qty",
            revenue_amount="net_amount",
        )

    @cached_property
    def series(self) -> Series:
        """Closed sales as one array, from the first bucket with a row to the last closed one."""
        sales, end = self.sales, self.head.closed_buckets_end
        pairs = sales.select("item", "market").unique().sort("item", "market").with_row_index("row")
        first = int(np.min(sales["bucket"].to_numpy(), initial=end))
        values = np.zeros((pairs.height, end - first))
        rows = sales.join(pairs, on=["item", "market"], how="left", maintain_order="left")["row"].to_numpy()
        columns = sales["bucket"].to_numpy() - first
        values[rows, columns] = sales["ordered"].to_numpy()
        begins = np.full(pairs.height, end - first, dtype=np.int64)
        np.minimum.at(begins, rows, columns)
        return Series(pairs.drop("row"), values, begins, first)

    @cached_property
    def last_year(self) -> pl.DataFrame:
        """By `item` and `market`: `quantity` and `revenue` of the last year of closed buckets, and list `price`.

        Where no revenue was imported it is quantity × price; null where there is no price either.
        """
        recent = self.sales.filter(pl.col("bucket") >= self.head.closed_buckets_end - self.year)
        sums = recent.group_by(["item", "market"], maintain_order=True).agg(
            quantity=pl.col("ordered").sum(), revenue=pl.col("revenue").sum()
        )
        priced = sums.join(self.prices, on=["item", "market"], how="left", maintain_order="left")
        invoiced = pl.when(pl.col("revenue") != 0.0).then("revenue").otherwise(pl.col("quantity") * pl.col("price"))
        return priced.with_columns(revenue=invoiced).sort("item", "market")

    @cached_property
    def rates_of_exchange(self) -> pl.DataFrame:
        """The latest rate of each `currency` not after the start, plan before actual before budget; blank is 1."""
        order = pl.col("rate_type").replace_strict({"plan": 0, "actual": 1, "budget": 2}, default=3)
        known = self.table("exchange_rates").filter(pl.col("date") <= self.head.start)
        latest = known.with_columns(order=order).sort("currency", "order", "date", descending=[False, False, True])
        own = pl.DataFrame({"currency": ["", self.head.currency], "rate": [1.0, 1.0]})
        return pl.concat([own, latest.select("currency", "rate")]).unique("currency", keep="first", maintain_order=True)

    def in_own_currency(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """The frame with a money column in the dataset's currency; null where there is no rate."""
        joined = frame.join(self.rates_of_exchange, on="currency", how="left", maintain_order="left")
        return joined.with_columns((pl.col(column) * pl.col("rate")).alias(column)).drop("rate")

    @cached_property
    def prices(self) -> pl.DataFrame:
        """List price on the first day of the plan by `item` and `market`, for all that sell or are on order."""
        wanted = [self.sales.select("item", "market"), self.table("open_orders").select("item", "market")]
        pairs = pl.concat(wanted).unique().sort("item", "market")
        items, markets = self.axes.items, self.axes.markets
        asked = (
            Asked("item", items, _numbers(items, pairs["item"])),
            Asked("market", markets, _numbers(markets, pairs["market"])),
        )
        frame = self.in_own_currency(self.table("prices"), "price")
        found = painted_rates(self.axes, frame, "price", *asked)[:, 0]
        return pairs.with_columns(price=pl.Series(found, dtype=pl.Float64).fill_nan(None))

    @cached_property
    def costs(self) -> pl.DataFrame:
        """Standard cost of each `item` on the first day of the plan; of rows at locations their mean; null if none."""
        items = self.axes.items
        frame = self.in_own_currency(self.table("costs"), "standard_cost")
        everywhere = frame.filter(pl.col("location") == "")
        leaves = np.arange(len(items), dtype=np.int64)
        found = painted_rates(self.axes, everywhere, "standard_cost", Asked("item", items, leaves))[:, 0]
        by_item = pl.DataFrame({"item": items.leaves, "found": found}, schema={"item": pl.String, "found": pl.Float64})
        local = frame.filter(pl.col("location") != "").sort("item", "standard_cost")
        means = local.group_by("item", maintain_order=True).agg(mean=pl.col("standard_cost").mean())
        joined = by_item.join(means, on="item", how="left", maintain_order="left")
        return joined.select("item", cost=pl.coalesce(pl.col("found").fill_nan(None), "mean")).sort("item")

    @cached_property
    def worth(self) -> pl.DataFrame:
        """What each item is worth: `cost`, `price` (mean over markets), last year's `yearly_qty` and `revenue`."""
        sold = self.last_year.group_by("item", maintain_order=True).agg(
            yearly_qty=pl.col("quantity").sum(), revenue=pl.col("revenue").sum()
        )
        prices = self.prices.group_by("item", maintain_order=True).agg(price=pl.col("price").mean())
        frame = self.items.select("item").join(self.costs, on="item", how="left", maintain_order="left")
        frame = frame.join(prices, on="item", how="left", maintain_order="left")
        return frame.join(sold, on="item", how="left", maintain_order="left")

    def valued(self, frame: pl.DataFrame, column: str = "item") -> pl.DataFrame:
        """The frame with `worth` of the item in a column beside it; null where the column names a node above."""
        return frame.join(self.worth, left_on=column, right_on="item", how="left", maintain_order="left")

    def priced(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame, which has item and market, with the list `price` and last year's `quantity` and `revenue`."""
        prices = frame.join(self.prices, on=["item", "market"], how="left", maintain_order="left")
        sold = self.last_year.select("item", "market", yearly_qty="quantity", revenue="revenue")
        return prices.join(sold, on=["item", "market"], how="left", maintain_order="left")

    @cached_property
    def money(self) -> float:
        """Money that shares are taken of: last year's sales, else the stock at standard cost, else 0 (unknown)."""
        sales = float(self.last_year["revenue"].fill_null(0.0).sum())
        if sales > 0.0:
            return sales
        stock = self.valued(self.table("inventory").select("item", "on_hand").sort(pl.all()))
        return max(0.0, float((stock["on_hand"] * stock["cost"]).fill_null(0.0).sum()))


def _numbers(tree: Hierarchy, codes: pl.Series) -> IntArray:
    position = tree.position
    return np.array([position[code] for code in codes.to_list()], dtype=np.int64)
