"""Gaps of the press shop answered together: what one takes is not there for the next, and each says who took it."""

from collections import defaultdict

import pytest

from equipoise.balance.about import about
from equipoise.balance.gap_options import decide_soon
from equipoise.balance.gaps import find_gaps
from equipoise.balance.ground import read_ground
from equipoise.balance.tell_options import tell_gaps
from equipoise.balance.tests.press import LEVERS, TABLES, plan_of, spent
from equipoise.balance.together import gap_options
from equipoise.codec import adjustment_from_json
from equipoise.plan import compute_plan
from equipoise.testing import random_company

FEBRUARY, MARCH, APRIL = 1, 2, 3
TWO = TABLES["forecast"].replace("2027-04-01,90", "2027-04-01,130")
"""March and April ask for 130 hours each; January and February leave 20 each."""
DEAR_APRIL = TABLES["prices"] + "lid,retail,2027-04-01,90\n"


def by_bucket(plan):
    return {found.gap.bucket: found for found in gap_options(read_ground(plan))}


def taken(found):
    """What the mix takes, by lever: hours and money."""
    return {found.answers[part.number].option.lever: (part.closes, part.amount) for part in found.mix}


def test_the_idle_hours_of_february_are_given_out_once(tmp_path):
    plan = plan_of(tmp_path, forecast=TWO)
    found = by_bucket(plan)
    march, april = found[MARCH], found[APRIL]
    assert (march.turn, april.turn) == (1, 2), "an hour loses 35 in either, so the earlier one has its turn first"
    assert taken(march) == {"prebuild": (30.0, 20 * 2 + 10 * 4)} == taken(march.alone)
    # Alone, April would take February's 20 at 4 and ten of January's at 6; March has taken all but ten of January's.
    assert taken(april.alone) == {"prebuild": (30.0, 20 * 4 + 10 * 6)}
    assert taken(april) == {"prebuild": (10.0, 60.0), "overtime": (20.0, 120.0)}
    hours = [(about(april.gap.ground, each.cell).what, each.cell[2], each.quantity) for each in april.given]
    assert hours == [("press", FEBRUARY, 20.0)], "of January's hours as many are left as it would ask for"
    assert {(each.where, each.bucket) for each in april.given} == {("press", MARCH)} and march.given == ()


def test_together_the_gaps_cost_what_the_optimizer_pays_for_both(tmp_path):
    plan = plan_of(tmp_path, forecast=TWO)
    found = by_bucket(plan)
    saved = worth_of_both(plan)
    assert saved == pytest.approx(sum(each.amount for each in found.values())) == 80 + 180
    assert sum(each.alone.amount for each in found.values()) == 80 + 140, "alone they promise 30 hours twice"


def worth_of_both(plan):
    """What the optimizer pays for the thirty hours that March and April lack."""
    more = {
        "id": "hours", "kind": "capacity", "function": "operations", "amount": "+30",
        "scope": {"resource": "press", "first": "2027-03-01", "last": "2027-04-30"}, "reason": "what are both worth?",
    }  # fmt: skip
    return spent(plan) - spent(compute_plan(plan.snapshot, (*plan.adjustments, adjustment_from_json(more))))


def test_a_dear_gap_does_not_take_the_near_hours_of_another_where_both_can_be_closed_for_less(tmp_path):
    """April earns more; were it first it would keep February's hours a month longer, and March would work overtime in
    their place: 140 and 160."""
    plan = plan_of(tmp_path, forecast=TWO, prices=DEAR_APRIL)
    found = by_bucket(plan)
    march, april = found[MARCH], found[APRIL]
    assert (april.gap.worth_each, march.gap.worth_each) == (90 - 25, 60 - 25)
    assert (march.turn, april.turn) == (1, 2) and march.is_closed and april.is_closed
    assert (march.amount, april.amount) == (80, 180)
    assert worth_of_both(plan) == pytest.approx(80 + 180)


def test_the_gap_that_loses_more_an_hour_has_its_turn_first_where_not_both_can_be_closed(tmp_path):
    resources = TABLES["resources"].replace(",40,10,16", ",0,10,16")
    found = by_bucket(plan_of(tmp_path, forecast=TWO, prices=DEAR_APRIL, resources=resources))
    march, april = found[MARCH], found[APRIL]
    assert (april.turn, march.turn) == (1, 2) and taken(april) == taken(april.alone)
    # Of January ten hours are left, kept two months; nothing else is there.
    assert taken(march) == {"prebuild": (10.0, 40.0)} and not march.is_closed
    assert decide_soon(found.values())[0] is april, "January's hours are in both, and April has more at stake"


def test_a_gap_is_smaller_once_its_items_are_made_elsewhere_in_time(tmp_path):
    """Every lid is packed as well, and packing lacks the same 30 hours: what is made ahead is packed ahead."""
    line = TABLES["resources"].splitlines()[1].replace("press,shop,Press", "pack,shop,Packing")
    plan = plan_of(
        tmp_path,
        resources=TABLES["resources"] + line + "\n",
        routings=TABLES["routings"] + "lid,shop,pack,1,0\n",
    )
    pack, press = sorted(gap_options(read_ground(plan)), key=lambda each: each.turn)
    assert (pack.gap.where, press.gap.where) == ("pack", "press") and taken(pack) == {"prebuild": (30.0, 80.0)}
    assert (press.short, press.relieved, press.mix, press.is_closed) == (0.0, 30.0, (), True)
    assert taken(press.alone) == {"prebuild": (30.0, 80.0)}
    numbers = {each.where: each for each in tell_gaps([pack, press])}
    assert (numbers["press"].relieved_qty, numbers["press"].mix_amount, numbers["press"].alone_mix_amount) == (
        30,
        0,
        80,
    )
    assert [each.alone_closes_qty for each in numbers["press"].options if each.lever == "prebuild"] == [30.0]


