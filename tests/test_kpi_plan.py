"""KPIs of the tiny company through the plan: service, stock, hours, adherence, each number worked by hand."""

from datetime import date

import numpy as np
import pytest

from equipoise import explain, plan_adherence, read_plan, write_plan
from equipoise.core.grid import BeyondExact
from equipoise.testing import assert_plans_equal
from kpi_company import ROUTINGS, company, day, eve, history, rows

SAW_STOCK = rows("item location on_hand", ("saw", "plant", 500), ("axe", "plant", 0))
LINES = "order line schedule item market ordered_date requested_date shipped_date ordered_qty shipped_qty cancelled_qty"


def unknown(values):
    return bool(np.isnan(np.asarray(values)).all())


def codes(plan):
    return {finding.code for finding in plan.findings}


# Service


def test_realized_fill_is_what_was_shipped_by_its_requested_date():
    plan = company(sales_history=history(("saw", "north", 3, 100, 90), ("axe", "south", 4, 300, 300)))
    assert plan.total("service_realized_pct") == 97.5
    assert plan.by_bucket("service_realized_pct").tolist() == [90, 100]
    assert plan.frame("service_realized_pct", by=("item",))["service_realized_pct"].to_list() == [100, 90]
    assert plan.by_bucket("service_late_qty").tolist() == [10, 0]


def test_shipped_over_ordered_is_not_service():
    plan = company(sales_history=history(("saw", "north", 3, 100), ("saw", "north", 4, 100)))
    assert unknown(plan.total("service_realized_pct"))
    (found,) = [finding for finding in plan.findings if finding.code == "KP110"]
    assert "none of 2 rows" in found.message
    assert "not service" in found.remedy


def test_rows_without_on_time_are_left_out_on_both_sides():
    plan = company(sales_history=history(("saw", "north", 3, 100, 80), ("saw", "north", 4, 900)))
    assert plan.total("service_realized_pct") == 80
    assert "KP111" in codes(plan)


def test_an_open_bucket_has_no_service_yet():
    sold = history(("saw", "north", 3, 100, 80), ("saw", "north", 4, 100, 0))
    assert company(sales_history=sold, head={"history_to": day(4, 29)}).total("service_realized_pct") == 80


def order(number, line, item, requested, shipped, ordered, left, cancelled=None, *, schedule="", market="north"):
    return number, line, schedule, item, market, day(1), requested, shipped, ordered, left, cancelled


def with_lines(*lines):
    sold = history(("saw", "north", 3, 1), ("saw", "north", 4, 1))
    return company(order_lines=rows(LINES, *lines), sales_history=sold)


def test_on_time_in_full_counts_lines_and_perfect_orders_count_orders():
    plan = with_lines(
        order("A", "1", "saw", day(4, 10), day(4, 9), 10, 10),
        order("A", "2", "axe", day(4, 10), day(4, 10), 10, 10),
        order("A", "3", "axe", day(4, 10), day(4, 11), 10, 10),  # a day late: the order is not perfect
        order("B", "1", "saw", day(4, 20), day(4, 20), 10, 8),  # short
        order("C", "1", "saw", day(4, 20), day(4, 20), 10, 8, 2),  # in full: two were cancelled
        order("D", "1", "saw", day(4, 20), None, 10, None, 10),  # cancelled: no line is due
        order("E", "1", "saw", day(5, 20), None, 10, None),  # not due yet
        order("F", "1", "saw", day(3, 20), None, 10, None),  # due and not shipped
    )
    assert plan.total("service_lines_number") == 6
    assert plan.total("service_otif_pct") == pytest.approx(100 * 3 / 6)
    assert plan.total("service_orders_number") == 4  # exactly: a third of an order is on the grid too
    assert plan.total("service_perfect_pct") == 25
    assert plan.by_bucket("service_otif_pct").tolist() == [0, 60]
    by_item = dict(zip(*plan.frame("service_otif_pct", by=("item",)).to_dict(as_series=False).values(), strict=True))
    assert by_item == {"axe": 50, "saw": 50}


