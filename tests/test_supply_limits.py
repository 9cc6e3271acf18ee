"""Limits of stock, shifts, changes of rate and by-products through the whole plan: money, stock, explanations."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from equipoise.explain import explain
from equipoise.explain.alternatives import ways_to_serve
from equipoise.explain.cell import Cell
from equipoise.explain.supply_tables import SupplyTables
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import compute_plan
from equipoise.store_plans import read_plan, write_plan

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"
LOCATIONS = "location,name,type,storage_capacity\nplant,Plant,plant,1200\n"
LINE = (RED_TOMATO / "resources.csv").read_text(encoding="utf-8").splitlines()
SHIFT = f"{LINE[0]},extra_shift_hours,extra_shift_cost,rate_up_cost,rate_down_cost\n{LINE[1]},400,1300,,\n"


@pytest.fixture
def planned(tmp_path):
    """The plan of Red Tomato with some tables replaced or added."""

    def make(**tables):
        folder = tmp_path / "dataset"
        shutil.copytree(RED_TOMATO, folder, dirs_exist_ok=True)
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return compute_plan(gather(read_dataset(folder)))

    return make


def words_of(answer):
    return "\n".join(node.text for node in answer.node.walk())


def check_ways(plan, bucket):
    """Strong duality, route by route: with its tight rows the cheapest way costs what one more unit does."""
    cell = Cell(plan, "demand_served_qty", np.array([0]), bucket, SupplyTables(plan))
    costs = [way.cost + way.tied for way in ways_to_serve(cell)]
    marginal = cell.of("demand_shadow_price").value
    assert min(costs) == pytest.approx(marginal, abs=1e-6)


def test_a_full_store_blocks_stock_made_ahead(planned):
    plan = planned(locations=LOCATIONS)
    stock = plan.by_bucket("inventory_closing_qty")
    assert stock.max() == pytest.approx(1200, abs=1e-5) and plan.total("cost_total_amount") > 422_275
    answer = explain(plan, "unmet_qty", bucket=3)
    assert "storage of plant, Jan 2027: 1,200 of 1,200 units of room; one more is worth" in words_of(answer)
    for bucket in range(6):
        check_ways(plan, bucket)


def test_a_plan_read_again_explains_the_same(planned, tmp_path):
    plan = planned(locations=LOCATIONS)
    write_plan(plan, tmp_path / "plan")
    kept = read_plan(tmp_path / "plan")
    assert words_of(explain(kept, "unmet_qty", bucket=3)) == words_of(explain(plan, "unmet_qty", bucket=3))


def test_the_most_stock_of_an_item_blocks_it(planned):
    plan = planned(inventory_policy="item,location,closing_min_qty,max_qty\ntool,plant,500,1200\n")
    assert plan.by_bucket("inventory_closing_qty").max() == pytest.approx(1200, abs=1e-5)
    assert "most stock of tool at plant, Jan 2027: 1,200; one more is worth" in words_of(
        explain(plan, "unmet_qty", bucket=3)
    )
    for bucket in range(6):
        check_ways(plan, bucket)


def test_a_resource_of_type_storage_blocks_it_and_shows_its_load(planned):
    resources = (RED_TOMATO / "resources.csv").read_text(encoding="utf-8").replace("resource,", "units,type,resource,")
    resources = resources.replace("assembly,", ",,assembly,") + "1200,storage,room,plant,Room,,,,0.5,,,\n"
    plan = planned(resources=resources)
    assert plan.measure("capacity_load_hours").values[1, 0] == pytest.approx(1200, abs=1e-5)
    assert plan.total("cost_regular_amount") > plan.by_bucket("inventory_closing_qty").sum() * 0.5 - 0.01
    answer = explain(plan, "unmet_qty", bucket=3)
    assert "room, Jan 2027: 1,200 of 1,200 units of room; one more is worth" in words_of(answer)
    load = explain(plan, "capacity_load_hours", bucket=0, resource="room")
    assert "tool at plant: 1,200 in stock × 1 of room each" in words_of(load)


def test_an_extra_shift_is_a_way_to_serve(planned):
    """An hour of it costs 3.25: 4 hours a tool and 10 of material are 23, less than overtime at 34."""
    plan = planned(resources=SHIFT)
    assert plan.total("cost_shift_amount") == pytest.approx(plan.total("shift_hours") * 3.25, abs=0.01)
    assert plan.measure("shift_hours").values[0].max() == pytest.approx(400)
    cell = Cell(plan, "demand_served_qty", np.array([0]), 3, SupplyTables(plan))
    ways = {way.words: way for way in ways_to_serve(cell)}
    shift = ways["tool at plant, Apr 2027, extra shift"]
    assert shift.cost == pytest.approx(10 + 4 * 3.25)
    assert "extra shift of assembly, Apr 2027: 400 of 400 hours; one more is worth" in shift.blocks[0].text
    check_ways(plan, 3)


def test_changes_of_rate_are_money_and_explain_themselves(planned):
    plan = planned(resources=SHIFT.replace(",400,1300,,", ",,,2,1"))
    up, down = plan.measure("rate_up_hours").values[0], plan.measure("rate_down_hours").values[0]
    load = plan.measure("capacity_load_hours").values[0]
    np.testing.assert_array_equal(up[1:] - down[1:], np.diff(load))
    assert up[0] == down[0] == 0  # nothing is known of December
    parts = plan.total("cost_rate_up_amount") + plan.total("cost_rate_down_amount")
    assert plan.total("cost_rate_change_amount") == parts
    answer = explain(plan, "cost_rate_change_amount", bucket=int(np.argmax(up + down)))
    assert sum(child.value for child in answer.node.children) == answer.value


def test_shelf_life_blocks_what_would_grow_too_old(planned):
    items = "item,name,family,uom,shelf_life_days\ntool,Gardening tool,tools,unit,31\n"
    plan = planned(items=items)
    stock, out = plan.by_bucket("inventory_closing_qty"), plan.by_bucket("inventory_outbound_qty")
    assert all(now <= later + 1e-5 for now, later in zip(stock, out[1:], strict=False))
    answer = explain(plan, "unmet_qty", bucket=int(np.argmax(plan.by_bucket("unmet_qty"))))
    assert "shelf life of tool at plant: what is there in" in words_of(answer)


def test_scrap_and_by_products_are_in_the_projection_and_its_explanation(planned):
    items = "item,name,family,uom\ntool,Gardening tool,tools,unit\noffcut,Offcut,tools,unit\n"
    plan = planned(
        items=items,
        bom="item,component,type,quantity_per\ntool,offcut,by_product,0.25\n",
        inventory="item,location,lot,on_hand,expiry_date\ntool,plant,,1000,\noffcut,plant,old,40,2027-01-05\n",
        inventory_policy="item,location,closing_min_qty,max_qty\ntool,plant,500,\noffcut,plant,,100\n",
    )
    keys = plan.measure("inventory_closing_qty").keys
    row = keys.rows["offcut", "plant"]
    made = plan.measure("production_started_qty").values[0] * 0.25
    np.testing.assert_allclose(plan.measure("production_byproduct_qty").values[row], made, rtol=0, atol=1e-5)
    assert plan.measure("inventory_scrap_qty").values[row, 0] >= 40
    for name, part in (("inventory_inbound_qty", "By-products"), ("inventory_outbound_qty", "Scrapped")):
        answer = explain(plan, name, bucket=1, item="offcut", location="plant")
        assert sum(child.value for child in answer.node.children) == answer.value
        assert part in words_of(answer)


def test_a_plan_with_limits_has_the_same_bytes_for_shuffled_rows(planned):
    items = "item,name,family,uom,shelf_life_days\ntool,Gardening tool,tools,unit,62\nspare,Spare,tools,unit,31\n"
    inventory = ["tool,plant,a,600,2027-02-20", "tool,plant,b,400,2027-03-20", "spare,plant,,90,"]
    digests = set()
    for lots in (inventory, inventory[::-1]):
        text = "item,location,lot,on_hand,expiry_date\n" + "\n".join(lots) + "\n"
        digests.add(planned(items=items, inventory=text, locations=LOCATIONS).digest)
    assert len(digests) == 1


def test_more_room_never_costs_more(planned):
    costs = [
        planned(locations=LOCATIONS.replace("1200", str(room))).total("cost_total_amount")
        for room in (900, 1200, 1500, 5000)
    ]
    assert all(less >= more - 0.01 for less, more in pairwise(costs))
    assert costs[-1] == pytest.approx(422_275, abs=0.01)


@pytest.mark.parametrize(("ranks", "late"), [((1, 2), "online"), ((2, 1), "retail")])
def test_priority_decides_who_waits_and_says_so(planned, ranks, late):
    """Of April's demand 267 tools are late whoever waits; the second priority does."""
    forecast = (RED_TOMATO / "forecast.csv").read_text(encoding="utf-8").replace("04-01,3800", "04-01,3000")
    plan = planned(
        markets=f"market,name,region,priority\nretail,Retailers,home,{ranks[0]}\nonline,Online,home,{ranks[1]}\n",
        forecast=forecast + "tool,online,2027-04-01,800\n",
        lanes="item,from_location,to,lead_time_days,unit_cost\ntool,plant,retail,0,0\ntool,plant,online,0,0\n",
        prices="item,market,valid_from,price\ntool,,2027-01-01,40\n",
    )
    unmet = plan.measure("unmet_qty")
    assert plan.total("cost_total_amount") == pytest.approx(422_275, abs=0.01)
    assert {unmet.keys.labels(row)[1] for row in np.flatnonzero(unmet.values.sum(axis=1))} == {late}
    said = words_of(explain(plan, "unmet_qty", bucket=3, market=late))
    assert f"{late} has priority 2: of plans of equal cost the one that serves priority 1 first is taken" in said
