"""Closed months beside those ahead: what became of demand, below every node, and nothing that one could type in."""

from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest

from equipoise_web.access import access_of
from equipoise_web.reads.grid_cell import read_cell
from equipoise_web.reads.grid_edit import read_typed
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_rows import closed_buckets, read_rows
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import CONSENSUS, GridView, default_view


@pytest.fixture
def who(demo_digest, person):
    return access_of(person("planner", "demand_planner"))


@pytest.fixture
def numbers(who):
    return numbers_now(who)


@pytest.mark.parametrize("levels", [("family", "item"), ("market", "item")])
def test_closed_columns_are_the_orders_of_their_months_and_the_rest_is_as_without_them(who, numbers, levels):
    view = GridView(levels, (CONSENSUS, "demand_load_pct", "service_fill_pct"))
    plain, rows = (read_rows(numbers, each, who=who) for each in (view, replace(view, past=True)))
    closed = closed_buckets(numbers.plan)
    assert len(closed) == 12
    assert [column.begin for column in rows.columns.all if column.is_closed] == list(closed)
    assert np.array_equal(rows.values[:, :, 12:], plain.values, equal_nan=True)
    assert np.array_equal(rows.marks[:, :, 12:], plain.marks)
    assert not rows.marks[:, :, :12].any()
    codes, past = numbers.plan.grouped("history_ordered_qty", level=levels[0])
    first = numbers.plan.first_bucket("history_ordered_qty")
    for node in np.flatnonzero(rows.tree.depth == 1).tolist():
        expected = past[codes.index(rows.tree.codes[node]), closed.start - first : closed.stop - first]
        assert np.array_equal(rows.values[0, node, :12], expected)
    assert np.isnan(rows.values[1:, :, :12]).all()


def test_a_closed_month_takes_no_number_and_no_hold(who, numbers):
    rows = read_rows(numbers, replace(default_view(who), past=True), who=who)
    line, node = rows.lines.index(CONSENSUS), rows.tree.by_key["Oral care"]
    for is_hold in (False, True):
        made = read_typed(rows, [TypedCell(line, node, 3, "+1"), TypedCell(line, node, 13, "+1")], who, is_hold=is_hold)
        assert [(each.column, "closed" in each.because) for each in made.rejected] == [(3, True)]
        assert made.bodies


def test_the_panel_of_a_closed_month_says_its_actual_and_explains_nothing(who, numbers):
    rows = read_rows(numbers, replace(default_view(who), past=True), who=who)
    line, node = rows.lines.index(CONSENSUS), rows.tree.by_key["Oral care"]
    page = read_cell(rows, TypedCell(line, node, 11, ""), who)
    assert page.value == f"{rows.values[line, node, 11]:,.0f}"
    assert page.why == {}
    assert len(page.chart) == 12 + numbers.plan.axes.horizon


def test_who_sees_one_market_sees_its_past_only(numbers, person):
    who = access_of(person("seller", "sales", market="North"))
    rows = read_rows(numbers_now(who), GridView(("market", "item"), (CONSENSUS,), past=True), who=who)
    assert set(rows.tree.codes[node] for node in np.flatnonzero(rows.tree.depth == 1).tolist()) == {
        "north-drug",
        "north-grocery",
    }
    expected = numbers.plan.by_bucket("history_ordered_qty", region="North")[-12:]
    assert np.array_equal(rows.values[0, 0, :12], expected)


def test_the_link_of_a_view_says_that_it_shows_the_past():
    view = GridView(past=True)
    assert GridView.of_query(dict(parse_qsl(view.query))) == view
    assert GridView.of_query({"past": "0"}, view) == GridView()
    assert "past" not in GridView().query
