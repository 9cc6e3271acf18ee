"""The worker and the thread of the web process: what becomes of a job, and which of the two does it."""

import dataclasses
import shutil
import threading
import time

import pytest

from equipoise.core.errors import EquipoiseError
from equipoise.stages import STAGES
from equipoise_web.access import SYSTEM, access_of
from equipoise_web.actions.ask_job import ask_job, cancel_job
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.jobs import soon as soon_module
from equipoise_web.jobs import step as step_module
from equipoise_web.jobs import worker
from equipoise_web.jobs.soon import Soon, are_parts_at_hand, woken_by_writes
from equipoise_web.jobs.worker import work_on, work_until
from equipoise_web.reads.plans import open_plan, published_digest
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import AuditEntry, Job, PublishedPlan

pytestmark = pytest.mark.django_db
INPUT = {"kind": "demand_override", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}


@pytest.fixture
def scenario(digest, settings, tomato_home, tmp_path):
    """The working scenario in a home of its own, whose shelf is empty."""
    home = tmp_path / "home"
    shutil.copytree(tomato_home / "plans", home / "plans")
    settings.EQUIPOISE_HOME = home
    return working_scenario().name


@pytest.fixture
def change(scenario, person):
    """Proposes a change of the working scenario; returns its id."""
    planner = access_of(person("pat", "demand_planner"))
    axes = axes_of(working_scenario().snapshot)

    def send(**more):
        return propose_adjustment(planner, {**INPUT, **more}, scenario=scenario, axes=axes)["id"]

    send.who = planner
    return send


@pytest.fixture(autouse=True)
def busy_machine(monkeypatch):
    """Tests share the machine: what is ready in a second alone may take ten here."""
    monkeypatch.setattr(soon_module, "LIMIT", 60.0)


def step(name, monkeypatch):
    """A kind of job that does what the test says."""

    def decorate(function):
        monkeypatch.setitem(worker.KINDS, "preview", function)
        return ask_job(SYSTEM, "preview", {"name": name})["id"]

    return decorate


def test_a_change_asks_for_its_plan_and_the_worker_publishes_it(change, scenario):
    change()
    (job,) = Job.objects.all()
    assert (job.kind, job.question) == ("compute_plan", {"scenario": scenario})
    assert job.asked_by.username == "pat"
    assert work_on(take_job())
    job.refresh_from_db()
    asked = question_of(scenario)
    assert (job.state, job.progress, job.error) == ("done", 1.0, "")
    assert job.answer["digest"] == published_digest(asked.fingerprint)
    plan = open_plan(job.answer["digest"])
    assert [a.author for a in plan.adjustments] == ["pat"]
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.verb, entry.actor, entry.through) == ("publish_plan", "equipoise", f"job:{job.pk}")


def test_changes_while_the_plan_waits_are_one_run_and_one_made_later_another(change):
    change()
    change(amount="+20%")
    assert Job.objects.count() == 1
    take_job()
    change(amount="+30%")
    assert Job.objects.count() == 2


def test_only_a_ruling_that_changes_the_plan_asks_for_it(change, person):
    id = change()
    work_on(take_job())
    rule_adjustment(access_of(person("boss", "executive")), id, "accepted")
    assert take_job() is None
    rule_adjustment(access_of(person("other", "coordinator")), id, "rejected", because="no shelf")
    assert work_on(take_job())
    rule_adjustment(change.who, id, "proposed")
    assert take_job() is not None


def test_a_plan_that_is_there_is_not_computed_again(change, scenario):
    change()
    work_on(take_job())
    before = PublishedPlan.objects.count()
    ask_job(SYSTEM, "compute_plan", {"scenario": scenario})
    work_on(take_job())
    assert PublishedPlan.objects.count() == before
    assert Job.objects.first().state == "done"


def test_the_fault_of_the_question_is_told_and_ours_is_not(monkeypatch):
    @step("wrong", monkeypatch)
    def refused(*_):
        raise EquipoiseError("there is no market M9")

    work_on(take_job())
    assert Job.objects.get(pk=refused).error == "there is no market M9"

    @step("ours", monkeypatch)
    def broken(*_):
        raise ZeroDivisionError("secret detail")

    work_on(take_job())
    row = Job.objects.get(pk=broken)
    assert row.state == "failed"
    assert "secret" not in row.error
    assert f"report job {row.pk}" in row.error


def test_a_job_that_is_stopped_ends_at_its_next_step(monkeypatch):
    steps = []

    @step("long", monkeypatch)
    def job(_question, _who, tell):
        for number in range(5):
            steps.append(number)
            if number == 2:
                cancel_job(SYSTEM, job)
            tell(f"step {number}", number / 5)
        return {}

    work_on(take_job())
    assert steps == [0, 1, 2]
    assert Job.objects.get(pk=job).state == "cancelled"


def test_a_worker_that_lost_its_lease_publishes_nothing(change, scenario, monkeypatch):
    change()
    late = take_job()
    before = PublishedPlan.objects.count()
    write = worker.compute_plan_of.__globals__["write_plan"]

    def write_and_lose(plan, folder):
        write(plan, folder)
        Job.objects.update(fence=late.fence + 1)  # another worker has taken the job while this one stood still

    monkeypatch.setitem(worker.compute_plan_of.__globals__, "write_plan", write_and_lose)
    work_on(late)
    assert PublishedPlan.objects.count() == before
    assert not AuditEntry.objects.filter(verb="publish_plan").exists()
    assert Job.objects.get().state == "running", "it is the other worker's to end"


