"""100,000 made-up series with quantiles and the backtest at ten origins, in a process of its own for its memory."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from benchmarks.subject import SMOKE, Table
from equipoise.core.grid import FloatArray

COUNTS = {SMOKE: 600, "full": 100_000}
SHORTEST, LONGEST, HORIZON, PERIOD = 60, 120, 18, 12
WORKERS = 2
FORECASTS = 11
"""The one that is wanted, and those of ten earlier dates."""


def made_series(count: int) -> list[FloatArray]:
    """Monthly series of 60 to 120 buckets: level, trend, season and noise; one in five is sold in few months."""
    rng = np.random.default_rng(100_000)
    length = rng.integers(SHORTEST, LONGEST + 1, count)
    month = np.arange(LONGEST)
    season = 1.0 + rng.uniform(0.0, 0.5, (count, 1)) * np.sin(2.0 * np.pi * (month / 12.0 + rng.random((count, 1))))
    trend = np.exp(rng.normal(0.0, 0.003, (count, 1)) * month)
    noise = np.exp(rng.uniform(0.03, 0.3, (count, 1)) * rng.standard_normal((count, LONGEST)))
    y = rng.gamma(1.0, 500.0, (count, 1)) * season * trend * noise
    y[::5] = rng.poisson(rng.uniform(0.1, 1.0, (len(y[::5]), 1)), y[::5].shape)
    return [row[-n:] for row, n in zip(y, length.tolist(), strict=True)]


def main(count: int) -> None:
    """Forecast and print seconds and memory as JSON; a progress bar is on stderr."""
    from equipoise.cli.question import progress_bar
    from equipoise.demand.forecast import forecast_series

    series = made_series(count)
    forecast_series(series[:20], PERIOD, HORIZON)  # compiled and warm
    begin, cpu = perf_counter(), process_time()
    with progress_bar(is_told_always=True) as progress:
        found = forecast_series(
            series, PERIOD, HORIZON, workers=WORKERS,
            progress=lambda done, total: progress(f"{total:,} forecasts", done / total),
        )  # fmt: skip
    took = {"wall": perf_counter() - begin, "cpu": process_time() - cpu}
    assert found.quantiles.shape == (count, HORIZON, 5)
    assert np.isfinite(found.quantiles).all()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    print(json.dumps({**took, "peak_gb": peak}))


def measure_many(size: str, peer_seconds: float) -> Table:
    """The run, and how long the peer would take that needs `peer_seconds` for one forecast."""
    count = COUNTS[size]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.many_series", str(count)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    told = json.loads(done.stdout)
    points = peer_seconds * count
    row = ["Equipoise, quantiles and backtest", f"{told['wall']:,.0f} s", f"{told['cpu']:,.0f} s",
           f"{told['peak_gb']:.2f} GB", "< 60 s (20 s), < 2 GB"]  # fmt: skip
    peer = [
        [
            f"statsforecast, {what}, extrapolated",
            f"{seconds / WORKERS / 3600:,.1f} h",
            f"{seconds / 3600:,.1f} h",
            "",
            "",
        ]
        for what, seconds in (("points alone", points), ("points at eleven dates", FORECASTS * points))
    ]
    title = f"{count:,} monthly series of {SHORTEST} to {LONGEST} months, {HORIZON} ahead, {WORKERS} threads"
    return Table(title, ("", "elapsed", "CPU time", "peak memory", "goal"), [row, *peer])


if __name__ == "__main__":
    main(int(sys.argv[1]))
