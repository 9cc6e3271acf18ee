"""The heat map: its cells are the numbers it is made of, its steps have a second sign, its title is true."""

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest

from equipoise.pack.charts import PHONE, WIDE, chart_svg
from equipoise.pack.heat import BIAS, ERROR, LOAD, HeatMap, WrongHeat, error_map, load_map, planned_load
from equipoise.pack.heat_chart import heat_chart
from equipoise.pack.palette import DARK, LIGHT
from equipoise.performance import forecast_performance
from equipoise.supply.capacity.heat import Heat

SVG = "{http://www.w3.org/2000/svg}"


def heat_of(rows, available=100.0):
    load = np.array(rows)
    return Heat(load, np.zeros((len(rows), 0)), np.full(load.shape, available))


def drawn(heat, width=WIDE, **more):
    """Points of each layer by name."""
    spec = heat_chart(heat, width=width, **more).to_dict()
    return {
        layer["name"].removesuffix("_0"): spec["datasets"][layer["data"]["name"]]
        for layer in spec["vconcat"][0]["layer"]
    }


def archive(errors, actual=100.0):
    """A table of performance of nodes by bucket: the error of each in percent of `actual`, None unknown."""
    rows = [
        {
            "family": family,
            "bucket": f"{month} 2026",
            "bias_pct": error,
            "wape_pct": None if error is None else abs(error),
            "error_qty": None if error is None else error * actual / 100,
            "error_abs_qty": None if error is None else abs(error) * actual / 100,
            "actual_qty": None if error is None else actual,
        }
        for family, values in errors.items()
        for month, error in zip(("Jan", "Feb", "Mar"), values, strict=True)
    ]
    return pl.DataFrame(rows).with_columns(pl.selectors.exclude("family", "bucket").cast(pl.Float64))


def test_load_is_hours_over_what_is_available(demo):
    heat = planned_load(demo)
    found = load_map(heat, demo)
    for name, values in zip(found.rows, found.values, strict=True):
        row = demo.axes.resources.leaves.index(name)
        assert values == pytest.approx((100 * heat.load[row] / heat.available[row])[:12].tolist(), abs=1e-6)
    over = sum(value > 100 for values in found.values for value in values)
    assert found.title.startswith(f"{over} of 84 buckets are over capacity") and over > 0
    assert found.rows[0] == "capsule-line" and found.title.endswith("capsule-line first")


def test_the_title_says_where_all_overload_is_or_how_near_it_is(tomato):
    two = [[50.0] * 6, [50.0, 120.0, 110.0, 50.0, 50.0, 50.0]]
    found = load_map(heat_of(two), tomato, resources=("press", "saw"))
    assert found.title == "2 of 12 buckets are over capacity, all on saw"
    assert found.rows == ("saw", "press") and found.ends[0] == "▲120 in " + found.columns[1]
    calm = load_map(heat_of([[50.0, 97.0, 80.0]]), tomato, resources=("saw",))
    assert calm.title == f"Every resource fits; the tightest is saw at 97% in {calm.columns[1]}"


def test_without_a_limit_a_cell_is_unknown_and_without_hours_it_is_beyond_all(tomato):
    load = np.array([[10.0, 10.0]])
    free = load_map(Heat(load, np.zeros((1, 0)), np.full((1, 2), np.inf)), tomato, resources=("saw",))
    assert (free.values, free.title) == (((None, None),), "No resource has a limit")
    shut = load_map(Heat(load, np.zeros((1, 0)), np.array([[0.0, 20.0]])), tomato, resources=("saw",))
    assert shut.table().rows == (("saw", "▲∞", "50", f"▲∞ in {shut.columns[0]}"),)


@pytest.mark.parametrize(
    ("value", "step"), [(70.0, 0), (70.1, 1), (85.0, 1), (100.0, 4), (100.1, 5), (115.0, 5), (116.0, 6)]
)
def test_load_steps_begin_above_their_limit(value, step):
    assert LOAD.step(value) == step
    assert LOAD.steps[step].is_alarm == (value > 100)


@pytest.mark.parametrize("value", [5.0, 15.0, 30.0, 40.0])
def test_bias_is_as_strong_below_0_as_above(value):
    up, down = (BIAS.steps[BIAS.step(side)] for side in (value, -value))
    assert up.strength == down.strength
    assert (up.color == down.color) == (value == 5.0)
    assert (BIAS.text(value)[0], BIAS.text(-value)[0]) == ("+", "−")


