"""The sides of a landing: actuals, plan, budget, last forecast and last year, by item, market and bucket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np
import polars as pl

from equipoise.actuals import Actuals, read_actuals, unit_cost
from equipoise.bridges.rates import cost_difference, dated_rates, relative_rates
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.finance.accounts import Ledger
from equipoise.finance.booking import book
from equipoise.finance.budget import Budget, Profile, choose_version, last_forecast, read_budget, read_totals
from equipoise.finance.expense import EXPENSES, read_ledger
from equipoise.finance.findings import (
    COST_ASSUMED,
    LEDGER_DIFFERS,
    NO_ACTUALS,
    YEAR_NOT_BUDGETED,
    YEAR_NOT_COVERED,
)
from equipoise.plan import Plan

MEASURES = {
    "demand_served_qty": "quantity",
    "revenue_amount": "revenue_amount",
    "margin_gross_amount": "margin_amount",
    "operating_expense_amount": "operating_expense_amount",
}
"""Measures of a landing, and the column of table budget that each stands beside."""


@dataclass(frozen=True)
class Year:
    """A fiscal year and the buckets first..end−1 of it that are behind us or in the horizon."""

    year: int
    first: int
    end: int
    is_complete: bool

    @property
    def label(self) -> str:
        """`FY27`."""
        return f"FY{self.year % 100:02d}"


class Sides:
    """Everything a landing is made from, as demand rows [N] by buckets first..T−1; read once."""

    def __init__(self, plan: Plan) -> None:
        """Read what is needed; the rest when it is asked for."""
        self.plan, self.calendar = plan, plan.axes.calendar
        self.keys = plan.axes.keys[Grain.DEMAND]
        self.years = _years(self.calendar)
        self.first = _first_of(self.calendar, self.years[0].first - 1)
        self.closed_end = plan.head.closed_buckets_end
        self.actuals: Actuals = read_actuals(plan, first=self.first)
        measure = plan.measure
        self.profile = Profile.of(
            baseline=measure("demand_baseline_qty").values,
            price=measure("sales_net_price").values,
            active_ratio=measure("demand_active_ratio").values,
        )
        self.ledger: Ledger = read_ledger(plan.axes, plan.snapshot, plan.sections["prices"], self.profile)
        table = plan.snapshot.table("budget")
        chosen, _ = choose_version(table, str(plan.policy["budget_version"]))
        self.budget_version = str(chosen["version"][0]) if chosen.height else ""
        self.budget: Budget = read_budget(plan.axes, chosen, self.profile, first=self.first)
        self.forecast_version = last_forecast(table, self.budget_version)

    @property
    def width(self) -> int:
        """Number of buckets."""
        return self.calendar.horizon - self.first

    def columns(self, measure: str) -> Iterator[tuple[str, FloatArray]]:
        """Every column but the gap, [N, B]."""
        actual, to_date, plan = self._parts(measure)
        whole = actual + to_date + plan
        yield from (("actual", actual), ("to_date", to_date), ("plan", plan), ("landing", whole), ("last_year", whole))
        yield "budget", self._budgeted(measure)
        yield "last_forecast", self._forecast(measure, actual)

    def _parts(self, measure: str) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Closed buckets, the open ones to date, and the plan; 0 outside of each."""
        actual, to_date, plan = (np.zeros((len(self.keys), self.width)) for _ in range(3))
        closed, start = self.closed_end - self.first, -self.first
        past = self._actual(measure)
        actual[:, :closed] = past[:, :closed]
        if measure == "operating_expense_amount":
            # The ledger may know a part of the open buckets; where it does not the plan speaks for all of them.
            known = ~np.isnan(past[:, closed : start + 1])
            to_date[:, closed : start + 1] = np.where(known, past[:, closed : start + 1], 0.0)
            plan[:, closed:] = self._planned_expense[:, closed:]
            plan[:, closed:start][known[:, :-1]] = 0.0
            plan[:, start] = np.where(known[:, -1], on_grid(plan[:, start] * self._to_go, MONEY_STEP), plan[:, start])
            return actual, to_date, plan
        to_date[:, closed : start + 1] = past[:, closed : start + 1]
        plan[:, start:] = self.plan.measure(measure).values
        if start:
            plan[:, start - 1] += self._until_start[measure]
        return actual, to_date, plan

    def _actual(self, measure: str) -> FloatArray:
        """Actuals of the buckets first..0, [N, 1 − first]."""
        if measure == "demand_served_qty":
            return self.actuals.quantity
        if measure == "revenue_amount":
            return self.actuals.revenue
        if measure == "margin_gross_amount":
            return self.actuals.revenue - self.actuals.cost
        return self.ledger.amounts("actual", *EXPENSES, first=self.first)[0][:, : 1 - self.first]

    @cached_property
    def _planned_expense(self) -> FloatArray:
        forecast = self.ledger.amounts("forecast", *EXPENSES, first=self.first)[0]
        return _first_known(forecast, self._budgeted("operating_expense_amount"))

    @property
    def _to_go(self) -> float:
        """Share of the first bucket's days after as_of."""
        start, end = self.calendar.start_of(0), self.calendar.start_of(1)
        begins = min(max(start, self.plan.head.as_of + timedelta(days=1)), end)
        return (end - begins).days / (end - start).days

    @cached_property
    def _until_start(self) -> Mapping[str, FloatArray]:
        """What is served between as_of and the start of the plan, [N] each: at the first bucket's price."""
        wanted = self.plan.measure("demand_until_start_qty").values[:, 0]
        units = wanted - self.plan.measure("demand_not_covered_qty").values[:, 0]
        price = self.plan.measure("sales_net_price").values[:, 0]
        revenue = on_grid(np.where(units == 0, 0.0, units * price), MONEY_STEP)
        cost = on_grid(np.where(units == 0, 0.0, units * unit_cost(self.plan)), MONEY_STEP)
        return {"demand_served_qty": units, "revenue_amount": revenue, "margin_gross_amount": revenue - cost}

    def _budgeted(self, measure: str) -> FloatArray:
        amounts = self.budget.amounts[MEASURES[measure]]
        if measure != "operating_expense_amount":
            return amounts
        return _first_known(self.ledger.amounts("budget", *EXPENSES, first=self.first)[0], amounts)

    @cached_property
    def _archive(self) -> tuple[str, pl.DataFrame]:
        """Day and rows of the newest archived plan that speaks of a measure of the landing."""
        rows = self.plan.snapshot.table("plan_archive").filter(
            pl.col("measure").is_in(list(MEASURES)) & (pl.col("made_date") <= self.plan.head.as_of)
        )
        if rows.height == 0:
            return "", rows
        newest = rows["made_date"].max()
        return str(newest), rows.filter(pl.col("made_date") == newest)

    @property
    def forecast_name(self) -> str:
        """What the last forecast is."""
        return self.forecast_version or (f"plan of {self._archive[0]}" if self._archive[0] else "")

    @cached_property
    def _reforecast(self) -> Budget:
        table = self.plan.snapshot.table("budget")
        return read_budget(
            self.plan.axes, table.filter(pl.col("version") == self.forecast_version), self.profile, first=self.first
        )

    def _forecast(self, measure: str, actual: FloatArray) -> FloatArray:
        """The last forecast, closed buckets that it leaves out as they were."""
        if self.forecast_version:
            said = self._reforecast.amounts[MEASURES[measure]]
        else:
            rows = self._archive[1].filter(pl.col("measure") == measure).with_columns(pl.lit("").alias("period"))
            step = QUANTITY_STEP if measure.endswith("_qty") else MONEY_STEP
            cells, totals, _ = read_totals(self.plan.axes, rows, "quantity", step, name="plan_archive")
            weights = self.profile.quantity if measure.endswith("_qty") else self.profile.money
            said, _ = book(cells, totals, weights, active=self.profile.active, step=step, first=self.first)
        closed = np.arange(self.width) < self.closed_end - self.first
        has_any = bool((~np.isnan(said)).any())  # actuals alone are no forecast
        return _first_known(said, np.where(closed[None, :] & has_any, actual, np.nan))

    def at_rates_of(self, against: str, year: Year) -> tuple[FloatArray, FloatArray]:
        """How much more a year's revenue and cost would be at the other side's rates, [N] each."""
        if against == "last_forecast":
            return np.zeros(len(self.keys)), np.zeros(len(self.keys))
        kind, back = ("budget", 0) if against == "budget" else ("actual", self.calendar.periods_per_year)
        span = slice(year.first - self.first, year.end - self.first)
        actual, to_date, planned = self._parts("revenue_amount")
        other = dated_rates(self.plan, Grain.DEMAND, kind, first=self.first, back=back)
        was = dated_rates(self.plan, Grain.DEMAND, "actual", first=self.first)
        own = was.copy()
        own[:, -self.first :] = self.plan.measure("sales_exchange_ratio").values
        past = (actual + to_date) * (relative_rates(other, was) - 1.0)
        ahead = planned * (relative_rates(other, own) - 1.0)
        costs = dated_rates(self.plan, Grain.STOCK, kind, back=back)
        more = np.zeros(past.shape)
        more[:, -self.first :] = cost_difference(self.plan, costs)
        return (past + ahead)[:, span].sum(axis=1), more[:, span].sum(axis=1)

    def findings(self) -> tuple[Finding, ...]:
        """What the landing lacks or assumes."""
        found = []
        for year in self.years:
            if not year.is_complete:
                message = f"{year.label} is seen up to {self.calendar.label(year.end - 1)}"
                found.append(YEAR_NOT_COVERED.found(f"fiscal year {year.label}", message))
            span = slice(year.first - self.first, year.end - self.first)
            lacks = int(np.isnan(self.budget.amounts["revenue_amount"][:, span]).all(axis=0).sum())
            if self.budget_version and lacks:
                message = f"{lacks} of {year.end - year.first} buckets of {year.label} have no budget revenue"
                found.append(YEAR_NOT_BUDGETED.found("table budget", message, count=lacks))
            closed = slice(span.start, max(span.start, min(span.stop, self.closed_end - self.first)))
            blank = int(np.isnan(self.actuals.revenue[:, closed]).any(axis=0).sum())
            if blank:
                message = f"{blank} closed buckets of {year.label} have no revenue of their own or lack some"
                found.append(NO_ACTUALS.found("table sales_history", message, count=blank))
        if self.actuals.is_cost_assumed:
            found.append(COST_ASSUMED.found("table sales_history", "some of its sales have no cost_amount"))
        return (*found, *self._tie_to_ledger())

    def _tie_to_ledger(self) -> list[Finding]:
        """Invoiced revenue of the closed buckets that the ledger speaks of, beside the ledger's."""
        booked = self.ledger.amounts("actual", "revenue", first=self.first)[0][:, : self.closed_end - self.first]
        invoiced = self.actuals.revenue[:, : self.closed_end - self.first]
        both = ~np.isnan(booked).any(axis=0) & ~np.isnan(invoiced).any(axis=0)
        difference = float(invoiced[:, both].sum() - booked[:, both].sum())
        if abs(difference) < 0.01:
            return []
        currency = self.plan.head.currency
        message = f"{int(both.sum())} closed buckets: invoiced less booked is {difference:,.2f} {currency}"
        return [LEDGER_DIFFERS.found("table accounts", message)]


