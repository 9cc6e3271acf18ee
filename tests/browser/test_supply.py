"""Supply looks at what binds and offers what it can; demand accepts; the plan changes only then. By keyboard."""

import pytest
from playwright.sync_api import expect

from .axe import offences
from .looks import looks
from .serving import served
from .test_month import somebody
from .test_scenarios import Keys

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(new_home):
    """A demo month of its own, for the offers change its plan."""
    with served(new_home()) as running:
        yield running


def test_what_binds_leads_to_the_form_that_relaxes_it(browser, site):
    with somebody(browser, site, "supply") as page:
        keys = Keys(page)
        page.goto("/supply/")
        assert "Capsule line binds" in page.inner_text("h1")
        keys.choose("#kind", "Overtime")
        keys.follow("button:has-text('Show')")
        kinds = page.locator("table.limits > tbody > tr > th .sub:not(.on-phone)").all_inner_texts()
        assert kinds
        assert all(kind.startswith("Overtime") for kind in kinds)
        keys.follow("a:has-text('Relax it')")
        assert "/adjustments/new/overtime/" in page.url
        assert page.input_value("[name='amount']") == "+10%"
        assert page.input_value("[name='resource']") == "capsule-line"
        assert "would save up to" in page.input_value("[name='reason']")


def test_a_shortage_is_offered_refused_offered_again_and_accepted(browser, site):
    with somebody(browser, site, "supply") as page:
        keys = Keys(page)
        page.goto("/supply/shortages/")
        assert "at stake" in page.inner_text("h1")
        keys.follow("table.shortages tbody th a")
        there = page.url
        title = page.inner_text("h1")
        keys.reach("details.as-table summary")
        page.keyboard.press("Enter")
        expect(page.locator("details.as-table[open] li").first).to_be_attached()
        offer(keys, "The line is full until then")
        assert page.inner_text("[data-testid='state']") == "Offered: demand answers"
    with somebody(browser, site, "planner") as page:
        page.goto(there)
        answer(Keys(page), "Refuse", "The customer buys elsewhere by then")
        assert page.inner_text("[data-testid='state']") == "Refused: supply offers again"
    with somebody(browser, site, "supply") as page:
        page.goto(there)
        assert "The customer buys elsewhere by then" in page.inner_text(".thread")
        offer(Keys(page), "Then by an express lane")
    with somebody(browser, site, "planner") as page:
        page.goto("/supply/shortages/?state=offered")
        Keys(page).follow("table.shortages tbody th a")
        assert page.url == there
        answer(Keys(page), "Accept", "Agreed with the customer")
        assert page.inner_text("[data-testid='state']") == "Accepted"
        page.goto("/adjustments/")
        page.wait_for_selector(".running :text('answers all of it')")
        page.goto(there)
        assert page.inner_text("h1") != title


def test_the_map_is_walked_by_keyboard_and_leads_to_the_lists(browser, site):
    with somebody(browser, site, "supply") as page:
        keys = Keys(page)
        page.goto("/supply/network/")
        assert page.locator("svg path.lane").count() == page.locator(".lanes-table tbody tr").count()
        assert page.locator("svg a").count() == 10
        keys.follow("svg a:has-text('Plant West')")
        assert page.url.endswith("/supply/?site=plant-west")
        assert page.locator("table.limits > tbody").count() > 3
        page.goto("/supply/network/")
        keys.follow("svg a:has-text('short')")
        assert "/supply/shortages/?market=" in page.url
        assert page.locator("table.shortages tbody tr").count() >= 1


def test_every_page_is_accessible_and_none_scrolls_sideways(browser, site):
    with somebody(browser, site, "supply") as page:
        page.goto("/supply/shortages/")
        one = page.get_attribute("table.shortages tbody th a", "href")
        for address in ("/supply/", "/supply/?kind=purchasing", "/supply/shortages/", one, "/supply/network/"):
            page.goto(address)
            for look in looks(page):
                assert offences(page) == [], (address, look)
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (address, look)


def offer(keys, because):
    """Take over what is planned, and offer it."""
    keys.follow("a:has-text('Take it over')")
    keys.write("#because", because)
    keys.follow("button:has-text('Offer it to demand')")
    keys.page.wait_for_selector(".toast:has-text('Offered')")


def answer(keys, button, because):
    keys.write(".answer .in", because)
    keys.follow(f"button:has-text('{button}')")