@pytest.mark.parametrize(("errors", "title"), [
    ({"tools": [20.0, 30.0, 40.0], "paint": [-5.0, 0.0, 2.0]}, "tools is forecast too high, by 30%"),
    ({"tools": [-20.0, -30.0, -40.0], "paint": [-5.0, 0.0, 2.0]}, "tools is forecast too low, by 30%"),
    ({"tools": [2.0, -3.0, None], "paint": [3.0] * 3},
     "No forecast is biased by more than 5%; paint is off by most, +3%"),
    ({"tools": [None, None, None]}, "No forecast of the past can be compared yet"),
])  # fmt: skip
def test_the_title_of_bias_has_its_side(errors, title):
    found = error_map(archive(errors))
    assert found.title == title
    assert "<svg" in chart_svg(heat_chart(found, width=PHONE))


def test_error_goes_one_way_and_names_the_worst_and_the_best():
    found = error_map(archive({"paint": [5.0, -5.0, 5.0], "tools": [20.0, -30.0, 40.0]}), measure="wape_pct", lag=3)
    assert found.title == "tools is forecast worst, 30% off; paint best, 5%"
    assert "made 3 buckets ahead" in found.subtitle
    assert (found.rows, found.ends, found.scale) == (("tools", "paint"), ("30", "5"), ERROR)


def test_only_the_last_buckets_in_which_anything_was_compared_are_columns():
    found = error_map(archive({"tools": [9.0, None, 8.0], "paint": [7.0, None, None]}), most=2)
    assert found.columns == ("Jan 2026", "Mar 2026")
    assert found.values == ((9.0, 8.0), (7.0, None))
    assert found.table().rows[1] == ("paint", "+7", "–", "+7")


def test_bias_of_the_archive_is_that_of_the_measures(demo):
    table = forecast_performance(demo, ("family", "bucket"))
    found, cells = error_map(table), {}
    for family, bucket, bias in table.select("family", "bucket", "bias_pct").iter_rows():
        cells[family, bucket] = bias
    assert len(found.columns) == 12 and len(found.rows) == 6
    for family, values in zip(found.rows, found.values, strict=True):
        assert list(values) == [cells[family, bucket] for bucket in found.columns]


def test_a_table_of_other_keys_is_refused(demo):
    with pytest.raises(WrongHeat, match=r"by=\(level, 'bucket'\)"):
        error_map(forecast_performance(demo, ("family", "fiscal_year")))


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_each_known_cell_is_drawn_inside_and_says_its_number_where_it_fits(width):
    found = error_map(archive({"tools": [20.0, -130.0, None], "paint": [None, None, 1.0]}))
    layers = drawn(found, width)
    assert len(layers["cells"]) == 3
    assert all(0 <= cell["x"] < cell["x2"] <= width for cell in layers["cells"])
    assert [cell["color"] for cell in layers["cells"]] == [LIGHT["demand"], LIGHT["supply"], LIGHT["capacity"]]
    assert [number["text"] for number in layers["numbers"]] == ["+20", "−130", "–", "–", "–", "+1"]


def test_where_no_number_fits_the_second_sign_is_left(tomato):
    many = [[50.0, 120.0] * 18]
    heat = load_map(heat_of(many), tomato, resources=("saw",))
    wide = replace(heat, columns=tuple(f"Jan {n}" for n in range(36)), values=tuple(map(tuple, many)))
    assert {number["text"] for number in drawn(wide, PHONE)["numbers"]} == {"", "▲"}
    outlined = drawn(wide, PHONE)["cells_outlined"]
    assert len(outlined) == 18
    signed = replace(wide, scale=BIAS, values=((40.0, -40.0, 0.0) * 12,))
    assert {number["text"] for number in drawn(signed, PHONE)["numbers"]} == {"+", "−", ""}


@pytest.mark.parametrize(("dark", "palette"), [(False, LIGHT), (True, DARK)])
def test_nothing_in_the_drawing_runs_and_its_colors_are_tokens(dark, palette):
    evil = HeatMap('"><script>', "", ("<b>",), ("Jan 2026", "Feb 2026"), ((120.0, 60.0),), ("▲120",), "Peak", LOAD)
    svg = chart_svg(heat_chart(evil, width=WIDE, dark=dark))
    assert "style=" not in svg and "<script" not in svg and "<b>" not in svg
    drawing = ElementTree.fromstring(svg)
    assert drawing.get("aria-label").startswith(evil.title)
    colors = {element.get(side) for element in drawing.iter() for side in ("fill", "stroke")} - {None, "none"}
    assert colors <= {*palette.values(), "transparent"}
    strengths = {element.get("fill-opacity") for element in drawing.iter()} - {None}
    assert {"0.42", "0.05"} <= strengths
