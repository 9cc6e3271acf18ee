"""Capacity of resources: the columns of table resources, calendars, and what a bucket's rows change."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.supply.capacity.capacity import read_capacity
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply


def frame(name, rows):
    columns = sorted({column for row in rows for column in row})
    return conformed(table(name), {column: [row.get(column) for row in rows] for column in columns})


def capacity(inputs, red_tomato, resource, *, changes=(), days=(), as_of=date(2026, 12, 31), **calendar):
    tables = red_tomato()
    row = {"resource": "assembly", "location": "plant", "name": "A", **resource}
    tables["resources"] = [row]
    given = inputs(tables, **calendar)
    changed = frame("resource_calendar", [{"resource": "assembly", **change} for change in changes])
    worked = frame("calendars", [{"calendar": "c", "date": day, "working": work} for day, work in days])
    return read_capacity(given.axes, frame("resources", [row]), changed, worked, as_of)


def test_rated_capacity_of_the_textbook(inputs, red_tomato):
    """D8: 4 machines × 8 h × 5 days × 0.85 × 1.10 = 149.6 standard hours a week."""
    row = {"units": 4, "hours_per_shift": 8, "utilization_pct": 85, "efficiency_pct": 110}
    found, _ = capacity(
        inputs, red_tomato, row, bucket="week", start=date(2027, 1, 4), as_of=date(2027, 1, 3), horizon=30
    )
    assert found.clock[0].tolist() == [160.0] * 30
    assert float(found.clock[0, 0] * found.rate[0]) == pytest.approx(149.6)


def test_hours_per_working_day_follow_the_calendar(inputs, red_tomato):
    holiday = [(date(2027, 1, 1), 0), (date(2027, 1, 2), 1), (date(2027, 2, 1), 0.5)]
    row = {"calendar": "c", "capacity_hours": 10, "capacity_per": "working_day"}
    found, _ = capacity(inputs, red_tomato, row, days=holiday)
    # January 2027 has 21 week days, February 20.
    assert found.clock[0, :2].tolist() == [210.0, 195.0]


def test_hours_per_week_and_stated_hours(inputs, red_tomato):
    found, _ = capacity(inputs, red_tomato, {"capacity_hours": 70, "capacity_per": "week"})
    assert found.clock[0, :2].tolist() == [310.0, 280.0]
    days = [(date(2027, 1, 4), 8), (date(2027, 1, 5), 6)]
    found, _ = capacity(inputs, red_tomato, {"calendar": "c"}, days=days)
    assert found.clock[0, 0] == 14.0


def test_rows_of_one_bucket_add_and_replace_the_rated_hours(inputs, red_tomato):
    changes = [
        {"date": date(2027, 2, 1), "capacity_hours": 30, "max_overtime_hours": 5},
        {"date": date(2027, 2, 20), "capacity_hours": 40},
    ]
    found, _ = capacity(inputs, red_tomato, {"capacity_hours": 100}, changes=changes)
    assert found.clock[0, :3].tolist() == [100.0, 70.0, 100.0]
    assert found.overtime[0, :3].tolist() == [0.0, 5.0, 0.0]


def test_only_the_days_to_go_count_in_the_first_bucket(inputs, red_tomato):
    """January 2027 has 21 week days, 11 of them after the 15th... the 16th and 17th are a weekend: 10."""
    row = {"capacity_hours": 210, "calendar": "plant"}
    found, _ = capacity(inputs, red_tomato, row, as_of=date(2027, 1, 15))
    assert found.clock[0, :2].tolist() == [100.0, 210.0]


def test_without_a_calendar_all_days_to_go_count_in_the_first_bucket(inputs, red_tomato):
    found, _ = capacity(inputs, red_tomato, {"capacity_hours": 310}, as_of=date(2027, 1, 15))
    assert found.clock[0, :2].tolist() == [160.0, 310.0]


def test_workforce_without_hours_is_none(inputs, red_tomato):
    found, findings = capacity(inputs, red_tomato, {"workers": 5})
    assert not found.is_workforce[0]
    assert [finding.code for finding in findings] == ["SU118", "SU104"]


def test_constant_capacity_with_unequal_days_is_noted(inputs, red_tomato):
    _, findings = capacity(inputs, red_tomato, {"capacity_hours": 100, "calendar": "c"})
    assert [finding.code for finding in findings] == ["SU116"]


def test_hiring_respects_its_lead_time(inputs, red_tomato):
    tables = red_tomato((6000, 6000, 6000, 6000, 6000, 6000))
    tables["resources"][0]["hire_lead_days"] = 45
    plan = plan_supply(inputs(tables))
    hired = plan.panel_of("hire_count")["hire_count"][0]
    assert hired[:2].tolist() == [0.0, 0.0] and hired[2] > 0


def test_machine_limit_of_a_workforce(inputs, red_tomato):
    tables = red_tomato()
    tables["resources"][0]["capacity_hours"] = 9_000
    plan = plan_supply(inputs(tables, policy={"closing_backlog": False}))
    panel = plan.panel_of("capacity_load_hours")
    assert panel["capacity_load_hours"].max() == pytest.approx(9_000, abs=1e-4)
    assert (panel["capacity_available_hours"] <= 9_000).all()
    np.testing.assert_allclose(panel["capacity_paid_hours"], panel["workforce_count"] * 160, atol=1e-3)


def test_demonstrated_capacity(inputs, red_tomato):
    """Best four of the last closed months: 100, 200, 300, 400, 300 units × 4 h; the rated capacity is not known."""
    tables = red_tomato()
    tables["resources"] = [{"resource": "assembly", "location": "plant", "name": "A", "efficiency_pct": 80}]
    tables["production_history"] = [
        {"item": "tool", "date": date(2026, month, 10), "quantity": quantity}
        for month, quantity in ((8, 100), (9, 200), (10, 300), (11, 400), (12, 300))
    ]
    tables["production_history"].append({"item": "tool", "date": date(2026, 7, 1), "quantity": 0})
    network = read_network(inputs(tables))
    assert network.demonstrated.tolist() == [1200.0]
    assert np.isinf(network.capacity.clock).all()
    limited = plan_supply(inputs(tables, policy={"capacity": "demonstrated"}))
    panel = limited.panel_of("capacity_load_hours")
    assert panel["capacity_demonstrated_hours"].tolist() == [[1200.0] * 6]
    assert panel["capacity_load_hours"].max() <= 1200 + 1e-4
    assert "SU115" in [finding.code for finding in limited.findings]
    tables["production_history"] = [
        {**row, "resource": "assembly", "hours": 500} for row in tables["production_history"]
    ]
    assert read_network(inputs(tables)).demonstrated.tolist() == [400.0]  # 500 clock hours at 80 %
