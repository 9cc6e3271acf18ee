"""Every page passes axe-core's WCAG 2 A and AA rules and best practices, light and dark, wide and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

OPTIONS = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}}


def complaints(page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{v['id']}: {n['html'][:120]} — {n['failureSummary'][:160]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_page_is_accessible(browser, server, width, scheme):
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto("/")
    assert complaints(page) == []
    page.fill("#id_login", "planner")
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("h1")
    assert complaints(page) == []
    for address in ("/adjustments/", "/adjustments/new/", "/adjustments/new/promotion/"):
        page.goto(address)
        assert complaints(page) == [], address
    page.click("button:has-text('Propose')")
    assert page.locator("[aria-invalid='true']").count() >= 1
    assert complaints(page) == []
    page.goto("/adjustments/")
    page.click("table.adjustments a >> nth=0")
    assert complaints(page) == []
    page.goto("/")
    page.click("text=Open the plan")
    page.wait_for_selector("h1")
    home = page.url
    assert complaints(page) == []
    page.goto(f"{home}?family=Laundry care")
    if width > 640:
        page.click("td[data-testid='cell:demand_consensus_qty:plan:2'] a")
        page.wait_for_selector("#why .tree")
    assert complaints(page) == []
    page.goto(f"{home}findings/")
    assert complaints(page) == []
    page.goto(f"{home}explain/?measure=unmet_qty&family=Laundry care&bucket=4")
    assert complaints(page) == []
    context.close()
