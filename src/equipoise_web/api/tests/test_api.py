"""The API, asked by people and programs: what they get, what they are refused, and that a token gives no more."""

import io
import json

import numpy as np
import polars as pl
import pytest

from equipoise_web.access import access_of
from equipoise_web.actions.make_token import make_token, revoke_token
from equipoise_web.reads.scenarios import working_scenario

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def as_(client, digest, person):
    """Somebody's client: a session for pages, here with a token that has all the rights asked for."""

    def ask(method, path, body=None, *, token, **headers):
        sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        return getattr(client, method)(f"{API}{path}", **sent, **named, HTTP_AUTHORIZATION=f"Bearer {token}")

    return ask


@pytest.fixture
def planner_token(person, digest):
    user = person("paula", "demand_planner")
    return make_token(access_of(user), "robot", ["read", "see_pooled", "propose", "rule", "branch", "run"])["secret"]


def test_nobody_gets_nothing(client, digest):
    answer = client.get(f"{API}/me")
    assert answer.status_code == 401
    assert client.get(f"{API}/plans", HTTP_AUTHORIZATION="Bearer eqp_guess").status_code == 401


def test_a_session_may_ask_too_but_writes_need_its_csrf_token(client, person, digest):
    from django.test import Client

    client.force_login(person("ann", "analyst"))
    assert client.get(f"{API}/me").json()["name"] == "ann"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person("bob", "coordinator"))
    sent = {"name": "x", "parent": working_scenario().name}
    assert strict.post(f"{API}/scenarios", sent, content_type="application/json").status_code == 403


def test_the_stranger_is_told_that_he_has_no_role(client, person, digest):
    client.force_login(person("stranger"))
    answer = client.get(f"{API}/plans")
    assert answer.status_code == 403
    assert "no role here yet" in answer.json()["message"]


def test_me_says_what_the_token_may(as_, planner_token):
    me = as_("get", "/me", token=planner_token).json()
    assert me["name"] == "paula"
    assert me["through"].startswith("token:")
    assert "gather" not in me["rights"]  # the person has it, the token does not
    assert "propose" in me["rights"]


def test_a_token_ends_with_its_persons_role_and_when_it_is_revoked(as_, person, digest):
    user = person("tom", "analyst")
    made = make_token(access_of(user), "robot", ["read"])
    assert as_("get", "/plans", token=made["secret"]).status_code == 200
    user.grants.update(ended_at="2026-01-01T00:00:00Z")
    assert as_("get", "/plans", token=made["secret"]).status_code == 401
    user.grants.update(ended_at=None)
    revoke_token(access_of(user), made["id"])
    assert as_("get", "/plans", token=made["secret"]).status_code == 401


def test_a_plan_is_the_same_number_in_every_format(as_, planner_token, digest):
    path = f"/plans/{digest}/measures/production_qty?level=item&time=bucket&format="
    rows = as_("get", path + "json", token=planner_token).json()["rows"]
    plain = [row["production_qty"] for row in rows]
    assert sum(plain) == pytest.approx(15_500 - 0.0, abs=2_000)
    csv = pl.read_csv(io.BytesIO(as_("get", path + "csv", token=planner_token).content))
    arrow = pl.read_ipc(io.BytesIO(as_("get", path + "arrow", token=planner_token).content))
    parquet = pl.read_parquet(io.BytesIO(as_("get", path + "parquet", token=planner_token).content))
    for frame in (csv, arrow, parquet):
        assert frame["production_qty"].to_list() == pytest.approx(plain)
    assert as_("get", path + "pdf", token=planner_token).status_code == 404


def test_the_binary_grid_holds_the_same_cells(as_, planner_token, digest):
    names = ("demand_consensus_qty", "demand_required_qty", "revenue_amount")
    query = "&".join(f"measure={name}" for name in names)
    answer = as_("get", f"/plans/{digest}/grid?{query}&count=40", token=planner_token)
    assert answer["Content-Type"] == "application/vnd.equipoise.grid"
    length = int.from_bytes(answer.content[:4], "little")
    head = json.loads(answer.content[4 : 4 + length])
    assert (4 + length) % 8 == 0
    values = np.frombuffer(answer.content[4 + length :], head["dtype"]).reshape(head["shape"])
    assert head["rows"] == [["tool", "retail"]]
    assert values[0, 0].tolist() == [1600, 3000, 3200, 3800, 2200, 2200]
    assert values[2].sum() == pytest.approx(640_000)
    single = as_("get", f"/plans/{digest}/grid?{query}&single=true", token=planner_token).content
    head = json.loads(single[4 : 4 + length])
    assert (head["dtype"], len(single) - 4 - length) == ("<f4", 4 * values.size)
    assert np.array_equal(np.frombuffer(single[4 + length :], "<f4").reshape(head["shape"]), values.astype("<f4"))


