"""The chart shows the sheet's numbers and may stand on a page that allows no inline style and no script."""

import dataclasses
from xml.etree import ElementTree

import pytest

from equipoise.pack.charts import PHONE, WIDE, chart_svg, describe, latest_view, sop_chart
from equipoise.pack.family_sheet import family_sheet
from equipoise.pack.palette import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def sheet(demo):
    return family_sheet(demo, "Laundry care")


@pytest.fixture(scope="module", params=[WIDE, PHONE])
def drawing(request, sheet):
    svg = ElementTree.fromstring(chart_svg(sop_chart(sheet, width=request.param, is_titled=False)))
    return request.param, svg


def drawn(chart):
    """Mark and points of each layer of the upper plot by name; Altair numbers the names by plot."""
    spec = chart.to_dict()
    return {
        layer["name"].removesuffix("_0"): (layer["mark"], spec["datasets"][layer["data"]["name"]])
        for layer in spec["vconcat"][0]["layer"]
    }


def colors(svg):
    return {element.get(side) for element in svg.iter() for side in ("fill", "stroke")} - {None, "none"}


def test_nothing_inline_is_left(drawing):
    _, svg = drawing
    for element in svg.iter():
        assert element.tag.removeprefix(SVG) in {"svg", "g", "path", "line", "text", "tspan"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert element is svg or "role" not in element.attrib


def test_it_is_one_image_with_a_text_alternative(drawing, sheet):
    _, svg = drawing
    assert svg.get("role") == "img"
    assert svg.get("aria-label").startswith(sheet.title)
    assert "axes start at 0" in svg.get("aria-label")


def test_it_is_not_wider_than_asked(drawing):
    width, svg = drawing
    assert 0.9 * width <= float(svg.get("width")) <= width


def test_colors_are_tokens_the_stylesheet_maps(drawing):
    _, svg = drawing
    assert colors(svg) <= set(LIGHT.values())
    assert {LIGHT["demand"], LIGHT["supply"], LIGHT["inventory"], LIGHT["actual"]} <= colors(svg)


def test_dark_drawing_has_dark_tokens(sheet):
    svg = ElementTree.fromstring(chart_svg(sop_chart(sheet, dark=True)))
    assert colors(svg) <= set(DARK.values())


def test_every_column_is_labeled_where_there_is_room(sheet):
    svg = ElementTree.fromstring(chart_svg(sop_chart(sheet, is_titled=False)))
    words = ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]
    assert sum(word.startswith(("Aug", "Sep", "Oct")) for word in words) == 6
    assert {"Demand", "Production", "Inventory"} <= set(words)


def test_it_draws_the_numbers_of_the_sheet(sheet):
    layers, demand = drawn(sop_chart(sheet)), latest_view(sheet, "sales")
    _, points = layers["demand"]
    assert [(point["x"] - 1, point["y"]) for point in points] == [(n, demand[n]) for n in range(2, 15)]
    assert [point["x"] - 1 for point in layers["made"][1]] == [0, 1, 2]


def test_what_is_not_served_is_marked(tomato):
    mark, points = drawn(sop_chart(family_sheet(tomato, "tools")))["short"]
    assert mark["color"] == LIGHT["bad"]
    assert [point["x"] - 1 for point in points] == [4]


def test_words_of_a_sheet_cannot_break_out(sheet):
    evil = dataclasses.replace(sheet, title='"><script>alert(1)</script>')
    svg = chart_svg(sop_chart(evil))
    assert "<script" not in svg
    assert ElementTree.fromstring(svg).get("aria-label").startswith(evil.title)


def test_description_names_begin_and_end(sheet):
    demand = latest_view(sheet, "sales")
    assert f"Demand goes from {demand[3]:,.0f} in Nov to {demand[14]:,.0f} in Oct" in describe(sheet)


def test_empty_sheet_is_drawn(sheet):
    empty = tuple(
        dataclasses.replace(
            section, rows=tuple(dataclasses.replace(row, values=(None,) * len(row.values)) for row in section.rows)
        )
        for section in sheet.sections
    )
    assert "<svg" in chart_svg(sop_chart(dataclasses.replace(sheet, sections=empty)))
