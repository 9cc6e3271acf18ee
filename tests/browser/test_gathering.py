"""A first month by hand: fill in the template with three mistakes, mend them, seal, plan, and see the sheet."""

import re
import sqlite3

import pytest
from openpyxl import load_workbook

from .complaints import hear
from .serving import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def coordinator(browser, empty_server):
    context = browser.new_context(base_url=empty_server, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = hear(context.new_page())
    page.goto("/")
    page.fill("#id_login", "coordinator")
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.wait_for_load_state()
    yield page
    context.close()


def fill_in(template, target):
    """The template's company with three mistakes: text in a number, an unknown item, one key twice."""
    book = load_workbook(template)
    sheet = book["forecast"]
    heading = [cell.value for cell in sheet[1]]
    at = {name: heading.index(name) + 1 for name in ("item", "quantity")}
    sheet.cell(2, at["quantity"]).value = "16OO"
    sheet.cell(3, at["item"]).value = "tol"
    for column, cell in enumerate([cell.value for cell in sheet[5]], start=1):
        sheet.cell(8, column).value = cell
    sheet.cell(8, at["quantity"]).value = 3900
    book.save(target)


def does_not_scroll_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_first_month_from_the_template_to_the_sheet(coordinator, empty_home, tmp_path):
    page = coordinator
    page.goto("/data/")
    page.wait_for_selector("h1:has-text('three ways to begin')")
    with page.expect_download() as taken:
        page.click("a:has-text('Template (.xlsx)')")
    taken.value.save_as(tmp_path / "template.xlsx")
    fill_in(tmp_path / "template.xlsx", tmp_path / "company.xlsx")

    page.goto("/data/upload/")
    page.set_input_files("#files", tmp_path / "company.xlsx")
    page.wait_for_selector("[data-chosen] li:has-text('company.xlsx')")
    page.click("button[value=deliver]")
    page.wait_for_selector("h1:has-text('4 rows are left out of Jan 2027')")

    page.click("a:has-text('Mend rows')")
    row = page.locator("[data-testid='row:company.xlsx/forecast:2']")
    assert row.locator("[aria-invalid=true]").get_attribute("name") == "new.quantity"
    row.locator("[aria-invalid=true]").fill("1600")
    row.locator("input[name=reason]").fill("letters typed for zeros")
    row.locator("button[value=mend]").click()
    page.wait_for_selector("h1:has-text('3 rows are left out')")
    page.locator("[data-testid='row:company.xlsx/forecast:3'] button:has-text('Take tool')").click()
    page.wait_for_selector("h1:has-text('2 rows are left out')")
    dropped = page.locator("[data-testid='row:company.xlsx/forecast:8']")
    dropped.locator("input[name=reason]").fill("the older plan")
    dropped.locator("button[value=drop]").click()
    page.wait_for_selector("h1:has-text('No row is left out')")
    page.wait_for_selector(".did:has-text('left out on purpose')")
    page.click(".did button:has-text('Undo')")
    page.wait_for_selector("h1:has-text('2 rows are left out')")
    dropped.locator("input[name=reason]").fill("the older plan")
    dropped.locator("button[value=drop]").click()
    page.wait_for_selector("h1:has-text('No row is left out')")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for address in ("", "upload/", "left-out/", "findings/", "corrections/", "seal/", "snapshots/"):
            page.goto(f"/data/{address}")
            assert does_not_scroll_sideways(page), (address, width)
    page.set_viewport_size({"width": 1440, "height": 900})

    page.goto("/data/corrections/")
    assert page.locator("tbody tr").count() == 3
    page.goto("/data/seal/")
    page.wait_for_selector("h1:has-text('Jan 2027 is ready to be sealed')")
    page.click("button:has-text('Seal Jan 2027')")
    page.wait_for_selector("h1:has-text('The month is sealed')")
    page.click("a:has-text('See the plan')")
    page.wait_for_selector("table.sheet")
    assert "/plan/" in page.url
    page.goto(f"{page.url}?family=tools")
    shown = re.sub(r"\s+", " ", page.locator("table.sheet").inner_text())
    assert "1,600" in shown  # January's forecast, as it was mended
    assert page.complaints == []

    with sqlite3.connect(f"file:{empty_home}/equipoise.sqlite3?mode=ro", uri=True) as database:
        rows = database.execute("select verb, actor from records_auditentry order by seq").fetchall()
    verbs = [verb for verb, actor in rows if actor == "coordinator"]
    assert verbs.count("correct_row") == 2
    assert verbs.count("drop_row") == 2
    assert {"open_draft", "deliver_file", "take_delivery", "undo_correction", "ask_seal", "seal_draft"} <= set(verbs)
