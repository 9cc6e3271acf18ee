"""The planning grid of supply: the plan's own numbers by site, family and item, and by line, for whom they are."""

import numpy as np
import pytest
from django.urls import reverse

from equipoise.core.measure import Grain
from equipoise_web.access import access_of
from equipoise_web.reads.grid_numbers import numbers_of_plan
from equipoise_web.reads.grid_rows import narrowed, read_rows
from equipoise_web.reads.grid_view import SUPPLY_VIEW, GridView, default_view, editable_measures
from equipoise_web.reads.grid_views import first_view
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.supply_view import LOAD_VIEW, VIEWS

pytestmark = pytest.mark.django_db


def rows_for(who, digest, view):
    numbers = numbers_of_plan(who, digest)
    return read_rows(numbers, narrowed(view, numbers, who), who=who)


def buckets_of(rows):
    return [place for place, column in enumerate(rows.columns.all) if not column.is_total]


def by_site(plan, measure, grain, site, item):
    keys = plan.axes.keys[grain]
    chosen = [row for row in range(len(keys)) if keys.labels(row)[:2] == (item, site)]
    return plan.measure(measure).values[chosen].sum(axis=0)


@pytest.mark.parametrize(
    ("measure", "grain"),
    [
        ("production_qty", Grain.MAKE),
        ("purchase_qty", Grain.MAKE),
        ("receipt_scheduled_qty", Grain.STOCK),
        ("inventory_closing_qty", Grain.STOCK),
        ("inventory_safety_qty", Grain.STOCK),
    ],
)
def test_an_item_at_a_site_is_what_the_plan_says(person, demo_digest, measure, grain):
    plan = open_plan(demo_digest)
    rows = rows_for(access_of(person("sue", "supply_planner")), demo_digest, SUPPLY_VIEW)
    line, deep = rows.lines.index(measure), np.flatnonzero(rows.tree.depth == 3)
    assert len(deep) > 50
    for node in deep.tolist():
        path = {name: code.partition(":")[2] for name, code in rows.tree.path(node).items()}
        expected = by_site(plan, measure, grain, path["location"], path["item"])
        assert np.array_equal(rows.values[line, node][buckets_of(rows)], expected), rows.tree.keys[node]


def test_days_of_supply_are_those_of_the_sites_own_demand(person, demo_digest):
    rows = rows_for(access_of(person("sue", "supply_planner")), demo_digest, SUPPLY_VIEW)
    days = rows.values[rows.lines.index("inventory_cover_days")]
    assert np.isfinite(days).any()
    assert (days[np.isfinite(days)] >= 0).all()


def test_every_line_of_the_views_has_numbers_in_every_site(person, demo_digest):
    who = access_of(person("sue", "supply_planner"))
    for view in VIEWS.values():
        rows = rows_for(who, demo_digest, view)
        assert rows.lines[: len(view.measures)] == view.measures
        for number, name in enumerate(view.measures):
            assert np.isfinite(rows.values[number, 1:]).any(), name


def test_production_by_line_is_that_of_the_routes_whose_line_it_is(person, demo_digest):
    plan = open_plan(demo_digest)
    rows = rows_for(access_of(person("sue", "supply_planner")), demo_digest, LOAD_VIEW)
    line = rows.lines.index("production_qty")
    made, lines = plan.measure("production_qty").values, plan.axes.lines
    found = {rows.tree.codes[n]: rows.values[line, n][buckets_of(rows)] for n in np.flatnonzero(rows.tree.depth == 2)}
    for row, code in enumerate(plan.axes.resources.leaves):
        assert np.array_equal(found[code], made[lines == row].sum(axis=0)), code
    assert sum(found.values()).sum() == made[lines >= 0].sum() > 0


