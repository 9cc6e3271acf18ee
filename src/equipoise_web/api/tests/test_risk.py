"""Risk by the API: what the command line tells, for whom it is, and the same bytes again."""

from dataclasses import asdict

import pytest

from equipoise.balance import assess_risk
from equipoise.balance.tell import tell_risks
from equipoise.report import json_text
from equipoise_web.reads.plans import open_plan

pytestmark = pytest.mark.django_db
API = "/api/v1/plans"


def test_the_answer_is_what_the_command_line_tells(signed_in, demo_digest):
    plan = open_plan(demo_digest)
    browser = signed_in("ann", "analyst")
    for query, asked in (
        ("", {}),
        ("?by=item&least=0&family=Dish%20care", {"by": "item", "least": 0.0, "family": "Dish care"}),
    ):
        answer = browser.get(f"{API}/{demo_digest}/risk{query}")
        told = {"plan": demo_digest, **asdict(tell_risks(plan, assess_risk(plan), **asked))}
        assert answer.status_code == 200 and answer.content.decode() == json_text(told)
    assert (
        answer["ETag"]
        and browser.get(f"{API}/{demo_digest}/risk{query}", headers={"If-None-Match": answer["ETag"]}).status_code
        == 304
    )


def test_a_part_of_the_company_is_told_of_itself(signed_in, demo_digest):
    found = (
        signed_in("will", "supply_planner", location="dc-south").get(f"{API}/{demo_digest}/risk?by=item&least=0").json()
    )
    assert {each["location"] for each in found["risks"]} == {"dc-south"}
    assert found["company"] is None and found["families"] == []


@pytest.mark.parametrize(("query", "status"), [("?by=market", 400), ("?least=-1", 400), ("?family=Toys", 404)])
def test_what_there_is_not_is_refused(signed_in, demo_digest, query, status):
    assert signed_in("ann", "analyst").get(f"{API}/{demo_digest}/risk{query}").status_code == status


def test_who_reads_no_pooled_numbers_is_refused(signed_in, demo_digest):
    assert signed_in("sam", "sales").get(f"{API}/{demo_digest}/risk").status_code == 403
