"""A planner signs in, reads the family sheet, and asks a number why. Under the page's own strict content policy."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_planner_asks_a_number_why_and_closes_the_answer(planner):
    planner.select_option("#family", "Laundry care")
    planner.click("button:has-text('Show')")
    planner.wait_for_selector("h1:has-text('Laundry care')")
    cell = planner.locator("td[data-testid='cell:demand_consensus_qty:plan:3'] a")
    shown = cell.inner_text()
    cell.click()
    planner.wait_for_selector("#why .tree")
    expect(planner.locator("td.sel")).to_have_count(1)
    assert shown in planner.locator("#why").inner_text()
    planner.keyboard.press("Escape")
    expect(planner.locator("#why .tree")).to_have_count(0)
    expect(planner.locator("td.sel")).to_have_count(0)
    assert planner.complaints == []


def test_the_sheet_needs_no_script(browser, server):
    context = browser.new_context(base_url=server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.fill("#id_login", "planner")
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.click("text=Open the plan")
    page.click("td[data-testid^='cell:'] a >> nth=0")
    expect(page.locator(".tree")).to_have_count(1)
    context.close()


def test_findings_are_one_click_away(planner):
    planner.click("nav a:has-text('Findings')")
    planner.wait_for_selector("table.findings")
    assert planner.locator("table.findings tbody tr").count() >= 3
    assert planner.complaints == []


def test_a_stranger_sees_nothing(page):
    page.goto("/")
    assert "/sign-in/" in page.url
    assert page.locator("table.sheet").count() == 0
