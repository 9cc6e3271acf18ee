"""The grid as people see it who hold less: rows, lines, marks, what is typed and what is undone."""

import numpy as np
import pytest

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right, access_of
from equipoise_web.actions.note_visit import note_visit
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.reads.grid_edit import read_typed
from equipoise_web.reads.grid_marks import CHANGED, MINE, THEIRS
from equipoise_web.reads.grid_numbers import numbers_now, numbers_of_plan
from equipoise_web.reads.grid_rows import narrowed, read_rows
from equipoise_web.reads.grid_state import rows_now, steps_of
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import CONSENSUS, LOAD_HOURS, LOAD_PCT, GridView, default_view, editable_measures
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import GridStep, Visit

pytestmark = pytest.mark.django_db
STRANGER = Access(7, "eve")


def holding(role, market=""):
    return Access(7, "eve", (Held(ROLES[role], Scope(market=market)),))


@pytest.fixture
def proposed(digest, person):
    """An input by sales, on all markets."""
    root = working_scenario()
    body = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}
    propose_adjustment(access_of(person("sally", "sales")), body, scenario=root.name, axes=axes_of(root.snapshot))


def test_a_change_that_reaches_beyond_ones_part_marks_nothing_there(proposed):
    def marks(who):
        rows = read_rows(numbers_now(who), GridView(measures=("demand_sales_qty",)), who=who)
        return int((rows.marks & (MINE | THEIRS) > 0).sum())

    assert marks(holding("marketing")) > 0
    assert marks(holding("marketing", "retail")) == 0


def test_a_number_is_held_by_who_may_hold_numbers(digest):
    def held(role):
        who = holding(role)
        rows = read_rows(numbers_now(who), GridView(measures=(CONSENSUS,)), who=who)
        return read_typed(rows, [TypedCell(0, 0, 0, "")], who, is_hold=True)

    assert len(held("demand_planner").bodies) >= 1
    refused = held("marketing")
    assert (len(refused.bodies), len(refused.rejected)) == (0, 1)


def test_the_grid_is_of_what_one_reads(proposed, person):
    """Before a plan answers the proposals: numbers are estimates on the plan in force."""
    near, far = (access_of(person(market, "sales", market=market)) for market in ("retail", "abroad"))
    whole = numbers_now(holding("analyst"))
    assert not whole.is_exact
    for numbers, shown in ((numbers_now(near), True), (numbers_now(far), False)):
        for plan in (numbers.plan, numbers.base):
            assert bool(plan.total(CONSENSUS)) is shown
            assert plan is not whole.base
    with pytest.raises(NotAllowed, match="no right to read"):
        numbers_now(STRANGER)


def test_lines_of_the_grid_that_one_may_not_read_are_unknown(digest, person):
    sally, anna = (access_of(person(role, role)) for role in ("sales", "analyst"))
    view = GridView(measures=(CONSENSUS, "production_qty", LOAD_PCT, LOAD_HOURS))

    def known(who):
        rows = read_rows(numbers_now(who), view, who=who)
        return [bool(np.isfinite(rows.values[line]).any()) for line in range(len(rows.lines))], rows.header

    (mine, _), (every, _) = known(sally), known(anna)
    assert mine[0]
    assert not any(mine[1:4])  # demand in money comes last
    assert all(every[1:4])


def test_a_view_is_narrowed_to_the_one_part_where_one_reads(digest):
    view = GridView(measures=(CONSENSUS,))
    near = Access(
        7, "eve", (Held(ROLES["sales"], Scope(market="retail")), Held(ROLES["administrator"], Scope(item="tool")))
    )
    assert dict(narrowed(view, numbers_now(near), near).nodes) == {"market": "retail"}
    everywhere = holding("analyst")
    assert narrowed(view, numbers_now(everywhere), everywhere) == view


def test_the_total_says_whose_it_is(digest):
    def titles(who):
        return str(read_rows(numbers_now(who), GridView(measures=(CONSENSUS,)), who=who).header)

    assert "Total (your scope)" in titles(holding("sales", "retail"))
    assert "Total (your scope)" not in titles(holding("sales"))


