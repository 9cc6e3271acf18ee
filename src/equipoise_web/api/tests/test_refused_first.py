"""Who has no right is told that, whether or not there is what they name; a token does no more than it carries."""

import numpy as np
import pytest
from django.test import Client

from equipoise_web.access import access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.make_token import make_token
from equipoise_web.actions.make_webhook import make_webhook
from equipoise_web.reads.grid_bytes import from_bytes
from equipoise_web.reads.scenarios import working_scenario

pytestmark = pytest.mark.django_db
API = "/api/v1"
JSON = "application/json"


def with_token(user, *rights):
    secret = make_token(access_of(user), "robot", rights)["secret"]
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize(
    "path",
    [
        "/plans/measures",
        "/plans/nowhere",
        "/plans/of/nowhere",
        "/plans/nowhere/comments",
        "/plans/nowhere/kpis",
        "/plans/nowhere/findings",
        "/scenarios",
        "/scenarios/nowhere",
        "/scenarios/nowhere/differences?other=elsewhere",
        "/snapshots/nowhere",
        "/adjustments/kinds",
        "/exceptions",
    ],
)
def test_the_stranger_is_told_what_is_missing_and_not_what_there_is(signed_in, digest, path):
    answer = signed_in("eve").get(API + path)
    assert answer.status_code == 403
    assert "no role here yet" in answer.json()["message"] or "no right to read" in answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/jobs", {"scenario": "nowhere"}),
        ("/scenarios/nowhere/cases", {"name": "x", "up_pct": 10, "down_pct": 10, "reason": "x"}),
        ("/adjustments", {"kind": "demand_input", "amount": "+1%", "scenario": "nowhere", "reason": "x"}),
        ("/exceptions/snoozes", {"about": "SU101:item tool", "until": "2030-01-31", "because": "x"}),
        ("/plans/nowhere/comments", {"text": "x"}),
    ],
    ids=lambda each: each if isinstance(each, str) else "sent",
)
def test_who_only_reads_a_part_learns_nothing_by_writing(signed_in, digest, path, body):
    reader = signed_in("eve", "sales", market="retail", is_read_only=True)
    assert reader.post(API + path, body, content_type=JSON).status_code in (403, 404)
    stranger = signed_in("nemo").post(API + path, body, content_type=JSON)
    assert stranger.status_code == 403
    assert "no right to" in stranger.json()["message"] or "no role" in stranger.json()["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/jobs", {"scenario": "nowhere"}),
        ("/drafts", {"base": "nowhere"}),
        ("/scenarios/nowhere/cases", {"name": "x", "up_pct": 10, "down_pct": 10, "reason": "x"}),
    ],
    ids=lambda each: each if isinstance(each, str) else "sent",
)
def test_who_has_another_right_is_refused_before_what_he_names_is_looked_up(signed_in, digest, path, body):
    assert signed_in("sally", "sales").post(API + path, body, content_type=JSON).status_code == 403


@pytest.mark.parametrize("path", ["/plans/{digest}/kpis", "/plans/{digest}", "/snapshots/{snapshot}", "/exceptions"])
def test_a_token_that_sees_pooled_numbers_and_does_not_read_reads_nothing(person, digest, path):
    client = with_token(person("ann", "analyst"), "see_pooled")
    address = API + path.format(digest=digest, snapshot=working_scenario().snapshot)
    answer = client.get(address)
    assert answer.status_code == 403
    assert "no right to read" in answer.json()["message"]


def test_a_token_that_reads_ends_nothing_of_its_person(person, digest):
    ann = person("ann", "analyst")
    who, reader = access_of(ann), with_token(ann, "read")
    other = make_token(who, "other", ["read"])["id"]
    hook = make_webhook(who, "https://hooks.example.com/in", ["publish_plan"])["id"]
    job = ask_job(who, "compute_plan", {"scenario": working_scenario().name})["id"]
    assert reader.delete(f"{API}/tokens/{other}").status_code == 403
    assert reader.delete(f"{API}/webhooks/{hook}").status_code == 403
    assert reader.post(f"{API}/jobs/{job}/cancel").status_code == 403
    full = with_token(ann, "read", "connect", "run")
    assert full.delete(f"{API}/tokens/{other}").status_code == 200
    assert full.delete(f"{API}/webhooks/{hook}").status_code == 200
    assert full.post(f"{API}/jobs/{job}/cancel").status_code == 200


