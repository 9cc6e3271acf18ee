"""Two ways to the same numbers: NumPy over many series at once, or compiled code (numba) series by series.

They agree to 1e-9. NumPy is the reference and needs nothing else; the compiled twin is several times as fast and is
loaded only when it is asked for. One kind of kernel is used for all series of a call, however many they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast import (
    aggregation, airline, autoregression, combination, decomposition, exponential, intermittent, log_theta, scale,
    segment,
)  # fmt: skip

KERNELS = ("numpy", "numba")


class NoSuchKernel(EquipoiseError):
    """The kernel is unknown, or the package it needs is not installed."""


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


def _from(*modules: Any) -> Kernel:
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


def fastest_kernel() -> str:
    """`numba` where it is installed, else `numpy`."""
    return "numba" if find_spec("numba") else "numpy"


@cache
def kernel_named(name: str) -> Kernel:
    """The kernel `numpy` or `numba`. Raises `NoSuchKernel`."""
    if name == "numpy":
        return _from(decomposition, scale, segment, log_theta, exponential, aggregation, airline, autoregression,
                     intermittent, combination)  # fmt: skip
    if name not in KERNELS:
        raise NoSuchKernel(f"kernel {name!r} is unknown; there are {' and '.join(KERNELS)}")
    if find_spec("numba") is None:
        raise NoSuchKernel("kernel numba needs the package numba, which is not installed; take kernel numpy")
    from equipoise.demand.forecast import (
        aggregation_compiled, airline_compiled, autoregression_compiled, combination_compiled, decomposition_compiled,
        exponential_compiled, intermittent_compiled, log_theta_compiled, scale_compiled, segment_compiled,
    )  # fmt: skip

    return _from(decomposition_compiled, scale_compiled, segment_compiled, log_theta_compiled, exponential_compiled,
                 aggregation_compiled, airline_compiled, autoregression_compiled, intermittent_compiled,
                 combination_compiled)  # fmt: skip
