"""Every measure that the grid offers can be shown in it, whatever its rows are."""

import numpy as np
import pytest

from equipoise_web.access import access_of
from equipoise_web.reads.grid_choices import read_choices
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_view import GridView


@pytest.fixture
def who(demo_digest, person):
    return access_of(person("lead", "coordinator"))


@pytest.mark.parametrize("rows", [("family", "market"), ("location", "item"), ("resource",)])
def test_every_measure_that_is_offered_is_shown(who, rows):
    numbers = numbers_now(who)
    offered = [choice.value for choice in read_choices(who, numbers, GridView()).measures]
    assert len(offered) > 40
    for name in offered:
        assert read_rows(numbers, GridView(rows=rows, measures=(name,)), who=who).lines[0] == name


def test_a_share_of_a_difference_is_that_of_the_whole_plan(who):
    numbers = numbers_now(who)
    view = GridView(rows=("family",), measures=("margin_variance_pct",), time="fiscal_year")
    rows = read_rows(numbers, view, who=who)
    codes, expected = numbers.plan.spanned("margin_variance_pct", level="family", time="fiscal_year")
    node = rows.tree.by_key["Laundry care"]
    assert np.array_equal(rows.values[0, node], expected[codes.index("Laundry care")], equal_nan=True)
    assert np.isfinite(rows.values[0, node]).any()
