"""Two published plans compared on a page: bridges, cells, findings, and who may look."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from equipoise_web.access import access_of
from equipoise_web.actions.lease_job import take_job
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.actions.propose_adjustment import propose_adjustment
from equipoise_web.jobs.worker import work_on
from equipoise_web.reads.plans import published_digest
from equipoise_web.reads.scenarios import question_of, working_scenario
from equipoise_web.reads.snapshots import axes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(own_home, person, digest):
    who, root = access_of(person("cora", "coordinator")), working_scenario().name
    open_scenario(who, "More", parent=root)
    body = {"kind": "demand_override", "amount": "+10%", "scope": {"item": "tool"}, "reason": "more"}
    propose_adjustment(who, body, scenario="More", axes=axes_of(question_of(root).snapshot))
    while (lease := take_job()) is not None:
        work_on(lease)
    return digest, published_digest(question_of("More").fingerprint)


def test_the_page_tells_what_moves_the_money_where_and_what_was_found(planner, pair):
    a, b = pair
    html = planner.get(reverse("versions:compare"), {"a": a, "b": b}).content.decode()
    assert "More: " in re.search(r"<h1>(.*?)</h1>", html).group(1)
    assert html.count("As table") == 2 + 2
    swings = re.findall(r'<h2 id="swings-\d">([^<]*)', html)
    assert [title.split()[0] for title in swings] == ["Demand", "Margin"]
    residual = re.findall(r"Residual</th><td class=\"num\">([^<]*)", html)
    assert residual == ["0", "0"]
    assert "Consensus demand: cells that moved most" in html
    assert f"/plan/{b}/explain/?measure=demand_consensus_qty&amp;family=tools&amp;bucket=" in html
    assert f"a={a}&amp;b={b}" in re.search(r'id="address"[^>]*', html).group(0)
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html)


def test_the_other_way_round_the_signs_turn(planner, pair):
    a, b = pair
    there, back = (
        planner.get(reverse("versions:compare"), {"a": x, "b": y}).content.decode() for x, y in ((a, b), (b, a))
    )
    volume = [re.search(r"Volume</th><td class=\"num\">([+−])", html).group(1) for html in (there, back)]
    assert volume == ["+", "−"]


def test_a_plan_does_not_differ_from_itself(planner, pair):
    html = planner.get(reverse("versions:compare"), {"a": pair[0], "b": pair[0]}).content.decode()
    assert "is the same plan twice" in html
    assert "No cell of demand, production, stock or revenue differs." in html


def test_one_chooses_first_and_an_unknown_plan_is_not_there(planner, pair):
    assert "Choose two plans" in planner.get(reverse("versions:compare")).content.decode()
    assert planner.get(reverse("versions:compare"), {"a": pair[0], "b": "f" * 64}).status_code == 404


def test_it_is_for_those_who_see_the_whole_company(pair, person):
    for name, role, nodes in (("sally", "sales", {}), ("nora", "finance", {"market": "retail"}), ("stan", "", {})):
        client = Client()
        client.force_login(person(name, role, **nodes))
        assert client.get(reverse("versions:compare"), {"a": pair[0], "b": pair[1]}).status_code == 403
