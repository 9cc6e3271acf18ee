"""Solving the supply model: hard first, with priced slack only if no plan exists, whole workers if asked for.

If the constraints cannot all be kept, a first phase finds the least penalty at which they can, fixes it, and the
cheapest plan at that penalty follows: no large penalty ever stands in a cost, so duals stay money (algebra.md 6).
"""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.highs import Basis, Solution, solve
from equipoise.supply.model import SupplyModel
from equipoise.supply.program import LinearProgram

DUST = 1e-7
"""The solver's feasibility tolerance: smaller amounts are nothing."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best plan: values and duals of the model's columns and rows."""

    solution: Solution
    slack: FloatArray
    """[columns] units of slack that the plan needs; zeros where a plan exists."""
    penalty: float
    """Money of that slack."""
    is_proved: bool
    """False if the search for whole workers stopped at its limit."""


def find_optimum(model: SupplyModel, basis: Basis | None, *, devex: bool) -> Optimum:
    """Solve, from the base plan's basis if there is one. Duals with whole workers are those at these workers."""
    program = model.program
    found = _solve(program, basis, devex=devex)
    if found is not None:
        return Optimum(found[0], np.zeros(len(program.cost)), 0.0, found[1])
    slack, start = _least_slack(model, basis, devex=devex)
    upper = program.upper.copy()
    # A hair of room for the solver's tolerance; the amount reported is the one found in the first phase.
    upper[model.slack] = np.maximum(upper[model.slack], slack[model.slack] * (1 + 1e-9) + DUST)
    found = _solve(replace(program, upper=upper), start, devex=devex)
    assert found is not None, "a model with open slack has no plan"
    needed = np.where(slack > DUST * 10, np.minimum(slack, found[0].values), 0.0)
    penalty = float(needed[model.slack] @ model.slack_price)
    return Optimum(found[0], needed, penalty, found[1])


def _least_slack(model: SupplyModel, basis: Basis | None, *, devex: bool) -> tuple[FloatArray, Basis | None]:
    """Least priced slack with which the constraints can be kept, [columns], and the basis at which they are."""
    program = model.program
    upper, cost = program.upper.copy(), np.zeros(len(program.cost))
    upper[model.slack] = np.inf
    cost[model.slack] = model.slack_price
    found = solve(replace(program, upper=upper, cost=cost, offset=0.0), basis, devex=devex)
    assert found.status != "infeasible", "a model with free slack has no plan"
    slack = np.zeros(len(cost))
    slack[model.slack] = np.maximum(found.values[model.slack], 0.0)
    return slack, None if program.is_integer.any() else found.basis


def _solve(program: LinearProgram, basis: Basis | None, *, devex: bool) -> tuple[Solution, bool] | None:
    """The solution and whether it is proved; None if there is none."""
    if not program.is_integer.any():
        found = solve(program, basis, devex=devex)
        return None if found.status == "infeasible" else (found, True)
    whole = solve(program)
    if whole.status == "infeasible":
        return None
    fixed = np.rint(whole.values)
    lower = np.where(program.is_integer, fixed, program.lower)
    upper = np.where(program.is_integer, fixed, program.upper)
    relaxed = replace(program, lower=lower, upper=upper, is_integer=np.zeros_like(program.is_integer))
    found = solve(relaxed, basis, devex=devex)
    assert found.status == "optimal", "the model with its workers fixed has no plan"
    return found, whole.status == "optimal"
