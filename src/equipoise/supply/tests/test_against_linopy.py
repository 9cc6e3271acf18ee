"""A second opinion: random instances, formulated apart from our arrays in linopy straight from the tables."""

import os
from datetime import timedelta

import numpy as np
import pytest

from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.core.measure import Grain
from equipoise.supply.beyond import ended_rows, hidden_buckets
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START, Oracle, week


def random_instance(seed):
    """Tables, knobs and safety stock of a small company: 2 plants, a warehouse, 2 markets, 3 products, a component."""
    r = np.random.default_rng(seed)
    horizon = int(r.integers(4, 8))
    family = {"a": "f1", "b": "f1", "c": "f2", "part": "parts"}
    plants, markets, products = ("p1", "p2"), ("m1", "m2"), ("a", "b", "c")

    def number(low, high, digits=2):
        return float(np.round(r.uniform(low, high), digits))

    def chance(probability):
        return bool(r.random() < probability)

    tables = {
        "items": [{"item": i, "name": i, "family": f, "uom": "unit"} for i, f in family.items()],
        "locations": [{"location": place, "name": place, "type": "plant"} for place in ("p1", "p2", "dc")],
        "markets": [
            {"market": m, "name": m, "region": "r", "unmet": str(r.choice(["backlog", "lost"]))} for m in markets
        ],
        "forecast": [
            {"item": i, "market": m, "date": week(t), "quantity": number(0, 120)}
            for i in products
            for m in markets
            for t in range(horizon)
        ],
        "costs": [
            {
                "item": i,
                "standard_cost": number(15, 30),
                "holding_cost": number(0.1, 1.5),
                "backlog_cost": number(3, 60),
                "lost_sale_cost": number(20, 90),
            }
            for i in family
        ],
        "inventory": [
            {"item": i, "location": place, "on_hand": number(0, 150), "blocked": number(0, 10)}
            for i in family
            for place in ("p1", "p2", "dc")
            if chance(0.6) or i == "part"
        ],
        "inventory_policy": [],
        "resources": [],
        "resource_calendar": [],
        "routings": [],
        "bom": [],
        "purchasing": [],
        "subcontracting": [],
        "lanes": [],
        "receipts": [],
    }
    for plant in plants:
        tables["resources"].append(
            {
                "resource": f"line {plant}",
                "location": plant,
                "name": "line",
                "capacity_hours": number(60, 260),
                "utilization_pct": number(70, 100),
                "efficiency_pct": number(80, 115),
                "max_overtime_hours": number(0, 40) if chance(0.7) else None,
                "regular_cost_per_hour": number(0, 5) if chance(0.5) else None,
                "overtime_cost_per_hour": number(5, 12),
            }
        )
        if chance(0.5):
            for _ in range(2):
                row = {"resource": f"line {plant}", "date": week(1) + timedelta(days=int(r.integers(0, 7)))}
                tables["resource_calendar"].append({**row, "capacity_hours": number(20, 80)})
    tables["resources"].append(
        {
            "resource": "crew",
            "location": "p1",
            "name": "crew",
            "workers": int(r.integers(1, 8)),
            "hours_per_worker": 40,
            "max_overtime_hours_per_worker": number(0, 10),
            "regular_cost_per_hour": number(2, 5),
            "overtime_cost_per_hour": number(5, 9),
            "hire_cost": number(50, 300),
            "layoff_cost": number(50, 300),
            "min_workers": 1,
            "max_workers": 9 if chance(0.5) else None,
            "capacity_hours": number(150, 350) if chance(0.5) else None,
        }
    )
    for i in products:
        for plant in plants:
            if plant == "p1" or chance(0.6):
                shared = {
                    "item": i,
                    "location": plant,
                    "variable_cost": number(2, 9),
                    "yield_pct": number(75, 100),
                    "lead_time_days": int(r.choice([0, 0, 3, 7])),
                }
                hours = number(0.4, 2)
                tables["routings"].append({**shared, "resource": f"line {plant}", "hours_per_unit": hours})
                if plant == "p1" and chance(0.6):
                    tables["routings"].append({**shared, "resource": "crew", "hours_per_unit": number(0.3, 1.2)})
        if chance(0.6):
            tables["bom"].append(
                {
                    "item": i,
                    "component": "part",
                    "quantity_per": number(0.5, 2),
                    "scrap_pct": number(0, 9),
                    "valid_to": week(2) if chance(0.3) else None,
                }
            )
    for plant in plants:
        for since in (None, week(2)):
            tables["purchasing"].append(
                {
                    "item": "part",
                    "supplier": "s",
                    "location": plant,
                    "valid_from": since,
                    "unit_cost": number(1, 4),
                    "lead_time_days": int(r.choice([0, 4, 10])),
                    "max_qty": number(50, 300) if chance(0.7) else None,
                }
            )
    node = str(r.choice(["a", "f1", ""])) if chance(0.8) else "c"
    tables["subcontracting"].append(
        {
            "item": node,
            "location": "p2",
            "supplier": "sub",
            "unit_cost": number(18, 40),
            "max_qty": number(10, 80),
            "min_qty": number(0, 8) if chance(0.5) else None,
            "lead_time_days": int(r.choice([0, 7])),
        }
    )
    tables["lanes"] += [
        {"item": "", "from_location": p, "to": "dc", "lead_time_days": int(r.choice([0, 5])), "unit_cost": number(0, 2)}
        for p in plants
    ]
    split = chance(0.4)
    for m in markets:
        for place in ("dc", "p1", "p2"):
            if place == "dc" or chance(0.6):
                tables["lanes"].append(
                    {
                        "item": "" if chance(0.7) else "f1",
                        "from_location": place,
                        "to": m,
                        "lead_time_days": int(r.choice([0, 0, 7])),
                        "unit_cost": number(0, 3),
                        "max_qty": number(60, 300) if chance(0.4) else None,
                    }
                )
    if split:
        for place, share in (("dc", 60), ("p1", 40)):
            tables["lanes"].append(
                {
                    "item": "b",
                    "from_location": place,
                    "to": "m1",
                    "lead_time_days": 0,
                    "unit_cost": number(0, 3),
                    "share_pct": share,
                    "max_qty": 90 if chance(0.3) else None,
                }
            )
    if chance(0.5):
        receipt = {"reference": "r1", "line": "1", "item": "a", "location": "p1", "due_date": week(1), "quantity": 12}
        tables["receipts"].append({**receipt, "type": "production", "status": "firm", "components_issued": 1})
        receipt = {"reference": "r2", "line": "1", "item": "part", "location": "p2", "due_date": week(0)}
        tables["receipts"].append({**receipt, "quantity": 30, "type": "purchase", "status": "released"})
    safety = {}
    for i in products:
        for place in ("p1", "dc"):
            if chance(0.4):
                policy = {"item": i, "location": place, "shortfall_cost": number(0.5, 4)}
                if chance(0.3):
                    usable = sum(
                        row["on_hand"] - row["blocked"]
                        for row in tables["inventory"]
                        if (row["item"], row["location"]) == (i, place)
                    )
                    policy["closing_min_qty"] = max(0.0, round(usable / 2, 2))
                tables["inventory_policy"].append(policy)
                safety[i, place] = number(0, 40)
    knobs = {
        "closing_backlog": True,
        "holding_on": str(r.choice(["closing", "average"])),
        "end_condition": str(r.choice(["target", "closing_min"])),
        "lead_time_rounding": str(r.choice(["nearest", "up"])),
    }
    return tables, knobs, safety, horizon


