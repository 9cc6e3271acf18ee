"""The compiled twin of the fast finite plan: the same plan to 1e-9, whatever rules a company has."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.kernel import NoSuchKernel, kernel_of_plans
from equipoise.supply.fast.fit_compiled import fit, queue, scratch, take, take_fitted
from equipoise.supply.fast.heuristic import plan_by_heuristic
from equipoise.supply.fast.rooms import Uses, use_arrays
from equipoise.supply.fast.workers import _fewest
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START
from equipoise.supply.tests.test_heuristic import read

CLOSE = 1e-9


def assert_close(one, other):
    scale = max(1.0, float(np.abs(one).max(initial=0.0)))
    assert float(np.abs(one - other).max(initial=0.0)) <= CLOSE * scale


@pytest.mark.parametrize("seed", range(60))
def test_both_kernels_make_the_same_plan(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    knobs = {name: value for name, value in knobs.items() if name != "tier"}
    network, share = read(inputs(tables, start=START, bucket="week", horizon=horizon, policy=knobs, safety=safety))
    reference = plan_by_heuristic(network, share)
    twin = plan_by_heuristic(network, share, kernel="numba")
    assert twin.cost == pytest.approx(reference.cost, rel=CLOSE)
    assert_close(reference.values, twin.values)
    assert reference.values.any()


@st.composite
def askers(draw):
    """Uses of rooms over time, what their nodes ask for, the places in which they are served, and the rooms."""
    nodes, rooms, buckets, count = (draw(st.integers(1, most)) for most in (6, 4, 3, 12))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    uses = Uses(
        random.integers(0, nodes, count),
        random.integers(0, rooms, count),
        random.integers(1, 5, count).astype(np.float64),
        random.integers(0, buckets, (count, buckets)),
    )
    left = random.integers(-2, 30, (rooms, buckets)).astype(np.float64)
    left[random.random(left.shape) < 0.1] = np.inf
    asked = random.integers(0, 9, nodes).astype(np.float64)
    return uses, asked, random.integers(0, 3, count), left


@given(askers())
@settings(max_examples=200, deadline=None)
def test_room_is_given_alike(case):
    uses, asked, place, left = case
    kept = asked * uses.fit(asked, left, 0, place)
    twin, order = asked.copy(), queue(place, np.zeros(len(place), dtype=np.int64))
    arrays = use_arrays(uses)
    work = scratch(left, len(asked), len(place))
    asking = fit(twin, arrays, order, 0, len(place), left.ravel(), 0, work)
    assert_close(kept, twin)
    rest, twin_rest = left.copy(), left.copy()
    uses.take(kept, rest, 0)
    take(twin, arrays, order.use, 0, len(place), twin_rest.reshape(-1), 0)
    fitted_rest = left.copy()
    take_fitted(twin, arrays, order, asking, fitted_rest.reshape(-1), 0, work)
    assert fitted_rest.tobytes() == twin_rest.tobytes()
    finite = np.isfinite(rest)
    assert_close(rest[finite], twin_rest[finite])
    assert np.array_equal(finite, np.isfinite(twin_rest))
    # Nobody takes more than there is.
    assert (rest[finite] >= np.minimum(left, 0.0)[finite] - CLOSE).all()


def test_of_numbers_of_workers_that_cost_the_same_the_fewest_are_kept():
    assert _fewest(np.array([[5.0, 3.0 + 1e-12, 3.0], [1.0, 1.0, 1.0]])).tolist() == [1, 0]


def test_the_kernel_of_plans_is_what_the_environment_says(monkeypatch, inputs):
    assert kernel_of_plans() == (os.environ.get("EQUIPOISE_KERNEL") or "numpy")
    monkeypatch.setenv("EQUIPOISE_KERNEL", "fortran")
    with pytest.raises(NoSuchKernel, match="numpy and numba"):
        kernel_of_plans()
    tables, knobs, safety, horizon = random_network(0)
    network, share = read(inputs(tables, start=START, bucket="week", horizon=horizon, policy=knobs, safety=safety))
    with pytest.raises(NoSuchKernel, match="numpy and numba"):
        plan_by_heuristic(network, share, kernel="fortran")


def test_a_plan_in_numpy_loads_no_compiler():
    code = (
        "import sys; import equipoise.supply.fast.heuristic, equipoise.supply.fast.fast_plan;"
        "from equipoise.supply.fast.kernel import kernel_named; kernel_named('numpy');"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
