"""The page of the grid, what its script sends, and the same as a plain table and form."""

import json
import re

import pytest
from django.urls import reverse

from equipoise_web.access import SYSTEM, access_of
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.expiry import today, usual_expiry
from equipoise_web.jobs.compute_plan import compute_plan_of
from equipoise_web.reads.grid_bytes import from_bytes
from equipoise_web.reads.grid_holds import until_words
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.records.models import AdjustmentRecord, AuditEntry, Comment, GridStep, Mention, RulingRecord
from equipoise_web.screens.grid.tests.hands import MARCH, Hands

CONSENSUS = "demand_consensus_qty"


@pytest.fixture
def grid(client, person, demo_digest):
    """The grid in the hands of somebody."""
    return lambda role, name="me", **scope: Hands(client, person(name, role, **scope))


def test_a_tenth_more_on_a_family_reaches_children_totals_and_revenue(grid):
    me = grid("demand_planner")
    before = {row: me.value(CONSENSUS, row) for row in me.header["keys"]}
    money = me.value("demand_consensus_amount", "all")
    answer = me.edit((CONSENSUS, "Laundry care", MARCH, "+10%"), key="one")
    assert answer.status_code == 200
    assert me.value(CONSENSUS, "Laundry care") == pytest.approx(1.1 * before["Laundry care"], abs=1e-5)
    items = [row for row in me.header["keys"] if row.startswith("Laundry care/")]
    for row in items:
        assert me.value(CONSENSUS, row) == pytest.approx(1.1 * before[row], abs=1e-4)
    assert sum(me.value(CONSENSUS, row) for row in items) == me.value(CONSENSUS, "Laundry care")
    assert me.value(CONSENSUS, "Oral care") == before["Oral care"]
    assert me.value("demand_consensus_amount", "all") > money
    assert me.value("demand_load_pct", "Laundry care") >= 100
    assert me.mark(CONSENSUS, "Laundry care") & 1
    assert me.mark(CONSENSUS, "Laundry care") & 16
    assert me.last["cells"] < me.values.size / 10
    assert me.last["step"]["label"] == "+10% Consensus, Laundry care, Mar 2027"
    fresh = {name: array.copy() for name, array in (("values", me.values), ("marks", me.marks))}
    me.load()
    assert (fresh["values"] == me.values).all() or ((fresh["values"] != me.values) <= (me.values != me.values)).all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("=1,200", 1200.0), ("1.2k", 1200.0), ("1200", 1200.0), ("+50", None), ("-50", None), ("*1.5", None)],
)
def test_amounts_are_typed_as_people_write_them(grid, text, expected):
    me = grid("demand_planner")
    row = "Laundry care/LA-01"
    now = me.value(CONSENSUS, row)
    assert me.edit((CONSENSUS, row, MARCH, text)).status_code == 200
    wanted = {"+50": now + 50, "-50": now - 50, "*1.5": 1.5 * now}.get(text, expected)
    assert me.value(CONSENSUS, row) == pytest.approx(wanted, abs=1e-5)


def test_a_quarter_and_a_year_are_cells_too(grid):
    me = grid("demand_planner")
    year = me.value(CONSENSUS, "Oral care", "FY27")
    assert me.edit((CONSENSUS, "Oral care", "FY27", "+1000")).status_code == 200
    assert me.value(CONSENSUS, "Oral care", "FY27") == pytest.approx(year + 1000, abs=1e-5)


def test_an_amount_in_money_scales_what_stands_there(grid):
    me = grid("demand_planner")
    address = reverse("grid:edit") + "?unit=money"
    numbers = me.client.get(reverse("grid:numbers") + "?unit=money").content
    header = from_bytes(numbers)[0]
    count = header["shape"][0] * header["shape"][1] * header["shape"][2]
    values = from_bytes(numbers, ("<f8", count))[1][0]
    now = float(values[me.place(CONSENSUS, "Oral care", MARCH)])
    body = {"cells": [[CONSENSUS, "Oral care", MARCH, str(now * 1.02)]], "seen": me.seen, "since": "", "reason": "x"}
    assert me.client.post(address, json.dumps(body), content_type="application/json").status_code == 200
    quantity = me.value(CONSENSUS, "Oral care")
    assert me.load().value(CONSENSUS, "Oral care") == pytest.approx(1.02 * quantity, rel=1e-6)


