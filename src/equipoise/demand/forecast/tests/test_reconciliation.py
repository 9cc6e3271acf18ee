"""Least squares over hierarchies: the textbook formula, its optimum, trees, fixed and silent nodes, nothing below 0."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.grid import QUANTITY_STEP, is_on_grid
from equipoise.demand.forecast import sparse_ldl, tree_pass
from equipoise.demand.forecast.aggregates import Aggregates, WrongHierarchy, crossed
from equipoise.demand.forecast.reconciliation import Hierarchy, coherent, reconcile, structural_variance
from equipoise.demand.forecast.tree_pass import reconcile_tree

KERNELS = ("numpy", "numba")


def summing(nodes):
    """S, the textbook's matrix [M + N, N]."""
    matrix = np.zeros((nodes.count, len(nodes.above)))
    for level in nodes.above.T:
        inside = level >= 0
        matrix[level[inside], np.flatnonzero(inside)] = 1.0
    return np.vstack([matrix, np.eye(len(nodes.above))])


def textbook(base, nodes, variance):
    """b = (Sᵀ W⁻¹ S)⁻¹ Sᵀ W⁻¹ ŷ (Hyndman et al. 2011)."""
    s, w = summing(nodes), np.diag(1.0 / variance)
    return np.linalg.solve(s.T @ w @ s, s.T @ w @ base)


def pull(base, bottom, nodes, variance):
    """Sᵀ W⁻¹ (ŷ − S b)."""
    s = summing(nodes)
    return s.T @ ((base - s @ bottom) / variance[:, None])


