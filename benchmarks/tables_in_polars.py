"""The table arithmetic of a plan by a good user of polars: long frames, joins and groups, one lazy query."""

import polars as pl

from benchmarks.long_tables import LongTables


def family_sheets(tables: LongTables) -> pl.DataFrame:
    """Required demand, closing stock, revenue, cost of sales and margin by family and date."""
    lazy = {name: frame.lazy() for name, frame in tables.frames().items()}
    parts = {
        "required": _required(lazy["orders"], lazy["consensus"], lazy["dates"]),
        "closing": _closing(lazy),
        "revenue": _revenue(lazy),
        "cost": _cost_of_sales(lazy),
    }
    whole = lazy["items"].select("family").unique().join(lazy["dates"], how="cross")
    for name, cells in parts.items():
        rolled = cells.join(lazy["items"], on="item").group_by("family", "date").agg(pl.col(name).sum())
        whole = whole.join(rolled, on=["family", "date"], how="left")
    return (
        whole.with_columns(pl.col(*parts).fill_null(0.0))
        .with_columns(margin=pl.col("revenue") - pl.col("cost"))
        .sort("family", "date")
        .collect()
    )


def _required(orders: pl.LazyFrame, consensus: pl.LazyFrame, dates: pl.LazyFrame) -> pl.LazyFrame:
    """Orders and the forecast that they do not consume: whichever is more."""
    booked = (
        orders.with_columns(date=pl.col("requested_date").dt.truncate("1mo"))
        .group_by("item", "market", "date")
        .agg(booked=pl.col("quantity").sum())
        .join(dates, on="date", how="semi")
    )
    return consensus.join(booked, on=["item", "market", "date"], how="full", coalesce=True).select(
        "item", "date", required=pl.max_horizontal(pl.col("quantity").fill_null(0.0), pl.col("booked").fill_null(0.0))
    )


def _closing(lazy: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Opening stock and all that moves it, added up over time at every item and location."""
    where = ["item", "location"]
    moved = pl.concat(
        [
            lazy["inbound"],
            lazy["outbound"].with_columns(-pl.col("quantity")),
            lazy["arrived"].select("item", "date", "quantity", location="to").select(*where, "date", "quantity"),
            lazy["shipped"].select(*where[:1], pl.col("from").alias("location"), "date", -pl.col("quantity")),
        ]
    )
    change = moved.group_by(*where, "date").agg(change=pl.col("quantity").sum())
    return (
        lazy["opening"]
        .join(lazy["dates"], how="cross")
        .join(change, on=[*where, "date"], how="left")
        .sort(*where, "date")
        .with_columns(closing=pl.col("quantity") + pl.col("change").fill_null(0.0).cum_sum().over(where))
        .select("item", "date", "closing")
    )


def _revenue(lazy: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    priced = lazy["served"].join(lazy["prices"], on=["item", "market", "date"])
    return priced.select("item", "date", revenue=pl.col("quantity") * pl.col("price"))


def _cost_of_sales(lazy: dict[str, pl.LazyFrame]) -> pl.LazyFrame:
    """What arrives at markets, at the standard cost of where it came from."""
    markets = lazy["prices"].select(to="market").unique()
    sold = lazy["arrived"].join(markets, on="to", how="semi")
    costed = sold.join(lazy["costs"], left_on=["item", "from", "date"], right_on=["item", "location", "date"])
    return costed.select("item", "date", cost=pl.col("quantity") * pl.col("standard_cost"))
