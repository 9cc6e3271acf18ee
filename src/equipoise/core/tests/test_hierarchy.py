"""Nodes and the leaves below them."""

import pytest

from equipoise.core.hierarchy import Hierarchy
from equipoise.core.table import UnknownName

LEVELS = ("item", "subfamily", "family")
ITEMS = Hierarchy.build(
    "item",
    LEVELS,
    [
        ("saw", "cutting", "tools"),
        ("axe", "cutting", "tools"),
        ("glue", "", "paint"),
        ("rag", "", ""),
        ("tape", "", "tools"),
    ],
)


def test_leaves_are_sorted_by_their_path_so_nodes_are_slices() -> None:
    assert ITEMS.leaves == ("rag", "glue", "tape", "axe", "saw")
    for level in LEVELS[1:]:
        for node in ITEMS.nodes(level):
            positions = ITEMS.positions(f"{level}:{node}")
            assert positions.tolist() == list(range(positions[0], positions[-1] + 1)), node


def test_the_order_of_rows_does_not_matter() -> None:
    assert Hierarchy.build("item", LEVELS, reversed(ITEMS.paths)) == ITEMS


def test_nodes_of_every_level_resolve() -> None:
    assert ITEMS.positions("").tolist() == [0, 1, 2, 3, 4]
    assert ITEMS.positions("tools").tolist() == [2, 3, 4]
    assert ITEMS.positions("cutting").tolist() == [3, 4]
    assert ITEMS.positions("saw").tolist() == [4]
    assert [ITEMS.level_of(node) for node in ("", "tools", "cutting", "saw")] == ["all", "family", "subfamily", "item"]
    assert [ITEMS.specificity(node) for node in ("", "tools", "cutting", "saw")] == [0, 1, 2, 3]


def test_groups_number_the_nodes_of_a_level_and_leave_out_leaves_without_one() -> None:
    assert ITEMS.nodes("family") == ("paint", "tools")
    assert ITEMS.groups("family").tolist() == [-1, 0, 1, 1, 1]
    assert ITEMS.groups("subfamily").tolist() == [-1, -1, -1, 0, 0]


def test_a_code_at_two_levels_means_the_lowest_unless_the_level_is_named() -> None:
    twice = Hierarchy.build("item", ("item", "family"), [("saw", "axe"), ("axe", "tools")])
    assert (twice.level_of("axe"), twice.level_of("family:axe")) == ("item", "family")
    assert twice.leaves[twice.positions("axe")[0]] == "axe"
    assert twice.leaves[twice.positions("family:axe")[0]] == "saw"


def test_an_unknown_node_is_refused_with_its_neighbors() -> None:
    assert not ITEMS.knows("tolls") and not ITEMS.knows("family:cutting") and ITEMS.knows("family:tools")
    with pytest.raises(UnknownName, match="did you mean tools"):
        ITEMS.positions("tolls")
    with pytest.raises(UnknownName, match="no level 'brand'"):
        ITEMS.groups("brand")


def test_a_leaf_that_stands_twice_is_refused() -> None:
    with pytest.raises(UnknownName, match="stand twice: saw"):
        Hierarchy.build("item", ("item", "family"), [("saw", "tools"), ("saw", "paint")])
