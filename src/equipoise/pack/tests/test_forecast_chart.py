"""The forecast as a chart: what is known is drawn, names do not touch, nothing in the drawing runs."""

import re

import numpy as np
import pytest

from equipoise.pack.charts import chart_svg
from equipoise.pack.forecast_chart import Drawn, forecast_chart, lag_chart

WORDS = {
    "delivered": "As sold",
    "trained": "Learned from",
    "forecast": "Forecast",
    "plan": "In the plan",
    "band": "Fan",
}
NONE = np.full(8, np.nan)


def drawn(**more: object) -> Drawn:
    history = np.array([10.0, 12.0, 11.0, 13.0, np.nan, np.nan, np.nan, np.nan])
    ahead = np.array([np.nan] * 4 + [12.0, 13.0, 14.0, 15.0])
    given = {
        "labels": [f"b{n}" for n in range(8)], "now": 4, "delivered": history + 5.0, "trained": history,
        "forecast": ahead, "plan": NONE, "bands": ((ahead - 4.0, ahead + 4.0), (ahead - 2.0, ahead + 2.0)),
        "words": WORDS,
    }  # fmt: skip
    return Drawn(**{**given, **more})


def svg(**more: object) -> str:
    return chart_svg(forecast_chart(drawn(**more), said="Saws grow.", width=640))


def test_it_is_an_image_with_words_and_nothing_in_it_runs() -> None:
    text = svg()
    assert 'role="img"' in text and 'aria-label="Saws grow."' in text
    assert "style=" not in text and "<script" not in text
    for name in ("As sold", "Learned from", "Forecast", "Fan"):
        assert f">{name}<" in text


def test_what_is_not_there_has_no_name() -> None:
    text = svg(delivered=NONE, bands=())
    assert ">As sold<" not in text and ">Fan<" not in text and ">In the plan<" not in text
    assert ">In the plan<" in svg(plan=np.array([np.nan] * 4 + [30.0] * 4))


def test_the_axis_reaches_over_the_fan_and_starts_at_0() -> None:
    spec = forecast_chart(drawn(), said="", width=640).to_dict()
    domains = re.findall(r"'domain': \[0, ([0-9.]+)\]", str(spec))
    assert {float(top) for top in domains} == {19.0}


def test_names_at_one_height_are_moved_apart() -> None:
    ends = {"One": np.full(4, 5.0), "Two": np.full(4, 5.0), "Three": np.full(4, 5.01)}
    spec = lag_chart(ends, said="", width=640).to_dict()
    moved = sorted(layer["mark"]["dy"] for layer in spec["vconcat"][0]["layer"] if layer["mark"].get("align") == "left")
    assert np.diff(moved).min() >= 14.0


@pytest.mark.parametrize("width", [350, 640])
def test_errors_are_percent_from_0(width: int) -> None:
    text = chart_svg(lag_chart({"Forecast": np.array([5.0, np.nan, 20.0])}, said="Errors.", width=width))
    assert ">0<" in text and re.search(r">\d+%<", text)


def test_a_history_without_a_single_sale_is_drawn_empty() -> None:
    text = svg(delivered=NONE, trained=NONE, forecast=NONE, bands=())
    assert 'role="img"' in text and ">Forecast<" not in text
