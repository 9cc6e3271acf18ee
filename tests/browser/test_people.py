"""From the invitation to the first sign-in, as people do it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PASSWORD = "four plain words here"


def sign_in(page, name, password="demo"):
    page.goto("/sign-in/")
    page.fill("#id_login", name)
    page.fill("#id_password", password)
    page.click("button:has-text('Sign in')")
    page.wait_for_load_state()


def test_an_invitation_is_handed_over_and_taken(page, browser, server):
    sign_in(page, "admin")
    page.click("a:has-text('Invite somebody')")
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
    expect(page.locator("h1")).to_contain_text("is not active")
    newcomer.goto("/account/")
    assert "/sign-in/" in newcomer.url
    newcomer.context.close()
