"""Units of measure: how many of a truck, a pallet place, a cubic meter or a kilogram one base unit of an item takes."""

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray
from equipoise.core.rates import Asked, painted_rates

CUBIC_METERS, KILOGRAMS = ("m3", "m³"), ("kg",)


def per_unit(axes: Axes, items: pl.DataFrame, uoms: pl.DataFrame, uom: str) -> FloatArray:
    """Units of `uom` in one base unit of each item, [I]; NaN where nothing says.

    A blank uom is the base unit itself. Else the item's own uom is 1, table uoms says how many base units one holds,
    and cubic meters and kilograms are read from unit_volume_m3 and unit_weight_kg, in this order.
    """
    count = len(axes.items)
    if uom == "":
        return np.ones(count)
    said = {str(row["item"]): row for row in items.iter_rows(named=True)}
    physical = {**dict.fromkeys(CUBIC_METERS, "unit_volume_m3"), **dict.fromkeys(KILOGRAMS, "unit_weight_kg")}
    column = physical.get(uom.lower())
    stated = [said[code][column] if column and code in said else None for code in axes.items.leaves]
    found = np.array([np.nan if value is None else float(value) for value in stated])
    everything = Asked("item", axes.items, np.arange(count, dtype=np.int64))
    factor = painted_rates(axes, uoms.filter(pl.col("uom") == uom), "factor", everything)[:, 0]
    found = np.where(np.isnan(factor), found, 1.0 / factor)
    is_own = np.array([code in said and said[code]["uom"] == uom for code in axes.items.leaves], dtype=np.bool_)
    result: FloatArray = np.where(is_own, 1.0, found)
    return result
