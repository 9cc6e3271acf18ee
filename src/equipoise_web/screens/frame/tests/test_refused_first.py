"""Pages refuse who has no right before they look anything up, and offer only what the person may do."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from equipoise.core.adjustment import Scope
from equipoise_web.access import access_of
from equipoise_web.actions.give_grant import give_grant
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.reads.scenario_page import number_of
from equipoise_web.reads.scenarios import working_scenario

pytestmark = pytest.mark.django_db


def ask(client, verb, name, *args, query="", **sent):
    return getattr(client, verb)(reverse(name, args=args) + query, sent)


@pytest.mark.parametrize(
    ("role", "verb", "name", "args", "sent"),
    [
        ("executive", "get", "adjust:kinds", (), {}),
        ("executive", "get", "adjust:nodes", ("demand_input", "nowhere"), {}),
        ("", "get", "adjust:running", (), {}),
        ("sales", "post", "adjust:run", (), {}),
        ("sales", "get", "gathering:quarantine", (), {}),
        ("sales", "get", "gathering:corrections", (), {}),
        ("sales", "get", "gathering:findings", (), {"severity": "nowhere"}),
        ("sales", "get", "gathering:seal", (), {}),
        ("sales", "get", "gathering:upload", (), {}),
        ("sales", "get", "gathering:template", (), {}),
        ("sales", "post", "gathering:open", (), {"base": "nowhere"}),
        ("sales", "get", "findings:show", ("0" * 64,), {}),
        ("", "get", "sheet:show", ("0" * 64,), {}),
        ("", "get", "explain:show", ("0" * 64,), {}),
        ("demand_planner", "get", "frame:administration", (), {}),
        ("demand_planner", "get", "people:list", (), {}),
        ("executive", "post", "grid:table", (), {}),
        ("executive", "post", "grid:edit", (), {}),
        ("sales", "post", "scenarios:run", (999,), {}),
        ("sales", "post", "jobs:list", (), {"scenario": "nowhere"}),
        ("sales", "get", "scenarios:new", (), {}),
        ("sales", "get", "scenarios:cases", (), {}),
    ],
    ids=str,
)
def test_who_has_no_right_to_it_is_told_so(signed_in, digest, role, verb, name, args, sent):
    answer = ask(signed_in("eve", role), verb, name, *args, **sent)
    if name == "findings:show":  # what is not there is not found, but nothing else is said
        assert answer.status_code == 404
    else:
        assert answer.status_code == 403, answer.content


@pytest.mark.parametrize("role", ["sales", "marketing"])
def test_findings_are_for_who_sees_the_whole_company(signed_in, digest, role):
    narrow = {"market": "retail"} if role == "marketing" else {}
    assert ask(signed_in("eve", role, **narrow), "get", "findings:show", digest).status_code == 403
    assert ask(signed_in("ann", "analyst"), "get", "findings:show", digest).status_code == 200


def test_a_branch_is_merged_and_settled_by_who_branches_and_rules(signed_in, person, digest):
    cora = access_of(person("cora", "coordinator"))
    root = working_scenario().name
    for name in ("More", "Less"):
        open_scenario(cora, name, parent=root)
    pair = number_of("More"), number_of("Less")
    sally = signed_in("sally", "sales")
    assert ask(sally, "get", "scenarios:merge", *pair).status_code == 200
    assert ask(sally, "post", "scenarios:merge", *pair).status_code == 403
    assert ask(sally, "post", "scenarios:settle", *pair, mine="a", theirs="b", reason="x").status_code == 403
    assert ask(sally, "post", "scenarios:run", pair[0]).status_code == 403


CELL = "?rows=item,market&line=demand_consensus_qty&row={row}&at=0"


def test_the_panel_of_a_cell_takes_words_from_who_proposes_or_rules(signed_in, digest):
    query = CELL.format(row="tool/retail")
    offered = {}
    for role in ("analyst", "executive", "demand_planner"):
        answer = ask(signed_in(role, role), "get", "grid:cell", query=query)
        offered[role] = answer.context["may_say"]
    assert offered == {"analyst": False, "executive": True, "demand_planner": True}


def test_the_grid_offers_to_hold_and_to_share_by_right(signed_in, digest):
    offered = {}
    for role in ("sales", "executive", "demand_planner"):
        context = ask(signed_in(role, role), "get", "grid:show").context
        offered[role] = (context["may_hold"], context["may_share"])
    assert offered == {"sales": (False, False), "executive": (False, True), "demand_planner": (True, True)}


def test_a_total_beyond_ones_parts_is_not_explained(signed_in, person, digest):
    both = person("eve", "sales", market="retail")
    admin = access_of(person("admin", "administrator"))
    give_grant(admin, "eve", "sales", scope=Scope(market="abroad"), because="stands in")
    client = Client()
    client.force_login(both)
    total = ask(client, "get", "grid:cell", query=CELL.format(row="all"))
    inside = ask(client, "get", "grid:cell", query=CELL.format(row="tool/retail"))
    assert total.status_code == inside.status_code == 200
    assert "why" not in total.context
    assert "why" in inside.context


def test_links_to_pages_are_those_that_open(signed_in, digest):
    def links(role):
        page = ask(signed_in(role or "eve", role), "get", "frame:home").content.decode()
        return set(re.findall(r'href="(/[a-z/]*)"', page))

    every = {role: links(role) for role in ("sales", "coordinator", "administrator")}
    assert not every["sales"] & {"/data/", "/people/", "/audit/", "/exceptions/", "/administration/"}
    assert every["coordinator"] >= {"/data/", "/audit/", "/exceptions/"}
    assert "/people/" in every["administrator"]
    assert "/data/" not in every["administrator"]


def test_pages_know_what_their_reader_may(signed_in, digest):
    sales, planner = (ask(signed_in(role, role), "get", "grid:show").context for role in ("sales", "demand_planner"))
    assert sales["may"] == {"read", "propose", "connect"}
    assert sales["opens"] == set()
    assert planner["opens"] == {"data", "findings", "jobs"}


def test_the_grid_opens_on_the_part_where_one_reads(signed_in, digest):
    assert "market=retail" in ask(signed_in("sally", "sales", market="retail"), "get", "grid:show").context["query"]
    assert "market=" not in ask(signed_in("anna", "analyst"), "get", "grid:show").context["query"]


def test_an_explanation_is_for_who_reads_there(signed_in, digest):
    query = "?measure=demand_consensus_qty&item=tool&market=retail&bucket=1"
    answers = [
        ask(signed_in(market, "sales", market=market), "get", "explain:show", digest, query=query).status_code
        for market in ("retail", "abroad")
    ]
    assert answers == [200, 403]