def test_a_line_is_as_late_as_its_last_schedule():
    plan = with_lines(
        order("A", "1", "saw", day(3, 10), day(3, 10), 5, 5, schedule="1"),
        order("A", "1", "saw", day(4, 10), day(4, 12), 5, 5, schedule="2"),
    )
    assert plan.by_bucket("service_lines_number").tolist() == [0, 1]
    assert plan.total("service_otif_pct") == 0


def test_lines_without_ship_dates_say_nothing_about_service():
    plan = with_lines(order("A", "1", "saw", day(4, 10), None, 10, None))
    assert unknown(plan.total("service_otif_pct"))
    assert unknown(plan.total("service_perfect_pct"))
    assert "KP112" in codes(plan)


# Stock: 200 saws a month from a stock of 500 and no production: 300, 100, 0 (100 made in July)


def test_turns_dio_and_gmroi_take_average_stock_with_the_opening():
    plan = company(inventory=SAW_STOCK)
    assert plan.by_bucket("inventory_closing_qty").tolist() == [300, 100, 0]
    assert plan.by_bucket("inventory_average_amount").tolist() == [1600, 800, 200]  # (500 + 300) / 2 × 4
    average, sold = (1600 + 800 + 200) / 3, 3 * (200 * 4 + 200 * 8)
    assert plan.total("inventory_average_amount") == pytest.approx(average)
    assert plan.total("inventory_turns_ratio") == pytest.approx(sold * 4 / average)
    assert plan.total("inventory_outstanding_days") == pytest.approx(average / sold * (31 + 30 + 31))
    assert plan.total("inventory_gmroi_ratio") == pytest.approx((3 * 4000 - sold) * 4 / average)
    assert plan.by_bucket("inventory_turns_ratio")[0] == pytest.approx(2400 * 12 / 1600)
    by_item = plan.frame("inventory_turns_ratio", by=("item",))["inventory_turns_ratio"].to_list()
    assert by_item[1] == pytest.approx(2400 * 4 / average)
    assert unknown(by_item[0])  # axe has no stock to turn
    quarters = plan.frame("inventory_turns_ratio", by=("fiscal_quarter",))["inventory_turns_ratio"].to_list()
    assert quarters == [pytest.approx(4800 * 6 / 1200), pytest.approx(2400 * 12 / 200)]


def test_turns_and_days_of_inventory_are_one_number():
    plan = company(inventory=SAW_STOCK)
    year = 92 * 12 / 3
    assert plan.total("inventory_turns_ratio") * plan.total("inventory_outstanding_days") == pytest.approx(year)


def test_no_stock_has_no_turns_and_that_is_neither_zero_nor_endless():
    assert unknown(company().total("inventory_turns_ratio"))


def test_without_a_count_of_stock_or_a_standard_cost_turns_are_unknown():
    assert unknown(company(without=("inventory",)).total("inventory_turns_ratio"))
    assert unknown(company(inventory=SAW_STOCK, without=("costs",)).total("inventory_turns_ratio"))


def test_days_of_supply_walk_through_the_demand_that_follows():
    plan = company(inventory=SAW_STOCK)
    saw = plan.by_bucket("inventory_cover_days", item="saw")
    # 300 in May: June's 200 in 30 days, then 100 of July's 200 in 31. 100 in June: half of July. None in July.
    assert saw.tolist() == pytest.approx([30 + 15.5, 15.5, 0])
    assert plan.by_bucket("inventory_cover_days").tolist() == pytest.approx([22.5, 7.75, 0])  # 400 a month with the axe
    assert plan.total("inventory_cover_days", item="saw") == 0
    assert plan.frame("inventory_cover_days", by=("item", "fiscal_quarter"))["inventory_cover_days"].to_list()[2:] == [
        15.5,
        0,
    ]