def test_sales_types_its_own_line_in_its_market_and_moves_the_consensus_by_its_weight(grid):
    me = grid("sales", market="North")
    row = "Oral care/OR-01"
    sales, consensus = me.value("demand_sales_qty", row), me.value(CONSENSUS, row)
    assert me.edit(("demand_sales_qty", row, MARCH, "+100")).status_code == 200
    assert me.value("demand_sales_qty", row) == pytest.approx(sales + 100, abs=1e-5)
    assert me.value(CONSENSUS, row) == pytest.approx(consensus + 30, abs=1e-4)
    body = AdjustmentRecord.objects.latest("seq").body
    assert (body["kind"], body["function"], body["scope"]["market"]) == ("demand_input", "sales", "North")
    me.edit((CONSENSUS, row, MARCH, "+100"))
    assert "not yours" in me.last["rejected"][0]["because"]


def test_cells_that_are_not_taken_are_listed_and_the_rest_is_one_step(grid):
    me = grid("demand_planner")
    me.post("edit", cells=[[CONSENSUS, "Oral care", "3", ""]], is_hold=True)
    answer = me.edit(
        (CONSENSUS, "Oral care", "2", "41000"),
        (CONSENSUS, "Oral care", "3", "41000"),
        (CONSENSUS, "Oral care", "5", ""),
        (CONSENSUS, "Oral care", "6", "many"),
        ("demand_baseline_qty", "Oral care", "6", "10"),
    )
    assert answer.status_code == 200
    assert [(each["column"], each["because"].split(";")[0].split(":")[0]) for each in me.last["rejected"]][:1] == [
        (3, f"It is held by me {until_words(usual_expiry(today()).isoformat())}")
    ]
    assert len(me.last["rejected"]) == 3
    assert me.value(CONSENSUS, "Oral care", "2") == 41000
    assert len(GridStep.objects.latest("id").adjustments) == 1


def test_a_held_cell_keeps_its_number_and_those_beside_it_take_the_rest(grid):
    me = grid("demand_planner")
    march = [me.value(CONSENSUS, row) for row in me.header["keys"]]
    me.post("edit", cells=[[CONSENSUS, "Laundry care/LA-01", MARCH, ""]], is_hold=True)
    assert me.last["rejected"] == []
    held = march[me.header["keys"].index("Laundry care/LA-01")]
    assert me.value(CONSENSUS, "Laundry care/LA-01") == held
    assert me.mark(CONSENSUS, "Laundry care/LA-01") & 4
    now = me.value(CONSENSUS, "Laundry care")
    me.edit((CONSENSUS, "Laundry care", MARCH, "+10%"))
    assert me.value(CONSENSUS, "Laundry care/LA-01") == held
    assert me.value(CONSENSUS, "Laundry care") == pytest.approx(1.1 * now)


def test_a_large_change_needs_a_reason_and_a_small_one_does_not(grid):
    me = grid("demand_planner")
    refused = me.edit((CONSENSUS, "Laundry care", MARCH, "+30%"), reason="")
    assert refused.status_code == 422
    assert refused.json()["needs_reason"] is True
    assert refused.json()["amount"] > 100_000
    assert not GridStep.objects.exists()
    assert me.edit((CONSENSUS, "Laundry care/LA-01", MARCH, "+5"), reason="").status_code == 200
    assert AdjustmentRecord.objects.latest("seq").body["reason"] == "Typed in the grid"


