"""Cells of the demo company drawn at random: their explanation adds up, and every leaf of it names where it comes from.

A leaf names a row of a table or the rule that stands for one (Source), a person (Person, or a share below one), or
another cell that is explained by itself: stock, people or money at the end of the bucket before, and what a list sums
up as "5 other routes". What is 0 or not there needs no source.
"""

import re

import numpy as np
import pytest

from equipoise import compute_plan, explain
from equipoise.catalog import MEASURES
from equipoise.codec import adjustment_from_json
from equipoise.explain.node import Node

CELLS = 200
OTHERS = re.compile(r"^\d+ other ")
BEFORE = (", the bucket before", "Opening stock of ")


def drawn(plan, seed):
    """A measure, a bucket and the nodes of one row."""
    draw = np.random.default_rng([2027, seed])
    stored = [m.name for m in MEASURES if m.grain is not None and not m.parts and not m.ratio and not m.cover]
    name = stored[draw.integers(len(stored))]
    measure = plan.measure(name)
    row, column = int(draw.integers(len(measure.keys))), int(draw.integers(measure.values.shape[1]))
    names = zip(measure.keys.dimensions, measure.keys.labels(row), strict=True)
    nodes = {dimension: code for dimension, code in names if dimension in ("item", "market", "location", "resource")}
    return name, measure.first + column, nodes


def leaves(node: Node, above: tuple[Node, ...] = ()):
    """Leaves with all that stands above each."""
    if not node.children:
        yield node, above
    for child in node.children:
        yield from leaves(child, (*above, node))


def has_source(leaf: Node, above: tuple[Node, ...]) -> bool:
    if leaf.type == "Optimum":
        return False
    if leaf.type in ("Source", "Person") or not leaf.value:
        return True
    if leaf.type == "Share":
        return above[-1].type == "Person" or (len(above) > 1 and above[-2].type == "Person")
    return bool(OTHERS.match(leaf.text)) or BEFORE[0] in leaf.text or leaf.text.startswith(BEFORE[1])


def adds_up(node: Node) -> bool:
    """Parts of a sum have its value, factor for factor nothing is lost on the way up."""
    values = [child.value for child in node.children]
    if node.type != "Postings" or not values or node.value is None or None in values:
        return True
    return sum(values) == node.value


@pytest.fixture(scope="module")
def explained(demo_plan):
    asked = [drawn(demo_plan, seed) for seed in range(CELLS)]
    return [(cell, explain(demo_plan, cell[0], bucket=cell[1], **cell[2])) for cell in asked]


def test_the_answer_is_the_number_of_the_plan(demo_plan, explained):
    for (name, bucket, nodes), answer in explained:
        rows = demo_plan.axes.rows(demo_plan.measure(name).keys.grain, nodes)
        values = demo_plan.measure(name).values[rows, bucket - demo_plan.first_bucket(name)]
        if len(rows) == 1:
            assert answer.value == (None if np.isnan(values[0]) else values[0]), (name, bucket, nodes)


def test_the_parts_add_up(explained):
    for cell, answer in explained:
        assert [node.text for node in answer.node.walk() if not adds_up(node)] == [], cell


def test_every_leaf_names_a_row_or_a_person(explained):
    for cell, answer in explained:
        assert [leaf for leaf, above in leaves(answer.node) if not has_source(leaf, above)] == [], cell


RETOOLING = {
    "id": "retooling",
    "kind": "capacity",
    "function": "operations",
    "author": "ops",
    "amount": "-40%",
    "scope": {"resource": "capsule-line", "first": "2027-01-01", "last": "2027-03-31"},
    "reason": "New sealing heads",
}


def test_what_blocks_names_the_row_that_sets_it(demo_snapshot):
    """A demand cell that is short lists tight rows: hours, overtime, stock limits. Each has its row, or a person."""
    plan = compute_plan(demo_snapshot, [adjustment_from_json(RETOOLING)])
    short = plan.measure("backlog_closing_qty")
    seen = set()
    for row, bucket in np.argwhere(short.values > 0)[::2]:
        item, market = short.keys.labels(int(row))
        answer = explain(plan, "demand_served_qty", bucket=int(bucket), item=item, market=market)
        for node in answer.node.walk():
            if node.type == "Optimum" and "; one more" in node.text:
                named = [child.text for child in node.children if child.type in ("Source", "Person")]
                assert named, node.text
                seen |= {text.partition(" (")[0] for text in named}
    assert {"table resources", "table resource_calendar", "Operations"} <= seen
