"""Operating expense and capital expenditure of the plan, from the ledger and the budget."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, FloatArray, on_grid
from equipoise.core.section import Section
from equipoise.core.snapshot import Snapshot
from equipoise.core.stage import Inputs
from equipoise.finance.accounts import Ledger
from equipoise.finance.budget import Profile
from equipoise.finance.currency import ExchangeRates, RatesOfDays
from equipoise.finance.findings import EXPENSE_TAKEN, NO_EXPENSE

EXPENSES = ("operating_expense", "depreciation")


@dataclass(frozen=True, eq=False)
class Expense:
    """Money of the demand rows, [N, T]; operating expense and its budget are NaN where nobody says."""

    operating: FloatArray
    budget: FloatArray
    paid: FloatArray
    """Operating expense that is cash, 0 where nobody says."""
    capex: FloatArray
    findings: tuple[Finding, ...]


def plan_expense(inputs: Inputs, profile: Profile, *, budgeted: FloatArray, to_go: float) -> Expense:
    """Operating expense of the plan and of the budget, and what of it and of capital expenditure is cash.

    `budgeted` [N, T]: operating expense of table budget. `to_go`: share of the first bucket's days after as_of; only
    that part of the first bucket's expense is still to be paid.
    """
    ledger = read_ledger(inputs.axes, inputs.snapshot, inputs.sections["prices"], profile)
    findings = list(ledger.findings)

    def booked(version: str, *sorts: str) -> FloatArray:
        amounts, found = ledger.amounts(version, *sorts)
        findings.extend(found)
        return amounts

    forecast, by_accounts = booked("forecast", *EXPENSES), booked("budget", *EXPENSES)
    budget = _first_known(by_accounts, budgeted)
    operating = _first_known(forecast, budget)
    # Depreciation comes from the version that the bucket's expense comes from.
    written_off = np.where(np.isnan(by_accounts), 0.0, np.nan_to_num(booked("budget", "depreciation")))
    written_off = np.where(np.isnan(forecast), written_off, np.nan_to_num(booked("forecast", "depreciation")))
    paid = np.nan_to_num(operating) - written_off
    capex = _first_known(booked("forecast", "capex"), booked("budget", "capex"))
    return Expense(
        operating,
        budget,
        _to_go(paid, to_go),
        _to_go(np.nan_to_num(capex), to_go),
        (*findings, *_said(inputs, ledger, operating)),
    )


def read_ledger(axes: Axes, snapshot: Snapshot, prices: Section, profile: Profile) -> Ledger:
    """Table accounts in the dataset's currency, at the rates of stage prices where they are the plan's."""
    currency, table = snapshot.head.currency, snapshot.table("exchange_rates")
    planned = ExchangeRates.of(axes.calendar, table, currency)
    changed = ExchangeRates(planned.codes, prices.arrays["exchange_rates"])
    rates = RatesOfDays.of(axes.calendar, table, currency, changed)
    return Ledger.of(axes, snapshot.table("accounts"), rates, weights=profile.money, active=profile.active)


def _first_known(first: FloatArray, second: FloatArray) -> FloatArray:
    return np.where(np.isnan(first), second, first)


def _to_go(amounts: FloatArray, share: float) -> FloatArray:
    cash = amounts.copy()
    cash[:, 0] = on_grid(amounts[:, 0] * share, MONEY_STEP)
    return cash


def _said(inputs: Inputs, ledger: Ledger, operating: FloatArray) -> list[Finding]:
    """Where operating expense comes from, or that cash flow is before it."""
    missing = int(np.isnan(operating).any(axis=0).sum())
    if missing == inputs.axes.horizon:
        return [NO_EXPENSE.found("table accounts", "in no bucket of the plan")] if inputs.has("terms") else []
    names = sorted({*ledger.names("forecast", *EXPENSES), *ledger.names("budget", *EXPENSES)})
    source = f"accounts {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else "the budget"
    lacks = f"; {missing} of {inputs.axes.horizon} buckets have none" if missing else ""
    where = "table accounts" if names else "table budget"
    return [EXPENSE_TAKEN.found(where, f"operating expense is taken from {source}{lacks}")]