def _first_known(first: FloatArray, second: FloatArray) -> FloatArray:
    return np.where(np.isnan(first), second, first)


def _years(calendar: Calendar) -> tuple[Year, ...]:
    """The fiscal years that the horizon touches."""
    found = []
    for year in sorted({calendar.fiscal_year(bucket) for bucket in range(calendar.horizon)}):
        inside = [bucket for bucket in range(calendar.horizon) if calendar.fiscal_year(bucket) == year]
        end = inside[-1] + 1
        found.append(Year(year, _first_of(calendar, inside[0]), end, calendar.fiscal_year(end) != year))
    return tuple(found)


def _first_of(calendar: Calendar, bucket: int) -> int:
    """First bucket of the fiscal year that a bucket lies in."""
    year = calendar.fiscal_year(bucket)
    while calendar.fiscal_year(bucket - 1) == year:
        bucket -= 1
    return bucket


def of_year(sides: Sides, values: FloatArray, year: Year, column: str) -> FloatArray:
    """The buckets of a year added up, [nodes]; last year takes the same periods of the year before."""
    if column != "last_year":
        return np.asarray(values[:, year.first - sides.first : year.end - sides.first].sum(axis=1))
    calendar = sides.calendar
    periods = {calendar.periods[calendar.first + bucket] for bucket in range(year.first, year.end)}
    before = [
        bucket
        for bucket in range(sides.first, year.first)
        if calendar.fiscal_year(bucket) == year.year - 1 and calendar.periods[calendar.first + bucket] in periods
    ]
    return np.asarray(values[:, np.array(before, dtype=np.int64) - sides.first].sum(axis=1))
