"""The chance of running out: by hand, against the textbook's normal loss, by simulation, and for what is not known."""

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.inventory.error_shape import ErrorShape
from equipoise.inventory.plan_inventory import plan_inventory
from equipoise.inventory.plan_targets import plan_targets
from equipoise.inventory.safety_stock import expected_shortage, unit_loss
from equipoise.inventory.stockout_risk import FACES, RARE, chance_and_shortage
from equipoise.inventory.tests.test_targets import SERVED, SIGMA

NORMAL = NormalDist()


def value(section, name, item, location):
    panel = section.panel_of(name)
    return panel[name][panel.keys.rows[item, location]].tolist()


def test_the_normal_shape_is_the_textbook():
    shape, z = ErrorShape.normal(), np.linspace(-4.0, 4.0, 81)
    assert shape.chance(z) == pytest.approx([1.0 - NORMAL.cdf(k) for k in z.tolist()], abs=2e-4)
    assert shape.loss(z) == pytest.approx(unit_loss(z), abs=2e-4)
    assert shape.loss(np.array([1000.0 / 707.107])) * 707.107 == pytest.approx(
        expected_shortage(SS=1000.0, sigma_L=707.107), rel=0.01
    )


def test_a_skewed_shape_is_that_of_its_draws():
    draws = np.random.default_rng(7).gamma(2.0, 1.0, 400_000)
    draws = (draws - draws.mean()) / draws.std()
    levels = np.array([0.005, 0.01, 0.025, 0.05, *np.arange(1, 10) / 10, 0.95, 0.975, 0.99, 0.995])
    shape = ErrorShape.of(levels, np.quantile(draws, levels))
    for z in (-1.0, -0.5, 0.0, 1.0, 2.0):
        assert shape.chance(np.array([z]))[0] == pytest.approx((draws > z).mean(), abs=0.012)
        assert shape.loss(np.array([z]))[0] == pytest.approx(np.maximum(draws - z, 0).mean(), abs=0.02)


def test_beyond_its_table_a_shape_ends_and_what_is_unknown_stays_unknown():
    shape = ErrorShape.normal()
    assert shape.chance(np.array([-50.0, 50.0])).tolist() == [1.0, 0.0]
    assert shape.loss(np.array([50.0])).tolist() == [0.0]
    assert shape.loss(np.array([-50.0]))[0] == pytest.approx(50.0, abs=1e-3)
    assert np.isnan(shape.chance(np.array([np.nan]))).all() and np.isnan(shape.loss(np.array([np.nan]))).all()


def test_the_loss_is_the_sum_of_the_chances_above():
    shape = ErrorShape.of(np.array([0.1, 0.5, 0.9]), np.array([-0.8, -0.1, 1.9]))
    z = np.linspace(-3.0, 8.0, 20_001)
    chance = shape.chance(z)
    above = np.cumsum(((chance[1:] + chance[:-1]) / 2 * np.diff(z))[::-1])[::-1]
    assert shape.loss(z[:-1:2000]) == pytest.approx(above[::2000], abs=5e-3)


def test_without_an_error_it_is_certain():
    chance, short = chance_and_shortage(
        np.array([5.0, 0.0, -3.0]), np.zeros(3), np.zeros(3), (ErrorShape.normal(), ErrorShape.normal())
    )
    assert chance.tolist() == [0.0, 0.0, 1.0] and short.tolist() == [0.0, 0.0, 3.0]


STOCK = {
    "inventory_start_qty": {("saw", "plant"): [60, 0, 0, 0]},
    "inventory_exposed_sd": {("saw", "plant"): [30, 40, np.nan, 0]},
    "sourcing_share_ratio": {("saw", "plant", "north"): 1.0},
}


def test_a_cell_runs_out_as_its_cover_and_error_say(inputs_of):
    section = plan_inventory(inputs_of(cells=STOCK))
    chances = value(section, "stockout_chance_pct", "saw", "plant")
    assert chances[:2] == pytest.approx([100 * NORMAL.cdf(-2.0), 100 * NORMAL.cdf(-1.5)], abs=0.02)
    assert np.isnan(chances[2]) and chances[3] == 0.0
    short = value(section, "shortage_expected_qty", "saw", "plant")
    assert short[:2] == pytest.approx((np.array([30, 40]) * unit_loss(np.array([2.0, 1.5]))).tolist(), abs=0.02)
    assert np.isnan(short[2]) and short[3] == 0.0


def test_what_markets_wait_for_is_not_covered(inputs_of):
    cells = {
        **STOCK,
        "backlog_closing_qty": {("saw", "north"): [60, 0, 0, 0]},
        "lost_qty": {("saw", "north"): [0, 100, 0, 0]},
    }
    chances = value(plan_inventory(inputs_of(cells=cells)), "stockout_chance_pct", "saw", "plant")
    assert chances[:2] == pytest.approx([50.0, 100 * NORMAL.cdf(1.0)], abs=0.02)


def test_where_nobody_is_served_from_stock_there_is_no_chance(inputs_of):
    nobody = {FACES: np.zeros(4, dtype=np.int64), RARE: np.zeros((4, 4))}
    section = plan_inventory(inputs_of(cells=STOCK, arrays=nobody))
    assert np.isnan(value(section, "stockout_chance_pct", "saw", "plant")).all()
    assert value(section, "shortage_expected_qty", "saw", "plant") == [0.0] * 4


def test_stock_is_exposed_no_longer_than_safety_stock_covers(inputs_of):
    routings = {
        "item": ["tools"],
        "location": ["plant"],
        "resource": ["crew"],
        "hours_per_unit": [1],
        "lead_time_days": [7],
    }
    section = plan_targets(inputs_of({"routings": routings}, cells=SERVED))
    exposed = value(section, "inventory_exposed_sd", "saw", "plant")
    assert exposed == pytest.approx([SIGMA, SIGMA * np.sqrt(2), SIGMA * np.sqrt(2), SIGMA * np.sqrt(2)])
    assert exposed[1:] == pytest.approx(value(section, "inventory_error_sd", "saw", "plant")[1:])


def test_a_cell_at_its_safety_stock_runs_out_as_often_as_its_level_allows(inputs_of):
    targets = plan_targets(inputs_of(cells=SERVED))
    safety, sd = (targets.panel_of(n)[n] for n in ("inventory_safety_qty", "inventory_exposed_sd"))
    chance, _ = chance_and_shortage(safety, sd, np.zeros(sd.shape), (ErrorShape.normal(), ErrorShape.normal()))
    rows = inputs_of(cells=SERVED).keys(Grain.STOCK).rows
    assert chance[rows["saw", "plant"]] == pytest.approx([0.05] * 4, abs=2e-4)


def test_errors_since_the_last_closed_bucket_count(inputs_of):
    inputs = inputs_of(cells=SERVED)
    lead = {"inventory_policy": {"item": ["saw"], "location": ["plant"], "review_days": [28]}}
    early = inputs_of(lead, cells=SERVED)
    assert early.snapshot.head.closed_buckets_end == 0
    head = replace(early.snapshot.head, history_to=early.snapshot.head.calendar.end_of(-3))
    late = replace(early, snapshot=replace(early.snapshot, head=head))
    assert late.snapshot.head.closed_buckets_end == -2
    found = [value(plan_targets(each), "inventory_exposed_sd", "saw", "plant") for each in (early, late)]
    assert found[0] == pytest.approx((SIGMA * np.sqrt([1, 2, 3, 4])).tolist())
    assert found[1] == pytest.approx((SIGMA * np.sqrt([3, 4, 4, 4])).tolist())
    assert inputs.snapshot.head.history_to
