"""A view goes out as a workbook, is edited by a spreadsheet library, comes back, is compared and accepted in part."""

import json
import os
from pathlib import Path

import pytest
from django.urls import reverse

from equipoise_web.actions.archive_scenario import archive_scenario
from equipoise_web.actions.open_scenario import open_scenario
from equipoise_web.reads.grid_numbers import working_name
from equipoise_web.records.models import AdjustmentRecord, GridStep
from equipoise_web.workbooks import kept_workbooks

from .hands import CONSENSUS, QUERY, name_of, said


def test_a_number_goes_out_is_changed_and_comes_back_as_one_step(hands):
    me = hands()
    book = me.book()
    now = me.now("Oral care/OR-01")
    assert book.cell("Oral care/OR-01").value == pytest.approx(now, abs=1e-6)
    found = me.compare(book.type("Oral care/OR-01", now + 500))
    assert list(found) == [name_of("Oral care/OR-01")]
    (cell,) = found.values()
    assert (cell.state, cell.is_chosen, cell.moves) == ("mine", True, "+500")
    assert cell.path == ("Oral care", "Toothpaste mint") and cell.month == "Mar 2027"
    assert me.page["shown"].title == "One change is safe to accept"
    assert me.page["shown"].lead.startswith("plan.xlsx, downloaded by you on ")
    answer = me.accept(name_of("Oral care/OR-01"))
    assert answer.status_code == 302 and answer.url.startswith("/grid/?rows=family")
    assert me.now("Oral care/OR-01") == pytest.approx(now + 500, abs=1e-5)
    step = GridStep.objects.get()
    assert (step.state, len(step.adjustments)) == ("done", 1)
    assert AdjustmentRecord.objects.latest("seq").body["reason"] == "Second shelf"
    undone = me.client.post(reverse("grid:undo"), json.dumps({}), content_type="application/json")
    assert undone.status_code == 200
    assert me.now("Oral care/OR-01") == now


def test_what_others_changed_meanwhile_is_shown_and_not_chosen(hands):
    me, other = hands(), hands("coordinator", "lee")
    book = me.book()
    base = me.now("Oral care/OR-01")
    other.edit("Oral care/OR-01", "+70")
    other.edit("Hair care/HA-01", "+10")
    found = me.compare(book.type("Oral care/OR-01", base + 500).type("Oral care/OR-02", me.now("Oral care/OR-02") + 30))
    conflict, mine = found[name_of("Oral care/OR-01")], found[name_of("Oral care/OR-02")]
    assert (conflict.state, conflict.is_chosen, conflict.moves) == ("both", False, "+430")
    assert conflict.because.startswith("lee, ") and "+70 on" in conflict.because
    assert (mine.state, mine.is_chosen) == ("mine", True)
    assert me.page["shown"].title == "One change is safe to accept, one needs your decision"
    assert me.accept(conflict.name, mine.name).status_code == 302
    assert me.now("Oral care/OR-01") == pytest.approx(base + 500, abs=1e-5)
    assert len(GridStep.objects.latest("id").adjustments) == 2


def test_who_is_slower_than_somebody_else_sees_what_changed_and_nothing_is_saved(hands):
    me, other = hands(), hands("coordinator", "lee")
    now = me.now("Oral care/OR-01")
    me.compare(me.book().type("Oral care/OR-01", now + 500))
    other.edit("Oral care", "+10%")
    stands = me.now("Oral care/OR-01")
    answer = me.accept(name_of("Oral care/OR-01"))
    assert answer.status_code == 409
    assert "while you looked" in said(answer)
    (line,) = answer.context["shown"].lines
    assert (line.cell.state, line.is_chosen) == ("both", False)
    assert me.now("Oral care/OR-01") == stands
    me.page = answer.context
    assert me.accept(name_of("Oral care/OR-01")).status_code == 302
    assert me.now("Oral care/OR-01") == pytest.approx(now + 500, abs=1e-5)


