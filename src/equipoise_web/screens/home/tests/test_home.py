"""Home: the clock, tasks, exceptions and changes, for those who may see them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from equipoise.core.finding import FindingCode, Severity
from equipoise_web.access import NotAllowed, access_of
from equipoise_web.actions.ask_job import ask_job
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.note_visit import note_visit
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads import exceptions
from equipoise_web.reads.exceptions import read_exceptions
from equipoise_web.reads.home import read_home
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import MonthDraft, ScenarioRecord, Visit

INPUT = {"kind": "demand_input", "amount": "+10%", "scope": {"item": "tool"}, "reason": "second shelf"}


def home(user):
    client = Client()
    client.force_login(user)
    return client.get("/")


def text_of(user):
    return home(user).content.decode()


@pytest.fixture
def sally(person, digest):
    return person("sally", "sales")


@pytest.fixture
def proposed(sally):
    root = working_scenario()
    return propose_adjustment(access_of(sally), INPUT, scenario=root.name, axes=axes_of(root.snapshot))["id"]


def test_the_stranger_is_told_how_to_get_in(person, digest):
    answer = home(person("nobody"))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "You need a role to see the plan" in html
    assert "There is no administrator yet" in html
    person("adam", "administrator")
    person("narrow", "administrator", market="abroad")
    html = home(person("nemo")).content.decode()
    assert "<li>adam</li>" in html
    assert "<li>narrow</li>" not in html
    assert "Red Tomato" not in html


def test_an_administrator_sees_no_numbers(person, digest):
    html = text_of(person("adam", "administrator"))
    assert "The installation" in html
    assert "Red Tomato" not in html


def test_one_heading_and_nothing_inline(person, digest):
    html = text_of(person("paul", "demand_planner"))
    assert len(re.findall("<h1", html)) == 1
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html)


def test_the_clock_is_that_of_the_cycles_month(person, digest, monkeypatch):
    # January 2027 begins on a Friday: working day 4 is Wednesday 6, working day 8 is Tuesday 12.
    monkeypatch.setattr(timezone, "now", lambda: datetime(2027, 1, 8, 9, 0, tzinfo=UTC))
    html = text_of(person("paul", "demand_planner"))
    assert "<h1>Demand Planning is open until Tue 12 Jan, by calendar</h1>" in html
    assert html.count('aria-current="step"') == 1


def test_tasks_are_rulings_asked_of_me(person, proposed, sally):
    chief = text_of(person("chief", "executive"))
    assert "One task for you" in chief
    assert "Rule on demand input of Sales" in chief
    assert f"/adjustments/{proposed}/" in chief
    assert "Nothing waits for you" in text_of(sally)


def test_who_may_run_plans_is_told_that_it_is_out_of_date(person, proposed):
    planner = person("paul", "demand_planner")
    assert "The plan is out of date" in text_of(planner)


def test_my_rejected_proposals_wait_for_me(person, proposed, sally):
    chief = person("chief", "executive")
    rule_adjustment(access_of(chief), proposed, "rejected", because="no shelf was built")
    html = text_of(sally)
    assert "Answer a rejection" in html
    assert "no shelf was built" in html
    rule_adjustment(access_of(sally), proposed, "withdrawn")
    assert "Answer a rejection" not in text_of(sally)


def test_a_month_being_gathered_waits_for_who_may_gather(person, digest):
    planner = person("paul", "demand_planner")
    MonthDraft.objects.create(opened_by=planner)
    assert "A month is being gathered" in text_of(planner)
    assert "A month is being gathered" not in text_of(person("fay", "finance"))


def test_changes_are_told_once_to_each_visit(person, proposed, sally):
    chief = person("chief", "executive")
    assert "Demand input: +10% on Gardening tool" in text_of(chief)
    Visit.objects.filter(person=chief).update(at=timezone.now() - timedelta(hours=2))
    assert "Nothing changed since you were here" in text_of(chief)
    rule_adjustment(access_of(sally), proposed, "withdrawn", because="a mistake")
    html = text_of(chief)
    assert "One change since you were here" in html
    assert "Withdrawn" in html
    assert "a mistake" in html


def test_changes_outside_the_scope_are_not_told(person, proposed):
    assert "Gardening tool" not in text_of(person("elsa", "sales", market="abroad"))


def test_a_change_shows_its_effect_once_a_plan_holds_it(person, proposed, sally, own_home):
    planner = person("paul", "demand_planner")
    ask_job(access_of(planner), "compute_plan", {"scenario": working_scenario().name})
    work_on(take_job())
    assert "+$19\u00a0k" in text_of(planner)  # 16,000 × 10 % × 30 % × 40 = 19,200


def test_visits_are_written_once_a_minute(person, digest):
    who = access_of(person("paul", "demand_planner"))
    note_visit(who)
    first = Visit.objects.get()
    note_visit(who)
    assert Visit.objects.get().at == first.at
    Visit.objects.update(at=timezone.now() - timedelta(minutes=2))
    note_visit(who)
    assert Visit.objects.get().before is None, "the same visit goes on"


def test_exceptions_are_gathered_by_item_and_ranked_by_money(person, digest, monkeypatch):
    late = FindingCode("SU102", Severity.WARNING, "Late.", "Do.")
    lost = FindingCode("SU101", Severity.ERROR, "Lost.", "Do.")
    found = [
        late.found("item tool / market retail", "5 late", amount=1000.0),
        late.found("item tool / market online", "9 late", amount=2000.0),
        lost.found("table prices", "no price", amount=2_500.0),
        lost.found("table costs", "no cost"),
    ]
    monkeypatch.setattr(exceptions, "all_findings", lambda _plan: found)
    monkeypatch.setattr(exceptions, "read_stakes", exceptions.read_stakes.__wrapped__)
    names = {("item", "tool"): "Gardening tool"}
    shown = read_exceptions(access_of(person("paul", "demand_planner")), open_plan(digest), names)
    assert shown.title == "$5,500 at stake in two exceptions"
    assert [(line.what, line.amount, line.share_pct) for line in shown.lines] == [
        ("Gardening tool", "$3,000", 100.0),
        ("table prices", "$2,500", 83.3),
    ]
    assert shown.lines[0].detail == "Two places, the largest: 9 late"
    assert shown.lines[0].family == "tools"


def test_exceptions_are_not_for_a_part_of_the_company(person, digest):
    sally = person("sally", "sales", market="retail")
    html = text_of(sally)
    assert "at stake" not in html
    assert "/findings/" not in html, "no link to a page that refuses"
    plan = open_plan(digest)
    with pytest.raises(NotAllowed, match="the whole company"):
        read_exceptions(access_of(sally), plan, {})


def test_who_looks_after_a_part_sees_its_demand_by_family(person, digest):
    # Red Tomato: 16,000 tools at $40 over six months, all of it in one market.
    html = text_of(person("sally", "sales", market="retail"))
    assert "$640\u00a0k of demand in one family of yours" in html
    assert "Your part: market retail" in html
    assert "family=tools" in html
    assert "No demand of this plan lies in your part" in text_of(person("elsa", "sales", market="abroad"))


@pytest.mark.parametrize("role", ["demand_planner", "coordinator"])
def test_data_are_offered_only_to_who_gathers_for_all_of_the_company(person, digest, role):
    assert reverse("gathering:board") in text_of(person("paul", role))
    html = text_of(person("narrow", role, market="retail"))
    assert reverse("gathering:board") not in html
    assert reverse("audit:show") not in html


def test_links_of_a_part_of_the_company_name_the_plan_that_was_published(person, digest):
    html = text_of(person("sally", "sales", market="home"))
    assert f'href="{reverse("sheet:show", args=[digest])}"' in html


def test_before_the_first_cycle_opens_home_shows_the_plan_as_far_as_one_may_see_it(person, digest):
    ScenarioRecord.objects.all().delete()
    shown, hidden = (
        read_home(access_of(person(m, "sales", market=m)), timezone.localdate()) for m in ("retail", "abroad")
    )
    assert shown.plan.digest == hidden.plan.digest == digest
    assert shown.plan.total("demand_consensus_qty") > 0
    assert hidden.plan.total("demand_consensus_qty") == 0
