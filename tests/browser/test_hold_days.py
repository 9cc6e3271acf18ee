"""A hold's last day in a browser: said by the panel, moved and given up by keyboard alone, in light and dark."""

import re
from datetime import date, timedelta

import pytest

from .axe import offences
from .test_grid import CONSENSUS, cell, exact, grid_server, refused_only, seats, sit

__all__ = ["grid_server", "seats", "sit"]
pytestmark = pytest.mark.browser


def words(day):
    return f"{day.day} {day:%b %Y}"


def usual(today):
    return (today.replace(day=1) + timedelta(days=62)).replace(day=1) - timedelta(days=1)


def tab_to(page, selector, most=40):
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{most} times Tab did not come to {selector}")


def panel_says(page, text):
    page.wait_for_selector(f"[data-testid=side-holds]:has-text('{text}')")


def type_day(page, day):
    """Into the date field that has the focus, part after part, as its locale orders them.

    Where a machine is slow the browser takes two digits of a part for one each: then a person types them again.
    """
    for _ in range(5):
        page.keyboard.type(f"{day:%m%d%Y}")
        if page.evaluate("document.activeElement.value") == day.isoformat():
            return
        for _ in range(2):  # from the year to the month
            page.keyboard.press("ArrowLeft")
    raise AssertionError(f"the field does not take {day}")


def test_a_hold_is_held_longer_and_let_go_by_keyboard_alone(sit):
    page, row = sit(), "Oral care"
    exact(page)
    cell(page, row, "7").click()
    page.click("#grid-hold")
    held = f'[data-testid="cell:{CONSENSUS}:{row}:7"]'
    page.wait_for_selector(f"{held}.held")
    panel_says(page, f"until {words(usual(date.today()))}")
    longer = usual(date.today()) + timedelta(days=40)
    page.keyboard.press("Escape")
    tab_to(page, "form[data-do=extend] input[name=until]")
    type_day(page, longer)
    page.keyboard.press("Enter")
    panel_says(page, f"until {words(longer)}")
    assert page.locator("[data-testid=side-holds] li").count() == 1
    page.wait_for_function("() => document.activeElement.closest('#grid') !== null")
    page.keyboard.press("Escape")
    tab_to(page, "form[data-do=release] button")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{held}:not(.held)")
    page.wait_for_selector("[data-testid=side-holds]", state="detached")
    assert refused_only(page) == []


def test_the_mark_says_who_holds_it_and_until_when_to_the_eye_and_to_the_ear(sit):
    page, row = sit(), "Dish care"
    exact(page)
    cell(page, row, "9").click()
    page.click("#grid-hold")
    held = page.locator(f'[data-testid="cell:{CONSENSUS}:{row}:9"].held')
    held.wait_for()
    said = f"held by Demand planner until {words(usual(date.today()))}"
    assert held.get_attribute("title") == said
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f"#grid-at:has-text('{said}')", state="attached")
    page.keyboard.type("5")
    page.wait_for_selector(f"#grid-rejected:has-text('It is {said}; its owner can let it go.')")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:{row}:9"]:not(.held)')
    assert page.locator(f'[data-testid="cell:{CONSENSUS}:{row}:9"]').get_attribute("title") is None
    assert refused_only(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_a_number_is_held_held_longer_and_let_go_by_keyboard_alone(sit, scheme):
    mark = "10" if scheme == "light" else "11"
    page = sit(width=390, scheme=scheme, path="/grid/table/", query=f"?row=Oral care&line={CONSENSUS}")
    month = f"tr:has(a[href*='at={mark}#'])"
    tab_to(page, f".pmonth a[href*='at={mark}#']", most=90)
    page.keyboard.press("Enter")
    page.wait_for_selector("#cell [data-testid=side-value]")
    for do, until in (("hold", usual(date.today())), ("extend", usual(date.today()) + timedelta(days=40))):
        tab_to(page, f"#cell form:has([value={do}]) input[name=until]", most=250)
        type_day(page, until)
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{month} .sub:has-text('held by Demand planner until {words(until)}')")
        panel_says(page, f"until {words(until)}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert offences(page) == []
    boxes = page.evaluate(
        "() => [...document.querySelectorAll('.hold-form :is(button, input:not([type=hidden]))')]"
        ".map((each) => each.getBoundingClientRect()).map(({ height, right }) => [height, right])"
    )
    assert len(boxes) == 3
    assert all(height >= 44 and right <= 390 for height, right in boxes)
    tab_to(page, "#cell form:has([value=release]) button", most=250)
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{month}:not(:has(.lock))")
    page.wait_for_selector(".toast:has-text('Hold let go')")
    assert page.complaints == []


def test_on_a_phone_the_grid_is_its_table(sit):
    page = sit(width=390, query="?rows=family&measures=demand_consensus_qty&unit=money")
    page.wait_for_selector("#months-form")
    assert "unit=money" in page.url
    assert page.locator("nav.segmented [aria-current]").inner_text() == "Money"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_two_forms_are_within_reach_and_a_day_that_has_passed_is_refused(sit, scheme):
    page, row = sit(scheme=scheme), "Laundry care"
    cell(page, row, "7" if scheme == "light" else "8").click()
    page.click("#grid-hold")
    panel_says(page, "until")
    field = page.locator("form[data-do=extend] input[name=until]")
    field.focus()  # a panel that is used is not drawn anew
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".hold-form :is(button, input)")]
        .map((each) => each.getBoundingClientRect()).map(({ width, height, right }) => [width, height, right])"""
    )
    assert len(boxes) == 3
    for width, height, right in boxes:
        assert width >= 24 and height >= 24 and right <= 1440
    assert offences(page) == []
    field.evaluate("field => { field.removeAttribute('min'); field.value = '2020-01-31'; }")
    page.keyboard.press("Enter")
    page.wait_for_selector("#grid-rejected:has-text('2020-01-31 has passed')")
    assert re.search("give today or a later day", page.locator("#grid-rejected").inner_text())
