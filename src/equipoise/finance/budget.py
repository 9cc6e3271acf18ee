"""The budget, brought to the cells of the plan: totals of nodes and of long periods, spread exactly.

A budget row is the total of its item node, market node and period (tables.md, section 3). Rows are booked from the
narrowest to the widest: a row takes what narrower rows have booked inside it as its parts and spreads the rest over
the cells that no narrower row names, in proportion to the baseline. A year's total is thus the same whether it was
budgeted by year or by month. Periods may begin before or end after the horizon: the cells outside take their part by
the mean baseline of the row and are then cut off.

Cells that no row names are 0 in buckets where something is budgeted, else NaN: not budgeted yet. The budget is never an
input to demand, consensus weights or capacity: only stage `finance` reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.finance.booking import Cells, Total, book
from equipoise.finance.findings import BUDGET_NOWHERE, BUDGET_VERSION

ANNUAL_PLAN = "AOP"
COLUMNS = {
    "quantity": QUANTITY_STEP,
    "revenue_amount": MONEY_STEP,
    "margin_amount": MONEY_STEP,
    "operating_expense_amount": MONEY_STEP,
}
"""What a budget may state, and the grid it is on."""


@dataclass(frozen=True, eq=False)
class Budget:
    """What is budgeted for the demand rows by column of the table, [N, T − first]; NaN where nothing is budgeted."""

    amounts: Mapping[str, FloatArray]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class Profile:
    """What totals are spread by, [N, T] each: the baseline in units and at net price, where an item is sold."""

    quantity: FloatArray
    money: FloatArray
    active: BoolArray

    @staticmethod
    def of(*, baseline: FloatArray, price: FloatArray, active_ratio: FloatArray) -> "Profile":
        """From the baseline forecast, the net price (an unknown one has no weight) and where items are active."""
        active = active_ratio > 0
        weights = [np.where(active, np.maximum(profile, 0.0), 0.0) for profile in (baseline, baseline * price)]
        return Profile(weights[0], np.nan_to_num(weights[1]), active)


def plan_budget(inputs: Inputs, profile: Profile) -> Budget:
    """The budget version that the plan stands beside, in the cells of the plan."""
    table, findings = choose_version(inputs.table("budget"), str(inputs.knob("budget_version")))
    budget = read_budget(inputs.axes, table, profile)
    return Budget(budget.amounts, (*findings, *budget.findings))


def read_budget(axes: Axes, table: pl.DataFrame, profile: Profile, *, first: int = 0) -> Budget:
    """Rows of one version in the buckets first..T−1 (`first` ≤ 0), each amount from its own column."""
    amounts, findings = {}, []
    for column, step in COLUMNS.items():
        cells, totals, lost = read_totals(axes, table, column, step)
        weights = profile.quantity if column == "quantity" else profile.money
        amounts[column], found = book(cells, totals, weights, active=profile.active, step=step, first=first)
        findings += [*lost, *found]
    return Budget(amounts, tuple(findings))


def choose_version(table: pl.DataFrame, wanted: str = ANNUAL_PLAN) -> tuple[pl.DataFrame, list[Finding]]:
    """Rows of the version that is asked for, else of the alphabetically first one, with a finding."""
    versions = sorted(set(table["version"].to_list()))
    if not versions or wanted in versions:
        return table.filter(pl.col("version") == wanted), []
    message = f"no version is named {wanted}; {versions[0]} is taken, of {', '.join(versions)}"
    return table.filter(pl.col("version") == versions[0]), [BUDGET_VERSION.found("table budget", message)]


def last_forecast(table: pl.DataFrame, chosen: str) -> str:
    """The newest reforecast: of the versions beside the annual plan and the chosen one the last by name; "" for none.

    Names are compared with their numbers as numbers, so RF10 comes after RF9.

    >>> last_forecast(pl.DataFrame({"version": ["AOP", "RF9", "RF10"]}), "AOP")
    'RF10'
    """

    def rank(name: str) -> list[tuple[int, str]]:
        return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]

    others = set(table["version"].to_list()) - {ANNUAL_PLAN, chosen}
    return max(others, key=rank, default="")


def read_totals(
    axes: Axes, table: pl.DataFrame, column: str, step: float, *, name: str = "budget"
) -> tuple[Cells, list[Total], list[Finding]]:
    """The rows that fill a column: single cells, totals of several, and a finding for those outside the plan.

    Rows of one item node, market node and period are added up: a budget by week in a plan by month.
    """
    keys = axes.keys[Grain.DEMAND]
    rows = table.filter(pl.col(column).is_not_null() & _near(axes.calendar)) if table.height else table
    if not rows.height:
        nothing = np.zeros(0, dtype=np.int64)
        return Cells(nothing, nothing, np.zeros(0)), [], []
    given = _with_spans(axes.calendar, rows)
    amounts = on_grid(given[column].to_numpy(), step)
    given = (
        given.with_columns(pl.Series("amount", amounts))
        .group_by("item", "market", "begin", "end", maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("where").first())
        .sort("item", "market", "begin", "end")
    )
    row = row_numbers(keys, given, ("item", "market"))
    is_cell = (row >= 0) & (given["end"] - given["begin"] == 1).to_numpy()
    single = given.filter(pl.Series(is_cell))
    cells = Cells(row[is_cell], single["begin"].to_numpy(), single["amount"].to_numpy())
    totals: list[Total] = []
    nowhere: list[str] = []
    below: dict[tuple[str, str], IntArray] = {}
    for item, market, begin, end, amount, where in given.filter(pl.Series(~is_cell)).iter_rows():
        if (item, market) not in below:
            below[item, market] = axes.rows(Grain.DEMAND, {"item": item, "market": market})
        if below[item, market].size:
            totals.append(Total(where, below[item, market], begin, end, amount))
        else:
            nowhere.append(where)
    if not nowhere:
        return cells, totals, []
    message = f"{len(nowhere)} rows give {column} for items and markets without demand; the first is {nowhere[0]}"
    return cells, totals, [BUDGET_NOWHERE.found(f"table {name}", message, count=len(nowhere))]


def _with_spans(calendar: Calendar, table: pl.DataFrame) -> pl.DataFrame:
    """Columns begin, end (the span of buckets) and where (the row in words)."""
    periods = table.select("date", "period").unique().sort("date", "period")
    spans = [period_span(calendar, day, period) for day, period in periods.iter_rows()]
    columns = [pl.Series(name, [span[n] for span in spans], dtype=pl.Int64) for n, name in enumerate(("begin", "end"))]
    where = pl.format(
        "{} in {}, {} of {}",
        pl.when(pl.col("item") == "").then(pl.lit("all items")).otherwise(pl.col("item")),
        pl.when(pl.col("market") == "").then(pl.lit("all markets")).otherwise(pl.col("market")),
        pl.when(pl.col("period") == "").then(pl.lit("bucket")).otherwise(pl.col("period")),
        pl.col("date").cast(pl.String),
    )
    joined = table.join(periods.with_columns(columns), on=["date", "period"], maintain_order="left")
    return joined.with_columns(where.alias("where"))


def _near(calendar: Calendar) -> pl.Expr:
    """Rows within a year of the horizon: no period that touches it can be dated outside."""
    year = timedelta(days=371)
    return pl.col("date").is_between(calendar.start_of(0) - year, calendar.end_of(calendar.horizon - 1) + year)


def period_span(calendar: Calendar, day: date, period: str) -> tuple[int, int]:
    """Buckets of the period that holds a day, half-open: the bucket, calendar month, fiscal quarter or fiscal year.

    >>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=6, fiscal_year_start="07-01")
    >>> period_span(months, date(2027, 2, 10), "quarter"), period_span(months, date(2027, 2, 10), "year")
    ((0, 3), (-6, 6))
    """
    bucket = calendar.index_of(day)
    if period in ("", "bucket"):
        return bucket, bucket + 1
    if period == "month":
        if calendar.bucket != "week":
            return bucket, bucket + 1
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        # A week belongs to the month in which it begins.
        begin, end = calendar.index_of(first), calendar.index_of(after)
        return begin + (calendar.start_of(begin) < first), end + (calendar.start_of(end) < after)

    def belongs(other: int) -> bool:
        same_year = calendar.fiscal_year(other) == calendar.fiscal_year(bucket)
        return same_year and (period == "year" or calendar.fiscal_quarter(other) == calendar.fiscal_quarter(bucket))

    begin, end = bucket, bucket + 1
    while belongs(begin - 1):
        begin -= 1
    while belongs(end):
        end += 1
    return begin, end
