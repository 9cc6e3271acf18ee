"""Lots planned whole: orders, setups, least lots and multiples, with numbers done by hand; and idle hours."""

from itertools import product

import numpy as np
import pytest

from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.tests.shop import Shop, first, shop_tables

WHOLE = {"lots": "whole"}


def buys(demand=(50, 50, 50), **supplier):
    """x is bought at 1, holding 1 a month."""
    tables = shop_tables(demand)
    tables["forecast"] = [row for row in tables["forecast"] if row["item"] == "x"]
    line = {"item": "x", "supplier": "s", "location": "a", "valid_from": None, "unit_cost": 1, "lead_time_days": 0}
    tables["purchasing"] = [line | supplier]
    return tables


def makes(demand=(50, 50, 50), line=None, **route):
    """x is made at a, an hour each at 1, on a line of 100 hours; holding 1 a month."""
    tables = buys(demand)
    tables["purchasing"] = []
    tables["resources"] = [
        {"resource": "line", "location": "a", "name": "line", "capacity_hours": 100, "regular_cost_per_hour": 1}
        | (line or {})
    ]
    row = {"item": "x", "location": "a", "resource": "line", "hours_per_unit": 1, "variable_cost": 0}
    tables["routings"] = [row | route]
    return tables


def bought(shop):
    return shop.of("purchase_qty", "x", "a", "purchase:s").tolist()


def made(shop):
    return shop.of("production_started_qty", "x", "a", "").tolist()


def lots(shop):
    return shop.of("lot_number", "x", "a", "" if shop.given.table("purchasing").is_empty() else "purchase:s").tolist()


def test_orders_are_put_together_where_that_saves_more_than_stock_costs(inputs):
    # Two months in one order save 80 and cost 50 in stock; three would save as much again and cost 100.
    shop = Shop(inputs, buys(order_cost=80), policy=WHOLE)
    assert shop.cost == pytest.approx(150 + 2 * 80 + 50)
    assert sum(lots(shop)) == 2
    assert shop.plan.facts["gap_pct"] == pytest.approx(0, abs=1e-4)


def test_an_order_costs_nothing_where_lots_are_averaged_and_the_plan_says_so(inputs):
    shop = Shop(inputs, buys(order_cost=80, lot_multiple=40))
    assert bought(shop) == [50, 50, 50]
    assert lots(shop) == [0, 0, 0]
    assert "gap_pct" not in shop.plan.facts
    assert "SU117" in shop.codes() or any("lots" in finding.message for finding in shop.plan.findings)


def test_whole_multiples_and_no_finding_that_they_are_not_planned(inputs):
    shop = Shop(inputs, buys(lot_multiple=40), policy=WHOLE)
    assert all(amount % 40 == 0 for amount in bought(shop))
    assert bought(shop) == [80, 40, 40]
    assert not any("state lots" in finding.message for finding in shop.plan.findings)


def test_nothing_or_at_least_the_least_lot(inputs):
    shop = Shop(inputs, buys(min_lot=120), policy=WHOLE)
    assert bought(shop) == [120, 0, 120] or bought(shop) == [150, 0, 0]
    # 50 and 50 and nothing more to keep: 150 now cost 150 and 150 of stock; 120 twice cost 240 and 70 + 20 + 90.
    assert shop.cost == pytest.approx(min(150 + 100 + 50, 240 + 70 + 20 + 90))


def test_a_least_lot_of_several_multiples(inputs):
    shop = Shop(inputs, buys((50, 0, 0), min_lot=70, lot_multiple=30), policy=WHOLE)
    assert bought(shop) == [90, 0, 0]
    assert lots(shop) == [1, 0, 0]


def test_a_setup_takes_hours_of_every_lot(inputs):
    # A lot is at most its multiple: two lots of 30 a month for 50, each with 5 hours.
    shop = Shop(inputs, makes((50, 0, 0), setup_hours=5, lot_multiple=30), policy=WHOLE)
    assert made(shop) == [60, 0, 0]
    assert lots(shop) == [2, 0, 0]
    assert shop.of("capacity_load_hours", "line").tolist() == [70, 0, 0]


def test_without_a_size_a_bucket_has_one_setup(inputs):
    shop = Shop(inputs, makes((50, 50, 50), setup_hours=5), policy=WHOLE)
    assert shop.of("capacity_load_hours", "line").tolist() == [55, 55, 55]
    assert lots(shop) == [1, 1, 1]


