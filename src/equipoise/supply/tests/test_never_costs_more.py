"""More capacity, a cheaper lever or a later due date never costs more: random networks, nothing but numbers changed.

A later due date may cost more where stock that is there already has to be kept for longer; so that property is of
networks whose stock costs nothing to keep and does not spoil, and that may be late. What no plan can keep comes first:
its penalty never grows, and at the same penalty cost never does.
"""

import copy
import os

import pytest

from equipoise.supply.beyond import run_on
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START, week

SEEDS = range(60 if os.environ.get("EQUIPOISE_SOAK") else 8)
PRICES = {
    "resources": (
        "regular_cost_per_hour",
        "overtime_cost_per_hour",
        "extra_shift_cost",
        "hire_cost",
        "layoff_cost",
        "rate_up_cost",
        "rate_down_cost",
    ),
    "routings": ("variable_cost",),
    "purchasing": ("unit_cost",),
    "subcontracting": ("unit_cost",),
    "lanes": ("unit_cost",),
}
CAPACITY = {
    "resources": ("capacity_hours", "max_overtime_hours", "max_workers", "max_overtime_hours_per_worker"),
    "resource_calendar": ("capacity_hours",),
    "purchasing": ("max_qty",),
    "subcontracting": ("max_qty",),
    "lanes": ("max_qty",),
    "locations": ("storage_capacity",),
    "inventory_policy": ("max_qty",),
}


def cost(inputs, tables, knobs, safety, horizon):
    """Penalty of what no plan keeps, and the least of the objective at it."""
    given = inputs(tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety)
    optimum = find_optimum(build_model(run_on(given, read_network(given))), None, devex=False)
    return optimum.penalty, optimum.solution.objective


def scaled(tables, columns, factor):
    """The tables with the numbers of some columns times a factor, and whether there were any."""
    changed, count = copy.deepcopy(tables), 0
    for table, names in columns.items():
        for row in changed.get(table, ()):
            for name in names:
                if row.get(name):
                    row[name], count = row[name] * factor, count + 1
    return changed, count


def never_more(after, before):
    room = 1e-6 * max(1.0, *map(abs, before))
    return after[0] <= before[0] + room and (after[0] < before[0] - room or after[1] <= before[1] + room)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("table", PRICES)
def test_a_cheaper_lever_never_costs_more(inputs, seed, table):
    tables, knobs, safety, horizon = random_network(seed)
    cheaper, count = scaled(tables, {table: PRICES[table]}, 0.7)
    if not count:
        return
    before = cost(inputs, tables, knobs, safety, horizon)
    after = cost(inputs, cheaper, knobs, safety, horizon)
    assert never_more(after, before)
    assert after != before or table == "subcontracting", "what is paid for anyhow is cheaper"


@pytest.mark.parametrize("seed", SEEDS)
def test_more_capacity_never_costs_more(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    more, count = scaled(tables, CAPACITY, 1.25)
    assert count
    before = cost(inputs, tables, knobs, safety, horizon)
    assert never_more(cost(inputs, more, knobs, safety, horizon), before)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_later_due_date_never_costs_more(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    tables = copy.deepcopy(tables)
    knobs |= {"end_condition": "closing_min"}
    for row in tables["costs"]:
        row["holding_cost"] = 0.0
    for row in tables["items"]:
        row.pop("shelf_life_days", None)
    for row in tables["inventory"]:
        row["expiry_date"] = None
    for row in tables["inventory_policy"]:
        row["max_qty"] = None
    for row in tables["locations"]:
        row.pop("storage_capacity", None)
    for row in tables["resources"]:
        row["rate_up_cost"] = row["rate_down_cost"] = None  # an even load may be worth more than the later day
    tables["resources"] = [row for row in tables["resources"] if row.get("type") != "storage"]
    before = cost(inputs, tables, knobs, safety, horizon)
    later = copy.deepcopy(tables)
    for row in later["forecast"]:
        if row["item"] == "a" and row["date"] < week(horizon - 1):
            row["quantity"], moved = 0.0, row["quantity"]
            (after,) = (
                each
                for each in later["forecast"]
                if (each["item"], each["market"]) == ("a", row["market"])
                and each["date"] == row["date"] + (week(1) - week(0))
            )
            after["due_later"] = after.get("due_later", 0.0) + moved
    for row in later["forecast"]:
        row["quantity"] += row.pop("due_later", 0.0)
    assert later["forecast"] != tables["forecast"]
    assert never_more(cost(inputs, later, knobs, safety, horizon), before)
