"""Beside the exceptions stand the holds that run out within seven days, with owner, last day and the revenue held."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from equipoise.core.adjustment import Scope
from equipoise.core.measure import Grain
from equipoise_web.access import access_of
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.reads.holds_ending import read_ending
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scenarios import working_scenario
from equipoise_web.records.models import ScenarioRecord

MARCH = {"first": "2027-03-01", "last": "2027-03-31"}
LAST = "2026-12-31"


@pytest.fixture
def clock(monkeypatch, demo_digest):
    def set_to(*day):
        monkeypatch.setattr(timezone, "now", lambda: datetime(*day, 12, tzinfo=UTC))

    set_to(2026, 11, 26)
    ScenarioRecord.objects.update(opened_at=timezone.now())
    return set_to


@pytest.fixture
def plan(demo_digest):
    return open_plan(demo_digest)


@pytest.fixture
def owner(clock, person):
    return person("owner", "demand_planner")


@pytest.fixture
def hold(owner, plan):
    def make(item, who=None, **more):
        body = {"kind": "demand_hold", "scope": {"item": item, **MARCH}, "reason": "Promised", "expires_on": LAST}
        made = propose_adjustment(
            access_of(who or owner), {**body, **more}, scenario=working_scenario().name, axes=plan.axes
        )
        return made["id"]

    return make


def revenue(plan, item):
    """What a plan sells of an item or family in March, worked out here anew."""
    rows = plan.axes.rows(Grain.DEMAND, Scope(item=item))
    cells = plan.measure("demand_consensus_qty").values * plan.measure("sales_net_price").values
    return float(np.nan_to_num(cells)[rows, plan.axes.calendar.index_of(date(2027, 3, 1))].sum())


@pytest.mark.parametrize(
    ("day", "left"),
    [((2026, 12, 23), None), ((2026, 12, 24), 7), ((2026, 12, 31), 0), ((2027, 1, 1), None)],
)
def test_only_within_seven_days(hold, plan, clock, day, left):
    hold("OR-01")
    clock(*day)
    assert [each.days_left for each in read_ending(plan)] == ([] if left is None else [left])


def test_by_owner_day_and_family_with_the_revenue_of_each_cell_once(hold, plan, clock, person):
    hold("OR-01")
    hold("Oral care")
    hold("LA-01")
    hold("OR-02", person("other", "demand_planner"), expires_on="2026-12-30")
    hold("OR-03", expires_on=None)
    clock(2026, 12, 28)
    found = read_ending(plan)
    assert [(each.owner, each.last.day, each.count) for each in found] == [
        ("other", 30, 1),
        ("owner", 31, 1),
        ("owner", 31, 2),
    ]
    assert [each.what for each in found][2] == "Oral care"
    for each, item in zip(found, ("OR-02", "LA-01", "family:Oral care"), strict=True):
        assert each.amount == pytest.approx(revenue(plan, item))
        assert each.amount > 0


def test_the_page_and_the_api_list_them_and_the_sum_at_stake_is_as_it_was(hold, owner, clock):
    browser = Client()
    clock(2026, 12, 28)
    browser.force_login(owner)
    address = reverse("exceptions:list")
    before = browser.get(address).context["found"]
    id = hold("Oral care")
    answer = browser.get(address)
    found = answer.context["found"]
    assert (before.ending, found.title, found.total) == ((), before.title, before.total)
    assert [(each.what, each.owner_title) for each in found.ending] == [("Oral care", "owner")]
    html = answer.content.decode()
    assert 'data-testid="ending:Oral care"' in html
    assert "3 days left" in html
    assert browser.get(found.ending[0].link).status_code == 200
    (told,) = browser.get("/api/v1/exceptions").json()["holds_ending"]
    assert (told["what"], told["owner"], told["last"], told["count"]) == ("Oral care", "owner", LAST, 1)
    rule_adjustment(access_of(owner), id, "withdrawn")
    assert browser.get(address).context["found"].ending == ()
