"""Proof: of the cells that are told a chance of running out of p, about p ran out.

Told is what a stage computes: σ·G of past sums around the forecast, and the shape of past errors. No forecast knew the
outcomes: they are of a made company whose noise is known, and of the demo company at six earlier dates. An outcome
whose own told chance lies below p is one that every cover would have been told less than p for, so honest chances are
those where the share of outcomes below p is p.
"""

from datetime import date

import numpy as np
import polars as pl
import pytest

from equipoise import compute_plan
from equipoise.codec import adjustment_from_json
from equipoise.core.measure import Grain
from equipoise.demand.forecast import forecast_series
from equipoise.demand.forecast.error_shape import SHAPE_LEVELS, STEADY
from equipoise.inventory.error_shape import ErrorShape
from rolled_back import rolled_back

STARTS = [date(2026, month, 1) for month in range(5, 11)]


def made_demand(rng, count, months):
    """Levels that drift, a season, noise of a known size with now and then a large one, [count, months]."""
    size = np.exp(rng.normal(6.0, 1.0, (count, 1)))
    drift = np.cumsum(rng.normal(0.0, 0.03, (count, months)), axis=1)
    season = 0.2 * np.sin(2.0 * np.pi * (np.arange(months) / 12.0 + rng.uniform(size=(count, 1))))
    noise = rng.standard_t(6, (count, months)) * rng.uniform(0.03, 0.15, (count, 1))
    return size * np.exp(drift + season + noise)


@pytest.mark.parametrize(("span", "points"), [(1, 2.5), (2, 2.5), (3, 3.0)])
def test_a_company_of_known_noise_runs_out_as_often_as_it_is_told(span, points):
    demand = made_demand(np.random.default_rng(26), 1200, 51)
    past, came = demand[:, :48], demand[:, 48:]
    found = forecast_series(past, 12, 3, levels=(), origin_count=10, kernel="numpy")
    shape = ErrorShape.of(SHAPE_LEVELS, found.span_shape[STEADY])
    error = (came - found.point)[:, :span].sum(axis=1)
    sd = found.sigma * found.span_error[:, span - 1]
    told = shape.chance(error / sd)
    for p in (0.02, 0.05, 0.1, 0.2, 0.5):
        assert 100.0 * (told < p).mean() == pytest.approx(100.0 * p, abs=points), p
    for z in (0.5, 1.0, 1.645):
        short = np.maximum(error / sd - z, 0.0).mean()
        assert short == pytest.approx(float(shape.loss(np.array([z]))[0]), abs=0.05), z


@pytest.fixture(scope="module")
def demo_outcomes(demo_snapshot):
    """Told chances of what came in the first bucket at six starts, of stocking points that serve customers."""
    history = demo_snapshot.table("sales_history")
    infinite = adjustment_from_json(
        {"id": "t", "kind": "set_policy", "function": "coordinator", "reason": "x", "knob": "tier", "value": "infinite"}
    )
    told = []
    for start in STARTS:
        plan = compute_plan(rolled_back(demo_snapshot, start, horizon=6), [infinite])
        keys, flow = plan.axes.keys, plan.axes.keys[Grain.FLOW]
        month = history.filter((pl.col("date") >= start) & (pl.col("date") < start.replace(month=start.month + 1)))
        sold = dict(
            month.group_by("item", "market")
            .agg(pl.sum("ordered_qty"))
            .select(pl.concat_str("item", pl.lit("|"), "market"), "ordered_qty")
            .iter_rows()
        )
        came = np.zeros(len(keys[Grain.STOCK]))
        rows = keys[Grain.STOCK].rows
        share = plan.measure("sourcing_share_ratio").values[:, 0]
        for row in np.flatnonzero(share > 0).tolist():
            item, source, market = flow.labels(row)
            if (item, source) in rows and f"{item}|{market}" in sold:
                came[rows[item, source]] += share[row] * sold[f"{item}|{market}"]
        sd = plan.measure("inventory_exposed_sd").values[:, 0]
        is_facing = np.isfinite(plan.measure("stockout_chance_pct").values[:, 0]) & (sd > 0) & (came > 0)
        kept = plan.sections["baseline"].arrays
        shape = ErrorShape.of(kept["forecast_shape_levels"], kept["forecast_shape"][STEADY])
        error = came - plan.measure("demand_sourced_qty").values[:, 0]
        told.append(shape.chance(error[is_facing] / sd[is_facing]))
    return np.concatenate(told)


def test_the_demo_company_runs_out_as_often_as_it_is_told(demo_outcomes):
    assert len(demo_outcomes) > 250
    for p, points in ((0.02, 2.0), (0.05, 3.0), (0.1, 4.0), (0.2, 5.0), (0.5, 7.0), (0.8, 5.0), (0.9, 4.0)):
        assert 100.0 * (demo_outcomes < p).mean() == pytest.approx(100.0 * p, abs=points), p
