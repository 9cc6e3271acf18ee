"""The ledger: operating expense and capital expenditure, brought to the cells of the plan.

An account's code says what it holds: one that begins with `revenue` or `cost_of_sales` (also `cogs`) is what the plan
works out itself and stands beside it; `capex` (also `capital_expenditure`) is capital expenditure; all others are
operating expense, of which those that begin with `depreciation` are no cash. Expense and expenditure are positive.

A row is the total of its item node, market node and bucket within its account and company; it is spread like the
budget, by the baseline at net price.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, BoolArray, FloatArray
from equipoise.finance.booking import book
from equipoise.finance.budget import read_totals
from equipoise.finance.currency import RatesOfDays

PREFIXES = {
    "revenue": ("revenue",),
    "cost_of_sales": ("cost_of_sales", "cogs"),
    "capex": ("capex", "capital_expenditure"),
    "depreciation": ("depreciation",),
}
"""How the codes of accounts begin, by what they hold; all others are operating expense."""
NODES = ("item", "market")
RATE_TYPES = {"actual": "actual", "budget": "budget", "forecast": "plan"}
"""Rates at which money of other currencies is converted, by version."""


def sort_of(account: str) -> str:
    """What an account holds.

    >>> [sort_of(code) for code in ("Revenue-4000", "COGS", "Capital_expenditure", "depreciation", "6200 rent")]
    ['revenue', 'cost_of_sales', 'capex', 'depreciation', 'operating_expense']
    """
    folded = account.casefold()
    return next((sort for sort, starts in PREFIXES.items() if folded.startswith(starts)), "operating_expense")


@dataclass(frozen=True, eq=False)
class Ledger:
    """Rows of table accounts in the dataset's currency, and how they reach the cells."""

    axes: Axes
    rows: pl.DataFrame
    weights: FloatArray
    """[N, T] profile by which totals are spread, ≥ 0."""
    active: BoolArray
    findings: tuple[Finding, ...] = ()

    @staticmethod
    def of(axes: Axes, table: pl.DataFrame, rates: RatesOfDays, *, weights: FloatArray, active: BoolArray) -> "Ledger":
        """Amounts in the dataset's currency: actuals at the actual rate, budgets at the budget's, else the plan's."""
        rate_type = pl.col("version").replace_strict(RATE_TYPES, return_dtype=pl.String)
        converted, found = rates.convert("accounts", table, "amount", rate_type)
        sorts = [sort_of(account) for account in table["account"].to_list()]
        rows = converted.with_columns(pl.Series("sort", sorts, dtype=pl.String), pl.lit("").alias("period"))
        return Ledger(axes, rows, weights, active, tuple(found))

    def has(self, version: str, *sorts: str) -> bool:
        """True if a version has accounts of these sorts."""
        return self._chosen(version, sorts).height > 0

    def amounts(self, version: str, *sorts: str, first: int = 0) -> tuple[FloatArray, list[Finding]]:
        """Money of these sorts in buckets first..T−1, [N, T − first]; NaN in buckets without any row."""
        chosen = self._chosen(version, sorts)
        shape = (len(self.weights), self.axes.horizon - first)
        if not chosen.height:
            return np.full(shape, np.nan), []
        total, named, findings = np.zeros(shape), np.zeros(shape[1], dtype=np.bool_), []
        for _, mine in self._nested(chosen).group_by("pool", maintain_order=True):
            cells, totals, lost = read_totals(self.axes, mine, "amount", MONEY_STEP, name="accounts")
            booked, found = book(
                cells, totals, self.weights, active=self.active, step=MONEY_STEP, first=first, name="accounts"
            )
            said = ~np.isnan(booked).any(axis=0)
            total[:, said] += booked[:, said]
            named |= said
            findings += [*lost, *found]
        return np.where(named, total, np.nan), findings

    def _nested(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Column pool: rows that may be parts of each other stand in one pool, and rows that never are share another.

        Rows of one account and company may be parts of each other, unless all its nodes are of one level. Accounts of
        one level are pooled whoever they are, so that a ledger of hundreds of accounts is spread but a few times.
        """
        owner, pool = ["account", "company"], pl.col("level")
        levels = rows.with_columns(
            pl.concat_str(
                (pl.col(name).replace_strict(self._levels(rows, name), return_dtype=pl.String) for name in NODES),
                separator="|",
            ).alias("level")
        )
        is_flat = pl.col("level").n_unique().over(owner) == 1
        return levels.with_columns(
            pl.when(is_flat).then(pool).otherwise(pl.concat_str(owner, separator="|")).alias("pool")
        )

    def _levels(self, rows: pl.DataFrame, name: str) -> dict[str, str]:
        """The level of each node of a column; a node that the plan does not know is one of its own."""
        hierarchy = self.axes.hierarchy(name)
        nodes = sorted(set(rows[name].to_list()))
        return {node: hierarchy.level_of(node) if hierarchy.knows(node) else f"unknown {node}" for node in nodes}

    def names(self, version: str, *sorts: str) -> list[str]:
        """Accounts of these sorts."""
        return sorted(set(self._chosen(version, sorts)["account"].to_list()))

    def _chosen(self, version: str, sorts: tuple[str, ...]) -> pl.DataFrame:
        if not self.rows.height:
            return self.rows
        chosen = self.rows.filter((pl.col("version") == version) & pl.col("sort").is_in(list(sorts)))
        return chosen.sort("account", "company", "item", "market", "date")
