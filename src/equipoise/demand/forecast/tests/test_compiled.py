"""The compiled twin agrees with NumPy; skipped where numba is not installed."""

import subprocess
import sys

import numpy as np
import pytest

from equipoise.core.kernel import NoSuchKernel
from equipoise.demand.forecast import MEMBERS, SEASONS, Pins, forecast_series
from equipoise.demand.forecast.kernel import fastest_kernel, kernel_named

PERIODS = (1, 4, 12, 52)


def mixed(n: int = 60, span: int = 120, seed: int = 21) -> list[np.ndarray]:
    """Every segment, lengths from none to `span`, gaps, returns and unknown ends."""
    rng = np.random.default_rng(seed)
    season = 1.0 + 0.4 * np.sin(2 * np.pi * np.arange(span) / 12)
    y = rng.gamma(2.0, 200.0, (n, 1)) * season * np.exp(rng.uniform(0.02, 1.2, (n, 1)) * rng.standard_normal((n, span)))
    y[1::5] = rng.poisson(0.5, y[1::5].shape)
    y[2::10] *= rng.random(y[2::10].shape) < 0.3
    y[3::10, span // 2 :] = 0.0
    y[4::10] -= 100.0
    y[5::10, 80:90] = np.nan
    y[6::20, -3:] = np.nan
    y[7::20] = 0.0
    rows = [row[-int(length) :] for row, length in zip(y, rng.integers(1, span + 1, n), strict=True)]
    return [*rows, np.zeros(0), np.full(5, np.nan), np.array([7.0])]


@pytest.mark.parametrize("period", PERIODS)
def test_compiled_and_numpy_agree_to_a_billionth(period):
    pytest.importorskip("numba")
    series = mixed()
    family = np.arange(len(series)) % 4 - 1
    reference = forecast_series(series, period, 14, family=family, kernel="numpy")
    compiled = forecast_series(series, period, 14, family=family, kernel="numba")
    assert np.array_equal(compiled.segment, reference.segment)
    for name in ("point", "quantiles", "weights", "sigma"):
        np.testing.assert_allclose(getattr(compiled, name), getattr(reference, name), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(compiled.backtest.mae, reference.backtest.mae, rtol=1e-9, atol=1e-9)


def test_pins_hold_in_both_kernels():
    pytest.importorskip("numba")
    series = mixed()
    fixed = Pins(np.arange(len(series)) % (len(MEMBERS) + 1) - 1, np.arange(len(series)) % len(SEASONS))
    family = np.arange(len(series)) % 4 - 1
    reference, compiled = (
        forecast_series(series, 12, 14, family=family, pins=fixed, kernel=kernel) for kernel in ("numpy", "numba")
    )
    for name in ("point", "quantiles", "weights", "sigma", "unpinned"):
        np.testing.assert_allclose(getattr(compiled, name), getattr(reference, name), rtol=1e-9, atol=1e-9)
    pinned = fixed.method[fixed.method >= 0]
    assert (reference.weights[fixed.method >= 0, pinned] == 1.0).sum() > 40


def test_compiled_gives_the_same_bytes_alone_in_chunks_and_on_threads(monkeypatch):
    pytest.importorskip("numba")
    from equipoise.demand.forecast import panel

    series = mixed()
    together = forecast_series(series, 12, 6, levels=(), kernel="numba")
    for k in range(0, len(series), 7):
        assert np.array_equal(
            forecast_series([series[k]], 12, 6, levels=(), kernel="numba").point[0], together.point[k]
        )
    monkeypatch.setattr(panel, "CHUNK", 9)
    threads = forecast_series(series, 12, 6, levels=(), kernel="numba", workers=2)
    assert np.array_equal(threads.point, together.point)


def test_kernels_are_asked_for_by_name():
    assert kernel_named("numpy").name == "numpy"
    assert fastest_kernel() in {"numpy", "numba"}
    with pytest.raises(NoSuchKernel, match="fortran"):
        forecast_series([np.ones(3)], 12, 1, kernel="fortran")


def test_without_numba_its_kernel_is_refused_in_words(monkeypatch):
    from equipoise.core import kernel as core_kernel
    from equipoise.demand.forecast import kernel

    for module in (kernel, core_kernel):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    kernel.kernel_named.cache_clear()
    assert kernel.fastest_kernel() == "numpy"
    with pytest.raises(NoSuchKernel, match="not installed"):
        kernel.kernel_named("numba")
    kernel.kernel_named.cache_clear()


def test_importing_the_forecast_loads_neither_numba_nor_scipy_stats():
    code = (
        "import sys, equipoise, equipoise.demand.forecast as f, numpy as np;"
        "f.forecast_series(np.ones((2, 30)), 12, 3, kernel='numpy');"
        "assert not {'numba', 'scipy.stats', 'pandas'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
