"""Proof: the load that is shown is what a person adds up by hand, and an hour of it costs what its price says."""

import numpy as np
import polars as pl
import pytest

from equipoise import compute_plan
from equipoise.codec import adjustment_from_json
from equipoise.core.measure import Grain

ROUNDING = 0.01
"""Hours or money: what the grid makes of a sum over a plant's items."""


def by_hand(plan):
    """Load by resource and bucket from table routings and what is started, by joins, without the engine's arrays."""
    snapshot = plan.snapshot
    started = plan.measure("production_started_qty")
    long = pl.concat(
        [
            started.keys.frame.with_columns(bucket=pl.lit(t), started=pl.Series(started.values[:, t]))
            for t in range(plan.head.horizon)
        ]
    )
    bills = snapshot.table("routings").select("item", "location", "route", "resource", "hours_per_unit", "setup_hours")
    assert bills["setup_hours"].null_count() == bills.height, "the demo has no setups; add them here when it has"
    hours = (
        long.join(bills, on=["item", "location", "route"])
        .group_by("resource", "bucket")
        .agg(hours=(pl.col("started") * pl.col("hours_per_unit")).sum())
    )
    found = np.zeros((len(plan.axes.resources), plan.head.horizon))
    for resource, bucket, load in hours.iter_rows():
        found[plan.axes.resources.position[resource], bucket] = load
    return found


def total(plan):
    """All that the optimizer minimized, money that is spent and money that is not."""
    facts = plan.sections["supply"].facts
    return facts["objective_amount"] + facts["notional_amount"]


def one_hour(snapshot, resource, bucket, hours):
    day = snapshot.head.calendar.start_of(bucket)
    change = {
        "id": "hour",
        "kind": "capacity",
        "function": "operations",
        "amount": f"{hours:+g}",
        "scope": {"resource": resource, "first": day.isoformat(), "last": day.isoformat()},
        "reason": "what is an hour worth?",
    }
    return adjustment_from_json(change)


def test_the_load_shown_is_the_load_added_up_by_hand(demo_plan):
    shown = demo_plan.measure("capacity_load_hours").values
    assert shown == pytest.approx(by_hand(demo_plan), abs=ROUNDING)
    assert shown.sum() > 10_000


def test_the_check_notices_a_yield_that_is_forgotten(demo_plan):
    """The same sum over good units instead of started ones is another number: the proof can fail."""
    good = demo_plan.measure("production_qty").values.sum()
    started = demo_plan.measure("production_started_qty").values.sum()
    assert started > good * 1.01


@pytest.fixture(scope="module")
def base(demo_snapshot):
    return compute_plan(demo_snapshot)


@pytest.mark.parametrize("bucket", [2, 3])
def test_an_hour_more_or_less_costs_what_its_price_says(demo_snapshot, base, bucket):
    """One more saves the price exactly; one less costs at least that, for cost is convex in capacity."""
    row = base.axes.keys[Grain.RESOURCE].rows[("capsule-line",)]
    price = base.measure("capacity_shadow_price").values[row, bucket]
    assert price > 1
    more = compute_plan(demo_snapshot, [one_hour(demo_snapshot, "capsule-line", bucket, 1)])
    less = compute_plan(demo_snapshot, [one_hour(demo_snapshot, "capsule-line", bucket, -1)])
    assert total(base) - total(more) == pytest.approx(price, rel=1e-4)
    assert price * (1 - 1e-4) <= total(less) - total(base) <= price * 1.05


def test_an_hour_where_there_is_room_is_worth_nothing(demo_snapshot, base):
    row = base.axes.keys[Grain.RESOURCE].rows[("bottle-line",)]
    load = base.measure("capacity_load_hours").values[row]
    available = base.measure("capacity_available_hours").values[row]
    price = base.measure("capacity_shadow_price").values[row]
    slack = load < available - 1
    assert slack.any()
    assert price[slack] == pytest.approx(0, abs=1e-6)
    bucket = int(np.flatnonzero(slack)[0])
    more = compute_plan(demo_snapshot, [one_hour(demo_snapshot, "bottle-line", bucket, 1)])
    assert total(more) == pytest.approx(total(base), abs=ROUNDING)
