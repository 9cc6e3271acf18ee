"""The planning grid in a browser: typed, pasted, taken back, by mouse and by keyboard alone, by two at once."""

import re

import pytest

from .axe import offences
from .looks import show
from .saves import saving
from .seats import seated
from .serving import served

pytestmark = pytest.mark.browser

CONSENSUS, MARCH = "demand_consensus_qty", "4"


@pytest.fixture(scope="module")
def grid_server(new_home):
    """A demo month that these tests may change; each does so in rows of its own."""
    with served(new_home()) as site:
        yield site.address


@pytest.fixture(scope="module")
def seats(browser, grid_server):
    with seated(browser, grid_server) as seats:
        yield seats


@pytest.fixture
def sit(seats):
    """Sits somebody down at the grid."""

    def down(name="planner", query="", *, width=1440, scheme="light", path="/grid/"):
        page = seats.sit(name)
        show(page, width, scheme)
        page.goto(f"{path}{query}")
        if path == "/grid/" and width > 640:
            page.wait_for_selector("#grid[data-ready]")
            page.wait_for_selector("[data-testid^='cell:']")
        elif path == "/grid/":
            page.wait_for_selector("#months-form")  # on a phone the grid is its table
        return page

    yield down
    seats.leave()


def cell(page, row, mark=MARCH, measure=CONSENSUS):
    return page.locator(f'[data-testid="cell:{measure}:{row}:{mark}"]')


def number(page, *where, **more):
    text = cell(page, *where, **more).inner_text()
    return float(re.sub(r"[^\d.−-]", "", text).replace("−", "-"))


def say_why(page, words="Second shelf"):
    page.wait_for_selector("#grid-reason:not([hidden])")
    page.keyboard.press("Alt+r")
    page.keyboard.press("Tab")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_selector("#grid-reason", state="hidden")


def exact(page):
    page.wait_for_selector("#grid-page[data-exact='1']")


def paste(page, text):
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def refused_only(page):
    """What the browser itself says of an answer that refuses; nothing else may be said."""
    return [text for text in page.complaints if "status of 4" not in text]


def test_a_tenth_more_on_a_family_moves_children_totals_revenue_and_load_and_becomes_exact(sit):
    page = sit()
    exact(page)
    rows = ["Laundry care", *(f"Laundry care/{item}" for item in ("LA-01", "LA-02", "LA-03", "LA-04"))]
    before = {row: number(page, row) for row in rows}
    year = number(page, "Laundry care", "FY27")
    revenue = number(page, "all", measure="demand_consensus_amount")
    load = number(page, "Laundry care", measure="demand_load_pct")
    with saving(page):
        cell(page, "Laundry care").click()
        page.keyboard.type("+10%")
        page.keyboard.press("Enter")
        page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Laundry care:{MARCH}"][data-state="estimate"]')
        say_why(page)
    for row in rows:
        assert number(page, row) == pytest.approx(1.1 * before[row], abs=1)
    assert number(page, "Laundry care", "FY27") == pytest.approx(year + 0.1 * before["Laundry care"], abs=1)
    assert number(page, "all", measure="demand_consensus_amount") > revenue
    assert number(page, "Laundry care", measure="demand_load_pct") >= load
    typed = number(page, "Laundry care")
    exact(page)
    assert cell(page, "Laundry care").get_attribute("data-state") == "exact"
    assert number(page, "Laundry care") == typed
    assert "mine" in cell(page, "Laundry care").get_attribute("class")
    assert refused_only(page) == []


