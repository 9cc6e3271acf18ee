"""Rare demand, made up: speed and accuracy beside the seven methods statsforecast has for it."""

from functools import partial
from statistics import median

import numpy as np

from benchmarks.forecast_peer import Model
from benchmarks.measure import Side, measure
from benchmarks.subject import SMOKE, Comparison, Table
from equipoise.core.grid import FloatArray
from equipoise.demand.forecast import forecast_series
from equipoise.demand.forecast.kernel import fastest_kernel, kernel_named
from equipoise.demand.forecast.scale import Scaled, to_scale

PERIOD, HORIZON, SPAN = 12, 12, 72
GOAL = 25
"""Times as fast as the peer's methods."""
COUNTS = {SMOKE: 12, "small": 500, "medium": 2000, "full": 2000}


def rare_demand(count: int) -> FloatArray:
    """Demand [count, SPAN + HORIZON]: a chance of demand that drifts, sizes negative-binomial, 1 or more."""
    rng = np.random.default_rng(20261126)
    start, end = (rng.uniform(0.1, 0.6, (count, 1)) for _ in range(2))
    chance = start + (end - start) * np.linspace(0.0, 1.0, SPAN + HORIZON)
    mean = rng.uniform(2.0, 20.0, (count, 1))
    spread = rng.uniform(1.0, 4.0, (count, 1))
    sizes = 1 + rng.negative_binomial(spread, spread / (spread + mean), chance.shape)
    demand: FloatArray = np.where(rng.random(chance.shape) < chance, sizes, 0).astype(np.float64)
    demand[:, 0] = np.maximum(demand[:, 0], 1.0)  # a history begins with a sale
    return demand


def ours(past: FloatArray) -> FloatArray:
    """Points of all series at once."""
    return forecast_series(past, PERIOD, HORIZON, levels=()).point


def theirs(past: FloatArray) -> dict[str, FloatArray]:
    """Seven methods, one after the other, series by series."""
    from statsforecast import models as m

    methods: dict[str, Model] = {
        "CrostonClassic": m.CrostonClassic(),
        "CrostonOptimized": m.CrostonOptimized(),
        "CrostonSBA": m.CrostonSBA(),
        "TSB": m.TSB(alpha_d=0.2, alpha_p=0.2),
        "ADIDA": m.ADIDA(),
        "IMAPA": m.IMAPA(),
        "SimpleExponentialSmoothingOptimized": m.SimpleExponentialSmoothingOptimized(),
    }
    return {name: np.array([method.forecast(y=x, h=HORIZON)["mean"] for x in past]) for name, method in methods.items()}


def rmsse(past: FloatArray, actual: FloatArray, forecast: FloatArray) -> float:
    """Root mean squared error over that of the naive forecast in the history, mean over series (M5 competition)."""
    scale = np.sqrt((np.diff(past, axis=1) ** 2).mean(axis=1))
    return float(np.mean(np.sqrt(((actual - forecast) ** 2).mean(axis=1)) / np.where(scale > 0, scale, 1.0)))


def four_methods(demand: Scaled) -> FloatArray:
    """Our methods for rare demand alone, of all series in one pass: means [n, 4]."""
    return kernel_named(fastest_kernel()).intermittent(demand)


def compare_rare(size: str, repeat: int) -> tuple[list[Comparison], list[str], Table]:
    """Our methods and our whole forecast beside the peer's methods, the row of the goal, and accuracy."""
    demand = rare_demand(COUNTS[size])
    past, actual = demand[:, :SPAN], demand[:, SPAN:]
    scaled = to_scale(past, np.full(len(past), SPAN), np.ones((len(past), PERIOD)), HORIZON)
    four_methods(scaled)
    forecast = forecast_series(past, PERIOD, HORIZON)
    peers = theirs(past)
    sides: dict[str, Side] = {"methods": [partial(four_methods, scaled)], "whole": [partial(ours, past)],
             "peer": [partial(theirs, past)]}  # fmt: skip
    took = {name: one.whole for name, one in measure(sides, repeat).items()}
    rows = [["Equipoise", f"{rmsse(past, actual, forecast.point):.4f}", f"{_bias(actual, forecast.point):+.1f}"]]
    rows += [[f"statsforecast {name}", f"{rmsse(past, actual, f):.4f}", f"{_bias(actual, f):+.1f}"]
             for name, f in peers.items()]  # fmt: skip
    at_most = [float((actual <= forecast.quantiles[:, :, k]).mean()) for k in range(len(forecast.levels))]
    pairs = ", ".join(f"{level:g}: {share:.3f}" for level, share in zip(forecast.levels, at_most, strict=True))
    rows.append(["share of buckets at most our quantile", pairs, ""])
    table = Table("Rare demand, made up: 12 months ahead", ("", "RMSSE", "bias, %"), rows)
    compared = [
        Comparison(f"rare demand, {len(past):,} series, {what} ({len(past) / took[name].median:,.0f} a CPU second)",
                   took[name], "statsforecast, seven methods", took["peer"])
        for what, name in (("four methods", "methods"), ("the whole forecast", "whole"))
    ]  # fmt: skip
    ratios = [t / m for t, m in zip(took["peer"].seconds, took["methods"].seconds, strict=True)]
    spread = f"{min(ratios):,.0f} / {median(ratios):,.0f} / {max(ratios):,.0f}"
    met = "yes" if median(ratios) >= GOAL else "no"
    return compared, ["rare demand: methods, times as fast, of each run", spread, f"≥ {GOAL}", "", met], table


def _bias(actual: FloatArray, forecast: FloatArray) -> float:
    return float(100.0 * (forecast - actual).sum() / actual.sum())