def test_stock_without_demand_has_no_days_of_supply():
    only_axe = rows("item market date quantity", *(("axe", "north", day(month), 10) for month in (5, 6, 7)))
    plan = company(inventory=SAW_STOCK, forecast=only_axe)
    assert unknown(plan.by_bucket("inventory_cover_days", item="saw"))


@pytest.mark.parametrize("rule", [("max_qty", 250), ("max_days", 20)])
def test_stock_in_its_band(rule):
    name, most = rule
    policy = rows(f"item location {name}", ("saw", "", most))
    plan = company(inventory=SAW_STOCK, inventory_policy=policy)
    assert plan.total("inventory_banded_number") == 3  # the axe has no maximum, so no band
    assert plan.by_bucket("inventory_in_band_number").tolist() == [0, 1, 1]
    assert plan.total("inventory_in_band_pct") == pytest.approx(100 * 2 / 3)


def test_below_safety_stock_is_outside_the_band():
    policy = rows("item location max_qty safety_stock_qty", ("saw", "", 250, 50))
    plan = company(inventory=SAW_STOCK, inventory_policy=policy, policy={"safety_stock": "policy"})
    assert plan.by_bucket("inventory_safety_qty").tolist() == [50, 50, 50]
    inside = [float(50 <= stock <= 250) for stock in plan.by_bucket("inventory_closing_qty", item="saw")]
    assert plan.by_bucket("inventory_in_band_number").tolist() == inside


def test_without_a_maximum_the_band_is_unknown():
    assert unknown(company(inventory=SAW_STOCK).total("inventory_in_band_pct"))


def test_turns_and_days_of_supply_explain_themselves():
    plan = company(inventory=SAW_STOCK)
    turns = explain(plan, "inventory_turns_ratio", bucket=0, item="saw")
    assert turns.value == pytest.approx(800 * 12 / 1600)
    assert turns.node.text.endswith("1 × 12 buckets a year × 800 / 1,600")
    assert [child.value for child in turns.node.children] == [800, 1600]
    lasts = explain(plan, "inventory_cover_days", bucket=0, item="saw")
    assert (lasts.value, lasts.unit) == (pytest.approx(45.5), "days")
    stock, june, july = lasts.node.children  # what lasts, and the demand it is walked through
    assert (stock.value, june.value, july.value) == (300, 200, 200)
    held = explain(plan, "inventory_outstanding_days", bucket=0)
    assert "31 days × 1,600 / 2,400" in held.node.text


def test_parts_and_ratios_survive_the_disk(tmp_path):
    plan = company(sales_history=history(("saw", "north", 4, 100, 90)), inventory=SAW_STOCK)
    write_plan(plan, tmp_path / "plan")
    again = read_plan(tmp_path / "plan")
    assert_plans_equal(plan, again)
    assert again.total("service_realized_pct") == 90
    assert unknown(again.total("inventory_variance_qty"))


# Hours


def made(*given):
    return rows("item location resource date quantity hours", *given)


def test_utilization_and_efficiency_of_closed_buckets():
    told = made(("saw", "plant", "mill", day(3, 9), 100, 60), ("axe", "plant", "mill", day(4, 9), 100, 20))
    plan = company(production_history=told)
    assert plan.by_bucket("capacity_earned_hours").tolist() == [50, 25]
    assert plan.by_bucket("capacity_utilization_pct").tolist() == [30, 10]
    assert plan.total("capacity_efficiency_pct") == pytest.approx(100 * 75 / 80)


