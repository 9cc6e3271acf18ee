"""Walks along the product structure: in NumPy and compiled the same bytes, whatever the structure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.supply.fast.walks import IN_NUMPY
from equipoise.supply.fast.walks_compiled import COMPILED
from equipoise.supply.loading.product_structure import WrongStructure, build_structure


@st.composite
def links(draw):
    """Nodes, and links that lead from lower to higher numbers of a shuffled order; some of quantity 0."""
    nodes, count = draw(st.integers(1, 9)), draw(st.integers(0, 16))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ends = np.sort(random.integers(0, nodes, (count, 2)), axis=1)
    ends = random.permutation(nodes)[ends[ends[:, 0] < ends[:, 1]]]
    return nodes, ends[:, 0], ends[:, 1], random


@given(links())
@settings(max_examples=200, deadline=None)
def test_both_kernels_walk_alike(case):
    nodes, parent, component, random = case
    assert np.array_equal(IN_NUMPY.codes(nodes, parent, component), COMPILED.codes(nodes, parent, component))
    quantity = random.integers(0, 3, len(parent)) * random.random(len(parent))
    structure = build_structure(
        nodes, parent=parent, component=component, quantity=quantity, lead=np.zeros(nodes, dtype=np.int64)
    )
    values, by_parent, by_link = random.random(nodes), 1.0 + random.random(nodes), structure.mean_quantity
    for name, given_too in (("hand_down", (by_parent, by_link)), ("add_up", (by_link,)), ("raise_up", ())):
        plain, twin = (getattr(walks, name)(structure, values, *given_too) for walks in (IN_NUMPY, COMPILED))
        assert plain.tobytes() == twin.tobytes(), name
        assert (plain >= values).all()


@pytest.mark.parametrize("walks", [IN_NUMPY, COMPILED], ids=["numpy", "numba"])
def test_a_circle_is_refused(walks):
    with pytest.raises(WrongStructure, match="2 item-locations wait for themselves"):
        walks.codes(3, np.array([0, 1, 2]), np.array([1, 2, 1]))
