"""Solving the supply model: hard first, with priced slack only if no plan exists, whole numbers where
workers, shifts or lots ask for them.

If the constraints cannot all be kept, a first phase finds the least penalty at which they can, fixes it, and the
cheapest plan at that penalty follows: no large penalty ever stands in a cost, so duals stay money (algebra.md 6).
"""

from dataclasses import dataclass, replace
from threading import Event
from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.stage import Report, Watch
from equipoise.supply.constraints.lots import lot_columns
from equipoise.supply.large.first_step import basis_of_first_step
from equipoise.supply.large.two_steps import goes_in_two_steps
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.blocks import (
    Part,
    exceeded,
    independent_parts,
    put_together,
    shared_limits,
    solve_parts,
    without,
)
from equipoise.supply.program.highs import BASIC, Basis, Solution, solve
from equipoise.supply.program.near_columns import solve_from
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.program.watching import ends_with
from equipoise.supply.program.whole_numbers import LotColumns, start_in_whole_numbers

DUST = 1e-7
"""The solver's feasibility tolerance: smaller amounts are nothing."""
ROOM = (1e-9, 1e-6, 1e-3)
"""Parts by which more than the least slack may be open: a hair, for the solver's tolerance, and more if it needs it.
The amount reported is at most the least one."""


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
    is_settled: bool = True
    """False if there is slack and the search over whole numbers did not settle whether a plan without it exists."""

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
    slack_most: FloatArray
    basis: Basis | None
    watch: Watch | None
    lots: LotColumns


def find_optimum(
    model: SupplyModel, basis: Basis | None, *, devex: bool, report: Report | None = None, watch: Watch | None = None
) -> Optimum:
    """Solve, from the base plan's basis if there is one. Duals with whole numbers are those at these numbers.

    Parts of the model that share no row are solved apart (`blocks`), and only one that has no plan needs slack. A large
    one that does not fall apart is solved without its ample components first (`two_steps`). Limits
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
    parts, lots = independent_parts(program), lot_columns(model.network, model.columns)
    if len(parts) == 1:
        if basis is None and goes_in_two_steps(model, program):
            basis, watch = basis_of_first_step(model, program, watch=watch)
            devex = False  # steepest edge took 14 CPU s from there where devex took 23
        slack = model.slack, model.slack_price, model.slack_most
        return _find(_Question(program, *slack, basis, watch, lots), devex=devex)
    ended = Event()
    price, most = np.full(len(program.cost), np.nan), np.zeros(len(program.cost))
    price[model.slack], most[model.slack] = model.slack_price, model.slack_most

    def find(part: Part) -> Optimum:
        here = np.flatnonzero(~np.isnan(price[part.columns]))
        slack = here, price[part.columns][here], most[part.columns][here]
        mine, begin = part.program_of(program), part.basis_of(basis)
        own = lots.within(part.columns)
        return _find(_Question(mine, *slack, begin, ends_with(ended), own), devex=devex)

    found = solve_parts(parts, find, report=report, watch=watch, ended=ended)
    needed = np.zeros(len(program.cost))
    for part, optimum in zip(parts, found, strict=True):
        needed[part.columns] = optimum.slack
    return Optimum(
        put_together(program, parts, [optimum.solution for optimum in found]),
        needed,
        sum(optimum.penalty for optimum in found),
        all(optimum.is_proved for optimum in found),
        program.offset + sum(optimum.bound for optimum in found),
        all(optimum.is_settled for optimum in found),
    )


def _find(question: _Question, *, devex: bool) -> Optimum:
    program, slack = question.program, question.slack
    found = _solve(question, program, question.basis, devex=devex)
    if isinstance(found, _Found):
        return Optimum(found.solution, np.zeros(len(program.cost)), 0.0, found.is_proved, found.bound)
    least, begin = _least_slack(question, devex=devex)
    for room in ROOM:
        upper = program.upper.copy()
        upper[slack] = np.maximum(upper[slack], least[slack] * (1 + room) + DUST)
        answer = _solve(question, replace(program, upper=upper), begin, devex=devex)
        if isinstance(answer, _Found):
            break
    else:
        raise AssertionError("a model with open slack has no plan")
    needed = np.where(least > DUST * 10, np.minimum(least, answer.solution.values), 0.0)
    amount = float(needed[slack] @ question.slack_price)
    is_settled = found == "no plan"
    return Optimum(
        answer.solution, needed, amount, answer.is_proved and is_settled, answer.bound, is_settled=is_settled
    )


def _least_slack(question: _Question, *, devex: bool) -> tuple[FloatArray, Basis | None]:
    """Least priced slack with which the constraints can be kept, [columns], and the basis at which they are."""
    program, slack = question.program, question.slack
    upper, cost = program.upper.copy(), np.zeros(len(program.cost))
    upper[slack] = np.maximum(upper[slack], question.slack_most)
    cost[slack] = question.slack_price
    easier = replace(program, upper=upper, cost=cost, offset=0.0)
    found = _solve(question, easier, question.basis, devex=devex)
    assert isinstance(found, _Found), "a model with free slack has no plan"
    least = np.zeros(len(cost))
    least[slack] = np.maximum(found.solution.values[slack], 0.0)
    return least, found.solution.basis


@dataclass(frozen=True, eq=False)
class _Found:
    """A solution, whether it is proved the best, and what no other can be below."""

    solution: Solution
    is_proved: bool
    bound: float


def _solve(
    question: _Question, program: LinearProgram, basis: Basis | None, *, devex: bool
) -> _Found | Literal["no plan", "none found"]:
    """The solution; else whether there is none, or none was found in whole numbers.

    A search over whole numbers begins with a plan that was rounded to them, so that at its limit of nodes it has one.
    """
    watch = question.watch
    if not program.is_integer.any():
        found = (
            solve(program, devex=devex, watch=watch)
            if basis is None
            else solve_from(program, basis, devex=devex, watch=watch)
        )
        return "no plan" if found.status == "infeasible" else _Found(found, True, found.objective)
    start = start_in_whole_numbers(program, question.lots, basis, devex=devex, watch=watch)
    whole = solve(program, watch=watch, start=None if start is None else start.values)
    if whole.status == "infeasible" and start is None:
        return "no plan"
    if whole.status in ("optimal", "stopped"):
        fixed = np.rint(whole.values)
        lower = np.where(program.is_integer, fixed, program.lower)
        upper = np.where(program.is_integer, fixed, program.upper)
        relaxed = replace(program, lower=lower, upper=upper, is_integer=np.zeros_like(program.is_integer))
        found = solve(relaxed, basis, devex=devex, watch=watch)
        if found.status == "optimal":
            return _Found(found, whole.status == "optimal", min(whole.bound, found.objective))
    # What the search holds in whole numbers within its tolerance is no plan exactly, or it found nothing.
    return "none found" if start is None else _Found(start, False, min(whole.bound, start.objective))
