"""The one place that talks to HiGHS: a linear program in arrays goes in, values, duals and a basis come out.

Every solve is a fresh instance, so an answer depends on the question and the basis given, never on earlier solves
(algebra.md section 6). One thread, a fixed seed, limits on iterations and nodes, never on time. A watcher may end a
solve (`watching`), but then there is no answer.
"""

from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
import numpy.typing as npt

from equipoise.core.grid import FloatArray
from equipoise.core.stage import Watch
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.program.watching import Watched

StatusArray = npt.NDArray[np.int8]
Status = Literal["optimal", "infeasible", "stopped", "none_found"]

ITERATION_LIMIT = 20_000_000
MOST_NODES, LEAST_NODES, NODE_WORK = 5_000, 20, 20_000_000
"""Limits of the search for whole workers: its nodes × columns stay below NODE_WORK, within the first two."""
MIP_GAP = 1e-6
TOLERANCE = 1e-7
"""HiGHS's own, of bounds and of reduced costs."""
DUAL, PRIMAL = 1, 4
"""HiGHS's numbers of the serial dual and of the primal simplex method."""
ENDS = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)
"""How a solve of a bounded, priced program may end."""
NOTHING_HELD = (highspy.HighsModelStatus.kSolutionLimit, highspy.HighsModelStatus.kSolveError)
"""How a search over whole numbers ends without a plan: at its limit, or with one that exceeds a row by too much."""
BASIC = int(highspy.HighsBasisStatus.kBasic)
"""Status of a column or row that the constraints determine; the others stand at a bound."""
LOWER, UPPER, FREE = (
    int(kind)
    for kind in (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kUpper, highspy.HighsBasisStatus.kZero)
)


class SolverStopped(RuntimeError):
    """HiGHS ended in a way that a bounded, priced supply model cannot cause."""


@dataclass(frozen=True, eq=False)
class Basis:
    """HiGHS status of every column and row (HighsBasisStatus as int8)."""

    columns: StatusArray
    rows: StatusArray


@dataclass(frozen=True, eq=False)
class Solution:
    """What a solve ends with. Duals are d objective / d right-hand side (rows) and d objective / d bound (columns)."""

    status: Status
    values: FloatArray
    row_duals: FloatArray
    reduced_costs: FloatArray
    objective: float
    basis: Basis
    iterations: int
    bound: float = -np.inf
    """No plan has a lower objective: the objective itself, or what a search over whole numbers has proved."""


