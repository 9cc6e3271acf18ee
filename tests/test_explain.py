"""Every number of a plan explains itself: the tree adds up, and ends at people and source rows."""

import dataclasses
import json
import shutil
from datetime import date
from itertools import pairwise
from math import isnan
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.catalog import MEASURES
from equipoise.codec import read_adjustments
from equipoise.core.adjustment import Adjustment, Amount, Scope, Spread, standing
from equipoise.core.measure import Grain
from equipoise.core.policy_change import SetPolicy
from equipoise.core.table import UnknownName
from equipoise.demand.changes import DemandOverride, FunctionInput
from equipoise.demo import write_demo
from equipoise.explain import Node, UnknownCell, explain
from equipoise.explain.alternatives import ways_to_serve
from equipoise.explain.cell import Cell
from equipoise.explain.supply_tables import SupplyTables
from equipoise.finance.changes import ChangePrice
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan
from equipoise.rollup import CannotRollUp
from equipoise.supply.changes import ChangeCapacity, ProductionOverride

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"
TYPES = {"Postings", "Product", "Share", "Optimum", "Person", "Source"}
APRIL = {"first": date(2027, 4, 1), "last": date(2027, 4, 30)}


def plan_of(folder: Path, *adjustments: Adjustment) -> Plan:
    return compute_plan(gather(read_dataset(folder)), adjustments)


@pytest.fixture(scope="module")
def tomato() -> Plan:
    return plan_of(RED_TOMATO)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = write_demo(tmp_path_factory.mktemp("demo"))
    adjustments, rulings = read_adjustments(folder / "adjustments.json")
    return plan_of(folder, *standing(adjustments, rulings))


@pytest.fixture
def changed(tmp_path: Path):
    """Red Tomato with some tables replaced."""

    def make(**tables: str) -> Path:
        folder = tmp_path / "dataset"
        shutil.copytree(RED_TOMATO, folder, dirs_exist_ok=True)
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return folder

    return make


def find(node: Node, words: str, type: str = "") -> Node:
    found = [n for n in node.walk() if words in n.text and type in ("", n.type)]
    assert found, f"no node says {words!r}"
    return found[0]


def sums_up(node: Node) -> bool:
    values = [child.value for child in node.children]
    if node.type != "Postings" or not values or node.value is None or None in values:
        return True
    return sum(values) == node.value


def test_revenue_is_what_was_served_at_its_price(tomato: Plan) -> None:
    answer = explain(tomato, "revenue_amount", bucket="Apr", item="tool", market="retail")
    assert answer.unit == "USD"
    assert answer.where == {"item": "tool", "market": "retail", "bucket": "Apr 2027"}
    assert answer.node.type == "Product"
    served, price = answer.node.children
    assert (served.type, price.type, price.value) == ("Optimum", "Source", 40.0)
    assert answer.value == pytest.approx(served.value * 40.0, abs=2**-10)
    assert "prices.csv" in price.text and "valid_from 2027-01-01" in price.text


def test_unmet_demand_lists_what_could_have_served_it_cheapest_first(tomato: Plan) -> None:
    answer = explain(tomato, "unmet_qty", bucket="2027-04-15")
    assert answer.value == pytest.approx(266.667, abs=1e-3)  # Chopra & Meindl's backlog of April
    required, served = answer.node.children
    assert required.value == 3800.0 and find(required, "forecast.csv").value == 3800.0
    assert served.value == pytest.approx(266.667 - 3800, abs=1e-3)
    listed = find(served, "what could have served", "Optimum").children
    assert all(earlier.value <= later.value for earlier, later in pairwise(listed))
    words = [alternative.text for alternative in listed]
    assert words[0].startswith("tool at plant, Apr 2027, regular hours: 10 USD per unit, 27.25 with what its tight")
    assert "tool at plant, Apr 2027, overtime: 34 USD per unit" in words
    assert "tool at plant from subcontractor subcontractor, Apr 2027: 30 USD per unit" in words


def test_an_alternative_in_use_costs_the_marginal_cost_once_its_tight_hours_are_paid_for(tomato: Plan) -> None:
    answer = explain(tomato, "unmet_qty", bucket=3)
    marginal = find(answer.node, "marginal cost").value
    assert marginal == pytest.approx(27.25)
    listed = find(answer.node, "what could have served", "Optimum").children
    regular = [alternative for alternative in listed if "regular hours" in alternative.text]
    in_all = {way.text[15:23]: way.value + 4 * way.children[1].value for way in regular}
    assert in_all.pop("Jun 2027") == pytest.approx(34.25)  # no backlog is carried into June
    assert list(in_all.values()) == pytest.approx([marginal] * 5)


