"""Two ways to the same numbers: NumPy over many series at once, or compiled code (numba) series by series.

They agree to 1e-9. NumPy is the reference and needs nothing else; the compiled twin is several times as fast and is
loaded only when it is asked for. One kind of kernel is used for all series of a call, however many they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import ModuleType

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.kernel import check_kernel, kernel_of_plans
from equipoise.demand.forecast import (
    aggregation,
    airline,
    autoregression,
    combination,
    decomposition,
    exponential,
    intermittent,
    log_theta,
    scale,
    segment,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Kernel:
    """The parts of a forecast; what each does its NumPy twin says."""

    name: str
    decompose: Callable[..., tuple[FloatArray, FloatArray]]
    to_scale: Callable[[FloatArray, IntArray, FloatArray, int], scale.Scaled]
    segment_of: Callable[..., IntArray]
    log_theta: Callable[..., log_theta.ThetaFit]
    smooth_damped: Callable[..., FloatArray]
    block_means: Callable[[FloatArray, IntArray, int], tuple[FloatArray, IntArray]]
    airline: Callable[..., FloatArray]
    autoregressive: Callable[..., FloatArray]
    intermittent: Callable[[scale.Scaled], FloatArray]
    combine: Callable[[scale.Scaled, FloatArray], tuple[FloatArray, FloatArray]]
    one_step_error: Callable[[scale.Scaled, FloatArray], FloatArray]


def _from(modules: tuple[ModuleType, ...]) -> Kernel:
    """The kernel of ten modules, in the order of their use."""
    season, scaling, kinds, theta, smoothing, blocks, air, auto, rare, pooling = modules
    return Kernel(
        "numba" if season.__name__.endswith("_compiled") else "numpy",
        season.decompose_chunk,
        scaling.to_scale,
        kinds.segment_of,
        theta.forecast_log_theta,
        smoothing.smooth_damped,
        blocks.block_means,
        air.forecast_airline,
        auto.forecast_autoregressive,
        rare.forecast_intermittent,
        pooling.combine_paths,
        pooling.one_step_error,
    )


@cache
def plan_kernel() -> str:
    """The kernel of plans: NumPy, so that a plan does not depend on what else is installed, unless the environment
    variable `EQUIPOISE_KERNEL` says numba when the process starts. The engine's name tells it."""
    return kernel_of_plans()


def fastest_kernel() -> str:
    """`numba` where it is installed, else `numpy`."""
    return "numba" if find_spec("numba") else "numpy"


@cache
def kernel_named(name: str) -> Kernel:
    """The kernel `numpy` or `numba`. Raises `NoSuchKernel`."""
    check_kernel(name)
    if name == "numpy":
        return _from(
            (
                decomposition,
                scale,
                segment,
                log_theta,
                exponential,
                aggregation,
                airline,
                autoregression,
                intermittent,
                combination,
            )
        )
    from equipoise.demand.forecast import (
        aggregation_compiled,
        airline_compiled,
        autoregression_compiled,
        combination_compiled,
        decomposition_compiled,
        exponential_compiled,
        intermittent_compiled,
        log_theta_compiled,
        scale_compiled,
        segment_compiled,
    )  # fmt: skip

    return _from(
        (
            decomposition_compiled,
            scale_compiled,
            segment_compiled,
            log_theta_compiled,
            exponential_compiled,
            aggregation_compiled,
            airline_compiled,
            autoregression_compiled,
            intermittent_compiled,
            combination_compiled,
        )
    )
