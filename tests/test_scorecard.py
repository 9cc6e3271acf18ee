"""The scorecard, its targets, the cells that make a KPI miss, conflicts between plans, and working capital."""

from math import isnan

import pytest

from equipoise import catalog
from equipoise.contributors import NothingMissed, contributors
from equipoise.core.adjustment import FUNCTIONS
from equipoise.core.table import UnknownName
from equipoise.kpi.catalogue import KPIS, card, kpi_named
from equipoise.kpi.conflicts import CONFLICTS
from equipoise.kpi.entry import Direction, Kind
from equipoise.performance import forecast_performance
from equipoise.scorecard import moved_apart, scorecard
from kpi_company import company, eve, forecasts, history, rows

STOCK = rows("item location on_hand", ("saw", "plant", 500), ("axe", "plant", 0))
SHORT = rows("resource location name capacity_hours", ("mill", "plant", "Mill", 120))  # 150 hours are asked for
SAID = forecasts((eve(4), "consensus", "saw", "north", 4, 130), (eve(4), "consensus", "axe", "north", 4, 90))
SOLD = history(("saw", "north", 4, 100), ("axe", "north", 4, 100))


def score(plan, name, **asked):
    (found,) = scorecard(plan, kpis=[kpi_named(name)], **asked)
    return found


# The catalogue


def test_every_entry_names_a_measure_or_a_column_and_says_what_it_needs():
    columns = set(forecast_performance(company(), by=()).columns)
    for kpi in KPIS:
        assert bool(kpi.measure) != bool(kpi.column), kpi.name
        if kpi.measure:
            measure = catalog.measure_named(kpi.measure)
            assert measure.rolls_up and measure.unit is kpi.unit, kpi.name
            assert kpi.needs or not measure.nullable, kpi.name
        else:
            assert kpi.column in columns and catalog.measure_named(kpi.drill).is_additive, kpi.name
        assert kpi.formula and {kpi.owner, *kpi.shared_with} <= set(FUNCTIONS), kpi.name
        assert kpi.owner not in kpi.shared_with, kpi.name
        assert kpi.sign or kpi.direction is not Direction.ZERO, kpi.name
    assert len({kpi.name for kpi in KPIS}) == len(KPIS)


def test_every_function_that_plans_has_a_card_with_shared_numbers():
    for function in set(FUNCTIONS) - {"coordinator"}:
        assert {kpi.owner for kpi in card(function)} > {function}, function
    assert {kpi.kind for kpi in KPIS} == set(Kind)


def test_an_unknown_kpi_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean Fill rate"):
        kpi_named("Fil rate")


def test_conflicts_are_of_kpis_that_exist_and_say_why():
    assert len({frozenset(conflict.pair) for conflict in CONFLICTS}) == len(CONFLICTS)
    for conflict in CONFLICTS:
        one, other = conflict.kpis
        assert one is not other and conflict.why.endswith(".")


# Scores


def test_a_score_says_met_missed_no_target_or_unknown_in_words_and_sign():
    plan = company(resources=SHORT)  # a fifth of the hours is missing
    found = {name: score(plan, name) for name in ("Fill rate", "Overtime", "Stock value", "Forecast accuracy")}
    assert {name: (one.status, one.symbol) for name, one in found.items()} == {
        "Fill rate": ("missed", "✗"),
        "Overtime": ("met", "✓"),
        "Stock value": ("no target", "·"),
        "Forecast accuracy": ("unknown", "?"),
    }
    assert found["Forecast accuracy"].as_json()["value"] is None
    assert "forecast_archive" in found["Forecast accuracy"].as_json()["needs"]


def test_trend_by_quarter_is_of_what_will_be_or_of_what_has_been():
    plan = company(forecast_archive=SAID, sales_history=SOLD, inventory=STOCK)
    ahead, behind = score(plan, "Stock value"), score(plan, "Forecast accuracy")
    assert [quarter for quarter, _ in ahead.trend] == ["Q2 FY27", "Q3 FY27"]
    assert behind.trend == (("Q2 FY27", 80.0),)
    assert (ahead.turn, behind.turn) == ("better", "")  # less stock; one quarter has no trend
    cover = score(plan, "Days of supply")
    assert [value for _, value in cover.trend] == [pytest.approx(7.75), 0]
    assert cover.turn == "steady"  # nobody has said how much is enough


def test_a_target_of_the_company_or_a_node_goes_before_the_catalogue():
    targets = rows(
        "measure item market year value",
        ("forecast_accuracy_pct", "", "", 2026, 70),
        ("forecast_accuracy_pct", "", "", 2027, 85),
        ("forecast_accuracy_pct", "", "", 2028, 99),
        ("forecast_accuracy_pct", "tools", "", 2027, 75),
        ("forecast_accuracy_pct", "", "home", 2027, 79),
    )
    plan = company(forecast_archive=SAID, sales_history=SOLD, targets=targets)
    assert (score(plan, "Forecast accuracy").target, score(plan, "Forecast accuracy").status) == (85, "missed")
    by_family = score(plan, "Forecast accuracy", level="family")
    assert (by_family.node, by_family.target, by_family.status) == ("tools", 75, "met")
    by_region = {one.node: one.target for one in scorecard(plan, level="region", kpis=[kpi_named("Forecast accuracy")])}
    assert by_region == {"home": 79, "away": 80}
    assert "PL101" not in {finding.code for finding in plan.findings if "targets" in finding.where}


