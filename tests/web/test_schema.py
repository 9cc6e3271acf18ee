"""Whatever is sent to the API within or beyond its OpenAPI document: it answers as documented, never with a fault."""

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

schemathesis = pytest.importorskip("schemathesis")

from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance  # noqa: E402

from equipoise_web.access import access_of  # noqa: E402
from equipoise_web.actions.correct_row import correct_row  # noqa: E402
from equipoise_web.actions.make_token import make_token  # noqa: E402
from equipoise_web.actions.open_draft import open_draft  # noqa: E402
from equipoise_web.actions.propose_adjustment import propose_adjustment  # noqa: E402
from equipoise_web.conftest import digest, own_home, person, tomato_home  # noqa: E402, F401 - fixtures
from equipoise_web.drafts import open_contents  # noqa: E402
from equipoise_web.reads.scenarios import question_of, working_scenario  # noqa: E402
from equipoise_web.reads.snapshots import axes_of, open_snapshot  # noqa: E402
from equipoise_web.records.models import DeliveryRecord  # noqa: E402
from equipoise_web.wsgi import django_application  # noqa: E402 - nothing computes plans meanwhile

pytestmark = pytest.mark.django_db
EXAMPLES = 12
JSON = "application/json"
RIGHTS = ["read", "see_pooled", "propose", "rule", "branch", "run", "connect"]
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]


@pytest.fixture(autouse=True)
def kept_connection():
    """The application is called as a server does it, which would end the connection, and with it the test's own
    transaction, at each request; Django's test client leaves it open in the same way."""
    signals = (request_started, request_finished)
    for signal in signals:
        assert signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


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
        "gatherer": token_of(person("gaby", "coordinator"), ["read", "gather", "seal"]),
        "stranger": {"Cookie": f"sessionid={session}; csrftoken={csrf}", "X-CSRFToken": csrf},
    }


@pytest.fixture
def known(own_home, digest, person):  # noqa: F811 - fixtures
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


@pytest.fixture
def known_of_drafts(known, person):  # noqa: F811 - fixtures
    """The same of a draft with a row left out, a correction and a delivery: in addresses and in bodies."""
    who, asked = access_of(person("opener", "coordinator")), question_of(known["scenario"][0])
    draft = open_draft(who, base=open_snapshot(asked.snapshot))["draft"]
    row = {"item": "tool"}
    cell = {"table": "prices", "row": row, "column": "item", "old": "tool", "new": "axe", "reason": "no such item"}
    made = correct_row(who, draft, 1, **cell)
    delivery = DeliveryRecord.objects.create(draft_id=draft, name="a.csv", digest="0" * 64, bytes=1, by_id=who.person)
    (place,) = open_contents(draft, made["version"]).quarantine
    return {
        "id": [draft],
        "delivery": [delivery.pk],
        "correction": [made["correction"]],
        "table": ["prices", "forecast"],
        "base": [asked.snapshot],
        "version": [made["version"], made["version"] + 1],
        "body": [
            {"table": "prices", "key": {}, "file": place.file, "line": place.line, "column": "item"},
            {"table": "forecast", "key": row, "file": "", "column": "quantity", "old": "1600"},
            {"table": "forecast", "key": {"date": "2027-01-01"}, "file": "", "column": "", "old": None},
        ],
    }


def operations():
    return [
        result.ok()
        for result in schemathesis.openapi.from_wsgi("/api/v1/openapi.json", django_application).get_all_operations()
    ]


@pytest.mark.parametrize("persona", ["planner", "sales", "stranger"])
def test_no_request_meets_a_fault(persona, asked_by, known):
    answered = ask_all(operations(), asked_by[persona], known)
    assert len(answered) >= 30, answered


def test_no_request_about_a_draft_meets_a_fault(asked_by, known_of_drafts):
    about = [operation for operation in operations() if "/drafts" in operation.label]
    answered = ask_all(about, asked_by["gatherer"], known_of_drafts)
    assert len(answered) >= 12, answered
    # Whoever may do all of it gets somewhere with each.
    assert [
        label for label, codes in answered.items() if not codes & {200, 201, 202, 409} and "deliver" not in label
    ] == []


def ask_all(asked, headers, known):
    """Status codes that made-up requests of each operation answered, by its label."""
    return {operation.label: answers_of(operation, headers, known) for operation in asked}


def answers_of(operation, headers, known):
    codes = set()

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
        body = case.body if isinstance(case.body, dict) else {}
        if "reason" in body and "body" in known and data.draw(st.booleans()):
            body |= data.draw(st.sampled_from(known["body"]))
        for name, values in known.items():
            for parts in (case.path_parameters, body):
                if name in parts and data.draw(st.integers(0, 3)):
                    parts[name] = data.draw(st.sampled_from(values))
        codes.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    ask()
    return codes


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
