"""The form of a hold offers a last day, says what is wrong with one, and the words of a hold name it."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from equipoise.codec import adjustment_from_json
from equipoise_web.access import access_of
from equipoise_web.expiry import usual_expiry
from equipoise_web.reads.form import form_of, read_form
from equipoise_web.reads.in_words import Words
from equipoise_web.reads.kinds import read_kinds
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of

WHY = {"reason": "Promised", "reason_code": "customer"}


@pytest.fixture
def axes(digest, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 26, 12, tzinfo=UTC))
    return axes_of(working_scenario().snapshot)


@pytest.fixture
def who(axes, person):
    return access_of(person("planner", "demand_planner"))


def test_the_form_offers_the_end_of_the_next_month(who, axes):
    fields = {field.name: field for field in form_of(who, "demand_hold", axes, {}, {}, {}).fields}
    field = fields["expires_on"]
    assert (field.type, field.value, field.label, field.is_required) == ("date", "2026-12-31", "Holds until", False)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("2026-11-26", ""),
        ("", ""),
        ("2026-11-25", "expires_on 2026-11-25 has passed, it is 2026-11-26 here: give today or a later day"),
        ("soon", "'soon' is not a day; write it as 2027-04-30"),
    ],
)
def test_what_is_wrong_stands_beside_the_day(axes, typed, error):
    sent = read_form("demand_hold", axes, {**WHY, "expires_on": typed})
    assert sent.errors.get("expires_on", "").startswith(error)
    assert bool(sent.errors) is bool(error)
    assert sent.body.get("expires_on", "") == ("" if error else typed)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 11, 1), date(2026, 12, 31)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 12, 1), date(2028, 1, 31)),
        (date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_the_usual_day_is_the_last_of_the_month_after(day, last):
    assert usual_expiry(day) == last


def test_its_words_name_the_day():
    body = {"kind": "demand_hold", "scope": {"item": "tool"}, "expires_on": "2026-12-31"}
    assert Words().of(adjustment_from_json(body)) == "Held as it stands on tool; holds until 31 Dec 2026"


def test_the_api_takes_it_answers_it_and_has_its_schema(client, axes, person):
    user = person("paula", "demand_planner")
    client.force_login(user)
    schema = next(kind.schema for kind in read_kinds(access_of(user)) if kind.kind == "demand_hold")
    assert schema["properties"]["expires_on"] == {"type": ["string", "null"], "format": "date"}
    sent = {
        "scenario": working_scenario().name,
        "kind": "demand_hold",
        "scope": {"item": "tool"},
        "reason": "Promised",
        "expires_on": "2026-12-31",
    }
    address = "/api/v1/adjustments"
    made = client.post(address, sent, content_type="application/json")
    assert made.status_code == 201, made.content
    told = client.get(f"{address}/{made.json()['id']}").json()
    assert told["body"]["expires_on"] == "2026-12-31"
    late = client.post(address, {**sent, "expires_on": "2026-11-25"}, content_type="application/json")
    assert (late.status_code, "has passed" in late.content.decode()) == (422, True)


def test_the_page_of_the_form_has_a_date_field(client, axes, person):
    client.force_login(person("paula", "demand_planner"))
    html = client.get(reverse("adjust:new", args=["demand_hold"])).content.decode()
    assert 'type="date"' in html
    assert 'value="2026-12-31"' in html