def test_figures_say_how_they_were_found(as_, planner_token, digest):
    """In a header of every answer, and in JSON beside them."""
    frame = f"/plans/{digest}/measures/production_qty"
    grid = f"/plans/{digest}/grid?measure=production_qty"
    told = ("", "/explain/unmet_qty?bucket=3", "/findings", "/kpis", "/value-added", "/adherence")
    paths = [frame, *(f"/plans/{digest}{path}" for path in told)]
    for path in (*paths, grid, f"{frame}?format=csv", f"{frame}?format=parquet"):
        answer = as_("get", path, token=planner_token)
        assert (answer.status_code, answer["Equipoise-Tier"]) == (200, "optimum"), path
        assert path not in paths or answer.json()["tier"] == "optimum", path
        seen = as_("get", path, token=planner_token, if_none_match=answer["ETag"])
        assert (seen.status_code, seen["Equipoise-Tier"]) == (304, "optimum"), path
    answer = as_("get", f"/plans/{digest}/compare/{digest}", token=planner_token)
    assert (answer["Equipoise-Tier"], answer.json()["a"]["tier"], answer.json()["b"]["tier"]) == ("optimum",) * 3
    (row,) = [each for each in as_("get", "/plans", token=planner_token).json()["plans"] if each["digest"] == digest]
    assert row["tier"] == "optimum"
    content = as_("get", grid, token=planner_token).content
    assert json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])["tier"] == "optimum"
    assert as_("get", "/exceptions", token=planner_token).json()["tier"] == "optimum"


def test_measures_of_different_grains_share_no_grid(as_, planner_token, digest):
    path = f"/plans/{digest}/grid?measure=demand_consensus_qty&measure=production_qty"
    assert as_("get", path, token=planner_token).status_code == 404


def test_what_never_changes_is_fetched_once(as_, planner_token, person, digest):
    path = f"/plans/{digest}/grid?measure=demand_consensus_qty"
    tag = as_("get", path, token=planner_token)["ETag"]
    assert as_("get", path, token=planner_token, if_none_match=tag).status_code == 304
    other = make_token(access_of(person("narrow", "sales", market="nowhere")), "robot", ["read"])["secret"]
    assert as_("get", path, token=other)["ETag"] != tag


def test_a_pooled_measure_is_refused_to_who_may_not_see_it(as_, person, digest):
    sales = make_token(access_of(person("sally", "sales")), "robot", ["read"])["secret"]
    assert as_("get", f"/plans/{digest}/measures/demand_consensus_qty", token=sales).status_code == 200
    for path in ("measures/revenue_amount", "grid?measure=revenue_amount", "explain/revenue_amount?bucket=0"):
        assert as_("get", f"/plans/{digest}/{path}", token=sales).status_code == 403
    names = {m["name"] for m in as_("get", "/plans/measures", token=sales).json()["measures"]}
    assert "demand_consensus_qty" in names
    assert "revenue_amount" not in names


def test_an_adjustment_is_proposed_ruled_and_answered(as_, planner_token, person, digest):
    scenario = working_scenario().name
    sent = {
        "scenario": scenario,
        "kind": "demand_override",
        "amount": "+10%",
        "scope": {"item": "tool"},
        "reason": "second shelf",
    }
    made = as_("post", "/adjustments", sent, token=planner_token, idempotency_key="k1")
    assert made.status_code == 201, made.json()
    again = as_("post", "/adjustments", sent, token=planner_token, idempotency_key="k1")
    assert again.json() == made.json()
    id = made.json()["id"]
    executive = person("eve", "executive")
    chair = make_token(access_of(person("ruler", "demand_planner")), "robot", ["read", "rule"])["secret"]
    assert not access_of(executive).may("connect")
    shown = as_("get", f"/adjustments/{id}", token=chair).json()
    assert shown["verdict"] == "proposed"
    ruled = as_("post", f"/adjustments/{id}/rulings", {"verdict": "accepted", "version": shown["version"]}, token=chair)
    assert ruled.status_code == 201
    late = as_(
        "post",
        f"/adjustments/{id}/rulings",
        {"verdict": "rejected", "because": "no", "version": shown["version"]},
        token=chair,
    )
    assert late.status_code == 409
    assert late.json()["theirs"]["verdict"] == "accepted"
    assert as_("get", f"/plans/of/{scenario}", token=chair).status_code == 202


def test_a_wrong_request_says_where(as_, planner_token):
    answer = as_("post", "/scenarios", {"name": "x", "parrent": "y"}, token=planner_token)
    assert answer.status_code == 400
    assert "parrent" in answer.json()["details"][0]["where"]
    nothing = as_(
        "post", "/adjustments", {"scenario": "nowhere", "kind": "demand_input", "reason": "x"}, token=planner_token
    )
    assert nothing.status_code == 404


def test_the_documentation_is_served_from_here(client, digest):
    page = client.get(f"{API}/docs")
    assert page.status_code == 200
    assert b"cdn" not in page.content
    schema = client.get(f"{API}/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/adjustments" in schema["paths"]