def test_load_by_line_is_that_of_the_plan(person, demo_digest):
    plan = open_plan(demo_digest)
    rows = rows_for(access_of(person("sue", "supply_planner")), demo_digest, LOAD_VIEW)
    line = rows.lines.index("capacity_load_hours")
    found = {rows.tree.codes[n]: rows.values[line, n][buckets_of(rows)] for n in np.flatnonzero(rows.tree.depth == 2)}
    assert set(found) == set(plan.axes.resources.leaves)
    for row, code in enumerate(plan.axes.resources.leaves):
        assert np.array_equal(found[code], plan.measure("capacity_load_hours").values[row]), code


@pytest.mark.parametrize("view", VIEWS.values())
def test_sites_are_called_by_their_names(person, demo_digest, view):
    places = open_plan(demo_digest).snapshot.table("locations")
    names = dict(places.select("location", "name").iter_rows())
    rows = rows_for(access_of(person("sue", "supply_planner")), demo_digest, view)
    sites = np.flatnonzero(rows.tree.depth == 1).tolist()
    assert len(sites) > 1 and not set(names) & set(names.values())
    assert [rows.labels[node] for node in sites] == [names[rows.tree.codes[node]] for node in sites]


def test_who_looks_after_a_site_sees_that_site_alone(person, demo_digest):
    west = access_of(person("will", "supply_planner", location="plant-west"))
    for view in VIEWS.values():
        rows = rows_for(west, demo_digest, view)
        sites = {rows.tree.codes[node] for node in np.flatnonzero(rows.tree.depth == 1)}
        assert sites == {"plant-west"}
    whole = rows_for(access_of(person("sue", "supply_planner")), demo_digest, SUPPLY_VIEW)
    own = rows_for(west, demo_digest, SUPPLY_VIEW)
    line = whole.lines.index("production_qty")
    inside = [key for key in whole.tree.keys if key.startswith("plant-west/")]
    assert [key for key in own.tree.keys if "/" in key] == inside
    mine, theirs = ([rows.tree.by_key[key] for key in inside] for rows in (own, whole))
    assert np.array_equal(own.values[line, mine], whole.values[line, theirs], equal_nan=True)
    assert np.nansum(own.values[line, mine]) > 0


def test_it_is_what_supply_looks_at_first_and_who_plans_production_types_over_that_alone(person, demo_digest):
    for name, role, typed in (
        ("sue", "supply_planner", {"production_qty"}),
        ("olga", "operations", {"production_qty"}),
        ("pete", "procurement", set()),
    ):
        who = access_of(person(name, role))
        assert first_view(who) == default_view(who) == SUPPLY_VIEW
        assert set(editable_measures(who)) & {each for view in VIEWS.values() for each in view.measures} == typed
    assert default_view(access_of(person("dan", "demand_planner"))).rows == ("family", "item")


@pytest.mark.parametrize("name", VIEWS)
def test_who_sees_no_pooled_numbers_is_shown_none(person, demo_digest, name):
    rows = rows_for(access_of(person("sally", "sales")), demo_digest, VIEWS[name])
    shown = [number for number, line in enumerate(rows.lines) if line in VIEWS[name].measures]
    assert not np.nan_to_num(rows.values[shown]).any()


@pytest.mark.parametrize("name", VIEWS)
def test_the_page_of_supply_leads_to_a_link_that_can_be_shared(signed_in, demo_digest, name):
    browser = signed_in("sue", "supply_planner")
    assert reverse("supply:grid", args=[name]) in browser.get(reverse("supply:constraints")).content.decode()
    answer = browser.get(reverse("supply:grid", args=[name]))
    query = dict(part.split("=") for part in answer.url.partition("?")[2].replace("%2C", ",").split("&"))
    assert GridView.of_query(query) == VIEWS[name]
    page = browser.get(answer.url)
    assert page.status_code == 200
    assert "<h1>Supply plan</h1>" in page.content.decode()
    assert "<h1>Demand plan</h1>" in browser.get(reverse("grid:show"), {"rows": "family,item"}).content.decode()
    assert browser.get("/supply/grid/other/").status_code == 404
