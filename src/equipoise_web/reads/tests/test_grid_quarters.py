"""Totals of quarters after their months: each measure is what it is over that time, and one shows or hides them."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl

import numpy as np
import pytest

from equipoise.core.calendar import Calendar
from equipoise_web.access import access_of
from equipoise_web.reads.grid_choices import read_choices
from equipoise_web.reads.grid_columns import Columns
from equipoise_web.reads.grid_edit import read_typed
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import CONSENSUS, MOST_MEASURES, PRODUCTION, GridView


@pytest.fixture
def who(demo_digest, person):
    return access_of(person("lead", "coordinator"))


@pytest.fixture
def numbers(who):
    return numbers_now(who)


def totals(rows):
    """Places of the totals of quarters by the quarter's name."""
    return {each.label: n for n, each in enumerate(rows.columns.all) if each.is_total and each.quarter}


def rest(rows):
    """Places of all other columns."""
    return [n for n, each in enumerate(rows.columns.all) if not (each.is_total and each.quarter)]


def test_every_measure_is_over_a_quarter_what_the_view_of_quarters_says_and_nothing_else_moves(who, numbers):
    offered = [choice.value for choice in read_choices(who, numbers, GridView()).measures]
    assert len(offered) > 40
    for begin in range(0, len(offered), MOST_MEASURES - 1):
        view = GridView(rows=("family",), measures=tuple(offered[begin : begin + MOST_MEASURES - 1]))
        both = read_rows(numbers, replace(view, quarters=True), who=who)
        plain = read_rows(numbers, view, who=who)
        quarters = read_rows(numbers, replace(view, time="fiscal_quarter"), who=who)
        at = totals(both)
        named = {each.label: n for n, each in enumerate(quarters.columns.all)}
        assert np.array_equal(
            both.values[..., list(at.values())], quarters.values[..., [named[each] for each in at]], equal_nan=True
        )
        assert np.array_equal(both.values[..., rest(both)], plain.values, equal_nan=True)
        assert np.array_equal(both.marks[..., rest(both)], plain.marks)


def test_flows_add_stock_closes_and_percentages_are_taken_anew(who, numbers):
    lines = (CONSENSUS, "inventory_closing_qty", "service_fill_pct", "capacity_load_pct")
    rows = read_rows(numbers, GridView(rows=("family",), measures=lines, quarters=True), who=who)
    place = totals(rows)["Q3 FY27"]
    months = [place - 3, place - 2, place - 1]
    assert [rows.columns.all[n].label for n in months] == ["Jan", "Feb", "Mar"]
    node = rows.tree.by_key["Laundry care"]
    flow, stock, fill = rows.values[:3, node]
    assert flow[place] == flow[months].sum()
    assert stock[place] == stock[months[-1]]
    codes, spanned = numbers.plan.spanned("service_fill_pct", level="family", time="fiscal_quarter")
    assert fill[place] == spanned[codes.index("Laundry care"), list(totals(rows)).index("Q3 FY27")]
    assert fill[months].min() <= fill[place] <= fill[months].max()
    lines = ("capacity_load_pct", "capacity_load_hours", "capacity_available_hours")
    load = read_rows(numbers, GridView(rows=("resource",), measures=lines, quarters=True), who=who)
    pct, hours, available = load.values[:3, load.tree.by_key["capsule-line"]]
    assert pct[place] == pytest.approx(100 * hours[months].sum() / available[months].sum())
    assert pct[place] != pytest.approx(pct[months].mean(), abs=1e-3)


def test_a_quarter_of_one_bucket_here_has_no_total_and_other_times_have_none():
    calendar = Calendar.build(bucket="month", start=date(2026, 12, 1), horizon=6, fiscal_year_start="07-01")
    labels = [each.label for each in Columns.of(calendar, "bucket", quarters=True).all]
    assert labels == ["Dec", "Jan", "Feb", "Mar", "Q3 FY27", "Apr", "May", "Q4 FY27", "FY27"]
    for time in ("fiscal_quarter", "fiscal_year"):
        assert Columns.of(calendar, time, quarters=True).all == Columns.of(calendar, time).all


def test_a_total_of_a_quarter_is_typed_as_in_the_view_of_quarters(who, numbers):
    for line in (CONSENSUS, PRODUCTION):
        bodies = []
        for more in ({"quarters": True}, {"time": "fiscal_quarter"}):
            rows = read_rows(numbers, GridView(rows=("family",), measures=(line,), **more), who=who)
            column = next(n for n, each in enumerate(rows.columns.all) if each.label == "Q3 FY27")
            node = rows.tree.by_key["Laundry care"]
            made = read_typed(rows, [TypedCell(0, node, column, "123456")], who)
            assert (made.rejected, len(made.bodies)) == ((), 1)
            assert made.label == f"123,456 {rows.header['lines'][0]['label']}, Laundry care, Q3 FY27"
            bodies.append(made.bodies)
        assert bodies[0] == bodies[1]
        assert (bodies[0][0]["scope"]["first"], bodies[0][0]["scope"]["last"]) == ("2027-01-01", "2027-03-31")


def test_the_link_of_a_view_says_that_it_shows_them(who, numbers):
    view = GridView(quarters=True)
    assert GridView.of_query(dict(parse_qsl(view.query))) == view
    assert GridView.of_query({"quarters": "0"}, view) == GridView()
    assert "quarters" not in GridView().query
    hides, shows = (read_choices(who, numbers, each).quarters for each in (view, GridView()))
    assert (hides.is_chosen, hides.query) == (True, GridView().query)
    assert (shows.is_chosen, shows.query) == (False, view.query)
