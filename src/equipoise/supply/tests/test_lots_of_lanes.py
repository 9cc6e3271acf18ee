"""Lots of lanes: truckloads and least shipments, with numbers done by hand, and against a second formulation."""

import linopy
import numpy as np
import pytest

from equipoise.supply.tests.shop import Shop
from equipoise.supply.tests.test_lots import WHOLE, buys

MONTHS = range(3)


def two_places(demand=(50, 50, 50), *, to_market=None, **lane):
    """x is bought at the plant p at 1, goes to the warehouse a at 2 a unit, and is sold there; holding 1 a month."""
    tables = buys(demand)
    tables["locations"].append({"location": "p", "name": "p", "type": "plant"})
    tables["purchasing"] = [tables["purchasing"][0] | {"location": "p"}]
    row = {"lead_time_days": 0, "unit_cost": 0}
    tables["lanes"] = [
        {"item": "", "from_location": "a", "to": "m"} | row | (to_market or {}),
        {"item": "", "from_location": "p", "to": "a"} | row | {"unit_cost": 2} | lane,
    ]
    tables["inventory"].append({"item": "x", "location": "p", "on_hand": 0})
    return tables


def sent(shop, begin="p", end="a"):
    return shop.of("shipment_qty", "x", begin, end).tolist()


def test_truckloads_are_sent_whole(inputs):
    # In loads of 40: 80, and the 30 left with 40 more cover February; the same again leaves 10.
    shop = Shop(inputs, two_places(lot_multiple=40), policy=WHOLE)
    assert sent(shop) == [80, 40, 40]
    assert shop.cost == pytest.approx(160 * 3 + 30 + 20 + 10)
    assert "SU117" not in shop.codes()


def test_with_average_lots_they_are_not_and_the_plan_says_so(inputs):
    shop = Shop(inputs, two_places(lot_multiple=40))
    assert sent(shop) == [50, 50, 50]
    assert "state lots" in shop.message("SU117")


def test_nothing_or_at_least_the_least_shipment(inputs):
    # 70 at once: two months' demand leaves 50 in January's stock; sent monthly the 20 too many lie there for good.
    shop = Shop(inputs, two_places((50, 50, 0), min_lot=70), policy=WHOLE)
    assert sent(shop) == [100, 0, 0]
    assert shop.cost == pytest.approx(100 * 3 + 50)


def test_a_least_shipment_of_several_loads(inputs):
    shop = Shop(inputs, two_places((50, 0, 0), min_lot=70, lot_multiple=30), policy=WHOLE)
    assert sent(shop) == [90, 0, 0]


def test_what_fills_no_load_to_a_market_waits_for_the_next_bucket(inputs):
    # 50 a month in loads of 40 to the market: 40, 40, 40; 10, 20 and 30 are late at 90 a month; a load is never more
    # than is asked for, and no stock is held for it before it goes.
    shop = Shop(inputs, two_places(to_market={"lot_multiple": 40}), policy=WHOLE)
    assert sent(shop, "a", "m") == [40, 40, 40]
    assert shop.of("backlog_closing_qty", "x", "m").tolist() == [10, 20, 30]
    assert shop.cost == pytest.approx(120 * 3 + 90 * (10 + 20 + 30))


def test_stock_may_leave_in_one_large_shipment(inputs):
    """All that is there may be moved, though nothing asks for it: the warehouse holds it for less."""
    tables = two_places((0, 0, 10), min_lot=5)
    tables["inventory"] = [{"item": "x", "location": "p", "on_hand": 900}, {"item": "x", "location": "a", "on_hand": 0}]
    tables["costs"] = [
        {"item": "", "location": place, "standard_cost": 5, "holding_cost": cost, "backlog_cost": 90}
        for place, cost in (("", 10), ("a", 1))
    ]
    shop = Shop(inputs, tables, policy=WHOLE)
    assert sent(shop) == [900, 0, 0]


def test_a_firm_transfer_less_than_a_load_goes_in_a_whole_one(inputs):
    tables = two_places((0, 0, 50), lot_multiple=40)
    tables["receipts"] = [
        {"reference": "t", "line": "1", "item": "x", "location": "a", "from": "p", "due_date": "2027-01-15"}
        | {"quantity": 25, "type": "transfer", "status": "firm"}
    ]
    shop = Shop(inputs, tables, policy=WHOLE)
    assert sent(shop)[0] == 40
    assert sum(sent(shop)) == 80


def test_a_lane_with_a_fixed_share_keeps_no_lots_and_is_named(inputs):
    tables = two_places(lot_multiple=40, share_pct=100)
    shop = Shop(inputs, tables, policy=WHOLE)
    assert sent(shop) == [50, 50, 50]
    assert "first x from p to a" in shop.message("SU117")


def test_lots_that_no_month_can_carry_leave_demand_unserved(inputs):
    shop = Shop(inputs, two_places(lot_multiple=40, max_qty=30), policy=WHOLE)
    assert sent(shop) == [0, 0, 0]
    assert "SU101" in shop.codes()


def least_cost(demand, lane, market):
    """The same company in linopy: months, two places, loads and least shipments of both lanes."""
    model = linopy.Model()
    months = [("month", list(MONTHS))]

    def amount(name, **kind):
        return model.add_variables(lower=0, coords=months, name=name, **kind)

    buy, move, serve, plant, store, late = (amount(n) for n in ("buy", "move", "serve", "plant", "store", "late"))
    for name, flow, (multiple, least) in (("lane", move, lane), ("market", serve, market)):
        if multiple:
            model.add_constraints(flow - multiple * amount(f"{name} loads", integer=True) == 0)
        if least:
            goes = model.add_variables(binary=True, coords=months, name=f"{name} goes")
            model.add_constraints(flow - least * goes >= 0)
            model.add_constraints(flow - 10_000 * goes <= 0)
    for month in MONTHS:

        def before(stock, month=month):
            return stock.sel(month=month - 1, drop=True) if month else 0 * stock.sel(month=0, drop=True)

        now = {"month": month, "drop": True}
        model.add_constraints(before(plant) + buy.sel(**now) - move.sel(**now) - plant.sel(**now) == 0)
        model.add_constraints(before(store) + move.sel(**now) - serve.sel(**now) - store.sel(**now) == 0)
        model.add_constraints(before(late) - serve.sel(**now) - late.sel(**now) == -float(demand[month]))
    model.add_objective((buy + 2 * move + plant + store + 90 * late).sum())
    model.solve(solver_name="highs", output_flag=False, mip_rel_gap=1e-9)
    return float(model.objective.value)


@pytest.mark.parametrize("seed", range(12))
def test_random_lots_of_lanes_against_linopy(inputs, seed):
    r = np.random.default_rng(seed)
    demand = tuple(int(units) for units in r.integers(0, 90, 3))
    sizes = [(int(r.integers(0, 2) * r.integers(5, 45)), int(r.integers(0, 2) * r.integers(5, 95))) for _ in range(2)]
    lane, market = ({"lot_multiple": multiple, "min_lot": least} for multiple, least in sizes)
    shop = Shop(inputs, two_places(demand, to_market=market, **lane), policy=WHOLE)
    assert shop.cost == pytest.approx(least_cost(demand, *sizes), abs=1e-3)
