"""Two ways to the same fast plan: NumPy, the reference, or compiled code (numba) bucket by bucket.

They agree to 1e-9. NumPy needs nothing else; the compiled twin is many times as fast and is loaded only when it is
asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from equipoise.core.grid import FloatArray
from equipoise.core.kernel import check_kernel
from equipoise.supply import heuristic_run, heuristic_wanted, heuristic_workers
from equipoise.supply.heuristic_run import Run
from equipoise.supply.heuristic_wanted import Wanted
from equipoise.supply.heuristic_ways import Round
from equipoise.supply.heuristic_worth import Orders
from equipoise.supply.network import Network


@dataclass(frozen=True, eq=False)
class Kernel:
    """The parts of the fast plan that are loops; what each does its NumPy twin says."""

    name: str
    wanted_starts: Callable[[Round], Wanted]
    carry_out: Callable[[Round, Wanted, tuple[Orders, ...]], Run]
    choose_workers: Callable[[Network, FloatArray], FloatArray]


@cache
def kernel_named(name: str) -> Kernel:
    """The kernel `numpy` or `numba`. Raises `NoSuchKernel`."""
    check_kernel(name)
    if name == "numpy":
        return Kernel(name, heuristic_wanted.wanted_starts, heuristic_run.carry_out, heuristic_workers.choose_workers)
    from equipoise.supply import heuristic_run_compiled, heuristic_wanted_compiled, heuristic_workers_compiled

    return Kernel(
        name,
        heuristic_wanted_compiled.wanted_starts,
        heuristic_run_compiled.carry_out,
        heuristic_workers_compiled.choose_workers,
    )
