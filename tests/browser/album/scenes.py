"""What is done on a page before it is looked at. Each takes the page and the things of the month."""

import os
import signal
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

from ..plan_book import PlanBook

PASSWORD = "demo"


def sign_in(page, name, things):
    """As a person of the demo company; with a recovery code where a second factor is asked for."""
    page.goto("/sign-in/")
    _type_name(page, name, PASSWORD)
    if "two-factor" in page.url:
        page.fill("#id_code", things["codes"].pop())
        page.click("main .btn-primary")
        page.wait_for_load_state()
    page.wait_for_selector("header .who")


def sign_in_wrongly(page, _things):
    _type_name(page, "planner", "not the password")


def sign_in_halfway(page, _things):
    _type_name(page, "finance", PASSWORD)


def _type_name(page, name, password):
    page.fill("#id_login", name)
    page.fill("#id_password", password)
    page.click("button:has-text('Sign in')")
    page.wait_for_load_state()


def confirm(page, _things):
    """What protects an account asks once more for the password."""
    if "reauthenticate" in page.url:
        page.fill("#id_password", PASSWORD)
        page.click("main button:has-text('Confirm')")
        page.wait_for_load_state()


def ask_why(page, _things):
    page.click("td[data-testid='cell:demand_consensus_qty:plan:2'] a")
    page.wait_for_selector("#why .tree")


def choose_cell(page, _things):
    page.click("[data-testid='cell:demand_consensus_qty:Laundry care:4']")
    page.wait_for_selector("#grid-side p:has-text('Laundry care') ~ .figure-block .tree")


def fill_form(page, _things):
    page.fill("#f-amount", "+12%")
    page.fill("#f-item", "Laundry care")
    page.select_option("#f-first", index=2)
    page.select_option("#f-last", index=4)
    page.fill("#f-reason", "Second shelf in the drugstore chain")
    page.locator("#f-reason").blur()
    page.wait_for_selector(".badge:has-text('Estimate')")


def preview_exactly(page, things):
    fill_form(page, things)
    page.click("button:has-text('Preview exactly')")
    page.wait_for_selector(".badge:has-text('Exact')")


def propose_nothing(page, _things):
    page.click("button:has-text('Propose')")
    page.wait_for_selector("[aria-invalid=true]")


def make_link(page, _things):
    page.fill("#username", "sales.west")
    page.select_option("#role-1", "sales")
    page.fill("#market-1", "North")
    page.click("button:has-text('Make the link')")


def make_token(page, _things):
    page.fill("main [name=name]", "month report")
    page.check("main [name=rights][value=read]")
    page.click("button:has-text('Make')")


def show_fault(page, things):
    """Nothing on the server breaks on purpose: what it would answer is shown at an address of its own."""
    page.route("**/fault/", lambda route: route.fulfill(status=500, content_type="text/html", body=things["fault"]))
    page.goto("/fault/")


def freeze_run(page, things):
    """A run in the middle. The worker stands still until `thaw_run`, and the row says what it would say under way.

    Letting it run for moments at a time would race with it: on a quick machine all of the run is one moment. What is
    ready in moments the web process computes itself, so it is waited for before the row is written to.
    """
    os.kill(things["worker"], signal.SIGSTOP)
    before = _newest_plan(things)[0]
    page.click("button:has-text('Compute its plan')")
    things["frozen"] = _asked_after(things, before)
    title, share = _longest_stage()
    _set_job(things, state="running", stage=title, progress=share, fence=99, attempts=1)
    page.reload()
    page.wait_for_selector(f".progress:has-text('{title}')")


def thaw_run(_page, things):
    _set_job(things, state="queued", stage="", progress=0.0, fence=99, attempts=0)
    os.kill(things["worker"], signal.SIGCONT)


def _longest_stage():
    """The title of a plan's longest stage, and which part of the run is over halfway through it."""
    from equipoise.stages import STAGES

    efforts = [stage.effort for stage in STAGES]
    longest = efforts.index(max(efforts))
    return STAGES[longest].title, (sum(efforts[:longest]) + efforts[longest] / 2) / sum(efforts)


def _newest_plan(things):
    """Number and state of the plan that was asked for last; other jobs may have been asked for since."""
    asked = "SELECT id, state FROM records_job WHERE kind = 'compute_plan' ORDER BY id DESC LIMIT 1"
    with closing(sqlite3.connect(things["database"], timeout=30)) as database:
        return database.execute(asked).fetchone() or (0, "")


def _asked_after(things, before):
    """The plan that was asked for after another, once nobody works on it."""
    waited = 0.0
    while waited < 30.0:
        number, state = _newest_plan(things)
        if number > before and (state == "done" or (state == "queued" and waited > 4.0)):
            return number
        time.sleep(0.2)
        waited += 0.2
    raise AssertionError(f"no plan was asked for after job {before}, the newest is {number}, {state}")


def _set_job(things, **values):
    """Write to the job that is frozen as its worker would."""
    now = datetime.now(UTC)
    values |= {"started_at": f"{now:%F %T}", "leased_until": f"{now + timedelta(seconds=45):%F %T}", "ended_at": None}
    columns = ", ".join(f"{name} = ?" for name in values)
    with closing(sqlite3.connect(things["database"], timeout=30)) as database, database:
        database.execute(
            f"UPDATE records_job SET {columns} WHERE id = ?",
            (*values.values(), things["frozen"]),
        )


def wait_for_plans(page, things):
    """Ask for the plans of the two that are compared, wait for both, and come back."""
    address = page.url
    for number in (things["root"], things["branch"]):
        page.goto(f"/scenarios/{number}/")
        if page.locator("button:has-text('Run the plan')").count():
            page.click("button:has-text('Run the plan')")
        page.wait_for_selector(".running :text('answers all of it')")
    page.goto(address)


def compare_first_with_last(page, _things):
    """From the oldest of the plans that are offered to the newest."""
    plans = page.locator("#a option").evaluate_all("(all) => all.map((each) => each.value)")
    page.goto(f"/compare/?a={plans[-1]}&b={plans[0]}")


def bring_back_no_workbook(page, _things):
    file = {"name": "plan.xlsx", "mimeType": "text/plain", "buffer": b"item;Jan"}
    page.set_input_files("#workbook", file)
    page.click("main .btn-primary")
    page.wait_for_selector(".refusal")


def bring_workbook_back(page, _things):
    """The planner's view, edited in cells that are safe, too large for their parts, and no number."""
    query = "rows=family,item&measures=demand_baseline_qty,demand_consensus_qty"
    book = PlanBook(page.request.get(f"/grid/workbook.xlsx?{query}").body())
    book.type("Oral care/OR-01", 21_000).type("Laundry care/LA-01", 42_000, "5").type("Laundry care", 150_000, "5")
    book.type("Hair care/HA-02", "n/a", "3").type("Oral care", 12, "2", "demand_baseline_qty")
    page.set_input_files("#workbook", book.file("plan.xlsx"))
    page.click("main .btn-primary")
    page.wait_for_selector("table.differences")
