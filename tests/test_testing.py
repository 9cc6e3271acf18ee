"""assert_plans_equal names the first place in which two plans differ."""

from pathlib import Path

import pytest

from equipoise.codec import set_policy
from equipoise.gather import open_snapshot
from equipoise.plan import Plan, compute_plan
from equipoise.testing import assert_plans_equal

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"


def plan_with(*knobs: str) -> Plan:
    return compute_plan(open_snapshot(RED_TOMATO), [set_policy(knob, seq=n) for n, knob in enumerate(knobs, 1)])


def test_the_same_question_gives_equal_plans():
    assert_plans_equal(plan_with("workforce=integer"), plan_with("workforce=integer"))


def test_the_first_difference_is_named_with_its_cell():
    with pytest.raises(AssertionError, match=r"first in stage supply: .* of .*2027 is"):
        assert_plans_equal(plan_with(), plan_with("workforce=integer"))
