"""The planning grid for those who hear it and those who look back: roles and words, closed months, who holds what."""

import re

import pytest
from playwright.sync_api import expect

from .axe import offences
from .test_grid import CONSENSUS, MARCH, cell, exact, grid_server, number, refused_only, seats, sit

__all__ = ["grid_server", "seats", "sit"]
pytestmark = pytest.mark.browser

ROWS = "revogr-data[type='rgRow'][col-type='rgCol'] > .rgRow"


def grid_of(page):
    return page.locator("revo-grid[role=treegrid]")


def heard(page, words):
    page.wait_for_function("words => document.getElementById('grid-at').textContent.includes(words)", arg=words)
    return page.locator("#grid-at").inner_text()


def test_the_grid_is_a_treegrid_whose_counts_and_places_hold_while_it_scrolls(sit):
    page = sit()
    exact(page)
    page.click("#grid-all")
    page.wait_for_selector(f"{ROWS}[aria-level='2']")
    shown = page.evaluate("document.querySelector('revo-grid').source.length")
    hidden = page.evaluate("Object.keys(document.querySelector('revo-grid').trimmedRows).length")
    columns = page.evaluate("document.querySelectorAll('.actual-rgRow .rgHeaderCell').length")
    expect(grid_of(page)).to_have_attribute("aria-rowcount", str(2 + shown - hidden + 1))  # told once rows are drawn
    assert int(grid_of(page).get_attribute("aria-colcount")) >= columns
    first = page.locator(ROWS).first
    assert (first.get_attribute("role"), first.get_attribute("aria-rowindex")) == ("row", "3")
    page.locator(f"{ROWS} [role=gridcell]").first.click()
    page.keyboard.press("Control+ArrowDown")
    page.wait_for_selector(f"{ROWS}[aria-rowindex='{shown - hidden + 2}']")
    for row in page.locator(ROWS).all():
        assert int(row.get_attribute("aria-rowindex")) == int(row.get_attribute("data-rgrow")) + 3
    assert offences(page) == []


def test_rows_say_their_level_and_whether_they_are_open(sit):
    page = sit(query="?rows=family,item&measures=demand_consensus_qty")
    page.keyboard.press("Control+Home")
    row = page.locator(f"{ROWS}[aria-rowindex='3']")
    assert (row.get_attribute("aria-level"), row.get_attribute("aria-expanded")) == ("1", "false")
    page.keyboard.press(" ")
    page.wait_for_selector(f"{ROWS}[aria-rowindex='3'][aria-expanded='true']")
    below = page.locator(f"{ROWS}[aria-rowindex='4']")
    assert below.get_attribute("aria-level") == "2"
    assert below.get_attribute("aria-expanded") is None
    names = page.locator("[role=rowheader]").all_inner_texts()
    assert names[0].endswith("Hair care")
    assert names[1] == "Consensus"


def test_the_field_names_the_cell_it_stands_on_and_the_cell_says_that_it_is_selected(sit):
    page = sit()
    exact(page)
    cell(page, "Oral care").click()
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Oral care:{MARCH}"][aria-selected="true"]')
    here = page.locator(f"#{page.evaluate('document.activeElement.getAttribute(`aria-activedescendant`)')}")
    assert here.get_attribute("data-testid") == f"cell:{CONSENSUS}:Oral care:{MARCH}"
    here = page.locator(f'[data-testid="cell:{CONSENSUS}:Oral care:{MARCH}"]')  # its name goes where the field goes
    assert (here.get_attribute("role"), here.get_attribute("aria-selected")) == ("gridcell", "true")
    assert here.get_attribute("aria-readonly") == "false"
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Oral care:5"][aria-selected="true"]')
    assert here.get_attribute("aria-selected") == "true"
    page.keyboard.press("Shift+Space")
    page.wait_for_function(
        """() => { const cells = [...document.querySelectorAll('[data-testid*=":Oral care:"]')];
        return cells.length > 5 && cells.every((each) => each.getAttribute("aria-selected") === "true"); }"""
    )
    assert page.locator("[role=treegrid]").get_attribute("aria-multiselectable") == "true"


def test_where_one_stands_is_said_with_its_month_value_and_state(sit):
    page = sit()
    exact(page)
    cell(page, "Hair care").click()
    said = heard(page, "Hair care, Consensus, Mar FY27")
    assert re.search(r", [\d,]+", said)
    assert "read only" not in said
    page.keyboard.press("ArrowRight")
    heard(page, "Hair care, Consensus, Apr FY27")
    page.keyboard.type("+3")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    heard(page, "estimate")
    assert refused_only(page) == []
    load = sit(query=f"?rows=family&measures={CONSENSUS},demand_baseline_qty")
    cell(load, "Hair care").click()
    load.keyboard.press(" ")
    cell(load, "Hair care", measure="demand_baseline_qty").click()
    heard(load, "read only")


def test_closed_months_stand_left_of_the_plan_and_take_no_number(sit):
    page = sit(query="?rows=family,item&measures=demand_baseline_qty,demand_consensus_qty")
    exact(page)
    now = number(page, "Oral care", "0")
    page.click(".menu-box >> nth=0")
    with page.expect_navigation():
        page.click("#grid-past")
    page.wait_for_selector("#grid[data-ready]")
    exact(page)
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Oral care:-1"].closed')
    assert number(page, "Oral care", "0") == now
    assert "act." in page.locator(".actual-rgRow .rgHeaderCell.closed").first.inner_text()
    before = number(page, "Oral care", "-1")
    assert before > 0
    cell(page, "Oral care", "-1").click()
    heard(page, "read only")
    page.keyboard.type("5")
    page.wait_for_selector("#grid-rejected:has-text('closed')")
    assert number(page, "Oral care", "-1") == before
    page.click(".menu-box >> nth=0")
    page.fill(".menu-form [name=name]", "With its past")
    page.click("button:has-text('Keep this view')")
    page.goto("/grid/")
    page.click(".menu-box >> nth=0")
    page.click(".kept a:has-text('With its past')")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Oral care:-1"].closed')
    assert refused_only(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_table_shows_closed_months_without_a_field(sit, width):
    page = sit(width=width, path="/grid/table/")
    assert page.locator("tr.closed").count() == 0
    page.click(".past-switch a")
    expect(page.locator("tr.closed")).to_have_count(12)
    expect(page.locator("tr:not(.closed) [name=at-4]")).to_have_count(1)
    assert page.locator("tr.closed input").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert offences(page) == []


def test_the_panel_says_who_holds_a_number_and_leads_to_where_it_is_let_go(sit):
    page = sit()
    cell(page, "Oral care", "8").click()
    page.click("#grid-hold")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Oral care:8"].held')
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("[data-testid=side-holds]:has-text('you')")
    page.click("[data-testid=side-holds] a:has-text('Let it go')")
    page.wait_for_url("**/adjust**")
