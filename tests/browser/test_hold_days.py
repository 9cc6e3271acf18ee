"""A hold's last day in a browser: said by the panel, moved and given up by keyboard alone, in light and dark."""

import re
from datetime import date, timedelta

import pytest

from .axe import offences
from .test_grid import CONSENSUS, cell, exact, grid_server, refused_only, sit

__all__ = ["grid_server", "sit"]
pytestmark = pytest.mark.browser


def words(day):
    return f"{day.day} {day:%b %Y}"


def usual(today):
    return (today.replace(day=1) + timedelta(days=62)).replace(day=1) - timedelta(days=1)


def tab_to(page, selector):
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"40 times Tab did not come to {selector}")


def panel_says(page, text):
    page.wait_for_selector(f"[data-testid=side-holds]:has-text('{text}')")


def type_day(page, day):
    """Into the date field that has the focus, part after part, as its locale orders them."""
    page.keyboard.type(f"{day:%m%d%Y}")


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
