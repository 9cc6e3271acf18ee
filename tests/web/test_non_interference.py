"""What is said of one region never alters what another sees of its own measures: every number of the South is
multiplied, the North's pages stay byte for byte the same (algebra.md section 10; Goguen and Meseguer, 1982).

Promised: no own measure of the North moves with the level of a number given below the South. Not promised, for it lies
in what is said or learned:

- A row at a node above both (a launch, an input or a bill for all markets) is spread by what stands below it, so what
  the South sells decides what part of it the North gets. Its own rows move, and those it takes from (tested: a launch).
- A family learns its season from all of its markets: another season in the South moves that of the whole family, and
  with it every forecast of the family (tested).
- The bias of a function, where its correction is switched on, is learned by family and region: one market is corrected
  by what was said of the others of its region (not tested here; the demo company switches it off).
"""
# ruff: noqa: F811 - a fixture is asked for by its name

import csv
import re

import numpy as np
import pytest
from django.urls import reverse

from equipoise.catalog import MEASURES
from equipoise.core.measure import Grain
from equipoise.demo.write import write_demo
from equipoise.explain.forecast_list import list_forecasts
from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.access import access_of, is_pooled
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.conftest import person  # noqa: F401 - a fixture
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped import scoped_plan, visible_rows

FACTOR = 1.75
OUTSIDE = ("south", "South")


@pytest.fixture(scope="session")
def two_worlds(tmp_path_factory):
    """A home with two plans of the demo company that differ in numbers of the South only."""
    home = tmp_path_factory.mktemp("worlds")
    same = write_demo(home / "same", size="small")
    other = write_demo(home / "other", size="small")
    for dataset in (same, other):
        launch_by_market(dataset)
    assert change_the_south(other) > 1000
    for dataset in (same, other):
        plan = compute_plan(open_snapshot(dataset))
        write_plan(plan, home / "plans" / dataset.name)
    return home


@pytest.fixture(scope="session")
def launched_everywhere(tmp_path_factory):
    """The same two plans, with the launch as the demo company gives it: a total over all markets."""
    home = tmp_path_factory.mktemp("total")
    same, other = write_demo(home / "same", size="small"), write_demo(home / "other", size="small")
    change_the_south(other)
    return [compute_plan(open_snapshot(dataset)) for dataset in (same, other)]


@pytest.fixture(scope="session")
def another_season(tmp_path_factory):
    """A plan of the demo company whose South sold more in December and less in January than it did."""
    dataset = write_demo(tmp_path_factory.mktemp("season") / "other", size="small")
    launch_by_market(dataset)
    rows = read_rows(dataset / "sales_history.csv")
    market, date = rows[0].index("market"), rows[0].index("date")
    for row in rows[1:]:
        if row[market].startswith(OUTSIDE):
            factor = 0.5 + int(row[date][5:7]) / 6
            row[date + 1 :] = [f"{float(cell) * factor:.2f}" if cell else "" for cell in row[date + 1 :]]
    write_rows(dataset / "sales_history.csv", rows)
    return compute_plan(open_snapshot(dataset))


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def launch_by_market(dataset):
    """Give each market its own equal part of what the launch sells in all of them."""
    markets = [row[0] for row in read_rows(dataset / "markets.csv")[1:]]
    head, *launches = read_rows(dataset / "launches.csv")
    market, steady = head.index("market"), head.index("steady_qty")
    by_market = []
    for row in launches:
        assert not row[market], "the demo company gives its launches as totals over all markets"
        for code in markets:
            by_market.append([*row])
            by_market[-1][market], by_market[-1][steady] = code, str(float(row[steady]) / len(markets))
    write_rows(dataset / "launches.csv", [head, *by_market])


def change_the_south(dataset):
    """Every number in a row that names a market of the South, or that counts what both sell; returns how many."""
    changed = 0
    for path in dataset.glob("*.csv"):
        rows = read_rows(path)
        for row in rows[1:]:
            if path.stem in COUNTED or any(cell.startswith(OUTSIDE) for cell in row):
                for column, cell in enumerate(row):
                    if re.fullmatch(r"\d+(\.\d+)?", cell) and rows[0][column] not in FIXED:
                        row[column] = f"{float(cell) * FACTOR:.2f}"
                        changed += 1
        write_rows(path, rows)
    return changed


COUNTED = {"plan_archive", "production_history", "inventory_history", "budget"}
"""Tables of totals over all markets: what the South sold is in every row of them."""
FIXED = {"priority", "line", "preference", "year", "lead_time_days", "delivery_buckets", "probability_pct", "share_pct"}
"""Columns of numbers that are ranks, counts of days or parts of a whole."""


@pytest.fixture
def digests(db, settings, two_worlds):
    settings.EQUIPOISE_HOME = two_worlds
    found = {plan.folder: plan.digest for plan in adopt_plans(two_worlds)}
    assert found["same"] != found["other"]
    return found


@pytest.fixture
def north(client, person):
    user = person("north", "sales", market="North")
    client.force_login(user)
    return client


