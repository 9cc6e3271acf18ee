"""Links between items: chains, circles, rivals."""

import numpy as np
import polars as pl
import pytest

from equipoise.core.hierarchy import Hierarchy
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys
from equipoise.core.succession import read_succession, row_table


def links_of(successor=None, predecessor=None, codes="abcdef"):
    rows = [(code, (predecessor or {}).get(code, ""), (successor or {}).get(code, "")) for code in codes]
    frame = pl.DataFrame(rows, schema=["item", "predecessor", "successor"], orient="row")
    tree = Hierarchy.build("item", ("item", "family"), [(code, "f") for code in codes])
    return read_succession(frame, tree)


def test_several_predecessors_and_a_chain():
    links = links_of(successor={"a": "c", "b": "c", "c": "d"})
    assert links.successor.tolist() == [2, 2, 3, -1, -1, -1]
    assert links.depth.tolist() == [0, 0, 1, 2, 0, 0]


def test_both_columns_may_agree_or_complete_each_other():
    assert links_of({"a": "b"}, {"b": "a", "c": "b"}).successor.tolist() == [1, 2, -1, -1, -1, -1]


@pytest.mark.parametrize(
    ("successor", "loops", "left"),
    [
        ({"a": "a"}, (("a",),), []),
        ({"b": "d", "d": "b", "a": "b"}, (("b", "d"),), [0]),
        ({"a": "b", "b": "c", "c": "a", "e": "f", "f": "e"}, (("a", "b", "c"), ("e", "f")), []),
    ],
)
def test_circles_are_left_out_and_what_leads_to_them_stays(successor, loops, left):
    links = links_of(successor=successor)
    assert links.loops == loops
    assert np.flatnonzero(links.successor >= 0).tolist() == left


def test_what_an_item_says_itself_beats_what_others_claim():
    links = links_of({"a": "c"}, {"b": "a"})
    assert links.successor[0] == 2
    assert links.rivals == (("a", "c", "b"),)


def test_an_unknown_code_links_nothing():
    links = links_of({"a": "z"}, {"b": "y"})
    assert (links.successor == -1).all() and links.rivals == ()


def test_rows_of_the_same_market():
    keys = Keys(
        Grain.DEMAND, ("item", "market"), (np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0])), (tuple("abc"), ("n", "s"))
    )
    links = links_of({"a": "b", "b": "c"}, codes="abc")
    assert links.rows(keys).tolist() == [-1, 2, -1, -1]
    assert row_table(keys).tolist() == [[0, 1], [-1, 2], [3, -1]]
