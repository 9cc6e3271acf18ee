"""The small verbs with the cast: who may, who may not, and what is refused."""

import pytest

from equipoise.core.scenario import WrongScenario
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.add_comment import WrongComment, add_comment
from equipoise_web.actions.ask_job import ask_job, cancel_job
from equipoise_web.actions.door import NotFound, StaleEdit
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import Comment, Job

pytestmark = pytest.mark.django_db


def test_who_reads_comments_and_the_stranger_does_not(person):
    made = add_comment(access_of(person("sally", "sales")), "plan:x", " why? ")
    assert Comment.objects.get(pk=made["id"]).text == "why?"
    for who in (person("stranger"), person("admin", "administrator")):
        with pytest.raises(NotAllowed, match="read"):
            add_comment(access_of(who), "plan:x", "hello")
    with pytest.raises(WrongComment):
        add_comment(access_of(person("paul", "sales")), "plan:x", "  ")


def test_a_job_is_asked_for_by_right_and_cancelled_by_its_asker_or_who_runs_plans(person):
    planner = access_of(person("paul", "demand_planner"))
    job = ask_job(planner, "compute_plan", {"scenario": "a"})
    assert ask_job(planner, "compute_plan", {"scenario": "a"})["id"] == job["id"]
    sales = access_of(person("sally", "sales"))
    for kind, who in (("compute_plan", sales), ("seal", planner), ("preview", access_of(person("exec", "executive")))):
        with pytest.raises(NotAllowed):
            ask_job(who, kind, {})
    with pytest.raises(NotFound, match="no job 'fly'"):
        ask_job(planner, "fly", {})
    with pytest.raises(NotAllowed, match="did not ask"):
        cancel_job(sales, job["id"])
    assert cancel_job(access_of(person("olga", "coordinator")), job["id"])["state"] == Job.CANCELLED
    with pytest.raises(StaleEdit, match="cancelled already"):
        cancel_job(planner, job["id"])
    mine = ask_job(sales, "preview", {})
    assert cancel_job(sales, mine["id"])["state"] == Job.CANCELLED


def test_a_scenario_is_opened_by_who_may_branch(digest, person):
    root = working_scenario().name
    analyst = access_of(person("ann", "analyst"))
    assert open_scenario(analyst, "Second shift", parent=root)["parent"] == root
    for name in ("sales", "administrator", ""):
        with pytest.raises(NotAllowed, match="branch"):
            open_scenario(access_of(person(f"who-{name}", name)), "Other", parent=root)
    with pytest.raises(StaleEdit, match="another name"):
        open_scenario(analyst, "Second shift", parent=root)
    with pytest.raises(WrongScenario):
        open_scenario(analyst, "Orphan")


def test_only_who_rules_replaces_what_others_proposed(digest, person):
    root = working_scenario()
    axes = axes_of(root.snapshot)
    sent = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}
    first = propose_adjustment(access_of(person("sally", "sales")), sent, scenario=root.name, axes=axes)
    replacing = {**sent, "supersedes": [first["id"]]}
    signing = {**replacing, "kind": "demand_override"}
    with pytest.raises(NotAllowed, match="rule"):
        propose_adjustment(access_of(person("mary", "marketing")), replacing, scenario=root.name, axes=axes)
    propose_adjustment(access_of(person("paul", "demand_planner")), signing, scenario=root.name, axes=axes)
    with pytest.raises(NotFound, match="supersedes"):
        wrong = {**signing, "supersedes": ["nothing"]}
        propose_adjustment(access_of(person("pete", "demand_planner")), wrong, scenario=root.name, axes=axes)


def test_a_reader_withdraws_nothing_any_more(digest, person):
    from equipoise_web.actions.rule_adjustment import rule_adjustment

    root = working_scenario()
    sally = person("sally", "sales")
    sent = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}
    made = propose_adjustment(access_of(sally), sent, scenario=root.name, axes=axes_of(root.snapshot))
    with pytest.raises(NotAllowed, match="rule"):
        rule_adjustment(access_of(person("mary", "marketing")), made["id"], "accepted")
    sally.grants.update(is_read_only=True)
    with pytest.raises(NotAllowed, match="propose"):
        rule_adjustment(access_of(sally), made["id"], "withdrawn")
