"""Workbooks of the grid by right: what is left open in one, who may compare it, and whose eyes count."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from equipoise.core.adjustment import Scope
from equipoise_web.access import ROLES, Access, Held, NotAllowed, Right
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_view import CONSENSUS, GridView
from equipoise_web.reads.grid_workbook_changes import Changes
from equipoise_web.reads.grid_workbook_diff import read_diff
from equipoise_web.reads.grid_workbook_locks import open_cells
from equipoise_web.reads.grid_workbook_ticket import sight_of, ticket_of

pytestmark = pytest.mark.django_db
NOTHING = Changes((), 0, 0)


def holding(*held):
    return Access(7, "eve", held)


def test_cells_are_open_where_one_may_propose(digest):
    planner = holding(Held(ROLES["demand_planner"]))
    rows = read_rows(numbers_now(planner), GridView(measures=(CONSENSUS,)), who=planner)
    assert open_cells(rows, planner).any()
    assert not open_cells(rows, holding(Held(ROLES["demand_planner"], is_read_only=True))).any()


def test_who_proposes_nothing_compares_no_workbook(digest):
    planner = holding(Held(ROLES["demand_planner"]))
    rows = read_rows(numbers_now(planner), GridView(measures=(CONSENSUS,)), who=planner)
    ticket = ticket_of(rows, planner, seen=0, at=datetime(2027, 1, 4, tzinfo=UTC))
    assert read_diff(ticket, NOTHING, planner).cells == ()
    reader = holding(Held(ROLES["demand_planner"], is_read_only=True))
    assert sight_of(reader) == sight_of(planner)
    with pytest.raises(NotAllowed, match="propose"):
        read_diff(ticket, NOTHING, reader)


def test_a_role_that_reads_nothing_changes_no_sight():
    planner, beside = Held(ROLES["demand_planner"]), Held(ROLES["administrator"], Scope(market="North"))
    assert not beside.gives(Right.READ)
    assert sight_of(holding(planner, beside)) == sight_of(holding(planner))
    assert sight_of(holding(replace(planner, scope=Scope(market="North")))) != sight_of(holding(planner))
