"""The heat table: textbook percentages, every method, both views, and only the resources of one's own part."""

import re

import numpy as np
import pytest
from django.urls import reverse

from equipoise_web.access import access_of
from equipoise_web.reads.capacity_load import METHODS, load_by, rough_cut_of
from equipoise_web.reads.capacity_page import read_capacity
from equipoise_web.reads.capacity_parts import Asked
from equipoise_web.reads.plans import open_plan

pytestmark = pytest.mark.django_db
WEST = {"Capsule line", "Dish mixing vessel", "Liquid filling 1", "Liquid filling 2", "Packing crew West"}


def texts(row):
    return [f"{each.cell.mark}{each.cell.text}" for each in row.cells]


def test_the_textbook_company_is_over_in_april(person, digest):
    """Chopra & Meindl: 80 workers x 160 h = 12,800 h, 4 h a unit, 1,000 in stock, demand 1,600 to 3,800."""
    found = read_capacity(access_of(person("sue", "supply_planner")), Asked())
    (row,) = found.rows
    assert texts(row) == ["19", "△94", "△100", "▲▲119", "69", "69"]
    assert [each.cell.below for each in row.cells] == ["", "", "", "+2,400 h", "", ""]
    assert found.title == "Assembly is asked for 119% of its hours in Apr 2027"
    assert found.lead.startswith("Worked ahead of time, all of it fits.")
    assert row.peak == "119%, Apr 2027" and row.rated == "12,800" and row.extra == "800"
    assert [line.over for line in found.ranking] == ["2,400"]
    assert found.heat_title == "One of 6 months of resources is over capacity"


def test_the_page_shows_every_resource_the_fullest_first(signed_in, demo_digest):
    html = signed_in("sue", "supply_planner").get(reverse("capacity:heat")).content.decode()
    names = re.findall(r'<th scope="row" class="rn"><a [^>]*>([^<]*)</a>', html)
    assert names[0] == "Capsule line" and len(names) == 7 and set(names) > WEST
    table = rough_cut_of(demo_digest).infinite.heat
    pct, over = table.utilization_pct[2, 2], table.over_hours[2, 2]
    assert f"<h1>Capsule line is asked for {pct:.0f}% of its hours in Jan 2027</h1>" in html
    assert f'aria-label="Capsule line, Jan 2027: {pct:.0f}%, {over:.0f} hours over"' in html
    assert reverse("capacity:show", args=["capsule-line"]) + "?bucket=2" in html
    count = (table.utilization_pct > 100.05).sum()
    assert f"{count} of 168 months of resources are over capacity" in html


def test_all_methods_ask_for_the_same_hours_in_all(demo_digest):
    plan, cut = open_plan(demo_digest), rough_cut_of(demo_digest)
    tables = {method: load_by(plan, cut, method) for method in METHODS}
    total = tables["profile"].load.sum() + tables["profile"].overdue.sum()
    for method in ("bill", "factors"):
        assert tables[method].load.sum() == pytest.approx(total, rel=1e-9)
    assert not np.allclose(tables["factors"].load, tables["bill"].load)  # it is blind to the mix
    planned = tables["plan"]
    assert np.array_equal(planned.load, plan.measure("capacity_load_hours").values)
    assert planned.utilization_pct[2].max() < tables["profile"].utilization_pct[2].max()


def test_the_plan_in_force_shows_its_overtime(person, demo_digest):
    found = read_capacity(access_of(person("eye", "analyst")), Asked(method="plan"))
    (capsule,) = (row for row in found.rows if row.code == "capsule-line")
    assert capsule.cells[1].cell.below == "+20 h OT" and capsule.cells[1].cell.step == "o1"
    assert "20 hours of overtime and extra shifts" in capsule.cells[1].cell.said
    assert "Percent of regular hours" in found.subtitle


def test_a_quarter_adds_its_buckets_and_names_one_that_is_over(person, demo_digest):
    found = read_capacity(access_of(person("eye", "analyst")), Asked(time="quarter"))
    table = rough_cut_of(demo_digest).infinite.heat
    labels = [column.label for column in found.columns]
    assert labels[:3] == ["Q2", "Q3", "Q4"] and found.columns[-1].end == 24
    (capsule,) = (row for row in found.rows if row.code == "capsule-line")
    first = found.columns[1]
    pct = 100 * table.load[2, first.first : first.end].sum() / table.available[2, first.first : first.end].sum()
    assert capsule.cells[1].cell.text == f"{pct:,.0f}"
    assert capsule.cells[1].cell.bucket == 2, "its fullest month, January"
    (bottle,) = (row for row in found.rows if row.code == "bottle-line")
    assert "▲ in Aug" in [each.cell.below for each in bottle.cells]


def test_a_site_is_a_choice(person, demo_digest):
    found = read_capacity(access_of(person("eye", "analyst")), Asked(site="plant-west"))
    assert {row.name for row in found.rows} == WEST
    assert {code for code, _ in found.sites} == {"plant-west", "plant-east"}
    assert read_capacity(access_of(person("ann", "analyst")), Asked(site="none")).rows == ()


def test_who_looks_after_a_site_sees_its_resources_alone(person, signed_in, demo_digest):
    found = read_capacity(access_of(person("will", "supply_planner", location="plant-west")), Asked())
    assert {row.name for row in found.rows} == WEST and [code for code, _ in found.sites] == ["plant-west"]
    own = read_capacity(access_of(person("olga", "operations", resource="tube-filling")), Asked())
    assert [row.code for row in own.rows] == ["tube-filling"]
    west = signed_in("wendy", "supply_planner", location="plant-west")
    assert west.get(reverse("capacity:show", args=["capsule-line"])).status_code == 200
    hidden, missing = (west.get(reverse("capacity:show", args=[code])) for code in ("tube-filling", "no-such"))
    assert hidden.status_code == missing.status_code == 404


@pytest.mark.parametrize(
    ("role", "nodes", "why"),
    [
        ("sales", {}, "your role reads demand, prices and inputs"),
        ("marketing", {"market": "North"}, "your part of the company has no line of its own"),
        ("analyst", {"item": "family:Laundry care"}, "your part of the company has no line of its own"),
        ("analyst", {"measure": "capacity_load_hours"}, "your part of the company has no line of its own"),
    ],
)
def test_who_has_no_line_is_told_why(signed_in, demo_digest, role, nodes, why):
    answer = signed_in("max", role, **nodes).get(reverse("capacity:heat"))
    assert answer.status_code == 403 and why in answer.content.decode()


def test_there_is_no_other_view_and_no_capacity_before_a_plan(signed_in, demo_digest):
    client = signed_in("sue", "supply_planner")
    for query in ({"method": "x"}, {"time": "x"}, {"plan": "0" * 64}):
        assert client.get(reverse("capacity:heat"), query).status_code == 404
    assert client.post(reverse("capacity:heat")).status_code == 405


def test_before_the_first_plan_it_is_said_that_there_is_none(fresh_home, signed_in):
    answer = signed_in("sue", "supply_planner").get(reverse("capacity:heat"))
    assert answer.status_code == 422 and "There is no plan yet" in answer.content.decode()