def test_a_block_from_a_spreadsheet_is_one_step_around_what_is_held_and_empty(sit):
    page = sit(query="?rows=item&measures=demand_consensus_qty")
    exact(page)
    items = ["OR-01", "OR-02", "OR-03"]
    before = {(item, mark): number(page, item, mark) for item in items for mark in "2345"}
    cell(page, "OR-02", "3").click()
    page.click("#grid-hold")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:OR-02:3"].held')
    cell(page, "OR-01", "2").click()
    block = ["19,001\t19,002\t19,003\t19,004", "13001\t13002\t\t13004", '"14,001"\t14002\t14003\tn/a']
    paste(page, "\r\n".join(block) + "\r\n")
    say_why(page)
    page.wait_for_selector("#grid-rejected:not([hidden])")
    told = page.locator("#grid-rejected li").all_inner_texts()
    assert len(told) == 2
    assert "held" in told[0] and "n/a" in told[1]
    assert number(page, "OR-01", "2") == 19001
    assert number(page, "OR-03", "2") == 14001
    assert number(page, "OR-02", "3") == before["OR-02", "3"]
    assert number(page, "OR-02", "4") == before["OR-02", "4"]
    assert number(page, "OR-02", "5") == 13004
    below = page.evaluate("document.querySelector('[data-testid=\"cell:demand_consensus_qty:OR-04:2\"]').className")
    assert "mine" not in below
    page.keyboard.press("Control+z")
    page.wait_for_function(
        """(was) => document.querySelector('[data-testid="cell:demand_consensus_qty:OR-01:2"]')
        .textContent.replace(",", "") === String(was)""",
        arg=int(before["OR-01", "2"]),
    )
    for (item, mark), value in before.items():
        assert number(page, item, mark) == value, (item, mark)
    page.keyboard.press("Control+y")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:OR-01:2"]:has-text("19,001")')
    assert number(page, "OR-03", "4") == 14003
    assert refused_only(page) == []


def test_a_robot_that_types_without_pause_loses_no_entry(sit):
    page = sit(query="?rows=item&measures=demand_consensus_qty")
    exact(page)
    cell(page, "PE-01", "0").click()
    for value in range(19001, 19008):
        page.keyboard.type(str(value))
        page.keyboard.press("Tab")
    say_why(page)
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:PE-01:6"]:has-text("19,007")')
    assert [number(page, "PE-01", mark) for mark in "0123456"] == list(range(19001, 19008))
    exact(page)
    assert [number(page, "PE-01", mark) for mark in "0123456"] == list(range(19001, 19008))


def test_two_people_on_one_cell_are_told_of_each_other(sit):
    one, other = sit(), sit("coordinator")
    exact(other)
    other.route("**/grid/changes/**", lambda route: route.abort())  # the other has not looked since
    cell(one, "Dish care").click()
    with saving(one):
        one.keyboard.type("+50")
        one.keyboard.press("Enter")
    now = number(one, "Dish care")
    cell(other, "Dish care").click()
    other.keyboard.type("+70")
    other.keyboard.press("Enter")
    other.wait_for_selector("#grid-stale:not([hidden])")
    told = other.locator("#grid-stale-what").inner_text()
    assert "Demand planner" in told and "+50" in told
    with saving(other):
        other.click("#grid-stale-mine")
    assert number(other, "Dish care") == pytest.approx(now + 70, abs=1)
    other.unroute("**/grid/changes/**")


def test_everything_can_be_done_by_keyboard(sit):
    page = sit()
    exact(page)
    page.keyboard.press("Control+Home")
    assert "Hair care" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press(" ")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Hair care/HA-01:0"]')
    page.keyboard.press(" ")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Hair care/HA-01:0"]', state="detached")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label.startswith("Personal care, Consensus, Jan, ")
    before = number(page, "Personal care", "2")
    page.keyboard.press("F2")
    page.keyboard.press("End")
    page.keyboard.press("Control+a")
    with saving(page):
        page.keyboard.type("+20")
        page.keyboard.press("Enter")
    assert number(page, "Personal care", "2") == pytest.approx(before + 20, abs=1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.type("+30")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => document.getElementById('grid-said').textContent.includes('2 cells')")
    assert number(page, "Personal care", "2") == pytest.approx(before + 50, abs=1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.wait_for_selector(f'[data-testid="cell:{CONSENSUS}:Personal care:2"]:has-text("{before:,.0f}")')
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") != "cell-field"
    assert refused_only(page) == []


def test_a_copied_range_is_text_for_a_spreadsheet(sit):
    page = sit(query="?rows=item&measures=demand_consensus_qty")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    cell(page, "OR-01", "2").click()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    page.wait_for_function("() => document.getElementById('grid-said').textContent.startsWith('4')")
    rows = [line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines()]
    assert len(rows) == 2 and len(rows[0]) == 2
    assert round(float(rows[0][0])) == number(page, "OR-01", "2")


def test_a_grid_shows_no_number_cut(sit):
    page = sit()
    page.click("#grid-all")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".rgCell.num")]
        .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""
    )
    assert cut == []


