"""What each cell of a workbook is when it comes back: mine, changed on both sides, locked, no number, contradictory."""

import json

import pytest
from django.urls import reverse

from equipoise_web.expiry import today, usual_expiry
from equipoise_web.reads.grid_holds import until_words
from equipoise_web.reads.grid_state import last_seen

from .hands import CONSENSUS, MARCH, name_of, said


def test_a_total_that_others_moved_below_is_a_conflict_too(hands):
    me, other = hands(), hands("coordinator", "lee")
    book = me.book()
    base = me.now("Oral care")
    other.edit("Oral care/OR-02", "+70")
    (cell,) = me.compare(book.type("Oral care", base + 500)).values()
    assert cell.state == "both"
    assert "OR-02" in cell.because or "Toothpaste" in cell.because


def test_held_cells_and_lines_of_others_are_locked_in_the_workbook_and_here(hands):
    me = hands()
    me.client.force_login(me.user)
    hold = {"cells": [[CONSENSUS, "Oral care/OR-01", MARCH, ""]], "is_hold": True, "seen": last_seen()}
    before = me.book()
    me.client.post(reverse("grid:edit"), json.dumps(hold), content_type="application/json")
    after = me.book()
    assert not before.cell("Oral care/OR-01").protection.locked
    assert after.cell("Oral care/OR-01").protection.locked
    assert before.cell("Oral care", line="demand_baseline_qty").protection.locked
    before.type("Oral care/OR-01", 5).type("Oral care", 5, line="demand_baseline_qty")
    found = me.compare(before)
    why = f"It is held by me {until_words(usual_expiry(today()).isoformat())}; its owner can let it go."
    held, baseline = found[name_of("Oral care/OR-01")], found[name_of("Oral care", line="demand_baseline_qty")]
    assert (held.state, held.may_choose, held.because) == ("locked", False, why)
    assert (baseline.state, baseline.because) == ("locked", "Baseline is not yours to type in; Consensus is.")
    assert me.accept(held.name, baseline.name).status_code == 422
    assert me.page["shown"].title == "Two cannot be taken"


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("many", "“many” is text; type a plain number."),
        ("1200", "“1200” is text; type a plain number."),
        (None, "An empty cell says nothing: type 0 to plan none."),
        (-5, "A plan holds no negative quantity; 0 is the least."),
        ("=A1+1", "=A1+1 gives no number as it was saved; type the number itself."),
        (True, "TRUE is no number."),
        ("#REF!", "#REF! is an error of the workbook; type a number."),
        (1e15, "1e+15 is too large for an amount"),
    ],
)
def test_what_is_no_quantity_is_said_and_never_guessed_at(hands, value, why):
    me = hands()
    (cell,) = me.compare(me.book().type("Oral care/OR-01", value)).values()
    assert (cell.state, cell.may_choose) == ("invalid" if value != 1e15 else "locked", False)
    assert cell.because.startswith(why)


def test_a_percentage_is_no_quantity(hands):
    me = hands()
    book = me.book().type("Oral care/OR-01", 0.1)
    book.cell("Oral care/OR-01").number_format = "0%"
    (cell,) = me.compare(book).values()
    assert (cell.state, cell.because) == ("invalid", "10% is a percentage; type the number that it makes.")


def test_zero_is_a_number_and_what_is_shown_is_no_change(hands):
    me = hands()
    shown = round(me.now("Oral care/OR-02"))
    found = me.compare(me.book().type("Oral care/OR-01", 0).type("Oral care/OR-02", shown))
    assert [(cell.name, cell.state, cell.yours) for cell in found.values()] == [
        (name_of("Oral care/OR-01"), "mine", "0")
    ]


def test_a_total_and_a_part_that_do_not_agree_contradict_each_other(hands):
    me = hands()
    total, part = me.now("Oral care"), me.now("Oral care/OR-01")
    found = me.compare(me.book().type("Oral care", total + 900).type("Oral care/OR-01", part + 100))
    above, below = found[name_of("Oral care")], found[name_of("Oral care/OR-01")]
    assert (above.state, above.is_chosen) == ("contradicts", False)
    assert above.because.startswith(f"The parts typed below it make {total + 100:,.0f}")
    assert (below.state, below.is_chosen) == ("mine", True)
    both = me.accept(above.name, below.name)
    assert both.status_code == 422
    assert "are both chosen, and do not agree" in said(both)
    assert me.accept(above.name).status_code == 302
    assert me.now("Oral care") == pytest.approx(total + 900, abs=1e-5)