@st.composite
def tasks(draw, *, is_tree=False):
    """Random levels, crossing or nested, with rows that have no node; base forecasts and variances."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(1, 40))
    if is_tree:
        item = rng.integers(0, 12, n)
        family = np.where(rng.random(4) < 0.3, -1, np.arange(4))[item // 3]
        levels = [np.zeros(n, dtype=int), item // 6, family, item]
    else:
        levels = [rng.integers(-1, rng.integers(1, 9), n) for _ in range(draw(st.integers(1, 5)))]
    nodes = Aggregates.of(*levels)
    base = rng.gamma(1.0, 50.0, (nodes.count + n, 3))
    return nodes, base, rng.uniform(0.1, 10.0, nodes.count + n)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=60, deadline=None)
@given(task=tasks())
def test_it_is_the_textbook_formula_and_at_the_optimum(kernel, task):
    if kernel == "numba":
        pytest.importorskip("numba")
    nodes, base, variance = task
    found = reconcile(base, nodes, variance, is_signed=True, kernel=kernel)
    np.testing.assert_allclose(found, textbook(base, nodes, variance), rtol=1e-9, atol=1e-9)
    assert np.abs(pull(base, found, nodes, variance)).max() < 1e-9 * base.max()


@settings(max_examples=60, deadline=None)
@given(task=tasks(is_tree=True))
def test_one_pass_over_a_tree_equals_the_general_way(task):
    nodes, base, variance = task
    assert nodes.parents is not None
    found = reconcile_tree(base, variance, nodes.parents)
    bottom = found[nodes.count :]
    np.testing.assert_allclose(bottom, textbook(base, nodes, variance), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found[: nodes.count], nodes.sums(bottom), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=60, deadline=None)
@given(task=tasks())
def test_demand_is_never_negative_and_still_at_the_optimum(kernel, task):
    if kernel == "numba":
        pytest.importorskip("numba")
    nodes, base, variance = task
    base = base.copy()
    base[: nodes.count] *= 0.3  # totals far below their series push many of them to 0
    found = reconcile(base, nodes, variance, kernel=kernel)
    slope = pull(base, found, nodes, variance)
    assert found.min() >= 0
    assert np.abs(slope[found > 0]).max(initial=0) < 1e-8 * base.max()
    assert slope[found == 0].max(initial=0) < 1e-8 * base.max()


@settings(max_examples=30, deadline=None)
@given(task=tasks(), factor=st.floats(1e-3, 1e3))
def test_again_is_the_same_and_units_do_not_matter(task, factor):
    nodes, base, variance = task
    found = reconcile(base, nodes, variance)
    again = reconcile(np.concatenate([nodes.sums(found), found]), nodes, variance)
    np.testing.assert_allclose(again, found, rtol=1e-9, atol=1e-7)
    scaled = reconcile(base * factor, nodes, variance * factor**2)
    np.testing.assert_allclose(scaled, found * factor, rtol=1e-8, atol=1e-8 * factor)


@settings(max_examples=30, deadline=None)
@given(task=tasks())
def test_totals_are_the_sums_of_their_series_to_the_last_digit_in_any_order(task):
    nodes, base, variance = task
    exact, upper = coherent(reconcile(base, nodes, variance), nodes)
    assert is_on_grid(exact, QUANTITY_STEP)
    for node in range(nodes.count):
        below = np.flatnonzero((nodes.above == node).any(axis=1))
        for order in (below, below[::-1]):
            total = np.zeros(exact.shape[1])
            for row in order.tolist():
                total += exact[row]
            assert np.array_equal(total, upper[node])


def test_a_total_shares_its_surplus_by_variance():
    nodes = Aggregates.of(np.array([0, 0]))
    found = reconcile(np.array([[60.0], [20.0], [20.0]]), nodes, np.array([5.0, 1.0, 4.0]))
    assert found.ravel().tolist() == pytest.approx([20 + 20 * 1 / 10, 20 + 20 * 4 / 10])


def test_a_series_of_variance_0_stays_and_others_give_way():
    family, region = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    nodes = Aggregates.of(family, region)
    base = np.array([50.0, 50.0, 50.0, 50.0, 10.0, 10.0, 10.0, 10.0])[:, None]
    for kernel in KERNELS:
        found = reconcile(base, nodes, np.array([1.0] * 4 + [0.0] + [1.0] * 3), kernel=kernel)
        assert found[0, 0] == 10.0 and (found[1:] > 10).all()


def test_a_node_without_a_forecast_says_nothing_in_that_bucket():
    family, region = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    both, one = Aggregates.of(family, region), Aggregates.of(family)
    rng = np.random.default_rng(3)
    base = rng.gamma(2.0, 20.0, (8, 2))
    base[2:4, 1] = np.nan
    found = reconcile(base, both, structural_variance(both))
    heard = reconcile(base[[0, 1, 4, 5, 6, 7]][:, [1]], one, structural_variance(one))
    np.testing.assert_allclose(found[:, [1]], heard, rtol=1e-12)
    assert np.array_equal(found, reconcile(base, both, np.array([2.0, 2, 2, 2, 1, 1, 1, 1])))
    deaf = reconcile(base, both, np.array([np.inf] * 4 + [1.0] * 4))
    assert np.array_equal(deaf, base[4:])


def test_what_shares_no_total_does_not_touch_a_digit():
    rng = np.random.default_rng(4)
    family, region = np.repeat([0, 1], 12), np.tile(np.arange(4), 6)
    alone = Aggregates.of(family[:12], crossed(family, region)[:12], np.arange(12) // 2)
    both = Aggregates.of(family, crossed(family, region), np.arange(24) // 2)
    base = rng.gamma(2.0, 20.0, (both.count + 24, 5))
    ours = np.r_[0, 2:6, 10:16, both.count + np.arange(12)]
    for kernel in KERNELS:
        whole = reconcile(base, both, structural_variance(both), kernel=kernel)
        part = reconcile(base[ours], alone, structural_variance(alone), kernel=kernel)
        assert np.array_equal(whole[:12], part)


def test_both_kernels_agree_to_a_billionth_on_a_large_crossing():
    pytest.importorskip("numba")
    rng = np.random.default_rng(5)
    item, region = np.nonzero(rng.random((300, 8)) < 0.6)
    nodes = Aggregates.of(np.zeros_like(item), region, item % 17, item)
    base = rng.gamma(0.5, 50.0, (nodes.count + len(item), 4))
    found = [reconcile(base, nodes, structural_variance(nodes), kernel=kernel) for kernel in KERNELS]
    assert (found[0] == 0).any()
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kernel", KERNELS)
@settings(max_examples=40, deadline=None)
@given(task=tasks(), is_signed=st.booleans())
def test_what_is_kept_of_a_hierarchy_changes_no_digit(kernel, task, is_signed):
    if kernel == "numba":
        pytest.importorskip("numba")
    nodes, base, variance = task
    base = base.copy()
    base[: nodes.count] *= 0.5
    known = Hierarchy(nodes, kernel)
    for weight in (variance, structural_variance(nodes), variance):
        weighed = known.weigh(weight)
        for forecast in (base, base[:, ::-1].copy()):
            found = reconcile(forecast, nodes, weight, is_signed=is_signed, kernel=kernel)
            assert np.array_equal(weighed.reconcile(forecast, is_signed=is_signed), found)
            exact, upper = coherent(found, nodes, kernel=kernel)
            together = weighed.coherent(forecast, is_signed=is_signed)
            assert together.tobytes() == np.concatenate([upper, exact]).tobytes()


@settings(max_examples=60, deadline=None)
@given(task=tasks())
def test_the_twins_find_the_same_pattern_and_the_same_factors(task):
    pytest.importorskip("numba")
    from equipoise.demand.forecast import sparse_ldl_compiled

    nodes, base, variance = task
    one, two = (twin.find_pattern(nodes.above, nodes.bottom_up) for twin in (sparse_ldl, sparse_ldl_compiled))
    for part in ("above", "order", "start", "row"):
        assert np.array_equal(getattr(one, part), getattr(two, part)), part
    upper, bottom = variance[: nodes.count][nodes.bottom_up], variance[nodes.count :]
    factors = [
        twin.factorize(pattern, bottom, upper) for twin, pattern in ((sparse_ldl, one), (sparse_ldl_compiled, two))
    ]
    np.testing.assert_allclose(factors[0].value, factors[1].value, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(factors[0].pivot, factors[1].pivot, rtol=1e-9)
    series = base[nodes.count :]
    np.testing.assert_allclose(sparse_ldl_compiled.sums(two, series), sparse_ldl.sums(one, series), rtol=1e-12)
    price = base[: nodes.count]
    np.testing.assert_allclose(sparse_ldl_compiled.handed(two, price), sparse_ldl.handed(one, price), rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(tree=tasks(is_tree=True), other=tasks(), silent=st.booleans())
def test_the_twins_see_the_same_trees(tree, other, silent):
    pytest.importorskip("numba")
    from equipoise.demand.forecast import tree_pass_compiled

    for nodes, base, variance in (tree, other):
        parents = tree_pass.parents(nodes)
        found = tree_pass_compiled.parents(nodes)
        assert (parents is None) == (found is None)
        if parents is None:
            continue
        assert np.array_equal(parents, found)
        weight = variance.copy()
        weight[: nodes.count : 2] = np.inf if silent else 1.0
        weight[nodes.count :: 3] = 0.0
        np.testing.assert_allclose(
            tree_pass_compiled.reconcile_tree(base, weight, parents), reconcile_tree(base, weight, parents), rtol=1e-9
        )


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0], ids=["structural", "tenfold", "thousandfold"])
def test_ten_thousand_series_are_at_the_optimum_to_twelve_digits_and_coherent_to_the_last(spread):
    """Total, 10 regions, 50 families, 1,000 items over 10 regions: 11,061 nodes, 12 buckets; weights of any size."""
    pytest.importorskip("numba")
    rng = np.random.default_rng(6)
    item, region = np.repeat(np.arange(1000), 10), np.tile(np.arange(10), 1000)
    nodes = Aggregates.of(np.zeros_like(item), region, item // 20, item)
    assert nodes.count + len(item) == 11_061
    bottom = rng.gamma(2.0, 50.0, (len(item), 12))
    base = np.concatenate([nodes.sums(bottom) * rng.normal(1.0, 0.1, (nodes.count, 12)), bottom])
    variance = structural_variance(nodes) * 10.0 ** rng.uniform(-spread, spread, len(base))
    weighed = Hierarchy(nodes).weigh(variance)
    found = weighed.reconcile(base, is_signed=True)
    weight = 1.0 / variance[:, None]
    off = (base - np.concatenate([nodes.sums(found), found])) * weight
    pull = off[nodes.count :] + sum(off[: nodes.count][column] for column in nodes.above.T)
    size = (np.abs(base) * weight)[nodes.count :] + sum(
        (np.abs(base) * weight)[: nodes.count][column] for column in nodes.above.T
    )
    assert np.abs(pull / size).max() < 1e-12
    whole = weighed.coherent(base, is_signed=True)
    assert is_on_grid(whole, QUANTITY_STEP)
    assert np.array_equal(whole[: nodes.count], nodes.sums(whole[nodes.count :]))
    assert np.abs(whole[nodes.count :] - found).max() <= QUANTITY_STEP / 2


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_is_no_number_is_refused_even_where_no_node_lies_above_it(kernel):
    if kernel == "numba":
        pytest.importorskip("numba")
    family, region = np.array([0, 0, 1, 1, -1]), np.array([0, 1, 0, 1, -1])
    nodes = Aggregates.of(family, region)
    weighed = Hierarchy(nodes, kernel).weigh(structural_variance(nodes))
    for row in (4, 8):
        base = np.ones((9, 2))
        base[row, 1] = np.nan if row == 4 else np.inf
        for answer in (weighed.reconcile, weighed.coherent):
            with pytest.raises(WrongHierarchy, match="every series needs a finite base forecast"):
                answer(base)


def test_nodes_that_repeat_others_are_named():
    item, market = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 0])
    nodes = Aggregates.of(np.zeros(4, dtype=int), np.zeros(4, dtype=int), item, market)
    assert nodes.repeats.tolist() == [False, True, False, True, True, False, True]
    assert nodes.without(nodes.repeats).size.tolist() == [4, 2, 3]
    assert nodes.parents is None


def test_no_nodes_or_no_series_change_nothing():
    none = Aggregates.of(np.full(3, -1))
    base = np.array([[1.0], [2.0], [3.0]])
    assert np.array_equal(reconcile(base, none, np.ones(3)), base)
    empty = Aggregates.of(np.zeros(0, dtype=int))
    assert reconcile(np.zeros((0, 4)), empty, np.zeros(0)).shape == (0, 4)


@pytest.mark.parametrize(
    ("base", "variance", "words"),
    [
        (np.ones((2, 1)), np.ones(3), r"base forecasts \[3, buckets\]"),
        (np.array([[1.0], [np.nan], [1.0]]), np.ones(3), "every series needs a finite base forecast"),
        (np.ones((3, 1)), np.array([0.0, 1, 1]), "those of upper nodes above 0"),
        (np.ones((3, 1)), np.array([1.0, np.inf, 1]), "variances of series must be finite"),
    ],
)
def test_what_does_not_fit_is_refused(base, variance, words):
    with pytest.raises(WrongHierarchy, match=words):
        reconcile(base, Aggregates.of(np.array([0, 0])), variance)
    with pytest.raises(WrongHierarchy, match="levels have 2, 3 series"):
        Aggregates.of(np.zeros(2, dtype=int), np.zeros(3, dtype=int))


def test_importing_it_loads_neither_numba_nor_scipy():
    code = (
        "import sys, numpy as np;"
        "from equipoise.demand.forecast.aggregates import Aggregates;"
        "from equipoise.demand.forecast.reconciliation import reconcile;"
        "nodes = Aggregates.of(np.array([0, 0]), np.array([0, 1]));"
        "reconcile(np.ones((5, 2)), nodes, np.ones(5), kernel='numpy');"
        "assert not {'numba', 'scipy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
