"""Solving the supply model: hard first, with priced slack only if no plan exists, whole numbers where
workers, shifts or lots ask for them.

If the constraints cannot all be kept, a first phase finds the least penalty at which they can, fixes it, and the
cheapest plan at that penalty follows: no large penalty ever stands in a cost, so duals stay money (algebra.md 6).
"""

from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.stage import Report, Watch
from equipoise.supply.blocks import (
    Part,
    exceeded,
    independent_parts,
    put_together,
    shared_limits,
    solve_parts,
    without,
)
from equipoise.supply.highs import BASIC, Basis, Solution, solve
from equipoise.supply.model import SupplyModel
from equipoise.supply.program import LinearProgram
from equipoise.supply.watching import ends_with

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
    """False if the search over whole numbers stopped at its limit."""
    bound: float = -np.inf
    """No plan of the same slack has a lower objective."""

    @property
    def gap(self) -> float:
        """How far at most the objective is from the best one, over its size; 0 for a plan without whole numbers."""
        return max(0.0, self.solution.objective - self.bound) / max(abs(self.solution.objective), 1.0)


@dataclass(frozen=True, eq=False)
class _Question:
    """A program with its columns of slack and their prices: the whole model, or a part of it that stands alone."""

    program: LinearProgram
    slack: IntArray
    slack_price: FloatArray
    basis: Basis | None
    watch: Watch | None


def find_optimum(
    model: SupplyModel, basis: Basis | None, *, devex: bool, report: Report | None = None, watch: Watch | None = None
) -> Optimum:
    """Solve, from the base plan's basis if there is one. Duals with whole numbers are those at these numbers.

    Parts of the model that share no row are solved apart (`blocks`), and only one that has no plan needs slack. Limits
    that very many columns share are kept only once a plan without them exceeds them. `watch` is told how far a solve is
    and ends it by raising.
    """
    program = model.program
    if basis is not None and (len(basis.rows), len(basis.columns)) != program.shape:
        basis = None
    shared = shared_limits(program)
    if basis is not None:
        shared &= basis.rows == BASIC  # what binds in the base plan is kept from the start
    while True:
        optimum = _find_apart(model, without(program, shared), basis, devex=devex, report=report, watch=watch)
        broken = shared & exceeded(program, optimum.solution.values) if shared.any() else shared
        if not broken.any():
            return optimum
        shared, basis, report = shared & ~broken, optimum.solution.basis, None


def _find_apart(
    model: SupplyModel,
    program: LinearProgram,
    basis: Basis | None,
    *,
    devex: bool,
    report: Report | None,
    watch: Watch | None,
) -> Optimum:
    parts = independent_parts(program)
    if len(parts) == 1:
        return _find(_Question(program, model.slack, model.slack_price, basis, watch), devex=devex)
    ended = Event()
    price = np.full(len(program.cost), np.nan)
    price[model.slack] = model.slack_price

    def find(part: Part) -> Optimum:
        prices = price[part.columns]
        slack = np.flatnonzero(~np.isnan(prices))
        mine, begin = part.program_of(program), part.basis_of(basis)
        return _find(_Question(mine, slack, prices[slack], begin, ends_with(ended)), devex=devex)

    found = solve_parts(parts, find, report=report, watch=watch, ended=ended)
    slack = np.zeros(len(program.cost))
    for part, optimum in zip(parts, found, strict=True):
        slack[part.columns] = optimum.slack
    return Optimum(
        put_together(program, parts, [optimum.solution for optimum in found]),
        slack,
        sum(optimum.penalty for optimum in found),
        all(optimum.is_proved for optimum in found),
        program.offset + sum(optimum.bound for optimum in found),
    )


def _find(question: _Question, *, devex: bool) -> Optimum:
    program, slack = question.program, question.slack
    found = _solve(program, question.basis, devex=devex, watch=question.watch)
    if found is not None:
        return Optimum(found.solution, np.zeros(len(program.cost)), 0.0, found.is_proved, found.bound)
    least, start = _least_slack(question, devex=devex)
    upper = program.upper.copy()
    # A hair of room for the solver's tolerance; the amount reported is the one found in the first phase.
    upper[slack] = np.maximum(upper[slack], least[slack] * (1 + 1e-9) + DUST)
    found = _solve(replace(program, upper=upper), start, devex=devex, watch=question.watch)
    assert found is not None, "a model with open slack has no plan"
    needed = np.where(least > DUST * 10, np.minimum(least, found.solution.values), 0.0)
    amount = float(needed[slack] @ question.slack_price)
    return Optimum(found.solution, needed, amount, found.is_proved, found.bound)


def _least_slack(question: _Question, *, devex: bool) -> tuple[FloatArray, Basis | None]:
    """Least priced slack with which the constraints can be kept, [columns], and the basis at which they are."""
    program, slack = question.program, question.slack
    upper, cost = program.upper.copy(), np.zeros(len(program.cost))
    upper[slack] = np.inf
    cost[slack] = question.slack_price
    easier = replace(program, upper=upper, cost=cost, offset=0.0)
    found = solve(easier, question.basis, devex=devex, watch=question.watch)
    assert found.status != "infeasible", "a model with free slack has no plan"
    least = np.zeros(len(cost))
    least[slack] = np.maximum(found.values[slack], 0.0)
    return least, None if program.is_integer.any() else found.basis


@dataclass(frozen=True, eq=False)
class _Found:
    """A solution, whether it is proved the best, and what no other can be below."""

    solution: Solution
    is_proved: bool
    bound: float


def _solve(program: LinearProgram, basis: Basis | None, *, devex: bool, watch: Watch | None) -> _Found | None:
    """The solution; None if there is none."""
    if not program.is_integer.any():
        found = solve(program, basis, devex=devex, watch=watch)
        return None if found.status == "infeasible" else _Found(found, True, found.objective)
    whole = solve(program, watch=watch)
    if whole.status == "infeasible":
        return None
    fixed = np.rint(whole.values)
    lower = np.where(program.is_integer, fixed, program.lower)
    upper = np.where(program.is_integer, fixed, program.upper)
    relaxed = replace(program, lower=lower, upper=upper, is_integer=np.zeros_like(program.is_integer))
    found = solve(relaxed, basis, devex=devex, watch=watch)
    assert found.status == "optimal", "the model with its whole numbers fixed has no plan"
    return _Found(found, whole.status == "optimal", min(whole.bound, found.objective))
