"""The planning grid without a mouse, from the sign-in on; and a robot that types faster than any server answers."""

import json

import pytest

from .keys import Keys
from .saves import saving
from .seats import seated
from .serving import served
from .test_grid import CONSENSUS, MARCH, cell, exact, number, refused_only, say_why

pytestmark = pytest.mark.browser
ROWS, MONTHS = 8, 5
PASTED = ("OR-01", "OR-02", "OR-03")
"""Rows of the pasted block: one cell of them is held."""
"""Where the robot types: no total of a year stands between so few months."""


@pytest.fixture(scope="module")
def keyboard_server(new_home):
    """A demo month that these tests may change; each does so in rows of its own."""
    with served(new_home()) as site:
        yield site.address


@pytest.fixture(scope="module")
def seats(browser, keyboard_server):
    """Everybody signs in by keyboard."""
    allowed = ["clipboard-read", "clipboard-write"]
    with seated(browser, keyboard_server, lambda page, name: Keys(page).sign_in(name), permissions=allowed) as seats:
        yield seats


@pytest.fixture
def sit(seats):
    """Somebody at the grid who came there from the sign-in by keyboard."""

    def down(name="planner", query=""):
        page = seats.sit(name)
        keys = Keys(page)
        page.goto("/")
        keys.follow(".mainnav a[href='/grid/']")
        if query:  # a view that somebody sent as a link
            page.goto(f"/grid/{query}")
        page.wait_for_selector("#grid[data-ready]")
        in_grid(page)
        exact(page)
        return keys

    yield down
    seats.leave()


def in_grid(page):
    """The focus is in the grid."""
    page.wait_for_function("() => document.activeElement.matches('.cell-field')")


def walk(page, row, mark=MARCH):
    """By arrows to a cell that is in sight from the top of the grid."""
    in_grid(page)
    page.keyboard.press("Control+Home")
    page.keyboard.press("Home")
    down, right = (int(cell(page, row, mark).get_attribute(name)) for name in ("data-rgrow", "data-rgcol"))
    for key, times in (("ArrowDown", down), ("ArrowRight", right)):
        for _ in range(times):
            page.keyboard.press(key)
    stands_on(page, row, mark)


def stands_on(page, row, mark):
    """The field names the cell, and the cell shows that one is there."""
    here = page.locator(f'.here[data-testid="cell:{CONSENSUS}:{row}:{mark}"]')
    here.wait_for()
    named = page.evaluate("document.activeElement.getAttribute('aria-activedescendant')")
    assert here.get_attribute("id") == named


def says(page, row, value, mark=MARCH):
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:{row}:{mark}"]:has-text("{value:,.0f}")')


def on_the_server(page):
    """The consensus as the server has it now, by row and month."""
    found = page.evaluate(
        """async ([measure]) => {
          const { read } = await import("/static/grid/wire.js");
          const { numbers, query } = document.getElementById("grid-page").dataset;
          const { header, values } = await read(`${numbers}?${query}`), found = {};
          const line = header.lines.findIndex((each) => each.name === measure), count = header.columns.length;
          header.keys.forEach((key, node) => header.columns.forEach(({ mark }, column) => {
            found[`${key}:${mark}`] = values[(line * header.keys.length + node) * count + column];
          }));
          return found;
        }""",
        [CONSENSUS],
    )
    return {name: round(value) for name, value in found.items() if value is not None}


def test_a_tenth_more_on_a_family_reaches_children_totals_revenue_and_load_by_keyboard(sit):
    keys = sit()
    page = keys.page
    items = [f"Laundry care/{item}" for item in ("LA-01", "LA-02", "LA-03", "LA-04")]
    walk(page, "Laundry care")
    if not cell(page, items[0]).count():
        page.keyboard.press(" ")
        cell(page, items[0]).wait_for()
    before = {row: number(page, row) for row in ("Laundry care", *items)}
    year, revenue = number(page, "Laundry care", "FY27"), number(page, "all", measure="demand_consensus_amount")
    load = number(page, "Laundry care", measure="demand_load_pct")
    with saving(page):
        page.keyboard.type("+10%")
        page.keyboard.press("Enter")
        page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Laundry care:{MARCH}"][data-state="estimate"]')
        say_why(page)
    in_grid(page)
    for row, was in before.items():
        assert number(page, row) == pytest.approx(1.1 * was, abs=1)
    assert number(page, "Laundry care", "FY27") == pytest.approx(year + 0.1 * before["Laundry care"], abs=1)
    assert number(page, "all", measure="demand_consensus_amount") > revenue
    assert number(page, "Laundry care", measure="demand_load_pct") >= load
    typed = number(page, "Laundry care")
    exact(page)
    in_grid(page)
    assert keys.shows_focus()
    assert cell(page, "Laundry care").get_attribute("data-state") == "exact"
    assert number(page, "Laundry care") == typed
    assert refused_only(page) == []