def test_a_repeated_key_changes_nothing_twice(grid):
    me = grid("demand_planner")
    cell = (CONSENSUS, "Oral care", MARCH, "+100")
    now = me.value(CONSENSUS, "Oral care")
    me.edit(cell, key="same")
    me.edit(cell, key="same", seen=me.seen)
    assert me.value(CONSENSUS, "Oral care") == pytest.approx(now + 100, abs=1e-5)
    assert GridStep.objects.count() == 1


def test_what_a_contract_makes_of_a_number_is_said(grid):
    me = grid("demand_planner")
    me.edit((CONSENSUS, "Hair care", MARCH, "1000"))
    (said,) = me.last["warnings"]
    assert said.startswith("Hair care, Mar: commitments, holds or launches make ")
    assert said.endswith(" of the 1,000 typed.")
    assert me.value(CONSENSUS, "Hair care") > 1001
    me.edit((CONSENSUS, "Oral care", MARCH, "40000"))
    assert me.last["warnings"] == []


def test_undo_and_redo_go_step_by_step(grid):
    me = grid("demand_planner")
    start = me.value(CONSENSUS, "Oral care"), me.value(CONSENSUS, "Personal care")
    me.edit((CONSENSUS, "Oral care", MARCH, "+100"), (CONSENSUS, "Personal care", MARCH, "+200"))
    me.edit((CONSENSUS, "Oral care", MARCH, "+1000"))
    assert me.last["steps"]["undo"].startswith("+1,000 Consensus, Oral care")
    assert me.post("undo").status_code == 200
    assert me.value(CONSENSUS, "Oral care") == pytest.approx(start[0] + 100, abs=1e-5)
    me.post("undo")
    assert (me.value(CONSENSUS, "Oral care"), me.value(CONSENSUS, "Personal care")) == start
    assert me.post("undo").status_code == 422
    me.post("redo")
    assert me.value(CONSENSUS, "Personal care") == pytest.approx(start[1] + 200, abs=1e-5)
    me.edit((CONSENSUS, "Personal care", MARCH, "+1"))
    assert me.post("redo").status_code == 422
    verbs = list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.endswith(("_cells", "_step"))] == [
        "edit_cells",
        "edit_cells",
        "undo_step",
        "undo_step",
        "redo_step",
        "edit_cells",
    ]


def test_undo_leaves_what_somebody_else_has_rejected(grid, person):
    me = grid("demand_planner")
    me.edit((CONSENSUS, "Oral care", MARCH, "+100"))
    made = AdjustmentRecord.objects.latest("seq")
    rule_adjustment(access_of(person("boss", "coordinator")), made.pk, "rejected", because="no")
    me.post("undo")
    assert RulingRecord.objects.filter(adjustment=made).last().verdict == "rejected"
    me.post("redo")
    assert RulingRecord.objects.filter(adjustment=made).last().verdict == "rejected"


@pytest.mark.parametrize("order", ["hold first", "hold last"])
def test_the_plan_of_what_was_typed_makes_it_exact_even_where_no_number_changes(grid, order):
    me = grid("demand_planner")
    row = "Personal care/PE-01"
    hold = {"cells": [[CONSENSUS, row, "20", ""]], "is_hold": True}
    typed = {"cells": [[CONSENSUS, row, MARCH, "+1"]]}
    for body in (hold, typed) if order == "hold first" else (typed, hold):
        me.post("edit", **body)
    scenario = working_name()
    compute_plan_of({"scenario": scenario}, SYSTEM, lambda *_told: None)
    assert numbers_now(access_of(me.user), scenario).is_exact
    me.post("edit", cells=[[CONSENSUS, "Personal care/PE-02", "21", ""]], is_hold=True)
    assert not numbers_now(access_of(me.user), scenario).is_exact
    compute_plan_of({"scenario": scenario}, SYSTEM, lambda *_told: None)
    assert numbers_now(access_of(me.user), scenario).is_exact


def test_one_undoes_only_what_is_ones_own(grid):
    me = grid("demand_planner")
    me.edit((CONSENSUS, "Oral care", MARCH, "+100"))
    other = grid("coordinator", "other")
    assert other.header["steps"] == {"undo": "", "redo": ""}
    assert other.post("undo").status_code == 422
    assert other.mark(CONSENSUS, "Oral care") & 2


