"""Production typed over in the planning grids of supply: what becomes of it, in whose hands, and who may not."""

import pytest
from django.urls import reverse

from equipoise_web.access import ROLES, SYSTEM, access_of
from equipoise_web.actions.rule_adjustment import rule_adjustment
from equipoise_web.jobs.compute_plan import compute_plan_of
from equipoise_web.reads.grid_numbers import numbers_now, working_name
from equipoise_web.reads.supply_view import VIEWS
from equipoise_web.records.models import AdjustmentRecord, Grant, GridStep
from equipoise_web.screens.grid.tests.hands import MARCH, Hands

MADE = "production_qty"
SITE, LINE = VIEWS["sites"].query, VIEWS["lines"].query
FAMILY, ITEM = "plant-west/Laundry care", "plant-west/Laundry care/LA-01"
ESTIMATE, MINE, THEIRS = 16, 1, 2


@pytest.fixture
def grid(client, person, demo_digest):
    """A grid of supply in the hands of somebody."""
    return lambda role="supply_planner", name="me", query=SITE, **scope: Hands(
        client, person(name, role, **scope), query
    )


def computed():
    compute_plan_of({"scenario": working_name()}, SYSTEM, lambda *_told: None)


def test_a_typed_number_is_there_at_once_as_an_estimate_and_then_exactly(grid):
    me = grid()
    before = me.value(MADE, ITEM)
    assert before > 0
    others = me.value(MADE, FAMILY) - before
    assert me.edit((MADE, ITEM, MARCH, "41000")).status_code == 200
    assert (me.last["rejected"], me.last["warnings"]) == ([], [])
    assert me.value(MADE, ITEM) == 41000
    assert me.value(MADE, FAMILY) == 41000 + others
    assert me.mark(MADE, ITEM) & (MINE | ESTIMATE) == MINE | ESTIMATE
    assert not me.mark(MADE, "plant-west/Laundry care/LA-02") & (MINE | ESTIMATE)
    assert me.last["step"]["label"].startswith("41,000 Production, ")
    body = AdjustmentRecord.objects.latest("seq").body
    assert (body["kind"], body["function"], body["spread"]["rule"]) == ("production_override", "supply", "as_is")
    assert body["scope"] == {
        "item": "item:LA-01",
        "location": "location:plant-west",
        "first": "2027-03-01",
        "last": "2027-03-31",
    }
    computed()
    me.load()
    assert me.header["is_exact"]
    assert me.value(MADE, ITEM) == 41000
    assert me.mark(MADE, ITEM) & (MINE | ESTIMATE) == MINE


def test_a_pasted_block_is_one_step_and_one_undo_takes_it_back(grid):
    me = grid()
    rows = ("plant-west/Laundry care/LA-01", "plant-west/Laundry care/LA-02")
    before = {(row, mark): me.value(MADE, row, mark) for row in rows for mark in ("4", "5")}
    block = [(MADE, row, mark, str(30000 + 1000 * n)) for n, (row, mark) in enumerate(before)]
    assert me.edit(*block).status_code == 200
    assert [me.value(MADE, row, mark) for row, mark in before] == [30000, 31000, 32000, 33000]
    assert len(GridStep.objects.latest("id").adjustments) == 4
    assert me.post("undo").status_code == 200
    assert {place: me.value(MADE, *place) for place in before} == before
    assert me.header["is_exact"] and not me.mark(MADE, rows[0]) & MINE
    assert me.post("redo").status_code == 200
    assert me.value(MADE, rows[0]) == 30000


def test_a_total_reaches_the_items_below_it_as_they_are_made(grid):
    me = grid()
    items = [row for row in me.header["keys"] if row.startswith(f"{FAMILY}/") and me.value(MADE, row) > 0]
    stood, total = [me.value(MADE, row) for row in items], me.value(MADE, FAMILY)
    assert len(items) > 1
    assert me.edit((MADE, FAMILY, MARCH, str(round(total * 0.9)))).status_code == 200
    wanted = round(total * 0.9)
    assert me.value(MADE, FAMILY) == pytest.approx(wanted, abs=1e-4)
    assert [me.value(MADE, row) for row in items] == pytest.approx([part * wanted / total for part in stood], abs=1e-3)
    computed()
    assert me.load().value(MADE, FAMILY) == pytest.approx(wanted, abs=1e-4)


