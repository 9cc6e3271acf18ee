"""Pages of scenarios: what they say, to whom, and that nothing in them is inline."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from equipoise_web.access import access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.scenario_page import number_of
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of
from equipoise_web.records.models import ScenarioRecord

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def users(person):
    return {"paula": person("paula", "demand_planner"), "cora": person("cora", "coordinator")}


@pytest.fixture
def root(own_home):
    return working_scenario()


@pytest.fixture
def world(root, users):
    """Two branches that set one cell, with their plans: numbers by name."""
    axes = axes_of(question_of(root.name).snapshot)
    for name, by, amount in (("More", "paula", "1200"), ("Less", "cora", "900")):
        who = access_of(users[by])
        open_scenario(who, name, parent=root.name, question=f"{name} of it?", assumptions=["No strike"])
        scope = {"item": "tool", "market": "retail", "first": "2027-01-01", "last": "2027-01-31"}
        body = {"kind": "demand_override", "amount": amount, "scope": scope, "reason": f"{name} because"}
        propose_adjustment(who, body, scenario=name, axes=axes)
    while (lease := take_job()) is not None:
        work_on(lease)
    return {"root": root.pk, "More": number_of("More"), "Less": number_of("Less")}


@pytest.fixture
def cora(users):
    return signed_in(users["cora"])


def text(client, name, *args, status=200, **query):
    answer = client.get(reverse(f"scenarios:{name}", args=args), query)
    assert answer.status_code == status
    return answer.content.decode()


def row(html, mark):
    return re.search(rf'data-testid="{mark}".*?</tr>', html, re.S).group(0)


def test_the_list_tells_each_against_its_parent(cora, world):
    html = text(cora, "list")
    assert "<h1>Two branches are open</h1>" in html
    less = row(html, "scenario:Less")
    assert "on Jan 2027 plan; Less of it?" in less
    assert "−$28\xa0k" in less  # 1,600 − 900 tools at $40
    assert "Optimum" in less


def test_one_scenario_says_who_changed_what_and_why(cora, world, users):
    html = text(cora, "one", world["Less"])
    assert "<h1>Less: " in html
    assert "of margin against Jan 2027 plan" in html
    assert "900 in total on Gardening tool" in html
    assert "No strike" in html
    assert "Less of it?" in html
    other = text(cora, "one", world["Less"], against=world["More"])
    assert "1 change that More does not hold" in other
    assert "1 change of More left out" in other
    assert text(cora, "one", 999, status=404)


def test_side_by_side_each_function_has_its_numbers_and_the_bridge_leaves_nothing(cora, world):
    query = {"with": [world["root"], world["More"], world["Less"]]}
    html = text(cora, "compare", **query)
    assert "None of them earns more than Jan 2027 plan" in html
    assert set(re.findall(r'data-testid="lens:(\w+)"', html)) == {"sales", "operations", "supply", "finance"}
    revenue = row(html, "headline:revenue")
    assert re.findall(r'<span class="sub">([^<]*)&nbsp;', revenue) == ["", "−16", "−28"]
    bridges, swings = (
        re.findall(rf'aria-labelledby="{mark}-\d".*?</section>', html, re.S) for mark in ("bridge", "swings")
    )
    assert (len(bridges), len(swings)) == (2, 4)
    assert html.count('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') == 4 + 8
    assert html.count("As table") == 2 + 4
    totals = re.search(r"Revenue, driver by driver.*?<tfoot>(.*?)</tfoot>", html, re.S).group(1)
    assert re.findall(r'<td class="num">([^<]*)', totals) == ["−$16\xa0k", "−$28\xa0k"]
    only = text(cora, "compare", lens="finance", **query)
    assert re.findall(r'data-testid="lens:(\w+)"', only) == ["finance"]
    assert text(cora, "compare", lens="poetry", **query, status=404)
    assert text(cora, "compare", **{"with": [1, 2, 3, 4, 5]}, status=404)
    assert "Choose two to four scenarios" in text(cora, "compare")
    assert text(cora, "compare", **{"with": "x"}, status=404)


def test_what_moves_each_scenario_is_told_with_the_words_of_its_adjustments(cora, world):
    html = text(cora, "compare", **{"with": [world["root"], world["More"], world["Less"]]})
    titles = re.findall(r'<h2 id="swings-\d">([^<]*)', html)
    assert [title.split(":")[0] for title in titles] == ["More", "More", "Less", "Less"]
    assert "Less: Demand −$28\xa0k, all of it by 900 in total on Gardening tool in Retailers, Jan 2027" in titles
    (table,) = re.findall(r'data-testid="swings-3".*?<tbody>(.*?)</tbody>', html, re.S)
    assert re.findall(r">([^<]+)</t[hd]>", table) == [
        "900 in total on Gardening tool in Retailers, Jan 2027",
        "−$28\xa0k",
        "0",
        "−$28\xa0k",
    ]


def test_who_sees_own_measures_only_gets_no_margin(world, person):
    html = text(signed_in(person("sally", "sales")), "compare", **{"with": [world["root"], world["More"]]})
    assert 'class="chart"' not in html
    assert re.findall(r'<td class="num"><span>([^<]*)', row(html, "headline:margin")) == ["–", "–"]
    assert "shown to those who may see all of it" in html


def test_a_scenario_without_a_plan_is_said_to_have_none(cora, world, users):
    who = access_of(users["cora"])
    body = {"kind": "demand_override", "amount": "+1%", "scope": {"item": "tool"}, "reason": "new"}
    axes = axes_of(question_of("More").snapshot)
    propose_adjustment(who, body, scenario="More", axes=axes)
    html = text(cora, "compare", **{"with": [world["root"], world["More"]]})
    assert "More has no plan yet" in html
    assert "waits for its turn" in text(cora, "one", world["More"])


def test_a_conflict_is_listed_cell_by_cell_and_settled_then_promoted(cora, world, users):
    root, more, less = world["root"], world["More"], world["Less"]
    first = text(cora, "merge", more, root)
    assert "More brings 1 change to Jan 2027 plan" in first
    seen = re.search(r'name="seen" value="([^"]*)"', first).group(1)
    merge = reverse("scenarios:merge", args=[more, root])
    assert cora.post(merge, {"seen": seen, "because": ""}).status_code == 422
    assert cora.post(merge, {"seen": "0" * 64, "because": "x"}).status_code == 409
    assert cora.post(merge, {"seen": seen, "because": "agreed", "key": "m"}).status_code == 302
    assert cora.post(merge, {"seen": seen, "because": "agreed", "key": "m"}).status_code == 302
    while (lease := take_job()) is not None:
        work_on(lease)
    html = text(cora, "merge", less, root)
    assert "One conflict waits" in html or "1 conflict waits" in html
    cell = re.search(r'class="t meeting".*?<tbody>(.*?)</tbody>', html, re.S).group(1)
    assert re.findall(r"<td[^>]*>([^<]*)", cell) == ["Jan 2027", "900", "1,200"]
    mine, theirs = (re.search(rf'name="{name}" value="([^"]*)"', html).group(1) for name in ("mine", "theirs"))
    assert 'name="seen"' not in html
    assert cora.post(reverse("scenarios:merge", args=[less, root]), {"because": "x"}).status_code == 409
    settle = reverse("scenarios:settle", args=[less, root])
    said = {"mine": mine, "theirs": theirs, "take": mine, "amount": "1000", "reason": "met halfway", "key": "s"}
    assert cora.post(settle, {**said, "amount": "many"}).status_code == 422
    assert cora.post(settle, {**said, "reason": "", "key": "t"}).status_code == 422
    assert cora.post(settle, said).status_code == 302
    ready = text(cora, "merge", less, root)
    assert "Less brings 1 change to Jan 2027 plan" in ready
    assert cora.post(reverse("scenarios:merge", args=[less, root]), {"because": "decided"}).status_code == 302
    history = text(cora, "one", root)
    assert "More joined Jan 2027 plan" in history
    assert "Less joined Jan 2027 plan" in history
    assert "decided" in history
    assert question_of("Jan 2027 plan").adjustments[0].change.amount.value == 1000


def test_a_planner_sees_the_promotion_and_may_not_do_it(world, users):
    paula = signed_in(users["paula"])
    html = text(paula, "merge", world["More"], world["root"])
    assert 'name="seen"' not in html
    assert "Who may publish plans" in html
    url = reverse("scenarios:merge", args=[world["More"], world["root"]])
    assert paula.post(url, {"because": "x"}).status_code == 403


def test_forms_keep_what_was_typed_where_it_is_refused(cora, world):
    url = reverse("scenarios:new")
    answer = cora.post(url, {"name": "More", "question": "again?", "parent": world["root"]})
    assert answer.status_code == 409
    assert 'value="More"' in answer.content.decode()
    assert "choose another name" in answer.content.decode()
    cases = {"name": "Winter", "question": "how far?", "up_pct": "ten", "down_pct": "10", "parent": world["root"]}
    refused = cora.post(reverse("scenarios:cases"), cases)
    assert refused.status_code == 422
    assert "is not a percentage" in refused.content.decode()
    opened = cora.post(reverse("scenarios:cases"), {**cases, "up_pct": "10%", "item": "tool"})
    assert opened.status_code == 302
    assert ScenarioRecord.objects.filter(name__startswith="Winter").count() == 3


def test_what_the_parent_holds_is_left_out_and_put_away(cora, world, root):
    (mine,) = question_of("More").adjustments
    url = reverse("scenarios:drop", args=[world["Less"]])
    assert cora.post(url, {"adjustment": mine.id}).status_code == 404
    away = reverse("scenarios:archive", args=[world["More"]])
    assert cora.post(away, {"because": ""}).status_code == 422
    assert cora.post(away, {"because": "done"}).status_code == 302
    assert "scenario:More" not in text(cora, "list")
    assert "scenario:More" in text(cora, "list", archived="1")


def test_outside_the_scope_nothing_is_told(world, person):
    elsewhere = signed_in(person("elsa", "demand_planner", market="elsewhere"))
    for name, args in (("one", [world["Less"]]), ("merge", [world["Less"], world["root"]])):
        html = text(elsewhere, name, *args)
        assert "Less because" not in html
        assert "1 more change lies outside your scope" in html
    assert elsewhere.get(reverse("scenarios:one", args=[world["Less"]])).status_code == 200
    assert signed_in(person("stan")).get(reverse("scenarios:list")).status_code == 403


def test_pages_have_nothing_inline(cora, world):
    pages = (
        ("list", [], {}),
        ("new", [], {}),
        ("cases", [], {}),
        ("one", [world["More"]], {}),
        ("merge", [world["More"], world["root"]], {}),
        ("compare", [], {"with": [world["root"], world["More"]]}),
    )
    for name, args, query in pages:
        html = text(cora, name, *args, **query)
        assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html), name
        assert len(re.findall("<h1", html)) == 1, name