@pytest.mark.parametrize(("lot", "load", "words"), [
    (10, 75, ""),
    (1e-6, 50, "route x / a has setup hours on line but lots of only 1e-06: 5,000,000 hours per unit"),
    (0, 50, "route x / a has setup hours on line but no lot"),
])  # fmt: skip
def test_a_lot_too_small_to_bear_its_setup_is_none(inputs, lot, load, words):
    """Spread over a millionth of a unit, five hours are more than a million a unit: rounding would decide of hours."""
    shop = Shop(inputs, makes((50, 0, 0), setup_hours=5, min_lot=lot))
    assert shop.of("capacity_load_hours", "line").tolist() == [load, 0, 0]
    assert [f.message for f in shop.plan.findings if f.code == "SU121"] == ([words] if words else [])


def test_setups_count_against_capacity(inputs):
    # 95 and a setup of 10 do not fit into 100 hours: 5 are late at 90 each a month.
    shop = Shop(inputs, makes((95, 0, 0), setup_hours=10), policy=WHOLE)
    assert made(shop) == [90, 5, 0]
    assert shop.of("backlog_closing_qty", "x", "m").tolist() == [5, 0, 0]


def test_the_usual_lot_is_the_largest_one(inputs):
    tables = makes((50, 0, 0), setup_hours=5)
    tables["inventory_policy"] = [{"item": "x", "location": "a", "lot_size": 20}]
    shop = Shop(inputs, tables, policy=WHOLE)
    assert made(shop) == [50, 0, 0]
    assert lots(shop) == [3, 0, 0]


def test_components_follow_whole_lots(inputs):
    tables = makes((50, 0, 0), lot_multiple=30)
    tables["bom"] = [{"item": "x", "component": "y", "quantity_per": 2}]
    tables["purchasing"] = [
        {"item": "y", "supplier": "s", "location": "a", "valid_from": None, "unit_cost": 1, "lead_time_days": 0}
        | {"order_cost": 10}
    ]
    shop = Shop(inputs, tables, policy=WHOLE)
    assert shop.of("production_started_qty", "x", "a", "").tolist() == [60, 0, 0]
    assert shop.of("purchase_qty", "y", "a", "purchase:s").tolist() == [120, 0, 0]


def test_the_fast_plan_spreads_setups_and_says_that_lots_are_not_planned(inputs):
    shop = Shop(inputs, makes((50, 50, 50), setup_hours=5, lot_multiple=50), policy=WHOLE | {"tier": "heuristic"})
    assert shop.of("capacity_load_hours", "line").tolist() == [55, 55, 55]
    assert any("state lots" in finding.message for finding in shop.plan.findings)


def wagner_whitin(demand, order_cost, holding):
    """Least cost of all patterns of orders: 2^(T−1) of them, each order covers what follows until the next."""
    count = len(demand)
    best = np.inf
    for pattern in product((True, False), repeat=count - 1):
        cost, last = 0.0, 0
        for month in range(count):
            if month == 0 or pattern[month - 1]:
                cost, last = cost + order_cost[month], month
            cost += holding * (month - last) * demand[month]
        best = min(best, cost)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_random_order_costs_against_all_patterns(inputs, seed):
    r = np.random.default_rng(seed)
    demand, costs = r.integers(1, 90, 3), r.integers(10, 160, 3)
    tables = buys(tuple(map(int, demand)))
    tables["purchasing"] = [
        tables["purchasing"][0] | {"valid_from": first(month + 1), "order_cost": int(cost), "unit_cost": 0}
        for month, cost in enumerate(costs)
    ]
    tables["costs"][0] |= {"backlog_cost": 10_000}
    shop = Shop(inputs, tables, policy=WHOLE)
    assert shop.cost == pytest.approx(wagner_whitin(demand, costs, 1), abs=1e-4)


def test_twice_the_same_question_is_the_same_answer(inputs):
    tables = buys(order_cost=80)
    options = {"horizon": 3, "policy": {"end_condition": "closing_min"} | WHOLE}
    assert plan_supply(inputs(tables, **options)).digest == plan_supply(inputs(tables, **options)).digest


CREW = {"capacity_hours": None, "workers": 1, "hours_per_worker": 100, "hire_cost": 1, "layoff_cost": 1000}


def test_idle_hours_are_those_paid_and_not_worked(inputs):
    shop = Shop(inputs, makes((50, 100, 20), line=CREW))
    assert shop.of("idle_hours", "line").tolist() == [50, 0, 80]


def test_who_pays_for_idle_hours_works_ahead(inputs):
    # An idle hour costs 4; what it would make costs 1 a month in stock, and nothing is asked for after March.
    shop = Shop(inputs, makes((50, 100, 60), line=CREW | {"idle_cost_per_hour": 4}))
    assert shop.of("idle_hours", "line").tolist() == pytest.approx([0, 0, 0])
    assert shop.closing("x").tolist() == pytest.approx([50, 50, 90])
    assert shop.cost == pytest.approx(300 + 190)