def test_a_line_is_typed_over_like_a_site(grid):
    me = grid(query=LINE)
    key = next(row for row in me.header["keys"] if "/" in row and me.value(MADE, row) > 0)
    wanted = round(0.9 * me.value(MADE, key))
    assert me.edit((MADE, key, MARCH, str(wanted))).status_code == 200
    assert me.value(MADE, key) == pytest.approx(wanted, abs=1e-4)
    assert me.mark(MADE, key) & MINE
    assert AdjustmentRecord.objects.latest("seq").body["scope"]["resource"] == f"resource:{key.partition('/')[2]}"
    hours = me.value("capacity_load_hours", key)
    computed()
    me.load()
    assert me.value(MADE, key) == pytest.approx(wanted, abs=1e-4)
    assert me.value("capacity_load_hours", key) < hours


@pytest.mark.parametrize(
    ("row", "text", "because"),
    [
        (ITEM, "+10%", "write 4"),
        (ITEM, "+500", "without a sign"),
        (ITEM, "*1.05", "without a sign"),
        (ITEM, "many", "is not an amount"),
        ("dc-north/Laundry care/LA-01", "100", "Nothing is made here"),
    ],
)
def test_what_no_order_can_be_is_refused_with_what_to_write(grid, row, text, because):
    me = grid()
    assert me.edit((MADE, row, MARCH, text)).status_code == 200
    (rejected,) = me.last["rejected"]
    assert because in rejected["because"]
    assert not AdjustmentRecord.objects.filter(kind="production_override").exists()


def test_the_number_that_stands_is_firm_only_where_it_is_typed_so(grid):
    me = grid()
    now = me.value(MADE, ITEM)
    me.edit((MADE, ITEM, MARCH, str(round(now))))
    assert not AdjustmentRecord.objects.filter(kind="production_override").exists()
    me.edit((MADE, ITEM, MARCH, f"={now}"))
    made = AdjustmentRecord.objects.get(kind="production_override")
    assert made.body["amount"]["value"] == pytest.approx(now)
    assert me.mark(MADE, ITEM) & MINE


def test_holding_production_firms_what_stands_item_by_item_and_moves_no_number(grid):
    me = grid()
    stood = me.values.copy()
    assert me.post("edit", cells=[[MADE, FAMILY, MARCH, ""]], is_hold=True).status_code == 200
    assert me.last["rejected"] == []
    assert me.last["step"]["label"] == "Firmed Production, Laundry care, Mar 2027"
    assert (me.values == stood).all() or ((me.values != stood) <= (me.values != me.values)).all()
    items = [row for row in me.header["keys"] if row.startswith(f"{FAMILY}/")]
    assert all(me.mark(MADE, row) & MINE for row in items)
    made = [record.body for record in AdjustmentRecord.objects.filter(kind="production_override")]
    assert sum(body["amount"]["value"] for body in made) == pytest.approx(me.value(MADE, FAMILY))
    assert not any("expires_on" in body for body in made)
    computed()
    assert me.load().header["is_exact"]
    assert me.value(MADE, FAMILY) == pytest.approx(sum(body["amount"]["value"] for body in made))
    me.post("edit", cells=[[MADE, FAMILY, MARCH, ""]], is_hold=True)
    assert "firm already" in me.last["rejected"][0]["because"]
    me.post("undo")
    assert not any(me.mark(MADE, row) & MINE for row in items)


def test_what_is_not_made_is_held_as_well(grid):
    me = grid()
    refill = f"{FAMILY}/LA-REFILL"
    idle = next(mark for mark in map(str, range(8)) if me.value(MADE, refill, mark) == 0)
    me.post("edit", cells=[[MADE, refill, idle, ""]], is_hold=True)
    body = AdjustmentRecord.objects.get(kind="production_override").body
    assert (body["amount"]["value"], body["scope"]["item"]) == (0, "item:LA-REFILL")
    assert me.mark(MADE, refill, idle) & MINE


@pytest.mark.parametrize(
    ("row", "line", "mark", "because"),
    [
        ("plant-east/Personal care/PE-01", MADE, "0", "planning fence"),
        ("dc-north/Laundry care/LA-01", MADE, MARCH, "Nothing is made here"),
        (ITEM, "inventory_closing_qty", MARCH, "planned production only"),
    ],
)
def test_what_cannot_be_held_says_why(grid, row, line, mark, because):
    me = grid()
    me.post("edit", cells=[[line, row, mark, ""]], is_hold=True)
    assert because in me.last["rejected"][0]["because"]
    assert me.last["step"] == {}


def test_who_holds_nothing_is_not_told_to_hold_production(grid):
    me = grid("sales", query="")
    line, row = me.header["lines"][0]["name"], me.header["keys"][0]
    me.post("edit", cells=[[line, row, MARCH, ""]], is_hold=True)
    assert "no right to hold numbers here" in me.last["rejected"][0]["because"]


@pytest.mark.parametrize(("role", "may"), [("supply_planner", True), ("demand_planner", True), ("sales", False)])
def test_who_may_hold_something_has_the_button(grid, role, may):
    me = grid(role, query="")
    page = me.client.get(reverse("grid:show")).content.decode()
    assert ('id="grid-hold"' in page) == may


