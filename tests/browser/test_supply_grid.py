"""Production is typed over in the grid of supply: an estimate at once, then exact, pasted and taken back."""

from contextlib import contextmanager

import pytest

from .axe import offences
from .complaints import hear
from .saves import saving
from .serving import PATIENCE, served
from .test_grid import cell, exact, number, paste, refused_only, say_why
from .test_month import sign_in, somebody

pytestmark = pytest.mark.browser
MADE = "production_qty"
VIEW = f"/grid/?rows=item&measures={MADE}&location=plant-west"
ITEM, NEXT = "LA-01", "LA-02"


@pytest.fixture(scope="module")
def site(new_home):
    """A demo month that these tests may change."""
    with served(new_home()) as running:
        yield running


@contextmanager
def asked_why(browser, site, name):
    """A page of somebody who is asked for a reason: that answer, which refuses, is all the browser may complain of."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = hear(context.new_page())
    sign_in(page, name, "demo")
    yield page
    context.close()
    assert refused_only(page) == []


def test_production_is_typed_over_becomes_exact_and_is_taken_back(browser, site):
    with somebody(browser, site, "supply") as page:
        page.goto("/supply/grid/sites/")
        page.wait_for_selector("#grid[data-ready]")
        assert "Supply plan" in page.inner_text("h1")
        page.goto(VIEW)
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{ITEM}:4"]')
        exact(page)
        here = {"mark": "4", "measure": MADE}
        before, beside = number(page, ITEM, **here), number(page, NEXT, **here)
        typed = before + 100
        cell(page, ITEM, **here).click()
        with saving(page):
            page.keyboard.type(f"{typed:.0f}")
            page.keyboard.press("Enter")
        assert number(page, ITEM, **here) == typed
        assert cell(page, ITEM, **here).get_attribute("data-state") == "estimate"
        assert cell(page, NEXT, **here).get_attribute("data-state") == "saved"
        exact(page)
        assert cell(page, ITEM, **here).get_attribute("data-state") == "exact"
        assert (number(page, ITEM, **here), number(page, NEXT, **here)) == (typed, pytest.approx(beside, abs=200))
        assert "mine" in cell(page, ITEM, **here).get_attribute("class")
        cell(page, ITEM, **here).click()
        paste(page, f"{before + 50:.0f}\t\r\n{beside + 50:.0f}\t\r\n")
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{NEXT}:4"].mine')
        assert [number(page, row, **here) for row in (ITEM, NEXT)] == [before + 50, beside + 50]
        page.keyboard.press("Control+z")
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{NEXT}:4"]:not(.mine)')
        page.keyboard.press("Control+z")
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{ITEM}:4"]:not(.mine)')
        exact(page)
        assert [number(page, row, **here) for row in (ITEM, NEXT)] == [before, beside]
        assert offences(page) == []


def test_hours_that_an_order_lacks_are_told_with_where_how_much_and_what_mends_it(browser, site):
    with asked_why(browser, site, "supply") as page:
        page.goto(VIEW)
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{ITEM}:5"]')
        exact(page)
        cell(page, ITEM, mark="5", measure=MADE).click()
        with saving(page):
            page.keyboard.type("410000")
            page.keyboard.press("Enter")
            say_why(page)
        told = page.locator("#grid-rejected li")
        told.filter(has_text="standard hours in Apr 2027").wait_for()
        assert page.locator("#grid-rejected b").inner_text() == "The plan says"
        text = told.inner_text()
        assert text.startswith("Capsules 30 ct, Apr 2027, Production: capsule-line lacks ")
        assert "Lower it or move it to another bucket or line" in text
        cell(page, NEXT, mark="4", measure=MADE).click()
        page.keyboard.press("Delete")  # a refusal comes and goes, what the plan says stays
        page.wait_for_selector("#grid-rejected li[data-refused]")
        page.keyboard.press("ArrowUp")
        told.filter(has_text="lacks").get_by_role("button").click()
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{ITEM}:5"][aria-selected="true"]')
        assert offences(page) == []
        with page.expect_navigation():
            told.get_by_role("link", name="Add capacity").click()
        assert page.locator("h1").inner_text() == "Capacity"
        assert "capsule-line" in page.content()
        page.go_back()
        page.wait_for_selector("#grid[data-ready]")
        page.keyboard.press("Control+z")
        page.wait_for_selector(f'[data-testid="cell:{MADE}:{ITEM}:5"]:not(.mine)')
        exact(page)
        assert page.locator("#grid-rejected").is_hidden()
