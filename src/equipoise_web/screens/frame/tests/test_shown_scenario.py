"""The bar of a page names the scenario whose plan or draft it shows, where that is not the plan of record."""

import html
import re

import pytest
from django.urls import reverse

from equipoise_web.access import SYSTEM, access_of
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.jobs.compute_plan import compute_plan_of
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.reads.plans import open_plan

NAME = "Price fight & more"


@pytest.fixture
def planner(client, person, demo_digest):
    user = person("planner", "demand_planner")
    client.force_login(user)
    client.who = access_of(user)
    open_scenario(client.who, NAME, parent=working_name(), question="What if")
    return client


def bar(client, address, **query):
    page = client.get(address, query).content.decode()
    return html.unescape(page[page.index('class="context"') : page.index("<main")])


def propose(who, digest, scenario):
    scope = {"item": "family:Laundry care", "first": "2027-03-01", "last": "2027-03-31"}
    body = {"kind": "demand_override", "amount": "+10%", "scope": scope, "reason": "Second shelf"}
    propose_adjustment(who, body, scenario=scenario, axes=open_plan(digest).axes)


def computed(scenario):
    compute_plan_of({"scenario": scenario}, SYSTEM, lambda *_told: None)
    return numbers_now(SYSTEM, scenario).base.digest


@pytest.mark.parametrize("name", ["grid:show", "grid:table"])
def test_a_draft_is_named_with_the_way_back_to_the_same_view(planner, name):
    shown = bar(planner, reverse(name), scenario=NAME, unit="money")
    assert f'data-testid="draft">{NAME}<' in shown
    assert f"draft of {working_name()}" in shown
    (back,) = re.findall(rf'href="([^"]+)">Show {re.escape(working_name())}<', shown)
    assert back == f"{reverse(name)}?unit=money"
    assert reverse("scenarios:list") in shown
    assert 'data-testid="draft"' not in bar(planner, back)


def test_the_plan_of_record_and_its_estimate_are_not_named(planner, demo_digest):
    for address in (reverse("grid:show"), reverse("sheet:show", args=[demo_digest])):
        assert 'data-testid="draft"' not in bar(planner, address)
    propose(planner.who, demo_digest, working_name())
    assert not numbers_now(planner.who).is_exact
    for address in (reverse("grid:show"), reverse("sheet:show", args=[demo_digest])):
        assert 'data-testid="draft"' not in bar(planner, address)


def test_the_plan_of_a_scenario_and_an_earlier_plan_lead_to_the_same_page_of_the_plan_of_record(planner, demo_digest):
    propose(planner.who, demo_digest, NAME)
    other = computed(NAME)
    assert other != demo_digest
    shown = bar(planner, reverse("sheet:show", args=[other]), family="Laundry care")
    assert f'data-testid="draft">{NAME}<' in shown
    assert f'href="{reverse("sheet:show", args=[demo_digest])}?family=Laundry+care"' in shown
    propose(planner.who, demo_digest, working_name())
    record = computed(working_name())
    assert record not in (demo_digest,)
    earlier = bar(planner, reverse("sheet:show", args=[demo_digest]), family="Laundry care")
    assert f'data-testid="draft">{working_name()}<' in earlier and "earlier plan" in earlier
    assert f'href="{reverse("sheet:show", args=[record])}?family=Laundry+care"' in earlier


def test_a_form_that_proposes_in_a_scenario_names_it(planner):
    kind = reverse("adjust:new", args=["demand_override"])
    assert f'data-testid="draft">{NAME}<' in bar(planner, kind, scenario=NAME)
