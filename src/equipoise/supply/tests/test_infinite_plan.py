"""The infinite plan of tables: the optimizer without limits makes the same, and random companies keep their stock."""

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.supply.loading.infinite_plan import first_sources, hours_by_stock, plan_infinitely, rated_hours
from equipoise.supply.network.chains import outward
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START
from equipoise.supply.tests.shop import first


def chain(demand=(100, 120, 90, 130, 80, 70), stock=600):
    """A plant makes x of y bought from a supplier and ships it to a warehouse, a month each way."""
    tables = {
        "items": [{"item": item, "name": item, "family": "f", "uom": "unit"} for item in ("x", "y")],
        "locations": [{"location": "p", "name": "p", "type": "plant"}, {"location": "d", "name": "d", "type": "dc"}],
        "markets": [{"market": "m", "name": "M", "region": "r"}],
        "forecast": [
            {"item": "x", "market": "m", "date": first(month + 1), "quantity": quantity}
            for month, quantity in enumerate(demand)
        ],
        "inventory": [
            {"item": "x", "location": "d", "on_hand": 0.4 * stock},
            {"item": "x", "location": "p", "on_hand": 0.2 * stock},
            {"item": "y", "location": "p", "on_hand": stock},
        ],
        # Nearer the market holding costs more, a unit of x more than the 2.625 of y in it: so nothing goes ahead.
        "costs": [
            {"item": item, "location": place, "standard_cost": 5, "holding_cost": holding, "backlog_cost": 90}
            for item, place, holding in (("x", "d", 14), ("x", "p", 10), ("x", "", 14), ("y", "", 1))
        ],
        "inventory_policy": [{"item": "", "location": "", "shortfall_cost": 60}],
        "resources": [
            {"resource": "line", "location": "p", "name": "line", "capacity_hours": 80, "efficiency_pct": 90},
        ],
        "routings": [
            {
                "item": "x",
                "location": "p",
                "resource": "line",
                "hours_per_unit": 1.0,
                "variable_cost": 2,
                "yield_pct": 80,
                "lead_time_days": 30,
            }
        ],
        "bom": [{"item": "x", "component": "y", "quantity_per": 2, "scrap_pct": 5}],
        "purchasing": [{"item": "y", "supplier": "s", "location": "p", "unit_cost": 3, "lead_time_days": 30}],
        "lanes": [
            {"item": "x", "from_location": "p", "to": "d", "lead_time_days": 30, "unit_cost": 1},
            {"item": "", "from_location": "d", "to": "m", "lead_time_days": 0, "unit_cost": 0},
        ],
    }
    return tables


SAFETY = {("x", "d"): 20.0, ("y", "p"): 35.0}


def read(given):
    return read_network(given), given.measure("sourcing_share_ratio")


def test_the_optimizer_without_limits_makes_the_same(inputs):
    """One source each and a cost of holding: the cheapest plan is just in time."""
    policy = {"tier": "infinite", "end_condition": "closing_min"}
    given = inputs(chain(), policy=policy, safety=SAFETY)
    network, share = read(given)
    plan = plan_infinitely(network, share)
    optimum = plan_supply(given)

    def of(name, *key):
        panel = optimum.panel_of(name)
        return panel[name][panel.keys.rows[key]]

    rows = network.axes.keys[Grain.STOCK].rows
    assert not plan.loading.past_due.any() and not plan.late.any()
    x, y = rows["x", "p"], rows["y", "p"]
    np.testing.assert_allclose(plan.loading.releases[x], of("production_started_qty", "x", "p", ""), atol=1e-5)
    assert plan.loading.releases[x].sum() > 0 and plan.loading.receipts[y].sum() > 0
    np.testing.assert_allclose(plan.loading.receipts[y], of("purchase_qty", "y", "p", "purchase:s"), atol=1e-5)
    np.testing.assert_allclose(plan.loading.releases[rows["x", "d"]], of("shipment_qty", "x", "p", "d"), atol=1e-5)
    load = of("capacity_load_hours", "line")
    np.testing.assert_allclose(plan.heat.load[0], load, atol=1e-5)
    assert rated_hours(network.capacity).tolist() == [[72.0] * 6]
    assert plan.heat.available.tolist() == [[72.0] * 6]