def test_standard_hours_are_per_unit_started_and_capacity_of_a_bucket_may_differ():
    bill = {**ROUTINGS, "yield_pct": [50, None]}
    shut = rows("resource date capacity_hours", ("mill", day(3, 1), 80), ("mill", day(3, 20), 40))
    told = made(("saw", "plant", "mill", day(3, 9), 100, 60))
    plan = company(production_history=told, routings=bill, resource_calendar=shut)
    assert plan.total("capacity_earned_hours") == 200 / 2
    assert plan.by_bucket("capacity_clock_hours").tolist() == [120, 200]
    assert plan.by_bucket("capacity_utilization_pct").tolist() == [50, 0]


def test_a_bill_of_the_family_counts_where_the_item_has_none():
    bill = rows(
        "item location resource hours_per_unit", ("tools", "plant", "mill", 0.1), ("axe", "plant", "mill", 0.25)
    )
    told = made(("saw", "", "mill", day(4, 9), 100, 10), ("axe", "plant", "mill", day(4, 9), 100, 10))
    assert company(production_history=told, routings=bill).total("capacity_earned_hours") == 10 + 25


def test_hours_without_a_routing_stay_out_of_efficiency_and_are_found():
    told = made(("saw", "plant", "mill", day(4, 9), 100, 50), ("saw", "plant", "press", day(4, 9), 100, 50))
    press = rows(
        "resource location name capacity_hours", ("mill", "plant", "Mill", 200), ("press", "plant", "Press", 200)
    )
    plan = company(production_history=told, resources=press)
    assert plan.total("capacity_efficiency_pct") == 100
    (found,) = [finding for finding in plan.findings if finding.code == "KP115"]
    assert found.message == (
        "1 of 2 rows with 50 of 100 hours are of items without hours_per_unit there, the first of them "
        "saw on press at plant"
    )
    assert "table routings" in found.remedy
    assert "KP117" not in codes(plan)


def test_hours_on_no_resource_are_found_as_such():
    told = made(("saw", "plant", "mill", day(4, 9), 100, 50), ("saw", "", "", day(4, 9), 100, 25))
    (found,) = [finding for finding in company(production_history=told).findings if finding.code == "KP115"]
    assert found.message.startswith("1 of 2 rows with 25 of 75 hours")
    assert found.message.endswith("the first of them saw on no resource")
    assert "names no resource" in found.remedy


@pytest.mark.parametrize("quantity", [1e11, -1e11])
def test_hours_too_many_to_add_up_are_unknown_and_stop_no_plan(quantity):
    true, false = (("saw", "plant", "mill", day(4, 9), each, 50) for each in (100, quantity))
    plan = company(production_history=made(true, false))
    assert plan.total("capacity_earned_hours") == company(production_history=made(true)).total("capacity_earned_hours")
    (found,) = [finding for finding in plan.findings if finding.code == "KP117"]
    assert found.message.startswith(
        "1 of 2 rows with 50 of 100 hours come to more standard hours than can be added up exactly"
    )
    assert f"{quantity:,.0f} saw on mill at 0.5 h each" in found.message
    assert "quantity in table production_history" in found.remedy
    assert "KP115" not in codes(plan)


def test_a_number_beyond_exact_is_told_with_its_sign():
    told = r"capacity_earning_hours of mill in \w+ 2027 comes to -1e\+11; numbers up to"
    with pytest.raises(BeyondExact, match=told):
        company(production_history=made(("saw", "plant", "mill", day(4, 9), 100, -1e11)))


def test_rows_without_hours_tell_nothing_of_utilization():
    plan = company(production_history=made(("saw", "plant", "mill", day(4, 9), 100, None)))
    assert unknown(plan.total("capacity_utilization_pct"))