def test_the_plain_table_holds_production_too(grid):
    me = grid()
    address = reverse("grid:table") + f"?{SITE}&row={ITEM}&line={MADE}&at={MARCH}"
    assert "becomes firm, item by item" in me.client.get(address).content.decode()
    sent = {"do": "hold", "seen": str(me.seen), "key": "k"}
    assert me.client.post(address, sent).status_code == 302
    assert me.load().mark(MADE, ITEM) & MINE


def test_other_measures_of_supply_take_no_number(grid):
    me = grid()
    me.edit(("purchase_qty", ITEM, MARCH, "100"), ("inventory_closing_qty", ITEM, MARCH, "100"))
    assert ["Production is" in each["because"] for each in me.last["rejected"]] == [True, True]


def test_a_large_change_is_worth_a_reason_at_standard_cost(grid):
    me = grid()
    refused = me.edit((MADE, FAMILY, MARCH, "0"), reason="")
    assert refused.status_code == 422 and refused.json()["needs_reason"] is True
    assert "of production at standard cost" in refused.json()["error"]
    assert me.edit((MADE, ITEM, MARCH, str(round(me.value(MADE, ITEM)) + 2)), reason="").status_code == 200


def test_who_plans_a_site_types_there_and_nowhere_else(grid):
    will = grid(name="will", location="plant-west")
    assert will.edit((MADE, ITEM, MARCH, "41000")).status_code == 200
    assert (will.last["rejected"], will.value(MADE, ITEM)) == ([], 41000)
    Grant.objects.filter(person=will.user).update(location="plant-east")
    Grant.objects.create(person=will.user, role="analyst", given_by=will.user)
    will.load()
    will.edit((MADE, ITEM, "5", "41000"))
    assert "outside what you plan" in will.last["rejected"][0]["because"]


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"administrator"}))
def test_who_may_plan_production_is_who_may_type_it(grid, role):
    me = grid(role)
    may = "production_override" in ROLES[role].kinds
    line = next(line for line in me.header["lines"] if line["name"] == MADE)
    assert line["edit"] == ("production_override" if may else "")
    answer = me.edit((MADE, ITEM, MARCH, "41000"))
    if may:
        assert (answer.status_code, me.last["rejected"]) == (200, [])
    elif answer.status_code == 200:
        assert me.last["rejected"]
    else:  # who proposes nothing, and who is shown no production
        assert answer.status_code == (422 if role == "sales" else 403)
    assert AdjustmentRecord.objects.filter(kind="production_override").exists() is may


def test_others_see_whose_number_stands_and_a_later_edit_of_theirs_is_stale(grid):
    me, you = grid(), grid("operations", name="olga")
    assert me.edit((MADE, ITEM, MARCH, "41000")).status_code == 200
    answer = you.edit((MADE, FAMILY, MARCH, "90000"))
    assert answer.status_code == 409
    assert "41,000" in answer.json()["theirs"]["what"]
    assert you.edit((MADE, "plant-east/Oral care", MARCH, "=1000")).status_code in (200, 422)
    you.load()
    assert you.mark(MADE, ITEM) & THEIRS
    cell = you.client.get(reverse("grid:cell") + f"?{SITE}&line={MADE}&row={ITEM}&at={MARCH}").content.decode()
    assert "Second shelf" in cell and "Who changed it" in cell
    closing = you.client.get(reverse("grid:cell") + f"?{SITE}&line=inventory_closing_qty&row={ITEM}&at={MARCH}")
    assert "Second shelf" not in closing.content.decode()


def test_what_was_rejected_stands_no_more(grid, person):
    me = grid()
    before = me.value(MADE, ITEM)
    me.edit((MADE, ITEM, MARCH, "41000"))
    made = AdjustmentRecord.objects.latest("seq")
    rule_adjustment(access_of(person("boss", "coordinator")), made.pk, "rejected", because="no")
    assert numbers_now(access_of(me.user)).is_exact
    assert me.load().value(MADE, ITEM) == before


def test_without_a_script_production_is_typed_in_the_table(grid):
    me = grid()
    address = reverse("grid:table") + f"?{SITE}&row={ITEM}&line={MADE}"
    page = me.client.get(address).content.decode()
    assert 'name="at-4"' in page and "Type 1200 to firm it" in page
    assert ">Baseline<" not in page  # it is no line of this view
    sent = {"at-4": "41000", "seen": str(me.seen), "key": "k", "reason": "Second shelf"}
    assert me.client.post(address, sent).status_code == 302
    assert me.load().value(MADE, ITEM) == 41000