def test_soon_leaves_to_the_worker_what_starts_from_nothing(change, scenario):
    change()
    Soon().drain()
    job = Job.objects.get()
    assert (job.state, job.fence, job.attempts) == ("queued", 1, 0)
    Soon().drain()
    assert Job.objects.get().fence == 1, "it does not ask for it again"
    work_on(take_job())
    assert Job.objects.get().state == "done"


def test_soon_publishes_what_it_can_compute_at_once(change, scenario):
    change()
    work_on(take_job())  # leaves the base plan's parts on the shelf
    assert are_parts_at_hand({"scenario": scenario})
    change(amount="+20%")
    Soon().drain()
    job = Job.objects.first()
    assert (job.state, job.attempts) == ("done", 1)
    digest = published_digest(question_of(scenario).fingerprint)
    assert job.answer["digest"] == digest
    assert len(open_plan(digest).adjustments) == 2


def test_what_soon_finds_is_what_the_worker_finds(change, scenario, settings, tmp_path):
    change()
    work_on(take_job())
    change(amount="+20%")
    Soon().drain()
    found = published_digest(question_of(scenario).fingerprint)
    row = PublishedPlan.objects.get(digest=found)
    shutil.rmtree(settings.EQUIPOISE_HOME / "shelf")
    from equipoise.plan import compute_plan

    plan = compute_plan(open_plan(found).snapshot, question_of(scenario).adjustments)
    assert (plan.digest, plan.fingerprint) == (row.digest, row.fingerprint)


def test_soon_gives_up_when_it_takes_longer_and_rests_for_that_scenario(change, scenario, monkeypatch):
    change()
    work_on(take_job())
    change(amount="+20%")
    monkeypatch.setattr(soon_module, "LIMIT", 0.0)
    thread = Soon()
    thread.drain()
    job = Job.objects.first()
    assert (job.state, job.fence, job.attempts, job.progress) == ("queued", 1, 0, 0.0)
    monkeypatch.setattr(soon_module, "LIMIT", 60.0)
    assert take_job().fence == 2
    change(amount="+30%")
    thread.drain()
    assert Job.objects.first().state == "queued", "it rests"
    thread.rests[scenario] = time.monotonic()
    work_on(take_job())
    change(amount="+40%")
    thread.drain()
    assert Job.objects.first().state == "done"


def test_a_question_about_nothing_is_the_workers_to_refuse(digest):
    ask_job(SYSTEM, "compute_plan", {"scenario": "none"})
    Soon().drain()
    assert Job.objects.get().state == "queued"
    work_on(take_job())
    assert "none" in Job.objects.get().error


def test_the_thread_is_woken_by_writes_only_and_lives_through_a_fault(monkeypatch):
    thread, done = Soon(), threading.Event()
    calls = []

    def drain():
        calls.append(1)
        done.set()
        if len(calls) == 1:
            raise RuntimeError("the database is gone")

    monkeypatch.setattr(thread, "drain", drain)
    monkeypatch.setattr(soon_module, "connection", type("None", (), {"close": staticmethod(lambda: None)}))
    thread.start()
    application = woken_by_writes(lambda environ, start: [b"ok"], thread)
    assert application({"REQUEST_METHOD": "GET"}, None) == [b"ok"]
    assert not done.wait(0.1)
    for attempt in (1, 2):
        done.clear()
        application({"REQUEST_METHOD": "POST"}, None)
        assert done.wait(5)
        assert len(calls) == attempt


def test_the_worker_takes_one_job_after_the_other_until_it_is_stopped(monkeypatch):
    stop, seen = threading.Event(), []
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())

    def each(question, _who, _tell):
        seen.append(question["name"])
        return {}

    for name in ("a", "b"):
        step(name, monkeypatch)(each)
    work_until(stop)
    assert seen == ["a", "b"]


def test_a_plan_that_is_stopped_within_a_step_ends_and_nothing_is_published(change, monkeypatch):
    """A solve that would not end says its gap, and a person stops it from another process."""
    monkeypatch.setattr(step_module, "NEWS", 0.0)
    said = []

    def endless(inputs):
        while True:
            inputs.watch(f"gap 1.50 %, {len(said)} nodes")
            said.append(Job.objects.get(pk=job).stage)
            if len(said) == 3:
                cancel_job(SYSTEM, job)

    for number, stage in enumerate(STAGES):
        if stage.name == "supply":
            replaced = (*STAGES[:number], dataclasses.replace(stage, function=endless), *STAGES[number + 1 :])
    monkeypatch.setattr("equipoise.fold.STAGES", replaced)
    change()
    job = Job.objects.get().pk
    before = PublishedPlan.objects.count()
    assert work_on(take_job())
    row = Job.objects.get(pk=job)
    assert row.state == "cancelled"
    assert said == [f"Supply plan · gap 1.50 %, {number} nodes" for number in range(3)]
    assert PublishedPlan.objects.count() == before


def test_news_of_one_step_is_told_once_a_second_and_a_new_step_at_once():
    told = []
    tell = step_module.News(lambda stage, _progress: told.append(stage))
    for number in range(100):
        tell(f"Supply plan · gap {number} %", 0.5)
        tell.look()
    tell("Financials", 0.9)
    assert told == ["Supply plan · gap 0 %", "Financials"]