def test_the_cheapest_way_costs_the_marginal_cost(demo: Plan) -> None:
    """Strong duality, route by route: lead times, yields, components, overtime and limits are all paid for."""
    supply = SupplyTables(demo)
    compared = 0
    for row in range(0, len(demo.axes.keys[Grain.DEMAND]), 7):
        for bucket in (1, 6, 14, 20):
            cell = Cell(demo, "demand_served_qty", np.array([row]), bucket, supply)
            marginal = cell.of("demand_shadow_price").value
            cheapest = min(way.cost + way.tied for way in ways_to_serve(cell))
            assert cheapest >= marginal - 1e-3, cell.text
            if marginal > 0:  # below 0 stock is left over, and no way to make more is used
                assert cheapest == pytest.approx(marginal, abs=1e-3), cell.text
                compared += 1
    assert compared > 40


def test_a_way_that_is_open_says_that_it_saves_nothing(tomato: Plan) -> None:
    answer = explain(tomato, "backlog_closing_qty", bucket=3)
    subcontracted = find(answer.node, "from subcontractor subcontractor, Apr 2027: 30 USD")
    assert "it costs 30 in all, beside 27.25 that one more unit costs now" in subcontracted.children[1].text


def test_demand_served_in_time_lists_no_alternatives(tomato: Plan) -> None:
    answer = explain(tomato, "demand_served_qty", bucket=0)
    assert not [n for n in answer.node.walk() if "what could have served" in n.text]
    assert find(answer.node, "marginal cost").value == pytest.approx(21.25)


def test_a_supplier_at_its_limit_blocks(changed) -> None:
    folder = changed(
        resources=(RED_TOMATO / "resources.csv").read_text(encoding="utf-8").replace(",300,500", ",90000,500"),
        subcontracting="item,location,supplier,unit_cost,max_qty\ntool,plant,shop,11,50\n",
        forecast="item,market,date,quantity\ntool,retail,2027-01-01,1600\ntool,retail,2027-04-01,30000\n",
    )
    plan = plan_of(folder)
    answer = explain(plan, "unmet_qty", bucket="Apr")
    assert answer.value > 0
    shop = find(answer.node, "from subcontractor shop, Apr 2027: 11 USD")
    (block,) = shop.children[1:]
    assert "50 of 50" in block.text
    assert block.value == pytest.approx(plan.measure("inventory_shadow_price").values[0, 3] - 11)
    overtime = find(answer.node, "tool at plant, Apr 2027, overtime")
    worth = plan.measure("capacity_shadow_price").values[0, 3]
    assert overtime.children[1].value == pytest.approx(worth - 6)
    assert "overtime of assembly, Apr 2027: " in overtime.children[1].text


def test_a_function_input_shows_person_share_and_weight() -> None:
    change = FunctionInput(Amount.parse("+600"))
    scope = Scope(item="tools", first=date(2027, 4, 1), last=date(2027, 5, 31))
    plan = plan_of(RED_TOMATO, Adjustment("a1", change, scope, "sales", "ann", "promo", "spring campaign", seq=1))
    own = explain(plan, "demand_sales_qty", bucket="Apr").node
    start, person = own.children
    assert (start.type, start.value) == ("Source", 3800.0)
    assert (person.type, person.value) == ("Person", 380.0)  # 600 × 3800 / (3800 + 2200)
    assert "Sales (ann): demand input +600 for tools, Apr 2027 to May 2027; promo; spring campaign [a1]" in person.text
    (share,) = person.children
    assert (share.type, share.value) == ("Share", 380.0)
    assert "63.33 % of 600 unit" in share.text and "in proportion to what stood there" in share.text
    consensus = explain(plan, "demand_consensus_qty", bucket="Apr").node
    weighted = find(consensus, "ann", "Person").children[0]
    assert (weighted.type, weighted.value) == ("Product", 114.0)  # 30 % of 380
    assert [child.type for child in weighted.children] == ["Share", "Source"]


def test_an_override_says_how_it_was_spread() -> None:
    change = DemandOverride(Amount.parse("12,000"), Spread("equal"))
    plan = plan_of(RED_TOMATO, Adjustment("a1", change, Scope(first=date(2027, 5, 1)), author="dan", seq=1))
    (_, person) = explain(plan, "demand_consensus_qty", bucket="Jun").node.children
    assert person.value == 3800.0  # half of 12,000 − 4,400
    assert "50 % of 7,600 unit" in person.children[0].text and "equally" in person.children[0].text


