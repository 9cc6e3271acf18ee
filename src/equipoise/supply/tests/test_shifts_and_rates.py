"""Extra shifts and changes of the production rate, with numbers done by hand."""

from datetime import date

import pytest

from equipoise.supply.tests.shop import Shop, first, shop_tables


def works(demand=(150, 50, 50), **line):
    """x is made at a, an hour each, on a line of 100 hours; y is not made."""
    tables = shop_tables(demand)
    tables["forecast"] = [row for row in tables["forecast"] if row["item"] == "x"]
    tables["purchasing"] = []
    tables["resources"] = [{"resource": "line", "location": "a", "name": "line", "capacity_hours": 100} | line]
    tables["routings"] = [{"item": "x", "location": "a", "resource": "line", "hours_per_unit": 1, "variable_cost": 2}]
    return tables


SHIFT = {"extra_shift_hours": 80, "extra_shift_cost": 400}


def test_a_share_of_an_extra_shift(inputs):
    shop = Shop(inputs, works(**SHIFT))
    assert shop.of("shift_hours", "line").tolist() == [50, 0, 0]
    assert shop.cost == pytest.approx(250 * 2 + 400 * 50 / 80)
    assert shop.of("capacity_load_hours", "line").tolist() == [150, 50, 50]
    assert shop.of("capacity_available_hours", "line").tolist() == [100] * 3
    assert "SU103" not in shop.codes()


def test_whole_shifts_where_people_are_whole(inputs):
    shop = Shop(inputs, works(**SHIFT), policy={"workforce": "integer"})
    assert shop.of("shift_hours", "line").tolist() == [80, 0, 0]
    assert shop.cost == pytest.approx(250 * 2 + 400)


def test_a_shift_costs_more_than_waiting(inputs):
    tables = works(**SHIFT)
    tables["costs"][0]["backlog_cost"] = 4.5
    shop = Shop(inputs, tables)
    assert shop.of("shift_hours", "line").tolist() == [0, 0, 0]
    assert shop.of("backlog_closing_qty", "x", "m").tolist() == [50, 0, 0]


def test_a_shift_takes_utilization_and_efficiency_like_any_hour(inputs):
    shop = Shop(inputs, works(**SHIFT, efficiency_pct=50))
    assert shop.of("shift_hours", "line")[0] == 80  # 40 standard hours of the 100 that are missing
    assert shop.of("backlog_closing_qty", "x", "m")[0] == pytest.approx(60)


def test_of_a_bucket_that_has_begun_a_part_of_the_shift_is_left(inputs):
    shop = Shop(inputs, works(**SHIFT), as_of=date(2027, 1, 21))
    assert shop.of("shift_hours", "line")[0] == pytest.approx(80 * 10 / 31, abs=1e-5)


def history(hours, month=12, year=2026):
    row = {"item": "x", "location": "a", "resource": "line", "date": date(year, month, 15), "quantity": 1}
    return [row | {"hours": hours}]


RATES = {"rate_up_cost": 3, "rate_down_cost": 1}


def test_a_smoother_plan_saves_changes_of_rate(inputs):
    """From 100 hours before: 30 units ahead of February cost 30 · (3 + 1 + 1), going up by 60 would cost 240."""
    tables = works((100, 160, 100), capacity_hours=200, **RATES) | {"production_history": history(100)}
    shop = Shop(inputs, tables)
    assert shop.of("production_qty", "x", "a", "").tolist() == [130, 130, 100]
    assert shop.of("rate_up_hours", "line").tolist() == [30, 0, 0]
    assert shop.of("rate_down_hours", "line").tolist() == [0, 0, 30]
    assert shop.cost == pytest.approx(360 * 2 + 30 * 3 + 30 + 30)


def test_the_first_bucket_is_free_where_nothing_is_known_before_it(inputs):
    shop = Shop(inputs, works((100, 100, 100), capacity_hours=200, **RATES))
    assert shop.of("rate_up_hours", "line").tolist() == [0, 0, 0]
    assert shop.cost == pytest.approx(600)
    tables = works((100, 100, 100), capacity_hours=200, **RATES) | {"production_history": history(100, month=11)}
    assert Shop(inputs, tables).of("rate_up_hours", "line").tolist() == [100, 0, 0]  # December stood still


