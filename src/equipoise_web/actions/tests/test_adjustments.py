"""Proposing and ruling: who may, on what, and what is refused."""

import pytest

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of

INPUT = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}


@pytest.fixture
def propose(digest):
    root = working_scenario()
    axes = axes_of(root.snapshot)

    def send(user, sent=INPUT, **more):
        return propose_adjustment(access_of(user), sent, scenario=root.name, axes=axes, **more)

    return send


def test_an_adjustment_counts_until_it_is_withdrawn(propose, person):
    sales = person("sally", "sales")
    root = working_scenario().name
    before = question_of(root).fingerprint
    made = propose(sales)
    (standing,) = question_of(root).adjustments
    assert (standing.id, standing.function, standing.author, standing.seq) == (made["id"], "sales", "sally", 1)
    assert question_of(root).fingerprint != before
    rule_adjustment(access_of(sales), made["id"], "withdrawn")
    assert question_of(root).fingerprint == before


def test_the_same_key_proposes_once(propose, person):
    sales = person("sally", "sales")
    assert propose(sales, key="k") == propose(sales, key="k")
    assert len(question_of(working_scenario().name).adjustments) == 1


def test_nobody_proposes_outside_his_role_or_scope(propose, person):
    with pytest.raises(NotAllowed, match="propose demand_input"):
        propose(person("stranger"))
    with pytest.raises(NotAllowed, match="demand_override"):
        propose(person("sally", "sales"), {**INPUT, "kind": "demand_override"})
    with pytest.raises(NotAllowed, match="on tool"):
        propose(person("narrow", "sales", market="nowhere"))
    with pytest.raises(NotAllowed):
        propose(person("reader", "sales", is_read_only=True))


def test_nobody_speaks_for_another_function(propose, person):
    with pytest.raises(WrongAdjustment, match="does not speak for marketing"):
        propose(person("sally", "sales"), {**INPUT, "function": "marketing"})


def test_a_reason_is_asked_for(propose, person):
    with pytest.raises(WrongAdjustment, match="reason is missing"):
        propose(person("sally", "sales"), {**INPUT, "reason": " "})


def test_only_others_rule_and_a_rejection_has_a_reason(propose, person):
    planner, other = person("paul", "demand_planner"), person("olga", "demand_planner")
    made = propose(planner, {**INPUT, "kind": "demand_override"})
    with pytest.raises(NotAllowed, match="his own"):
        rule_adjustment(access_of(planner), made["id"], "accepted")
    with pytest.raises(WrongAdjustment, match="reason"):
        rule_adjustment(access_of(other), made["id"], "rejected")
    with pytest.raises(NotAllowed, match="only its author, paul"):
        rule_adjustment(access_of(other), made["id"], "withdrawn")
    with pytest.raises(NotFound):
        rule_adjustment(access_of(other), "nothing", "accepted")
    assert rule_adjustment(access_of(other), made["id"], "accepted")["verdict"] == "accepted"


def test_who_looked_too_early_is_told_what_stands(propose, person):
    made = propose(person("sally", "sales"))
    one, two = person("one", "demand_planner"), person("two", "executive")
    accepted = rule_adjustment(access_of(one), made["id"], "accepted")
    with pytest.raises(StaleEdit) as stale:
        rule_adjustment(access_of(two), made["id"], "rejected", because="no", version=accepted["version"] - 1)
    assert stale.value.mine == "rejected"
    assert stale.value.theirs["verdict"] == "accepted"
    assert stale.value.theirs["by"] == "one"