def test_who_is_slower_is_told_who_was_faster_and_may_write_over_it(grid):
    me, other = grid("demand_planner"), grid("coordinator", "other")
    me.edit((CONSENSUS, "Oral care", MARCH, "40000"))
    late = other.edit((CONSENSUS, "Oral care/OR-01", MARCH, "9000"))
    assert late.status_code == 409
    theirs = late.json()["theirs"]
    assert theirs["by"] == "me"
    assert "40,000 in total on Oral care, Mar 2027" in theirs["what"]
    assert other.edit((CONSENSUS, "Personal care", MARCH, "+10")).status_code == 200
    assert other.edit((CONSENSUS, "Oral care/OR-01", MARCH, "9000"), seen=theirs["seen"]).status_code == 200
    assert other.value(CONSENSUS, "Oral care/OR-01") == pytest.approx(9000, abs=1e-5)


def test_what_others_change_arrives_as_changes(grid):
    me, other = grid("demand_planner"), grid("coordinator", "other")
    me.edit((CONSENSUS, "Oral care", MARCH, "40000"))
    other.client.force_login(other.user)
    answer = other.client.get(reverse("grid:changes"), {"since": other.state})
    header = from_bytes(answer.content)[0]
    assert 0 < header["cells"] < other.values.size / 10
    assert header["is_exact"] is False


@pytest.mark.parametrize("role", ["analyst", "auditor", "executive"])
def test_who_proposes_nothing_types_nothing(grid, role):
    me = grid(role)
    assert me.edit((CONSENSUS, "Oral care", MARCH, "+1%")).status_code == 403
    assert not any(line["edit"] for line in me.header["lines"])


def test_a_stranger_sees_no_grid(client, person, demo_digest):
    client.force_login(person("stranger"))
    for name in ("show", "numbers", "table", "changes"):
        assert client.get(reverse(f"grid:{name}")).status_code == 403