def test_overtime_and_shifts_are_hours_like_others(inputs):
    tables = works((100, 160, 100), max_overtime_hours=40, overtime_cost_per_hour=2, **SHIFT, **RATES)
    tables["costs"][0]["holding_cost"] = 99
    shop = Shop(inputs, tables)
    assert shop.of("overtime_hours", "line").tolist() == [0, 40, 0]
    assert shop.of("shift_hours", "line").tolist() == [0, 20, 0]
    assert shop.of("rate_up_hours", "line").tolist() == [0, 60, 0]
    assert shop.of("rate_down_hours", "line").tolist() == [0, 0, 60]


def test_of_a_bucket_that_has_begun_the_part_to_go_is_compared(inputs):
    """Ten of 31 days are left: of the 62 hours before, 20 are as fast; 31 in February follow 10 · 31/10."""
    tables = works((10, 31, 31), **RATES) | {"production_history": history(31)}
    shop = Shop(inputs, tables, as_of=date(2027, 1, 21))
    assert shop.of("rate_up_hours", "line").sum() == pytest.approx(0, abs=1e-4)
    assert shop.of("rate_down_hours", "line").sum() == pytest.approx(0, abs=1e-4)


def test_a_resource_without_calendar_works_by_that_of_its_location(inputs):
    closed = [{"calendar": "works", "date": date(2027, 2, day), "working": 0} for day in range(1, 29)]
    tables = works((10, 10, 10), capacity_hours=None, shifts_per_day=2, hours_per_shift=8, units=3)
    tables |= {"calendars": closed, "locations": [{"location": "a", "name": "a", "type": "plant", "calendar": "works"}]}
    hours = Shop(inputs, tables).of("capacity_available_hours", "line")
    assert hours.tolist() == [3 * 2 * 8 * 21, 0, 3 * 2 * 8 * 23]
    tables["resources"][0]["calendar"] = "own"
    assert Shop(inputs, tables).of("capacity_available_hours", "line")[1] == 3 * 2 * 8 * 20


def test_first_is_a_month_like_others(inputs):
    rows = [{"resource": "line", "date": first(2), "capacity_hours": 20}]
    shop = Shop(inputs, works((10, 60, 10), **SHIFT) | {"resource_calendar": rows})
    assert shop.of("capacity_available_hours", "line").tolist() == [100, 20, 100]


def test_hours_that_no_capacity_has_change_no_rate(inputs):
    """A firm order of 130 hours on a line of 100: 30 are missing, 100 are worked, in January as before and after it."""
    order = {"reference": "r", "line": "1", "item": "x", "location": "a", "due_date": date(2027, 1, 20)}
    order |= {"quantity": 130, "type": "production", "status": "firm", "components_issued": 1}
    tables = works((130, 100, 100), **RATES) | {"production_history": history(100), "receipts": [order]}
    shop = Shop(inputs, tables)
    assert "SU108" in shop.codes()
    assert shop.of("capacity_load_hours", "line").tolist() == [130, 100, 100]
    assert shop.of("rate_up_hours", "line").tolist() == [0, 0, 0]
    assert shop.of("rate_down_hours", "line").tolist() == [0, 0, 0]
    assert shop.cost == pytest.approx(200 * 2)


def test_a_step_of_quantity_is_worth_the_hours_it_takes(inputs):
    """Half an hour of the clock for an hour's work at 200 %; each step changes the rate of its bucket and of the next.

    January is compared to December: its factor is 1, as those of all buckets. 3 buckets · (2 + 4 · 2) money an hour.
    """
    tables = works(efficiency_pct=200, regular_cost_per_hour=2, **RATES) | {"production_history": history(100)}
    shop = Shop(inputs, tables)
    assert shop.plan.facts["rounding_amount"] == pytest.approx(2**-20 * 0.5 * 3 * (2 + 4 * 2))
    tables["routings"][0]["hours_per_unit"] = 1000
    assert Shop(inputs, tables).plan.facts["rounding_amount"] == pytest.approx(2**-20 * 500 * 3 * (2 + 4 * 2))
