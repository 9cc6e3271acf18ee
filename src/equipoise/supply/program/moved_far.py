"""A what-if that moves a large plan far: a basis close to the best, found on few columns and few rows.

Many bounds are broken and thousands of pivots needed, each through all rows that the plan has. Most of what a pivot
passes through follows from a few decisions. So the program is solved over the basic columns and the nearest ones, by
reduced cost in parts of what the column is worth, without rows that are far from their limits and without the
equalities that then have one or two columns (`substitution`); what is broken is open at a price (`opened`). Devex needs
no first weights and takes more pivots, each on a third of the rows. Then the columns that are nearest at the prices
found are taken, with all that pay, by the primal method once the plan keeps all; what then is still open gets dearer.

What comes out is a basis of the whole program and no more: the whole is solved from it, so that the optimum is exact
whatever was left out on the way. All is chosen by counts and order, the same each time.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.stage import Watch
from equipoise.supply.program.highs import (
    BASIC,
    LOWER,
    TOLERANCE,
    UPPER,
    Basis,
    Solution,
    SolverStopped,
    Stand,
    solve,
    stand_at,
)
from equipoise.supply.program.opened import open_broken, worth
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.program.substitution import Substituted, substitute

NEAREST = 12_000
"""Columns beside the basic ones that are taken first."""
NEAREST_AGAIN = 10_000
"""Columns beside those that pay that are taken at the prices found."""
FAR = 1_000.0
"""Units of a row from its limits at which it is left out, until a plan breaks it."""
ROUNDS = 6
"""Times that the program is solved on few rows: where a bound is open after them, the question is given back."""
A_HANDFUL = 10
"""So few columns that pay are left to the whole: a round costs as much."""


@dataclass(frozen=True, eq=False)
class Moved:
    """A basis of the whole program, near its optimum, and the pivots that led there."""

    basis: Basis
    pivots: int
    keeps_all: bool
    """True if no bound is broken there, so that the primal method can go on."""


def move_far(program: LinearProgram, basis: Basis, stand: Stand, watch: Watch | None = None) -> Moved | None:
    """A basis near the optimum; None where the way does not lead to one, for there is no plan on the columns taken.

    Nor is it one for a question of other costs, where more columns pay than bounds are broken, or of no price at all,
    where nothing tells near from far.
    """
    if not stand.row_prices.any() or _pays(program, basis, stand.reduced_costs).sum() > stand.broken(program):
        return None
    opened = open_broken(program, basis, stand)
    at, width, unit = opened.basis, len(program.cost), worth(program, stand)
    distance = np.minimum(stand.activity - program.row_lower, program.row_upper - stand.activity)
    rows = (at.rows != BASIC) | (distance <= FAR)
    kept = np.ones(len(at.columns), dtype=np.bool_)
    kept[:width] = _nearest(program, basis, np.abs(stand.reduced_costs) / unit, NEAREST)
    left = substitute(opened.program, at, kept, rows).rows
    kept[:width] |= _nearest_of_rows(program, basis, np.abs(stand.reduced_costs), left)
    pivots, keeps_all, is_open = 0, False, True
    for _ in range(ROUNDS):
        few = substitute(opened.program, at, kept, rows)
        found = _solved(few, primal=keeps_all, watch=watch)
        if found is None:
            return None
        pivots += found.iterations
        at = few.whole_basis(found.basis, at)
        now = stand_at(opened.program, at) if _is_full(at) else None
        if now is None:
            return None
        keeps_all = now.broken(opened.program) == 0
        in_use = now.values[width:] > TOLERANCE
        is_open = bool(in_use.any())
        if keeps_all and is_open:
            opened = opened.dearer(in_use)
            now = stand_at(opened.program, at)
            assert now is not None
        pays = _pays(opened.program, at, now.reduced_costs)
        if keeps_all and not is_open and pays.sum() <= A_HANDFUL:
            break
        cost = np.where(pays[:width], 0.0, np.abs(now.reduced_costs[:width]) / unit)
        kept = pays | (at.columns == BASIC)
        kept[:width] |= _nearest(program, Basis(at.columns[:width], at.rows), cost, NEAREST_AGAIN)
        # What is open may shut for good once all bounds are kept, not before.
        kept[width:] |= not keeps_all
        is_broken = (now.activity < program.row_lower - TOLERANCE) | (now.activity > program.row_upper + TOLERANCE)
        rows |= is_broken | (at.rows != BASIC)
    closed = opened.closed(at)
    return None if is_open or not _is_full(closed) else Moved(closed, pivots, keeps_all)


def _solved(few: Substituted, *, primal: bool, watch: Watch | None) -> Solution | None:
    """The optimum on few rows; None if there is none: what is left out may be what makes a plan possible."""
    try:
        found = solve(few.program, few.basis, devex=True, primal=primal, watch=watch)
    except SolverStopped:
        return None
    return found if found.status == "optimal" else None


def _is_full(basis: Basis) -> bool:
    """True if as many columns and rows are basic as there are rows."""
    return int((basis.columns == BASIC).sum()) + int((basis.rows == BASIC).sum()) == len(basis.rows)


def _pays(program: LinearProgram, basis: Basis, reduced_costs: FloatArray) -> BoolArray:
    """Columns at a bound that would lower the cost by leaving it, [columns]."""
    at_low = (basis.columns == LOWER) & (reduced_costs < -TOLERANCE)
    at_high = (basis.columns == UPPER) & (reduced_costs > TOLERANCE)
    pays: BoolArray = (at_low | at_high) & (program.lower < program.upper)
    return pays


def _nearest(program: LinearProgram, basis: Basis, distance: FloatArray, count: int) -> BoolArray:
    """The basic columns, and of those that can move the `count` nearest, the first of equals, [columns]."""
    kept: BoolArray = basis.columns == BASIC
    others = np.flatnonzero(~kept & (program.lower < program.upper))
    kept[others[np.argsort(distance[others], kind="stable")[:count]]] = True
    return kept


def _nearest_of_rows(program: LinearProgram, basis: Basis, distance: FloatArray, rows: IntArray) -> BoolArray:
    """For each of some rows the nearest column that raises it and the nearest that lowers it, [columns]."""
    is_asked = np.zeros(program.shape[0], dtype=np.bool_)
    is_asked[rows] = True
    can_move = (basis.columns != BASIC) & (program.lower < program.upper)
    column = np.repeat(np.arange(len(program.cost)), np.diff(program.starts))
    asked = np.flatnonzero(can_move[column] & is_asked[program.indices])
    group = program.indices[asked] * 2 + (program.values[asked] > 0)
    order = np.lexsort((distance[column[asked]], group))
    first = np.diff(group[order], prepend=-1) != 0
    found = np.zeros(len(program.cost), dtype=np.bool_)
    found[column[asked[order[first]]]] = True
    return found
