"""A bound from prices: what all items cost at least, each by itself, if it pays for all that it shares with others.

With a price y for every shared row (hours, people, components), the model falls apart into its items (Lagrangian
relaxation; Geoffrion, Mathematical Programming Study 2, 1974). No plan costs less than the sum of their optima, less
what they pay, plus the least that the shared columns cost at the same prices. Any prices give a bound; it is as close
as they are right.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.large.item_by_item import SHARED, activity_of, item_of_columns
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.blocks import Part, independent_parts, without
from equipoise.supply.program.highs import SolverStopped, solve
from equipoise.supply.program.program import LinearProgram

NEAR = 0.02
"""Part of what items take of a shared row by which the prices may be tried out."""
NOTHING = 1e-9
"""Less than this is no price."""


def shared_rows(program: LinearProgram, owner: IntArray) -> BoolArray:
    """Rows in which a shared column stands, or columns of two items, [rows]."""
    of_entry = np.repeat(owner, np.diff(program.starts))
    low, high = np.full(program.shape[0], np.iinfo(np.int64).max), np.full(program.shape[0], SHARED)
    np.minimum.at(low, program.indices, of_entry)
    np.maximum.at(high, program.indices, of_entry)
    found: BoolArray = (low == SHARED) | (low < high)
    return found


def consistent_prices(model: SupplyModel, program: LinearProgram, values: FloatArray, duals: FloatArray) -> FloatArray:
    """Prices near `duals` at which no shared column earns anything without end, [rows].

    They are the duals of what the shared columns cost when items may take a little more or less than in a plan,
    `values`, and pay for it.
    """
    owner = item_of_columns(model)
    rows = np.flatnonzero(shared_rows(program, owner))
    shared = np.flatnonzero(owner == SHARED)
    part = Part(shared, np.arange(program.shape[0]))
    whole = part.program_of(program)
    taken = activity_of(program, np.where(owner == SHARED, 0.0, values))[rows]
    reach = NEAR * np.maximum(np.abs(taken), 1.0)
    count = len(rows)
    is_row = np.zeros(program.shape[0], dtype=np.bool_)
    is_row[rows] = True
    small = LinearProgram(
        np.concatenate([whole.cost, -duals[rows]]),
        np.concatenate([whole.lower, taken - reach]),
        np.concatenate([whole.upper, taken + reach]),
        np.zeros(len(shared) + count, dtype=np.bool_),
        0.0,
        np.where(is_row, program.row_lower, -np.inf),
        np.where(is_row, program.row_upper, np.inf),
        np.concatenate([whole.starts, whole.starts[-1] + 1 + np.arange(count)]),
        np.concatenate([whole.indices, rows]),
        np.concatenate([whole.values, np.ones(count)]),
    )
    found = solve(small)
    assert found.status == "optimal", "what a plan takes can be given"
    prices = np.zeros(program.shape[0])
    prices[rows] = found.row_duals[rows]
    return prices


def bound_at(model: SupplyModel, program: LinearProgram, prices: FloatArray) -> float:
    """What no plan is below, by prices of the shared rows, [rows]; −inf where they bound nothing."""
    owner = item_of_columns(model)
    is_shared = shared_rows(program, owner)
    y = np.where(is_shared, prices, 0.0)
    entry = np.repeat(np.arange(program.shape[1]), np.diff(program.starts))
    cost = program.cost - np.bincount(entry, program.values * y[program.indices], minlength=program.shape[1])
    # Rounding of a price must not earn anything without end.
    cost[np.abs(cost) < NOTHING] = 0.0
    right = np.where(y > 0, program.row_lower, program.row_upper)
    paid = float((y[y != 0] * right[y != 0]).sum())
    inner = without(replace(program, cost=cost, offset=0.0), is_shared)
    try:
        least = sum(solve(part.program_of(inner)).objective for part in independent_parts(inner))
    except SolverStopped:  # at these prices some item would earn without end: they bound nothing
        return -np.inf
    return program.offset + paid + least