def test_a_total_that_its_parts_make_is_nothing_to_do(hands):
    me = hands()
    total, part = me.now("Oral care"), me.now("Oral care/OR-01")
    found = me.compare(me.book().type("Oral care", total + 100).type("Oral care/OR-01", part + 100))
    assert found[name_of("Oral care")].state == "there"
    assert found[name_of("Oral care/OR-01")].state == "mine"


def test_a_year_of_an_item_and_a_month_of_its_family_cross(hands):
    me = hands()
    year, month = me.now("Oral care/OR-01", "FY27"), me.now("Oral care")
    found = me.compare(me.book().type("Oral care/OR-01", year + 50, "FY27").type("Oral care", month + 50))
    states = sorted(cell.state for cell in found.values())
    assert states == ["contradicts", "mine"]


def test_what_the_plan_says_already_is_nothing_to_do(hands):
    me = hands()
    book = me.book()
    now = me.now("Oral care/OR-01")
    me.edit("Oral care/OR-01", f"{now + 500:.6f}")
    (cell,) = me.compare(book.type("Oral care/OR-01", now + 500)).values()
    assert (cell.state, cell.because) == ("there", "The plan says so already.")


def test_rows_are_found_by_their_hidden_names_wherever_they_stand(hands):
    me = hands()
    book = me.book()
    now = me.now("Oral care/OR-01")
    book.type("Oral care/OR-01", now + 500)
    book.plan.delete_rows(book.rows[CONSENSUS, "Hair care/HA-01"])
    book.plan.insert_rows(book.head + 1, 2)
    found = me.compare(book)
    assert {name: cell.state for name, cell in found.items()} == {name_of("Oral care/OR-01"): "mine"}
    assert "1 row of the download is missing" in me.page["shown"].notes[1]


def test_a_row_whose_hidden_name_is_another_s_is_not_believed(hands):
    me = hands()
    book = me.book()
    one, other = (book.plan.cell(book.rows[CONSENSUS, row], 1) for row in ("Oral care/OR-01", "Hair care/HA-01"))
    one.value, other.value = other.value, one.value
    found = me.compare(book)
    assert {cell.state for cell in found.values()} == {"invalid"}
    assert "but its hidden name is that of" in next(iter(found.values())).because


def test_a_row_that_stands_twice_is_not_believed(hands):
    me = hands()
    book = me.book()
    book.type("Oral care/OR-01", 7)
    book.plan.cell(book.rows[CONSENSUS, "Oral care/OR-02"], 1).value = "Oral care/OR-01"
    found = me.compare(book)
    assert found[name_of("Oral care/OR-01")].because.endswith("stands in more than one row; keep one of them.")
    assert {cell.state for cell in found.values()} == {"invalid"}


def test_states_can_be_looked_at_one_by_one(hands):
    me = hands()
    me.compare(me.book().type("Oral care/OR-01", 7).type("Oral care/OR-02", "x"))
    assert [cell.state for cell in me.look("invalid").values()] == ["invalid"]
    assert [(each.state, each.count) for each in me.page["shown"].filters] == [("", 2), ("mine", 1), ("invalid", 1)]
    assert me.client.get(f"{me.address}?state=nonsense").status_code == 404


def test_a_part_that_cannot_be_taken_contradicts_no_total(hands):
    me = hands()
    me.client.force_login(me.user)
    book = me.book()
    hold = {"cells": [[CONSENSUS, "Oral care/OR-01", MARCH, ""]], "is_hold": True, "seen": last_seen()}
    me.client.post(reverse("grid:edit"), json.dumps(hold), content_type="application/json")
    found = me.compare(book.type("Oral care/OR-01", 5).type("Oral care", me.now("Oral care") + 900))
    assert found[name_of("Oral care/OR-01")].state == "locked"
    assert found[name_of("Oral care")].state == "mine"
