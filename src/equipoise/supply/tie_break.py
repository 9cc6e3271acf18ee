"""Among the cheapest plans, the one that serves first priorities first and uses preferred sources.

Two objectives in their order (lexicographic; Ehrgott, Multicriteria Optimization, chapter 5). The cheapest plan is
found first. All plans of that cost keep, by complementary slackness, every column with a reduced cost and every row
with a dual at the bound where it stands; among them the second objective is minimized from the basis at hand:

minimize Σ (10^(places before the last) − 1) · (B + L) + Σ 0.001 · place of preference · (x, s)

So ranks never cost money, no weight enters a price, and duals remain those of the cheapest plan. A market with a
higher backlog or lost sale cost still goes before one of higher priority: money was asked first.
"""

from dataclasses import replace
from threading import Event

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.stage import Watch
from equipoise.supply.blocks import Part, exceeded, independent_parts, shared_limits, solve_parts, without
from equipoise.supply.highs import BASIC, Basis, Solution, solve
from equipoise.supply.model import SupplyModel
from equipoise.supply.program import LinearProgram
from equipoise.supply.ranks import Ranks
from equipoise.supply.solving import Optimum
from equipoise.supply.watching import ends_with

NOTHING = 1e-3
"""Less weight than this is not worth another plan: one unit by a step of preference."""
FIXED = 1e-6
"""A reduced cost or dual above this holds its column or row where it stands."""


def break_ties(model: SupplyModel, optimum: Optimum, *, watch: Watch | None = None) -> Optimum:
    """The optimum with values and basis of the best ranked plan of the same cost; itself if no rank says anything."""
    ranks = model.network.ranks
    weights = _weights(model, ranks)
    if float(weights @ np.maximum(optimum.solution.values, 0.0)) <= NOTHING:
        return optimum  # no rank says anything, or nothing that ranks could better is in the plan
    face = _optimal_face(model, optimum, weights)
    # Limits that very many share and that do not bind are left out, so that the face falls apart as the model did.
    shared = shared_limits(face) & (optimum.solution.basis.rows == BASIC)
    solution = _ranked(without(face, shared), optimum.solution, watch)
    if shared.any() and (shared & exceeded(face, solution.values)).any():
        solution = _ranked(face, optimum.solution, watch)
    if solution is optimum.solution:
        return optimum
    objective = float(model.program.cost @ solution.values) + model.program.offset
    slack = np.where(optimum.slack > 0, np.minimum(optimum.slack, solution.values), 0.0)
    return replace(
        optimum,
        solution=replace(solution, objective=objective),
        slack=slack,
        penalty=float(slack[model.slack] @ model.slack_price),
    )


def _ranked(face: LinearProgram, solution: Solution, watch: Watch | None) -> Solution:
    """The solution with the best ranked plan of each part of the face that has a better one than it holds."""

    parts, ended = independent_parts(face), Event()
    look = watch if len(parts) == 1 else ends_with(ended)

    def better(part: Part) -> Solution | None:
        weights = face.cost[part.columns]
        weight = float(weights @ np.maximum(solution.values[part.columns], 0.0))
        if weight <= NOTHING:
            return None
        found = solve(part.program_of(face), part.basis_of(solution.basis), devex=True, watch=look)
        # The face holds the plan at hand to the solver's tolerance: where it is lost there, and where nothing is
        # gained, the plan stays as it is.
        is_better = found.status == "optimal" and float(weights @ found.values) <= weight - NOTHING
        return found if is_better else None

    found = solve_parts(parts, better, watch=watch, ended=ended)
    if not any(found):
        return solution
    values, basis = solution.values.copy(), Basis(solution.basis.columns.copy(), solution.basis.rows.copy())
    for part, one in zip(parts, found, strict=True):
        if one is not None:
            values[part.columns] = one.values
            basis.columns[part.columns], basis.rows[part.rows] = one.basis.columns, one.basis.rows
    return replace(solution, values=values, basis=basis)


def _optimal_face(model: SupplyModel, optimum: Optimum, weights: FloatArray) -> LinearProgram:
    """All plans of least cost, with the second objective."""
    program, solution = model.program, optimum.solution
    upper = np.where(optimum.slack > 0, np.maximum(program.upper, solution.values), program.upper)
    at_lower, at_upper = solution.reduced_costs > FIXED, solution.reduced_costs < -FIXED
    # Whole workers stay, and so does all beyond the horizon: else money could change sides there.
    stays = program.is_integer | model.columns.hidden(model.network)
    values = np.clip(solution.values, program.lower, upper)
    held = np.where(at_upper, upper, values)
    is_held = stays | at_upper
    row_at_lower = (solution.row_duals > FIXED) & np.isfinite(program.row_lower)
    row_at_upper = (solution.row_duals < -FIXED) & np.isfinite(program.row_upper)
    return replace(
        program,
        cost=weights,
        offset=0.0,
        lower=np.where(is_held, held, program.lower),
        upper=np.where(is_held, held, np.where(at_lower, program.lower, upper)),
        row_lower=np.where(row_at_upper, program.row_upper, program.row_lower),
        row_upper=np.where(row_at_lower, program.row_lower, program.row_upper),
        is_integer=np.zeros_like(stays),
    )


def _weights(model: SupplyModel, ranks: Ranks) -> FloatArray:
    columns = model.columns
    cost = np.zeros(columns.count)
    cost[columns.make.span] = ranks.make.ravel()
    cost[columns.ship.span] = ranks.ship.ravel()
    for block in (columns.backlog, columns.lost):
        cost[block.span] = np.repeat(ranks.late, block.buckets)
    cost[columns.hidden(model.network)] = 0.0
    return cost
