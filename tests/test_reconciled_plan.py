"""Policy reconciliation in the plan of the demo company: what moved explains itself, and its page tells the same."""

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment
from equipoise.core.grid import QUANTITY_STEP, on_grid
from equipoise.core.measure import Grain
from equipoise.core.policy_change import SetPolicy
from equipoise.demo import write_demo
from equipoise.explain import explain
from equipoise.explain.forecast import explain_forecast
from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan

BASELINE = "demand_baseline_qty"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    return open_snapshot(write_demo(tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module", params=["within_markets", "crossed"])
def plan(request, snapshot):
    policy = SetPolicy("reconciliation", request.param)
    return compute_plan(snapshot, [Adjustment("p", policy, author="ann", reason="Families are steadier")])


def moved(plan):
    shape = plan.measure(BASELINE).values.shape
    return {p.cause: p.dense(shape) for p in plan.sections["baseline"].postings_of(BASELINE)}


def test_postings_add_up_and_none_falls_below_0(plan):
    by_cause = moved(plan)
    assert np.array_equal(sum(by_cause.values()), plan.measure(BASELINE).values)
    assert (plan.measure(BASELINE).values >= 0).all()
    assert (by_cause["reconciliation"] != 0).sum() > 300


def test_a_cell_says_what_reconciliation_moved(plan):
    by_cause, keys = moved(plan), plan.axes.keys[Grain.DEMAND]
    row, bucket = np.unravel_index(np.argmax(np.abs(by_cause["reconciliation"])), by_cause["reconciliation"].shape)
    item, market = keys.labels(int(row))
    why = explain(plan, BASELINE, bucket=plan.axes.calendar.label(int(bucket)), item=item, market=market)
    (part,) = [child for child in why.node.children if "policy reconciliation" in child.text]
    assert part.value == by_cause["reconciliation"][row, bucket]
    assert why.node.value == plan.measure(BASELINE).values[row, bucket]
    assert sum(child.value for child in why.node.children) == why.node.value


def test_the_page_of_a_series_has_the_points_of_the_plan(plan):
    """Where neither launch nor succession moved it further."""
    by_cause, keys = moved(plan), plan.axes.keys[Grain.DEMAND]
    others = [values for cause, values in by_cause.items() if cause not in ("forecast", "reconciliation")]
    touched = np.any([values.any(axis=1) for values in others], axis=0)
    active, compared = plan.measure("demand_active_ratio").values, 0
    for row in range(0, len(keys), 7):
        if touched[row]:
            continue
        item, market = keys.labels(row)
        story = explain_forecast(plan, item=item, market=market)
        own = on_grid(story.node.point[-plan.axes.horizon :] * active[row], QUANTITY_STEP)
        np.testing.assert_allclose(own, plan.measure(BASELINE).values[row], rtol=1e-9, atol=2 * QUANTITY_STEP)
        compared += 1
    assert compared > 8
