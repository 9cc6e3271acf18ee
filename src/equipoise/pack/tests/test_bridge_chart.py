"""The bridge as a chart: its bars meet, its axis says where it starts, nothing in the drawing runs."""

import pytest

from equipoise.finance.bridge import Steps
from equipoise.pack.bridge_chart import axis_start, bars_of, bridge_chart, describe, largest_driver
from equipoise.pack.charts import chart_svg

STEPS = Steps(1000.0, 20.0, -30.0, 0.0, 55.0, -5.0, 0.0, 0.0, 1040.0)


def test_each_bar_begins_where_the_one_before_ends_and_the_last_is_the_other_plan() -> None:
    bars = bars_of(STEPS)
    steps = [bar for bar in bars if bar.is_step]
    assert [bar.name for bar in bars] == ["a", "price", "cost", "volume", "mix", "b"]
    assert [bar.begin for bar in steps] == [1000.0, *(bar.end for bar in steps[:-1])]
    assert steps[-1].end == bars[-1].end == 1040.0


def test_the_axis_starts_under_the_smallest_level_and_the_words_say_so() -> None:
    assert axis_start(bars_of(STEPS)) == 990.0 - 0.3 * 55.0
    assert "the axis starts at $974" in describe(STEPS, a="June", b="July", currency="USD")


@pytest.mark.parametrize(("low", "start"), [(-50.0, -50.0), (0.0, 0.0)])
def test_where_a_level_is_not_above_0_the_axis_holds_it(low: float, start: float) -> None:
    assert axis_start(bars_of(Steps(100.0, 0.0, 0.0, 0.0, low - 100.0, 0.0, 0.0, 0.0, low))) == start


def test_plans_that_do_not_differ_have_two_bars_and_no_driver() -> None:
    same = Steps(10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0)
    assert [bar.name for bar in bars_of(same)] == ["a", "b"]
    assert largest_driver(same) is None
    assert "nothing differs" in describe(same, a="June", b="July", currency="EUR")


@pytest.mark.parametrize("width", [640, 350])
def test_the_drawing_holds_names_and_signed_numbers_and_no_style(width: int) -> None:
    svg = chart_svg(
        bridge_chart(STEPS, a="June", b="A scenario of a long name, too long", currency="EUR", title="T", width=width)
    )
    assert all(text in svg for text in ("June", "Volume", "+€55", "−€30", "€1,040", "…"))
    assert "style=" not in svg
    assert 'aria-label="T. From June' in svg
    assert largest_driver(STEPS) == "volume"
