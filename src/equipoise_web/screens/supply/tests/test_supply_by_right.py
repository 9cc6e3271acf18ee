"""The rooms of supply show each of one's own part only, and offer nobody what they may not do."""

import numpy as np
import pytest

from equipoise.core.adjustment import Scope
from equipoise.core.measure import Grain
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right, access_of
from equipoise_web.actions.answer_offer import answer_offer
from equipoise_web.reads import adjustment_pages, supply_offers
from equipoise_web.reads.constraints import Filters, read_constraints
from equipoise_web.reads.network_flows import PLANT, SUPPLIER, read_network
from equipoise_web.reads.plans import open_plan, plan_for
from equipoise_web.reads.shortage_page import read_shortage
from equipoise_web.reads.supply_optimum import plan_at_hand

pytestmark = pytest.mark.django_db
SHORT = {"item": "LA-04", "market": "north-drug", "day": "2027-02-01"}
READS = frozenset({Right.READ, Right.SEE_POOLED})


def who_has(*held):
    return Access(7, "eve", held)


def part(role, **nodes):
    return Held(ROLES[role], Scope(**nodes))


def test_before_the_cycle_has_a_plan_the_newest_is_shown_in_part_too(eye, demo_digest, monkeypatch):
    monkeypatch.setattr(adjustment_pages, "plan_of_work", lambda _who: None)

    def short(who):
        plan = plan_at_hand(who)
        rows = np.flatnonzero(plan.measure("unmet_qty").values.sum(axis=1))
        return {plan.axes.keys[Grain.DEMAND].labels(row)[1] for row in rows.tolist()}

    assert short(who_has(part("analyst", market="North"))) == {"north-drug"} < short(eye)


def test_of_a_resource_only_its_own_limits_are_listed(eye, demo_digest):
    def names(who):
        return {row.name for row in read_constraints(who, Filters()).rows if row.kind in ("hours", "overtime")}

    assert names(eye) > {"Capsule line"}
    assert names(who_has(part("operations", resource="capsule-line"))) == {"Capsule line"}


def test_at_a_site_only_its_own_stocks_and_supplies_are_listed(eye, demo_digest):
    def sites(who):
        return {row.site for row in read_constraints(who, Filters(kind="most_stock")).rows}

    assert sites(eye) > {"Warehouse North"}
    assert sites(who_has(part("supply_planner", location="dc-north"))) == {"Warehouse North"}


def test_how_full_a_shared_limit_is_is_told_to_who_sees_all_that_shares_it(demo_digest):
    lane = (SUPPLIER, "copacker"), (PLANT, "plant-west")
    used = {}
    for item in ("family:Laundry care", "LA-01"):
        who = who_has(part("analyst", item=item))
        found = read_network(who, plan_for(who, demo_digest), first=1, last=4).lanes[lane]
        used[item] = found.by_unit["case"], found.used_pct
    assert used == {"family:Laundry care": (24000.0, pytest.approx(100.0)), "LA-01": (18000.0, None)}


def test_a_load_that_one_may_not_read_is_not_shown_as_none(demo_digest):
    hours = who_has(Held(ROLES["analyst"], measure="capacity_available_hours"))
    assert read_network(hours, plan_for(hours, demo_digest), first=0, last=11).used_pct == {}


def test_levers_are_shown_to_who_may_pull_them(eye, person, demo_digest):
    planner = read_shortage(access_of(person("suzy", "supply_planner")), **SHORT)
    assert any("Capsule line" in lever.words for lever in planner.levers)
    assert read_shortage(eye, **SHORT).levers == ()


def test_an_answer_needs_the_right_to_rule_and_to_override_that_demand(demo_digest):
    whole = who_has(part("demand_planner"))
    assert read_shortage(whole, **SHORT).may_answer
    south = who_has(part("demand_planner", market="South"), part("executive"))
    tokens = [whole.limited_to(READS | {right}, "token:1") for right in (Right.PROPOSE, Right.RULE)]
    for who in (south, *tokens):
        assert not read_shortage(who, **SHORT).may_answer


@pytest.mark.parametrize("said", ["accepted", "rejected"])
def test_a_token_that_does_not_rule_is_not_told_whether_the_offer_is_there(said, demo_digest):
    token = who_has(part("demand_planner")).limited_to(READS | {Right.PROPOSE}, "token:1")
    with pytest.raises(NotAllowed, match="has no right to rule"):
        answer_offer(token, "nowhere", said, axes=open_plan(demo_digest).axes, because="As discussed")


def test_the_stranger_is_not_told_that_no_cycle_runs(demo_digest, monkeypatch):
    monkeypatch.setattr(supply_offers, "working_scenario", lambda: None)
    with pytest.raises(NotAllowed):
        supply_offers.read_offers(Access(7, "eve"), open_plan(demo_digest).axes)


def test_a_token_that_sees_pooled_numbers_and_does_not_read_is_not_told_that_there_is_no_plan(fresh_home):
    token = who_has(part("analyst")).limited_to({Right.SEE_POOLED}, "token:1")
    with pytest.raises(NotAllowed, match="has no right to read"):
        plan_at_hand(token)
