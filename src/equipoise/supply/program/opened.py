"""Bounds that a change breaks are let open at a price, so that a program of few columns has a plan to begin with.

For a column x that stands below its lower bound at the basis given, x = x⁺ − s with s ≥ 0 at a price; above its upper
bound x = x⁻ + s; a row beyond its limits has a column of its own. These elastic columns (Brown & Graves, elastic
programming; Chinneck, Feasibility and Infeasibility in Optimization, 2008, chapter 6) are emptied by what pays at
their prices, which rise where one is still needed; where none is high enough, there is no plan.
"""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.program.highs import BASIC, LOWER, TOLERANCE, Basis, Stand
from equipoise.supply.program.program import LinearProgram

ROW_PRICE = 10.0
"""Price of an elastic column of a row, times that of the row, at least 1."""
DEARER = 10.0
"""Times as high is the price of what is still open when all else has been tried."""


@dataclass(frozen=True, eq=False)
class Opened:
    """A program with an elastic column behind its own for each bound broken, and its basis, these at 0."""

    program: LinearProgram
    basis: Basis
    columns: IntArray
    """Columns that have an elastic one, in the order of these."""
    rows: IntArray
    """Rows that have one, in the order of these, which come last."""
    prices: FloatArray
    """[elastic columns] What a unit beyond the bound costs above the column's own cost."""

    def dearer(self, is_open: BoolArray) -> "Opened":
        """The same with higher prices of some elastic columns."""
        prices = np.where(is_open, DEARER * self.prices, self.prices)
        cost = self.program.cost.copy()
        cost[len(cost) - len(prices) :] += prices - self.prices
        return replace(self, program=replace(self.program, cost=cost), prices=prices)

    def closed(self, basis: Basis) -> Basis:
        """A basis without the elastic columns: one that is basic gives its place to what it stands for."""
        width = len(basis.columns) - len(self.columns) - len(self.rows)
        columns, rows = basis.columns[:width].copy(), basis.rows.copy()
        elastic = basis.columns[width:] == BASIC
        columns[self.columns[elastic[: len(self.columns)]]] = BASIC
        rows[self.rows[elastic[len(self.columns) :]]] = BASIC
        return Basis(columns, rows)


def open_broken(program: LinearProgram, basis: Basis, stand: Stand) -> Opened:
    """The program with every bound open that its stand at the basis breaks."""
    is_low, is_high = stand.values < program.lower - TOLERANCE, stand.values > program.upper + TOLERANCE
    columns = np.flatnonzero(is_low | is_high)
    sign = np.where(is_low[columns], -1.0, 1.0)
    lacks, exceeds = stand.activity < program.row_lower - TOLERANCE, stand.activity > program.row_upper + TOLERANCE
    rows = np.flatnonzero(lacks | exceeds)
    prices = np.concatenate(
        [worth(program, stand)[columns], ROW_PRICE * np.maximum(np.abs(stand.row_prices[rows]), 1.0)]
    )
    counts = np.diff(program.starts)[columns]
    before = np.cumsum(counts) - counts
    entries = np.repeat(program.starts[columns] - before, counts) + np.arange(counts.sum())
    more = len(columns) + len(rows)
    ends = program.starts[-1] + np.cumsum(np.concatenate([counts, np.ones(len(rows), dtype=np.int64)]))
    opened = replace(
        program,
        cost=np.concatenate(
            [program.cost, prices + np.concatenate([program.cost[columns] * sign, np.zeros(len(rows))])]
        ),
        lower=np.concatenate([program.lower, np.zeros(more)]),
        upper=np.concatenate([program.upper, np.full(more, np.inf)]),
        is_integer=np.concatenate([program.is_integer, np.zeros(more, dtype=np.bool_)]),
        starts=np.concatenate([program.starts, ends]),
        indices=np.concatenate([program.indices, program.indices[entries], rows]),
        values=np.concatenate(
            [program.values, program.values[entries] * np.repeat(sign, counts), np.where(lacks[rows], 1.0, -1.0)]
        ),
    )
    at_zero = np.full(more, LOWER, dtype=np.int8)
    return Opened(opened, Basis(np.concatenate([basis.columns, at_zero]), basis.rows), columns, rows, prices)


def worth(program: LinearProgram, stand: Stand) -> FloatArray:
    """What a unit of each column costs, or uses or makes at most of one row at its price, [columns]; never 0."""
    column = np.repeat(np.arange(len(program.cost)), np.diff(program.starts))
    most = np.abs(program.cost)
    np.maximum.at(most, column, np.abs(program.values * stand.row_prices[program.indices]))
    found: FloatArray = np.maximum(most, 1e-6)
    return found
