"""The demo company as it was known on an earlier day: what happened later is cut off, what stood then is put back.

Kept is what anybody could have known: history, archives and counts up to the day, standing data, dated limits and rates
announced ahead. Gone are orders, contracts, opportunities, budgets and forecasts of today. Of purchase orders that were
open then the demo keeps only the row, with a quantity of 0 since they have arrived: they get back what every order of
that supplier is for. Raw materials are not in the history of counts: as much is put in stock as there is today.
"""

import dataclasses
from datetime import date, timedelta

import polars as pl

DATED = (
    ("sales_history", "date"),
    ("production_history", "date"),
    ("inventory_history", "date"),
    ("indicators", "date"),
    ("pipeline_history", "date"),
    ("accounts", "date"),
    ("forecast_archive", "made_date"),
    ("plan_archive", "made_date"),
)
OF_TODAY = ("open_orders", "forecast", "budget", "pipeline", "commitments", "launches")
NORTH = 0.58
"""Share of demand that the northern warehouse serves: counts of the past are of both together."""


def rolled_back(snapshot, start: date, *, horizon: int = 18):
    """The snapshot that plans from `start`, with what was known the evening before."""
    eve = start - timedelta(days=1)
    tables = dict(snapshot.tables)
    for name, column in DATED:
        tables[name] = tables[name].filter(pl.col(column) <= eve)
    for name in OF_TODAY:
        tables[name] = tables[name].clear()
    tables["events"] = tables["events"].filter(pl.col("start_date") <= eve)
    tables["inventory"] = _stock(snapshot, eve)
    tables["receipts"] = _on_order(snapshot.table("receipts"), eve)
    for name in ("purchasing", "subcontracting"):
        first = pl.min_horizontal(pl.col("valid_from"), pl.lit(snapshot.head.calendar.start_of(-36)))
        tables[name] = tables[name].with_columns(valid_from=first)
    head = dataclasses.replace(snapshot.head, start=start, as_of=eve, history_to=eve, horizon=horizon)
    return dataclasses.replace(snapshot, head=head, tables=tables, findings=())


def _stock(snapshot, eve: date) -> pl.DataFrame:
    """Finished goods as counted on the eve, shared over the warehouses; raw materials as today."""
    now = snapshot.table("inventory")
    counted = snapshot.table("inventory_history").filter(pl.col("date") == eve).select("item", counted="on_hand")
    north = (pl.col("counted") * NORTH).floor()
    at_warehouse = now.filter(pl.col("location").str.starts_with("dc-")).join(
        counted, on="item", how="inner", maintain_order="left"
    )
    shared = at_warehouse.with_columns(
        on_hand=pl.when(pl.col("location") == "dc-north").then(north).otherwise(pl.col("counted") - north),
        blocked=pl.lit(None, dtype=pl.Float64),
    )
    materials = now.filter(~pl.col("location").str.starts_with("dc-"))
    return pl.concat([shared.select(now.columns), materials])


def _on_order(receipts: pl.DataFrame, eve: date) -> pl.DataFrame:
    """What was ordered by the eve and had not arrived."""
    usual = receipts.filter(pl.col("status") == "released")["quantity"].max()
    known = (pl.col("ordered_date") <= eve) & (pl.col("received_date").is_null() | (pl.col("received_date") > eve))
    return receipts.filter(known).with_columns(
        quantity=pl.when(pl.col("quantity") == 0).then(usual).otherwise(pl.col("quantity")),
        received_date=pl.lit(None, dtype=pl.Date),
    )
