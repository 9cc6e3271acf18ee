"""Plan against plan: totals, cells, and a bridge that leaves nothing over."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from equipoise.codec import read_adjustments
from equipoise.compare import CannotCompare, Comparison, compare
from equipoise.core.adjustment import Adjustment, Amount, Scope, standing
from equipoise.core.policy_change import SetPolicy
from equipoise.demand.changes import DemandOverride
from equipoise.demo import write_demo
from equipoise.finance.changes import ChangePrice
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"
MORE = Adjustment("more", DemandOverride(Amount.parse("+300")), Scope(first=date(2027, 4, 1), last=date(2027, 4, 30)))
CHEAPER = Adjustment("cheaper", ChangePrice(Amount.parse("-1")), Scope(item="tools"), seq=1)


def plan_of(folder: Path, *adjustments: Adjustment) -> Plan:
    return compute_plan(gather(read_dataset(folder)), adjustments)


@pytest.fixture(scope="module")
def tomato() -> Plan:
    return plan_of(RED_TOMATO)


@pytest.fixture(scope="module")
def comparison(tomato: Plan) -> Comparison:
    return compare(tomato, plan_of(RED_TOMATO, MORE, CHEAPER))


@pytest.fixture
def changed(tmp_path: Path):
    """Red Tomato with some files replaced."""

    def make(**files: str) -> Path:
        shutil.copytree(RED_TOMATO, tmp_path / "dataset", dirs_exist_ok=True)
        for name, text in files.items():
            (tmp_path / "dataset" / name.replace("__", ".")).write_text(text, encoding="utf-8")
        return tmp_path / "dataset"

    return make


def test_a_plan_does_not_differ_from_itself(tomato: Plan) -> None:
    same = compare(tomato, tomato)
    assert same.a == same.b
    assert {delta.difference for delta in same.totals.values()} <= {0.0, None}
    assert (same.cells, same.appeared, same.vanished) == ((), (), ())
    assert set(same.revenue.bars().values()) == set(same.margin.bars().values()) == {0.0}


def test_totals_are_b_less_a(comparison: Comparison) -> None:
    totals = comparison.totals
    assert totals["demand_consensus_qty"].difference == 300.0
    assert totals["revenue_amount"].difference == 16300 * 39 - 16000 * 40
    assert totals["cost_total_amount"].difference == pytest.approx(8175.0)
    assert totals["service_fill_pct"].a > totals["service_fill_pct"].b
    assert "sales_net_price" not in totals


def test_what_is_unknown_is_null_and_not_zero(comparison: Comparison) -> None:
    delta = comparison.totals["budget_revenue_amount"]
    assert delta.as_json() == {"a": None, "b": None, "difference": None}


def test_cells_differ_where_the_change_was_made_largest_first(comparison: Comparison) -> None:
    demand = [cell for cell in comparison.cells if cell.measure == "demand_consensus_qty"]
    assert [(cell.node, cell.bucket, cell.delta.difference) for cell in demand] == [("tools", "Apr 2027", 300.0)]
    revenue = [abs(cell.delta.difference) for cell in comparison.cells if cell.measure == "revenue_amount"]
    assert len(revenue) == 6 and revenue == sorted(revenue, reverse=True)


def test_the_bridge_leads_from_a_to_b_with_nothing_left_over(comparison: Comparison) -> None:
    revenue, margin = comparison.revenue, comparison.margin
    assert (revenue.budget, revenue.price, revenue.volume, revenue.actual) == (640000.0, -16300.0, 12000.0, 635700.0)
    assert (margin.price, margin.volume, margin.cost, margin.mix) == (-16300.0, 300.0 * 14, 0.0, 0.0)
    assert revenue.residual == margin.residual == 0.0


def test_json_has_the_agreed_shape(comparison: Comparison) -> None:
    answer = comparison.as_json()
    assert {"a", "b", "totals", "cells", "bridge"} <= set(answer)
    assert set(answer["a"]) == {"snapshot", "fingerprint", "digest", "tier"}
    assert answer["a"]["snapshot"] == answer["b"]["snapshot"]
    assert answer["a"]["fingerprint"] != answer["b"]["fingerprint"]
    assert answer["cells"][0] == {
        "measure": "demand_consensus_qty",
        "family": "tools",
        "bucket": "Apr 2027",
        "start": "2027-04-01",
        "a": 3800.0,
        "b": 4100.0,
        "difference": 300.0,
    }
    bridge = answer["bridge"]["revenue"]
    bars = [bridge[name] for name in ("price", "cost", "volume", "mix", "launched", "ended", "residual")]
    assert bridge["a"] + sum(bars) == bridge["b"] and bridge["residual"] == 0.0
    json.dumps(answer, allow_nan=False)


def test_adjustments_and_findings_that_differ_are_named(tomato: Plan) -> None:
    late = Adjustment("late", DemandOverride(Amount.parse("+1")), Scope(first=date(2031, 1, 1)))
    forth, back = compare(tomato, plan_of(RED_TOMATO, late)), compare(plan_of(RED_TOMATO, late), tomato)
    assert forth.adjustments.only_b == back.adjustments.only_a == {"late"}
    assert forth.appeared == back.vanished and "late" in forth.appeared[0].where
    assert forth.vanished == back.appeared == ()


def test_there_is_no_bridge_without_prices(changed) -> None:
    plan = plan_of(changed(prices__csv="item,market,valid_from,price\n"))
    answer = compare(plan, plan)
    assert answer.revenue is None and answer.margin is None
    assert answer.as_json()["bridge"] == {"revenue": None, "margin": None}


def test_without_standard_cost_there_is_a_bridge_of_revenue_only(changed) -> None:
    plan = plan_of(changed(costs__csv="item,location,valid_from,standard_cost\n"))
    answer = compare(plan, plan)
    assert answer.revenue.actual == 640000.0 and answer.margin is None


def test_an_item_that_only_one_plan_sells_is_a_bar_of_its_own(tomato: Plan, changed) -> None:
    folder = changed(
        items__csv="item,name,family,uom\ntool,Tool,tools,unit\nrake,Rake,tools,unit\n",
        forecast__csv=(RED_TOMATO / "forecast.csv").read_text(encoding="utf-8") + "rake,retail,2027-01-01,10\n",
        inventory__csv="item,location,on_hand\ntool,plant,1000\nrake,plant,10\n",
        lanes__csv="item,from_location,to,lead_time_days,unit_cost\n,plant,retail,0,0\n",
        prices__csv="item,market,valid_from,price\ntool,retail,,40\nrake,retail,,7\n",
    )
    bridge = compare(tomato, plan_of(folder)).revenue
    assert (bridge.launched, bridge.ended, bridge.residual) == (70.0, 0.0, 0.0)


@pytest.mark.parametrize(("old", "new"), [('"USD"', '"EUR"'), ('"month"', '"4-4-5"')])
def test_plans_that_have_no_difference_are_refused(tomato: Plan, changed, old: str, new: str) -> None:
    head = (RED_TOMATO / "dataset.toml").read_text(encoding="utf-8").replace(old, new)
    if "4-4-5" in new:
        head = head.replace("start = 2027-01-01", "start = 2027-01-04")
    with pytest.raises(CannotCompare, match="compare plans that share them"):
        compare(tomato, plan_of(changed(dataset__toml=head)))


def test_two_cycles_are_compared_where_they_overlap(tomato: Plan, changed) -> None:
    head = (RED_TOMATO / "dataset.toml").read_text(encoding="utf-8")
    later = plan_of(
        changed(dataset__toml=head.replace("start = 2027-01-01", "start = 2027-02-01").replace("= 6", "= 5"))
    )
    moved = compare(tomato, later)
    assert {cell.start for cell in moved.cells} <= {date(2027, month, 1) for month in range(2, 7)}
    assert moved.totals["demand_consensus_qty"].difference == -1600.0


def test_whole_workers_cost_more(tomato: Plan) -> None:
    whole = plan_of(RED_TOMATO, Adjustment("p", SetPolicy("workforce", "integer")))
    assert compare(tomato, whole).totals["cost_total_amount"].difference == pytest.approx(385.0, abs=0.1)


def test_the_demo_company_bridges_to_the_cent(tmp_path: Path) -> None:
    folder = write_demo(tmp_path)
    adjustments, rulings = read_adjustments(folder / "adjustments.json")
    a, b = plan_of(folder), plan_of(folder, *standing(adjustments, rulings))
    answer = compare(a, b)
    assert answer.revenue.budget == a.total("revenue_amount") and answer.revenue.actual == b.total("revenue_amount")
    assert answer.revenue.residual == answer.margin.residual == 0.0
    assert answer.adjustments.only_b == {adjustment.id for adjustment in b.adjustments}
