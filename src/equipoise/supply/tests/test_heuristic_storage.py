"""The fast plan where stock has no room: brought later, in overtime if need be, and only where that costs less."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.supply.fast.heuristic import plan_by_heuristic
from equipoise.supply.fast.storage import overfull
from equipoise.supply.model import build_model
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.shop import first
from equipoise.supply.tests.test_by_products import works
from equipoise.supply.tests.test_heuristic import broken, read
from equipoise.supply.tests.test_heuristic_sources import POLICY, machine

DEMAND = (900, 1000, 1050, 1000, 1000, 1000)
"""1,000 a month in regular hours: March asks for 50 more, January has room for 100."""
ROOM = 20


def crowded(red_tomato, rule, *, overtime=200):
    """A place with room for 20 tools, said as most stock, as storage of the place or as a resource."""
    tables = machine(red_tomato, DEMAND, subcontract=0)
    tables["subcontracting"] = []
    tables["resources"][0]["max_overtime_hours"] = overtime
    if rule == "most":
        tables["inventory_policy"] = [{"item": "tool", "location": "plant", "max_qty": ROOM}]
    elif rule == "place":
        next(row for row in tables["locations"] if row["location"] == "plant")["storage_capacity"] = ROOM
    else:
        tables["resources"].append(
            {"resource": "shed", "location": "plant", "name": "Shed", "type": "storage", "units": ROOM}
        )
    return tables


def closing(plan):
    columns = plan.columns
    return (columns.held.of(plan.values) + columns.excess.of(plan.values))[0].round(4)


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
@pytest.mark.parametrize("rule", ["most", "place", "resource"])
def test_what_has_no_room_is_made_later_in_overtime(inputs, red_tomato, rule, kernel):
    """Held two months a tool costs 4 and in overtime 8; of the 50 only 20 find room."""
    network, share = read(inputs(crowded(red_tomato, rule), policy=POLICY))
    plan = plan_by_heuristic(network, share, kernel=kernel)
    assert closing(plan).tolist() == [20.0, 20.0, 0.0, 0.0, 0.0, 0.0]
    assert plan.columns.overtime.of(plan.values)[0].round(4).tolist() == [0.0, 0.0, 120.0, 0.0, 0.0, 0.0]
    assert not plan.columns.backlog.of(plan.values).any() and not overfull(network, closing(plan)[None]).any()
    model = build_model(network)
    assert broken(model, plan.values) == {}
    assert plan.cost == pytest.approx(find_optimum(model, None, devex=False).solution.objective)


def test_without_the_rule_it_is_built_ahead(inputs, red_tomato):
    tables = crowded(red_tomato, "most")
    tables["inventory_policy"] = []
    network, share = read(inputs(tables, policy=POLICY))
    plan = plan_by_heuristic(network, share)
    assert closing(plan).tolist() == [50.0, 50.0, 0.0, 0.0, 0.0, 0.0]


def test_where_it_costs_more_to_be_late_the_room_is_overfilled_and_said(inputs, red_tomato):
    """Without overtime 30 tools would wait four months at 500; the rule is broken, in its column of slack."""
    network, share = read(inputs(crowded(red_tomato, "most", overtime=None), policy=POLICY))
    plan = plan_by_heuristic(network, share)
    assert closing(plan).tolist() == [50.0, 50.0, 0.0, 0.0, 0.0, 0.0]
    assert plan.columns.most_slack.of(plan.values)[0].round(4).tolist() == [30.0, 30.0, 0.0, 0.0, 0.0, 0.0]


def test_of_stock_in_one_room_what_is_above_safety_stock_gives_way_first(inputs, red_tomato):
    network, _ = read(inputs(crowded(red_tomato, "place"), policy=POLICY))
    shape = network.safety.shape
    network = replace(network, safety=np.full(shape, 15.0))
    over = overfull(network, np.full(shape, 18.0))
    assert not over.any()
    assert overfull(network, np.full(shape, 22.0)).tolist() == [[2.0] * shape[1]]
    # 20 of 40 are above safety stock and all of them go; a rule that leaves less takes safety stock as well.
    tight = replace(network.stock_rules.storage, capacity=np.full((1, shape[1]), 5.0))
    network = replace(network, stock_rules=replace(network.stock_rules, storage=tight))
    assert overfull(network, np.full(shape, 22.0)).tolist() == [[17.0] * shape[1]]


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_of_what_comes_beside_other_items_that_is_scrapped_which_nobody_takes(inputs, kernel):
    """62.5 y come out of each month's x and nobody asks for them; there is room for 20."""
    tables = works(quantity_per=1)
    tables["forecast"] = [row for row in tables["forecast"] if row["item"] == "x"]
    tables["inventory_policy"] = [{"item": "y", "location": "a", "max_qty": 20}]
    del tables["purchasing"]
    tables["lanes"] = [{**tables["lanes"][0], "item": "x"}]
    given = inputs(tables, horizon=3, policy={"end_condition": "closing_min"})
    network, share = read(given)
    plan = plan_by_heuristic(network, share, kernel=kernel)
    row = given.axes.keys[Grain.STOCK].rows["y", "a"]
    columns = plan.columns
    stock = (columns.held.of(plan.values) + columns.excess.of(plan.values))[row]
    assert stock.round(4).tolist() == [20, 20, 20]
    assert columns.scrap.of(plan.values).sum(axis=0).round(4).tolist() == [42.5, 62.5, 62.5]
    assert not columns.most_slack.of(plan.values).any()
    assert broken(build_model(network), plan.values) == {}
    assert "most stock" not in plan.unheeded


def test_what_is_taken_later_stays_above_its_most_stock(inputs):
    """170 of the 187.5 y are asked for in March, and wait for it without room; the other 17.5 go at once."""
    tables = works(quantity_per=1)
    wanted = {"item": "y", "market": "m", "date": first(3), "quantity": 170}
    tables["forecast"] = [*(row for row in tables["forecast"] if row["item"] == "x"), wanted]
    tables["inventory_policy"] = [{"item": "y", "location": "a", "max_qty": 20}]
    del tables["purchasing"]
    given = inputs(tables, horizon=3, policy={"end_condition": "closing_min"})
    network, share = read(given)
    plan = plan_by_heuristic(network, share)
    row = given.axes.keys[Grain.STOCK].rows["y", "a"]
    stock = (plan.columns.held.of(plan.values) + plan.columns.excess.of(plan.values))[row]
    assert stock.round(4).tolist() == [45, 107.5, 0]
    assert plan.columns.scrap.of(plan.values).sum(axis=0).round(4).tolist() == [17.5, 0, 0]
    assert plan.columns.most_slack.of(plan.values)[0].round(4).tolist() == [25, 87.5, 0]