def test_a_hold_is_a_step_like_any_other(sit):
    page = sit()
    cell(page, "Surface cleaners").click()
    now = number(page, "Surface cleaners")
    page.click("#grid-hold")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Surface cleaners:4"].held')
    page.keyboard.type("5")
    page.wait_for_selector("#grid-rejected:has-text('held')")
    page.keyboard.press("Control+z")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Surface cleaners:4"]:not(.held)')
    assert number(page, "Surface cleaners") == now


def test_a_comment_is_said_and_marked(sit):
    page = sit()
    cell(page, "Oral care").click()
    page.wait_for_selector("#grid-side > p:has-text('Oral care, Mar 2027')")
    page.fill("#grid-side textarea", "@coordinator is this the new shelf?")
    page.click("#grid-side .say button")
    page.wait_for_selector('[data-testid="cell:demand_consensus_qty:Oral care:4"].note')
    page.wait_for_selector("#grid-side .said:has-text('new shelf')")


def test_on_a_phone_a_number_is_typed_into_a_form(sit):
    page = sit(width=390, path="/grid/table/")
    page.select_option("#p-row", "Oral care")
    page.select_option("#p-line", CONSENSUS)
    with page.expect_navigation():
        page.click("form.pick button")
    before = float(page.locator("tr:has([name=at-4]) td").nth(1).inner_text().replace(",", ""))
    page.fill("[name=at-4]", "+25")
    page.click("#months-form button:has-text('Save')")
    page.wait_for_selector(".toast:has-text('1 cell saved')")
    assert float(page.locator("tr:has([name=at-4]) td").nth(1).inner_text().replace(",", "")) == before + 25
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_grid_is_accessible(sit, width, scheme):
    page = sit(width=width, scheme=scheme)
    if width > 1080:
        exact(page)
        cell(page, "Laundry care").click()
        page.wait_for_selector("#grid-side .tree")
        assert offences(page) == []
        page.click(".menu-box >> nth=0")
    assert offences(page) == []
    page.goto("/grid/table/")
    assert offences(page) == []


PARSED = [
    ("1\t2\r\n3\t4\r\n", [["1", "2"], ["3", "4"]]),
    ("1\t\r\n\t4", [["1", ""], ["", "4"]]),
    ('"a\tb"\t"say ""hi"""\n', [["a\tb", 'say "hi"']]),
    ('"two\r\nlines"\tx\r\n', [["two\r\nlines", "x"]]),
    ("", []),
    ("7", [["7"]]),
    ("1\r\n\r\n2\r\n", [["1"], [""], ["2"]]),
    ("1\r2\r", [["1"], ["2"]]),
]
AMOUNTS = [
    ("1,234", "1234"),
    ("1,234.50", "1234.50"),
    ("1.234,50", "1234.50"),
    ("1 234", "1234"),
    ("+10%", "+10%"),
    ("−50", "-50"),
    ("(50)", "-50"),
    ("€1,200", "1200"),
    ("1.2k", "1.2k"),
    ("  ", ""),
    ("1,5", "1.5"),
    ("n/a", "n/a"),
    ("1.234.567", "1234567"),
]


def test_text_of_spreadsheets_is_read_as_they_write_it(sit):
    page = sit(path="/grid/table/")
    read = "async (texts) => { const m = await import('/static/grid/paste.js'); return texts.map(m.%s); }"
    assert page.evaluate(read % "parse", [text for text, _ in PARSED]) == [rows for _, rows in PARSED]
    assert page.evaluate(read % "amount", [text for text, _ in AMOUNTS]) == [amount for _, amount in AMOUNTS]
    back = "async (rows) => { const m = await import('/static/grid/paste.js'); return m.parse(m.toText(rows)); }"
    rows = [["a\tb", 'q"q'], ["", "two\nlines"]]
    assert page.evaluate(back, rows) == rows
