"""The documentation of the API comes from here, whole, under the same strict policy as every page."""

import pytest

pytestmark = pytest.mark.browser


def test_the_documentation_is_drawn_without_a_complaint(browser, server):
    page = browser.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/api/v1/docs")
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() >= 40
    page.locator(".opblock-summary-control").first.click()
    page.wait_for_selector(".opblock-body .responses-table")
    assert said == []
    assert {url for url in asked if not url.startswith((server, "data:"))} == set()
    page.close()
