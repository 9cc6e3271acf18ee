"""Forecast all series chunk by chunk, the chunks on several threads if asked; the bytes are the same either way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.panel import Histories
from equipoise.demand.forecast.pool import MEMBERS, Pooled, pool_chunk
from equipoise.demand.forecast.decomposition import SeasonalEstimate, decompose
from equipoise.demand.forecast.seasonality import shrink

Tick = Callable[[int], None]


def run_pool(
    histories: Histories,
    *,
    period: int,
    horizon: int,
    family: IntArray | None = None,
    levels: FloatArray | None = None,
    workers: int = 1,
    tick: Tick | None = None,
) -> Pooled:
    """Forecasts of all series in the order of `histories`; `family` in the same order."""
    chunks, n = histories.chunks(), len(histories.y)
    raw = SeasonalEstimate(np.ones((n, period)), np.full(n, np.inf))

    def seasons(chunk: slice) -> None:
        found = decompose(histories.rows(chunk), period)
        raw.indices[chunk], raw.variance[chunk] = found.indices, found.variance

    answers: dict[int, Pooled] = {}
    with ThreadPoolExecutor(max(workers, 1)) as threads:
        spread = threads.map if workers > 1 else map
        list(spread(seasons, chunks))
        indices = shrink(raw, family)

        def forecast(chunk: slice) -> None:
            y, length = histories.rows(chunk), histories.length[chunk]
            answers[chunk.start] = pool_chunk(y, length, indices[chunk], horizon=horizon, levels=levels)
            if tick is not None:
                tick(len(y))

        list(spread(forecast, chunks))
    parts = [answers[chunk.start] for chunk in chunks]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        hurdle = None if levels is None else np.zeros((0, horizon, len(levels)))
        return Pooled(np.zeros((0, horizon)), np.zeros(0), none, none, np.zeros((0, len(MEMBERS))), hurdle)
    joined = [np.concatenate([getattr(part, name) for part in parts])
              for name in ("point", "sigma", "observations", "segment", "weights")]  # fmt: skip
    hurdle = None if levels is None else np.concatenate([part.hurdle for part in parts if part.hurdle is not None])
    return Pooled(*joined, hurdle)