def two_lines(folder, **tables):
    """March's gaps of the press and of a line of bowls, twenty hours short; no overtime, and dear holding."""
    head, line = TABLES["resources"].replace(",40,10,16", ",0,10,16").splitlines()
    plan = plan_of(
        folder,
        items=TABLES["items"] + "bowl,Bowl,lids,unit\n",
        inventory=TABLES["inventory"] + "bowl,shop,0\n",
        inventory_policy=TABLES["inventory_policy"] + "bowl,shop,0\n",
        forecast=TABLES["forecast"] + "bowl,retail,2027-03-01,120\n",
        lanes=TABLES["lanes"] + "bowl,shop,retail,0,0\n",
        prices=TABLES["prices"] + "bowl,retail,2027-01-01,70\n",
        costs=TABLES["costs"].replace(",2,1000", ",50,1000") + "bowl,,2027-01-01,25,50,1000\n",
        resources=f"{head}\n{line}\n{line.replace('press,shop,Press', 'bowls,shop,Bowls')}\n",
        routings=TABLES["routings"] + "bowl,shop,bowls,1,3\n",
        **tables,
    )
    found = {each.gap.where: each for each in gap_options(read_ground(plan)) if each.gap.bucket == MARCH}
    return found["bowls"], found["press"]


MATE = "MATE,subcontract,,lids,,17,,unit,0,25,,,\n"
"""Twenty-five units a month, of lids and bowls together."""


def test_a_subcontractor_that_two_gaps_ask_gives_its_quantity_once(tmp_path):
    bowls, press = two_lines(tmp_path, levers=LEVERS + MATE)
    assert (bowls.turn, press.turn) < (3, 3) and (bowls.gap.worth_each, press.gap.worth_each) == (45.0, 35.0)
    assert taken(bowls)["subcontract"] == (20.0, 80.0), "at 17 instead of 3 and an hour at 10"
    assert taken(press)["subcontract"] == (5.0, 20.0) and taken(press.alone)["subcontract"] == (25.0, 100.0)
    (given,) = press.given
    assert (about(press.gap.ground, given.cell).what, given.quantity, given.where) == ("MATE", 20.0, "bowls")


def test_what_the_network_knows_is_not_offered_again_by_the_list(tmp_path):
    """The mate is in the network with twenty units; bowls take them all, and the list's row is the same mate."""
    table = "item,location,supplier,valid_from,unit_cost,max_qty\nlids,shop,mate,2027-01-01,17,20\n"
    bowls, press = two_lines(tmp_path, levers=LEVERS + MATE, subcontracting=table)
    assert taken(bowls)["subcontract"] == (20.0, 80.0)
    assert "subcontract" in {each.option.lever for each in press.alone.answers}
    assert "subcontract" not in {each.option.lever for each in press.answers}


def test_a_line_is_bought_once(tmp_path):
    row = "LINE-2,capex,press,,,1,12,hour,0,80,,,\n"
    found = by_bucket(plan_of(tmp_path, forecast=TWO, levers=LEVERS + row))
    assert taken(found[MARCH]) == {"capex": (30.0, 12 + 30 * 1.0)}
    assert taken(found[APRIL]) == {"capex": (30.0, 30 * 1.0)} and taken(found[APRIL].alone) == {"capex": (30.0, 42.0)}


def test_the_last_day_is_that_of_the_hours_taken(tmp_path):
    """Dear to hold: of what could be built ahead February's hours alone are taken, so January need not be asked."""
    found = by_bucket(plan_of(tmp_path, costs=TABLES["costs"].replace(",2,1000", ",5,1000")))[MARCH]
    ahead = next(each for each in found.answers if each.option.lever == "prebuild")
    assert (ahead.decide_by.isoformat(), found.decide_by.isoformat()) == ("2027-01-01", "2027-02-01")


@pytest.mark.parametrize("seed", range(100, 106))
def test_nothing_is_promised_twice_whatever_the_company(seed):
    ground = read_ground(compute_plan(random_company(seed).snapshot()))
    found = gap_options(ground)
    taken, back = defaultdict(float), defaultdict(float)
    for each in found:
        for part in each.mix:
            for step, quantity in each.answers[part.number].option.first(part.closes):
                for cell, used in step.uses:
                    (taken if used > 0 else back)[cell] += quantity * abs(used)
    for cell, quantity in taken.items():
        assert quantity <= max(ground.spare.of(cell), 0.0) + back[cell] + 0.01, cell
    assert sorted(each.turn for each in found) == list(range(1, len(found) + 1))
    again = gap_options(ground, find_gaps(ground)[::-1])
    assert tell_gaps(again[::-1]) == tell_gaps(found), "the order in which gaps are handed in is no matter"
