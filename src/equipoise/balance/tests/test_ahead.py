"""Building ahead in the press shop: what components, room, shelf life and other lines allow."""

import pytest

from equipoise.balance.about import about
from equipoise.balance.gap_options import options_of
from equipoise.balance.gaps import gaps_of_resource
from equipoise.balance.ground import Ground, read_ground
from equipoise.balance.tell_options import tell_gap
from equipoise.balance.tests.press import LEVERS, TABLES, plan_of
from equipoise.balance.tests.test_gap_options import another_hour

JANUARY, FEBRUARY, MARCH = range(3)
STEEL = {
    "items": TABLES["items"] + "steel,Steel,metal,unit\n",
    "bom": "item,component,location,quantity_per\nlid,steel,shop,2\n",
}
"""A lid takes two units of steel: 160 a month, 260 in March."""


def bought(most, days):
    head = "item,supplier,location,valid_from,unit_cost,lead_time_days,max_qty\n"
    return {**STEEL, "purchasing": f"{head}steel,mill,shop,2027-01-01,1,{days},{most}\n"}


def stocked(quantity):
    return {"inventory": TABLES["inventory"] + f"steel,shop,{quantity}\n"}


def ahead(plan, ground=None):
    """March's answer of building ahead, alone, and what stops more of it as (sort, what, bucket, hours)."""
    ground = read_ground(plan) if ground is None else ground
    row = plan.axes.resources.leaves.index("press")
    found = options_of(gaps_of_resource(ground, row)[MARCH])
    (each,) = (each for each in found.answers if each.option.lever == "prebuild")
    stops = [(s.sort, about(ground, s.cell).what, s.bucket, round(s.hours, 6)) for s in each.option.stops]
    return found, each, stops


def test_a_supplier_gives_its_limit_and_no_more(tmp_path):
    """The mill gives 180 a month: 20 more than January and February take, enough for ten lids each."""
    _, each, stops = ahead(plan_of(tmp_path, **bought(180, 0)))
    assert (each.closes, each.amount) == (20.0, 10 * 2 + 10 * 4)
    mill = "purchasing at shop from mill / steel"
    assert stops == [("supplier", mill, FEBRUARY, 10.0), ("supplier", mill, JANUARY, 10.0)]


def test_stock_stands_in_where_an_order_comes_too_late(tmp_path):
    """Sixty days: nothing arrives before March. Of 340 in stock 20 are left when February is over: ten lids."""
    _, each, stops = ahead(plan_of(tmp_path, **bought("", 60), **stocked(340)))
    assert (each.closes, each.amount, each.option.works_in) == (10.0, 20.0, FEBRUARY)
    assert stops == [("lead_time", "steel", FEBRUARY, 10.0), ("lead_time", "steel", JANUARY, 20.0)]


def test_where_nothing_can_be_had_the_option_says_so(tmp_path):
    found, each, stops = ahead(plan_of(tmp_path, **bought("", 60), **stocked(320)))
    assert (each.closes, each.amount, each.left) == (0.0, None, 30.0) and [s[0] for s in stops] == ["lead_time"] * 2
    assert "prebuild" not in {found.answers[part.number].option.lever for part in found.mix}
    told = next(option for option in tell_gap(found).options if option.lever == "prebuild")
    assert [(s.sort, s.what, s.location, s.bucket, s.kept_qty) for s in told.stops] == [
        ("lead_time", "steel", "shop", "Feb 2027", 20.0),
        ("lead_time", "steel", "shop", "Jan 2027", 20.0),
    ]


def test_a_component_of_our_own_is_made_ahead_with_it(tmp_path):
    """Blanks are cut on a line of 95 hours, one for each lid: it leaves 15 in January and in February."""
    plan = plan_of(
        tmp_path,
        items=TABLES["items"] + "blank,Blank,metal,unit\n",
        bom="item,component,location,quantity_per\nlid,blank,shop,1\n",
        resources=TABLES["resources"] + "saw,shop,Saw,95,40,0,0\n",
        routings=TABLES["routings"] + "blank,shop,saw,1,0\n",
    )
    _, each, stops = ahead(plan)
    assert (each.closes, each.amount) == (30.0, 15 * 2 + 15 * 4)
    assert stops == [("line", "saw", FEBRUARY, 5.0)]


def test_room_for_fifteen_keeps_fifteen(tmp_path):
    locations = "location,name,type,storage_capacity\nshop,Press shop,plant,15\n"
    plan = plan_of(tmp_path, locations=locations)
    found, each, stops = ahead(plan)
    assert (each.closes, each.amount) == (15.0, 30.0)
    assert stops == [("storage", "shop", FEBRUARY, 5.0), ("storage", "shop", JANUARY, 15.0)]
    assert another_hour(plan, 30.0) == pytest.approx(found.amount) == 15 * 2 + 15 * 6


def test_what_would_grow_too_old_is_not_made_ahead(tmp_path):
    """A lid keeps for a month, and February sells none: what January makes more is too old in March."""
    items = "item,name,family,uom,shelf_life_days\nlid,Lid,lids,unit,31\n"
    low = TABLES["forecast"].replace("2027-02-01,80", "2027-02-01,0").replace("2027-03-01,130", "2027-03-01,230")
    plan = plan_of(tmp_path, items=items, forecast=low)
    found, each, stops = ahead(plan)
    assert (each.closes, each.amount, stops) == (100.0, 200.0, [("shelf_life", "lid", JANUARY, 20.0)])
    assert another_hour(plan, 130.0) == pytest.approx(found.amount) == 100 * 2 + 30 * 6


def test_a_short_life_stops_nothing_where_older_ones_are_used_first(tmp_path):
    """January's ten are sold in February, whose own are kept for March: none waits longer than a month."""
    items = "item,name,family,uom,shelf_life_days\nlid,Lid,lids,unit,31\n"
    plan = plan_of(tmp_path, items=items)
    found, each, stops = ahead(plan)
    assert (each.closes, each.amount, stops) == (30.0, 80.0, [])
    assert another_hour(plan, 30.0) == pytest.approx(found.amount)


def test_the_most_stock_of_an_item_holds(tmp_path):
    policy = "item,location,closing_min_qty,max_qty\nlid,shop,0,12\n"
    plan = plan_of(tmp_path, inventory_policy=policy)
    found, each, stops = ahead(plan)
    assert each.closes == 12.0 and stops[0][:3] == ("most_stock", "lid", FEBRUARY)
    assert another_hour(plan, 30.0) == pytest.approx(found.amount) == 12 * 2 + 18 * 6


def test_what_may_not_be_told_is_not_asked(tmp_path):
    plan = plan_of(tmp_path, **bought(180, 0))
    seen = read_ground(plan)
    blind = Ground(plan, seen.network, seen.infinite, seen.levers, seen.told, tells_suppliers=False)
    _, each, stops = ahead(plan, blind)
    assert (each.closes, stops) == (30.0, [])


@pytest.mark.parametrize(("days", "closes", "late"), [(31, 20.0, 0), (32, 20.0, 0), (33, 30.0, 32)])
def test_notice_counts_to_the_bucket_in_which_the_work_is_done(tmp_path, days, closes, late):
    """As of 31 December: 32 days to February, 60 to the gap. With more than 32 neither February nor January is left."""
    row = f"AHEAD,prebuild,,lids,,0,0,unit,{days},,,,\n"
    _, each, _ = ahead(plan_of(tmp_path, levers=LEVERS + row))
    assert (each.closes, each.late_days) == (closes, late)
