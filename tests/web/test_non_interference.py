"""What lies outside a person's scope never alters a page inside it: every number of the South changes, the North's
pages of own measures stay byte for byte the same (algebra.md section 10; Goguen and Meseguer, 1982)."""
# ruff: noqa: F811 - a fixture is asked for by its name

import csv
import re

import pytest
from django.urls import reverse

from equipoise.catalog import MEASURES
from equipoise.demo.write import write_demo
from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan
from equipoise.store_plans import write_plan
from equipoise_web.access import access_of, is_pooled
from equipoise_web.actions.adopt_plans import adopt_plans
from equipoise_web.conftest import person  # noqa: F401 - a fixture
from equipoise_web.reads.plans import open_plan
from equipoise_web.reads.scoped import scoped_plan

FACTOR = 1.75
OUTSIDE = ("south", "South")


@pytest.fixture(scope="session")
def two_worlds(tmp_path_factory):
    """A home with two plans of the demo company that differ in numbers of the South only."""
    home = tmp_path_factory.mktemp("worlds")
    same = write_demo(home / "same", size="small")
    other = write_demo(home / "other", size="small")
    assert change_the_south(other) > 1000
    for dataset in (same, other):
        plan = compute_plan(open_snapshot(dataset))
        write_plan(plan, home / "plans" / dataset.name)
    return home


def change_the_south(dataset):
    """Every number in a row that names a market of the South, or that counts what both sell; returns how many."""
    changed = 0
    for path in dataset.glob("*.csv"):
        rows = list(csv.reader(path.open(encoding="utf-8")))
        for row in rows[1:]:
            if path.stem in COUNTED or any(cell.startswith(OUTSIDE) for cell in row):
                for column, cell in enumerate(row):
                    if re.fullmatch(r"\d+(\.\d+)?", cell) and rows[0][column] not in FIXED:
                        row[column] = f"{float(cell) * FACTOR:.2f}"
                        changed += 1
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
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
    for measure in OWN:
        for family in families[:2]:
            query = {"measure": measure, "family": family, "market": "North", "bucket": "2"}
            yield f"explain {query}", client.get(reverse("explain:show", args=[digest]), query)


UNITS = ("qty", "amount")
OWN = [measure.name for measure in MEASURES if not is_pooled(measure.name)]


def text(answer, digest):
    """The page without what differs from request to request, and without the digest that its address names."""
    return re.sub(r'value="[\w]{64}"', "", answer.content.decode()).replace(digest, "DIGEST")


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


def test_own_measures_of_the_north_are_bit_for_bit_the_same(digests, person):
    who = access_of(person("north", "sales", market="North"))
    same, other = (scoped_plan(open_plan(digests[name]), who) for name in ("same", "other"))
    names = {name for section in same.sections.values() for _panel, name in section.measures()} & set(OWN)
    assert len(names) > 10
    differing = [
        name for name in sorted(names) if same.measure(name).values.tobytes() != other.measure(name).values.tobytes()
    ]
    assert differing == []


def test_the_south_did_change(digests, person):
    who = access_of(person("south", "sales", market="South"))
    same, other = (scoped_plan(open_plan(digests[name]), who) for name in ("same", "other"))
    assert same.total("demand_consensus_qty") != other.total("demand_consensus_qty")


def test_nothing_names_the_south(digests, north):
    for what, answer in pages(north, digests["same"]):
        # dc-south is a warehouse that serves the North, too.
        assert "south" not in text(answer, digests["same"]).lower().replace("dc-south", ""), what
