"""Demand before and after as_of, on one item in one shop with a flat imported forecast of 100 a month."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from equipoise.core.dataset import DatasetHead
from equipoise.core.fence import buckets_inside
from equipoise.core.knob import Policy
from equipoise.core.measure import Grain
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.stage import Inputs
from equipoise.core.tables import table
from equipoise.demand import plan_baseline, plan_demand
from equipoise.demand.tests.company import BASELINE, DEMAND, axes_of, portfolio_of
from equipoise.demand.to_go import first_open_bucket

MONTHS = [date(2026, 11, 1), date(2026, 12, 1), *(date(2027, month, 1) for month in range(1, 5))]
FORECAST = {"item": ["axe"] * 6, "market": ["shop"] * 6, "date": MONTHS, "quantity": [100.0] * 6}


def demand_of(as_of, *, orders=(), shipped=(), fences=None, fulfillment="make_to_stock"):
    """Stage demand; `orders` and `shipped` are pairs of a day and a quantity."""
    head = DatasetHead.of(
        name="test", currency="EUR", bucket="month", start=date(2027, 1, 1), horizon=4, as_of=as_of,
        history_to=date(2026, 10, 31), policy={"baseline": "imported"},
    )  # fmt: skip
    axes = axes_of(head, {"axe": "tools"}, {"shop": "home"})
    numbers = [str(number) for number in range(len(orders))]
    rows = {
        "items": {"item": ["axe"], "fulfillment": [fulfillment]},
        "forecast": FORECAST,
        "open_orders": {
            "order": numbers, "line": numbers, "item": ["axe"] * len(orders), "market": ["shop"] * len(orders),
            "requested_date": [day for day, _ in orders], "quantity": [quantity for _, quantity in orders],
        },
        "sales_history": {
            "item": ["axe"] * len(shipped), "market": ["shop"] * len(shipped),
            "date": [day for day, _ in shipped], "shipped_qty": [quantity for _, quantity in shipped],
        },
        **({"fences": fences} if fences else {}),
    }  # fmt: skip
    snapshot = Snapshot(head, {name: conformed(table(name), columns) for name, columns in rows.items()})
    policy = Policy.of({"baseline": "imported"})
    sections = {"portfolio": portfolio_of(axes.keys[Grain.DEMAND], np.ones((1, 4)))}
    sections["baseline"] = plan_baseline(Inputs(BASELINE, snapshot, axes, policy, (), sections))
    return plan_demand(Inputs(DEMAND, snapshot, axes, policy, (), sections))


def values(section, name):
    return section.panel_of(name)[name][0].tolist()


def codes(section):
    return {finding.code for finding in section.findings}


def test_shipments_to_date_and_orders_consume_the_forecast_once():
    section = demand_of(date(2027, 1, 15), orders=[(date(2027, 1, 25), 20)], shipped=[(date(2027, 1, 10), 45)])
    assert values(section, "demand_to_date_qty") == [45, 0, 0, 0]
    assert values(section, "demand_orders_qty") == [20, 0, 0, 0]
    assert values(section, "demand_required_qty") == [55, 100, 100, 100]


def test_shipments_above_the_forecast_leave_the_orders():
    section = demand_of(date(2027, 1, 15), orders=[(date(2027, 1, 25), 20)], shipped=[(date(2027, 1, 10), 130)])
    assert values(section, "demand_required_qty") == [20, 100, 100, 100]


def test_shipments_after_as_of_and_before_the_bucket_are_not_to_date():
    section = demand_of(
        date(2027, 1, 15), shipped=[(date(2026, 12, 31), 7), (date(2027, 1, 15), 5), (date(2027, 1, 16), 9)]
    )
    assert values(section, "demand_to_date_qty") == [5, 0, 0, 0]
    assert values(section, "demand_required_qty") == [95, 100, 100, 100]


def test_a_bucket_begun_without_known_shipments_is_found():
    assert "DE209" in codes(demand_of(date(2027, 1, 15)))
    assert "DE209" not in codes(demand_of(date(2027, 1, 15), shipped=[(date(2027, 1, 2), 1)]))
    assert "DE209" not in codes(demand_of(date(2026, 12, 31)))


def test_demand_until_start_is_what_is_to_go_of_the_open_buckets():
    """On 20 November: 100 of November with 60 shipped, December whole but 130 ordered, 8 overdue from October."""
    section = demand_of(
        date(2026, 11, 20),
        orders=[(date(2026, 10, 30), 8), (date(2026, 12, 5), 130), (date(2027, 1, 5), 10)],
        shipped=[(date(2026, 11, 10), 60)],
    )
    assert values(section, "demand_until_start_qty") == [8 + 40 + 130, 0, 0, 0]
    assert values(section, "demand_overdue_qty") == [0, 0, 0, 0]
    assert values(section, "demand_required_qty") == [100, 100, 100, 100]


def test_on_the_eve_of_the_plan_nothing_is_to_go_before_it():
    section = demand_of(date(2026, 12, 31), orders=[(date(2026, 12, 5), 30)])
    assert values(section, "demand_until_start_qty") == [0, 0, 0, 0]
    assert values(section, "demand_overdue_qty") == [30, 0, 0, 0]
    assert values(section, "demand_to_date_qty") == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("fulfillment", "first", "second"), [("make_to_order", 30, 100), ("make_to_stock", 100, 100), ("", 100, 100)]
)
def test_inside_the_demand_fence_only_orders_ask_for_what_is_made_to_order(fulfillment, first, second):
    fences = {"item": [""], "location": [""], "demand_days": [31], "planning_days": [0]}
    section = demand_of(
        date(2026, 12, 31), orders=[(date(2027, 1, 5), 30)], fences=fences, fulfillment=fulfillment
    )  # fmt: skip
    assert values(section, "demand_required_qty")[:2] == [first, second]
    assert ("DE210" in codes(section)) is (first == 30)
    assert values(section, "demand_consensus_qty") == [100] * 4


def test_a_fence_runs_from_as_of_and_holds_a_bucket_by_most_of_its_days():
    days = np.array([31, 28, 31])
    assert buckets_inside(days, -10, np.array([10.0, 25.0, 26.0])).tolist() == [
        [False, False, False],
        [False, False, False],
        [True, False, False],
    ]
    assert buckets_inside(days, 15, np.array([8.0, 9.0])).tolist() == [[False, False, False], [True, False, False]]


def test_the_first_open_bucket_is_that_of_the_day_after_as_of():
    head = DatasetHead.of(name="c", currency="EUR", bucket="month", start=date(2027, 3, 1), horizon=6)
    days = {date(2027, 2, 28): 0, date(2027, 3, 14): 0, date(2027, 2, 27): -1, date(2027, 1, 31): -1}
    assert {day: first_open_bucket(dataclasses.replace(head, as_of=day)) for day in days} == days
