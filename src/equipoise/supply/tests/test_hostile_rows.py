"""Rows that a file may hold and that once stopped a plan: each with the plan that it should have."""

import pytest

from equipoise.core.grid import QUANTITY_STEP
from equipoise.supply.tests.shop import Shop, first, shop_tables
from equipoise.supply.tests.test_lots import makes


def firm_work(**receipt):
    """10 x are made for sure in February, of 2 y each; 100 y are to be sent here from where there are none."""
    tables = makes((0, 0, 0))
    tables["locations"].append({"location": "b", "name": "b", "type": "dc"})
    tables["inventory"] += [{"item": "y", "location": "b", "on_hand": 0}]
    tables["bom"] = [{"item": "x", "component": "y", "quantity_per": 2}]
    tables["lanes"].append({"item": "y", "from_location": "b", "to": "a", "lead_time_days": 0, "unit_cost": 0})
    made = {"reference": "r", "line": "1", "item": "x", "location": "a", "due_date": first(2), "quantity": 10}
    sent = {"reference": "t", "line": "1", "item": "y", "location": "a", "from": "b", "due_date": first(1)}
    tables["receipts"] = [
        made | {"type": "production", "status": "firm"},
        sent | {"quantity": 100, "type": "transfer", "status": "firm"} | receipt,
    ]
    return tables


def test_goods_that_firm_production_lacks_are_no_source_of_others(inputs):
    """20 y are missing to what is made, and 100 to what is to be sent: the slack of one fills no gap of the other."""
    shop = Shop(inputs, firm_work())
    assert shop.of("shipment_qty", "y", "b", "a").tolist() == [0, 0, 0]
    assert shop.plan.facts["penalty_amount"] == pytest.approx(120)
    assert "firm production lacks 20.0 y at a" in shop.message("SU109")
    assert shop.message("SU110").startswith("100.0 less than the least quantity")
    assert shop.closing("x").tolist() == [0, 10, 10]


@pytest.mark.parametrize("tier", ["optimum", "heuristic", "infinite"])
@pytest.mark.parametrize("where", ["stock", "demand", "both"])
def test_one_step_of_the_grid_is_planned_exactly(inputs, tier, where):
    """A rest of a float that an ERP left in a table: less than the solver sees, and still neither lost nor made."""
    tables = shop_tables((50, 50, 50))
    if where != "demand":
        tables["inventory"] = [{"item": "x", "location": "a", "on_hand": 1e-6}, *tables["inventory"][1:]]
    if where != "stock":
        tables["forecast"] = [row | {"quantity": 1e-6} for row in tables["forecast"]]
    shop = Shop(inputs, tables, policy={"tier": tier})
    closing, backlog = shop.closing("x"), shop.of("backlog_closing_qty", "x", "m")
    served = shop.of("demand_served_qty", "x", "m").cumsum()
    bought = shop.of("purchase_qty", "x", "a", "purchase:s").cumsum()
    there = 0.0 if where == "demand" else QUANTITY_STEP
    assert (closing == there + bought - served).all() and (closing >= 0).all() and (backlog >= 0).all()


def test_a_lot_below_zero_takes_from_the_dated_ones(inputs):
    """74 with a last day and 74 fewer without one are none at all: nothing is owed to that day."""
    tables = shop_tables((5, 5, 5))
    lot = {"item": "x", "location": "a"}
    tables["inventory"] = [
        lot | {"lot": "1", "on_hand": 74, "expiry_date": first(2)},
        lot | {"lot": "2", "on_hand": 10, "blocked": 84},
        tables["inventory"][1],
    ]
    shop = Shop(inputs, tables)
    assert shop.of("inventory_scrap_qty", "x", "a").tolist() == [0, 0, 0]
    assert shop.plan.facts["penalty_amount"] == 0


def test_an_infinite_plan_keeps_half_a_worker(inputs):
    crew = {"capacity_hours": None, "workers": 2.5, "hours_per_worker": 20, "hire_cost": 1}
    shop = Shop(inputs, makes(line=crew), policy={"tier": "infinite", "workforce": "integer"})
    assert shop.of("workforce_count", "line").tolist() == [2.5, 2.5, 2.5]


def test_the_fast_plan_of_who_makes_and_buys_nothing(inputs):
    tables = shop_tables((50, 50, 50), purchasing=[])
    shop = Shop(inputs, tables, policy={"tier": "heuristic"})
    assert shop.of("backlog_closing_qty", "x", "m").tolist() == [50, 100, 150]
