"""The grid beside last cycle's plan, a month that has begun, and what the chart of a cell says."""

import shutil
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.access import access_of
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.conftest import TOMATO
from equipoise_web.reads.grid_cell import read_cell
from equipoise_web.reads.grid_numbers import numbers_of_plan
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_typed import TypedCell
from equipoise_web.reads.grid_view import CONSENSUS, GridView
from equipoise_web.reads.grid_views import first_view

TO_DATE = "demand_to_date_qty"
SAID = "?rows=item,market&measures=demand_baseline_qty,demand_consensus_qty"


@pytest.fixture
def cycles(db, settings, tmp_path):
    """A home with the plan of December and then the one of January; their digests."""
    settings.EQUIPOISE_HOME, digests = tmp_path, []
    for start in ("2026-12-01", "2027-01-01"):
        folder = tmp_path / "data" / start
        shutil.copytree(TOMATO, folder)
        text = (folder / "dataset.toml").read_text()
        (folder / "dataset.toml").write_text(text.replace("start = 2027-01-01", f"start = {start}"))
        write_plan(compute_plan(open_snapshot(folder)), tmp_path / "plans" / start)
        digests += [each.digest for each in adopt_plans(tmp_path) if each.digest not in digests]
    return digests


def test_last_cycles_plan_is_the_first_to_be_set_beside_and_is_named_by_its_month(client, person, cycles):
    last, _now = cycles
    client.force_login(person("planner", "demand_planner"))
    choices = client.get(reverse("grid:show") + SAID).context["choices"]
    assert [choice.value for choice in choices.plans][:2] == ["", last]
    assert choices.plans[1].label.startswith("Last cycle, Dec 2026: Dec 2026 plan, ")
    assert choices.beside == ""
    page = client.get(f"{reverse('grid:show')}?{choices.plans[1].query}")
    assert page.context["choices"].beside == choices.plans[1].label
    assert "Beside Last cycle, Dec 2026" in page.content.decode()
    rows = page.context["view"]
    assert rows.against == last
    header = client.get(f"{reverse('grid:numbers')}?{choices.plans[1].query}")
    assert b'"label":"in Dec 2026"' in header.content
    assert b'"label":"Difference"' in header.content


def test_of_the_first_cycle_there_is_no_last_one(client, person, digest):
    client.force_login(person("planner", "demand_planner"))
    plans = client.get(reverse("grid:show")).context["choices"].plans
    assert [choice.label for choice in plans] == ["Nothing beside"]


def test_a_begun_month_shows_what_was_shipped_beside_the_orders_in_hand(client, person, own_home):
    day = date(2027, 1, 15)
    shipped = {"item": ["tool"], "market": ["retail"], "date": [day], "shipped_qty": [700.0]}
    before = open_snapshot(TOMATO)
    begun = replace(
        before,
        head=replace(before.head, as_of=day, history_to=day),
        tables={**before.tables, "sales_history": conformed(table("sales_history"), shipped)},
    )
    write_plan(compute_plan(begun), own_home / "plans" / "begun")
    (made,) = (each for each in adopt_plans(own_home) if each.folder.endswith("begun"))
    user = person("planner", "demand_planner")
    client.force_login(user)
    lines = client.get(reverse("grid:plan", args=[made.digest])).context["view"].measures
    assert lines[lines.index("demand_orders_qty") + 1] == TO_DATE
    assert TO_DATE not in first_view(access_of(user)).measures
    who = access_of(user)
    rows = read_rows(numbers_of_plan(who, made.digest), GridView(("item",), (CONSENSUS, TO_DATE)), who=who)
    assert rows.header["lines"][1]["label"] == "Shipped to date"
    assert rows.values[1, 1, :2].tolist() == [700.0, 0.0]


@pytest.fixture
def look(person, demo_digest):
    who = access_of(person("planner", "demand_planner"))
    view = GridView(measures=("demand_baseline_qty", CONSENSUS, "demand_orders_qty"))
    rows = read_rows(numbers_of_plan(who, demo_digest), view, who=who)

    def title(line, row, mark):
        marks = [column.mark for column in rows.columns.all]
        return read_cell(rows, TypedCell(rows.lines.index(line), rows.tree.by_key[row], marks.index(mark), ""), who)

    return rows, title


def test_the_title_of_the_chart_is_what_it_shows(look):
    rows, cell = look
    node, at = rows.tree.by_key["Laundry care"], [column.mark for column in rows.columns.all].index("2")
    start, value = rows.values[:2, node, at].tolist()
    assert value > start
    assert cell(CONSENSUS, "Laundry care", "2").chart_title == (
        f"Consensus runs {100 * (value / start - 1):.1f}% above the baseline in Jan 2027"
    )
    assert cell(CONSENSUS, "Hair care", "2").chart_title == "Consensus is the baseline in Jan 2027"
    assert cell("demand_orders_qty", "Hair care", "2").chart_title == "Orders in hand: the most in Nov 2026"
    page = cell(CONSENSUS, "Hair care", "2")
    assert len({bar.label for bar in page.chart}) == len(page.chart), "no two buckets of its table have one name"
