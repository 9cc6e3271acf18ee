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
    parts: dict[str, list[object]] = {name: [] for name in ("fiscal_year", "node", "measure", *COLUMNS)}
    numbers: dict[str, dict[tuple[int, str], FloatArray]] = {name: {} for name in COLUMNS[:-1]}
    for measure in MEASURES:
        for column, values in sides.columns(measure):
            whole = _by_node(plan, measure, values, groups, len(nodes))
            for year in sides.years:
                numbers[column][year.year, measure] = of_year(sides, whole, year, column)
    for year in sides.years:
        for place, node in enumerate(nodes):
            for measure in MEASURES:
                row = {name: float(numbers[name][year.year, measure][place]) for name in COLUMNS[:-1]}
                row["gap"] = row["landing"] - row["budget"]
                for name, value in {"fiscal_year": year.label, "node": node, "measure": measure, **row}.items():
                    parts[name].append(value)
    frame = pl.DataFrame(parts).with_columns(pl.col(COLUMNS).cast(pl.Float64).fill_nan(None))
    return Landing(frame, sides.years, sides.budget_version, sides.forecast_name, sides.findings())


def _by_node(plan: Plan, measure: str, values: FloatArray, groups: IntArray, count: int) -> FloatArray:
    """Rows [N, B] summed to nodes [count, B], quantities in one unit; NaN where units do not add up."""
    keys = plan.axes.keys[Grain.DEMAND]
    chosen = np.where(values.any(axis=1), groups, -1)
    common = plan.in_common_unit(measure_named(measure), Panel(keys, {measure: values}), chosen)
    return sum_rows(common, groups, count)