@pytest.mark.parametrize(
    ("row", "hours"),
    [
        (("mill", "plant", "Mill", 8, "working_day", None, None, None, None), 8 * 22),  # April 2027 has 22 working days
        (("mill", "plant", "Mill", 70, "week", None, None, None, None), 70 / 7 * 30),
        (("mill", "plant", "Mill", None, "", 2, 2, 8, None), 2 * 2 * 8 * 22),
        (("mill", "plant", "Mill", None, "", None, None, 8, 5), 5 * 8 * 22),
        (("mill", "plant", "Mill", 500, "", None, None, 8, 5), 500),  # the machine holds back the crew
    ],
)
def test_clock_hours_as_resources_state_them(row, hours):
    names = "resource location name capacity_hours capacity_per units shifts_per_day hours_per_shift workers"
    told = made(("saw", "plant", "mill", day(4, 9), 100, 60))
    plan = company(production_history=told, resources=rows(names, row))
    assert plan.total("capacity_clock_hours") == pytest.approx(hours)


# Adherence

PLAN = "made_date measure item location market date quantity"


def archived(*given):
    return rows(PLAN, *given)


def production(made_on, item, month, units, location=""):
    return made_on, "production_qty", item, location, "", day(month), units


def consensus(made_on, item, month, units, market=""):
    return made_on, "demand_consensus_qty", item, "", market, day(month), units


REPORTED = made(("saw", "plant", "mill", day(4, 9), 90, None), ("axe", "plant", "mill", day(4, 9), 60, None))


def test_adherence_by_item_does_not_net_and_by_family_does():
    plan = company(
        production_history=REPORTED,
        plan_archive=archived(production(eve(4), "saw", 4, 100), production(eve(4), "axe", 4, 50)),
    )
    assert plan.total("production_adherence_pct") == pytest.approx(100 * (1 - 20 / 150))
    by_item = plan_adherence(plan, by=("item",)).rows(named=True)
    assert [(row["item"], row["item_pct"], row["total_pct"]) for row in by_item] == [
        ("axe", pytest.approx(80), pytest.approx(80)),
        ("saw", pytest.approx(90), pytest.approx(90)),
    ]
    (family,) = plan_adherence(plan, by=("family",)).rows(named=True)
    assert (family["planned_qty"], family["made_qty"], family["total_pct"]) == (150, 150, 100)
    assert family["item_pct"] == pytest.approx(100 * (1 - 20 / 150))


def test_the_plan_counts_as_it_was_frozen_at_the_fence():
    fence = rows("item location planning_days", ("", "", 30))
    plans = archived(production(day(3, 1), "saw", 4, 80), production(day(3, 10), "saw", 4, 90))
    plan = company(production_history=REPORTED, plan_archive=plans, fences=fence)
    assert plan.total("production_frozen_qty") == 80  # made 31 days ahead; the newer one lies inside the fence
    assert plan.total("production_adherence_pct") == pytest.approx(100 * (1 - 10 / 80))
    loose = company(production_history=REPORTED, plan_archive=plans)
    assert loose.total("production_adherence_pct") == 100


def test_a_plan_made_after_its_bucket_began_was_not_frozen():
    plan = company(production_history=REPORTED, plan_archive=archived(production(day(4, 2), "saw", 4, 90)))
    assert unknown(plan.total("production_adherence_pct"))
    assert "KP113" in codes(plan)


def test_a_first_cycle_has_no_adherence_and_no_variance_not_zero():
    plan = company(production_history=REPORTED)
    for name in ("production_adherence_pct", "inventory_variance_qty", "production_change_pct", "demand_change_pct"):
        assert unknown(plan.total(name)), name
    assert plan_adherence(plan, by=())["item_pct"].to_list() == [None]


def test_a_plan_by_location_is_held_against_what_that_location_made():
    places = rows("location name type", ("plant", "Plant", "plant"), ("annex", "Annex", "plant"))
    bill = rows("item location resource hours_per_unit", ("saw", "plant", "mill", 0.5), ("saw", "annex", "mill", 0.5))
    told = made(("saw", "plant", "mill", day(4, 9), 70, None), ("saw", "annex", "mill", day(4, 9), 30, None))
    given = {"locations": places, "routings": bill, "production_history": told}
    parts = archived(production(eve(4), "saw", 4, 50, "plant"), production(eve(4), "saw", 4, 50, "annex"))
    assert company(plan_archive=parts, **given).total("production_adherence_pct") == 60
    whole = archived(production(eve(4), "saw", 4, 100), production(eve(4), "saw", 4, 50, "annex"))
    assert company(plan_archive=whole, **given).total("production_adherence_pct") == 100


