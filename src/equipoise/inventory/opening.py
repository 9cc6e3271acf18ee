"""Stock as it was counted: usable units, from which the stock at the plan's start is made."""

import numpy as np
import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.inventory.findings import NEGATIVE_STOCK, NO_INVENTORY, STOCK_NOT_PLANNED


def counted_stock(inputs: Inputs, target: FloatArray) -> tuple[FloatArray, list[Finding]]:
    """Usable stock of every stock row at as_of, [N]: Σ over lots of on_hand − blocked, not below 0.

    Without any inventory the first target, [N, T], stands for it (tables.md, Defaults).
    """
    if not inputs.has("inventory"):
        message = f"no inventory is given: {len(target)} pairs of item and location open at their target"
        return target[:, 0].copy(), [NO_INVENTORY.found("table inventory", message, count=len(target))]
    keys = inputs.keys(Grain.STOCK)
    lots = inputs.table("inventory").sort("item", "location", "lot")
    rows = row_numbers(keys, lots, ("item", "location"))
    usable = on_grid((lots["on_hand"] - lots["blocked"].fill_null(0.0)).to_numpy(), QUANTITY_STEP)
    stock = np.zeros(len(keys))
    np.add.at(stock, rows[rows >= 0], usable[rows >= 0])
    findings = []
    outside = lots.filter(pl.Series(rows < 0) & (pl.col("on_hand") > 0))
    if outside.height:
        message = f"{outside.height} rows are not in the plan; the first is {outside['item'][0]} at "
        message += str(outside["location"][0])
        findings.append(STOCK_NOT_PLANNED.found("table inventory", message, count=outside.height))
    below = np.flatnonzero(stock < 0)
    if below.size:
        item, location = keys.labels(int(below[0]))
        message = f"{below.size} stocks are below zero; the first is {item} at {location} with {stock[below[0]]:g}"
        findings.append(NEGATIVE_STOCK.found("table inventory", message, count=int(below.size)))
    return np.maximum(stock, 0.0), findings