@pytest.mark.parametrize("body", [[], {"cells": "x"}, {"cells": [[1, 2]]}, {"cells": [["a", "b", "c", "1"]]}])
def test_what_cannot_be_read_is_refused_in_words(grid, body):
    me = grid("demand_planner")
    answer = me.client.post(reverse("grid:edit"), json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_a_row_that_shows_a_part_of_a_node_takes_no_number(grid):
    me = grid("demand_planner")
    query = "?rows=location,family&measures=production_qty,demand_consensus_qty"
    header = from_bytes(me.client.get(reverse("grid:numbers") + query).content)[0]
    row = next(key for key in header["keys"] if key.count("/") == 0 and key != "all")
    body = {"cells": [[CONSENSUS, row, MARCH, "+1%"]], "seen": me.seen, "since": ""}
    answer = me.client.post(reverse("grid:edit") + query, json.dumps(body), content_type="application/json")
    assert from_bytes(answer.content)[0]["rejected"][0]["because"].startswith("This row shows a part of")


def test_a_comment_on_a_cell_marks_it_and_tells_who_is_named(grid, person):
    me = grid("demand_planner")
    person("lee", "coordinator")
    page = me.client.get(reverse("grid:cell"), {"line": CONSENSUS, "row": "Oral care", "at": MARCH}).content.decode()
    about = re.search(r'data-about="([^"]+)"', page)[1]
    assert me.post("comment", about=about, text="@lee is this the new shelf?").status_code == 200
    assert me.mark(CONSENSUS, "Oral care") & 8
    assert Mention.objects.get().person.username == "lee"
    page = me.client.get(reverse("grid:cell"), {"line": CONSENSUS, "row": "Oral care", "at": MARCH}).content.decode()
    assert "is this the new shelf?" in page
    assert Comment.objects.get().about == f"cell:{CONSENSUS}:family:Oral care|:2027-03-01..2027-03-31"
    lee = Hands(me.client, Mention.objects.get().person)
    home = lee.client.get("/").content.decode()
    assert "You were named" in home


def test_the_panel_says_who_moved_a_number_and_why(grid):
    me = grid("demand_planner")
    me.edit((CONSENSUS, "Oral care", MARCH, "+100"), reason="Second shelf in the drugstore")
    page = me.client.get(reverse("grid:cell"), {"line": CONSENSUS, "row": "Oral care", "at": MARCH}).content.decode()
    assert "Second shelf in the drugstore" in page
    assert "+100" in page


def test_a_view_is_kept_shared_and_becomes_what_a_role_sees_first(grid, person, client):
    me = grid("demand_planner")
    sent = {"name": "By market", "query": f"rows=market,family&measures={CONSENSUS}", "role": "sales"}
    assert me.client.post(reverse("grid:save_view"), sent).status_code == 302
    sales = grid("sales", "seller")
    assert {line["name"] for line in sales.header["lines"]} == {CONSENSUS, "demand_consensus_amount"}
    assert "By market" in sales.client.get(reverse("grid:show")).content.decode()
    refused = sales.client.post(reverse("grid:save_view"), sent)
    assert refused.status_code == 403


def test_two_plans_stand_side_by_side_with_their_difference(grid, demo_digest):
    me = grid("demand_planner")
    me.edit((CONSENSUS, "Oral care", MARCH, "+100"))
    query = f"?measures={CONSENSUS}&against={demo_digest}"
    raw = me.client.get(reverse("grid:numbers") + query).content
    header = from_bytes(raw)[0]
    assert [line["name"] for line in header["lines"]][:3] == [CONSENSUS, f"{CONSENSUS}@other", f"{CONSENSUS}@delta"]
    lines, rows, columns = header["shape"]
    values = from_bytes(raw, ("<f8", lines * rows * columns))[1][0].reshape(lines, rows, columns)
    place = header["keys"].index("Oral care"), [c["mark"] for c in header["columns"]].index(MARCH)
    assert values[2][place] == pytest.approx(100, abs=1e-5)
    assert values[0][place] - values[1][place] == values[2][place]


def test_a_published_plan_is_looked_at_and_not_changed(grid, demo_digest):
    me = grid("demand_planner")
    page = me.client.get(reverse("grid:plan", args=[demo_digest])).content.decode()
    assert "data-edit" not in page
    header = from_bytes(me.client.get(reverse("grid:plan_numbers", args=[demo_digest])).content)[0]
    assert not any(line["edit"] for line in header["lines"])


def test_the_form_saves_what_was_typed_and_says_what_was_not_taken(grid):
    me = grid("demand_planner")
    address = reverse("grid:table") + f"?row=Oral care&line={CONSENSUS}"
    page = me.client.get(address).content.decode()
    assert 'name="at-4"' in page
    now = me.value(CONSENSUS, "Oral care")
    done = me.client.post(address, {"at-4": "+10", "seen": str(me.seen), "key": "k"})
    assert done.status_code == 302
    assert me.load().value(CONSENSUS, "Oral care") == pytest.approx(now + 10, abs=1e-5)
    wrong = me.client.post(address, {"at-4": "ten", "at-5": "+1", "seen": str(me.seen), "key": "k2"})
    assert wrong.status_code == 422
    assert "is not an amount" in wrong.content.decode()
    large = me.client.post(address, {"at-4": "+90%", "seen": "99999", "key": "k3"})
    assert large.status_code == 422
    assert "say in a few words why" in large.content.decode()


def test_the_page_has_a_nonce_and_nothing_inline(grid):
    me = grid("demand_planner")
    answer = me.client.get(reverse("grid:show"))
    html = answer.content.decode()
    nonce = re.search(r'<meta name="csp-nonce" content="([^"]+)">', html)[1]
    policy = answer["Content-Security-Policy"]
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert "script-src 'self'" in [directive.strip() for directive in policy.split(";")]
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script>', html)
    other = me.client.get(reverse("adjust:list"))
    assert "nonce" not in other["Content-Security-Policy"]
