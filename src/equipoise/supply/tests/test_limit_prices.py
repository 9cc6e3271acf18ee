"""Prices of limits as measures: what binding says of each limit, on the rows that take from it."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.supply.beyond import run_on
from equipoise.supply.binding import binding
from equipoise.supply.limit_prices import limit_prices, room_prices
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START

EPSILON = 1e-3


def company(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    return inputs(tables, start=START, bucket="week", horizon=horizon, policy=knobs, safety=safety)


def optimum_of(given):
    model = build_model(run_on(given, read_network(given)))
    return model, find_optimum(model, None, devex=False)


@pytest.mark.parametrize("seed", [0, 1, 2, 6])
def test_the_worth_on_the_rows_is_that_of_the_limits_they_take_from(inputs, seed):
    model, optimum = optimum_of(company(inputs, seed))
    found = binding(model, optimum)
    for block in ("make", "ship"):
        price = limit_prices(model, optimum, block)
        expected = np.zeros(price.shape)
        for one in found:
            limit = model.network.limits[one.row] if one.kind == "limit" else None
            if limit is not None and limit.block == block:
                expected[limit.members, one.bucket] += limit.per_unit * one.worth
        seen = model.network.visible
        np.testing.assert_allclose(price[:, :seen], expected[:, :seen], atol=1e-5)
    rules, room = model.network.stock_rules, np.zeros(model.network.safety.shape)
    for one in found:
        if one.kind == "most_stock":
            room[rules.most.rows[one.row], one.bucket] += one.worth
        if one.kind == "storage":
            mine = rules.storage.at_place.room == one.row
            room[rules.storage.at_place.stock[mine], one.bucket] += rules.storage.at_place.volume[mine] * one.worth
    seen = model.network.visible
    np.testing.assert_allclose(room_prices(model, optimum)[:, :seen], room[:, :seen], atol=1e-5)


def test_a_unit_more_of_a_subcontractor_saves_what_the_measure_says(inputs, red_tomato):
    """Subcontracting at 30 replaces a tool that costs more in overtime, backlog or stock."""
    tables = red_tomato()
    tables["subcontracting"][0]["max_qty"] = 20
    tables["resources"][0] |= {"workers": 60, "max_workers": 60}
    given = inputs(tables)
    section = plan_supply(given)
    price = section.panel_of("make_limit_price")["make_limit_price"]
    (row,) = np.flatnonzero(price.any(axis=1)).tolist()
    bucket = int(np.argmax(price[row]))
    model, optimum = optimum_of(given)
    more = []
    for limit in model.network.limits:
        most = limit.most.copy()
        most[bucket] += EPSILON
        more.append(replace(limit, most=most))
    moved = build_model(replace(model.network, limits=tuple(more)))
    saved = optimum.solution.objective - find_optimum(moved, None, devex=False).solution.objective
    assert price[row, bucket] > 1.0 and saved == pytest.approx(price[row, bucket] * EPSILON, rel=1e-3)


def test_rules_have_no_prices(inputs, red_tomato):
    tables = red_tomato()
    tables["subcontracting"][0]["max_qty"] = 20
    section = plan_supply(inputs(tables, policy={"tier": "heuristic"}))
    price = section.panel_of("make_limit_price")["make_limit_price"]
    assert np.isnan(price).all(axis=1).any()
