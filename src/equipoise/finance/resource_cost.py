"""What capacity costs: pay per clock hour, hiring and layoff per person, extra shifts, changes of the rate."""

import numpy as np
import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.finance.findings import BLANK_COST

COLUMNS = {
    "resource_regular_price": "regular_cost_per_hour",
    "resource_overtime_price": "overtime_cost_per_hour",
    "resource_hire_price": "hire_cost",
    "resource_layoff_price": "layoff_cost",
    "resource_shift_price": "extra_shift_cost",
    "resource_rate_up_price": "rate_up_cost",
    "resource_rate_down_price": "rate_down_cost",
    "resource_idle_price": "idle_cost_per_hour",
}
"""The column of table resources that each measure is read from."""

APPLIES = {
    "regular_cost_per_hour": pl.lit(True),
    "overtime_cost_per_hour": pl.col("max_overtime_hours").is_not_null()
    | pl.col("max_overtime_hours_per_worker").is_not_null(),
    "hire_cost": pl.col("workers").is_not_null(),
    "layoff_cost": pl.col("workers").is_not_null(),
    "extra_shift_cost": pl.col("extra_shift_hours").fill_null(0.0) > 0,
    "rate_up_cost": pl.lit(False),
    "rate_down_cost": pl.lit(False),
    "idle_cost_per_hour": pl.lit(False),
}
"""Where a blank matters: overtime and shifts only where there may be any, hiring and layoff only with workers."""


def resource_prices(inputs: Inputs) -> tuple[dict[str, FloatArray], list[Finding]]:
    """The measures of the resource rows, [N, T] each, constant over time; a blank is 0.

    An extra shift is priced by its clock hours: extra_shift_cost over extra_shift_hours.
    """
    axes, keys, table = inputs.axes, inputs.keys(Grain.RESOURCE), inputs.table("resources")
    prices, findings = {}, []
    for measure, column in COLUMNS.items():
        given = dict(table.select("resource", column).iter_rows())
        values = np.array([given.get(keys.labels(row)[0]) or 0.0 for row in range(len(keys))], dtype=np.float64)
        if column == "extra_shift_cost":
            hours = dict(table.select("resource", "extra_shift_hours").iter_rows())
            length = np.array([hours.get(keys.labels(row)[0]) or 0.0 for row in range(len(keys))], dtype=np.float64)
            values = np.divide(values, length, out=np.zeros(len(keys)), where=length > 0)
        prices[measure] = np.repeat(values[:, None], axes.horizon, axis=1)
        blank = table.filter(pl.col(column).is_null() & APPLIES[column])["resource"].sort().to_list()
        if blank:
            message = f"{column} is blank for {len(blank)} resources; the first is {blank[0]}"
            findings.append(BLANK_COST.found("table resources", message, count=len(blank)))
    return prices, findings
