"""The grid leaves as a workbook and comes back, while somebody else works in it: compared, accepted, undone."""

import re

import pytest
from playwright.sync_api import expect

from .axe import offences
from .complaints import hear
from .looks import looks
from .plan_book import CONSENSUS, MARCH, PlanBook
from .saves import saving
from .serving import PATIENCE, served

pytestmark = pytest.mark.browser
QUERY = f"rows=family,item&measures={CONSENSUS}"


@pytest.fixture(scope="module")
def workbook_server(new_home):
    """A demo month that these tests may change."""
    with served(new_home()) as site:
        yield site.address


@pytest.fixture
def sit(browser, workbook_server):
    """Sits somebody down."""
    opened = []

    def down(name):
        context = browser.new_context(
            base_url=workbook_server,
            viewport={"width": 1440, "height": 900},
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = hear(context.new_page())
        page.goto("/")
        page.fill("#id_login", name)
        page.fill("#id_password", "demo")
        page.click("button:has-text('Sign in')")
        page.wait_for_selector("header .who")
        return page

    yield down
    for context in opened:
        context.close()


def open_grid(page):
    page.goto(f"/grid/?{QUERY}")
    page.wait_for_selector("#grid[data-ready]")
    page.wait_for_selector("[data-testid^='cell:']")


def cell(page, row, mark=MARCH):
    return page.locator(f'[data-testid="cell:{CONSENSUS}:{row}:{mark}"]')


def number(page, row, mark=MARCH):
    return float(re.sub(r"[^\d.]", "", cell(page, row, mark).inner_text()))


def open_all(page):
    open_grid(page)
    page.click("#grid-all")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Oral care/OR-01:{MARCH}"]')


def download(page):
    page.goto(f"/grid/workbook/?{QUERY}")
    with page.expect_download() as waited:
        page.click("text=Download this view")
    assert waited.value.suggested_filename.endswith(".xlsx")
    with open(waited.value.path(), "rb") as file:
        return PlanBook(file.read())


def bring_back(page, book, name="plan.xlsx"):
    page.goto(f"/grid/workbook/?{QUERY}")
    page.set_input_files("#workbook", book.file(name))
    assert name in page.locator("[data-chosen]").inner_text()
    page.click("button:has-text('Compare with the plan')")
    page.wait_for_selector("table.differences")


def row_of(page, row, mark=MARCH):
    return page.locator(f'tr[data-testid="change:{CONSENSUS}|{row}|{mark}"]')


def test_a_workbook_goes_round_while_somebody_else_works_in_the_plan(sit):
    me, other = sit("planner"), sit("coordinator")
    book = download(me)
    one, two = (float(book.cell(row).value) for row in ("Oral care/OR-01", "Oral care/OR-02"))
    open_all(other)
    cell(other, "Oral care/OR-02").click()
    with saving(other):
        other.keyboard.type("+70")
        other.keyboard.press("Enter")
    bring_back(me, book.type("Oral care/OR-01", round(one) + 500).type("Oral care/OR-02", round(two) + 900))
    assert me.inner_text("h1") == "One change is safe to accept, one needs your decision"
    conflict = row_of(me, "Oral care/OR-02")
    assert "Changed on both sides" in conflict.inner_text()
    assert "S&OP coordinator" in conflict.inner_text() and "+70 on" in conflict.inner_text()
    assert not conflict.locator("input").is_checked()
    assert row_of(me, "Oral care/OR-01").locator("input").is_checked()
    assert me.inner_text(".accept-bar button") == "Accept 1 change"
    conflict.locator("input").check()
    assert me.inner_text(".accept-bar button") == "Accept 2 changes"
    conflict.locator("input").uncheck()
    me.fill("#reason", "The chain lists it in a second shelf")
    me.click(".accept-bar button")
    me.wait_for_selector(".toast:has-text('1 change of plan.xlsx is in the plan. Undo takes it back.')")
    me.wait_for_selector("#grid[data-ready]")
    me.click("#grid-all")
    me.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Oral care/OR-01:{MARCH}"]')
    assert number(me, "Oral care/OR-01") == round(one) + 500
    assert number(me, "Oral care/OR-02") == round(two + 70)
    assert "mine" in cell(me, "Oral care/OR-01").get_attribute("class")
    me.click("#grid-undo")
    me.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Oral care/OR-01:{MARCH}"]:has-text("{one:,.0f}")')
    assert number(me, "Oral care/OR-02") == round(two + 70)
    assert me.complaints == []


def test_all_can_be_chosen_at_once_and_nothing_is_accepted_by_mistake(sit):
    me = sit("planner")
    book = download(me)
    for item in ("HA-01", "HA-02"):
        book.type(f"Hair care/{item}", round(book.cell(f"Hair care/{item}").value) + 40)
    bring_back(me, book)
    everything, button = me.locator("[data-all]"), me.locator(".accept-bar button")
    assert everything.is_checked()
    everything.uncheck()
    assert button.inner_text() == "Accept nothing"
    assert button.is_disabled()
    everything.check()
    assert button.inner_text() == "Accept 2 changes"
    me.click("a:has-text('Safe')")
    expect(me.locator("table.differences tbody tr")).to_have_count(2)
    assert me.complaints == []


def test_the_pages_of_the_round_trip_are_accessible_and_fit(sit):
    me = sit("planner")
    book = download(me)
    for look in looks(me):
        assert offences(me) == [], look
    book.type("Oral care/OR-03", 7).type("Dish care", "many").type("Laundry care/LA-01", 9).type("Laundry care", 1)
    bring_back(me, book)
    for look in looks(me):
        assert offences(me) == [], look
        assert me.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, look
