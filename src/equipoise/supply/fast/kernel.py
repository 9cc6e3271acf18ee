"""Two ways to the same fast plan: NumPy, the reference, or compiled code (numba) bucket by bucket.

They agree to 1e-9. NumPy needs nothing else; the compiled twin is many times as fast and is loaded only when it is
asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from equipoise.core.grid import FloatArray
from equipoise.core.kernel import check_kernel
from equipoise.supply.fast import run, wanted, workers
from equipoise.supply.fast.run import Run
from equipoise.supply.fast.walks import IN_NUMPY, Walks
from equipoise.supply.fast.wanted import Wanted
from equipoise.supply.fast.ways import Round
from equipoise.supply.fast.worth import Orders
from equipoise.supply.network.network import Network


@dataclass(frozen=True, eq=False)
class Kernel:
    """The parts of the fast plan that are loops; what each does its NumPy twin says."""

    name: str
    walks: Walks
    wanted_starts: Callable[[Round], Wanted]
    carry_out: Callable[[Round, Wanted, Orders], Run]
    choose_workers: Callable[[Network, FloatArray], FloatArray]


@cache
def kernel_named(name: str) -> Kernel:
    """The kernel `numpy` or `numba`. Raises `NoSuchKernel`."""
    check_kernel(name)
    if name == "numpy":
        return Kernel(name, IN_NUMPY, wanted.wanted_starts, run.carry_out, workers.choose_workers)
    from equipoise.supply.fast import run_compiled, walks_compiled, wanted_compiled, workers_compiled

    return Kernel(
        name,
        walks_compiled.COMPILED,
        wanted_compiled.wanted_starts,
        run_compiled.carry_out,
        workers_compiled.choose_workers,
    )
