"""Asking for a run: once while it waits, anew while it runs."""

import pytest

from equipoise_web.access import access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.lease_job import take_job

pytestmark = pytest.mark.django_db
QUESTION = {"scenario": "Jan 2027 plan"}


def test_a_run_that_waits_is_not_asked_twice(person):
    who = access_of(person("paul", "demand_planner"))
    assert ask_job(who, "compute_plan", QUESTION) == ask_job(who, "compute_plan", QUESTION)


def test_a_run_under_way_does_not_hold_what_changed_since_so_another_follows(person):
    who = access_of(person("paul", "demand_planner"))
    first = ask_job(who, "compute_plan", QUESTION)
    assert take_job().id == first["id"]
    second = ask_job(who, "compute_plan", QUESTION)
    assert second["id"] != first["id"]
    assert ask_job(who, "compute_plan", QUESTION) == second
