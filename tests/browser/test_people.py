"""From the invitation to the first sign-in as people do it, and every page of people accessible."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}
PASSWORD = "four plain words here"


def sign_in(page, name, password="demo"):
    page.goto("/sign-in/")
    page.fill("#id_login", name)
    page.fill("#id_password", password)
    page.click("button:has-text('Sign in')")
    page.wait_for_load_state()


def complaints(page):
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{page.url} {v['id']}: {n['html'][:120]} — {n['failureSummary'][:160]}" for v in found for n in v["nodes"]]


def test_an_invitation_is_handed_over_and_taken(page, browser, server):
    sign_in(page, "admin")
    page.goto("/people/invite/")
    page.complaints.clear()  # where signing in leads depends on the role
    page.fill("#username", "sales.south")
    page.select_option("#role-1", "sales")
    page.fill("#market-1", "South")
    page.click("button:has-text('Make the link')")
    link = page.locator("[data-testid=link]").inner_text()
    assert page.complaints == []

    newcomer = browser.new_context(base_url=server).new_page()
    newcomer.goto(link)
    newcomer.fill("#password", PASSWORD)
    newcomer.fill("#again", PASSWORD)
    newcomer.click("button:has-text('Set the password')")
    newcomer.wait_for_url("**/sign-in/")
    assert "Your password is set" in newcomer.locator(".toast").inner_text()
    sign_in(newcomer, "sales.south", PASSWORD)
    newcomer.goto("/account/")
    assert newcomer.locator("h1").inner_text() == "You are Sales"

    page.goto("/people/")
    page.click("a:has-text('sales.south')")
    page.fill("#out", "left the company")
    page.click("button:has-text('Deactivate')")
    assert "is not active" in page.locator("h1").inner_text()
    newcomer.goto("/account/")
    assert "/sign-in/" in newcomer.url
    newcomer.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_of_people_are_accessible_and_fit(browser, server, width, scheme):
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    sign_in(page, "admin")
    for path in ("/people/", "/people/invite/", "/people/1/", "/account/", "/audit/"):
        page.goto(path)
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