def test_sent_twice_it_is_done_once(hands):
    me = hands()
    now = me.now("Oral care/OR-01")
    me.compare(me.book().type("Oral care/OR-01", now + 500))
    first, again = (me.accept(name_of("Oral care/OR-01"), key="k") for _time in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first.url == again.url
    assert GridStep.objects.count() == 1
    assert me.look()[name_of("Oral care/OR-01")].state == "there"
    assert me.page["shown"].title == "Nothing in this workbook is left to accept"


def test_a_large_change_needs_a_reason_and_keeps_what_was_chosen(hands):
    me = hands()
    me.compare(me.book().type("Laundry care", 10 * me.now("Laundry care")))
    answer = me.accept(name_of("Laundry care"), reason=" ")
    assert answer.status_code == 422
    assert "say in a few words why" in said(answer)
    assert [line.is_chosen for line in answer.context["shown"].lines] == [True]
    assert not GridStep.objects.exists()
    assert me.accept(name_of("Laundry care")).status_code == 302


def test_a_small_change_says_whence_it_came(hands):
    me = hands()
    me.compare(me.book().type("Oral care/OR-01", me.now("Oral care/OR-01") + 1))
    me.accept(name_of("Oral care/OR-01"), reason="")
    assert AdjustmentRecord.objects.latest("seq").body["reason"] == "From workbook plan.xlsx"


def test_a_total_is_shared_out_by_what_stands_below(hands):
    me = hands()
    year = me.now("Oral care", "FY27")
    shares = me.now("Oral care/OR-01", "FY27") / year
    me.compare(me.book().type("Oral care", year + 12_000, "FY27"))
    assert me.accept(name_of("Oral care", "FY27")).status_code == 302
    assert me.now("Oral care", "FY27") == pytest.approx(year + 12_000, abs=1e-4)
    assert me.now("Oral care/OR-01", "FY27") == pytest.approx(shares * (year + 12_000), abs=1)


def test_numbers_in_money_move_what_stands_there_in_proportion(hands):
    me = hands()
    query = f"{QUERY}&unit=money"
    money, quantity = me.now("Oral care/OR-01", query=query), me.now("Oral care/OR-01")
    (cell,) = me.compare(me.book(query).type("Oral care/OR-01", money * 1.02)).values()
    assert cell.state == "mine"
    assert me.accept(cell.name).status_code == 302
    assert me.now("Oral care/OR-01") == pytest.approx(quantity * 1.02, rel=1e-9)


def test_sales_edits_its_own_line_in_its_own_market(hands):
    me = hands("sales", "seller", market="North")
    query = f"rows=family,item&measures=demand_sales_qty,{CONSENSUS}"
    book = me.book(query)
    row = "Oral care/OR-01"
    assert not book.cell(row, line="demand_sales_qty").protection.locked
    assert book.cell(row).protection.locked
    stands = book.cell(row, line="demand_sales_qty").value
    found = me.compare(book.type(row, stands + 100, line="demand_sales_qty").type(row, 1))
    assert {cell.state for cell in found.values()} == {"mine", "locked"}
    assert me.accept(name_of(row, line="demand_sales_qty")).status_code == 302
    body = AdjustmentRecord.objects.latest("seq").body
    assert (body["kind"], body["function"], body["scope"]["market"]) == ("demand_input", "sales", "North")


def test_a_branch_is_edited_in_the_branch(hands):
    me = hands()
    open_scenario(me.who, "Second shift", parent=working_name())
    book = me.book(f"{QUERY}&scenario=Second shift")
    now = me.now("Oral care/OR-01")
    me.compare(book.type("Oral care/OR-01", now + 500))
    answer = me.accept(name_of("Oral care/OR-01"))
    assert "scenario=Second+shift" in answer.url
    assert me.now("Oral care/OR-01") == now
    archive_scenario(me.who, "Second shift", because="It was decided")
    refused = me.upload(book)
    assert refused.status_code == 422
    assert "Its scenario Second shift is not open any more" in said(refused)


def test_what_was_brought_back_is_ones_own_and_goes_in_time(hands, settings):
    me, other = hands(), hands("coordinator", "lee")
    for number in range(7):
        me.compare(me.book().type("Oral care/OR-01", number))
    assert len(kept_workbooks(me.user.pk)) == 5
    assert "plan.xlsx" in said(me.client.get(reverse("workbook:upload")))
    other.client.force_login(other.user)
    assert other.client.get(me.address).status_code == 404
    assert kept_workbooks(other.user.pk) == []
    for path in (Path(settings.EQUIPOISE_HOME) / "workbooks").glob("*/*"):
        os.utime(path, (1, 1))
    me.client.force_login(me.user)
    gone = me.client.get(me.address)
    assert gone.status_code == 404
    assert "is not kept any more" in said(gone)
    me.compare(me.book().type("Oral care/OR-01", 8))
    assert len(list((Path(settings.EQUIPOISE_HOME) / "workbooks").glob("*/*"))) == 1


def test_another_plan_beside_goes_along_to_look_at(hands, demo_digest):
    me = hands()
    query = f"{QUERY}&against={demo_digest}"
    book = me.book(query)
    row = "Oral care/OR-01"
    assert book.cell(row, line=f"{CONSENSUS}@other").protection.locked
    assert book.cell(row, line=f"{CONSENSUS}@delta").value == 0
    now = me.now(row)
    found = me.compare(book.type(row, now + 5).type(row, now, line=f"{CONSENSUS}@delta"))
    assert {cell.state for cell in found.values()} == {"mine", "locked"}
    assert me.accept(name_of(row)).status_code == 302
    assert me.now(row) == pytest.approx(now + 5, abs=1e-5)
