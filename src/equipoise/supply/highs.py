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
from equipoise.supply.program import LinearProgram
from equipoise.supply.watching import Watched

StatusArray = npt.NDArray[np.int8]
Status = Literal["optimal", "infeasible", "stopped"]

ITERATION_LIMIT = 20_000_000
MOST_NODES, LEAST_NODES, NODE_WORK = 5_000, 20, 20_000_000
"""Limits of the search for whole workers: its nodes × columns stay below NODE_WORK, within the first two."""
MIP_GAP = 1e-6
BASIC = int(highspy.HighsBasisStatus.kBasic)
"""Status of a column or row that the constraints determine; the others stand at a bound."""


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
    program: LinearProgram, basis: Basis | None = None, *, devex: bool = False, watch: Watch | None = None
) -> Solution:
    """Minimize a program, from `basis` if it fits the program's shape, else cold.

    `devex`: dual pricing for levers that touch few rows; steepest edge else (supply.md section 8). Status `infeasible`
    has no values; `stopped` is a mixed-integer search that met its node limit with a plan in hand. `watch` is told how
    far it is, and ends the solve by raising.
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
    }
    if not is_integer:
        # Interior points took 9 to 13 times as long on the demo company, at 36,000 rows as at 143,000.
        options["solver"] = "simplex"
    for name, value in options.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverStopped(f"HiGHS refuses option {name} = {value}")
    hand_over(highs, program)
    if fits and not is_integer:
        assert basis is not None
        highs.setBasis(_as_highs_basis(basis))
    watched = None if watch is None else Watched(highs, watch)
    highs.run()
    if watched is not None:
        watched.raise_again()
    return _read(highs, is_integer=is_integer)


def _read(highs: highspy.Highs, *, is_integer: bool) -> Solution:
    ended = highs.getModelStatus()
    status: Status
    if ended == highspy.HighsModelStatus.kOptimal:
        status = "optimal"
    elif ended in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        # Costs and prices are never negative without a bound on the column, so the model is never unbounded.
        status = "infeasible"
    elif is_integer and highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        status = "stopped"
    else:
        raise SolverStopped(f"HiGHS ended with status {highs.modelStatusToString(ended)}")
    found = highs.getSolution()
    basis = highs.getBasis()
    return Solution(
        status,
        np.array(found.col_value),
        np.array(found.row_dual),
        np.array(found.col_dual),
        float(highs.getInfo().objective_function_value),
        Basis(
            np.array([int(s) for s in basis.col_status], dtype=np.int8),
            np.array([int(s) for s in basis.row_status], dtype=np.int8),
        ),
        int(highs.getInfo().simplex_iteration_count),
        float(highs.getInfo().mip_dual_bound if is_integer else highs.getInfo().objective_function_value),
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


def _as_highs_basis(basis: Basis) -> highspy.HighsBasis:
    kinds = {int(kind): kind for kind in highspy.HighsBasisStatus.__members__.values()}
    made = highspy.HighsBasis()
    made.col_status = [kinds[number] for number in basis.columns.tolist()]
    made.row_status = [kinds[number] for number in basis.rows.tolist()]
    made.valid, made.alien = True, False
    return made