def test_a_level_leaves_out_what_has_no_meaning_at_it():
    plan = company(inventory=STOCK)
    names = {one.kpi.name for one in scorecard(plan, level="family")}
    assert "Inventory turns" in names
    assert "Capacity load" not in names
    assert {one.kpi.name for one in scorecard(plan, level="resource")} >= {"Capacity load", "Utilization"}
    with pytest.raises(UnknownName):
        scorecard(plan, level="planet")


def test_stock_by_region_of_the_market_is_no_number():
    names = {one.kpi.name for one in scorecard(company(inventory=STOCK), level="region")}
    assert "Fill rate" in names
    assert "Inventory turns" not in names  # stock lies in the regions of locations, sales in those of markets


# Contributors


def parts(frame, *keys):
    return {tuple(row[key] for key in keys): row["contribution"] for row in frame.rows(named=True)}


def test_contributions_sum_to_the_miss_and_the_worst_is_first():
    plan = company(forecast_archive=SAID, sales_history=SOLD)
    frame = contributors(plan, "Forecast error", top=10)  # 30 + 10 of 200: 20 %, just met
    assert parts(frame, "item", "market", "bucket") == {("saw", "north", "Apr 2027"): 5.0}
    strict = contributors(plan, "Forecast error", target=0.0)
    assert parts(strict, "item") == {("saw",): 15.0, ("axe",): 5.0}
    assert strict["share_pct"].to_list() == [75, 25]
    bias = contributors(plan, "Forecast bias")
    assert parts(bias, "item") == {("saw",): 15.0}  # the axe was too low and pulls the other way
    assert bias["share_pct"].to_list() == [150]


def test_a_complement_is_split_as_what_it_stands_for():
    plan = company(forecast_archive=SAID, sales_history=SOLD)
    accuracy = contributors(plan, "Forecast accuracy", target=100.0)
    assert parts(accuracy, "item") == {("saw",): -15.0, ("axe",): -5.0}


def test_unmet_units_make_the_fill_rate_miss():
    plan = company(resources=SHORT)
    frame = contributors(plan, "Fill rate", top=50, target=100.0)
    assert sum(frame["contribution"].to_list()) == pytest.approx(plan.total("service_fill_pct") - 100.0)
    assert frame["share_pct"].sum() == pytest.approx(100.0)
    assert frame["contribution"].is_sorted()


def test_without_a_target_cells_are_held_against_the_whole():
    plan = company(inventory=STOCK)
    frame = contributors(plan, "Gross margin")
    assert frame["share_pct"].null_count() == frame.height > 0
    assert set(frame["item"].to_list()) == {"axe"}  # costs 8 of a price of 10, the saw 4


def test_kpis_of_several_grains_are_split_by_item():
    plan = company(inventory=STOCK)
    frame = contributors(plan, "Inventory turns", target=4.0)
    assert frame.height == 0  # both items turn faster than that: nothing is missing
    slow = contributors(plan, "Inventory turns", target=1000.0)
    assert slow.select("item", "bucket").rows() == [("saw", "all")]
    assert slow["contribution"][0] == pytest.approx(2400 * 4 / (2600 / 3) - 1000.0)


def test_sums_over_several_grains_name_the_keys_of_each_part():
    plan = company(resources=SHORT)
    frame = contributors(plan, "Total cost", top=3)
    assert frame["contribution"].is_sorted(descending=True)
    assert {"item", "location", "resource"} & set(frame.columns)
    assert contributors(plan, "Plan margin", top=1)["contribution"][0] < 0


def test_a_tracking_signal_is_split_into_the_errors_it_is_made_of():
    plan = company(forecast_archive=SAID, sales_history=SOLD)
    assert parts(contributors(plan, "Tracking signal"), "item") == {("saw",): 30.0}


def test_what_is_not_known_has_no_cells():
    with pytest.raises(NothingMissed, match="table forecast_archive"):
        contributors(company(), "Forecast error")


# Conflicts


def test_overtime_buys_service():
    lazy = {**SHORT, "overtime_cost_per_hour": [1], "regular_cost_per_hour": [1], "max_overtime_hours": [0]}
    before, after = company(resources=lazy), company(resources={**lazy, "max_overtime_hours": [60]})
    found = {moved.conflict.pair: moved for moved in moved_apart(before, after)}
    moved = found["Fill rate", "Overtime"]
    assert (moved.gained.name, moved.lost.name) == ("Fill rate", "Overtime")
    assert moved.after["Overtime"] > moved.before["Overtime"] == 0
    back = {moved.conflict.pair: moved for moved in moved_apart(after, before)}["Fill rate", "Overtime"]
    assert (back.gained.name, back.lost.name) == ("Overtime", "Fill rate")
    assert back.as_json()["why"] == moved.conflict.why


def test_the_same_plan_is_at_peace_with_itself():
    plan = company(resources=SHORT)
    assert moved_apart(plan, plan) == ()


# Working capital


def test_days_outstanding_of_the_demo_company_follow_its_terms(demo_plan):
    """Customers pay after 42 days: once the months before the plan have run through, that much is outstanding."""
    sales = demo_plan.frame("receivable_outstanding_days", by=("bucket",))["receivable_outstanding_days"].to_list()
    assert 36 < sum(sales[4:12]) / 8 < 48
    cash = demo_plan.total("cash_to_cash_days")
    parts = [demo_plan.total(f"{name}_outstanding_days") for name in ("inventory", "receivable", "payable")]
    assert cash == pytest.approx(parts[0] + parts[1] - parts[2])
    assert not any(isnan(part) for part in parts)
