"""Lead times as they were, from the receipts of the past, beside those of the master data."""

import polars as pl

from equipoise.quality.facts import Facts

ROUTE = ["item", "location", "supplier"]


def lead_times_met(facts: Facts) -> pl.DataFrame:
    """By item, location and supplier: `orders`, `mean`, `std` and `master` in days and `late_pct`, sorted by them.

    Lead time L = received_date − ordered_date of purchase receipts, std with n − 1; late is what was received after
    its due_date. `master` is lead_time_days of purchasing at the item or the nearest node above it, else null.
    """
    both = pl.col("received_date").is_not_null() & pl.col("ordered_date").is_not_null()
    done = facts.table("receipts").filter((pl.col("type") == "purchase") & both)
    days = (pl.col("received_date") - pl.col("ordered_date")).dt.total_days().cast(pl.Float64)
    late = pl.col("received_date") > pl.col("due_date")
    met = done.with_columns(days=days, late=late).sort(*ROUTE, "days").group_by(ROUTE, maintain_order=True)
    measured = met.agg(
        orders=pl.len(),
        mean=pl.col("days").mean(),
        std=pl.col("days").std(),
        late_pct=100.0 * pl.col("late").mean(),
    )
    return measured.join(_master(facts), on=ROUTE, how="left", maintain_order="left")


def _master(facts: Facts) -> pl.DataFrame:
    """lead_time_days in force at as_of for every item below a row: the nearest node, then the latest valid_from."""
    holds = pl.col("valid_from").is_null() | (pl.col("valid_from") <= facts.head.start)
    rows = facts.table("purchasing").filter(holds).rename({"item": "node"})
    below = rows.join(facts.item_nodes, on="node", how="inner")
    nearest = below.sort(*ROUTE, "level", "valid_from", descending=[False] * 4 + [True], nulls_last=True)
    first = nearest.unique(ROUTE, keep="first", maintain_order=True)
    return first.select(*ROUTE, master="lead_time_days", stated_std="lead_time_std_days")