def test_a_block_is_pasted_around_what_is_held_and_empty_taken_back_and_done_again_by_keyboard(sit):
    keys = sit(query=f"?rows=item&measures={CONSENSUS}")
    page = keys.page
    items = PASTED
    before = {(item, mark): number(page, item, mark) for item in items for mark in "2345"}
    walk(page, "OR-02", "3")
    page.keyboard.press("Escape")
    keys.push("#grid-hold", "Shift+Tab")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:OR-02:3"].held')
    walk(page, "OR-01", "2")
    block = ["19,001\t19,002\t19,003\t19,004", "13001\t13002\t\t13004", '"14,001"\t14002\t14003\tn/a']
    page.evaluate("(text) => navigator.clipboard.writeText(text)", "\r\n".join(block) + "\r\n")
    page.keyboard.press("Control+V")
    say_why(page)
    page.wait_for_selector("#grid-rejected:not([hidden])")
    told = page.locator("#grid-rejected li").all_inner_texts()
    assert len(told) == 2
    assert "held" in told[0]
    assert "n/a" in told[1]
    after = {("OR-01", m): 19001 + n for n, m in enumerate("2345")}
    after |= {("OR-02", "2"): 13001, ("OR-02", "3"): before["OR-02", "3"], ("OR-02", "4"): before["OR-02", "4"]}
    after |= {("OR-02", "5"): 13004, ("OR-03", "2"): 14001, ("OR-03", "3"): 14002, ("OR-03", "4"): 14003}
    after |= {("OR-03", "5"): before["OR-03", "5"]}
    assert {where: number(page, *where) for where in before} == after
    in_grid(page)
    # What was not taken leads to its cell, and shutting the list leads back into the grid.
    keys.push("#grid-rejected li button")
    in_grid(page)
    stands_on(page, "OR-02", "3")
    keys.push("#grid-rejected > button")
    page.wait_for_selector("#grid-rejected", state="hidden")
    in_grid(page)
    page.keyboard.press("Control+Z")
    says(page, "OR-01", before["OR-01", "2"], "2")
    assert {where: number(page, *where) for where in before} == before
    page.keyboard.press("Control+Y")
    says(page, "OR-01", 19001, "2")
    assert {where: number(page, *where) for where in before} == after
    assert refused_only(page) == []


def test_two_people_on_one_cell_are_told_of_each_other_by_keyboard(sit):
    one, other = sit(), sit("coordinator")
    other.page.route("**/grid/changes/**", lambda route: route.abort())  # the other has not looked since
    for keys in (one, other):
        walk(keys.page, "Dish care")
    with saving(one.page):
        one.page.keyboard.type("+50")
        one.page.keyboard.press("Enter")
    now = number(one.page, "Dish care")
    other.page.keyboard.type("+70")
    other.page.keyboard.press("Enter")
    other.page.wait_for_selector("#grid-stale:not([hidden])")
    told = other.page.locator("#grid-stale-what").inner_text()
    assert "Demand planner" in told
    assert "+50" in told
    other.page.keyboard.press("Alt+r")
    assert other.page.evaluate("document.activeElement.id") == "grid-stale-mine"
    assert other.shows_focus()
    with saving(other.page):
        other.page.keyboard.press("Enter")
    in_grid(other.page)
    assert number(other.page, "Dish care") == pytest.approx(now + 70, abs=1)
    assert [text for text in refused_only(other.page) if "ERR_FAILED" not in text and "fetch" not in text] == []


def test_a_menu_that_is_shut_gives_the_focus_back(sit):
    keys = sit()
    page = keys.page
    keys.push(".menu-box >> nth=0 >> summary", "Shift+Tab")
    keys.reach(".menu-box >> nth=0 >> .menu-panel a")
    page.keyboard.press("Escape")
    page.wait_for_selector(".menu-box[open]", state="detached")
    assert page.evaluate("document.activeElement.matches('.menu-box > summary')")
    assert keys.shows_focus()


def type_without_pause(page, first):
    """Forty numbers, one a cell, rows below each other from the first month on; what each cell must say then."""
    rows = first_rows(page)
    expected, value = {}, first
    walk(page, rows[0], "0")
    for row in rows:
        for month in range(MONTHS):
            expected[f"{row}:{month}"] = value
            page.keyboard.type(str(value))
            page.keyboard.press("Tab" if month < MONTHS - 1 else "Enter")
            value += 1
        page.keyboard.press("Home")
    assert len(expected) == 40
    return expected


def first_rows(page):
    """The keys of rows that follow each other below those of the pasted block."""
    firsts = page.locator(f'[data-testid^="cell:{CONSENSUS}:"][data-testid$=":0"]')
    firsts.nth(ROWS + len(PASTED) - 1).wait_for()
    found = firsts.evaluate_all("(all) => all.map((e) => [Number(e.dataset.rgrow), e.dataset.testid.split(':')[2]])")
    keys = [key for _, key in sorted(found)]
    below = 1 + max((keys.index(key) for key in PASTED if key in keys), default=-1)
    return keys[below : below + ROWS]


def answered(page, expected):
    """The server has answered all that was typed: it takes entries in the order in which they were made."""
    last = max(expected.values())
    page.wait_for_function(
        "(text) => document.getElementById('grid-said').textContent.includes(text)", arg=f"Saved: {last:,} "
    )


def missing(expected, found):
    return sorted(name for name, value in expected.items() if found.get(name) != value)


def test_forty_values_typed_without_pause_all_stand_on_the_server(sit):
    page = sit(query=f"?rows=item&measures={CONSENSUS}").page
    expected = type_without_pause(page, 19001)
    say_why(page)
    answered(page, expected)
    exact(page)
    assert missing(expected, on_the_server(page)) == []
    page.reload()
    page.wait_for_selector("#grid[data-ready]")
    assert {name: number(page, *name.split(":")) for name in expected} == expected
    assert refused_only(page) == []


def test_an_entry_that_is_lost_on_its_way_is_said_and_missed(sit):
    page = sit(query=f"?rows=item&measures={CONSENSUS}").page
    lost = "29013"

    def lose(route):
        cells = json.loads(route.request.post_data)["cells"]
        route.abort() if cells[0][3] == lost else route.continue_()

    page.route("**/grid/edit/**", lose)
    expected = type_without_pause(page, 29001)
    say_why(page)
    answered(page, expected)
    (where,) = missing(expected, on_the_server(page))
    assert str(expected[where]) == lost
    told = page.locator("#grid-rejected li").all_inner_texts()
    assert [(lost in text, "the server did not answer" in text) for text in told] == [(True, True)]
