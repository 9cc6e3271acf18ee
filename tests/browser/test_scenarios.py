"""Two branches of one question: compared, their conflict settled, promoted; by keyboard, on every screen."""

import re

import pytest
from playwright.sync_api import expect

from .axe import offences
from .keys import Keys
from .looks import looks

pytestmark = pytest.mark.browser


def sign_in(page, name):
    page.goto("/")
    page.fill("#id_login", name)
    page.fill("#id_password", "demo")
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("h1")


def visit(keys, number):
    """To the page of a scenario, by the list of all."""
    keys.follow(".mainnav a[href='/scenarios/']")
    keys.follow(f"th a[href='/scenarios/{number}/']")


def open_branch(keys, name, amount):
    keys.follow(".mainnav a[href='/scenarios/']")
    keys.follow("a:has-text('Open a scenario')")
    keys.write("#name", name)
    keys.write("#question", f"What if it is {name.lower()}?")
    keys.write("#assumptions", "The film supplier delivers from March")
    keys.follow("button:has-text('Open it')")
    number = re.search(r"/scenarios/(\d+)/", keys.page.url).group(1)
    keys.follow("a:has-text('Propose in it')")
    assert f"You propose in {name}." in keys.page.content()
    keys.follow("a[href*='new/demand_override']")
    keys.write("#f-amount", amount)
    keys.write("#f-item", "Dish care")
    keys.choose("#f-first", "Feb")
    keys.choose("#f-last", "Feb")
    keys.write("#f-reason", f"{name} of it")
    keys.follow("button:has-text('Propose')")
    visit(keys, number)
    keys.page.wait_for_selector(".running :text('answers all of it')")
    return number


def test_branches_are_compared_settled_and_promoted_by_keyboard(page):
    keys = Keys(page)
    keys.sign_in("coordinator")
    more, less = open_branch(keys, "More", "100000"), open_branch(keys, "Less", "60000")

    keys.follow(".mainnav a[href='/scenarios/']")
    keys.follow("a[href='/scenarios/compare/']")
    for slot, name in enumerate(("Nov 2026 plan", "More", "Less"), start=1):
        keys.choose(f"#with-{slot}", name)
    keys.follow("button:has-text('Compare')")
    revenue = page.locator("[data-testid='headline:revenue'] td .sub").all_inner_texts()
    assert revenue[0].strip() == ""
    assert revenue[1].startswith("+")
    assert revenue[2].startswith("−")
    assert page.locator("svg.chart:visible").count() == 6  # for each branch a bridge, and what moves demand and margin
    keys.reach("details.as-table summary")
    page.keyboard.press("Enter")
    expect(page.locator("details.as-table[open] td:has-text('0')").first).to_be_attached()

    visit(keys, more)
    keys.follow("a:has-text('Promote to Nov 2026 plan')")
    keys.write("#because", "Sales is sure of it")
    keys.follow("button:has-text('Promote to Nov 2026 plan')")
    page.wait_for_selector(".toast:has-text('Nov 2026 plan has gained 1 changes')")

    visit(keys, less)
    page.wait_for_selector(".running :text('answers all of it')")
    keys.follow("a:has-text('Promote to Nov 2026 plan')")
    assert page.locator("[data-testid='conflict']").count() == 1
    assert page.locator("button:has-text('Promote to')").count() == 0
    assert page.locator("table.meeting tbody tr").count() >= 1
    keys.write("#amount-1", "80000")
    keys.write("#reason-1", "Sales and marketing met halfway")
    keys.follow("button:has-text('Settle it')")
    assert page.locator("[data-testid='conflict']").count() == 0
    keys.write("#because", "Decided in Pre-S&OP")
    keys.follow("button:has-text('Promote to Nov 2026 plan')")

    history = page.locator("section:has(#history-title) li").all_inner_texts()
    assert [("Less joined" in each, "S&OP coordinator" in each) for each in history[:1]] == [(True, True)]
    assert "Decided in Pre-S&OP" in history[0]
    assert "Sales is sure of it" in history[1]
    page.wait_for_selector(".running :text('answers all of it')")
    assert "80,000 in total on Dish care" in page.content()
    assert page.complaints == []


def test_an_exception_is_given_to_somebody_and_rests_by_keyboard(page):
    keys = Keys(page)
    keys.sign_in("coordinator")
    page.goto("/exceptions/")
    before = page.locator("tr[data-testid^='exception:']").count()
    assert before >= 2
    keys.reach("details.deal summary")
    page.keyboard.press("Enter")
    keys.choose("#owner-1", "Supply")
    keys.follow("button:has-text('Assign')")
    assert "Supply planner" in page.locator("tr[data-testid^='exception:'] .who-cell").first.inner_text()
    keys.reach("details.deal summary")
    page.keyboard.press("Enter")
    keys.reach("#until-1")
    page.keyboard.type("01312027")
    keys.write("#because-1", "The supplier confirms by then")
    keys.follow("button:has-text('Let it rest')")
    assert page.locator("tr[data-testid^='exception:']").count() == before - 1
    keys.follow("a:has-text('Look at them')")
    assert "rests until 31 Jan 2027" in page.locator(".who-cell").first.inner_text()
    assert page.complaints == []


def test_every_page_is_accessible_and_none_scrolls_sideways(page):
    sign_in(page, "coordinator")
    page.goto("/scenarios/")
    numbers = page.locator("input[name='with']").evaluate_all("(boxes) => boxes.map((box) => box.value)")
    root, branch = numbers[-1], numbers[0]
    page.goto("/compare/")
    plans = page.locator("#a option").evaluate_all("(all) => all.map((each) => each.value)")
    addresses = (
        "/scenarios/",
        "/scenarios/new/",
        "/scenarios/cases/",
        f"/scenarios/{branch}/",
        f"/scenarios/{root}/",
        f"/scenarios/{branch}/merge/{root}/",
        f"/scenarios/compare/?with={root}&with={branch}",
        "/exceptions/?least=0&state=all",
        "/compare/",
        f"/compare/?a={plans[-1]}&b={plans[0]}",
        f"/plan/{plans[0]}/explain/?measure=demand_consensus_qty&family=Dish care&bucket=3",
    )
    for address in addresses:
        page.goto(address)
        for look in looks(page):
            assert offences(page) == [], (address, look)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (address, look)
