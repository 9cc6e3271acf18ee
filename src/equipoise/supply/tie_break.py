"""Among the cheapest plans, the one that costs least within the horizon, then the one that serves first priorities
first and uses preferred sources.

Objectives in their order (lexicographic; Ehrgott, Multicriteria Optimization, chapter 5). The cheapest plan is found
first. All plans of that cost keep, by complementary slackness, every column with a reduced cost and every row with a
dual at the bound where it stands; among them the next objective is minimized from the basis at hand:

minimize the money of the visible buckets (what is notional or lies beyond the horizon is worth the same later, unseen)
minimize Σ (10^(places before the last) − 1) · (B + L) + Σ 0.001 · place of preference · (x, s)

So `cost_total_amount` is one number, whichever of the cheapest plans the solver came to first.

So ranks never cost money, no weight enters a price, and duals remain those of the cheapest plan. A market with a
higher backlog or lost sale cost still goes before one of higher priority: money was asked first.
"""

from dataclasses import replace
from threading import Event

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.stage import Watch
from equipoise.supply.model import SupplyModel, money_in_sight
from equipoise.supply.network.ranks import Ranks
from equipoise.supply.program.blocks import Part, exceeded, independent_parts, shared_limits, solve_parts, without
from equipoise.supply.program.highs import BASIC, Basis, Solution, solve
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.program.watching import ends_with
from equipoise.supply.solving import Optimum

NOTHING = 1e-3
"""Less weight than this is not worth another plan: one unit by a step of preference."""
FIXED = 1e-6
"""A reduced cost or dual above this holds its column or row where it stands."""


def break_ties(model: SupplyModel, optimum: Optimum, *, watch: Watch | None = None) -> Optimum:
    """The optimum with values and basis of the best of the plans that cost the same; itself where it is that."""
    optimum = cheapest_in_sight(model, optimum, watch=watch)
    weights = _weights(model, model.network.ranks)
    if _sum(weights, np.maximum(optimum.solution.values, 0.0)) <= NOTHING:
        return optimum  # no rank says anything, or nothing that ranks could better is in the plan
    return _better(model, optimum, weights, is_free=False, watch=watch)


def cheapest_in_sight(model: SupplyModel, optimum: Optimum, *, watch: Watch | None = None) -> Optimum:
    """The optimum with values and basis of the plan that costs least within the horizon; itself where it is that."""
    if model.network.visible == model.network.horizon:
        return optimum
    return _better(model, optimum, money_in_sight(model), is_free=True, watch=watch)


def _better(
    model: SupplyModel, optimum: Optimum, weights: FloatArray, *, is_free: bool, watch: Watch | None
) -> Optimum:
    """The optimum with the plan of least weight that costs the same; `is_free`: also another one beyond the horizon."""
    face = _optimal_face(model, optimum, weights, is_free=is_free)
    # Limits that very many share and that do not bind are left out, so that the face falls apart as the model did.
    shared = shared_limits(face) & (optimum.solution.basis.rows == BASIC)
    solution = _ranked(without(face, shared), optimum.solution, watch)
    if shared.any() and (shared & exceeded(face, solution.values)).any():
        solution = _ranked(face, optimum.solution, watch)
    if solution is optimum.solution:
        return optimum
    objective = _sum(model.program.cost, solution.values) + model.program.offset
    slack = np.where(optimum.slack > 0, np.minimum(optimum.slack, solution.values), 0.0)
    return replace(
        optimum,
        solution=replace(solution, objective=objective),
        slack=slack,
        penalty=_sum(slack[model.slack], model.slack_price),
    )


def _ranked(face: LinearProgram, solution: Solution, watch: Watch | None) -> Solution:
    """The solution with the best ranked plan of each part of the face that has a better one than it holds."""

    parts, ended = independent_parts(face), Event()
    look = watch if len(parts) == 1 else ends_with(ended)

    def better(part: Part) -> Solution | None:
        weights = face.cost[part.columns]
        weight = _sum(weights, np.maximum(solution.values[part.columns], 0.0))
        if weight <= NOTHING and (weights >= 0).all():
            return None
        found = solve(part.program_of(face), part.basis_of(solution.basis), primal=True, watch=look)
        # The face holds the plan at hand to the solver's tolerance: where it is lost there, and where nothing is
        # gained, the plan stays as it is.
        is_better = found.status == "optimal" and _sum(weights, found.values) <= weight - NOTHING
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


def _optimal_face(model: SupplyModel, optimum: Optimum, weights: FloatArray, *, is_free: bool) -> LinearProgram:
    """All plans of least cost, with the next objective."""
    program, solution = model.program, optimum.solution
    upper = np.where(optimum.slack > 0, np.maximum(program.upper, solution.values), program.upper)
    at_lower, at_upper = solution.reduced_costs > FIXED, solution.reduced_costs < -FIXED
    # Whole numbers stay, and so does all beyond the horizon once the money is settled: it could change sides there.
    stays = program.is_integer.copy()
    if not is_free:
        stays |= model.columns.hidden(model.network)
    values = np.clip(solution.values, program.lower, upper)
    # A whole number has a reduced cost wherever it stands.
    held = np.where(at_upper & ~stays, upper, values)
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


def _sum(prices: FloatArray, units: FloatArray) -> float:
    """Σ price × units. A product by BLAS takes ten times the CPU here, in threads that wait for each other."""
    return float((prices * units).sum())


def _weights(model: SupplyModel, ranks: Ranks) -> FloatArray:
    columns = model.columns
    cost = np.zeros(columns.count)
    cost[columns.make.span] = ranks.make.ravel()
    cost[columns.ship.span] = ranks.ship.ravel()
    for block in (columns.backlog, columns.lost):
        cost[block.span] = np.repeat(ranks.late, block.buckets)
    cost[columns.hidden(model.network)] = 0.0
    return cost