def solve(
    program: LinearProgram,
    basis: Basis | None = None,
    *,
    devex: bool = False,
    primal: bool = False,
    interior: bool = False,
    watch: Watch | None = None,
    start: FloatArray | None = None,
) -> Solution:
    """Minimize a program, from `basis` if it fits the program's shape, else cold.

    `devex`: dual pricing for levers that touch few rows; steepest edge else (supply.md section 8). `primal`: the primal
    method, from a basis that keeps all constraints and whose costs alone are other ones. `interior`: interior points
    and crossover to a basis, of a program without whole numbers. Status `infeasible` has no values, nor has
    `none_found`, a search over whole numbers that met its node limit without a plan, or whose plan is none by HiGHS's
    own check, where coefficients are of very different sizes; `stopped` is one that met its limit with a plan in hand,
    at least `start` (the columns of a plan in whole numbers). `watch` is told how far it is, and ends the solve by
    raising.
    """
    rows, columns = program.shape
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    fits = basis is not None and (len(basis.rows), len(basis.columns)) == (rows, columns)
    is_integer = bool(program.is_integer.any())
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "parallel": "off",
        "simplex_iteration_limit": ITERATION_LIMIT,
        "mip_rel_gap": MIP_GAP,
        "mip_abs_gap": 1e-6,
        "mip_max_nodes": min(MOST_NODES, max(LEAST_NODES, NODE_WORK // max(columns, 1))),
        "simplex_dual_edge_weight_strategy": 1 if devex else -1,
        "simplex_strategy": PRIMAL if primal else DUAL,
    }
    if not is_integer:
        # Interior points took 9 to 13 times as long on the demo company, at 36,000 rows as at 143,000; where items have
        # several routes a large model may take half the time by them (two_steps.py).
        options["solver"] = "ipx" if interior else "simplex"
    for name, value in options.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverStopped(f"HiGHS refuses option {name} = {value}")
    hand_over(highs, program)
    if fits and not is_integer:
        assert basis is not None
        highs.setBasis(_as_highs_basis(basis))
    if start is not None:
        begin = highspy.HighsSolution()
        begin.col_value = start.tolist()
        highs.setSolution(begin)
    watched = None if watch is None else Watched(highs, watch)
    highs.run()
    if watched is not None:
        watched.raise_again()
    if not is_integer and highs.getModelStatus() not in ENDS:
        # Numbers of very different sizes keep some ways from an end: another one, the same each time.
        if fits or primal:
            return solve(program, watch=watch)
        highs.clearSolver()
        highs.setOptionValue("presolve", "off")
        highs.run()
        if watched is not None:
            watched.raise_again()
    return _read(highs, program, is_integer=is_integer)


def _read(highs: highspy.Highs, program: LinearProgram, *, is_integer: bool) -> Solution:
    ended = highs.getModelStatus()
    status: Status
    if ended == highspy.HighsModelStatus.kOptimal:
        status = "optimal"
    elif ended in ENDS:
        # Costs and prices are never negative without a bound on the column, so the model is never unbounded.
        status = "infeasible"
    elif is_integer and highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        status = "stopped"
    elif is_integer and ended in NOTHING_HELD:
        status = "none_found"
    else:
        raise SolverStopped(f"HiGHS ended with status {highs.modelStatusToString(ended)}")
    found = highs.getSolution()
    values, reduced_costs = np.array(found.col_value), np.array(found.col_dual)
    activity, row_duals = np.array(found.row_value), np.array(found.row_dual)
    basis = None
    if status == "optimal" and not is_integer:
        columns = _at_bounds(values, program.lower, program.upper, reduced_costs)
        # HiGHS counts a row's slack the other way: so runs the sign of its dual.
        rows = _at_bounds(activity, program.row_lower, program.row_upper, -row_duals)
        basis = _with_basic(highs, Basis(columns, rows))
    return Solution(
        status,
        values,
        row_duals,
        reduced_costs,
        float(highs.getInfo().objective_function_value),
        basis or _told_basis(highs),
        int(highs.getInfo().simplex_iteration_count),
        float(highs.getInfo().mip_dual_bound if is_integer else highs.getInfo().objective_function_value),
    )


def _at_bounds(values: FloatArray, lower: FloatArray, upper: FloatArray, duals: FloatArray) -> StatusArray:
    """The status of what is not basic, by the bound where it stands, as HiGHS states it."""
    is_fixed = lower == upper
    with np.errstate(invalid="ignore"):  # ∞ − ∞, of what has no bounds
        is_low = np.where(is_fixed, duals >= 0, np.abs(values - lower) <= np.abs(upper - values))
    found = np.where(is_low, LOWER, UPPER).astype(np.int8)
    found[np.isinf(lower) & np.isinf(upper)] = FREE
    return found


def _with_basic(highs: highspy.Highs, basis: Basis) -> Basis | None:
    """The basis with what is basic marked; None if HiGHS does not say.

    Asking for the numbers of the basic columns and rows takes a twentieth of the time of asking for the status of each.
    """
    ended, basic = highs.getBasicVariables()  # type: ignore[attr-defined]
    if ended != highspy.HighsStatus.kOk:
        return None
    basis.columns[basic[basic >= 0]] = BASIC
    basis.rows[-1 - basic[basic < 0]] = BASIC
    return basis


def _told_basis(highs: highspy.Highs) -> Basis:
    basis = highs.getBasis()
    return Basis(
        np.array([int(s) for s in basis.col_status], dtype=np.int8),
        np.array([int(s) for s in basis.row_status], dtype=np.int8),
    )


def hand_over(highs: highspy.Highs, program: LinearProgram) -> None:
    """Give a program to a solver as arrays (setting the fields of a HighsLp one by one takes five times as long)."""
    rows, columns = program.shape
    status = highs.passModel(
        columns,
        rows,
        len(program.values),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        program.offset,
        program.cost,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        program.starts.astype(np.int32),
        program.indices.astype(np.int32),
        program.values,
        program.is_integer.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise SolverStopped("HiGHS refuses the model")


@dataclass(frozen=True, eq=False)
class Stand:
    """Where a program stands at a basis, before any pivot: the values may break bounds, the prices need not be best."""

    values: FloatArray
    """[columns]"""
    activity: FloatArray
    """[rows] Σ value × column."""
    row_prices: FloatArray
    """[rows]"""
    reduced_costs: FloatArray
    """[columns]"""

    def broken(self, program: LinearProgram) -> int:
        """How many columns and rows break a bound."""
        columns = _beyond(self.values, program.lower, program.upper)
        return columns + _beyond(self.activity, program.row_lower, program.row_upper)


def stand_at(program: LinearProgram, basis: Basis) -> Stand | None:
    """Where a program stands at a basis of its shape; None if the basis is singular."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    hand_over(highs, program)
    highs.setBasis(_as_highs_basis(basis))
    ended, basic = highs.getBasicVariables()  # type: ignore[attr-defined]
    if ended != highspy.HighsStatus.kOk:
        return None
    is_column = basic >= 0
    at_upper, is_column_basic = basis.columns == UPPER, basis.columns == BASIC
    values = np.where(at_upper, program.upper, program.lower)
    values[is_column_basic | (basis.columns == FREE)] = 0.0
    right = np.where(basis.rows == UPPER, program.row_upper, program.row_lower)
    right[(basis.rows == BASIC) | (basis.rows == FREE)] = 0.0
    found = highs.getBasisSolve(right - program.activity(values))[1]  # type: ignore[attr-defined]
    values[basic[is_column]] = found[is_column]
    asked = np.where(is_column, program.cost[np.maximum(basic, 0)], 0.0)
    prices: FloatArray = np.array(highs.getBasisTransposeSolve(asked)[1])  # type: ignore[attr-defined]
    return Stand(values, program.activity(values), prices, program.reduced_costs(prices))


def _beyond(values: FloatArray, lower: FloatArray, upper: FloatArray) -> int:
    """How many values lie outside their bounds, by more than the solver's tolerance."""
    return int(((values < lower - TOLERANCE) | (values > upper + TOLERANCE)).sum())


def _as_highs_basis(basis: Basis) -> highspy.HighsBasis:
    kinds = {int(kind): kind for kind in highspy.HighsBasisStatus.__members__.values()}
    made = highspy.HighsBasis()
    made.col_status = [kinds[number] for number in basis.columns.tolist()]
    made.row_status = [kinds[number] for number in basis.rows.tolist()]
    made.valid, made.alien = True, False
    return made
