"""A supply planner decides on a gap: from what is due soon to what closes it, its ladder and a filled form."""

import re

import pytest
from playwright.sync_api import expect

from .axe import offences
from .test_capacity import sign_in

pytestmark = pytest.mark.browser


def is_cut(page):
    """Whether the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_from_what_is_soon_to_a_filled_form(page):
    sign_in(page, "supply")
    page.goto("/capacity/")
    soon = page.locator("table.soon tbody tr", has_text="Capsule line")
    expect(soon).to_contain_text("1 Nov 2026")
    soon.locator("a").click()
    expect(page.locator("#options-title")).to_contain_text("options close all 43 hours")
    assert page.url.endswith("?bucket=1#options-title")
    overtime = page.locator("table.options tr.taken", has_text="OT-CAPSULE")
    expect(overtime).to_contain_text("€110")
    assert offences(page) == []

    page.locator("#over").fill("60")
    page.locator("form.over button").click()
    expect(page.locator("table.rungs tr", has_text="LINE-2")).to_contain_text("102")
    assert re.search(r"bucket=1&over=60#ladder$", page.url)
    page.locator("#ladder summary").click()
    expect(page.locator("#ladder .as-table tbody tr").first).to_contain_text("regular hours")
    assert offences(page) == []

    page.locator("table.options tr.taken", has_text="OT-CAPSULE").get_by_role("link").click()
    expect(page.locator("#f-amount")).to_have_value("+20")
    expect(page.locator("#f-reason")).to_have_value(re.compile("Option OT-CAPSULE: 43 hours are short in Dec 2026"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_cut(browser, server, scheme):
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, "executive")
    for address in ("/capacity/", "/capacity/capsule-line/?bucket=2", "/capacity/west-packing/"):
        page.goto(address)
        assert not is_cut(page), address
        assert offences(page) == [], address
    context.close()
