"""Small multiples of families: their lines are the plan's numbers, the one furthest off comes first."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.pack.charts import PHONE, WIDE, chart_svg
from equipoise.pack.families import MOST, Families, Family, NoSuchPage, family_panels, gap_words
from equipoise.pack.family_chart import describe, family_chart
from equipoise.pack.palette import DARK, LIGHT

LINES = {"Demand": "demand", "Last year": "past", "Budget": "budget"}


@pytest.fixture(scope="module")
def panels(demo):
    return family_panels(demo)


def layers_of(families, width=WIDE, **more):
    spec = family_chart(families, width=width, **more).to_dict()
    return {
        layer["name"].removesuffix("_0"): (layer["mark"], spec["datasets"][layer["data"]["name"]])
        for layer in spec["vconcat"][0]["layer"]
    }


def panels_of(*shown, is_shared=True):
    return Families("Title", "Subtitle", "EUR", ("Jan 2027", "Feb 2027", "Mar 2027"), tuple(shown), 1, 1, is_shared)


def rows_of(plan, family):
    return plan.axes.rows(Grain.DEMAND, {"item": f"family:{family}"})


def test_lines_are_the_numbers_of_the_plan(demo, panels):
    for family in panels.shown:
        rows = rows_of(demo, family.name)
        price = demo.measure("sales_net_price").values[rows, :12]
        demand = (demo.measure("demand_consensus_qty").values[rows, :12] * price).sum(axis=0)
        assert family.demand == pytest.approx(demand.tolist(), abs=0.01)
        assert family.demand == pytest.approx(
            demo.by_bucket("revenue_unconstrained_amount", family=family.name)[:12].tolist(), rel=1e-6
        )
        budget = demo.by_bucket("budget_revenue_amount", family=family.name)[:12]
        assert family.budget == pytest.approx(budget.tolist(), rel=1e-9)


def test_last_year_is_what_was_ordered_in_the_same_bucket_a_year_before(demo, panels):
    panel = demo.measure("history_ordered_qty")
    (family,) = (each for each in panels.shown if each.name == "Laundry care")
    rows = rows_of(demo, "Laundry care")
    price = demo.measure("sales_net_price").values[rows, 3]
    ordered = panel.values[rows, 3 - 12 - panel.first]
    assert family.last_year[3] == pytest.approx(float((ordered * price).sum()), rel=1e-9)


def test_the_one_furthest_from_its_budget_comes_first_and_is_the_title(panels):
    gaps = [abs(family.gap) for family in panels.shown]
    assert gaps == sorted(gaps, reverse=True) and len(gaps) == 6
    first = panels.shown[0]
    assert panels.title.startswith(f"{first.name} is €{abs(first.gap) / 1e6:,.2f}\u00a0M below budget")
    assert panels.title.endswith(f"{sum(f.gap < 0 for f in panels.shown)} of 6 families are below")


def test_above_is_told_as_above_and_last_year_stands_in_for_a_budget(tomato):
    found = family_panels(tomato)
    assert {family.against for family in found.shown} <= {"last year", ""}
    over = Family("paint", (30.0, 30.0, 30.0), (10.0, 10.0, None), (None, None, None))
    assert (over.against, over.gap, gap_words(over, "EUR")) == ("last year", 40.0, "+€40 to last year")
    short = replace(over, budget=(100.0, None, 30.0))
    assert (short.against, short.gap, gap_words(short, "EUR")) == ("budget", -70.0, "−€70 to budget")


@pytest.mark.parametrize(("demand", "title"), [
    ((30.0, 30.0), "a is €40 above budget, furthest of all; none of 2 families are below"),
    ((1.0, 1.0), "a is €18 below budget, furthest of all; 1 of 2 families is below"),
])  # fmt: skip
def test_the_title_is_true_on_both_sides(demand, title):
    from equipoise.pack.families import _finding

    found = [Family("a", demand, (), (10.0, 10.0)), Family("b", (10.0, 10.0), (), (10.0, 10.0))]
    assert _finding(found, "EUR") == title
    assert _finding(found[1:], "EUR") == "Every family is at its budget"
    assert _finding(found[:1], "EUR") == title.split(",")[0]


def test_more_families_than_fit_are_on_further_pages(demo, monkeypatch):
    monkeypatch.setattr("equipoise.pack.families.MOST", 4)
    first, second = (family_panels(demo, page=page) for page in (1, 2))
    assert (len(first.shown), len(second.shown), first.pages) == (4, 2, 2)
    assert not {f.name for f in first.shown} & {f.name for f in second.shown}
    assert first.title == second.title
    for page in (0, 3):
        with pytest.raises(NoSuchPage, match=f"no page {page} of families; there are 2"):
            family_panels(demo, page=page)
    assert MOST == 24


def test_the_table_has_every_line_with_its_sum(panels):
    table = panels.table()
    assert len(table.rows) == 18 and table.heads[1:] == (*panels.labels, "All")
    first = panels.shown[0]
    assert table.rows[0][0] == f"{first.name}, demand"
    assert table.rows[0][1:-1] == tuple(f"{value:,.0f}" for value in first.demand)
    assert table.rows[0][-1] == f"{sum(first.demand):,.0f}"


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_every_line_is_drawn_inside_its_panel_and_to_scale(panels, width):
    layers = layers_of(panels, width)
    highest = max(value for family in panels.shown for _, line in family.lines for value in line)
    (ground,) = {row["y"] for row in layers["grounds"][1][:2]}
    (top,) = {row["y"] for row in layers["tops"][1][:2]}
    for name, color in LINES.items():
        mark, points = layers[f"line_{name.lower().replace(' ', '_')}"]
        assert mark["color"] == LIGHT[color] and len(points) == 72
        assert all(-1e-6 <= point["x"] <= width + 1e-6 for point in points)
        for point in points[:12]:
            assert (ground - point["y"]) / (ground - top) == pytest.approx(point["value"] / highest)
    assert layers["line_budget"][0]["strokeDash"] == [4, 3]


def test_each_on_its_own_scale_reaches_the_top(demo):
    layers = layers_of(family_panels(demo, is_shared=False))
    points = [point for name in LINES for point in layers[f"line_{name.lower().replace(' ', '_')}"][1]]
    tops = {round(row["y"], 6) for row in layers["tops"][1]}
    assert {round(top, 6) for top in tops} <= {round(point["y"], 6) for point in points}
    assert len({row["text"] for row in layers["top_amounts"][1]}) > 1


def test_what_is_unknown_parts_a_line_and_what_is_not_there_has_no_key():
    layers = layers_of(panels_of(Family("a", (1.0, None, 3.0), (None,) * 3, (2.0, 2.0, 2.0))))
    assert [point["part"] for point in layers["line_demand"][1]] == ["a 0", "a 1"]
    assert "key_past" not in layers and layers["key_demand_name"][1][0]["text"] == "Demand"


def test_nothing_in_the_drawing_runs_and_its_colors_are_tokens(panels):
    evil = panels_of(Family("<script>alert(1)</script>", (1.0, 2.0, 3.0), (None,) * 3, (None,) * 3))
    assert "<script" not in chart_svg(family_chart(evil, width=WIDE))
    for dark, palette in ((False, LIGHT), (True, DARK)):
        svg = chart_svg(family_chart(panels, width=WIDE, dark=dark))
        assert "style=" not in svg
        drawing = ElementTree.fromstring(svg)
        colors = {element.get(side) for element in drawing.iter() for side in ("fill", "stroke")} - {None, "none"}
        assert colors <= set(palette.values())
        assert drawing.get("aria-label").startswith(panels.title)


def test_a_plan_without_families_that_are_sold_is_drawn_empty():
    empty = panels_of()
    assert "<svg" in chart_svg(family_chart(empty, width=PHONE)) and describe(empty) == "No family is sold."
    assert np.isfinite(family_chart(empty, width=WIDE).to_dict()["vconcat"][0]["height"])