def pages(client, digest):
    """Every page of a plan that sales of the North may open, the digest of the plan taken out."""
    plan = open_plan(digest)
    families = plan.axes.items.nodes("family")
    sheets = [{"unit": unit, **({"family": family} if family else {})} for family in ("", *families) for unit in UNITS]
    for query in sheets:
        yield f"sheet {query}", client.get(reverse("sheet:show", args=[digest]), query)
    for item in ("LA-01", "family:Hair care"):
        query = {"item": item, "market": "North"}
        yield f"forecast {query}", client.get(reverse("forecast:show", args=[digest]), query)
    for measure in OWN:
        for family in families[:2]:
            query = {"measure": measure, "family": family, "market": "North", "bucket": "2"}
            yield f"explain {query}", client.get(reverse("explain:show", args=[digest]), query)


UNITS = ("qty", "amount")
OWN = [measure.name for measure in MEASURES if not is_pooled(measure.name)]


def text(answer, digest):
    """The page without what differs from request to request, and without which plan it is: the digest that its address
    and head name, and what the bar says of it beside the plan of record, for both worlds have one home here."""
    plain = re.sub(r'value="[\w]{64}"', "", answer.content.decode()).replace(digest, "DIGEST")
    plain = re.sub(r'<span class="scenario draft">.*?<span class="scenario-change">.*?</span>', "", plain, flags=re.S)
    return plain.replace(f"plan {digest[:8]}", "plan DIGEST")


def test_pages_of_the_north_do_not_change_with_the_south(digests, north):
    seen = []
    for (what, before), (_, after) in zip(pages(north, digests["same"]), pages(north, digests["other"]), strict=True):
        assert before.status_code == after.status_code, what
        if text(before, digests["same"]) != text(after, digests["other"]):
            seen.append(what)
    assert seen == []


def test_sheets_are_shown_and_some_numbers_explained(digests, north):
    answers = dict(pages(north, digests["same"]))
    assert all(answer.status_code == 200 for what, answer in answers.items() if what.startswith("sheet"))
    assert sum(answer.status_code == 200 for what, answer in answers.items() if what.startswith("explain")) > 20


def differing(same, other):
    """Own measures that two plans do not agree about to the last bit."""
    names = {name for section in same.sections.values() for _panel, name in section.measures()} & set(OWN)
    assert len(names) > 10
    return {name for name in names if same.measure(name).values.tobytes() != other.measure(name).values.tobytes()}


def test_own_measures_of_the_north_are_bit_for_bit_the_same(digests, person):
    who = access_of(person("north", "sales", market="North"))
    same, other = (scoped_plan(open_plan(digests[name]), who) for name in ("same", "other"))
    assert differing(same, other) == set()


def test_forecasts_of_the_north_fare_bit_for_bit_the_same(digests, person):
    who = access_of(person("north", "sales", market="North"))
    same, other = (list_forecasts(open_plan(digests[name])) for name in ("same", "other"))
    seen = visible_rows(open_plan(digests["same"]).axes, Grain.DEMAND, who, "demand_baseline_qty")
    for name in ("mae", "mean", "sigma", "price", "people_pct", "segment"):
        assert np.array_equal(getattr(same, name)[seen], getattr(other, name)[seen], equal_nan=True), name
    assert not np.array_equal(same.mae[~seen], other.mae[~seen], equal_nan=True)


def test_a_launch_for_all_markets_moves_its_own_family_only(launched_everywhere, db, person):
    who = access_of(person("north", "sales", market="North"))
    same, other = (scoped_plan(plan, who) for plan in launched_everywhere)
    names = differing(same, other)
    assert names == {"launch_steady_qty", "demand_error_sd", *FORECAST}
    families, number = same.axes.groups(Grain.DEMAND, "family")
    laundry = number.index("Laundry care")
    for name in names:
        before, after = same.measure(name).values, other.measure(name).values
        is_moved = ((before != after) & ~(np.isnan(before) & np.isnan(after))).any(axis=1)
        assert set(families[is_moved]) == {laundry}, name


def test_a_season_is_learned_from_all_markets_and_moves_forecasts_only(digests, another_season, person):
    who = access_of(person("north", "sales", market="North"))
    same, other = scoped_plan(open_plan(digests["same"]), who), scoped_plan(another_season, who)
    by_forecast = {"event_spend_amount", "event_funding_amount"}
    assert differing(same, other) == {"demand_error_sd", *by_forecast, *FORECAST}


FORECAST = {
    "demand_baseline_qty",
    "demand_unconsumed_qty",
    "demand_sales_qty",
    "demand_marketing_qty",
    "demand_product_qty",
    "demand_finance_qty",
    "demand_consensus_qty",
    "demand_required_qty",
}
"""The forecast and what starts from it."""


def test_the_south_did_change(digests, person):
    who = access_of(person("south", "sales", market="South"))
    same, other = (scoped_plan(open_plan(digests[name]), who) for name in ("same", "other"))
    assert same.total("demand_consensus_qty") != other.total("demand_consensus_qty")


def test_nothing_names_the_south(digests, north):
    for what, answer in pages(north, digests["same"]):
        # dc-south is a warehouse that serves the North, too.
        assert "south" not in text(answer, digests["same"]).lower().replace("dc-south", ""), what
