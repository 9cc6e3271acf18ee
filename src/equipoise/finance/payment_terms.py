"""Terms of payment: how long each company waits for its customers, how long its suppliers wait, what cash it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, FloatArray, IntArray, on_grid
from equipoise.finance.findings import CASH_NOT_DATED, CASH_OF_SOME, COMPANY_WITHOUT_TERMS

LONGEST_SILENCE = 31
"""Days by which an opening cash balance may be older than the plan before that is worth a finding."""


@dataclass(frozen=True, eq=False)
class PaymentTerms:
    """Terms of C companies, and which of them each location belongs to."""

    companies: tuple[str, ...]
    of_location: IntArray
    """[L] company of each location."""
    dates: Mapping[str, tuple[date, ...]]
    """First days on which a company's terms hold, ascending."""
    days: Mapping[tuple[str, str], FloatArray]
    """Days by company and column, one for each of `dates`."""
    opening: FloatArray
    """[C] cash when the plan begins; NaN where nobody says."""
    findings: tuple[Finding, ...]

    def in_force(self, company: int, column: str, on: list[date]) -> FloatArray:
        """Days of a column in force on each day, [n]; before the first row that row holds."""
        name = self.companies[company]
        place = np.searchsorted(np.array(self.dates[name]), np.array(on), side="right") - 1
        found: FloatArray = self.days[name, column][np.maximum(place, 0)]
        return found

    def longest(self, column: str) -> float:
        """Most days of a column in any company at any time."""
        return max(float(self.days[name, column].max()) for name in self.companies)


def read_terms(axes: Axes, table: pl.DataFrame, *, begins: date) -> PaymentTerms:
    """Terms of a table with rows; `begins` is the first day of the plan that is still to go.

    A location whose company has no terms, or that names none, takes those of the only company, else of the
    alphabetically first one, with a finding.
    """
    rows = table.sort("company", "date")
    companies = tuple(sorted(set(rows["company"].to_list())))
    dates: dict[str, tuple[date, ...]] = {}
    days: dict[tuple[str, str], FloatArray] = {}
    for name in companies:
        mine = rows.filter(pl.col("company") == name)
        dates[name] = tuple(mine["date"].to_list())
        for column in ("receivable_days", "payable_days"):
            days[name, column] = mine[column].to_numpy().astype(np.float64)
    of_location, found = _companies_of(axes, companies)
    opening, dated = _opening_cash(rows, companies, begins)
    return PaymentTerms(companies, of_location, dates, days, opening, (*found, *dated))


def _companies_of(axes: Axes, companies: tuple[str, ...]) -> tuple[IntArray, list[Finding]]:
    number = {name: position for position, name in enumerate(companies)}
    named = axes.locations.codes("company")
    of_location = np.array([number.get(code, 0) for code in named], dtype=np.int64)
    lost = [place for place, code in zip(axes.locations.leaves, named, strict=True) if code not in number]
    if not lost or len(companies) == 1:
        return of_location, []
    message = f"{len(lost)} locations belong to no company of table terms and take those of {companies[0]}; the first "
    message += f"is {lost[0]}"
    return of_location, [COMPANY_WITHOUT_TERMS.found("table locations", message, count=len(lost))]


def _opening_cash(rows: pl.DataFrame, companies: tuple[str, ...], begins: date) -> tuple[FloatArray, list[Finding]]:
    """Cash of each company on the day the plan begins: its latest balance dated by then."""
    opening, found = np.full(len(companies), np.nan), []
    given = rows.filter(pl.col("opening_cash").is_not_null() & (pl.col("date") <= begins))
    for number, name in enumerate(companies):
        mine = given.filter(pl.col("company") == name)
        if mine.height == 0:
            continue
        day: date = mine["date"][-1]
        opening[number] = float(on_grid(np.array(float(mine["opening_cash"][-1])), MONEY_STEP))
        if (begins - day).days > LONGEST_SILENCE:
            message = f"cash of {name} stands as of {day}, the plan begins on {begins}; it is taken as it stood"
            found.append(CASH_NOT_DATED.found("table terms", message))
    missing = [name for name, cash in zip(companies, opening.tolist(), strict=True) if np.isnan(cash)]
    if missing and len(missing) < len(companies):
        message = f"{len(missing)} of {len(companies)} companies give no opening_cash by {begins}; the first is "
        found.append(CASH_OF_SOME.found("table terms", message + missing[0], count=len(missing)))
    return opening, found
