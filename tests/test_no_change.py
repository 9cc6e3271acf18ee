"""An adjustment that asks for what is there already changes nothing: not a byte, not a cent between two buckets."""

import numpy as np
import pytest

from equipoise import compute_plan
from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.policy_change import SetPolicy
from equipoise.plan import MemoryShelf
from equipoise.supply.changes import ChangeCapacity
from equipoise.testing import random_company

AS_IT_IS = (("workforce", "continuous"), ("lots", "average"), ("tier", "optimum"), ("closing_backlog", True))


def as_it_is(policy):
    """Every knob of supply set to what it is."""
    return [Adjustment(knob, SetPolicy(knob, policy[knob]), seq=n) for n, (knob, _) in enumerate(AS_IT_IS, start=1)]


@pytest.fixture(scope="module")
def base(demo_snapshot):
    return compute_plan(demo_snapshot)


@pytest.mark.parametrize(("knob", "value"), AS_IT_IS)
def test_a_policy_set_to_what_it_is_leaves_the_demo_plan_as_it_is(base, demo_snapshot, knob, value):
    again = compute_plan(demo_snapshot, [Adjustment("same", SetPolicy(knob, value), seq=1)])
    assert base.policy[knob] == value
    assert again.digest == base.digest


def test_nothing_is_solved_twice_for_it(base, demo_snapshot, monkeypatch):
    shelf = MemoryShelf()
    compute_plan(demo_snapshot, shelf=shelf)
    kept = set(shelf.sections)
    compute_plan(demo_snapshot, as_it_is(base.policy), shelf=shelf)
    assert set(shelf.sections) == kept


def test_the_same_beside_other_adjustments(demo_snapshot, demo_adjustments, demo_plan):
    same = [Adjustment("same", SetPolicy("workforce", "continuous"), seq=99)]
    assert compute_plan(demo_snapshot, [*demo_adjustments, *same]).digest == demo_plan.digest


def test_a_change_of_capacity_by_nothing_moves_no_number(base, demo_snapshot):
    """The optimizer starts from the base plan and finds it: plan and money are the same, though it was solved again."""
    resource = demo_snapshot.table("resources")["resource"][0]
    nothing = Adjustment("none", ChangeCapacity(Amount.parse("+0%")), Scope(resource=resource), seq=1)
    again = compute_plan(demo_snapshot, [nothing])
    for name in ("production_qty", "shipment_qty", "inventory_closing_qty", "workforce_count"):
        np.testing.assert_array_equal(again.measure(name).values, base.measure(name).values)
    assert again.total("cost_total_amount") == base.total("cost_total_amount")


@pytest.mark.parametrize("seed", range(6))
def test_made_companies(seed):
    snapshot = random_company(seed).snapshot()
    base = compute_plan(snapshot)
    assert compute_plan(snapshot, as_it_is(base.policy)).digest == base.digest
