"""Infinite loading equals a slow calculation cell by cell, whatever the kernel and whether at once or by changes."""

from copy import deepcopy
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.grid import BeyondExact
from equipoise.core.kernel import NoSuchKernel
from equipoise.supply.loading.infinite_loading import load_infinitely
from equipoise.supply.loading.loading_update import change_demand, replan
from equipoise.supply.loading.product_structure import WrongStructure, build_structure
from equipoise.supply.loading.requirements import WrongRequirements, requirements

KERNELS = ("numpy", "numba")
STEP = Fraction(1, 2**20)


def in_steps(value):
    """The nearest step of the grid, halves to the even one, in exact arithmetic."""
    return round(Fraction(value) / STEP) * STEP


def company(seed, *, nodes=24, horizon=9, has_lots=True, varies=False):
    """A random structure without circles, and what is asked of it."""
    random = np.random.default_rng(seed)
    links = [(a, b) for a in range(nodes) for b in range(a + 1, nodes) if random.random() < 3.0 / nodes]
    names = random.permutation(nodes)
    parent, component = (names[np.array(ends, dtype=np.int64)] for ends in zip(*links, strict=True))
    shape = (len(links), horizon) if varies else (len(links),)
    lots = random.choice([0.0, 0.0, 5.0, 12.5], (2, nodes)) if has_lots else np.zeros((2, nodes))
    structure = build_structure(
        nodes,
        parent=parent,
        component=component,
        quantity=random.choice([1.0, 0.3, 2.0, 1.07], shape),
        lead=random.integers(0, 4, nodes),
        yield_ratio=random.choice([1.0, 1.0, 0.97, 0.5], nodes),
        min_lot=lots[0],
        lot_multiple=lots[1],
    )
    demand = random.uniform(0, 20, (nodes, horizon)) * (random.random((nodes, horizon)) < 0.5)
    asked = requirements(
        demand=demand,
        on_hand=random.uniform(0, 60, nodes),
        scheduled=random.uniform(0, 30, demand.shape) * (random.random(demand.shape) < 0.2),
        safety=random.uniform(0, 15, demand.shape if varies else nodes),
    )
    return structure, asked


def slow(structure, asked):
    """Cell by cell in exact fractions, by recursion over what takes each node, straight from the definitions."""
    nodes, horizon = asked.demand.shape
    uses = {}
    for link, (a, b) in enumerate(zip(structure.parent.tolist(), structure.component.tolist(), strict=True)):
        uses.setdefault(b, []).append((a, [float(q) for q in structure.quantity[link]]))
    found = {}

    def plan(node):
        if node in found:
            return found[node]
        gross = [Fraction(float(asked.demand[node, t])) for t in range(horizon)]
        for above, quantity in uses.get(node, []):
            _, _, released, late = plan(above)
            for t in range(horizon):
                per_unit = quantity[t] if len(quantity) > 1 else quantity[0]
                # The product is a float before it is put on the grid.
                gross[t] += in_steps(per_unit * float(released[t] + (late if t == 0 else 0)))
        stock, receipts = Fraction(float(asked.on_hand[node])), []
        least, multiple = Fraction(structure.min_lot[node]), Fraction(structure.lot_multiple[node])
        for t in range(horizon):
            stock += Fraction(float(asked.scheduled[node, t])) - gross[t]
            safety = Fraction(float(asked.safety[node, t if asked.safety.shape[1] > 1 else 0]))
            lot = Fraction(0)
            if stock < safety:
                lot = max(safety - stock, least)
                if multiple:
                    lot = ceil(lot / multiple) * multiple
            receipts.append(lot)
            stock += lot
        released, late = [Fraction(0)] * horizon, Fraction(0)
        for t in range(horizon):
            started = in_steps(float(receipts[t]) * float(structure.started_per_good[node]))
            if t >= structure.lead[node]:
                released[t - structure.lead[node]] += started
            else:
                late += started
        found[node] = gross, receipts, released, late
        return found[node]

    planned = [plan(node) for node in range(nodes)]
    return [np.array([[float(v) for v in row[k]] for row in planned]) for k in range(3)] + [
        np.array([float(row[3]) for row in planned])
    ]


def arrays(plan):
    return plan.gross, plan.receipts, plan.releases, plan.past_due


def assert_same_bytes(plan, other):
    for mine, theirs in zip(arrays(plan), arrays(other), strict=True):
        assert mine.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", range(12))
