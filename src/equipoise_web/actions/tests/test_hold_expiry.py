"""A hold counts up to and with its last day where the home is; then its plan is asked for anew, and that is said."""

from datetime import UTC, date, datetime

import pytest
from django.test import override_settings
from django.utils import timezone

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.access import NotAllowed, access_of, access_of_person
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.actions.end_holds import end_holds
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.release_holds import release_holds
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.expiry import days_asked
from equipoise_web.reads.adjustment_pages import teller_for
from equipoise_web.reads.changes import read_changes
from equipoise_web.reads.grid_numbers import question_now
from equipoise_web.reads.pulse import read_pulse
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import AdjustmentRecord, AuditEntry, Grant, Job, RulingRecord, ScenarioRecord
from equipoise_web.scenarios import read_scenarios

MADE = datetime(2027, 12, 20, 12, tzinfo=UTC)
LAST = "2027-12-31"
EVENING = datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
MORNING = datetime(2028, 1, 1, 0, 0, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch, digest):
    def set_to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(MADE)
    ScenarioRecord.objects.update(opened_at=MADE)
    return set_to


@pytest.fixture
def owner(digest, person):
    return access_of(person("owner", "demand_planner"))


@pytest.fixture
def hold(owner, clock):
    def make(**body):
        root = working_scenario()
        sent = {"kind": "demand_hold", "scope": {"item": "tool"}, "reason": "Promised", "expires_on": LAST, **body}
        return propose_adjustment(owner, sent, scenario=root.name, axes=axes_of(root.snapshot))["id"]

    return make


def asked():
    """What the working scenario asks, read in both ways; the two agree."""
    name = working_scenario().name
    assert question_now(name, read_pulse()) == question_of(name)
    return question_of(name)


def test_a_hold_counts_up_to_and_with_its_last_day(hold, clock):
    without = asked().fingerprint
    id = hold()
    for moment, counts in ((MADE, True), (EVENING, True), (MORNING, False)):
        clock(moment)
        assert ([each.id for each in asked().adjustments] == [id]) is counts
        assert (asked().fingerprint == without) is not counts


@pytest.mark.parametrize(
    ("zone", "last_second", "first_second"),
    [
        ("America/New_York", datetime(2028, 1, 1, 4, 59, 59, tzinfo=UTC), datetime(2028, 1, 1, 5, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2027, 12, 31, 14, 59, 59, tzinfo=UTC), datetime(2027, 12, 31, 15, tzinfo=UTC)),
    ],
)
def test_midnight_is_that_of_the_home(hold, clock, zone, last_second, first_second):
    hold()
    with override_settings(TIME_ZONE=zone):
        for moment, count in ((last_second, 1), (first_second, 0)):
            clock(moment)
            assert len(asked().adjustments) == count


def test_without_a_day_it_holds_on_and_its_body_says_nothing_of_one(hold, clock):
    id = hold(expires_on=None)
    assert "expires_on" not in AdjustmentRecord.objects.get(pk=id).body
    clock(datetime(2031, 1, 1, tzinfo=UTC))
    assert len(asked().adjustments) == 1
    assert end_holds() == ()


def test_a_day_that_has_passed_is_refused_and_today_is_not(hold):
    with pytest.raises(WrongAdjustment, match=r"expires_on 2027-12-19 has passed, it is 2027-12-20 here: give today"):
        hold(expires_on="2027-12-19")
    with pytest.raises(WrongAdjustment, match=r"expires_on 'soon' is not a date; write it as"):
        hold(expires_on="soon")
    hold(expires_on="2027-12-20")


def test_what_a_hold_replaced_does_not_come_back_when_it_runs_out(hold, clock):
    hold(supersedes=[hold(expires_on=None)])
    clock(MORNING)
    assert asked().adjustments == ()


def test_its_plan_is_asked_for_once_and_it_is_said_once(hold, clock, owner, person):
    ids = [hold(), hold()]
    clock(EVENING)
    Job.objects.all().delete()
    assert end_holds() == ()
    clock(MORNING)
    (ended,) = end_holds()
    assert (ended.owner, ended.last, ended.holds) == ("owner", date(2027, 12, 31), tuple(ids))
    name = working_scenario().name
    assert list(Job.objects.values_list("kind", "question", "state")) == [
        ("compute_plan", {"scenario": name}, Job.QUEUED)
    ]
    entry = AuditEntry.objects.filter(verb="end_holds").get()
    assert (entry.actor, entry.object) == ("equipoise", f"hold:{ids[0]}")
    assert entry.after == {"adjustments": ids, "owner": "owner", "expires_on": LAST, "scenarios": [name]}
    Job.objects.all().delete()
    clock(datetime(2028, 1, 5, tzinfo=UTC))
    assert end_holds() == ()
    assert not Job.objects.exists()
    assert verify_chain().faults == ()
    for who, said in ((owner, "Your hold ran out"), (access_of(person("other", "demand_planner")), "Hold ran out")):
        (line,) = [each for each in read_changes(who, teller_for(who)).lines if "ran out" in each.what]
        assert (line.what, line.who) == (said, "Equipoise")
        assert line.words.endswith("and 1 more cell")


def test_who_sees_none_of_it_is_not_told(hold, clock, person):
    hold()
    clock(MORNING)
    end_holds()
    narrow = access_of(person("narrow", "demand_planner", item="nothing"))
    assert [each for each in read_changes(narrow, teller_for(narrow)).lines if "ran out" in each.what] == []


def test_two_workers_at_midnight_tell_it_once(hold, clock, monkeypatch):
    hold()
    clock(MORNING)
    monkeypatch.setattr("equipoise_web.actions.end_holds._told", set)  # neither has seen the other's entry
    end_holds()
    end_holds()
    assert AuditEntry.objects.filter(verb="end_holds").count() == 1


