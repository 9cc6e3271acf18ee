"""A supply planner by keyboard: from the heat table to a bottleneck, its slider, the exact figure and a filled form."""

import re

import pytest
from playwright.sync_api import expect

from .axe import offences

pytestmark = pytest.mark.browser


def sign_in(page, name):
    page.goto("/")
    page.fill("#id_login", name)
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("h1")


def focused(page):
    return page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")


def reach(page, selector, most=80):
    target = page.locator(selector).first
    for _ in range(most):
        if target.evaluate("(e) => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by {most} tabs")


def test_from_the_heat_table_to_a_filled_form_by_keyboard(page):
    sign_in(page, "supply")
    page.goto("/capacity/")
    reach(page, "table.heat tbody a")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("Capsule line, Jan 2027: ")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("Liquid filling 2, Jan 2027")
    page.keyboard.press("End")
    assert focused(page).startswith("Liquid filling 2, Oct 2027")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "Capsule line"
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.heat')") is None, "the table is one stop of the tab key"
    page.keyboard.press("Shift+Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Capsule line lacks")

    reach(page, "#percent")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#what-if caption")).to_contain_text("Capsule line at +10%")
    expect(page.locator("#percent-number")).to_have_value("10")
    service = page.locator(".effect-lines tr", has_text="Fill rate")
    expect(service).to_contain_text("100.00%")
    assert page.evaluate("document.activeElement.id") == "percent"
    page.wait_for_selector("#exact .badge.done")
    expect(page.locator("#exact")).to_contain_text(re.compile(r"99\.\d\d → 100\.00%"))

    page.locator("#percent-number").fill("-7")
    expect(page.locator("#what-if caption")).to_contain_text("Capsule line at −7%")
    expect(page.locator("#percent")).to_have_value("-7")
    page.wait_for_selector("#exact .badge.done")
    assert offences(page) == []
    reach(page, "#what-if a:has-text('Propose this')")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#f-amount")).to_have_value("-7%")


def test_who_sells_is_told_why_there_is_no_table(page):
    sign_in(page, "sales")
    page.goto("/capacity/")
    expect(page.locator("main")).to_contain_text("Load and capacity are of whole lines")


def test_the_slider_works_without_scripts(browser, server):
    context = browser.new_context(java_script_enabled=False, base_url=server)
    page = context.new_page()
    sign_in(page, "executive")
    page.goto("/capacity/capsule-line/?bucket=2&percent=20")
    expect(page.locator("#what-if caption")).to_contain_text("Capsule line at +20%")
    expect(page.locator("#what-if")).to_contain_text("for those who may propose capacity here")
    context.close()
