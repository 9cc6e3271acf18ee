"""Workbooks that are refused as a whole, by whom and what they are of; and files made to do harm."""

import io
import time
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from browser.plan_book import PlanBook
from equipoise_web.reads import grid_workbook_cells
from equipoise_web.reads.grid_workbook_cells import read_workbook_cells
from equipoise_web.reads.grid_workbook_ticket import WorkbookRefused
from equipoise_web.workbooks import kept_workbooks

from .hands import QUERY, said


def foreign():
    made = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Item", "Jan"])
    book.save(made)
    return made.getvalue()


def bomb():
    """A sheet of 60 MB in a file of a few kB."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(foreign())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, data + b" " * 60_000_000 if member.endswith("sheet1.xml") else data)
    return made.getvalue()


def entities():
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(foreign())) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            data = old.read(member)
            is_book = member == "xl/workbook.xml"
            new.writestr(member, b'<!DOCTYPE a [<!ENTITY b "bbb">]>' + data if is_book else data)
    return made.getvalue()


FILES = {
    "nothing": (lambda: b"", "No workbook was chosen, or it is empty"),
    "a text": (lambda: b"item;Jan\ntools;5\n", "It is damaged or no workbook"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + bytes(2000), "save it as .xlsx without a password"),
    "half of one": (lambda: foreign()[:1500], "It is damaged or no workbook"),
    "one of somebody else": (foreign, "It is no workbook of the planning grid"),
    "a bomb": (bomb, "inflate to more than 50 times as many"),
    "entities": (entities, "declares a document type"),
    "too many bytes": (lambda: bytes(8_000_001), "It holds 8,000,001 bytes; a planning workbook has at most 8,000,000"),
}


@pytest.mark.parametrize("what", FILES)
def test_files_that_are_no_planning_workbook_are_refused_in_words(hands, what):
    make, message = FILES[what]
    me = hands()
    begin = time.perf_counter()
    answer = me.upload(make(), "<b>plan</b>.xlsx")
    assert answer.status_code == 422
    assert message in said(answer)
    assert "<b>plan</b>" not in answer.content.decode()
    assert kept_workbooks(me.user.pk) == []
    assert time.perf_counter() - begin < 60


def test_a_file_without_a_name_of_its_own_is_asked_for(hands):
    me = hands()
    me.client.force_login(me.user)
    assert me.client.post(reverse("workbook:upload")).status_code == 422


def test_what_takes_too_long_or_too_much_memory_is_stopped():
    with pytest.raises(WorkbookRefused, match="more than 0 GiB of memory or 60 seconds, and was stopped"):
        read_workbook_cells(foreign(), memory=200 << 20)
    with pytest.raises(WorkbookRefused, match="or 0 seconds, and was stopped"):
        read_workbook_cells(foreign(), seconds=0)


def test_more_cells_than_were_ever_downloaded_are_refused(hands, monkeypatch):
    me = hands()
    book = me.book()
    for number in range(1, 400):
        book.plan.cell(book.plan.max_row + 1, 1600).value = number
    answer = me.upload(book)
    assert answer.status_code == 422
    assert "It holds far more cells than were downloaded" in said(answer)


def test_a_workbook_that_lost_its_hidden_names_is_refused(hands):
    me = hands()
    book = me.book()
    book.plan.delete_rows(book.head)
    answer = me.upload(book)
    assert answer.status_code == 422
    assert "Its hidden row and columns are gone, so no number in it has a name" in said(answer)


def test_rows_of_which_none_was_downloaded_are_refused(hands):
    me = hands()
    book = me.book()
    for row in book.rows.values():
        book.plan.cell(row, 1).value = f"{book.plan.cell(row, 1).value}!"
    answer = me.upload(book)
    assert "None of its rows is one that was downloaded" in said(answer)


@pytest.mark.parametrize(("row", "count"), [(1, 1), (2, 1), (3, 40)])
def test_a_hidden_sheet_that_was_altered_is_not_believed(hands, row, count):
    me = hands()
    book = me.book()
    cell = book.book["equipoise"].cell(row, 1)
    # What stands there differs from day to day, so each character becomes another one.
    cell.value = "".join("0" if letter != "0" else "1" for letter in cell.value[:count]) + cell.value[count:]
    answer = me.upload(book)
    assert answer.status_code == 422
    assert any(text in said(answer) for text in ("Its hidden sheet was altered", "It was made by another version"))


def test_a_workbook_of_another_installation_is_not_believed(hands, settings):
    me = hands()
    book = me.book()
    settings.SECRET_KEY = "another installation"
    assert "Its hidden sheet was altered, or another installation made it" in said(me.upload(book))


def test_who_sees_another_part_downloads_an_own_workbook(hands):
    me, other, same = hands(), hands("sales", "seller", market="North"), hands("coordinator", "lee")
    book = me.book().type("Oral care/OR-01", 7)
    answer = other.upload(book)
    assert answer.status_code == 422
    assert "It was downloaded by me, who sees another part of the plan than you do now" in said(answer)
    assert next(iter(same.compare(book).values())).state == "mine"


def test_a_published_plan_is_taken_away_to_look_at(hands, demo_digest):
    me = hands()
    me.client.force_login(me.user)
    answer = me.client.get(f"{reverse('workbook:download_plan', args=[demo_digest])}?{QUERY}")
    book = PlanBook(answer.content)
    assert all(book.cell(row, line=line).protection.locked for line, row in book.rows if row != "all")
    assert "It shows a published plan, which does not change" in said(me.upload(book))


def test_a_scenario_that_is_gone_is_named(hands, monkeypatch):
    me = hands()
    book = me.book()
    from equipoise_web.reads import grid_workbook_diff

    monkeypatch.setattr(grid_workbook_diff, "is_open", lambda name: False)
    answer = me.upload(book)
    assert "is not open any more; download the one that goes on" in said(answer)


def test_far_too_many_changes_are_refused(hands, monkeypatch):
    from equipoise_web.reads import grid_workbook_changes

    monkeypatch.setattr(grid_workbook_changes, "MOST_CHANGES", 1)
    me = hands()
    answer = me.upload(me.book().type("Oral care/OR-01", 7).type("Oral care/OR-02", 7))
    assert "More than 1 cells differ from what was downloaded" in said(answer)


@pytest.mark.parametrize("role", ["executive", "analyst", "auditor"])
def test_who_proposes_nothing_takes_away_and_brings_nothing_back(hands, role):
    me = hands(role)
    book = me.book(f"{QUERY}&unit=base")
    assert all(cell.protection.locked for cell in book.plan[book.rows["demand_consensus_qty", "Oral care/OR-01"]][:20])
    assert me.upload(book).status_code == 403


def test_a_stranger_gets_nothing(client, person, demo_digest):
    client.force_login(person("stranger"))
    assert client.get(reverse("workbook:download")).status_code == 403
    assert client.get(reverse("workbook:upload")).status_code == 403
    assert client.post(reverse("workbook:upload"), {"workbook": SimpleUploadedFile("a.xlsx", b"x")}).status_code == 403


def test_files_wait_for_their_turn_and_are_told_so(hands, monkeypatch):
    import threading

    busy = threading.BoundedSemaphore(1)
    busy.acquire()
    monkeypatch.setattr(grid_workbook_cells, "_turns", busy)
    with pytest.raises(grid_workbook_cells.ReadingBusy, match="try again in a minute"):
        read_workbook_cells(foreign(), seconds=1)
    monkeypatch.setattr(grid_workbook_cells.read_workbook_cells, "__kwdefaults__", {"memory": 1 << 32, "seconds": 0.1})
    answer = hands().upload(foreign())
    assert answer.status_code == 503
    assert "Other workbooks are being read" in said(answer)


def test_the_page_is_for_who_may_propose(client, person, demo_digest):
    client.force_login(person("eye", "auditor"))
    assert client.get(reverse("workbook:upload")).status_code == 403
