"""Totals of quarters in the month view: shown, hidden, walked over by keys, scrolled to, typed in, kept as a view."""

import pytest

from .axe import offences
from .saves import saving
from .test_grid import CONSENSUS, cell, exact, grid_server, number, refused_only, say_why, seats, sit

__all__ = ["grid_server", "seats", "sit"]
pytestmark = pytest.mark.browser
QUARTER, MONTHS, ROW = "Q3-FY27", ("2", "3", "4"), "Oral care"


def heads(page):
    return page.locator(".actual-rgRow .rgHeaderCell").all_inner_texts()


def test_totals_of_quarters_come_go_are_typed_in_and_are_kept(sit):
    page = sit(query="?rows=family,item&measures=demand_consensus_qty")
    exact(page)
    assert "Total" not in heads(page)
    page.click("summary:has-text('View')")
    with page.expect_navigation():
        page.click("#grid-quarters")
    page.wait_for_selector("#grid[data-ready]")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:{ROW}:{QUARTER}"]')
    assert heads(page)[2:9] == ["Nov", "Dec", "Total", "Jan", "Feb", "Mar", "Total"]
    months = [number(page, ROW, mark) for mark in MONTHS]
    total = number(page, ROW, QUARTER)
    assert total == pytest.approx(sum(months), abs=2)
    cell(page, ROW, MONTHS[-1]).click()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.getElementById('grid-at').textContent.includes('Q3 FY27')")
    with saving(page):
        page.keyboard.type("+9000")
        page.keyboard.press("Enter")
        say_why(page)
    assert number(page, ROW, QUARTER) == pytest.approx(total + 9000, abs=2)
    after = [number(page, ROW, mark) for mark in MONTHS]
    assert after == pytest.approx([each * (1 + 9000 / total) for each in months], abs=2)
    page.keyboard.press("Control+z")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:{ROW}:{QUARTER}"]:not(.mine)')
    page.keyboard.press("Control+ArrowRight")  # to the last column: those that scrolled in are of their own columns
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:{ROW}:FY29"]')
    assert heads(page)[-1] == "FY29"
    assert offences(page) == []
    page.click("summary:has-text('View')")
    page.fill(".menu-panel [name=name]", "With quarters")
    with page.expect_navigation():
        page.click("text=Keep this view")
    page.goto("/grid/?rows=family,item&measures=demand_consensus_qty")
    page.click("summary:has-text('View')")
    with page.expect_navigation():
        page.click("a:has-text('With quarters')")
    page.wait_for_selector("#grid[data-ready]")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:{ROW}:{QUARTER}"]')
    assert refused_only(page) == []
