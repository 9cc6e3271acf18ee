"""Forecast all series chunk by chunk, the chunks on several threads if asked; the bytes are the same either way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import fields

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.decomposition import DISCOUNT, SeasonalEstimate
from equipoise.demand.forecast.kernel import Kernel
from equipoise.demand.forecast.panel import Histories
from equipoise.demand.forecast.pins import Pins, pinned_season
from equipoise.demand.forecast.pool import MEMBERS, Pooled, pool_chunk
from equipoise.demand.forecast.seasonality import shrink

Tick = Callable[[int], None]


def run_pool(
    kernel: Kernel,
    histories: Histories,
    *,
    period: int,
    horizon: int,
    family: IntArray | None,
    levels: FloatArray,
    workers: int = 1,
    tick: Tick | None = None,
    pins: Pins | None = None,
) -> Pooled:
    """Forecasts of all series in the order of `histories`; `family` and `pins` in the same order."""
    chunks, n = histories.chunks(), len(histories.y)
    raw = SeasonalEstimate(np.ones((n, period)), np.full(n, np.inf))

    def seasons(chunk: slice) -> None:
        y = histories.rows(chunk)
        if period >= 2 and y.shape[1] >= 2 * period:
            raw.indices[chunk], raw.variance[chunk] = kernel.decompose(y, period, DISCOUNT)

    answers: dict[int, Pooled] = {}
    with ThreadPoolExecutor(workers) if workers > 1 else nullcontext() as threads:
        spread = map if threads is None else threads.map
        list(spread(seasons, chunks))
        indices = shrink(raw, family)
        fixed = indices if pins is None else pinned_season(raw, indices, family, pins.season)

        def forecast(chunk: slice) -> None:
            y, length = histories.rows(chunk), histories.length[chunk]
            found = pool_chunk(kernel, y, length, indices[chunk], horizon=horizon, levels=levels)
            if pins is not None and (rows := pins.rows(chunk).pinned).size:
                method, given = pins.method[chunk][rows], fixed[chunk][rows]
                again = pool_chunk(kernel, y[rows], length[rows], given, horizon=horizon, levels=levels, method=method)
                found = _replaced(found, again, rows)
            answers[chunk.start] = found
            if tick is not None:
                tick(len(y))

        list(spread(forecast, chunks))
    parts = [answers[chunk.start] for chunk in chunks]
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        hurdle = np.zeros((0, horizon, len(levels)))
        empty = np.zeros((0, horizon))
        return Pooled(empty, np.zeros(0), none, none, np.zeros((0, len(MEMBERS))), hurdle, empty)
    whole = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Pooled)
        if pins is not None or field.name != "unpinned"
    }
    return Pooled(**{"unpinned": whole["point"], **whole})


def _replaced(found: Pooled, pinned: Pooled, rows: IntArray) -> Pooled:
    """`found` with some rows as they are pinned; a row whose pinned method says nothing keeps its own forecast."""
    able = np.flatnonzero(pinned.weights.sum(axis=1) > 0)
    mixed = {}
    for field in fields(Pooled):
        values = getattr(found, field.name).copy()
        values[rows[able]] = getattr(pinned, field.name)[able]
        mixed[field.name] = values
    return Pooled(**{**mixed, "unpinned": found.point})
