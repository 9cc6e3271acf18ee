"""A hold's last day is part of what it is, and never of what a plan computes; holds made before it are as they were."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.codec import adjustment_as_json, adjustment_from_json, question_of
from equipoise.core.adjustment import Adjustment, WrongAdjustment, expiry_of, in_force, standing
from equipoise.core.policy_change import SetPolicy
from equipoise.demand import DemandHold
from equipoise.plan import compute_plan, fingerprint

STORED = {"id": "h", "kind": "demand_hold", "amount": 400, "scope": {"item": "LA-01"}, "reason": "Promised"}
"""As it was stored before holds had a last day."""
STORED_FINGERPRINT = "3a32e72d3b8e13f3e87c434b0d98f7d89dc0cf4184687abdb182759f151e91c5"
"""That such a hold gave its question then."""
DAYS = st.dates(date(2026, 1, 1), date(2027, 1, 1))
HOLDS = st.lists(st.none() | DAYS, max_size=6).map(
    lambda days: [Adjustment(str(n), DemandHold(expires_on=day), seq=n) for n, day in enumerate(days)]
)


def test_a_hold_stored_before_has_the_fingerprint_and_the_json_it_had():
    hold = adjustment_from_json(STORED, seq=1)
    assert expiry_of(hold) is None
    assert fingerprint("s", [hold]) == STORED_FINGERPRINT
    assert "expires_on" not in question_of(hold)["change"]
    assert "expires_on" not in adjustment_as_json(hold)
    assert fingerprint("s", [adjustment_from_json({**STORED, "expires_on": None}, seq=1)]) == STORED_FINGERPRINT


def test_the_last_day_is_read_written_and_part_of_the_question():
    hold = adjustment_from_json({**STORED, "expires_on": "2026-12-31"}, seq=1)
    assert expiry_of(hold) == date(2026, 12, 31)
    assert json.loads(json.dumps(adjustment_as_json(hold)))["expires_on"] == "2026-12-31"
    assert adjustment_from_json(adjustment_as_json(hold)) == hold
    assert fingerprint("s", [hold]) != STORED_FINGERPRINT


@pytest.mark.parametrize("wrong", ["31.12.2026", "2026-02-30", "soon", 7])
def test_what_is_no_day_is_refused_with_its_name(wrong):
    with pytest.raises(WrongAdjustment, match=r"expires_on .* is not a date; write it as 2027-04-30"):
        adjustment_from_json({**STORED, "expires_on": wrong})


@given(HOLDS, DAYS)
def test_exactly_those_are_left_out_whose_last_day_lies_before(holds, day):
    kept = in_force(holds, day)
    assert [each for each in holds if each in kept] == list(kept)
    for each in holds:
        last = expiry_of(each)
        assert (each in kept) is (last is None or last >= day)
    assert in_force(kept, day) == kept


def test_other_kinds_do_not_run_out():
    knob = Adjustment("k", SetPolicy("workforce", "integer"))
    assert in_force([knob], date.max) == (knob,)


def test_what_a_hold_superseded_does_not_come_back_when_it_runs_out():
    old = Adjustment("old", DemandHold(), seq=1)
    new = Adjustment("new", DemandHold(expires_on=date(2026, 12, 31)), seq=2, supersedes=("old",))
    assert in_force(standing([old, new]), date(2027, 1, 1)) == ()


def test_two_holds_of_one_amount_and_two_days_are_in_no_conflict():
    later, other = (adjustment_from_json({**STORED, **more}) for more in ({"expires_on": "2026-12-31"}, {"amount": 1}))
    hold = adjustment_from_json(STORED)
    assert not hold.change.conflicts_with(later.change)
    assert hold.change.conflicts_with(other.change)


def test_the_plan_itself_knows_no_clock(demo_snapshot, demo_adjustments):
    """A day long past changes the question and no number: whoever asks leaves out what has run out."""
    plans = []
    for more in ({}, {"expires_on": "1999-12-31"}):
        hold = adjustment_from_json({**STORED, **more}, seq=99)
        plans.append(compute_plan(demo_snapshot, [*demo_adjustments, hold]))
    first, second = (plan.measure("demand_consensus_qty").values for plan in plans)
    assert plans[0].fingerprint != plans[1].fingerprint
    assert (first == second).all()
