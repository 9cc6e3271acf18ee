"""The stored parts of stock KPIs: average value, what can be sold, and cells inside and outside their band."""

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import MONEY_STEP, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.rates import Asked, painted_rates
from equipoise.core.stage import Inputs
from equipoise.kpi.inventory import days_of_supply


def stock_levels(inputs: Inputs) -> dict[str, FloatArray]:
    """Average value, saleable stock and band of the stock rows, [N, T]."""
    closing = inputs.measure("inventory_closing_qty")
    asked = np.zeros(len(inputs.axes.items), dtype=np.bool_)
    wanted = inputs.measure("demand_required_qty").any(axis=1)
    asked[inputs.keys(Grain.DEMAND).column("item")[wanted]] = True
    is_sold = asked[inputs.keys(Grain.STOCK).column("item")]
    banded, inside = _band(inputs, closing)
    return {
        "inventory_average_amount": _average_value(inputs, closing),
        "inventory_saleable_qty": np.where(is_sold[:, None], closing, 0.0),
        "inventory_banded_number": banded,
        "inventory_in_band_number": inside,
        "inventory_off_band_number": banded - inside,
    }


def _average_value(inputs: Inputs, closing: FloatArray) -> FloatArray:
    """(opening + closing) / 2 × standard cost, on the grid of money; without a count of stock nobody knows it."""
    if inputs.sections["inventory"].facts["start"] == "assumed":
        return np.full(closing.shape, np.nan)
    average = (inputs.measure("inventory_opening_qty") + closing) / 2
    return on_grid(np.where(average == 0, 0.0, average * inputs.measure("cost_standard_price")), MONEY_STEP)


def _band(inputs: Inputs, closing: FloatArray) -> tuple[FloatArray, FloatArray]:
    """1 in cells that have a maximum, 1 in those that also lie inside, [N, T] each."""
    policy, axes = inputs.table("inventory_policy"), inputs.axes
    highest, longest = _rule(axes, policy, "max_qty"), _rule(axes, policy, "max_days")
    has_maximum = np.isfinite(highest) | np.isfinite(longest)
    calendar = axes.calendar
    days = days_of_supply(
        closing, inputs.measure("demand_sourced_qty"), calendar.horizon_days, per_year=calendar.periods_per_year
    )
    # Stock that no demand follows lasts for ever: longer than any number of days, unless there is none.
    lasts = np.where(np.isnan(days), np.where(closing > 0, np.inf, 0.0), days)
    below_top = np.where(np.isfinite(highest), closing <= highest, lasts <= np.nan_to_num(longest))
    inside = has_maximum & below_top & (closing >= inputs.measure("inventory_safety_qty"))
    return has_maximum.astype(np.float64), inside.astype(np.float64)


def _rule(axes: Axes, policy: pl.DataFrame, column: str) -> FloatArray:
    keys = axes.keys[Grain.STOCK]
    return painted_rates(
        axes,
        policy,
        column,
        Asked("item", axes.items, keys.column("item")),
        Asked("location", axes.locations, keys.column("location")),
    )
