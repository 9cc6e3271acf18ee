"""Leases: one holder, a fence against the one before, an end to jobs that silence their workers, clocks that jump."""

from datetime import timedelta

import pytest
from django.utils import timezone

from equipoise_web.access import SYSTEM
from equipoise_web.actions.ask_job import ask_job, cancel_job
from equipoise_web.actions.lease_job import (
    MOST_ATTEMPTS,
    JobCancelled,
    LeaseLost,
    end_job,
    give_back,
    renew,
    take_job,
)
from equipoise_web.records.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job():
    return ask_job(SYSTEM, "compute_plan", {"scenario": "x"})["id"]


@pytest.fixture
def clock(monkeypatch):
    """Moves the clock that leases are read off."""
    began = timezone.now()

    def set_to(**jump):
        monkeypatch.setattr(timezone, "now", lambda: began + timedelta(**jump))

    set_to()
    return set_to


def test_a_job_is_taken_once(job):
    taken = take_job()
    assert (taken.id, taken.fence) == (job, 1)
    assert take_job() is None


def test_kinds_and_new_ones_only(job):
    assert take_job(["seal"]) is None
    give_back(take_job())
    assert take_job(only_new=True) is None
    assert take_job(["compute_plan"]).fence == 2


def test_whoever_let_the_lease_run_out_can_write_no_more(job, clock):
    first = take_job()
    clock(seconds=31)
    second = take_job()
    assert second.fence == first.fence + 1
    with pytest.raises(LeaseLost):
        renew(first, "Supply", 0.5)
    assert not end_job(first, "done", answer={"digest": "wrong"})
    assert not give_back(first)
    renew(second, "Supply", 0.6)
    assert end_job(second, "done", answer={"digest": "right"})
    row = Job.objects.get()
    assert (row.state, row.answer, row.attempts) == ("done", {"digest": "right"}, 2)


def test_a_renewed_lease_holds(job, clock):
    taken = take_job()
    clock(seconds=25)
    renew(taken, "Supply", 0.5)
    clock(seconds=50)
    assert take_job() is None
    clock(seconds=56)
    assert take_job() is not None


def test_a_job_that_silences_every_worker_is_given_up_with_a_reason(job, clock):
    for attempt in range(MOST_ATTEMPTS):
        clock(minutes=attempt)
        assert take_job() is not None
    clock(minutes=MOST_ATTEMPTS)
    assert take_job() is None
    row = Job.objects.get()
    assert (row.state, row.attempts) == ("failed", MOST_ATTEMPTS)
    assert "3 times" in row.error
    assert row.ended_at is not None


def test_giving_back_is_no_attempt(job):
    for _ in range(2 * MOST_ATTEMPTS):
        assert give_back(take_job())
    row = Job.objects.get()
    assert (row.state, row.attempts, row.progress, row.leased_until) == ("queued", 0, 0.0, None)


def test_a_job_to_be_stopped_stops_at_its_next_step(job):
    taken = take_job()
    cancel_job(SYSTEM, job)
    with pytest.raises(JobCancelled):
        renew(taken, "Supply", 0.5)


def test_a_job_to_be_stopped_is_not_begun_anew_when_its_worker_died(job, clock):
    take_job()
    cancel_job(SYSTEM, job)
    clock(seconds=31)
    assert take_job() is None
    assert Job.objects.get().state == "cancelled"


def test_a_job_to_be_stopped_is_not_given_back(job):
    taken = take_job()
    cancel_job(SYSTEM, job)
    assert give_back(taken)
    assert Job.objects.get().state == "cancelled"


def test_a_plan_that_runs_gets_a_successor_a_plan_that_waits_does_not(job):
    assert ask_job(SYSTEM, "compute_plan", {"scenario": "x"})["id"] == job
    take_job()
    successor = ask_job(SYSTEM, "compute_plan", {"scenario": "x"})["id"]
    assert successor != job
    assert ask_job(SYSTEM, "seal", {"draft": 1})["id"] == ask_job(SYSTEM, "seal", {"draft": 1})["id"]


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_jumps_strands_no_job(job, clock, days):
    first = take_job()
    clock(days=days)
    second = take_job()
    assert second is not None, "after a jump back the lease would seem to last for a day"
    with pytest.raises(LeaseLost):
        renew(first, "Supply", 0.5)
    clock(days=days, seconds=20)
    renew(second, "Supply", 0.5)
    assert take_job() is None
    assert end_job(second, "done")


@pytest.mark.parametrize("days", [1, -1])
def test_a_worker_that_renews_after_a_jump_keeps_its_job(job, clock, days):
    first = take_job()
    clock(days=days)
    renew(first, "Supply", 0.5)
    assert take_job() is None
