"""Residues in networks: random flows with noise become exact, stay close, and never fall below zero."""

import numpy as np
import pytest

from equipoise.core.grid import QUANTITY_STEP, on_grid
from equipoise.supply.forest import OUTSIDE, Arcs, settle


def random_network(seed):
    """A random network with a flow that balances, and the same flow rounded with noise of a few grid steps."""
    r = np.random.default_rng(seed)
    nodes, count = 30, 90
    tail, head = r.integers(-1, nodes, count), r.integers(-1, nodes, count)
    head = np.where(head == tail, (tail + 1) % nodes, head)
    flows = on_grid(np.where(r.random(count) < 0.3, 0.0, r.uniform(0, 100, count)), QUANTITY_STEP)
    supplies = np.zeros(nodes)
    np.add.at(supplies, tail[tail >= 0], flows[tail >= 0])
    np.subtract.at(supplies, head[head >= 0], flows[head >= 0])
    noisy = np.where(flows > 0, np.maximum(flows + r.integers(-3, 4, count) * QUANTITY_STEP, QUANTITY_STEP), 0.0)
    return Arcs(tail, head, r.integers(0, 3, count)), noisy, supplies


@pytest.mark.parametrize("seed", range(25))
def test_flows_become_exact(seed):
    arcs, noisy, supplies = random_network(seed)
    exact = settle(arcs, noisy, supplies)
    left = supplies.copy()
    np.add.at(left, arcs.head[arcs.head >= 0], exact[arcs.head >= 0])
    np.subtract.at(left, arcs.tail[arcs.tail >= 0], exact[arcs.tail >= 0])
    assert not left.any()
    assert (exact >= 0).all() and (exact[noisy == 0] == 0).all()
    assert np.abs(exact - noisy).max() < 1000 * QUANTITY_STEP


def test_an_island_out_of_balance_is_our_bug():
    arcs = Arcs(np.array([0, OUTSIDE]), np.array([1, 2]), np.array([0, 0]))
    with pytest.raises(AssertionError, match="lack"):
        settle(arcs, np.array([1.0, 1.0]), np.array([1.0, -2.0, -1.0]))


def test_the_basic_arc_gives_way_and_the_other_stays():
    arcs = Arcs(np.array([OUTSIDE, OUTSIDE]), np.array([0, 0]), np.array([1, 0]))
    assert settle(arcs, np.array([40.0, 60.5]), np.array([-100.0])).tolist() == [40.0, 60.0]