def test_people_stand_behind_prices_and_hours() -> None:
    price = Adjustment("p", ChangePrice(Amount.parse("-1")), Scope(item="tools", **APRIL), author="mia", seq=1)
    hours = Adjustment(
        "h", ChangeCapacity(Amount.parse("9000")), Scope(resource="assembly", **APRIL), author="joe", seq=2
    )
    plan = plan_of(RED_TOMATO, price, hours)
    changed = explain(plan, "sales_net_price", bucket="Apr", item="tool", market="retail")
    assert (changed.value, changed.unit) == (39.0, "USD per unit")
    assert [child.type for child in changed.node.children] == ["Source", "Person"]
    assert not explain(plan, "sales_net_price", bucket="May").node.children
    available = explain(plan, "capacity_available_hours", bucket="Apr")
    assert available.value <= 9000 and find(available.node, "joe", "Person")
    assert not [n for n in explain(plan, "capacity_available_hours", bucket="May").node.walk() if n.type == "Person"]


def test_a_person_stands_behind_firmed_production_and_blocks_one_more() -> None:
    change, days = ProductionOverride(Amount.parse("1,000")), {"first": date(2027, 4, 1), "last": date(2027, 6, 30)}
    firm = Adjustment("f", change, Scope(item="tools", **days), author="joe", function="supply", seq=1)
    plan = plan_of(RED_TOMATO, firm)
    made = explain(plan, "production_qty", bucket="Apr").node
    person = find(made, "joe", "Person")
    assert person.value == made.value == plan.measure("production_qty").values[:, 3].sum()
    assert "production override 1,000 for tools, Apr 2027 to Jun 2027" in person.text and person.ref == "f"
    started = explain(plan, "production_started_qty", bucket="Apr").node
    assert find(started, "joe", "Person").value == started.value
    assert not [n for n in explain(plan, "production_qty", bucket="Jan").node.walk() if n.type == "Person"]
    ways = ways_to_serve(Cell(plan, "demand_served_qty", np.array([0]), 3, SupplyTables(plan)))
    blocked = [block for way in ways for block in way.blocks if "the plan may not make one more" in block.text]
    assert {block.node().children[0].ref for block in blocked} == {"f"}


def test_orders_consume_the_forecast(changed) -> None:
    folder = changed(open_orders="order,line,item,market,requested_date,quantity\no1,1,tool,retail,2027-04-10,500\n")
    node = explain(plan_of(folder), "demand_required_qty", bucket="Apr").node
    assert node.value == 3800.0
    assert find(node, "Open orders").value == 500.0 and find(node, "open_orders.csv").value == 500.0
    assert find(node, "less consumed by open orders").value == -500.0


def test_stock_opens_where_it_closed_and_in_the_first_bucket_as_it_stood(tomato: Plan) -> None:
    first = explain(tomato, "inventory_closing_qty", bucket=0).node
    assert find(first, "inventory.csv").value == 1000.0
    third = explain(tomato, "inventory_closing_qty", bucket=2).node
    before = find(third, "the bucket before")
    assert before.value == tomato.by_bucket("inventory_closing_qty")[1] and not before.children
    crew = explain(tomato, "workforce_count", bucket=0).node
    assert find(crew, "before the first bucket").value == 80.0


def test_company_totals_are_sums_over_all_grains(tomato: Plan) -> None:
    margin = explain(tomato, "margin_plan_amount", bucket=0)
    revenue, cost = margin.node.children
    assert (revenue.value, margin.node.type) == (64000.0, "Postings")
    assert cost.value == -tomato.by_bucket("cost_total_amount")[0]
    assert find(margin.node, "resources.csv") and find(margin.node, "costs.csv") and find(margin.node, "routings.csv")


def test_a_ratio_is_its_parts(tomato: Plan) -> None:
    fill = explain(tomato, "service_fill_pct", bucket="Apr")
    above, below = fill.node.children
    assert (fill.unit, fill.node.type) == ("%", "Product")
    assert fill.value == pytest.approx(100 * above.value / below.value)


def test_quantities_in_different_units_are_explained_apart_and_not_added(demo: Plan) -> None:
    answer = explain(demo, "inventory_closing_qty", bucket=0)
    assert answer.value is None and len(answer.node.children) >= 2
    for part in answer.node.children:
        assert part.children[0].type == "Postings" and part.children[0].value > 0