def test_what_is_too_late_is_reported_not_dropped(inputs):
    given = inputs(chain(stock=0), policy={"end_condition": "closing_min"})
    network, share = read(given)
    plan = plan_infinitely(network, share)
    rows = network.axes.keys[Grain.STOCK].rows
    # January's demand had to leave the plant in December, and February's and January's had to be started before that.
    assert plan.loading.past_due[rows["x", "d"]] == 100.0
    assert plan.loading.past_due[rows["x", "p"]] == pytest.approx((100 + 120) / 0.8, abs=1e-5)
    assert plan.heat.overdue[0, 0] == pytest.approx(275.0, abs=1e-5)
    assert plan.loading.gross[rows["y", "p"], 0] == pytest.approx((275 + 90 / 0.8) * 2.1, abs=1e-5)


def test_demand_leaves_its_stock_a_lead_time_before_it_is_served(inputs):
    tables = chain(stock=0)
    tables["lanes"][1]["lead_time_days"] = 61
    network, share = read(inputs(tables, policy={"end_condition": "closing_min"}))
    plan = plan_infinitely(network, share)
    row = network.axes.keys[Grain.STOCK].rows["x", "d"]
    assert plan.loading.gross[row].tolist() == [100 + 120 + 90, 130, 80, 70, 0, 0]
    assert plan.late[row] == 220.0


def test_families_behind_a_cell_add_up_to_its_load(inputs):
    network, share = read(inputs(chain(), policy={"end_condition": "closing_min"}))
    plan = plan_infinitely(network, share)
    behind = hours_by_stock(network, plan, resource=0)
    assert behind.sum(axis=0) == pytest.approx(plan.heat.load[0], abs=1e-5)


def test_what_nothing_fills_is_named(inputs):
    tables = chain(stock=0)
    tables["purchasing"][0]["item"] = "x"
    network, share = read(inputs(tables, policy={"end_condition": "closing_min"}))
    assert plan_infinitely(network, share).without_source.tolist() == [network.axes.keys[Grain.STOCK].rows["y", "p"]]


def test_the_first_source_is_the_preferred_then_the_cheapest(inputs):
    tables = chain()
    tables["purchasing"] += [
        {"item": "y", "supplier": "cheap", "location": "p", "unit_cost": 2, "lead_time_days": 0},
        {"item": "y", "supplier": "dear", "location": "p", "unit_cost": 9, "lead_time_days": 0},
    ]
    network, _ = read(inputs(tables))
    keys = network.axes.keys[Grain.MAKE]
    row = network.axes.keys[Grain.STOCK].rows["y", "p"]
    route, _ = first_sources(network)
    assert keys.labels(int(route[row]))[2] == "purchase:cheap"
    tables["purchasing"][2]["preference"] = 1
    network, _ = read(inputs(tables))
    route, lanes = first_sources(network)
    assert keys.labels(int(route[row]))[2] == "purchase:dear"
    assert lanes.sum() == 1


@pytest.mark.parametrize("seed", range(12))
def test_random_companies_keep_their_stock_and_account_for_every_hour(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    given = inputs(tables, start=START, bucket="week", horizon=horizon, policy=knobs, safety=safety)
    network, share = read(given)
    plan = plan_infinitely(network, share)
    same = plan_infinitely(network, share, kernel="numba")
    assert same.loading.releases.tobytes() == plan.loading.releases.tobytes()
    assert (plan.loading.available(plan.asked) >= plan.asked.safety).all()
    filled = np.zeros(len(plan.route), dtype=bool)
    filled[network.routes.stock[network.routes.is_open.any(axis=1)]] = True
    filled[network.flows.to_stock[outward(network)]] = True
    assert not filled[plan.without_source].any()
    for resource in np.flatnonzero(~network.capacity.is_storage).tolist():
        behind = hours_by_stock(network, plan, resource=resource).sum(axis=0)
        assert behind + network.receipts.load[resource] == pytest.approx(plan.heat.load[resource], abs=1e-5)
