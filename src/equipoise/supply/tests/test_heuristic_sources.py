"""The fast plan's other sources and lanes: spilled to by cost, and whom it serves first where hours are short."""

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.supply.beyond import run_on
from equipoise.supply.fast.heuristic import plan_by_heuristic
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.conftest import months
from equipoise.supply.tests.test_heuristic import broken

POLICY = {"end_condition": "closing_min"}


def planned(given):
    network = run_on(given, read_network(given))
    share = given.measure("sourcing_share_ratio")
    beyond = np.repeat(share[:, -1:], network.horizon - share.shape[1], axis=1)
    return network, plan_by_heuristic(network, np.concatenate([share, beyond], axis=1))


def machine(red_tomato, demand, *, subcontract):
    """A machine of 4,000 hours a month, 4 a unit; 200 hours of overtime that cost 2 more."""
    tables = red_tomato(demand)
    tables["resources"] = [
        {
            "resource": "line",
            "location": "plant",
            "name": "Line",
            "capacity_hours": 4_000,
            "max_overtime_hours": 200,
            "regular_cost_per_hour": 4,
            "overtime_cost_per_hour": 6,
        }
    ]
    tables["routings"][0]["resource"] = "line"
    tables["inventory"][0]["on_hand"] = 0
    tables["inventory_policy"] = []
    tables["subcontracting"][0] |= {"unit_cost": subcontract}
    # Dear enough that nobody leaves a tool unmade that can be made.
    tables["costs"][0]["backlog_cost"] = 500
    return tables


def made(network, plan, route):
    return plan.columns.make.of(plan.values)[network.axes.keys[Grain.MAKE].rows["tool", "plant", route]].round(4)


def test_what_costs_less_than_overtime_goes_before_it(inputs, red_tomato):
    """A tool costs 26 in regular hours and 34 in overtime; the subcontractor asks for 30."""
    tables = machine(red_tomato, (1000, 1100, 1000, 1000, 1000, 1000), subcontract=30)
    network, plan = planned(inputs(tables, policy=POLICY))
    assert not plan.columns.overtime.of(plan.values).any() and not plan.columns.backlog.of(plan.values).any()
    assert made(network, plan, "subcontract:subcontractor").tolist() == [0.0, 100.0, 0.0, 0.0, 0.0, 0.0]
    assert broken(build_model(network), plan.values) == {}


def test_what_costs_more_than_overtime_comes_after_it(inputs, red_tomato):
    """At 36 the 200 hours of overtime are worked first; they make 50."""
    tables = machine(red_tomato, (1100, 1000, 1000, 1000, 1000, 1000), subcontract=36)
    network, plan = planned(inputs(tables, policy=POLICY))
    assert plan.columns.overtime.of(plan.values)[0].round(4).tolist() == [200.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert made(network, plan, "subcontract:subcontractor").tolist() == [50.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert plan.cost == pytest.approx(find_optimum(build_model(network), None, devex=False).solution.objective)


def two_tools(red_tomato):
    """A second tool of the same line, whose market loses twice as much by waiting."""
    tables = machine(red_tomato, (1200, 1000, 600, 600, 600, 600), subcontract=0)
    tables["subcontracting"] = []
    tables["resources"][0]["max_overtime_hours"] = None
    tables["items"].append({"item": "saw", "name": "Saw", "family": "tools", "uom": "unit"})
    tables["forecast"] += [row | {"item": "saw", "quantity": 300} for row in months((0, 0, 0, 0, 0, 0))]
    tables["costs"].append({"item": "saw", "standard_cost": 26, "holding_cost": 2, "backlog_cost": 1000})
    tables["routings"].append(tables["routings"][0] | {"item": "saw"})
    tables["lanes"].append(tables["lanes"][0] | {"item": "saw"})
    tables["inventory"].append({"item": "saw", "location": "plant", "on_hand": 0})
    return tables


def test_who_loses_most_by_waiting_is_served_first(inputs, red_tomato):
    network, plan = planned(inputs(two_tools(red_tomato), policy=POLICY))
    rows = network.axes.keys[Grain.DEMAND].rows
    waiting = plan.columns.backlog.of(plan.values)
    assert not waiting[rows["saw", "retail"]].any()
    # 1,500 a month are asked for at first and 1,000 can be made.
    assert waiting[rows["tool", "retail"]].round(4).tolist() == [500.0, 800.0, 700.0, 600.0, 500.0, 400.0]
    assert plan.cost == pytest.approx(find_optimum(build_model(network), None, devex=False).solution.objective)


def test_what_is_late_moves_to_another_plant(inputs, red_tomato):
    """The nearer plant makes 1,000 a month of 1,500; another one could make as many for 3 more."""
    tables = machine(red_tomato, (1500,) * 6, subcontract=0)
    tables["subcontracting"] = []
    tables["resources"][0]["max_overtime_hours"] = None
    tables["locations"].append({"location": "far", "name": "Far", "type": "plant"})
    tables["resources"].append(tables["resources"][0] | {"resource": "far line", "location": "far"})
    tables["routings"].append(tables["routings"][0] | {"location": "far", "resource": "far line"})
    tables["lanes"].append(tables["lanes"][0] | {"from_location": "far", "unit_cost": 3})
    tables["inventory"].append({"item": "tool", "location": "far", "on_hand": 0})
    network, plan = planned(inputs(tables, policy=POLICY))
    best = find_optimum(build_model(network), None, devex=False).solution.objective
    sent = plan.columns.ship.of(plan.values)[network.axes.keys[Grain.FLOW].rows["tool", "far", "retail"]]
    assert sent.sum() >= 3000
    assert not plan.columns.backlog.of(plan.values).any()
    assert best <= plan.cost <= best * 1.06
    assert broken(build_model(network), plan.values) == {}
