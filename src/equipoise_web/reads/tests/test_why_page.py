"""An explanation as a page: the number, its words, and as much of the tree as there is room for."""

import pytest

from equipoise.core.table import UnknownName
from equipoise.explain import UnknownCell, explain
from equipoise_web.reads.explain import OPEN_DEPTH, PANEL_DEPTH, read_why

TOOLS = {"family": "tools"}


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def depth(part):
    return 1 + max((depth(child) for child in part.children), default=-1)


def lines(part):
    return sum(1 + lines(child) for child in part.children)


def test_number_with_its_unit_and_place(tomato):
    page = read_why(tomato, "demand_consensus_qty", bucket="3", nodes=TOOLS)
    assert (page.value, page.unit, page.where) == ("3,800", "units", "tools, Apr 2027")
    assert page.title == "Why 3,800 units"


def test_page_holds_the_whole_tree_and_the_panel_its_top(tomato):
    whole = read_why(tomato, "unmet_qty", bucket="3", nodes=TOOLS).tree
    panel = read_why(tomato, "unmet_qty", bucket="3", nodes=TOOLS, is_panel=True).tree
    node = explain(tomato, "unmet_qty", bucket=3, item="family:tools").node
    assert lines(whole) == whole.below == panel.below == sum(1 for _ in node.walk()) - 1
    assert depth(panel) == PANEL_DEPTH < depth(whole)


def test_deep_lines_are_folded(tomato):
    part = read_why(tomato, "unmet_qty", bucket="3", nodes=TOOLS).tree
    for level in range(OPEN_DEPTH):
        assert not part.is_folded, level
        part = max(part.children, key=lambda child: child.below)
    assert part.is_folded


def test_item_narrows_its_family(tomato):
    page = read_why(tomato, "demand_consensus_qty", bucket="0", nodes={**TOOLS, "item": "tool"})
    assert page.where == "tool, Jan 2027"


@pytest.mark.parametrize(
    ("measure", "bucket", "error"),
    [("demand_guess_qty", "0", UnknownName), ("demand_consensus_qty", "99", UnknownCell), ("", "0", UnknownName)],
)
def test_what_is_not_there_is_refused(tomato, measure, bucket, error):
    with pytest.raises(error):
        read_why(tomato, measure, bucket=bucket, nodes=TOOLS)
