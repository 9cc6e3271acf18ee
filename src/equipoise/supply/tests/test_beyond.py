"""Beyond the horizon: the buckets that the plan runs unseen, what is taken as known of them, and what is seen."""

from datetime import date, timedelta

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.measure import Grain
from equipoise.supply.beyond import ended_rows, hidden_buckets, run_on
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply


def month(number):
    return date(2027 + number // 12, number % 12 + 1, 1)


def company(demand, *, lead_time_days=0, capacity=None, on_hand=0.0, item="tap", **item_columns):
    """One plant that makes and sells one item: 10 money a unit, 1 hour, 0.5 a month to hold, 4 a month to be late."""
    return {
        "items": [{"item": item, "name": item, "family": "f", **{"uom": "unit", **item_columns}}],
        "locations": [{"location": "plant", "name": "Plant", "type": "plant"}],
        "markets": [{"market": "all", "name": "All", "region": "r"}],
        "forecast": [
            {"item": item, "market": "all", "date": month(t), "quantity": quantity} for t, quantity in enumerate(demand)
        ],
        "inventory": [{"item": item, "location": "plant", "on_hand": on_hand}],
        "inventory_policy": [],
        "costs": [{"item": item, "standard_cost": 12, "holding_cost": 0.5, "backlog_cost": 4}],
        "resources": [{"resource": "line", "location": "plant", "name": "Line", "capacity_hours": capacity}],
        "resource_calendar": [],
        "routings": [
            {
                "item": item,
                "location": "plant",
                "resource": "line",
                "hours_per_unit": 1,
                "variable_cost": 10,
                "lead_time_days": lead_time_days,
            }
        ],
        "lanes": [{"item": item, "from_location": "plant", "to": "all", "lead_time_days": 0, "unit_cost": 0}],
    }


def values(section, name):
    return section.panel_of(name)[name][0].tolist()


def read(inputs, tables, **given):
    """The network of the horizon and the one that runs on."""
    asked = inputs(tables, **given)
    network = read_network(asked)
    return network, run_on(asked, network)


def cost(section):
    return section.facts["objective_amount"]


def test_demand_after_the_horizon_is_made_within_it(inputs):
    """Two months of 100 and 140, a month to make a unit, 100 in stock: the hidden month asks for the mean, 120, which
    has to be started in the last one that is seen."""
    tables = company((100, 140), lead_time_days=30, on_hand=100)
    plan = plan_supply(inputs(tables, horizon=2))
    assert values(plan, "production_started_qty") == [140.0, 120.0]
    assert values(plan, "production_qty") == [0.0, 140.0]
    assert values(plan, "backlog_closing_qty") == [0.0, 0.0]
    assert cost(plan) == pytest.approx(2600.0)
    assert plan.facts["notional_amount"] == pytest.approx(0.0)
    stops = plan_supply(inputs(tables, horizon=2, policy={"end_condition": "closing_min", "closing_backlog": False}))
    assert values(stops, "production_started_qty") == [140.0, 0.0]


def test_a_peak_after_the_horizon_is_built_up_for(inputs):
    """100 hours a month and 80 units asked for; February 2028 is hidden and asks, like February 2027, for 150: 50 more
    than a month can make, so 50 stand ready in January, 20 of them made in each month before."""
    demand = [80.0] * 13
    demand[1] = 150.0
    plan = plan_supply(inputs(company(demand, capacity=100, on_hand=50), horizon=13))
    made = values(plan, "production_qty")
    stock = 50 + np.cumsum(np.array(made) - demand)
    assert made[-4:] == [80.0, 90.0, 100.0, 100.0]
    assert stock[-4:].tolist() == [0.0, 10.0, 30.0, 50.0]


def test_backlog_at_the_end_does_not_pay(inputs):
    """To be late costs 4 a month and a unit 10: who stops at the horizon leaves the last two months unserved."""
    tables = company((100, 100, 100, 100))
    plan = plan_supply(inputs(tables, horizon=4, policy={"closing_backlog": True}))
    assert values(plan, "production_qty") == [100.0] * 4
    stops = plan_supply(inputs(tables, horizon=4, policy={"end_condition": "closing_min"}))
    assert values(stops, "backlog_closing_qty") == [0.0, 0.0, 100.0, 200.0]


def test_safety_stock_stays_and_is_not_built_up_at_the_end(inputs):
    tables = company((100,) * 6, on_hand=30)
    tables["inventory_policy"] = [{"item": "tap", "location": "plant", "shortfall_cost": 3}]
    given = {"safety": {("tap", "plant"): 30.0}, "target": {("tap", "plant"): 80.0}}
    plan = plan_supply(inputs(tables, **given))
    assert values(plan, "production_qty") == [100.0] * 6
    assert values(plan, "inventory_shortfall_qty") == [0.0] * 6


def test_nothing_is_made_for_an_item_that_has_ended(inputs):
    tables = company((100, 100, 100), lead_time_days=30, on_hand=100, end_date=date(2027, 3, 31))
    plan = plan_supply(inputs(tables, horizon=3))
    assert values(plan, "production_started_qty") == [100.0, 100.0, 0.0]


@pytest.mark.parametrize(
    ("demand", "launch", "hidden"),
    [
        ([10, 20, 30, 40, 50, 60], None, 50.0),  # no season: the mean of the last quarter
        ([0, 0, 0, 0, 50, 60], date(2027, 5, 1), 55.0),  # of the months since the launch
        ([0, 0, 0, 0, 0, 60], date(2027, 6, 1), 60.0),
        ([0, 0, 0, 0, 0, 45], date(2027, 6, 8), 45.0),  # no whole month since
        ([11, *[40] * 11], None, 11.0),  # January a year before
        ([0, 0, 44, *[40] * 9, 7], date(2027, 3, 1), 29.0),  # not sold a year before: (40 + 40 + 7) / 3
    ],
)
def test_demand_of_the_hidden_month(inputs, demand, launch, hidden):
    tables = company(demand, launch_date=launch)
    network, longer = read(inputs, tables, horizon=len(demand))
    assert longer.required.tolist() == [[*network.required[0], hidden]]
    assert (longer.horizon, longer.visible) == (len(demand) + 1, len(demand))


def with_predecessor(tables, demand, **item_columns):
    """The same with an item `old` beside it, made and sold in the same way."""
    old = company(demand, item="old", **item_columns)
    same = ("locations", "markets", "resources", "resource_calendar", "inventory_policy")
    return {name: rows if name in same else [*rows, *old[name]] for name, rows in tables.items()}


@pytest.mark.parametrize(
    ("old", "columns", "launch", "hidden"),
    [
        ([7, *[9] * 6, *[0] * 5], {"successor": "tap"}, None, 18.0),  # 11 of its own in January a year before, and 7
        ([7, *[9] * 6, *[0] * 5], {}, None, 11.0),  # nobody follows
        ([7, *[9] * 6, *[0] * 5], {"successor": "tap", "uom": "kg"}, None, 11.0),  # 7 kg are no units
        ([7, *[9] * 6, *[0] * 5], {"successor": "tap"}, date(2027, 3, 1), 40.0),  # its own mean holds both
    ],
)
def test_a_successor_is_asked_for_what_its_predecessor_sold_a_year_before(inputs, old, columns, launch, hidden):
    tables = company([11, *[40] * 11], launch_date=launch)
    tables = with_predecessor(tables, old, end_date=date(2027, 7, 31), **columns)
    _, longer = read(inputs, tables, horizon=12)
    by_item = dict(zip(longer.axes.keys[Grain.DEMAND].column("item").tolist(), longer.required.tolist(), strict=True))
    leaves = longer.axes.items.leaves
    assert {leaves[number]: row[-1] for number, row in by_item.items()} == {"tap": hidden, "old": 0.0}


def test_of_a_chain_only_the_last_item_is_asked_for_anything(inputs):
    tables = company([11, *[40] * 11])
    tables = with_predecessor(tables, [7, *[0] * 11], end_date=date(2027, 1, 31), successor="mid")
    mid = company([5, *[5] * 5, *[0] * 6], item="mid", end_date=date(2027, 6, 30), successor="tap")
    for name in ("items", "forecast", "inventory", "costs", "routings", "lanes"):
        tables[name] = [*tables[name], *mid[name]]
    _, longer = read(inputs, tables, horizon=12)
    leaves = longer.axes.items.leaves
    items = longer.axes.keys[Grain.DEMAND].column("item").tolist()
    asked = {leaves[item]: row[-1] for item, row in zip(items, longer.required.tolist(), strict=True)}
    assert asked == {"tap": 11.0 + 5.0 + 7.0, "mid": 0.0, "old": 0.0}


def test_a_month_that_has_begun_stands_for_no_season(inputs):
    tables = company([5, *[40] * 10, 70])
    _, longer = read(inputs, tables, horizon=12, as_of=date(2027, 1, 20))
    assert longer.required[0, -1] == 50.0


def test_prices_and_limits_go_on(inputs):
    tables = company((100,) * 3, lead_time_days=0)
    tables["subcontracting"] = [
        {"item": "tap", "location": "plant", "supplier": "sub", "unit_cost": 15, "max_qty": 40},
        {"item": "tap", "location": "plant", "supplier": "sub", "unit_cost": 16, "valid_from": month(2)},
        {"item": "tap", "location": "plant", "supplier": "sub", "max_qty": 60, "unit_cost": 16, "valid_from": month(3)},
    ]
    _, longer = read(inputs, tables, horizon=3)
    row = longer.axes.keys[Grain.MAKE].rows
    assert longer.prices.make[row["tap", "plant", "subcontract:sub"]].tolist() == [15.0, 15.0, 16.0, 16.0]
    (limit,) = longer.limits
    assert limit.most.tolist() == [40.0, 40.0, 40.0, 60.0]  # dated into the hidden month


def test_hours_stated_month_by_month_go_on(inputs):
    tables = company((50,) * 12)
    tables["resource_calendar"] = [
        {"resource": "line", "date": month(t) + timedelta(days=4), "capacity_hours": 100 + t} for t in range(12)
    ]
    _, longer = read(inputs, tables, horizon=12)
    assert longer.capacity.clock[0].tolist() == [*(100.0 + t for t in range(12)), 100.0]  # as a year before
    short = company((50,) * 3, capacity=90)
    _, longer = read(inputs, short | {"resource_calendar": tables["resource_calendar"][:3]}, horizon=3)
    assert longer.capacity.clock[0].tolist() == [100.0, 101.0, 102.0, 102.0]  # as in the last month
    once = [{"resource": "line", "date": month(2), "capacity_hours": 10}]
    _, longer = read(inputs, short | {"resource_calendar": once}, horizon=3)
    assert longer.capacity.clock[0].tolist() == [90.0, 90.0, 10.0, 90.0]  # what happens once does not go on


def test_a_calendar_of_hours_goes_on_by_the_day_of_the_week(inputs):
    tables = company((50, 50))
    tables["resources"][0].update(capacity_hours=None, calendar="shifts")
    days = [month(0) + timedelta(days=day) for day in range(59)]
    tables["calendars"] = [
        {"calendar": "shifts", "date": day, "working": 8.0 if day.weekday() < 4 else 0.0} for day in days
    ]
    _, longer = read(inputs, tables, horizon=2)
    # January and February 2027 have 16 days from Monday to Thursday, March has 19.
    assert longer.capacity.clock[0].tolist() == [128.0, 128.0, 152.0]


def test_a_stated_closing_stock_is_a_hard_end(inputs, red_tomato):
    """Red Tomato has no hidden month, with or without a dock on the way."""
    tables = red_tomato()
    network, longer = read(inputs, tables)
    assert longer is network
    tables["locations"].append({"location": "dock", "name": "Dock", "type": "dc"})
    lane = tables["lanes"][0]
    tables["lanes"] = [{**lane, "to": "dock"}, {**lane, "from_location": "dock"}]
    network, longer = read(inputs, tables)
    assert ended_rows(network).all() and longer is network
    assert cost(plan_supply(inputs(tables, policy={"closing_backlog": False}))) == pytest.approx(422_275.0, abs=0.01)


def test_who_ends_plans_beside_one_who_goes_on_as_if_alone(inputs, red_tomato):
    """Red Tomato, and taps made in the same plant by other people: the tools, their crew and their cost stay."""
    tables, taps = red_tomato(), company((100, 140, 90, 80, 120, 130), lead_time_days=30, on_hand=100)
    alone = plan_supply(inputs(tables, policy={"closing_backlog": False}))
    taps_alone = plan_supply(inputs(taps, policy={"closing_backlog": False}))
    for row in taps["forecast"] + taps["lanes"]:
        row.update({name: "retail" for name in ("market", "to") if name in row})
    del taps["locations"], taps["markets"]
    tables.update({name: tables.get(name, []) + rows for name, rows in taps.items()})
    given = inputs(tables, policy={"closing_backlog": False})
    both = plan_supply(given)
    assert hidden_buckets(read_network(given), ended_rows(read_network(given))) == 1
    assert cost(both) == pytest.approx(cost(alone) + cost(taps_alone), abs=0.01)
    people, row = both.panel_of("workforce_count"), given.axes.resources.position["assembly"]
    assert people["workforce_count"][row].tolist() == pytest.approx(values(alone, "workforce_count"))
    served = both.panel_of("demand_served_qty")["demand_served_qty"]
    assert served.sum() == pytest.approx(16_000 + 660)


def test_only_what_is_seen_is_money_of_the_plan(inputs):
    """Average holding: 500 units stand from the start and 100 go each month, half of each stock is charged in the next
    month: 450 + 350 + 250 at 0.5; what is then held out of sight is notional."""
    tables = company((100, 100, 100), on_hand=500)
    plan = plan_supply(inputs(tables, horizon=3, policy={"holding_on": "average"}))
    assert cost(plan) == pytest.approx(0.5 * (450 + 350 + 250))
    assert plan.facts["notional_amount"] == pytest.approx(0.5 * 150)


def test_whole_people_are_asked_for_in_sight_only(inputs, red_tomato):
    tables = red_tomato()
    tables["inventory_policy"] = []
    plan = plan_supply(inputs(tables, policy={"workforce": "integer"}))
    workers = np.array(values(plan, "workforce_count"))
    assert len(workers) == 6 and (workers == np.rint(workers)).all()


def firm(due, quantity):
    receipt = {"reference": "MO-1", "line": "1", "item": "tap", "location": "plant", "due_date": due}
    return {**receipt, "quantity": quantity, "type": "production", "status": "firm"}


def test_what_cannot_be_kept_out_of_sight_is_nobodys_finding(inputs):
    tables = company((50, 50), capacity=100)
    for due, is_seen in ((month(1), True), (month(2), False)):
        plan = plan_supply(inputs({**tables, "receipts": [firm(due, 170)]}, horizon=2))
        assert (plan.facts["penalty_amount"] > 0) is is_seen
        assert ("SU108" in {finding.code for finding in plan.findings}) is is_seen


def test_a_what_if_starts_from_the_longer_model(inputs):
    tables = company((80, 90, 100, 110), lead_time_days=30, capacity=100, on_hand=80)
    base = plan_supply(inputs(tables, horizon=4))
    more = Adjustment("a1", ChangeCapacity(Amount.parse("+20%")), Scope(), seq=1)
    again = plan_supply(inputs(tables, horizon=4, adjustments=(more,), base=base))
    cold = plan_supply(inputs(tables, horizon=4, adjustments=(more,)))
    assert np.array_equal(base.arrays["shape"], again.arrays["shape"])
    assert cost(again) == pytest.approx(cost(cold), rel=1e-9)
    assert all(panel[name].shape[1] == 4 for panel, name in again.measures())


def chain_tables():
    """A tap of a body (5 weeks to buy, 2 to cast) and a seal (1 week to buy); 1 week to make, 2 lanes of 1 and 3."""
    tables = company((10,) * 8, lead_time_days=7)
    tables["items"] += [
        {"item": code, "name": code, "family": "p", "uom": "unit"} for code in ("body", "alloy", "seal")
    ]
    tables["locations"].append({"location": "dc", "name": "DC", "type": "dc"})
    tables["forecast"] = [{**row, "date": date(2027, 1, 4)} for row in tables["forecast"]]
    tables["bom"] = [
        {"item": "tap", "component": "body", "quantity_per": 1},
        {"item": "tap", "component": "seal", "quantity_per": 1},
        {"item": "body", "component": "alloy", "quantity_per": 1},
    ]
    tables["purchasing"] = [
        {"item": code, "supplier": "s", "location": "plant", "unit_cost": 1, "lead_time_days": days}
        for code, days in (("alloy", 35), ("seal", 7))
    ]
    tables["routings"].append({**tables["routings"][0], "item": "body", "lead_time_days": 14})
    tables["lanes"] = [
        {"item": "", "from_location": begin, "to": end, "lead_time_days": days, "unit_cost": 0}
        for begin, end, days in (("plant", "dc", 7), ("dc", "all", 21))
    ]
    return tables


def weeks_hidden(inputs, tables):
    network = read_network(inputs(tables, start=date(2027, 1, 4), bucket="week", horizon=8))
    return hidden_buckets(network, ended_rows(network))


def test_the_run_is_as_long_as_the_longest_chain(inputs):
    tables = chain_tables()
    assert weeks_hidden(inputs, tables) == 5 + 2 + 1 + 1 + 3
    tables["purchasing"][0]["lead_time_days"] = 0
    assert weeks_hidden(inputs, tables) == 2 + 1 + 1 + 3
    tables["bom"] = tables["bom"][1:2]
    assert weeks_hidden(inputs, tables) == 1 + 1 + 1 + 3
    tables["lanes"].append({"item": "", "from_location": "dc", "to": "plant", "lead_time_days": 70, "unit_cost": 0})
    assert weeks_hidden(inputs, tables) == 6  # a way back is on no chain


def test_the_run_has_a_bucket_at_least_and_half_a_year_at_most(inputs):
    tables = chain_tables()
    for rows in (tables["purchasing"], tables["routings"], tables["lanes"]):
        for row in rows:
            row["lead_time_days"] = 0
    assert weeks_hidden(inputs, tables) == 1
    tables["purchasing"][0]["lead_time_days"] = 400
    assert weeks_hidden(inputs, tables) == 26
    tables["bom"].append({"item": "alloy", "component": "body", "quantity_per": 0.1})  # contained in itself
    assert weeks_hidden(inputs, tables) == 26
