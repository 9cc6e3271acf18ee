"""Sealing: the draft becomes a snapshot, a cycle begins on it, and next month goes on from there."""

import pytest

from equipoise.gather import open_snapshot
from equipoise.store import read_snapshot
from equipoise_web.access import access_of
from equipoise_web.actions.correct_row import correct_row
from equipoise_web.actions.door import StaleEdit
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.open_draft import DraftSealed, open_draft
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.seal_draft import seal_draft
from equipoise_web.actions.verify_chain import verify_chain
from equipoise_web.conftest import TOMATO
from equipoise_web.drafts import open_contents
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.corrections import read_corrections
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.reads.snapshots import open_snapshot as sealed_snapshot
from equipoise_web.records.models import AuditEntry, Job, MonthDraft, PublishedPlan, ScenarioRecord, SealedSnapshot

PRICE = {"table": "prices", "row": {"item": "tool"}, "column": "price", "old": "40", "new": "41", "reason": "new list"}


def run(job):
    leased = take_job()
    assert leased.id == job
    work_on(leased)
    return Job.objects.get(pk=job)


@pytest.fixture
def draft(deliver, tomato_files):
    draft = open_draft(deliver.who)["draft"]
    deliver(draft, tomato_files)
    return draft


def test_a_draft_is_sealed_its_cycle_opens_and_its_plan_is_computed(deliver, draft, fresh_home):
    job = run(seal_draft(deliver.who, draft, 2, label="June, first try")["job"])
    assert (job.state, job.error) == ("done", "")
    wanted = open_snapshot(TOMATO)
    assert job.answer["snapshot"] == wanted.id
    assert read_snapshot(fresh_home / "snapshots" / wanted.id).taken_by == "gatherer"
    row = SealedSnapshot.objects.get()
    assert (row.label, row.sealed_by.username, row.start.isoformat()) == ("June, first try", "gatherer", "2027-01-01")
    assert row.bytes > 1000
    assert MonthDraft.objects.get().sealed_as == wanted.id
    assert ScenarioRecord.objects.get().snapshot == wanted.id
    entry = AuditEntry.objects.first()
    assert (entry.verb, entry.actor, entry.through) == ("seal_draft", "gatherer", f"job:{job.pk}")
    assert run(job.answer["job"]).state == "done"
    assert PublishedPlan.objects.get().snapshot == wanted.id
    assert verify_chain().faults == ()


def test_next_month_is_carried_over_with_the_past_of_this_one(deliver, draft, fresh_home):
    answer = run(seal_draft(deliver.who, draft, 2)["job"]).answer
    run(answer["job"])
    following = open_draft(deliver.who, base=sealed_snapshot(answer["snapshot"]))
    assert following["draft"] != draft
    deliver(following["draft"], {"inventory.csv": "item,location,on_hand\ntool,plant,900\n"})
    second = run(seal_draft(deliver.who, following["draft"], 2)["job"])
    assert (second.state, second.error) == ("done", "")
    sealed = sealed_snapshot(second.answer["snapshot"])
    assert sealed.head.start.isoformat() == "2027-02-01"
    archived = sealed.table("plan_archive")
    january = archived.filter(archived["measure"] == "demand_consensus_qty")["quantity"].to_list()
    assert january[0] == 1600.0
    assert sealed.table("inventory")["on_hand"].to_list() == [900.0]


def test_a_change_after_the_asking_stops_the_sealing(deliver, draft):
    asked = seal_draft(deliver.who, draft, 2)["job"]
    correct_row(deliver.who, draft, 2, **PRICE)
    job = run(asked)
    assert job.state == "failed"
    assert "changed" in job.error
    assert not SealedSnapshot.objects.exists()
    with pytest.raises(StaleEdit, match="look at it again"):
        seal_draft(deliver.who, draft, 2)


def test_what_was_sealed_is_closed_and_the_same_data_are_not_sealed_twice(deliver, draft, tomato_files):
    run(seal_draft(deliver.who, draft, 2)["job"])
    with pytest.raises(DraftSealed):
        correct_row(deliver.who, draft, 2, **PRICE)
    again = open_draft(deliver.who)["draft"]
    take_job()  # the plan run of the first
    deliver(again, tomato_files)
    job = run(seal_draft(deliver.who, again, 2)["job"])
    assert job.state == "failed"
    assert "sealed already" in job.error
    assert SealedSnapshot.objects.count() == 1


def test_who_lost_the_right_meanwhile_seals_nothing(deliver, draft):
    from django.utils import timezone

    from equipoise_web.records.models import Grant

    asked = seal_draft(deliver.who, draft, 2)["job"]
    Grant.objects.update(ended_at=timezone.now())
    job = run(asked)
    assert job.state == "failed"
    assert "no right to seal" in job.error
    assert not SealedSnapshot.objects.exists()


def test_facts_of_the_cycle_before_stand_in_the_new_one_and_opinions_do_not(deliver, draft, person):
    first = run(seal_draft(deliver.who, draft, 2)["job"]).answer
    run(first["job"])
    axes = axes_of(first["snapshot"])
    scope = {"item": "tool"}
    price, opinion = (
        {"kind": "price", "amount": "+10%", "scope": scope, "reason": "the list of March"},
        {"kind": "demand_override", "amount": "+10%", "scope": scope, "reason": "a feeling"},
    )
    planner = access_of(person("planner", "demand_planner"))
    kept = propose_adjustment(planner, price, scenario=first["scenario"], axes=axes)["id"]
    propose_adjustment(planner, opinion, scenario=first["scenario"], axes=axes)
    while (waiting := take_job()) is not None:  # the plan that the proposals asked for
        work_on(waiting)
    following = open_draft(deliver.who, base=sealed_snapshot(first["snapshot"]))["draft"]
    deliver(following, {"inventory.csv": "item,location,on_hand\ntool,plant,900\n"})
    second = run(seal_draft(deliver.who, following, 2)["job"]).answer
    assert [each.id for each in question_of(second["scenario"]).adjustments] == [kept]
    assert run(second["job"]).error == ""


def test_a_correction_waits_is_made_again_and_retires_when_the_source_is_mended(deliver, draft):
    correct_row(deliver.who, draft, 2, **PRICE)
    first = run(seal_draft(deliver.who, draft, 3)["job"]).answer
    run(first["job"])
    following = open_draft(deliver.who, base=sealed_snapshot(first["snapshot"]))["draft"]

    def state():
        found = read_corrections(deliver.who)
        return [each.state_label for each in found.rows], len(found.retired)

    heading = "item,market,valid_from,price\ntool,retail,2027-01-01,"
    assert state() == (["Waits for the next delivery"], 0)
    deliver(following, {"prices.csv": f"{heading}40\n"})
    assert state() == (["Needed: the source is not mended"], 0)
    assert open_contents(following, 2).tables["prices"]["price"].to_list() == [41.0]
    deliver(following, {"prices.csv": f"{heading}43\n"})
    assert state() == (["The source has a third value"], 0)
    deliver(following, {"prices.csv": f"{heading}41\n"})
    assert state() == ([], 1)