@pytest.mark.parametrize("seed", range(600 if os.environ.get("EQUIPOISE_SOAK") else 60))
def test_objective_equals_linopy(inputs, seed):
    """And every number of the plan is exact: on the grid, not negative, balances bit for bit."""
    tables, knobs, safety, horizon = random_instance(seed)
    given = inputs(tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety)
    plan = plan_supply(given)
    assert plan.facts["penalty_amount"] == 0.0
    ours = plan.facts["objective_amount"] + plan.facts["notional_amount"]
    rows = {grain.value: [keys.labels(row) for row in range(len(keys))] for grain, keys in given.axes.keys.items()}
    oracle = Oracle(tables, knobs, safety=safety, horizon=horizon, rows=rows)
    assert ours == pytest.approx(oracle.solve(), rel=1e-6)
    check_identities(given, plan)


@pytest.mark.parametrize("seed", range(100 if os.environ.get("EQUIPOISE_SOAK") else 20))
def test_every_limit_of_stock_equals_linopy(inputs, seed):
    """Several sites, two levels of bills; storage, most stock, shelf life, by-products, shifts, changes of rate."""
    tables, knobs, safety, horizon = random_network(seed)
    given = inputs(tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety)
    plan = plan_supply(given)
    assert plan.facts["penalty_amount"] == 0.0
    ours = plan.facts["objective_amount"] + plan.facts["notional_amount"]
    rows = {grain.value: [keys.labels(row) for row in range(len(keys))] for grain, keys in given.axes.keys.items()}
    shares = dict(zip(rows["flow"], given.measure("sourcing_share_ratio"), strict=True))
    network = read_network(given)
    hidden = hidden_buckets(network, ended_rows(network))
    oracle = Oracle(tables, knobs, safety=safety, horizon=horizon, rows=rows, shares=shares, hidden=hidden)
    assert ours == pytest.approx(oracle.solve(), rel=1e-6)
    check_identities(given, plan)


def check_identities(given, plan):
    keys = given.axes.keys

    def get(name):
        return plan.panel_of(name)[name]

    for panel, name in plan.measures():
        if name.endswith(("_qty", "_hours", "_count")) and name != "capacity_available_hours":
            values = np.nan_to_num(panel[name])
            assert (values >= 0).all() and not np.signbit(values[values == 0]).any(), name
            assert is_on_grid(values, QUANTITY_STEP), name
    change = get("receipt_scheduled_qty") - get("component_use_qty")
    change += get("production_byproduct_qty") - get("inventory_scrap_qty")
    row_of = keys[Grain.STOCK].rows
    made = get("production_qty") + get("subcontract_qty") + get("purchase_qty")
    for row in range(len(keys[Grain.MAKE])):
        change[row_of[keys[Grain.MAKE].labels(row)[:2]]] += made[row]
    served = np.zeros_like(get("demand_served_qty"))
    for row in range(len(keys[Grain.FLOW])):
        item, begin, end = keys[Grain.FLOW].labels(row)
        change[row_of[item, begin]] -= get("shipment_qty")[row]
        if (item, end) in row_of:
            change[row_of[item, end]] += get("arrival_qty")[row]
        else:
            served[keys[Grain.DEMAND].rows[item, end]] += get("arrival_qty")[row]
    closing = given.measure("inventory_start_qty")[:, :1] + np.cumsum(change, axis=1)
    assert (closing >= 0).all()
    np.testing.assert_array_equal(served, get("demand_served_qty"))
    required = given.measure("demand_required_qty")
    backlog = np.cumsum(required - served - get("lost_qty"), axis=1)
    np.testing.assert_array_equal(backlog, get("backlog_closing_qty"))
    np.testing.assert_array_equal(get("unmet_qty"), required - get("demand_on_time_qty"))
    short = np.maximum(given.measure("inventory_safety_qty") - closing, 0.0)
    np.testing.assert_array_equal(get("inventory_shortfall_qty"), short)