def test_a_hold_let_go_before_its_day_is_not_told(hold, clock, owner):
    rule_adjustment(owner, hold(), "withdrawn")
    clock(MORNING)
    assert end_holds() == ()


def test_an_earlier_cycle_stays_as_it_stood_when_the_next_began(hold, clock):
    name, id = working_scenario().name, hold()
    opened = datetime(2027, 12, 28, tzinfo=UTC)
    clock(opened)
    ScenarioRecord.objects.create(name="next cycle", snapshot=working_scenario().snapshot)
    clock(MORNING)
    assert days_asked(read_scenarios(), list(ScenarioRecord.objects.all())) == {
        name: date(2027, 12, 28),
        "next cycle": date(2028, 1, 1),
    }
    assert [each.id for each in question_of(name).adjustments] == [id]
    assert end_holds() == ()


def test_an_archived_branch_stays_as_it_stood(hold, clock):
    root = working_scenario()
    id = hold()
    ScenarioRecord.objects.create(name="away", parent=root, archived_at=EVENING)
    clock(MORNING)
    assert [each.id for each in question_of("away").adjustments] == [id]
    assert question_of(root.name).adjustments == ()
    assert end_holds()[0].scenarios == (root.name,)


def test_its_owner_withdraws_them_together(hold, owner):
    ids = [hold(), hold()]
    Job.objects.all().delete()
    done = release_holds(owner, ids, because="", key="k")
    assert done == {"holds": ids, "verdict": "withdrawn"} == release_holds(owner, ids, because="", key="k")
    assert asked().adjustments == ()
    assert Job.objects.filter(kind="compute_plan").count() == 1
    told = {"adjustments": ids, "replaced": [], "owner": "owner", "verdict": "withdrawn"}
    assert AuditEntry.objects.first().after == told
    with pytest.raises(StaleEdit, match="2 of 2 holds were let go since you looked"):
        release_holds(owner, ids, because="")


@pytest.mark.parametrize("now", ["demand_planner", "marketing"])
def test_what_a_hold_replaced_goes_with_it_as_far_as_one_may(hold, owner, person, now):
    root, boss = working_scenario(), access_of(person("boss", "coordinator"))
    first = hold()
    body = {"kind": "demand_hold", "scope": {"item": "tool"}, "reason": "Longer"}
    ids = [first]
    for who in (owner, boss):
        sent = {**body, "supersedes": [ids[-1]]}
        ids.append(propose_adjustment(who, sent, scenario=root.name, axes=axes_of(root.snapshot))["id"])
    assert [each.id for each in asked().adjustments] == [ids[2]]
    Grant.objects.filter(person=boss.person).update(role=now)
    release_holds(access_of_person(boss.person), [ids[2]], because="")
    verdicts = dict(RulingRecord.objects.order_by("id").values_list("adjustment", "verdict"))
    if now == "marketing":
        assert [each.id for each in asked().adjustments] == [ids[1]]
        assert verdicts == {ids[0]: "proposed", ids[1]: "proposed", ids[2]: "withdrawn"}
    else:
        assert asked().adjustments == ()
        assert verdicts == {ids[0]: "rejected", ids[1]: "rejected", ids[2]: "withdrawn"}
        assert AuditEntry.objects.first().after["replaced"] == [ids[1], ids[0]]


def test_another_with_the_right_to_rule_gives_a_reason(hold, person):
    id, boss = hold(), access_of(person("boss", "executive"))
    with pytest.raises(WrongAdjustment, match="needs a reason"):
        release_holds(boss, [id], because=" ")
    assert release_holds(boss, [id], because="The promise fell through")["verdict"] == "rejected"
    assert RulingRecord.objects.filter(adjustment=id).last().because == "The promise fell through"


def test_who_may_not_lets_go_nothing(hold, owner, person):
    id = hold()
    with pytest.raises(NotAllowed, match="owner holds this; ask its owner"):
        release_holds(access_of(person("sally", "marketing")), [id], because="Now")
    for name, role in (("stranger", ""), ("reader", "auditor")):
        with pytest.raises(NotAllowed, match=f"{name} has no right to propose"):
            release_holds(access_of(person(name, role)), [id], because="Now")
    assert len(asked().adjustments) == 1


@pytest.mark.parametrize("now", ["", "executive"])
def test_an_owner_who_lost_the_role_lets_go_nothing(hold, owner, now):
    id = hold()
    Grant.objects.filter(person=owner.person).update(ended_at=MADE)
    if now:
        Grant.objects.create(person_id=owner.person, role=now)
    with pytest.raises(NotAllowed, match="owner has no right to propose"):
        release_holds(access_of_person(owner.person), [id], because="")


def test_what_is_no_hold_and_holds_of_two_are_refused(hold, owner, person):
    root, other = working_scenario(), access_of(person("other", "demand_planner"))
    body = {"kind": "demand_override", "amount": "+1%", "scope": {"item": "tool"}, "reason": "Shelf"}
    axes = axes_of(root.snapshot)
    override = propose_adjustment(owner, body, scenario=root.name, axes=axes)["id"]
    theirs = propose_adjustment(
        other, {"kind": "demand_hold", "reason": "Mine"}, scenario=root.name, axes=axes_of(root.snapshot)
    )["id"]
    with pytest.raises(NotFound, match="there is no hold"):
        release_holds(owner, [override], because="")
    with pytest.raises(NotFound, match="there is no hold named"):
        release_holds(owner, [], because="")
    with pytest.raises(WrongAdjustment, match="let go those of one at a time"):
        release_holds(owner, [hold(), theirs], because="both")
