"""A grid worked out again after a change is the grid worked out anew, cell for cell and mark for mark."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise_web.access import access_of
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.reads.grid_again import rows_again
from equipoise_web.reads.grid_changes import _nodes_since, cells_that_differ
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_view import GridView, default_view

CONSENSUS = "demand_consensus_qty"
VIEWS = [
    None,
    GridView(("item",), (CONSENSUS,)),
    GridView(("market", "family", "item"), (CONSENSUS, "demand_required_qty", "demand_orders_qty")),
    GridView(("family", "item"), (CONSENSUS, "inventory_closing_qty"), unit="money", time="fiscal_quarter"),
    GridView(("category", "item"), (CONSENSUS, "production_qty"), unit="hours"),
    GridView(("family",), (CONSENSUS, "demand_load_pct", "demand_load_hours"), (("item", "family:Laundry care"),)),
    GridView(("location", "family"), ("inventory_closing_qty", CONSENSUS)),
]
SCOPES = [
    {"item": "LA-01", "market": "North"},
    {"item": "family:Laundry care", "first": "2027-03-01", "last": "2027-03-31"},
    {},
]


def propose(who, scope, kind="demand_override", **more):
    body = {"kind": kind, "scope": scope, "reason": "Second shelf", **more}
    axes = numbers_now(who, working_name()).plan.axes
    return propose_adjustment(who, body, scenario=working_name(), axes=axes)["id"]


def same(again, anew):
    assert again.lines == anew.lines
    assert np.array_equal(again.values, anew.values, equal_nan=True)
    assert np.array_equal(again.marks, anew.marks)
    assert again.header == anew.header


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scope", SCOPES)
def test_again_is_anew(demo_digest, person, view, scope):
    who = access_of(person("planner", "demand_planner"))
    view = view or default_view(who)
    rows = read_rows(numbers_now(who), view, who=who)
    exact = rows
    made = []
    steps = (("demand_override", {"amount": "+10%"}), ("demand_hold", {}), ("demand_override", {"amount": "-3%"}))
    for kind, more in steps:
        made.append(propose(who, scope, kind, **more))
        numbers = numbers_now(who)
        assert not numbers.is_exact
        again = rows_again(rows, numbers, who)
        same(again, read_rows(numbers, view, who=who))
        assert again.tree is rows.tree
        rows = again
    assert not np.array_equal(rows.values, exact.values, equal_nan=True) or CONSENSUS not in rows.lines
    for id in reversed(made):
        rule_adjustment(who, id, "withdrawn", because="undone")
        numbers = numbers_now(who)
        rows = rows_again(rows, numbers, who)
        same(rows, read_rows(numbers, view, who=who))
    assert rows.numbers.is_exact
    assert np.array_equal(rows.values, exact.values, equal_nan=True)


def test_again_is_anew_for_who_sees_a_part(demo_digest, person):
    who = access_of(person("seller", "sales", market="North"))
    planner = access_of(person("planner", "demand_planner"))
    view = default_view(who)
    rows = read_rows(numbers_now(who), view, who=who)
    for market in ("North", "South", ""):
        propose(planner, {"item": "family:Oral care", "market": market}, amount="+7%")
        numbers = numbers_now(who)
        rows = rows_again(rows, numbers, who)
        same(rows, read_rows(numbers, view, who=who))


def test_numbers_of_another_plan_are_not_worked_out_from_these(demo_digest, person):
    who = access_of(person("planner", "demand_planner"))
    rows = read_rows(numbers_now(who), default_view(who), who=who)
    other = replace(rows.numbers.base)
    vars(other)["digest"] = "0" * 64
    with pytest.raises(AssertionError, match="rows of their own"):
        rows_again(rows, replace(rows.numbers, base=other), who)


MANY = (
    ("demand_override", {"amount": "+10%"}),
    ("demand_override", {"amount": "-3%"}),
    ("demand_override", {"amount": "0"}),
    ("demand_hold", {}),
)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_of_random_edits_is_every_cell_that_differs_and_no_other(demo_digest, person, seed):
    """Whichever of the states before a reader has, however far back: the cells told are those of a whole comparison."""
    rng = np.random.default_rng(seed)
    who, others = access_of(person("planner", "demand_planner")), access_of(person("other", "demand_planner"))
    view = VIEWS[(1, 3, 5)[seed]]
    items = numbers_now(who).plan.axes.items.leaves
    rows = read_rows(numbers_now(who), view, who=who)
    states, standing, narrow = [rows], [], 0
    for _ in range(9):
        if standing and rng.random() < 0.3:
            rule_adjustment(*standing.pop(int(rng.integers(len(standing)))), "withdrawn", because="undone")
        else:
            kind, more = MANY[int(rng.integers(len(MANY) - 1)) if rng.random() < 0.8 else -1]
            month = int(rng.integers(1, 12))
            scope = {"item": str(rng.choice(items)), "first": f"2027-{month:02d}-01", "last": f"2027-{month:02d}-28"}
            made_by = others if rng.random() < 0.3 else who
            standing.append((made_by, propose(made_by, scope if rng.random() < 0.9 else {}, kind, **more)))
        numbers = numbers_now(who)
        rows = rows_again(rows, numbers, who)
        same(rows, read_rows(numbers, view, who=who))
        for earlier in states:
            alike = (earlier.values == rows.values) | (np.isnan(earlier.values) & np.isnan(rows.values))
            expected = np.flatnonzero(~(alike & (earlier.marks == rows.marks)))
            assert np.array_equal(cells_that_differ(earlier, rows), expected)
        nodes = _nodes_since(states[-1], rows)
        assert nodes is not None
        narrow += len(nodes) < len(rows.tree)
        states.append(rows)
    assert narrow > 2, "the whole view was compared every time"
    assert _nodes_since(states[0], rows) is None, "so far back nothing is known"
    assert len(cells_that_differ(rows, rows)) == 0


def test_states_that_were_let_go_are_compared_whole(demo_digest, person):
    who = access_of(person("planner", "demand_planner"))
    view = VIEWS[1]
    rows = first = read_rows(numbers_now(who), view, who=who)
    for scope in SCOPES[:2]:
        propose(who, scope, amount="+10%")
        rows = rows_again(rows, numbers_now(who), who)
    assert _nodes_since(first, rows) is None  # the one between them is gone
    expected = np.flatnonzero((first.values != rows.values) | (first.marks != rows.marks))
    assert np.array_equal(cells_that_differ(first, rows), expected)
