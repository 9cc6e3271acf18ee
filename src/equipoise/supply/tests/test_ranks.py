"""Priorities of markets and preferences of sources: they choose among plans of equal cost and cost nothing."""

import numpy as np
import pytest

from equipoise.supply.tests.shop import Shop, first, shop_tables


def scarce(priorities, **more):
    """100 x a month for two markets that want 80 each."""
    tables = shop_tables()
    markets = ("m", "n")
    tables["markets"] = [
        {"market": m, "name": m, "region": "r", "priority": rank, "unmet": "lost"}
        for m, rank in zip(markets, priorities, strict=True)
    ]
    tables["forecast"] = [
        {"item": "x", "market": m, "date": first(month), "quantity": 80} for m in markets for month in (1, 2, 3)
    ]
    tables["purchasing"] = [{**tables["purchasing"][0], "max_qty": 100}]
    tables["lanes"] = [{**tables["lanes"][0], "to": m} for m in markets]
    tables["costs"] = [{**tables["costs"][0], "lost_sale_cost": 40}]
    return tables | more


@pytest.mark.parametrize(("priorities", "lost"), [((1, 2), (0, 60)), ((2, 1), (60, 0)), ((None, 7), (60, 0))])
def test_scarce_supply_goes_to_the_first_priority(inputs, priorities, lost):
    shop = Shop(inputs, scarce(priorities))
    assert shop.of("lost_qty", "x", "m").tolist() == [lost[0]] * 3
    assert shop.of("lost_qty", "x", "n").tolist() == [lost[1]] * 3


def test_ranks_cost_nothing(inputs):
    plans = [Shop(inputs, scarce(ranks)).plan for ranks in ((None, None), (1, 2), (2, 1))]
    assert len({round(plan.facts["objective_amount"], 6) for plan in plans}) == 1
    prices = [plan.panel_of("demand_shadow_price")["demand_shadow_price"] for plan in plans]
    np.testing.assert_array_equal(prices[0], prices[1])
    np.testing.assert_array_equal(prices[0], prices[2])


def test_money_is_asked_before_rank(inputs):
    """n wants y, whose lost sale costs 60, m wants x at 40; both come over one dock."""
    tables = scarce((1, 2))
    tables["forecast"] = [row | {"item": "y" if row["market"] == "n" else "x"} for row in tables["forecast"]]
    tables["purchasing"] = [
        {"item": i, "supplier": "s", "location": "a", "unit_cost": 5, "lead_time_days": 0, "resource": "dock"}
        for i in ("x", "y")
    ]
    tables["resources"] = [{"resource": "dock", "location": "a", "name": "dock", "capacity_hours": 100}]
    tables["costs"] += [{**tables["costs"][0], "item": "y", "lost_sale_cost": 60}]
    shop = Shop(inputs, tables)
    assert shop.of("lost_qty", "y", "n").tolist() == [0] * 3
    assert shop.of("lost_qty", "x", "m").tolist() == [60] * 3


def test_backlog_waits_in_the_last_priority(inputs):
    tables = scarce((2, 1))
    for market in tables["markets"]:
        market["unmet"] = "backlog"
    shop = Shop(inputs, tables)
    assert shop.of("backlog_closing_qty", "x", "n").tolist() == [0, 0, 0]
    assert shop.of("backlog_closing_qty", "x", "m").tolist() == [60, 120, 180]


@pytest.mark.parametrize("preferred", ["s", "t"])
def test_of_equally_dear_suppliers_the_preferred_one_delivers(inputs, preferred):
    offers = [
        {"item": "x", "supplier": s, "location": "a", "unit_cost": 5, "lead_time_days": 0}
        | {"preference": 1 if s == preferred else 2}
        for s in ("s", "t")
    ]
    shop = Shop(inputs, scarce((None, None), purchasing=offers))
    other = {"s": "t", "t": "s"}[preferred]
    assert shop.of("purchase_qty", "x", "a", f"purchase:{preferred}").sum() == 480
    assert shop.of("purchase_qty", "x", "a", f"purchase:{other}").sum() == 0


@pytest.mark.parametrize("preferred", ["one", "two"])
def test_of_equally_dear_routes_the_preferred_one_is_taken(inputs, preferred):
    routings = [
        {"item": "x", "location": "a", "route": route, "resource": "line", "hours_per_unit": 1, "variable_cost": 3}
        | {"preference": 1 if route == preferred else None}
        for route in ("one", "two")
    ]
    resources = [{"resource": "line", "location": "a", "name": "line", "capacity_hours": 500}]
    shop = Shop(inputs, scarce((None, None), routings=routings, resources=resources, purchasing=[]))
    assert shop.of("production_qty", "x", "a", preferred).sum() == 480


def test_of_equally_dear_lanes_the_preferred_one_carries(inputs):
    places = [{"location": place, "name": place, "type": "dc"} for place in ("a", "b")]
    tables = scarce((None, None), locations=places)
    tables["purchasing"] = [
        {"item": "x", "supplier": "s", "location": place, "unit_cost": 5, "lead_time_days": 0} for place in ("a", "b")
    ]
    way = {"item": "", "lead_time_days": 0, "unit_cost": 1}
    tables["lanes"] = [
        way | {"from_location": place, "to": m, "preference": {"a": 2, "b": 1}[place]}
        for place in ("a", "b")
        for m in ("m", "n")
    ]
    shop = Shop(inputs, tables)
    assert shop.of("shipment_qty", "x", "b", "m").tolist() == [80] * 3
    assert shop.of("shipment_qty", "x", "b", "n").tolist() == [80] * 3


def test_whole_workers_stay_whole(inputs):
    tables = scarce((1, 2))
    tables["resources"] = [
        {"resource": "crew", "location": "a", "name": "crew", "workers": 3, "hours_per_worker": 40, "max_workers": 3}
    ]
    tables["routings"] = [{"item": "x", "location": "a", "resource": "crew", "hours_per_unit": 1}]
    tables["purchasing"] = []
    shop = Shop(inputs, tables, policy={"workforce": "integer"})
    assert shop.of("workforce_count", "crew").tolist() == [3, 3, 3]
    assert shop.of("lost_qty", "x", "m").tolist() == [0, 0, 0]
    assert shop.of("lost_qty", "x", "n").tolist() == [40, 40, 40]
