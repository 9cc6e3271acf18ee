"""What capacity costs: regular and overtime pay per clock hour, hiring and layoff per person."""

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
}
"""The column of table resources that each measure is read from."""

APPLIES = {
    "regular_cost_per_hour": pl.lit(True),
    "overtime_cost_per_hour": pl.col("max_overtime_hours").is_not_null()
    | pl.col("max_overtime_hours_per_worker").is_not_null(),
    "hire_cost": pl.col("workers").is_not_null(),
    "layoff_cost": pl.col("workers").is_not_null(),
}
"""Where a blank matters: overtime only where there may be any, hiring and layoff only with workers."""


def resource_prices(inputs: Inputs) -> tuple[dict[str, FloatArray], list[Finding]]:
    """The four measures of the resource rows, [N, T] each, constant over time; a blank is 0."""
    axes, keys, table = inputs.axes, inputs.keys(Grain.RESOURCE), inputs.table("resources")
    prices, findings = {}, []
    for measure, column in COLUMNS.items():
        given = dict(table.select("resource", column).iter_rows())
        values = np.array([given.get(keys.labels(row)[0]) or 0.0 for row in range(len(keys))], dtype=np.float64)
        prices[measure] = np.repeat(values[:, None], axes.horizon, axis=1)
        blank = table.filter(pl.col(column).is_null() & APPLIES[column])["resource"].sort().to_list()
        if blank:
            message = f"{column} is blank for {len(blank)} resources; the first is {blank[0]}"
            findings.append(BLANK_COST.found("table resources", message, count=len(blank)))
    return prices, findings
