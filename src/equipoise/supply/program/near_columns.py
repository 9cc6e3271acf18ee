"""A what-if over the columns that the change may reach: the others stay at their bound, and are looked at afterwards.

Most columns of a large model are never used: dear lanes, early production, slack that is shut. What a what-if pivots
is a small part of them, and a column whose reduced cost in the base plan is high seldom is in it. So the program is
solved over the basic columns and those that are nearest to being used, at the prices of the base plan's basis; then
every column left out is priced with the new duals, and one that would pay is taken in, until none is left (column
generation, called sifting where all columns are known: Bixby, Gregory, Lustig, Marsten & Shanno, Very large-scale
linear programming, Operations Research 40, 1992). What comes out is an optimum of the whole program, by its duals.

How much a question moves is read off the base plan's basis: the bounds that its values break before the first pivot.
Few: devex pricing and the nearest columns. Many, or a shock: steepest edge over every column that is not shut, for the
plan moves far; a large plan moves far on few rows first (`moved_far`), where it is no shock. All of it follows from the
program and the basis alone, so the same question has the same bytes.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.grid import BoolArray
from equipoise.core.stage import Watch
from equipoise.supply.program.blocks import Part
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
from equipoise.supply.program.moved_far import move_far
from equipoise.supply.program.program import LinearProgram

LEAST_COLUMNS = 20_000
"""A smaller program is solved as it is: there is nothing to save."""
LARGE = 100_000
"""Columns from which on a plan that moves far does so on few rows first."""
FEW = 0.01
"""A question that breaks more bounds for each row at the base plan's basis moves far."""
NEAR = 0.5
"""Columns beside the basic ones that a question which moves little is solved over, for each row."""
ROUNDS = 8
"""Times that columns are taken in before all are."""


def solve_from(program: LinearProgram, basis: Basis, *, devex: bool, watch: Watch | None = None) -> Solution:
    """The optimum of a program without whole numbers, from a basis of its shape; status `infeasible` has no values."""
    stand = stand_at(program, basis) if program.shape[1] > LEAST_COLUMNS else None
    if stand is None:
        return solve(program, basis, devex=devex, watch=watch)
    is_near = devex and stand.broken(program) <= FEW * program.shape[0]
    if devex and not is_near and program.shape[1] >= LARGE:
        moved = move_far(program, basis, stand, watch)
        if moved is not None:
            found = solve(program, moved.basis, devex=True, primal=moved.keeps_all, watch=watch)
            return replace(found, iterations=found.iterations + moved.pivots)
    kept = _kept(program, basis, stand, is_near=is_near)
    primal, pivots = False, 0
    for _ in range(ROUNDS):
        part = Part(np.flatnonzero(kept), np.arange(program.shape[0]))
        try:
            found = solve(part.program_of(program), part.basis_of(basis), devex=is_near, primal=primal, watch=watch)
        except SolverStopped:
            break  # HiGHS sees no plan and cannot prove that there is none
        if found.status != "optimal":
            break  # what is left out may be what makes a plan possible
        pivots += found.iterations
        whole = replace(_whole(program, part, found), iterations=pivots)
        pays = ~kept & (program.lower < program.upper) & (whole.reduced_costs < -TOLERANCE)
        if not pays.any():
            return whole
        kept, basis, primal = kept | pays, whole.basis, True
    return solve(program, basis, devex=is_near, watch=watch)


def _kept(program: LinearProgram, basis: Basis, stand: Stand, *, is_near: bool) -> BoolArray:
    """Columns to solve over: all but those shut at 0, or of these the basic ones and the nearest, [columns]."""
    at_zero = (basis.columns == LOWER) & (program.lower == 0)
    is_shut = (basis.columns != BASIC) & (program.lower == 0) & (program.upper == 0)
    count = int(NEAR * program.shape[0])
    away = np.flatnonzero(at_zero & ~is_shut)
    if is_near and len(away) > count:
        cost = stand.reduced_costs[away]
        is_shut[away[cost > np.partition(cost, count)[count]]] = True
    kept: BoolArray = ~is_shut
    return kept


def _whole(program: LinearProgram, part: Part, found: Solution) -> Solution:
    """The solution of the whole program: what is left out stands at 0."""
    values, statuses = np.zeros(len(program.cost)), np.full(len(program.cost), LOWER, dtype=np.int8)
    values[part.columns], statuses[part.columns] = found.values, found.basis.columns
    reduced_costs = program.reduced_costs(found.row_duals)
    reduced_costs[part.columns] = found.reduced_costs
    left_out = np.ones(len(values), dtype=np.bool_)
    left_out[part.columns] = False
    # HiGHS has what is shut stand at the bound where its reduced cost would have it.
    statuses[left_out & (program.lower == program.upper) & (reduced_costs < 0)] = UPPER
    return replace(
        found,
        values=values,
        reduced_costs=reduced_costs,
        objective=found.objective + program.offset,
        bound=found.bound + program.offset,
        basis=Basis(statuses, found.basis.rows),
    )
