"""Rows behind a plan: inside the scope, rates from above, no totals above, pooled facts by right."""

from dataclasses import replace

import pytest

from equipoise.core.adjustment import Scope
from equipoise.core.hierarchy import MARKET_LEVELS, Hierarchy
from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise_web.access import ROLES, Access, Held, Right
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped_tables import seen_as, visible

OWN = Held(ROLES["sales"], Scope(market="retail"))
POOLED = Held(ROLES["marketing"], Scope(market="retail"))


@pytest.fixture
def shown(digest):
    markets = Hierarchy.build("market", MARKET_LEVELS, [("retail", "", "", "home"), ("online", "", "", "web")])
    axes = replace(open_plan(digest).axes, markets=markets)

    def show(name, rows, *held, limit=None):
        frame = conformed(table(name), rows)
        return visible(frame, name, axes, Access(1, "somebody", held, limit=limit)).height

    return show


def test_a_total_above_the_scope_is_hidden_and_a_rate_is_not(shown):
    nodes = ["retail", "home", "", "online"]
    rows = {"item": ["tool"] * 4, "market": nodes}
    assert shown("forecast", {**rows, "quantity": [1] * 4}, OWN) == 2  # home has no market but retail
    assert shown("prices", {**rows, "price": [1] * 4}, OWN) == 3
    assert shown("forecast", rows, Held(ROLES["sales"])) == 4
    assert shown("forecast", rows, Held(ROLES["sales"], Scope(market="nowhere"))) == 0
    assert shown("forecast", rows) == 0


def test_a_grant_on_one_measure_shows_no_rows(shown):
    assert shown("forecast", {"item": ["tool"], "market": ["retail"]}, Held(ROLES["sales"], Scope(), "x")) == 0


def test_pooled_facts_need_the_right_in_the_same_grant_and_in_the_token(shown):
    rows = {"item": ["tool"], "location": ["plant"]}
    assert shown("production_history", rows, OWN) == 0
    assert shown("production_history", rows, POOLED) == 1
    assert shown("production_history", rows, POOLED, limit=frozenset({Right.READ})) == 0
    assert shown("production_history", rows, POOLED, limit=frozenset({Right.SEE_POOLED})) == 0


def test_an_archive_is_parted_by_its_measure(shown):
    measures = ["demand_consensus_qty", "production_qty", "never_heard_of_qty"]
    rows = {"measure": measures, "item": ["tool"] * 3}
    assert shown("plan_archive", rows, Held(ROLES["sales"])) == 1
    assert shown("plan_archive", rows, Held(ROLES["marketing"])) == 3
    assert shown("plan_archive", rows, OWN) == 0  # company totals


def test_lanes_are_shown_to_the_market_they_lead_to_and_between_locations(shown):
    rows = {"item": ["tool"] * 3, "from_location": ["plant"] * 3, "to": ["retail", "plant", "online"]}
    assert shown("lanes", rows, OWN) == 2


def test_a_cached_page_is_known_by_whose_eyes_it_is_for(digest):
    from equipoise_web.reads.scoped import scoped_plan

    plan = open_plan(digest)
    one, two = (scoped_plan(plan, Access(1, "x", (held,))) for held in (OWN, POOLED))
    assert len({seen_as(plan), seen_as(one), seen_as(two)}) == 3
    assert one.snapshot_id == plan.snapshot_id
