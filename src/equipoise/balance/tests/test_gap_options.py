"""Options of a press shop priced by hand, and against what the optimizer pays for the same hours."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.balance.gap_options import decide_soon, options_of
from equipoise.balance.gaps import find_gaps, gaps_of_resource
from equipoise.balance.ground import read_ground
from equipoise.balance.ladder import break_even_ladder
from equipoise.balance.mix import MOST_FIXED, Source, cheapest_mix
from equipoise.balance.tell_options import tell_gaps
from equipoise.balance.tests.press import LEVERS, TABLES, plan_of, spent
from equipoise.balance.together import gap_options
from equipoise.codec import adjustment_from_json
from equipoise.plan import compute_plan
from equipoise.testing import random_company

MARCH = 2
DEAR = TABLES["costs"].replace(",2,1000", ",5,1000")
"""Holding at 5 a month instead of 2."""
NIGHT = "NIGHT,extra_shift,press,,,18,90,hour,30,60,,,two weeks of training\n"
LISTED = (
    LEVERS + NIGHT
    + "MORE-OT,overtime,press,,,20,,hour,14,100,,,\n"
    + "LINE-2,capex,press,,,0,1000,hour,120,80,,,\n"
    + "SPARE,subcontract,,lids,,17,,unit,0,25,2027-03-01,2027-03-31,\n"
    + "CUT,ration,,lids,,1,,unit,0,,,,\n"
    + "OTHER,overtime,lathe,,,1,,hour,0,,,,\n"
)  # fmt: skip


def answers(plan, bucket=MARCH):
    (found,) = (each for each in gap_options(read_ground(plan)) if each.gap.bucket == bucket)
    return found, {(a.option.lever, a.option.name): a for a in found.answers}


def another_hour(plan, hours):
    """What the plan spends less with so many more regular hours in March."""
    change = {
        "id": "hours",
        "kind": "capacity",
        "function": "operations",
        "amount": f"{hours:+g}",
        "scope": {"resource": "press", "first": "2027-03-01", "last": "2027-03-31"},
        "reason": "what is the gap worth?",
    }
    return spent(plan) - spent(compute_plan(plan.snapshot, (*plan.adjustments, adjustment_from_json(change))))


def test_the_gap_is_what_march_asks_beyond_its_hours(tmp_path):
    (gap,) = find_gaps(read_ground(plan_of(tmp_path)))
    assert (gap.where, gap.bucket, gap.asked, gap.available, gap.short) == ("press", MARCH, 130.0, 100.0, 30.0)
    assert gap.units_each == 1.0 and gap.unserved_qty == 0.0
    assert gap.at_stake == 30 * (60 - 25), "units that would not be made, at price less standard cost"


def test_building_ahead_costs_holding_and_overtime_its_premium(tmp_path):
    found, by = answers(plan_of(tmp_path))
    ahead, overtime = by["prebuild", ""], by["overtime", ""]
    # 20 idle hours of February kept a month at 2, 10 of January's kept two months.
    assert (ahead.closes, ahead.amount) == (30.0, 20 * 2 + 10 * 2 * 2)
    assert ahead.option.steps == ((20.0, 2.0), (10.0, 4.0)) and ahead.option.works_in == 0
    assert ahead.decide_by == date(2027, 1, 1), "the first day of January, in which it begins"
    assert (overtime.closes, overtime.per_hour, overtime.amount, overtime.left) == (30.0, 16 - 10, 180.0, 0.0)
    assert [part.amount for part in found.mix] == [80.0] and found.is_closed
    assert found.saves_amount == 30 * (60 - 25)


def test_the_optimizer_pays_for_the_gap_what_the_mix_costs(tmp_path):
    plan = plan_of(tmp_path)
    found, _ = answers(plan)
    assert another_hour(plan, 30.0) == pytest.approx(found.amount) == 80.0
    assert plan.measure("capacity_shadow_price").values[0, MARCH] == pytest.approx(4.0), "the last step of the mix"


def test_overtime_that_the_optimizer_works_costs_what_its_option_says(tmp_path):
    plan = plan_of(tmp_path, costs=DEAR)
    found, by = answers(plan)
    # An hour of February's costs 5, January's would cost 10: overtime at 6 is the cheaper of the two.
    taken = {found.answers[part.number].option.lever: (part.closes, part.amount) for part in found.mix}
    assert taken == {"prebuild": (20.0, 100.0), "overtime": (10.0, 60.0)}
    assert plan.measure("overtime_hours").values[0].tolist() == [0, 0, 10, 0, 0, 0]
    assert by["overtime", ""].option.used == 10.0
    assert another_hour(plan, 30.0) == pytest.approx(found.amount) == 160.0
    assert plan.measure("capacity_shadow_price").values[0, MARCH] == pytest.approx(6.0) == by["overtime", ""].per_hour


def test_an_extra_shift_and_a_subcontractor_cost_what_the_optimizer_pays(tmp_path):
    """No overtime and dear holding: a shift of 20 hours for 260, then a unit at 17 instead of 3 and an hour at 10."""
    line = TABLES["resources"].replace(",40,10,16", ",0,10,16").splitlines()
    plan = plan_of(
        tmp_path,
        costs=TABLES["costs"].replace(",2,1000", ",50,1000"),
        resources=f"{line[0]},extra_shift_hours,extra_shift_cost\n{line[1]},20,260\n",
        subcontracting="item,location,supplier,valid_from,unit_cost,max_qty\nlid,shop,mate,2027-01-01,17,25\n",
    )
    found, by = answers(plan)
    assert by["extra_shift", ""].per_hour == 3.0 and by["subcontract", "mate"].per_hour == 17 - 3 - 10
    assert by["subcontract", "mate"].closes == 25.0
    assert another_hour(plan, 30.0) == pytest.approx(found.amount) == 20 * 3.0 + 10 * 4.0
    assert plan.measure("capacity_shadow_price").values[0, MARCH] == pytest.approx(4.0)


def test_a_limit_that_items_share_is_one_limit(tmp_path):
    """A mate makes 25 of lids and covers together; each item alone could have all of them."""
    line = TABLES["resources"].replace(",40,10,16", ",0,10,16")
    plan = plan_of(
        tmp_path,
        items=TABLES["items"] + "cover,Cover,lids,unit\n",
        inventory=TABLES["inventory"] + "cover,shop,0\n",
        inventory_policy=TABLES["inventory_policy"] + "cover,shop,0\n",
        forecast=TABLES["forecast"] + "cover,retail,2027-03-01,40\n",
        lanes=TABLES["lanes"] + "cover,shop,retail,0,0\n",
        prices=TABLES["prices"] + "cover,retail,2027-01-01,60\n",
        costs=TABLES["costs"].replace(",2,1000", ",50,1000") + "cover,,2027-01-01,25,50,1000\n",
        resources=line,
        routings=TABLES["routings"] + "cover,shop,press,1,3\n",
        subcontracting="item,location,supplier,valid_from,unit_cost,max_qty\nlids,shop,mate,2027-01-01,17,25\n",
    )
    found, by = answers(plan)
    assert found.gap.short == 70.0 and by["subcontract", "mate"].closes == 25.0


def test_another_site_costs_its_hours_and_freight_more(tmp_path):
    """A second shop at 12 an hour, 1 a unit of freight to the market: 3 more a unit, as the optimizer pays."""
    line = TABLES["resources"].replace(",40,10,16", ",0,10,16")
    plan = plan_of(
        tmp_path,
        costs=TABLES["costs"].replace(",2,1000", ",50,1000"),
        locations=TABLES["locations"] + "east,East,plant\n",
        resources=line + "east-press,east,East press,25,0,12,0\n",
        routings=TABLES["routings"] + "lid,east,east-press,1,3\n",
        lanes="item,from_location,to,lead_time_days,unit_cost,preference\nlid,shop,retail,0,0,1\n"
        "lid,east,retail,0,1,2\n",
    )
    found, by = answers(plan)
    site = by["alternate_site", "east"]
    assert (site.closes, site.left, site.per_hour) == (25.0, 5.0, 3.0)
    assert not any(part.closes > 25 for part in found.mix)
    press = plan.axes.resources.leaves.index("press")
    hidden = replace(read_ground(plan), told=np.arange(2) == press)
    gap = gaps_of_resource(hidden, press)[MARCH]
    assert "alternate_site" not in {each.option.lever for each in options_of(gap).answers}, "its hours may not be told"


def test_the_list_adds_what_the_data_do_not_allow(tmp_path):
    found, by = answers(plan_of(tmp_path, levers=LISTED, costs=DEAR))
    assert ("overtime", "OTHER") not in by, "it is of another resource"
    assert by["overtime", ""].option.lead_days == 14.0, "the list says when overtime works"
    assert by["overtime", "MORE-OT"].option.most == 60.0, "a hundred hours, forty of which the data allow"
    assert by["overtime", "MORE-OT"].per_hour == 20 - 10
    night = by["extra_shift", "NIGHT"]
    assert (night.amount, night.per_hour) == (90 + 30 * (18 - 10), 11.0)
    assert (night.decide_by, night.late_days, night.option.note) == (date(2027, 1, 30), 0, "two weeks of training")
    assert by["subcontract", "SPARE"].closes == 25.0 and by["subcontract", "SPARE"].per_hour == 17 - 3 - 10
    capex = by["capex", "LINE-2"]
    assert (capex.decide_by, capex.late_days, capex.earliest) == (date(2026, 11, 1), 60, 4)
    assert by["ration", "CUT"].option.gives_up and by["ration", "CUT"].saves_amount is None
    assert [a.option.lever for a in found.answers][-1] == "ration" and not capex.is_in_time
    assert found.answers[-2] is capex, "what comes too late stands after what does not"
    # 25 units of the mate at 4, then five of February's hours at 5.
    assert found.amount == 25 * 4 + 5 * 5


def test_an_option_is_open_as_long_as_the_list_says(tmp_path):
    high = TABLES["forecast"].replace("2027-05-01,100", "2027-05-01,130")
    plan = plan_of(tmp_path, levers=LISTED, forecast=high)
    assert ("subcontract", "SPARE") in answers(plan)[1] and ("subcontract", "SPARE") not in answers(plan, 4)[1]


def test_what_is_built_ahead_needs_the_notice_that_the_list_asks_for(tmp_path):
    row = "AHEAD,prebuild,,lids,,0.5,,unit,{days},,,,\n"
    _, by = answers(plan_of(tmp_path, levers=LEVERS + row.format(days=20)))
    ahead = by["prebuild", "AHEAD"]
    assert (ahead.closes, ahead.amount) == (20.0, 20 * 2.5), "only February is far enough away"
    assert ahead.decide_by == date(2027, 1, 12) and ahead.is_in_time and ("prebuild", "") not in by
    _, by = answers(plan_of(tmp_path, levers=LEVERS + row.format(days=40)))
    late = by["prebuild", "AHEAD"]
    assert (late.closes, late.late_days, late.decide_by) == (30.0, 39, date(2026, 11, 22))


def test_people_are_hired_for_the_bucket_and_laid_off_after_it(red_tomato):
    """Chopra & Meindl: 2,400 hours short in April; hire 300, lay off 500, 160 h at 4; overtime 6; a unit is 4 hours."""
    found, by = answers(red_tomato, bucket=3)
    assert by["hire", ""].per_hour == 4 + (300 + 500) / 160 == 9.0
    assert (by["overtime", ""].per_hour, by["overtime", ""].closes) == (6.0, 800.0), "a crew's hours are paid anyway"
    assert by["subcontract", "subcontractor"].per_hour == (30 - 10) / 4
    # 800 hours are idle in February, held two months at 0.5 an hour; the others are January's, held three.
    assert (found.amount, found.mix[0].closes) == (800 * 1.0 + 1_600 * 1.5, 2_400.0)
    assert found.gap.at_stake == 600 * (40 - 26)


def test_a_supplier_that_is_asked_for_more_than_it_has_is_a_gap(tmp_path):
    plan = plan_of(
        tmp_path,
        items=TABLES["items"] + "steel,Steel,metal,unit\n",
        bom="item,component,location,quantity_per\nlid,steel,shop,2\n",
        purchasing="item,supplier,location,valid_from,unit_cost,lead_time_days,max_qty,preference\n"
        "steel,mill,shop,2027-01-01,1,0,220,1\nsteel,dealer,shop,2027-01-01,1.5,0,50,2\n",
    )
    gaps = {(g.gap.kind, g.gap.where, g.gap.bucket): g for g in gap_options(read_ground(plan))}
    (steel,) = (each for key, each in gaps.items() if key[0] == "limit")
    assert (steel.gap.short, steel.gap.unit) == (2 * 130 - 220, "unit")
    assert (steel.relieved, steel.mix) == (40.0, ()), (
        "30 lids made ahead take 60 of March's steel in January and February"
    )
    by = {(a.option.lever, a.option.name): a for a in steel.alone.answers}
    assert (by["alternate_supplier", "dealer"].closes, by["alternate_supplier", "dealer"].per_hour) == (40.0, 0.5)


def test_gaps_are_told_by_the_nearest_last_day(tmp_path):
    high = TABLES["forecast"].replace("2027-05-01,100", "2027-05-01,130")
    found = gap_options(read_ground(plan_of(tmp_path, forecast=high, costs=DEAR)))
    soon = decide_soon(found)
    assert [each.decide_by for each in soon] == sorted(each.decide_by for each in found)
    numbers = tell_gaps(soon, sees_margin=False)
    assert {each.margin_at_stake_amount for each in numbers} == {None} == {each.mix_saves_amount for each in numbers}
    assert all(option.saves_margin_amount is None for each in numbers for option in each.options)
    (option,) = (each for each in numbers[0].options if each.lever == "overtime")
    assert (option.hour_price, option.mix_qty, option.mix_amount) == (6.0, 10.0, 60.0)


def test_in_a_bucket_that_has_begun_as_of_is_its_first_day(tmp_path):
    low = TABLES["forecast"].replace("2027-01-01,80", "2027-01-01,150")
    plan = plan_of(tmp_path, as_of="2027-01-11", forecast=low, levers=LISTED)
    _, by = answers(plan, bucket=0)
    assert (by["overtime", ""].decide_by, by["overtime", ""].late_days) == (date(2026, 12, 28), 14)
    assert by["ration", "CUT"].late_days == 0


@pytest.mark.parametrize("need", [0.0, 12.5, 30.0, 31.0, 75.0, 200.0])
def test_the_mix_is_the_cheapest_of_every_way_to_cover(need):
    """Against brute force: every set of fixed costs, then every order of filling."""
    sources = [Source(((20.0, 2.0), (10.0, 6.0))), Source(((60.0, 1.0),), 90.0), Source(((15.0, 3.5),), 4.0)]
    found = cheapest_mix(sources, need)
    best = min(
        sum(source.cost(q) for source, q in zip(sources, (a, b, c), strict=True))
        for a in np.arange(0, 30.5, 0.5)
        for b in np.arange(0, 60.5, 0.5)
        for c in [min(need, 105.0) - a - b]
        if 0 <= c <= 15
    )
    assert found.amount == pytest.approx(best) and found.covered == min(need, 105.0)


def test_with_many_fixed_costs_the_least_average_ones_are_tried():
    sources = [Source(((10.0, 1.0),), float(n)) for n in range(MOST_FIXED + 5)]
    found = cheapest_mix(sources, 25.0)
    assert found.covered == 25.0 and [n for n, _, _ in found.parts] == [0, 1, 2]


@pytest.fixture(scope="module")
def red_tomato(request):
    from equipoise import gather, read_dataset

    return compute_plan(gather(read_dataset(request.config.rootpath / "examples" / "red_tomato")))


@pytest.mark.parametrize("seed", range(100, 108))
def test_whatever_the_company_what_is_told_holds_together(seed):
    ground = read_ground(compute_plan(random_company(seed).snapshot()))
    for found in gap_options(ground):
        gap = found.gap
        assert gap.short >= 0.5 and 0 <= found.covered <= found.short + 1e-6 <= gap.short + 2e-6
        assert found.amount == pytest.approx(sum(part.amount for part in found.mix))
        assert found.covered == pytest.approx(sum(part.closes for part in found.mix))
        for each in found.answers:
            assert 0 <= each.closes <= found.short and each.closes + each.left == pytest.approx(found.short)
            assert each.late_days == max((ground.plan.head.as_of - each.decide_by).days, 0)
            assert all(quantity > 0 for quantity, _ in each.option.steps) or not each.option.most
            prices = [price for _, price in each.option.steps if price is not None]
            assert np.isfinite(prices).all() and prices == pytest.approx(sorted(prices), abs=1e-6)
        for part in found.mix:
            one = found.answers[part.number]
            assert one.is_in_time and not one.option.gives_up and part.closes <= one.closes + 1e-6
    for row in range(len(ground.plan.axes.resources)):
        ladder = break_even_ladder(ground, row)
        ends = [piece.begins for piece in ladder.pieces[1:]]
        assert ends == pytest.approx([piece.ends for piece in ladder.pieces[:-1]])
        amounts = [piece.amount for piece in ladder.pieces]
        assert amounts == pytest.approx(sorted(amounts)) or any(rung.each < 0 for rung in ladder.rungs)
