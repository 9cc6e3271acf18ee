"""The panel of a cell says who holds what is below it; let go, it is held no longer."""

import pytest

from equipoise_web.access import access_of
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.reads.grid_cell import read_cell
from equipoise_web.reads.grid_marks import HELD
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import CONSENSUS, default_view

MARCH = {"first": "2027-03-01", "last": "2027-03-31"}


def panel(who, row, mark, line=CONSENSUS):
    rows = read_rows(numbers_now(who), default_view(who), who=who)
    marks = [column.mark for column in rows.columns.all]
    cell = TypedCell(rows.lines.index(line), rows.tree.by_key[row], marks.index(mark), "")
    return read_cell(rows, cell, who), bool(rows.marks[cell.line, cell.node, cell.column] & HELD)


@pytest.fixture
def owner(demo_digest, person):
    return access_of(person("owner", "demand_planner"))


@pytest.fixture
def held(owner):
    body = {"kind": "demand_hold", "scope": {"item": "OR-01", **MARCH}, "reason": "Promised to the drugstore"}
    return propose_adjustment(owner, body, scenario=working_name(), axes=numbers_now(owner).plan.axes)["id"]


def test_a_hold_names_its_owner_at_its_cell_and_above_and_nowhere_else(owner, held, person):
    other = access_of(person("other", "coordinator"))
    for who, is_mine in ((owner, True), (other, False)):
        for row, mark, is_whole in (
            ("Oral care/OR-01", "4", True),
            ("Oral care", "4", False),
            ("Oral care", "FY27", False),
        ):
            page, is_held = panel(who, row, mark)
            assert [(hold.id, hold.by, hold.count, hold.is_mine) for hold in page.holds] == [
                (held, "owner", 1, is_mine)
            ]
            assert is_held is is_whole
    for row, mark in (("Oral care/OR-01", "5"), ("Oral care/OR-02", "4"), ("Hair care", "4")):
        assert panel(owner, row, mark)[0].holds == ()
    assert panel(owner, "Oral care/OR-01", "4", "demand_load_pct")[0].holds == ()


def test_its_owner_or_a_coordinator_lets_it_go(owner, held, person):
    rule_adjustment(access_of(person("boss", "coordinator")), held, "rejected", because="The promise fell through")
    page, is_held = panel(owner, "Oral care/OR-01", "4")
    assert (page.holds, is_held) == ((), False)


def test_cells_held_in_one_step_are_one_line(owner):
    axes = numbers_now(owner).plan.axes
    for item in ("OR-01", "OR-02"):
        body = {"kind": "demand_hold", "scope": {"item": item, **MARCH}, "reason": "Promised"}
        propose_adjustment(owner, body, scenario=working_name(), axes=axes)
    (hold,) = panel(owner, "Oral care", "4")[0].holds
    assert hold.count == 2
