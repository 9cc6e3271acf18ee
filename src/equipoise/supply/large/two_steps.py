"""A large model in two steps: without its ample components first, then whole from the basis that this gives.

1. The use of ample components is charged at prices known beforehand (`component_prices`), and their rows and columns
   are left out. What is left is solved by an interior point method with crossover to a basis. Its optimum, less what
   the stock of these components is worth at their prices, is a bound: no plan of the whole costs less.
2. Its basis is extended by one of the components: stock while it lasts, purchases after, so that the duals of the
   components' rows are their prices. The basis of the whole is dual feasible, and the dual simplex method goes on from
   it to the optimum of the whole; the costs on its way are bounds as well.

Which way a model goes follows from its size and form alone: `goes_in_two_steps`.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.supply.choice import has_choice
from equipoise.supply.large.component_prices import BUYS, KEEPS, KEPT, PricedComponents, price_components
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.highs import BASIC, LOWER, UPPER, Basis
from equipoise.supply.program.program import LinearProgram

NOTHING = 1e-9
"""Rounding of a cost, over its size."""
LEAST_COLUMNS = 100_000
"""Smaller models are solved at once."""


def goes_in_two_steps(model: SupplyModel, program: LinearProgram) -> bool:
    """Whether a program of a model, in one part, is large and its items have several routes to choose from.

    With one route an item the dual simplex method is many times as fast.
    """
    return program.shape[1] >= LEAST_COLUMNS and not program.is_integer.any() and has_choice(model.network)


@dataclass(frozen=True, eq=False)
class Reduced:
    """A program without the ample components, and where its rows and columns stand in the whole."""

    program: LinearProgram
    """Its offset has the worth of the components' stock taken off: its optimum is a bound of the whole."""
    keeps_row: BoolArray
    keeps_column: BoolArray
    """[rows], [columns] of the whole."""
    priced: PricedComponents
    duals: FloatArray
    """[rows] of the whole: prices of the components' rows, 0 elsewhere."""


def reduce(model: SupplyModel, program: LinearProgram) -> Reduced:
    """The program of a model (or one of its shape) without the ample components."""
    network, columns = model.network, model.columns
    priced = price_components(network, columns, program)
    horizon = network.horizon
    rows, width = program.shape
    duals, mine = np.zeros(rows), np.zeros(rows, dtype=np.bool_)
    at = model.rows["stock_balance"].start + (priced.stock[:, None] * horizon + np.arange(horizon)[None, :])
    duals[at], mine[at] = -priced.price, True
    bought = _bought(model, priced)
    entry_column = np.repeat(np.arange(width), np.diff(program.starts))
    cost = program.cost - np.bincount(entry_column, program.values * duals[program.indices], minlength=width)
    # Rows that only columns of components reach are left out with them.
    reached = np.zeros(rows, dtype=np.bool_)
    reached[program.indices[~bought[entry_column]]] = True
    keeps_row = ~mine & (reached | ~_touched(program, bought))
    kept = keeps_row[program.indices] & ~bought[entry_column]
    counts = np.bincount(entry_column[kept], minlength=width)[~bought]
    number = np.cumsum(keeps_row) - 1
    # A column of a component that earns something at these prices stands at its bound.
    earns = bought & (cost < -NOTHING * np.maximum(1.0, np.abs(program.cost)))
    assert np.isfinite(program.upper[earns]).all(), "prices of components are no dual solution"
    gone = float((cost * np.where(earns, program.upper, np.where(bought, program.lower, 0.0))).sum())
    right = np.where(mine, program.row_lower, 0.0)
    return Reduced(
        LinearProgram(
            cost[~bought],
            program.lower[~bought],
            program.upper[~bought],
            program.is_integer[~bought],
            program.offset + float((duals[mine] * right[mine]).sum()) + gone,
            program.row_lower[keeps_row],
            program.row_upper[keeps_row],
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            number[program.indices[kept]],
            program.values[kept],
        ),
        keeps_row,
        ~bought,
        priced,
        duals,
    )


def _bought(model: SupplyModel, priced: PricedComponents) -> BoolArray:
    """Columns of these components: purchases, stock, what is short at the end, and missing units, [columns]."""
    columns, routes = model.columns, model.network.routes
    found = np.zeros(columns.count, dtype=np.bool_)
    is_priced = np.zeros(len(model.network.opening), dtype=np.bool_)
    is_priced[priced.stock] = True
    sources = np.flatnonzero((routes.stock >= 0) & is_priced[routes.stock])
    found[columns.make.all[sources]] = True
    for block in (columns.held, columns.excess, columns.end_short, columns.closing_slack):
        found[block.all[priced.stock]] = True
    if columns.component_slack.rows:
        found[columns.component_slack.all[priced.stock]] = True
    return found


def _touched(program: LinearProgram, chosen: BoolArray) -> BoolArray:
    """Rows in which a chosen column has an entry, [rows]."""
    found = np.zeros(program.shape[0], dtype=np.bool_)
    found[program.indices[np.repeat(chosen, np.diff(program.starts))]] = True
    return found


def extend(model: SupplyModel, program: LinearProgram, reduced: Reduced, basis: Basis) -> Basis:
    """The basis of the whole that goes with one of the reduced program: dual feasible, its objective the bound."""
    network, columns, priced = model.network, model.columns, reduced.priced
    rows, width = program.shape
    of_columns, of_rows = np.full(width, LOWER, dtype=np.int8), np.full(rows, BASIC, dtype=np.int8)
    of_columns[reduced.keeps_column], of_rows[reduced.keeps_row] = basis.columns, basis.rows
    bucket = np.arange(network.horizon)[None, :]
    at = model.rows["stock_balance"].start + priced.stock[:, None] * network.horizon + bucket
    of_rows[at] = LOWER
    held, excess = columns.held.all[priced.stock], columns.excess.all[priced.stock]
    made = columns.make.at(np.maximum(priced.source, 0), bucket)
    of_columns[made[priced.by == BUYS]] = BASIC
    of_columns[excess[priced.by == KEEPS]] = BASIC
    of_columns[excess[:, :-1][priced.by[:, 1:] == KEPT]] = BASIC
    earns = program.cost[held] - np.diff(priced.price, axis=1, append=0.0) < -NOTHING
    of_columns[held[earns & (program.upper[held] < np.inf)]] = UPPER
    assert int((of_columns == BASIC).sum() + (of_rows == BASIC).sum()) == rows, "a basis has a place for every row"
    return Basis(of_columns, of_rows)