def test_plans_of_families_have_no_cell_and_are_found():
    plan = company(production_history=REPORTED, plan_archive=archived(production(eve(4), "tools", 4, 150)))
    assert unknown(plan.total("production_adherence_pct"))
    assert "KP114" in codes(plan)


def test_inventory_variance_is_production_less_sales_variance():
    """Case D10: planned stock 500, 510, 510, actual 485, 505, 470."""
    sold = rows(
        "item market date ordered_qty shipped_qty",
        *(("saw", "north", day(month), units, units) for month, units in ((2, 210), (3, 190), (4, 250))),
    )
    told = made(
        *(("saw", "plant", "mill", day(month, 9), units, None) for month, units in ((2, 195), (3, 210), (4, 215)))
    )
    plans = archived(
        *(production(eve(month), "saw", month, units) for month, units in ((2, 200), (3, 210), (4, 220))),
        *(consensus(eve(month), "saw", month, units) for month, units in ((2, 200), (3, 200), (4, 220))),
    )
    plan = company(sales_history=sold, production_history=told, plan_archive=plans)
    assert np.cumsum(plan.by_bucket("production_variance_qty")).tolist() == [-5, -5, -10]
    assert np.cumsum(plan.by_bucket("sales_variance_qty")).tolist() == [10, 0, 30]
    assert np.cumsum(plan.by_bucket("inventory_variance_qty")).tolist() == [-15, -5, -40]
    assert plan.total("inventory_variance_qty") == -40
    assert plan.frame("inventory_variance_qty", by=("family",))["inventory_variance_qty"].to_list() == [-40]


# Stability

FENCES = rows("item location demand_days planning_days", ("", "", 31, 31))


def test_stability_compares_with_the_last_plan_inside_the_fence():
    plans = archived(
        production(eve(4), "saw", 5, 999),  # an older plan does not count
        production(eve(5), "saw", 5, 250),
        production(eve(5), "saw", 6, 999),  # outside the fence
        consensus(eve(5), "saw", 5, 220),
    )
    plan = company(plan_archive=plans, fences=FENCES)
    assert plan.by_bucket("production_fenced_qty").tolist() == [250, 0, 0]
    assert plan.total("production_change_pct") == 0  # supply holds to the plan of record inside its fence
    assert plan.total("demand_change_pct") == pytest.approx(100 * 20 / 220)


def test_stability_by_market_where_the_last_plan_names_it():
    plans = archived(consensus(eve(5), "saw", 5, 120, "north"), consensus(eve(5), "saw", 5, 80, "south"))
    plan = company(plan_archive=plans, fences=FENCES)
    assert plan.total("demand_change_pct") == pytest.approx(100 * (20 + 20) / 200)
    by_market = plan.frame("demand_changed_qty", by=("market",))["demand_changed_qty"].to_list()
    assert by_market == [20, 20]


def test_without_a_fence_nothing_is_settled():
    plan = company(plan_archive=archived(consensus(eve(5), "saw", 5, 220)))
    assert unknown(plan.total("demand_change_pct"))


def test_units_made_to_date_are_part_of_this_plan():
    told = made(("saw", "plant", "mill", day(5, 9), 50, None))
    plans = archived(production(eve(5), "saw", 5, 250))
    begun = {"as_of": date(2027, 5, 10), "history_to": day(4, 30)}
    plan = company(production_history=told, plan_archive=plans, fences=FENCES, head=begun)
    assert plan.by_bucket("production_qty", item="saw")[0] == 200
    assert plan.by_bucket("production_changed_qty")[0] == 0
