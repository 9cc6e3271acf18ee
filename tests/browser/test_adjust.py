"""Marketing proposes a change, sees what it does before it counts, and takes it back; under the strict policy."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def marketing(page):
    page.goto("/")
    page.fill("#id_login", "marketing")
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("h1")
    return page


def place(element):
    """Where it stands on the page, however far that is scrolled."""
    return element.evaluate(
        "(e) => { const r = e.getBoundingClientRect(); return [r.x, r.y + scrollY, r.width, r.height]; }"
    )


def fill(page):
    page.goto("/adjustments/new/demand_input/")
    page.fill("#f-amount", "+12%")
    page.fill("#f-item", "Laundry care")
    page.select_option("#f-first", index=2)
    page.select_option("#f-last", index=4)
    page.fill("#f-reason", "Second shelf in the drugstore chain")
    page.locator("#f-reason").blur()


def test_the_estimate_appears_and_the_exact_effect_takes_its_place_without_moving_anything(marketing):
    fill(marketing)
    marketing.wait_for_selector(".badge:has-text('Estimate')")
    figures = marketing.locator("#effect-figures")
    expect(figures.locator("dd.estimate")).to_have_count(5)
    marketing.locator("button:has-text('Preview exactly')").scroll_into_view_if_needed()
    before, button = place(figures), place(marketing.locator("button:has-text('Propose')"))
    marketing.click("button:has-text('Preview exactly')")
    marketing.wait_for_selector(".badge:has-text('Exact')")
    expect(figures.locator("dd.estimate")).to_have_count(0)
    assert place(figures) == before
    assert place(marketing.locator("button:has-text('Propose')")) == button
    assert marketing.complaints == []


def test_what_is_proposed_can_be_undone_at_once(marketing):
    fill(marketing)
    marketing.click("button:has-text('Propose')")
    marketing.wait_for_selector("h1:has-text('+12% on Laundry care')")
    marketing.click("button:has-text('Undo')")
    marketing.wait_for_selector(".toast:has-text('Withdrawn')")
    expect(marketing.locator("h1 + .lead .badge:has-text('Withdrawn')")).to_have_count(1)
    assert marketing.complaints == []
