"""The budget, brought to the cells of the plan: totals of nodes and of long periods, spread exactly.

A budget row is the total of its item node, market node and period (tables.md, section 3). Rows are booked from the
narrowest to the widest: a row takes what narrower rows have booked inside it as its parts and spreads the rest over
the cells that no narrower row names, in proportion to the baseline. A year's total is thus the same whether it was
budgeted by year or by month. Periods may begin before or end after the horizon: the cells outside take their part by
the mean baseline of the row and are then cut off.

Cells that no row names are 0 in buckets where something is budgeted, else NaN: not budgeted yet.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid, split
from equipoise.core.measure import Grain
from equipoise.core.stage import Inputs
from equipoise.finance.findings import BUDGET_NOWHERE, BUDGET_PARTS_ABOVE, BUDGET_REST, BUDGET_VERSION

ANNUAL_PLAN = "AOP"


@dataclass(frozen=True, eq=False)
class Budget:
    """Budgeted quantity and revenue of the demand rows, [N, T]; NaN where nothing is budgeted."""

    quantity: FloatArray
    revenue: FloatArray
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class Total:
    """One budget row: the cells it covers, as rows and the half-open span of buckets, and its amount."""

    where: str
    rows: IntArray
    begin: int
    end: int
    amount: float

    @property
    def cells(self) -> int:
        """Number of cells covered: the narrowest total is booked first."""
        return len(self.rows) * (self.end - self.begin)


def plan_budget(inputs: Inputs) -> Budget:
    """The annual operating plan in the cells of the plan, quantity and revenue each from its own column."""
    table, findings = choose_version(inputs.table("budget"))
    baseline = inputs.measure("demand_baseline_qty")
    revenue = np.nan_to_num(baseline * inputs.measure("sales_net_price"))  # an unknown price has no weight
    active = inputs.measure("demand_active_ratio") > 0
    booked = []
    for column, profile, step in (("quantity", baseline, QUANTITY_STEP), ("revenue_amount", revenue, MONEY_STEP)):
        totals, lost = read_totals(inputs.axes, table, column, step)
        cells, found = book(totals, np.where(active, np.maximum(profile, 0.0), 0.0), active=active, step=step)
        booked.append(cells)
        findings += [*lost, *found]
    return Budget(booked[0], booked[1], tuple(findings))


def choose_version(table: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Rows of version AOP, else of the alphabetically first version."""
    versions = sorted(set(table["version"].to_list()))
    if not versions or ANNUAL_PLAN in versions:
        return table.filter(pl.col("version") == ANNUAL_PLAN), []
    message = f"no version is named {ANNUAL_PLAN}; {versions[0]} is taken, of {', '.join(versions)}"
    return table.filter(pl.col("version") == versions[0]), [BUDGET_VERSION.found("table budget", message)]


def read_totals(axes: Axes, table: pl.DataFrame, column: str, step: float) -> tuple[list[Total], list[Finding]]:
    """The rows that fill a column, narrowest first, and a finding for those that meet no row of the plan."""
    totals: list[Total] = []
    nowhere: list[str] = []
    below: dict[tuple[str, str], IntArray] = {}
    given = table.filter(pl.col(column).is_not_null() & _near(axes.calendar)).sort("item", "market", "date", "period")
    for item, market, day, period, amount in given.select("item", "market", "date", "period", column).iter_rows():
        where = f"{item or 'all items'} in {market or 'all markets'}, {period or 'bucket'} of {day}"
        if (item, market) not in below:
            below[item, market] = axes.rows(Grain.DEMAND, {"item": item, "market": market})
        rows = below[item, market]
        if rows.size == 0:
            nowhere.append(where)
            continue
        begin, end = period_span(axes.calendar, day, period)
        totals.append(Total(where, rows, begin, end, float(on_grid(np.array(amount), step))))
    totals.sort(key=lambda total: total.cells)
    if not nowhere:
        return totals, []
    message = f"{len(nowhere)} rows give {column} for items and markets without demand; the first is {nowhere[0]}"
    return totals, [BUDGET_NOWHERE.found("table budget", message, count=len(nowhere))]


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


def book(
    totals: list[Total], profile: FloatArray, *, active: BoolArray, step: float
) -> tuple[FloatArray, list[Finding]]:
    """Spread totals (narrowest first) over cells [N, T] by a non-negative profile; exact on the grid of `step`."""
    count, horizon = profile.shape
    if not totals:
        return np.full((count, horizon), np.nan), []
    # Work on all buckets that any total covers; outside the horizon the row's mean stands for the profile.
    first = min(0, *(total.begin for total in totals))
    last = max(horizon, *(total.end for total in totals))
    weights = np.repeat(profile.mean(axis=1, keepdims=True), last - first, axis=1)
    weights[:, -first : horizon - first] = profile
    is_open = np.ones(weights.shape, dtype=np.bool_)
    is_open[:, -first : horizon - first] = active
    cells = np.zeros(weights.shape)
    named = np.zeros(weights.shape, dtype=np.bool_)
    above: list[str] = []
    over: list[str] = []
    for total in totals:
        block = np.ix_(total.rows, np.arange(total.begin - first, total.end - first))
        rest = total.amount - float(cells[block].sum())
        free = ~named[block]
        if rest < 0 <= total.amount:
            above.append(total.where)
            rest = 0.0
        elif rest != 0 and not free.any():
            over.append(total.where)
            free[:] = True
        if rest != 0:
            cells[block] += _spread(rest, weights[block], is_open[block], free, step)
        named[block] = True
    inside = slice(-first, horizon - first)
    budgeted = named[:, inside].any(axis=0)
    return np.where(budgeted, cells[:, inside], np.nan), _conflicts(above, over)


def _spread(rest: float, weights: FloatArray, is_open: BoolArray, free: BoolArray, step: float) -> FloatArray:
    """Parts of `rest` on the free cells: by weight, else equally over cells where the item is sold, else over all."""
    for chosen in (np.where(free, weights, 0.0), (free & is_open).astype(np.float64), free.astype(np.float64)):
        if chosen.any():
            return split(rest, chosen.ravel(), step=step).reshape(chosen.shape)
    raise AssertionError("a total without a free cell is spread over all its cells")


def _conflicts(above: list[str], over: list[str]) -> list[Finding]:
    findings = []
    if above:
        message = f"{len(above)} totals are below the sum of their parts; the first is {above[0]}"
        findings.append(BUDGET_PARTS_ABOVE.found("table budget", message, count=len(above)))
    if over:
        message = f"{len(over)} totals are not reached by rows that name all their cells; the first is {over[0]}"
        findings.append(BUDGET_REST.found("table budget", message, count=len(over)))
    return findings
