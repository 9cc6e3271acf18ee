"""The same table arithmetic by a user of pandas: merges and groups of long frames."""

from collections.abc import Mapping

import pandas as pd

CELL = ["item", "location", "date"]


def family_sheets(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Required demand, closing stock, revenue, cost of sales and margin by family and date."""
    parts = {
        "required": _required(tables),
        "closing": _closing(tables),
        "revenue": _revenue(tables),
        "cost": _cost_of_sales(tables),
    }
    whole = tables["items"][["family"]].drop_duplicates().merge(tables["dates"], how="cross")
    for name, cells in parts.items():
        rolled = cells.merge(tables["items"], on="item").groupby(["family", "date"], as_index=False)[name].sum()
        whole = whole.merge(rolled, on=["family", "date"], how="left")
    whole = whole.fillna(0.0)
    whole["margin"] = whole["revenue"] - whole["cost"]
    return whole.sort_values(["family", "date"])


def _required(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    orders = tables["orders"].assign(date=tables["orders"]["requested_date"].dt.to_period("M").dt.to_timestamp())
    orders = orders[orders["date"].isin(tables["dates"]["date"])]
    booked = orders.groupby(["item", "market", "date"], as_index=False)["quantity"].sum()
    both = tables["consensus"].merge(
        booked, on=["item", "market", "date"], how="outer", suffixes=("_forecast", "_booked")
    )
    both["required"] = both[["quantity_forecast", "quantity_booked"]].max(axis=1)
    return both[["item", "date", "required"]]


def _closing(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    arrived = tables["arrived"].drop(columns="from").rename(columns={"to": "location"})
    shipped = tables["shipped"].drop(columns="to").rename(columns={"from": "location"})
    moved = pd.concat(
        [
            tables["inbound"],
            tables["outbound"].assign(quantity=-tables["outbound"]["quantity"]),
            arrived,
            shipped.assign(quantity=-shipped["quantity"]),
        ]
    )
    change = moved.groupby(CELL, as_index=False)["quantity"].sum().rename(columns={"quantity": "change"})
    cells = tables["opening"].merge(tables["dates"], how="cross").merge(change, on=CELL, how="left").sort_values(CELL)
    cells["change"] = cells["change"].fillna(0.0)
    cells["closing"] = cells["quantity"] + cells.groupby(["item", "location"])["change"].cumsum()
    return cells[["item", "date", "closing"]]


def _revenue(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    priced = tables["served"].merge(tables["prices"], on=["item", "market", "date"])
    return priced.assign(revenue=priced["quantity"] * priced["price"])[["item", "date", "revenue"]]


def _cost_of_sales(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    sold = tables["arrived"][tables["arrived"]["to"].isin(tables["prices"]["market"].unique())]
    costed = sold.merge(tables["costs"].rename(columns={"location": "from"}), on=["item", "from", "date"])
    return costed.assign(cost=costed["quantity"] * costed["standard_cost"])[["item", "date", "cost"]]
