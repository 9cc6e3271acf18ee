"""Verbs of scenarios: branch, drop, merge, settle, promote, archive; wrong role, stranger, stale, repeated."""

import pytest

from equipoise.core.adjustment import WrongAdjustment
from equipoise.core.scenario import WrongScenario, effective_set
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.archive_scenario import archive_scenario
from equipoise_web.actions.door import KeyReused, NotFound, StaleEdit
from equipoise_web.actions.drop_adjustment import drop_adjustment
from equipoise_web.actions.merge_scenario import merge_scenario
from equipoise_web.actions.open_cases import open_cases
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.promote_scenario import promote_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.reason import WrongReason
from equipoise_web.actions.settle_conflict import settle_conflict
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import AuditEntry, Job, ScenarioEntry, ScenarioRecord
from equipoise_web.scenarios import read_merging, read_scenarios

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(digest):
    return working_scenario().name


@pytest.fixture
def axes(root):
    return axes_of(question_of(root).snapshot)


@pytest.fixture
def planner_access(person):
    return access_of(person("paula", "demand_planner"))


@pytest.fixture
def coordinator(person):
    return access_of(person("cora", "coordinator"))


@pytest.fixture
def propose(axes):
    def send(who, scenario, amount="1200", **scope):
        where = {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-02-28", **scope}
        body = {"kind": "demand_override", "amount": amount, "scope": where, "reason": "agreed"}
        return propose_adjustment(who, body, scenario=scenario, axes=axes)["id"]

    return send


@pytest.fixture
def two(root, planner_access, coordinator, propose):
    """Two branches that set the same cells, opened before either was merged: their adjustments."""
    for name in ("one", "other"):
        open_scenario(planner_access, name, parent=root, question="which?")
    return propose(planner_access, "one", "1200"), propose(coordinator, "other", "1500")


def held(name):
    return effective_set(read_scenarios(), name)


def test_a_branch_inherits_and_keeps_its_assumptions(root, planner_access, propose):
    open_scenario(planner_access, "one", parent=root, assumptions=["Film arrives in March", " ", "No strike"])
    mine = propose(planner_access, root)
    assert mine in held("one")
    assert read_scenarios()["one"].assumptions == ("Film arrives in March", "No strike")
    with pytest.raises(WrongScenario, match="20 assumptions"):
        open_scenario(planner_access, "more", parent=root, assumptions=[f"a{n}" for n in range(21)])


def test_what_is_left_out_is_out_of_the_branch_alone_and_comes_back(root, planner_access, propose):
    mine = propose(planner_access, root)
    open_scenario(planner_access, "without", parent=root)
    drop_adjustment(planner_access, "without", mine)
    assert mine not in held("without")
    assert mine in held(root)
    with pytest.raises(StaleEdit, match="left out already"):
        drop_adjustment(planner_access, "without", mine)
    drop_adjustment(planner_access, "without", mine, is_dropped=False)
    assert mine in held("without")
    with pytest.raises(NotAllowed, match="reject or withdraw"):
        drop_adjustment(planner_access, root, mine)
    with pytest.raises(NotFound):
        drop_adjustment(planner_access, "without", "nothing")


def test_a_merge_into_a_branch_brings_what_it_does_not_hold_and_asks_for_its_plan(root, planner_access, propose, axes):
    for name in ("one", "other"):
        open_scenario(planner_access, name, parent=root)
    mine = propose(planner_access, "one")
    Job.objects.all().delete()
    done = merge_scenario(planner_access, "one", into="other", axes=axes, key="k")
    assert done == {"source": "one", "into": "other", "gained": [mine]}
    assert merge_scenario(planner_access, "one", into="other", axes=axes, key="k") == done
    assert ScenarioEntry.objects.filter(scenario__name="other").count() == 1
    assert [job.question for job in Job.objects.all()] == [{"scenario": "other"}]
    assert AuditEntry.objects.first().verb == "merge_scenario"
    with pytest.raises(KeyReused):
        merge_scenario(planner_access, "one", into=root, axes=axes, key="k")
    with pytest.raises(StaleEdit, match="holds all"):
        merge_scenario(planner_access, "one", into="other", axes=axes)


def test_conflicts_stop_a_merge_until_one_supersedes_both(two, root, coordinator, axes):
    mine, theirs = two
    promote_scenario(coordinator, "one", axes=axes, because="first")
    with pytest.raises(StaleEdit, match="one conflict") as stopped:
        promote_scenario(coordinator, "other", axes=axes, because="second")
    assert stopped.value.theirs == [[mine, theirs]]
    assert theirs not in held(root)
    settled = settle_conflict(
        coordinator,
        "other",
        into=root,
        pair=(theirs, mine),
        take=theirs,
        amount="1300",
        reason="met",
        axes=axes,
        key="s",
    )
    again = settle_conflict(
        coordinator,
        "other",
        into=root,
        pair=(theirs, mine),
        take=theirs,
        amount="1300",
        reason="met",
        axes=axes,
        key="s",
    )
    assert again == settled
    assert read_merging("other", root, axes).merge.conflicts == ()
    promote_scenario(coordinator, "other", axes=axes, because="second")
    stand = [adjustment.id for adjustment in question_of(root).adjustments]
    assert stand == [settled["id"]]
    assert question_of(root).adjustments[0].change.amount.value == 1300
    assert question_of(root).adjustments[0].supersedes == tuple(sorted(two))
    with pytest.raises(StaleEdit, match="do not conflict"):
        settle_conflict(coordinator, "other", into=root, pair=(theirs, mine), take=mine, reason="late", axes=axes)


def test_what_was_on_the_root_before_the_branch_was_opened_is_no_conflict(
    root, planner_access, coordinator, propose, axes
):
    propose(planner_access, root, "1000")
    open_scenario(planner_access, "one", parent=root)
    mine = propose(planner_access, "one", "1200")
    assert read_merging("one", root, axes).merge.conflicts == ()
    later = propose(planner_access, root, "900")
    conflicts = read_merging("one", root, axes).merge.conflicts
    assert {(c.earlier.id, c.later.id) for c in conflicts} == {(mine, later)}


def test_settling_needs_the_right_to_rule_and_to_propose_there(two, root, coordinator, person, axes):
    mine, theirs = two
    promote_scenario(coordinator, "one", axes=axes, because="first")
    said = {"into": root, "pair": (mine, theirs), "take": mine, "reason": "met", "axes": axes}
    for name, role in (("fiona", "finance"), ("stan", ""), ("suzy", "supply_planner")):
        with pytest.raises(NotAllowed):
            settle_conflict(access_of(person(name, role)), "other", **said)
    elsewhere = access_of(person("elsa", "demand_planner", market="elsewhere"))
    with pytest.raises(NotAllowed):
        settle_conflict(elsewhere, "other", **said)
    with pytest.raises(WrongAdjustment, match="one of the two"):
        settle_conflict(coordinator, "other", **{**said, "take": "neither"})


def test_a_promotion_needs_the_right_to_publish_a_reason_and_what_was_seen(
    two, root, planner_access, coordinator, axes
):
    with pytest.raises(NotAllowed, match="publish"):
        promote_scenario(planner_access, "one", axes=axes, because="mine")
    with pytest.raises(NotAllowed, match="publish"):
        merge_scenario(planner_access, "one", into=root, axes=axes)
    with pytest.raises(WrongReason):
        promote_scenario(coordinator, "one", axes=axes, because=" ")
    seen = read_merging("one", root, axes).mark
    with pytest.raises(StaleEdit, match="changed since"):
        promote_scenario(coordinator, "one", axes=axes, because="x", seen="f" * 64)
    promote_scenario(coordinator, "one", axes=axes, because="x", seen=seen)
    with pytest.raises(WrongScenario, match="already"):
        promote_scenario(coordinator, root, axes=axes, because="x")


def test_nobody_merges_cells_outside_of_the_scope(two, root, person, axes):
    elsewhere = access_of(person("elsa", "demand_planner", market="elsewhere"))
    open_scenario(elsewhere, "hers", parent=root)
    with pytest.raises(NotAllowed, match="branch"):
        merge_scenario(elsewhere, "one", into="hers", axes=axes)
    assert held("hers") == held(root)


def test_three_cases_are_opened_together_or_not_at_all(root, planner_access, axes, person):
    said = {
        "parent": root,
        "scope": {"item": "tool"},
        "up_pct": 10.0,
        "down_pct": 15.0,
        "reason": "how far?",
        "axes": axes,
    }
    made = open_cases(planner_access, "Winter", key="c", **said)
    assert made["scenarios"] == ["Winter, optimistic", "Winter, most likely", "Winter, pessimistic"]
    assert open_cases(planner_access, "Winter", key="c", **said) == made
    amounts = {name: [a.change.amount.value for a in question_of(name).adjustments] for name in made["scenarios"]}
    assert list(amounts.values()) == [[10.0], [], [-15.0]]
    assert question_of("Winter, most likely").fingerprint == question_of(root).fingerprint
    before = ScenarioRecord.objects.count()
    open_scenario(planner_access, "Summer, pessimistic", parent=root)
    with pytest.raises(StaleEdit):
        open_cases(planner_access, "Summer", **said)
    assert ScenarioRecord.objects.count() == before + 1
    with pytest.raises(WrongScenario, match="0 and 15"):
        open_cases(planner_access, "None", **{**said, "up_pct": 0.0})
    for name, role in (("ann", "analyst"), ("sally", "sales"), ("stan", "")):
        with pytest.raises(NotAllowed):
            open_cases(access_of(person(name, role)), name, **said)


def test_what_is_put_away_takes_no_change_until_it_is_taken_back(
    two, root, planner_access, coordinator, axes, person, propose
):
    analyst = access_of(person("ann", "analyst"))
    with pytest.raises(NotAllowed, match="did not open"):
        archive_scenario(analyst, "one", because="old")
    with pytest.raises(WrongReason):
        archive_scenario(planner_access, "one", because="")
    archive_scenario(planner_access, "one", because="old")
    for deed in (
        lambda: propose(planner_access, "one"),
        lambda: merge_scenario(planner_access, "one", into="other", axes=axes),
        lambda: promote_scenario(coordinator, "one", axes=axes, because="x"),
        lambda: open_scenario(planner_access, "on it", parent="one"),
        lambda: drop_adjustment(planner_access, "one", two[0]),
        lambda: archive_scenario(planner_access, "one", because="again"),
    ):
        with pytest.raises(StaleEdit):
            deed()
    archive_scenario(coordinator, "one", because="needed", is_archived=False)
    propose(planner_access, "one")
    with pytest.raises(NotAllowed, match="plan of its cycle"):
        archive_scenario(coordinator, root, because="x")


@pytest.mark.parametrize("verb", ["open", "merge", "drop", "archive", "promote"])
def test_the_stranger_and_who_only_reads_do_nothing(two, root, person, axes, verb):
    deeds = {
        "open": lambda who: open_scenario(who, "x", parent=root),
        "merge": lambda who: merge_scenario(who, "one", into="other", axes=axes),
        "drop": lambda who: drop_adjustment(who, "one", two[0]),
        "archive": lambda who: archive_scenario(who, "one", because="x"),
        "promote": lambda who: promote_scenario(who, "one", axes=axes, because="x"),
    }
    before = AuditEntry.objects.count()
    for name, role, nodes in (("stan", "", {}), ("rita", "coordinator", {"is_read_only": True}), ("sam", "sales", {})):
        with pytest.raises(NotAllowed):
            deeds[verb](access_of(person(name, role, **nodes)))
    assert AuditEntry.objects.count() == before