def test_several_cells_show_the_weighted_average_of_their_rates(demo: Plan) -> None:
    answer = explain(demo, "revenue_amount", bucket=2, item="family:Surface cleaners")
    quantity, average = answer.node.children
    assert average.value == pytest.approx(answer.value / quantity.value)
    rates = [rate.value for rate in average.children]
    assert min(rates) <= average.value <= max(rates)


NODES = [
    {},
    {"item": "family:Surface cleaners"},
    {"item": "HA-03"},
    {"market": "region:North"},
    {"item": "HA-03", "market": "north-drug"},
    {"location": "dc-north"},
    {"item": "HA-03", "location": "plant-east"},
    {"resource": "location:plant-east"},
]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_every_explanation_adds_up_to_the_number_that_the_plan_shows(demo: Plan, measure) -> None:
    first = demo.first_bucket(measure.name)
    asked = 0
    for bucket in (first, first + 17):
        for nodes in NODES:
            try:
                answer = explain(demo, measure.name, bucket=bucket, **nodes)
            except (UnknownName, UnknownCell):
                continue  # the measure has no such dimension, or no row there
            asked += 1
            assert {node.type for node in answer.node.walk()} <= TYPES
            bad = [node for node in answer.node.walk() if not sums_up(node)]
            assert bad == [], nodes
            json.dumps(answer.as_json(), allow_nan=False)
            try:
                shown = float(demo.by_bucket(measure.name, **nodes)[bucket - first])
            except CannotRollUp:
                continue  # a rate
            assert answer.value == (None if isnan(shown) else shown), nodes
    assert asked, "no node of the demo company has this measure"


def test_every_number_ends_at_a_source_or_a_person(tomato: Plan) -> None:
    for measure in ("revenue_amount", "cost_total_amount", "demand_consensus_qty", "inventory_closing_qty"):
        leaves = {node.type for node in explain(tomato, measure, bucket=0).node.walk() if not node.children}
        assert "Source" in leaves, measure


def test_a_node_of_a_level_is_the_sum_of_its_leaves(demo: Plan) -> None:
    family = explain(demo, "demand_consensus_qty", bucket=4, item="family:Surface cleaners").value
    items = [demo.axes.items.leaves[n] for n in demo.axes.items.positions("family:Surface cleaners").tolist()]
    assert family == sum(explain(demo, "demand_consensus_qty", bucket=4, item=item).value for item in items)


@pytest.mark.parametrize(
    ("measure", "asked", "error", "message"),
    [
        ("unmet", {"bucket": 0}, UnknownName, "unmet_qty"),
        ("unmet_qty", {"bucket": 6}, UnknownCell, "Jan 2027 to Jun 2027"),
        ("unmet_qty", {"bucket": "2028-01-01"}, UnknownCell, "2028-01-01"),
        ("unmet_qty", {"bucket": "Smarch"}, UnknownCell, "Smarch"),
        ("unmet_qty", {"bucket": 0, "item": "tol"}, UnknownName, "did you mean tool"),
        ("unmet_qty", {"bucket": 0, "resource": "assembly"}, UnknownName, "have no resource"),
        ("unmet_qty", {"bucket": 0, "color": "red"}, UnknownName, "no dimension 'color'"),
    ],
)
def test_what_is_not_there_is_refused(tomato: Plan, measure: str, asked: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        explain(tomato, measure, **asked)


def test_setups_of_whole_lots_are_part_of_the_load(red_tomato):
    routings = red_tomato.table("routings").with_columns(setup_hours=pl.lit(40.0), lot_multiple=pl.lit(600.0))
    snapshot = dataclasses.replace(red_tomato, tables={**red_tomato.tables, "routings": routings})
    plan = compute_plan(snapshot, [Adjustment("whole", SetPolicy("lots", "whole"), seq=1)])
    lots = plan.measure("lot_number").values[0]
    made = plan.measure("production_started_qty").values[0]
    load = plan.measure("capacity_load_hours").values[0]
    assert lots.sum() > 0
    assert np.array_equal(made, 600 * lots)
    assert load.tolist() == pytest.approx((4 * made + 40 * lots).tolist(), abs=1e-4)
    bucket = int(lots.argmax())
    node = explain(plan, "capacity_load_hours", bucket=bucket + 1, resource="assembly").node
    (setups,) = (child for child in node.children if "setup hours each" in child.text)
    assert setups.value == pytest.approx(40 * lots[bucket])
    assert sum(child.value for child in node.children) == pytest.approx(node.value)
    assert not any("firm receipts" in child.text for child in node.children)
