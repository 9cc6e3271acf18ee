"""The table of a landing, by fiscal year, node and measure."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.catalog import measure_named
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel, sum_rows
from equipoise.landing.sides import MEASURES, Sides, Year, of_year
from equipoise.plan import Plan

COLUMNS = ("actual", "to_date", "plan", "landing", "budget", "last_forecast", "last_year", "gap")


@dataclass(frozen=True, eq=False)
class Landing:
    """The table, and what it stands on."""

    frame: pl.DataFrame
    """fiscal_year, node, measure, then `COLUMNS`."""
    years: tuple[Year, ...]
    budget_version: str
    last_forecast: str
    """Name of the version, or `plan of DATE`; blank where there is neither."""
    findings: tuple[Finding, ...]


def landing(plan: Plan, by: str = "family") -> pl.DataFrame:
    """One row a fiscal year, node of level `by` ("" for the whole) and measure; see `land` for what it stands on."""
    return land(plan, by=by).frame


def land(plan: Plan, by: str = "family") -> Landing:
    """The landing of every fiscal year the horizon touches, by a level of item or market; "" is the whole company."""
    sides = Sides(plan)
    groups: IntArray = np.zeros(len(sides.keys), dtype=np.int64)
    nodes: tuple[str, ...] = ("",)
    if by:
        groups, nodes = plan.axes.groups(Grain.DEMAND, by)
        if (groups < 0).any():  # what has no node at this level is a row of its own: nothing is lost from the sum
            groups, nodes = np.where(groups < 0, len(nodes), groups), (*nodes, "")
    frames = []
    for order, measure in enumerate(MEASURES):
        wholes = {
            column: _by_node(plan, measure, values, groups, len(nodes)) for column, values in sides.columns(measure)
        }
        for year in sides.years:
            numbers = {column: of_year(sides, wholes[column], year, column) for column in COLUMNS[:-1]}
            rank = pl.int_range(len(nodes), eager=True)
            labels = {"fiscal_year": pl.lit(year.label), "measure": pl.lit(measure), "order": pl.lit(order)}
            frames.append(
                pl.DataFrame({"node": nodes, "rank": rank, "year": [year.year] * len(nodes), **numbers}).with_columns(
                    (pl.col("landing") - pl.col("budget")).alias("gap"), **labels
                )
            )
    frame = (
        pl.concat(frames)
        .sort("year", "rank", "order")
        .select("fiscal_year", "node", "measure", pl.col(COLUMNS).fill_nan(None))
    )
    return Landing(frame, sides.years, sides.budget_version, sides.forecast_name, sides.findings())


def _by_node(plan: Plan, measure: str, values: FloatArray, groups: IntArray, count: int) -> FloatArray:
    """Rows [N, B] summed to nodes [count, B], quantities in one unit; NaN where units do not add up."""
    keys = plan.axes.keys[Grain.DEMAND]
    chosen = np.where(values.any(axis=1), groups, -1)
    common = plan.in_common_unit(measure_named(measure), Panel(keys, {measure: values}), chosen)
    return sum_rows(common, groups, count)