def test_why_a_number_is_so_is_told_where_one_reads_it(signed_in, digest):
    why = f"{API}/plans/{digest}/explain/demand_consensus_qty?bucket=1"
    at = f"{why}&item=tool&market=retail"
    assert signed_in("ann", "sales", market="retail").get(at).status_code == 200
    other = signed_in("bob", "sales", market="abroad")
    assert other.get(at).status_code == 403
    assert signed_in("eve").get(at).status_code == 403


def test_without_a_place_the_one_is_meant_where_one_reads(signed_in, person, digest):
    eve = person("eve", "sales", market="retail")
    eve.grants.create(role="administrator", market="abroad")
    client = Client()
    client.force_login(eve)
    answer = client.get(f"{API}/plans/{digest}/explain/demand_consensus_qty?bucket=1&item=tool")
    assert answer.status_code == 200
    assert "retail" in answer.content.decode()


def test_who_manages_people_and_reads_nothing_lets_no_exception_rest(signed_in, digest):
    sent = {"about": "SU101:item tool", "until": "2030-01-31", "because": "x"}
    answer = signed_in("adam", "administrator").post(f"{API}/exceptions/snoozes", sent, content_type=JSON)
    assert answer.status_code == 403
    assert "no right to read" in answer.json()["message"]


def test_a_message_of_a_webhook_is_shown_to_who_still_connects(person, digest):
    ann = person("ann", "analyst")
    hook = make_webhook(access_of(ann), "https://hooks.example.com/in", ["publish_plan"])["id"]
    assert with_token(ann, "read", "connect").get(f"{API}/webhooks/{hook}/messages").status_code == 200
    assert with_token(ann, "read").get(f"{API}/webhooks/{hook}/messages").status_code == 403


@pytest.fixture
def of_one_measure(person, digest):
    """Reads the consensus of one market and everything of another."""
    eve = person("eve", "sales", market="retail", measure="demand_consensus_qty")
    eve.grants.create(role="sales", market="abroad")
    client = Client()
    client.force_login(eve)
    return client


def test_a_page_of_numbers_holds_no_other_measure_of_a_row_that_is_shown(of_one_measure, signed_in, digest):
    path = f"{API}/plans/{digest}/grid?measure=demand_consensus_qty&measure=demand_baseline_qty"

    def sums(client):
        content = client.get(path).content
        shape = from_bytes(content)[0]["shape"]
        cells = from_bytes(content, ("<f8", int(np.prod(shape))))[1][0].reshape(shape)
        return [bool(cells[measure].sum() > 0) for measure in (0, 1)]

    assert sums(signed_in("ann", "analyst")) == [True, True]
    assert sums(of_one_measure) == [True, False]


def test_an_explanation_tells_no_row_behind_a_number_that_one_may_not_see(of_one_measure, signed_in, digest):
    at = f"{API}/plans/{digest}/explain/demand_consensus_qty?bucket=1&item=tool&market=retail"
    whole, part = (client.get(at) for client in (signed_in("ann", "analyst"), of_one_measure))
    assert whole.status_code == part.status_code == 200
    rows = "table forecast"  # of the rows behind a number, one who reads one measure sees none
    assert rows in whole.content.decode()
    assert rows not in part.content.decode()


def test_the_report_of_a_plan_has_findings_for_who_sees_all_of_it(signed_in, digest):
    path = f"{API}/plans/{digest}"
    sales, analyst = (signed_in(role, role).get(path).json()["findings"] for role in ("sales", "analyst"))
    assert sales == []
    assert analyst
