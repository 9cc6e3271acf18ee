"""The round trip of a workbook without a mouse, from the sign-in on, with a conflict to settle."""

import pytest

from .complaints import hear
from .keys import Keys
from .plan_book import CONSENSUS, MARCH, PlanBook
from .saves import saving
from .test_workbook import QUERY, cell, number, open_all, row_of, sit, workbook_server

__all__ = ["sit", "workbook_server"]
pytestmark = pytest.mark.browser
MINE, BOTH = "Hair care/HA-01", "Hair care/HA-02"


def download(keys):
    with keys.page.expect_download() as waited:
        keys.push("a:has-text('Download')")
    with open(waited.value.path(), "rb") as file:
        return PlanBook(file.read())


def bring_back(keys, book):
    keys.reach("#workbook").set_input_files(book.file("plan.xlsx"))  # the dialog itself is the system's
    keys.page.wait_for_selector("[data-chosen]:has-text('plan.xlsx')")
    keys.follow("button:has-text('Compare with the plan')")
    keys.page.wait_for_selector("table.differences")


def to_workbook(keys):
    keys.follow(".mainnav a[href='/grid/']")
    keys.page.wait_for_selector("#grid[data-ready]")
    keys.follow("a:has-text('Workbook')", "Shift+Tab")


def test_a_workbook_goes_round_by_keyboard_with_a_conflict(sit, browser, workbook_server):
    context = browser.new_context(base_url=workbook_server, viewport={"width": 1440, "height": 900})
    page = hear(context.new_page())
    keys, other = Keys(page), sit("coordinator")
    keys.sign_in("planner")
    to_workbook(keys)
    book = download(keys)
    one, two = (round(float(book.cell(row).value)) for row in (MINE, BOTH))
    open_all(other)
    cell(other, BOTH).click()
    with saving(other):
        other.keyboard.type("+70")
        other.keyboard.press("Enter")

    bring_back(keys, book.type(MINE, one + 500).type(BOTH, two + 900))
    assert "Changed on both sides" in row_of(page, BOTH).inner_text()
    box = f'tr[data-testid="change:{CONSENSUS}|{BOTH}|{MARCH}"] input'
    keys.reach(box)
    page.keyboard.press("Space")
    assert page.locator(box).is_checked()
    assert page.inner_text(".accept-bar button") == "Accept 2 changes"
    keys.write("#reason", "The chain lists both in a second shelf")
    keys.follow(".accept-bar button")
    page.wait_for_selector(".toast:has-text('2 changes of plan.xlsx are in the plan')")
    page.goto(f"/grid/?{QUERY}")  # where one line a row leaves both in sight
    page.wait_for_selector("#grid[data-ready]")
    keys.push("#grid-all", "Shift+Tab")
    cell(page, MINE).wait_for()
    assert (number(page, MINE), number(page, BOTH)) == (one + 500, two + 900)

    keys.reach(".cell-field")
    with saving(page):
        page.keyboard.press("Control+Z")
    assert (number(page, MINE), number(page, BOTH)) == (one, two + 70)
    assert page.evaluate("document.activeElement.matches('.cell-field')")
    assert page.complaints == []
    context.close()
