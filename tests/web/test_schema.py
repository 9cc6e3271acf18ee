"""Whatever is sent to the API within or beyond its OpenAPI document: it answers as documented, never with a fault."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

schemathesis = pytest.importorskip("schemathesis")

from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance  # noqa: E402

from equipoise_web.access import access_of  # noqa: E402
from equipoise_web.actions.make_token import make_token  # noqa: E402
from equipoise_web.actions.propose_adjustment import propose_adjustment  # noqa: E402
from equipoise_web.conftest import digest, person, tomato_home  # noqa: E402, F401 - fixtures
from equipoise_web.reads.scenarios import question_of, working_scenario  # noqa: E402
from equipoise_web.reads.snapshots import axes_of  # noqa: E402
from equipoise_web.wsgi import application  # noqa: E402

pytestmark = pytest.mark.django_db
EXAMPLES = 12
JSON = "application/json"
RIGHTS = ["read", "see_pooled", "propose", "rule", "branch", "run", "connect"]
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


def token_of(user, rights):
    return {"Authorization": f"Bearer {make_token(access_of(user), 'fuzz', rights)['secret']}"}


@pytest.fixture
def asked_by(person):  # noqa: F811 - a fixture
    """Headers of each persona; the stranger has no token, so a session with its CSRF token."""
    browser = Client()
    browser.force_login(person("stranger"))
    session = browser.cookies["sessionid"].value
    csrf = "a" * 32
    planner = person("paula", "demand_planner")
    return {
        "planner": token_of(planner, RIGHTS),
        "sales": token_of(person("sally", "sales", market="retail"), ["read", "propose", "connect"]),
        "stranger": {"Cookie": f"sessionid={session}; csrftoken={csrf}", "X-CSRFToken": csrf},
    }


@pytest.fixture
def known(digest, person):  # noqa: F811 - a fixture
    """Values that lead somewhere, by the name of the parameter."""
    author = person("author", "coordinator")
    scenario = working_scenario().name
    sent = {"kind": "demand_override", "amount": "+1%", "reason": "to be found"}
    asked = question_of(scenario)
    made = propose_adjustment(access_of(author), sent, scenario=scenario, axes=axes_of(asked.snapshot))
    measures = ["demand_consensus_qty", "revenue_amount", "service_fill_pct", "price_net_amount"]
    return {
        "digest": [digest],
        "other": [digest],
        "scenario": [scenario],
        "name": [scenario, *measures],
        "measure": measures,
        "id": [made["id"], digest, question_of(scenario).fingerprint, asked.snapshot, 1, 2],
    }


def operations():
    return [
        result.ok()
        for result in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application).get_all_operations()
    ]


@pytest.mark.parametrize("persona", ["planner", "sales", "stranger"])
def test_no_request_meets_a_fault(persona, asked_by, known):
    labels = []
    for operation in operations():
        labels.append(operation.label)

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), data=st.data())
        def ask(case, data):
            for name, values in known.items():
                if name in case.path_parameters and data.draw(st.integers(0, 3)):
                    case.path_parameters[name] = data.draw(st.sampled_from(values))
            case.call_and_validate(headers=asked_by[persona], checks=CHECKS)

        ask()
    assert len(labels) >= 30, labels


def test_what_fits_the_schema_of_a_kind_is_read(asked_by, known):
    """At most it is refused with a reason of the engine; the form itself is never wrong."""
    client = Client()
    kinds = client.get("/api/v1/adjustments/kinds", headers=asked_by["planner"]).json()["kinds"]
    assert {kind["kind"] for kind in kinds if kind["may_propose"]} >= {"demand_override", "demand_hold"}
    answered = set()
    for operation in schemathesis.openapi.from_dict(document_of(kinds)).get_all_operations():

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.ok().as_strategy())
        def propose(case):
            sent = {**case.body, "scenario": known["scenario"][0]}
            answer = client.post("/api/v1/adjustments", sent, content_type=JSON, headers=asked_by["planner"])
            answered.add(answer.status_code)
            assert answer.status_code in (201, 403, 404, 422), answer.content

        propose()
    assert {403, 422} <= answered


def document_of(kinds):
    """An OpenAPI document with a path for each kind."""
    paths = {
        f"/{kind['kind']}": {
            "post": {
                "requestBody": {"required": True, "content": {JSON: {"schema": kind["body"]}}},
                "responses": {"201": {"description": "made"}},
            }
        }
        for kind in kinds
    }
    return {"openapi": "3.1.0", "info": {"title": "kinds", "version": "1"}, "paths": paths}
