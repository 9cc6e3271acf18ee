"""A company's first month in one piece: five people, from the empty workbook to the audited plan.

Every page is under its own strict content policy; whatever the browser complains about, on any of them, fails.
"""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from openpyxl import load_workbook
from playwright.sync_api import TimeoutError

from .complaints import hear
from .serving import PATIENCE, served

pytestmark = pytest.mark.browser
PASSWORD = "four plain words here"
START, MARCH = "2027-01-01", "2027-03-01"
FORECAST = {"spade": (1600, 3000, 3200, 3800, 2200, 2200), "rake": (900, 950, 1000, 1100, 1000, 900)}
PRICE = {"spade": 40, "rake": 25}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("month") / "home"


@pytest.fixture(scope="module")
def site(folder):
    with served(folder) as site:
        yield site


@contextmanager
def somebody(browser, site, name="", password="demo"):
    """A page of somebody who signed in by the form; without a name of nobody yet. No complaint is left behind."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    page = hear(context.new_page())
    if name:
        sign_in(page, name, password)
    yield page
    context.close()
    assert page.complaints == [], name


def sign_in(page, name, password):
    page.goto("/sign-in/")
    page.fill("#id_login", name)
    page.fill("#id_password", password)
    page.click("button:has-text('Sign in')")
    page.wait_for_selector("header .who")


@contextmanager
def nobody_works(site):
    """The worker is held still, so that what it would do at once can be looked at while it waits."""
    os.kill(site.worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(site.worker, signal.SIGCONT)


def title(page):
    return page.locator("h1").inner_text()


def reach(page, text):
    """Come to a page by its title."""
    try:
        page.wait_for_selector(f"h1:has-text({text!r})")
    except TimeoutError as late:
        raise AssertionError(f"no {text!r} on {page.url}:\n{page.locator('main').inner_text()[:3000]}") from late


def fill_in(template, target):
    """A company of two items, with three mistakes: a letter in a number, an item and a location that are none."""
    book = load_workbook(template)
    write(book, "items", [{"item": i, "name": i.capitalize(), "family": "tools", "uom": "unit"} for i in FORECAST])
    rows = [
        {"item": item, "market": "retail", "date": f"2027-{month:02}-01", "quantity": quantity}
        for item, quantities in FORECAST.items()
        for month, quantity in enumerate(quantities, start=1)
    ]
    rows[0]["quantity"] = "16OO"
    rows[7]["item"] = "raek"
    write(book, "forecast", rows)
    write(book, "inventory", [{"item": "spade", "location": "plnt", "on_hand": 1000}])
    write(book, "inventory_policy", [])
    making = {"location": "plant", "resource": "assembly", "hours_per_unit": 2}
    write(book, "routings", [{"item": item, **making} for item in FORECAST])
    write(book, "subcontracting", [])
    lane = {"from_location": "plant", "to": "retail", "lead_time_days": 0, "unit_cost": 0}
    write(book, "lanes", [{"item": item, **lane} for item in FORECAST])
    write(book, "prices", [{"item": i, "market": "retail", "valid_from": START, "price": p} for i, p in PRICE.items()])
    write(book, "costs", [{"item": i, "valid_from": START, "standard_cost": p / 2} for i, p in PRICE.items()])
    book.save(target)


def write(book, table, rows):
    """The rows of a sheet in place of those it came with."""
    sheet = book[table]
    heading = [cell.value for cell in sheet[1]]
    sheet.delete_rows(2, sheet.max_row)
    for row in rows:
        sheet.append([row.get(name) for name in heading])


def numbers(page):
    return re.sub(r"\s+", " ", page.locator("table.sheet").inner_text())


def test_a_month_from_the_workbook_to_the_audited_plan(browser, site, folder, tmp_path):
    with somebody(browser, site, "coordinator") as page:
        gather(page, tmp_path)
        mend(page)
        seal(page, site)
    with somebody(browser, site, "admin") as page, somebody(browser, site) as newcomer:
        join(page, newcomer)
        adjustment = propose(newcomer, site)
    with somebody(browser, site, "executive") as page:
        accept(page, adjustment)
        read_plan(page)
    with somebody(browser, site, "auditor") as page:
        audit(page, folder, adjustment)


def gather(page, tmp_path):
    """From the page that teaches to the findings."""
    reach(page, "There is no plan yet")
    with page.expect_download() as taken:
        page.click("a:has-text('Template (.xlsx)')")
    taken.value.save_as(tmp_path / "template.xlsx")
    fill_in(tmp_path / "template.xlsx", tmp_path / "company.xlsx")
    page.click("a:has-text('Begin with the data')")
    page.click("a:has-text('Deliver files')")
    page.set_input_files("#files", tmp_path / "company.xlsx")
    page.wait_for_selector("[data-chosen] li:has-text('company.xlsx')")
    page.click("button:has-text('Preview first rows')")
    page.wait_for_selector("h2:has-text('After: what the plan gets')")
    assert "company.xlsx becomes" in title(page)
    shown = page.locator("main").inner_text()
    assert "16OO" in shown
    assert "did you mean 'rake'?" in shown
    page.click("button:has-text('Deliver it so')")
    reach(page, "3 rows are left out of Jan 2027")
    page.click("a:has-text('All findings')")
    reach(page, "would make numbers wrong")
    finding = page.locator("[data-testid='finding:IN104']")
    finding.locator("summary").click()
    assert "company.xlsx/forecast line 2" in finding.inner_text()
    assert "16OO" in finding.inner_text()
    finding.locator("a:has-text('Mend')").click()


def mend(page):
    """One by typing, two by taking what is offered; then on, without looking for the way."""
    reach(page, "3 rows are left out")
    row = page.locator("[data-testid='row:company.xlsx/forecast:2']")
    row.locator("[aria-invalid=true]").fill("1600")
    row.locator("input[name=reason]").fill("letters typed for zeros")
    row.locator("button:has-text('Mend')").click()
    reach(page, "2 rows are left out")
    page.locator("[data-testid='row:company.xlsx/forecast:9'] button:has-text('Take rake')").click()
    reach(page, "1 row is left out")
    page.click("button:has-text('Take plant')")
    reach(page, "No row is left out")
    page.click("a:has-text('Go on to seal')")
    reach(page, "Jan 2027 is ready to be sealed")
    assert page.locator(".facts div:has-text('Corrections in force') dd").inner_text() == "3"


def seal(page, site):
    """Sealing and planning show how far they are, and lead to the sheet by themselves."""
    with nobody_works(site):
        page.click("button:has-text('Seal Jan 2027')")
        page.wait_for_selector("progress")
        assert page.locator("progress").is_visible()
        assert "Waits for its turn" in page.locator(".progress").inner_text()
    reach(page, "The month is sealed")
    page.click("a:has-text('See the plan')")
    page.wait_for_selector("table.sheet")
    page.select_option("#family", "tools")
    page.click("button:has-text('Show')")
    reach(page, "tools")
    # January as it was mended, and February's 950 of the item that was misspelled: 1,600 + 900 and 3,000 + 950.
    assert "New plan 2,500 3,950 4,200" in numbers(page)


def join(page, newcomer):
    """The administrator hands over a link; who opens it is in, with the role that it names."""
    page.click("a:has-text('Invite somebody')")
    page.fill("#username", "ines")
    page.fill("#name", "Ines Moor")
    page.select_option("#role-1", "demand_planner")
    page.click("button:has-text('Make the link')")
    newcomer.goto(page.locator("[data-testid=link]").inner_text())
    assert title(newcomer) == "Welcome, Ines Moor"
    newcomer.fill("#password", PASSWORD)
    newcomer.fill("#again", PASSWORD)
    newcomer.click("button:has-text('Set the password')")
    newcomer.wait_for_selector(".toast:has-text('Your password is set')")
    sign_in(newcomer, "ines", PASSWORD)


def propose(page, site):
    """An adjustment by the form, with its effect on demand, load, service and margin before it counts."""
    page.click("a:has-text('Propose a change')")
    page.click("a:has-text('Consensus override')")
    page.fill("#f-amount", "+25%")
    page.fill("#f-item", "spade")
    page.select_option("#f-first", MARCH)
    page.select_option("#f-last", label="Apr 2027")
    page.fill("#f-reason", "The garden show moves to April")
    page.locator("#f-reason").blur()
    page.wait_for_selector(".badge:has-text('Estimate')")
    page.click("button:has-text('Preview exactly')")
    page.wait_for_selector(".badge:has-text('Exact')")
    figures = page.locator("#effect-figures > div").all_inner_texts()
    assert [text.split("\n")[0] for text in figures] == ["Demand", "Highest load", "Service", "Margin", "Cost"]
    # 25 % of 3,200 + 3,800 spades at 40
    assert "+€70\xa0k" in figures[0]
    assert "+1,750 units" in figures[0]
    assert "%" in figures[1]
    assert "%" in figures[2]
    assert "€" in figures[3]
    with nobody_works(site):
        page.click("button:has-text('Propose')")
        page.wait_for_selector("#running progress")
        assert page.locator("#running progress").is_visible()
    page.wait_for_selector("#running .badge:has-text('Up to date')")
    assert "+25% on Spade" in title(page)
    return re.search(r"/adjustments/([0-9a-f-]+)/", page.url).group(1)


def accept(page, adjustment):
    """Home says what waits; the ruling has a reason."""
    page.click("a:has-text('Rule on consensus override')")
    page.wait_for_url(f"**/{adjustment}/**")
    assert "The garden show moves to April" in page.locator("main").inner_text()
    assert "+€70\xa0k" in page.locator("main").inner_text()
    page.fill("#because", "The organizer has confirmed the day")
    page.click("button:has-text('Accept')")
    page.wait_for_selector("h1 + .lead .badge:has-text('Accepted')")


def read_plan(page):
    """The plan that answers it is the exact one: to the unit, and with the name of who moved it."""
    page.click("#running a:has-text('answers all of it')")
    page.wait_for_selector("table.sheet")
    page.select_option("#family", "tools")
    page.click("button:has-text('Show')")
    reach(page, "tools")
    # March 3,200 × 1.25 + 1,000 and April 3,800 × 1.25 + 1,100
    assert "New plan 2,500 3,950 5,000 5,850 3,200 3,100" in numbers(page)
    page.click("td[data-testid='cell:demand_consensus_qty:plan:2'] a")
    page.wait_for_selector("#why .tree")
    why = page.locator("#why").inner_text()
    assert "5,000" in why
    assert "ines" in why
    assert "The garden show moves to April" in why


def audit(page, folder, adjustment):
    """Who did what, on the page and on the command line; both say the same of the chain."""
    page.click("nav a:has-text('Audit')")
    page.wait_for_selector("h2:has-text('The chain is whole')")
    did = {tuple(row.locator("td").nth(n).inner_text().split("\n")[0] for n in (2, 3)) for row in rows_of(page)}
    assert {
        ("coordinator", "preview file"),
        ("coordinator", "deliver file"),
        ("coordinator", "correct row"),
        ("coordinator", "seal draft"),
        ("admin", "invite person"),
        ("ines", "accept invitation"),
        ("ines", "propose adjustment"),
        ("executive", "rule adjustment"),
        ("equipoise", "publish plan"),
    } <= did
    entries, digest = page.locator("[data-testid=digest]").inner_text().split()
    page.goto(f"/audit/?object=adjustment:{adjustment}")
    story = page.locator("table.audit").inner_text()
    assert story.index("rule adjustment") < story.index("propose adjustment")
    assert "The organizer has confirmed the day" in story
    command = [sys.executable, "-m", "equipoise", "audit", "verify", "--home", str(folder)]
    environment = {k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "EQUIPOISE_HOME")}
    verified = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert verified.returncode == 0, verified.stderr
    assert f"The chain of {entries} entries is whole; it ends in {digest}" in verified.stdout


def rows_of(page):
    return page.locator("table.audit tbody tr").all()
