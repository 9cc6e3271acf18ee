"""The list of exceptions: ranked, filtered, the immaterial counted, marked, gone when the plan no longer says so."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from equipoise.core.finding import FindingCode, Severity
from equipoise_web.access import access_of
from equipoise_web.reads import exceptions
from equipoise_web.reads.exception_page import Filters, read_page
from equipoise_web.reads.plans import open_plan

LATE = FindingCode("SU102", Severity.WARNING, "Late.", "Do.")
PRICE = FindingCode("QU111", Severity.ERROR, "Price.", "Do.")
FOUND = [
    LATE.found("item tool / market retail", "5 late", amount=9_000.0),
    PRICE.found("table prices", "below zero", amount=12_000.0),
    PRICE.found("table costs", "below zero", amount=40.0),
]


@pytest.fixture
def plan(digest, monkeypatch):
    monkeypatch.setattr(exceptions, "all_findings", lambda _plan: FOUND)
    monkeypatch.setattr(exceptions, "_figures", lambda _plan: iter(()))
    exceptions.read_stakes.cache_clear()
    yield open_plan(digest)
    exceptions.read_stakes.cache_clear()


@pytest.fixture
def suzy(plan, person):
    return access_of(person("suzy", "supply_planner"))


@pytest.fixture
def client_of(plan):
    def sign(user):
        client = Client()
        client.force_login(user)
        return client

    return sign


def about(found):
    return [row.about for row in found.rows]


def test_the_most_money_first_and_the_immaterial_counted(suzy):
    found = read_page(suzy, Filters())
    assert about(found) == ["QU111:table prices", "SU102:item tool"]
    assert [row.amount for row in found.rows] == [12_000.0, 9_000.0]
    assert found.least == 300.0  # 0.05 % of $640,000, its first figure
    assert found.below == "One exception below $300 is not listed; it amounts to $40"
    assert about(read_page(suzy, Filters(least=0.0)))[-1] == "QU111:table costs"
    assert {row.since for row in found.rows} == {"Jan 2027"}


def test_filters_by_family_function_and_rule(suzy):
    assert about(read_page(suzy, Filters(family="tools"))) == ["SU102:item tool"]
    assert about(read_page(suzy, Filters(function="coordinator"))) == ["QU111:table prices"]
    assert about(read_page(suzy, Filters(rule="SU102"))) == ["SU102:item tool"]
    assert read_page(suzy, Filters(rule="SU101")).title == "No exception of that sort"


def test_each_leads_to_its_worst_cell_or_to_its_finding(suzy, plan):
    rows = {row.about: row.link for row in read_page(suzy, Filters()).rows}
    assert rows["SU102:item tool"] == (
        f"/plan/{plan.digest}/explain/?measure=unmet_qty&item=tool&market=retail&bucket=3"
    )
    assert rows["QU111:table prices"] == f"/plan/{plan.digest}/findings/#QU111"


def test_it_is_assigned_rests_and_goes_by_itself(client_of, person, suzy, plan, monkeypatch):
    planner = client_of(person("paula", "demand_planner"))
    said = {"about": "SU102:item tool", "here": "/exceptions/?state=all"}
    answer = planner.post(reverse("exceptions:assign"), {**said, "owner": "suzy", "key": "a"})
    assert answer.url == "/exceptions/?state=all"
    assert planner.post(reverse("exceptions:assign"), {**said, "owner": "suzy", "key": "b"}).status_code == 409
    assert about(read_page(suzy, Filters(state="mine"))) == ["SU102:item tool"]
    day = plan.head.as_of + timedelta(days=30)
    rest = {**said, "until": day.isoformat(), "because": "supplier", "here": "//evil.example.com/exceptions/"}
    answer = planner.post(reverse("exceptions:snooze"), rest)
    assert answer.url == reverse("exceptions:list")
    found = read_page(suzy, Filters())
    assert (about(found), found.resting) == (["QU111:table prices"], 1)
    assert about(read_page(suzy, Filters(state="resting"))) == ["SU102:item tool"]
    html = planner.get(reverse("exceptions:list"), {"state": "resting"}).content.decode()
    assert "supplier" in html
    assert planner.post(reverse("exceptions:snooze"), {**rest, "until": "soon"}).status_code == 422
    assert planner.post(reverse("exceptions:snooze"), {**rest, "until": "2001-01-01"}).status_code == 422
    monkeypatch.setattr(exceptions, "all_findings", lambda _plan: FOUND[1:])
    exceptions.read_stakes.cache_clear()
    assert about(read_page(suzy, Filters(state="all"))) == ["QU111:table prices"]


def test_not_for_a_part_of_the_company(client_of, person):
    for name, role, nodes in (
        ("sally", "sales", {}),
        ("nora", "demand_planner", {"market": "retail"}),
        ("stan", "", {}),
    ):
        assert client_of(person(name, role, **nodes)).get(reverse("exceptions:list")).status_code == 403


def test_the_page_says_what_is_wrong_with_a_filter(client_of, person):
    client = client_of(person("paula", "demand_planner"))
    assert client.get(reverse("exceptions:list"), {"state": "eaten"}).status_code == 404
    assert client.get(reverse("exceptions:list"), {"least": "much"}).status_code == 422
    html = client.get(reverse("exceptions:list")).content.decode()
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html)
    assert len(re.findall("<h1", html)) == 1


def test_without_a_plan_it_says_so(db, person):
    client = Client()
    client.force_login(person("paula", "demand_planner"))
    assert client.get(reverse("exceptions:list")).status_code == 404
