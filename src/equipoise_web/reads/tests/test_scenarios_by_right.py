"""Adjustments and branches as people see them who hold less: what is offered, what is counted, what is masked."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right, access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.note_visit import note_visit
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.settle_conflict import settle_conflict
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads import adjustment_pages, scenario_page
from equipoise_web.reads.adjustment_pages import plan_of_work, teller_for
from equipoise_web.reads.adjustments import adjustments_by_id, read_adjustments, read_comments
from equipoise_web.reads.changes import read_changes
from equipoise_web.reads.draft_pages import read_sealed
from equipoise_web.reads.drafts_judged import draft_for
from equipoise_web.reads.form import form_of
from equipoise_web.reads.gathering import read_board
from equipoise_web.reads.home import read_home
from equipoise_web.reads.merge_page import read_merge
from equipoise_web.reads.plan_compare import read_plan_compare
from equipoise_web.reads.published import read_plans, read_snapshots
from equipoise_web.reads.scenario_compare import read_compare
from equipoise_web.reads.scenario_list import differences, read_list
from equipoise_web.reads.scenario_page import number_of
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import AuditEntry, ScenarioRecord, Visit

pytestmark = pytest.mark.django_db
STRANGER = Access(7, "eve")
JANUARY = {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-01-31"}


def holding(role, market=""):
    return Access(7, "eve", (Held(ROLES[role], Scope(market=market)),))


@pytest.mark.parametrize(
    "look",
    [
        read_list,
        read_sealed,
        read_board,
        read_adjustments,
        read_plans,
        read_snapshots,
        scenario_page.choices,
        draft_for,
        lambda who: adjustments_by_id(who, []),
        lambda who: read_comments(who, "plan:nowhere"),
        lambda who: read_home(who, date(2027, 1, 1)),
        lambda who: read_compare(who, range(99)),
        lambda who: read_merge(who, "nowhere", "elsewhere"),
        lambda who: read_plan_compare(who, "0" * 64, "1" * 64),
        lambda who: scenario_page.name_of(who, 999),
        lambda who: scenario_page.read_page(who, 999),
        lambda who: settle_conflict(who, "a", into="b", pair=("c", "d"), take="c", reason="x", axes=None),
    ],
    ids=lambda look: look.__name__ if look.__name__ != "<lambda>" else look.__code__.co_names[0],
)
def test_the_stranger_is_told_which_right_is_missing_before_there_is_anything(look):
    with pytest.raises(NotAllowed, match="has no right to"):
        look(STRANGER)


def test_a_token_that_does_not_read_compares_no_plans(digest):
    analyst = holding("analyst")
    assert read_plan_compare(analyst, digest, digest)
    with pytest.raises(NotAllowed, match="no right to read"):
        read_plan_compare(analyst.limited_to({Right.SEE_POOLED}, "token:1"), digest, digest)


@pytest.fixture
def paula(person):
    return person("paula", "demand_planner")


@pytest.fixture
def branches(own_home, paula):
    """Two branches by one person, that set one cell, with their plans."""
    who = access_of(paula)
    root = working_scenario()
    axes = axes_of(root.snapshot)
    for name, amount in (("More", "1200"), ("Less", "900")):
        open_scenario(who, name, parent=root.name)
        body = {"kind": "demand_override", "amount": amount, "scope": JANUARY, "reason": f"{name} because"}
        propose_adjustment(who, body, scenario=name, axes=axes)
    open_scenario(who, "Third", parent=root.name)
    while (lease := take_job()) is not None:
        work_on(lease)
    return {record.name: record for record in ScenarioRecord.objects.all()}


def moved_to(user, role, **nodes):
    """The same person after another took over what he did."""
    user.grants.update(ended_at="2027-01-01T00:00:00Z")
    user.grants.create(role=role, **nodes)
    return access_of(User.objects.get(pk=user.pk))


def test_a_branch_is_put_away_and_thinned_out_by_who_still_branches(branches, paula):
    def offered(who):
        page = scenario_page.read_page(who, number_of("More"))
        return page.may_archive, page.may_drop

    assert offered(access_of(paula)) == (True, True)
    assert offered(holding("analyst")) == (False, True)
    assert offered(holding("executive")) == (True, True)
    assert offered(moved_to(paula, "sales")) == (False, False)


def test_what_ones_own_change_does_is_told_as_far_as_one_sees_the_cells(branches, paula):
    def effect(who):
        (line,) = scenario_page.read_page(who, number_of("More")).adds
        return line.effect

    assert "16" in effect(access_of(paula))  # (1,600 − 1,200) tools at $40
    assert "16" not in effect(moved_to(paula, "sales", market="abroad"))


def test_branches_differ_by_numbers_that_one_sees(branches, digest):
    after = next(line for line in read_list(holding("analyst")).lines if line.name == "More").digest
    seen, unseen = (differences(holding(role), digest, after) for role in ("analyst", "sales"))
    assert seen["revenue"] != unseen["revenue"]
    assert not any(sign.isdigit() for sign in unseen["revenue"] + unseen["margin"] + unseen["service"])


def test_a_merge_is_offered_to_who_may_do_it(branches, paula):
    root = working_scenario().name

    def offered(who, into):
        return read_merge(who, "More", into).may_merge

    planner, elsewhere = access_of(paula), moved_to(paula, "demand_planner", market="abroad")
    assert offered(planner, "Third")
    assert not offered(planner, root)  # a promotion
    assert offered(holding("coordinator"), root)
    assert not offered(elsewhere, "Third")
    assert not offered(holding("sales"), "Third")


def test_a_conflict_is_settled_by_who_rules_and_proposes_there(branches, paula):
    def offered(who):
        (conflict,) = read_merge(who, "More", "Less").conflicts
        return conflict.may_settle

    planner = access_of(paula)
    assert offered(planner)
    assert not offered(planner.limited_to({Right.READ, Right.PROPOSE}, "token:1"))
    assert not offered(holding("executive"))


def test_cells_of_a_conflict_are_those_one_sees(branches, paula):
    near, far = access_of(paula), moved_to(paula, "sales", market="abroad")
    shown, hidden = (read_merge(who, "More", "Less").conflicts[0].cells for who in (near, far))
    assert "1,200" in str(shown)
    assert "1,200" not in str(hidden)


@pytest.fixture
def proposed(digest, person):
    """Two inputs by sales, on all markets."""
    sally = person("sally", "sales")
    root = working_scenario()
    body = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}
    return sally, [
        propose_adjustment(access_of(sally), body, scenario=root.name, axes=axes_of(root.snapshot))["id"]
        for _ in range(2)
    ]


def test_a_proposal_is_ruled_on_by_who_rules_and_withdrawn_by_its_author_while_he_proposes(proposed):
    sally, (_, id) = proposed

    def offered(who):
        page = adjustment_pages.read_page(who, id)
        return page.may_rule, page.may_withdraw, bool(page.next)

    assert offered(holding("executive")) == (True, False, True)
    assert offered(holding("marketing")) == (False, False, False)
    assert offered(access_of(sally)) == (False, True, False)
    sally.grants.update(is_read_only=True)
    assert offered(access_of(sally)) == (False, False, False)


def test_home_asks_who_rules_to_rule_and_nobody_else(proposed):
    def asked(role):
        return [task.what for task in read_home(holding(role), date(2027, 1, 1)).tasks if "Rule on" in task.what]

    assert len(asked("demand_planner")) == 2
    assert asked("marketing") == []


def test_a_visit_of_somebody_else_makes_nothing_old_for_me(proposed, person):
    other = access_of(person("bob", "marketing"))
    me = access_of(person("zoe", "marketing"))
    before = read_changes(me, teller_for(me))
    note_visit(other)
    Visit.objects.filter(person=other.person).update(seen_before=AuditEntry.objects.count())
    assert len(read_changes(other, teller_for(other)).lines) < len(before.lines)
    assert read_changes(me, teller_for(me)).lines == before.lines


def test_places_to_choose_are_where_one_proposes_the_kind(digest):
    who = Access(7, "eve", (Held(ROLES["finance"], Scope(market="retail")), Held(ROLES["executive"])))
    form = form_of(who, "demand_input", axes_of(working_scenario().snapshot), {}, {}, {})
    (market,) = (place for place in form.places if place.dimension == "market")
    assert market.whole == "Only yours"


def test_what_others_propose_beyond_ones_part_is_not_listed(proposed):
    _, ids = proposed
    assert [row.id for row in read_adjustments(holding("marketing"))] == ids[::-1]
    assert read_adjustments(holding("marketing", "retail")) == ()
    assert adjustments_by_id(holding("marketing", "retail"), ids) == {}


def test_the_plan_of_the_working_scenario_is_as_one_sees_it(digest):
    near, far = (plan_of_work(holding("sales", market)) for market in ("retail", "abroad"))
    assert near.total("demand_consensus_qty") > 0
    assert far.total("demand_consensus_qty") == 0


def test_the_stranger_is_refused_the_list_of_scenarios_with_a_plan(digest):
    assert [line.digest for line in read_list(holding("sales")).lines] == [digest]
    with pytest.raises(NotAllowed):
        read_list(STRANGER)
