"""Jobs in HTML: who sees them, how progress is told, and the button that stops them."""

import json
import re

import pytest
from django.urls import reverse

from equipoise_web.access import access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.lease_job import end_job, renew, take_job
from equipoise_web.reads.scenarios import working_scenario

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def scenario(digest):
    return working_scenario().name


@pytest.fixture
def asked(scenario, person):
    analyst = access_of(person("analyst", "analyst"))
    return ask_job(analyst, "compute_plan", {"scenario": scenario})["id"]


def show(client, id, **headers):
    return client.get(reverse("jobs:show", args=[id]), **headers)


def stop(client, id, **headers):
    return client.post(reverse("jobs:cancel", args=[id]), **headers)


def sign_in(client, person, name, role, **nodes):
    client.force_login(person(name, role, **nodes))
    return client


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client, asked):
    for address in (reverse("jobs:list"), reverse("jobs:show", args=[asked])):
        assert client.get(address).status_code == 302
    assert stop(client, asked).status_code == 302


def test_a_stranger_sees_no_job(client, person, asked):
    stranger = sign_in(client, person, "eve", "")
    assert stranger.get(reverse("jobs:list")).status_code == 403
    assert show(stranger, asked).status_code == 403
    assert stop(stranger, asked).status_code == 403


def test_who_may_not_run_plans_sees_and_stops_no_job_of_others(client, person, asked):
    sales = sign_in(client, person, "sam", "sales", market="M1")
    assert show(sales, asked).status_code == 403
    assert stop(sales, asked).status_code == 403
    assert "No run to show" in sales.get(reverse("jobs:list")).content.decode()


def test_a_job_that_waits_asks_for_itself_until_it_is_over(planner, asked):
    waiting = show(planner, asked, **HTMX)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert "HX-Trigger" not in waiting.headers
    job = take_job()
    renew(job, "Supply", 0.42)
    running = show(planner, asked, **HTMX).content.decode()
    assert "42%" in running
    assert "Supply" in running
    end_job(job, "done", answer={"digest": "d" * 64})
    over = show(planner, asked, **HTMX)
    assert "hx-trigger" not in over.content.decode()
    assert reverse("sheet:show", args=["d" * 64]) in over.content.decode()
    told = json.loads(over.headers["HX-Trigger"])["job-ended"]
    assert told == {"id": asked, "state": "done", "answer": {"digest": "d" * 64}}


def test_the_page_works_without_scripts_and_says_what_came_of_it(planner, asked):
    page = show(planner, asked).content.decode()
    assert "waits for its turn" in re.search(r"<h1>(.*?)</h1>", page).group(1)
    assert 'http-equiv="refresh"' in page
    job = take_job()
    end_job(job, "failed", error="no market has demand")
    page = show(planner, asked).content.decode()
    assert "failed" in re.search(r"<h1>(.*?)</h1>", page).group(1)
    assert "no market has demand" in page
    assert "refresh" not in page


def test_the_page_of_a_job_that_ended_is_put_into_the_open_one(planner, asked):
    end_job(take_job(), "done")
    page = show(planner, asked, HTTP_HX_TARGET="main", **HTMX)
    assert 'id="main"' in page.content.decode()
    assert "HX-Trigger" not in page.headers, "or it would ask for itself for ever"


def test_a_waiting_job_is_stopped_at_once_and_only_once(planner, asked):
    part = stop(planner, asked, **HTMX)
    assert 'data-state="cancelled"' in part.content.decode()
    assert 'data-state="cancelled"' in stop(planner, asked, **HTMX).content.decode()
    assert stop(planner, asked).status_code == 409


def test_a_running_job_stops_after_its_step_and_its_button_is_gone(planner, asked):
    renew(take_job(), "Supply", 0.4)
    part = stop(planner, asked, **HTMX).content.decode()
    assert "Stops after this step: Supply" in part
    assert "<button" not in part


def test_a_plan_is_asked_for_on_the_page(planner, scenario):
    page = planner.get(reverse("jobs:list")).content.decode()
    assert f"<option>{scenario}</option>" in page
    answer = planner.post(reverse("jobs:list"), {"scenario": scenario})
    assert answer.status_code == 302
    assert "1 run is under way" in planner.get(reverse("jobs:list")).content.decode()


def test_a_plan_of_no_scenario_is_not_found(planner, digest):
    assert planner.post(reverse("jobs:list"), {"scenario": "none"}).status_code == 404


def test_who_may_not_run_cannot_ask(client, person, scenario):
    sales = sign_in(client, person, "sam", "sales")
    assert sales.post(reverse("jobs:list"), {"scenario": scenario}).status_code == 403
    assert "<select" not in sales.get(reverse("jobs:list")).content.decode()


def test_what_is_not_there_is_not_found(planner, digest):
    assert show(planner, 999).status_code == 404
    assert stop(planner, 999).status_code == 404