def test_rows_are_those_where_one_reads(digest):
    def shown(who):
        rows = read_rows(numbers_now(who), GridView(rows=("item", "market"), measures=(CONSENSUS,)), who=who)
        return len(rows.tree)

    assert shown(holding("sales")) == shown(holding("sales", "retail")) == 3
    assert shown(holding("sales", "abroad")) < 3


def test_the_first_view_shows_load_to_who_sees_pooled_numbers_and_types_where_one_proposes():
    assert LOAD_PCT in default_view(holding("analyst")).measures
    assert LOAD_PCT not in default_view(holding("sales")).measures
    assert set(editable_measures(holding("demand_planner"))) == {CONSENSUS}
    assert set(editable_measures(holding("sales"))) == {"demand_sales_qty"}
    assert editable_measures(holding("analyst")) == {}
    assert editable_measures(holding("operations")) == {"production_qty": "production_override"}
    assert editable_measures(holding("procurement")) == {}
    for role in ("demand_planner", "sales"):
        held = Held(ROLES[role], is_read_only=True)
        assert editable_measures(Access(7, "eve", (held, Held(ROLES["procurement"])))) == {}
        assert editable_measures(holding(role).limited_to({Right.READ}, "token:1")) == {}


def test_steps_to_undo_are_ones_own(person):
    ann, bob = (access_of(person(name, "sales")) for name in ("ann", "bob"))
    for state in (GridStep.DONE, GridStep.UNDONE):
        GridStep.objects.create(person_id=ann.person, scenario="base", label=state, adjustments=[], state=state)
    assert steps_of(ann, "base") == {"undo": "done", "redo": "undone"}
    assert steps_of(bob, "base") == {"undo": "", "redo": ""}


def test_marks_of_what_changed_are_from_ones_own_visit(proposed, person):
    ann, bob = (access_of(person(name, "marketing")) for name in ("ann", "bob"))
    for who in (ann, bob):
        note_visit(who)
    Visit.objects.filter(person=ann.person).update(before="2026-01-01T00:00:00Z")
    view = GridView(measures=("demand_sales_qty",))

    def changed(who):
        return bool((rows_now(who, view, numbers_now(who)).marks & CHANGED).any())

    assert changed(ann)
    assert not changed(bob)


def test_what_is_typed_reaches_where_one_proposes(digest):
    who = Access(7, "eve", (Held(ROLES["sales"], Scope(market="retail")), Held(ROLES["executive"], Scope(item="tool"))))
    rows = read_rows(numbers_now(who), GridView(measures=("demand_sales_qty",)), who=who)
    (body,) = read_typed(rows, [TypedCell(0, 0, 0, "+1%")], who).bodies
    assert body["scope"]["market"] == "retail"
    other = holding("operations")
    refused = read_typed(rows, [TypedCell(0, 0, 0, "+1%")], other)
    assert (len(refused.bodies), len(refused.rejected)) == (0, 1)


def test_what_is_typed_beyond_ones_part_is_refused(digest):
    rows = read_rows(numbers_now(holding("sales")), GridView(measures=("demand_sales_qty",)), who=holding("sales"))
    part = Access(7, "eve", (Held(ROLES["sales"], Scope(location="plant")),))
    refused = read_typed(rows, [TypedCell(0, 0, 0, "+1%")], part)
    assert [cell.because for cell in refused.rejected] == ["It lies outside what you plan."]


def test_a_published_plan_in_the_grid_is_as_one_sees_it(digest):
    near, far = (numbers_of_plan(holding("sales", market), digest) for market in ("retail", "abroad"))
    assert near.plan.total(CONSENSUS) > 0
    assert far.plan.total(CONSENSUS) == far.base.total(CONSENSUS) == 0


def test_load_is_told_to_who_reads_the_demand_it_comes_from(digest):
    one = Access(7, "eve", (Held(ROLES["analyst"], measure="production_qty"),))
    view = GridView(measures=(LOAD_PCT, LOAD_HOURS))
    for who, is_known in ((holding("analyst"), True), (one, False)):
        rows = read_rows(numbers_now(who), view, who=who)
        assert bool(np.isfinite(rows.values[:2]).any()) is is_known
