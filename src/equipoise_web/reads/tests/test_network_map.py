"""The map of the network: what moves adds up to the plan, others stand together, and one's own part is all there is."""

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise_web.access import access_of
from equipoise_web.reads.network_flows import MARKET, PLACE, PLANT, SUPPLIER, Lane, Network, read_network
from equipoise_web.reads.network_map import LAYERS, MOST_NODES, NODE_HEIGHT, OTHERS, grouped, read_map
from equipoise_web.reads.plans import open_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def eye(person, demo_digest):
    return access_of(person("eye", "analyst"))


def test_what_moves_to_markets_is_what_the_plan_ships_there(eye, demo_digest):
    plan = open_plan(demo_digest)
    found = read_network(eye, plan, first=0, last=11)
    keys = plan.axes.keys[Grain.FLOW]
    to_market = keys.column("to") >= len(plan.axes.locations)
    shipped = plan.measure("shipment_qty").values[to_market, :12].sum()
    assert sum(lane.by_unit["case"] for lane in found.lanes.values() if lane.end[0] == MARKET) == pytest.approx(shipped)
    bought = plan.measure("purchase_qty").values[:, :12].sum() + plan.measure("subcontract_qty").values[:, :12].sum()
    supplied = [lane for lane in found.lanes.values() if lane.begin[0] == SUPPLIER]
    assert sum(sum(lane.by_unit.values()) for lane in supplied) == pytest.approx(bought)
    assert sum(found.short.values()) == pytest.approx(plan.measure("unmet_qty").values[:, :12].sum())


def test_a_limit_and_a_line_are_as_full_as_the_plan_says(eye, demo_digest):
    plan = open_plan(demo_digest)
    found = read_network(eye, plan, first=2, last=4)
    load, most = (
        plan.measure(name).values[:, 2:5].sum(axis=1) for name in ("capacity_load_hours", "capacity_available_hours")
    )
    site = np.array(plan.axes.resources.codes("location"))
    west = 100 * np.nanmax(np.where((site == "plant-west") & (most > 0), load / most, np.nan))
    assert found.used_pct[PLANT, "plant-west"] == pytest.approx(west)
    used = found.lanes[(SUPPLIER, "copacker"), (PLANT, "plant-west")]
    assert used.used_pct == pytest.approx(100 * used.by_unit["case"] / (3 * 6000))


def test_the_page_draws_every_lane_and_tells_the_same_in_its_table(eye):
    found = read_map(eye, first="2", last="4")
    assert found.title.startswith("Three markets go short, most of all ")
    assert len(found.lanes) == len(found.lines) == 10
    assert max(lane.width for lane in found.lanes) == 16.0
    short = [node for node in found.nodes if node.level == "short"]
    assert all(node.note.startswith("▲ ") and "market=" in node.link for node in short)
    assert found.nodes_short == tuple(short)
    assert all(node.y + NODE_HEIGHT <= found.height for node in found.nodes)


def test_of_one_family_only_what_it_moves_is_shown(eye):
    whole, one = read_map(eye), read_map(eye, family="Oral care")
    assert {line.begin for line in one.lines} < {line.begin for line in whole.lines}
    assert one.title.startswith("Every market is served")


def test_a_bucket_or_family_that_there_is_not_is_unknown(eye):
    for said in ({"first": "99"}, {"last": "soon"}, {"family": "Cars"}):
        with pytest.raises(UnknownName):
            read_map(eye, **said)


def test_many_nodes_stand_together_as_others_and_nothing_is_lost():
    lanes = {}
    for number in range(30):
        ends = (PLACE, "dc"), (MARKET, f"m{number:02}")
        lanes[ends] = Lane(*ends, {"case": float(number + 1)}, used_pct=float(number))
    few = grouped(Network(lanes, {}, {(MARKET, "m00"): 500.0, (MARKET, "m01"): 0.5}))
    markets = [node for node in few.nodes if node[0] == MARKET]
    assert len(markets) == MOST_NODES
    assert (MARKET, "m00") in markets  # small, but short
    rest = few.lanes[(PLACE, "dc"), (MARKET, OTHERS)]
    assert sum(lane.by_unit["case"] for lane in few.lanes.values()) == sum(range(1, 31))
    assert rest.used_pct == 23.0
    assert few.short == {(MARKET, "m00"): 500.0, (MARKET, OTHERS): 0.5}


def test_every_layer_has_a_name():
    assert tuple(range(len(LAYERS))) == (SUPPLIER, PLANT, PLACE, MARKET)


def test_somebody_of_a_market_sees_lanes_to_it_and_to_no_other(person, demo_digest):
    north = access_of(person("nora", "demand_planner", market="North"))
    found = read_map(north)
    words = " ".join(f"{line.begin} {line.end}" for line in found.lines) + " ".join(node.name for node in found.nodes)
    assert "Grocery North" in words
    assert "South" not in words.replace("Warehouse South", "")