def test_equals_the_slow_calculation(seed, kernel):
    structure, asked = company(seed, has_lots=seed % 2 == 0, varies=seed % 3 == 0)
    plan = load_infinitely(structure, asked, kernel=kernel)
    assert plan.past_due.any() and (structure.code > 2).any()
    for mine, theirs in zip(arrays(plan), slow(structure, asked), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@given(seed=st.integers(0, 10**6), nodes=st.integers(2, 40), horizon=st.integers(1, 14), varies=st.booleans())
@settings(max_examples=40, deadline=None)
def test_kernels_agree_to_the_byte_and_stock_is_conserved(seed, nodes, horizon, varies):
    try:
        structure, asked = company(seed, nodes=nodes, horizon=horizon, varies=varies)
    except ValueError:  # no link was drawn
        return
    plan = load_infinitely(structure, asked)
    assert_same_bytes(load_infinitely(structure, asked, kernel="numba"), plan)
    stock = asked.on_hand.copy()
    for t in range(horizon):
        stock = stock + asked.scheduled[:, t] + plan.receipts[:, t] - plan.gross[:, t]
        assert (stock == plan.available(asked)[:, t]).all()
        safety = np.broadcast_to(asked.safety, asked.demand.shape)[:, t]
        assert (stock >= safety).all()
    # What is received was started, in the horizon or past due, but for half a step of the grid a bucket.
    begun = plan.releases.sum(axis=1) + plan.past_due
    np.testing.assert_allclose(begun / structure.started_per_good, plan.receipts.sum(axis=1), atol=1e-6 * horizon)
    assert (plan.overdue_by_bucket(structure).sum(axis=1) == plan.past_due).all()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("seed", range(6))
def test_changes_of_single_cells_end_with_the_bytes_of_a_full_pass(seed, kernel):
    structure, asked = company(seed, nodes=40, varies=seed % 2 == 0)
    plan = load_infinitely(structure, asked)
    random = np.random.default_rng(seed)
    for _ in range(60):
        rows, buckets = random.integers(0, 40, 1), random.integers(0, 9, 1)
        before = [values.copy() for values in arrays(plan)]
        planned = change_demand(
            structure, asked, plan, rows=rows, buckets=buckets, quantities=random.uniform(0, 30, 1), kernel=kernel
        )
        full = load_infinitely(structure, asked)
        assert_same_bytes(plan, full)
        others = np.setdiff1d(np.arange(40), planned)
        for old, new in zip(before, arrays(plan), strict=True):
            assert (old[others] == new[others]).all()


def test_both_kernels_plan_the_same_nodes_anew_and_each_once():
    structure, asked = company(3, nodes=60)
    plan = load_infinitely(structure, asked)
    twin, twin_asked = deepcopy(plan), deepcopy(asked)
    cells = {"rows": np.array([5, 9, 5]), "buckets": np.array([1, 2, 1]), "quantities": np.array([70.0, 3.0, 90.0])}
    planned = change_demand(structure, asked, plan, **cells)
    again = change_demand(structure, twin_asked, twin, **cells, kernel="numba")
    assert planned.tolist() == again.tolist() and len(set(planned.tolist())) == len(planned) > 2
    assert asked.demand[5, 1] == 90.0
    assert_same_bytes(plan, twin)


def test_a_change_that_stock_absorbs_goes_no_further():
    structure = build_structure(
        2, parent=np.array([0]), component=np.array([1]), quantity=np.array([4.0]), lead=np.array([0, 0])
    )
    asked = requirements(demand=np.array([[10.0, 0.0], [0.0, 0.0]]), on_hand=np.array([100.0, 0.0]))
    plan = load_infinitely(structure, asked)
    cell = {"rows": np.array([0]), "buckets": np.array([0])}
    assert change_demand(structure, asked, plan, **cell, quantities=np.array([50.0])).tolist() == [0]
    assert change_demand(structure, asked, plan, **cell, quantities=np.array([150.0])).tolist() == [0, 1]
    assert plan.gross[1].tolist() == [200.0, 0.0]


def test_stock_that_changed_is_planned_anew():
    structure, asked = company(4)
    plan = load_infinitely(structure, asked)
    asked.on_hand[:] += 7.0
    replan(structure, asked, plan, np.arange(len(asked.on_hand)))
    assert_same_bytes(plan, load_infinitely(structure, asked))


def test_orders_past_due_ask_for_their_components_at_once():
    """A lead time of two buckets and nothing in stock: the first two buckets should have been started before."""
    structure = build_structure(
        2, parent=np.array([0]), component=np.array([1]), quantity=np.array([2.0]), lead=np.array([2, 1])
    )
    asked = requirements(demand=np.array([[10.0, 20.0, 40.0, 80.0], [0.0, 0.0, 0.0, 0.0]]))
    plan = load_infinitely(structure, asked)
    assert plan.releases[0].tolist() == [40.0, 80.0, 0.0, 0.0]
    assert plan.past_due.tolist() == [30.0, 140.0]
    assert plan.gross[1].tolist() == [2 * (30.0 + 40.0), 160.0, 0.0, 0.0]
    assert plan.overdue_by_bucket(structure).tolist() == [[10.0, 20.0], [0.0, 140.0]]


def test_orlicky_by_hand_lots_and_safety_stock():
    """On hand 30, safety stock 10, lots of 25 in multiples of 10: worked by hand."""
    structure = build_structure(
        1,
        parent=np.zeros(0, dtype=np.int64),
        component=np.zeros(0, dtype=np.int64),
        quantity=np.zeros(0),
        lead=np.array([1]),
        min_lot=np.array([25.0]),
        lot_multiple=np.array([10.0]),
    )
    asked = requirements(
        demand=np.array([[15.0, 20.0, 0.0, 35.0]]),
        on_hand=np.array([30.0]),
        scheduled=np.array([[0.0, 5.0, 0.0, 0.0]]),
        safety=np.array([10.0]),
    )
    for kernel in KERNELS:
        plan = load_infinitely(structure, asked, kernel=kernel)
        assert plan.receipts.tolist() == [[0.0, 30.0, 0.0, 30.0]]
        assert plan.available(asked).tolist() == [[15.0, 30.0, 30.0, 25.0]]


def test_a_circular_bill_is_refused():
    with pytest.raises(WrongStructure, match="2 item-locations wait for themselves, the first is number 1"):
        build_structure(
            3,
            parent=np.array([0, 1, 2]),
            component=np.array([1, 2, 1]),
            quantity=np.ones(3),
            lead=np.zeros(3, dtype=np.int64),
        )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"lead": np.array([0, -1])}, "lead time below 0, first at number 1"),
        ({"yield_ratio": np.array([1.0, 0.0])}, "yield"),
        ({"quantity": np.array([-1.0])}, "quantity per unit below 0, first at number 0"),
        ({"min_lot": np.array([np.nan, 0.0])}, "lot below 0"),
    ],
)
def test_a_structure_that_cannot_be_is_refused(wrong, words):
    right = {"parent": np.array([0]), "component": np.array([1]), "quantity": np.ones(1), "lead": np.array([0, 0])}
    with pytest.raises(WrongStructure, match=words):
        build_structure(2, **right | wrong)


def test_requirements_that_cannot_be_are_refused():
    with pytest.raises(WrongRequirements, match="scheduled receipts is below 0 or unknown, first in row 1"):
        requirements(demand=np.zeros((2, 2)), scheduled=np.array([[0.0, 0.0], [0.0, np.nan]]))
    with pytest.raises(WrongRequirements, match="do not fit"):
        requirements(demand=np.zeros((2, 3)), safety=np.zeros((2, 2)))
    structure, asked = company(1)
    plan = load_infinitely(structure, asked)
    before = plan.gross.copy()
    with pytest.raises(WrongRequirements, match="below 0"):
        change_demand(
            structure,
            asked,
            plan,
            rows=np.array([0, 1]),
            buckets=np.array([0, 0]),
            quantities=np.array([5.0, -1.0]),
        )
    assert (plan.gross == before).all()
    with pytest.raises(WrongRequirements, match="3 rows of demand"):
        load_infinitely(structure, requirements(demand=np.zeros((3, 9))))


def test_totals_too_large_to_be_exact_are_refused():
    structure = build_structure(
        2, parent=np.array([0]), component=np.array([1]), quantity=np.array([1e6]), lead=np.array([0, 0])
    )
    with pytest.raises(BeyondExact, match="row 1 is asked for 1e\\+10 units in all"):
        load_infinitely(structure, requirements(demand=np.array([[1e4], [0.0]])))


def test_an_unknown_kernel_is_refused():
    structure, asked = company(1)
    with pytest.raises(NoSuchKernel, match="numpy and numba"):
        load_infinitely(structure, asked, kernel="abacus")
