"""Any dataset and adjustments within their contracts have a plan and all that is read of it, or a refusal in words."""

import os

import pytest

from equipoise.catalog import CHANGES
from equipoise.core.grid import BeyondExact
from equipoise.core.knob import KNOBS
from equipoise.plan import MemoryShelf, compute_plan
from hostile_changes import drawn_adjustments
from hostile_readers import read_all
from hostile_wider import wider_company

SOAK = bool(os.environ.get("EQUIPOISE_SOAK"))
SEEDS = range(300 if SOAK else 8)
READ = range(1000, 1100 if SOAK else 1003)
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def plans_of(seed):
    """The plan of a company, and that of adjustments on it; None for one that is refused."""
    snapshot, shelf = wider_company(seed).snapshot(), MemoryShelf()
    found = []
    for adjustments in ((), drawn_adjustments(seed, snapshot)):
        try:
            found.append(compute_plan(snapshot, adjustments, shelf=shelf))
        except BeyondExact as refused:
            assert "are exact" in str(refused)
            found.append(None)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_any_company_has_a_plan_whatever_is_adjusted(seed):
    for plan in plans_of(seed):
        if plan is not None:
            read_all(plan, plan, seed, ("report", "identities"))


@pytest.mark.parametrize("seed", READ)
def test_whatever_reads_a_plan_can_read_it(seed):
    base, changed = plans_of(seed)
    plan, other = changed or base, base or changed
    if plan is not None:
        read_all(plan, other, seed)


def test_they_are_what_they_are_meant_to_be():
    drawn = [wider_company(seed) for seed in range(40)]
    assert {company.head["bucket"] for company in drawn} == {"month", "week", "4-4-5"}
    assert {company.head["horizon"] for company in drawn} == {1, 2, 3, 4, 5}
    assert {knob.name for knob in KNOBS} == {name for company in drawn for name in company.head["policy"]}
    shares = [
        sum(row["share_pct"] or 0 for row in company.tables.get("planning_bills", ()) if row["parent"] == "family-1")
        for company in drawn
    ]
    assert min(share for share in shares if share) <= 100 and max(shares) > 1000
    bills = [row for company in drawn for row in company.tables.get("bom", ())]
    assert {row.get("type") for row in bills} >= {None, "by_product", "co_product"}
    assert max(row["quantity_per"] for row in bills) > 50
    routings = [row["item"] for company in drawn for row in company.tables.get("routings", ())]
    assert sum(item in ("family-1", "") for item in routings) > 3
    assert wider_company(5).tables == wider_company(5).tables != wider_company(6).tables


def test_adjustments_of_every_kind_are_drawn():
    snapshot = wider_company(3).snapshot()
    drawn = [each for seed in range(60) for each in drawn_adjustments(seed, snapshot)]
    assert {each.change.kind for each in drawn} == {kind.kind for kind in CHANGES}
    assert {each.scope.item for each in drawn} >= {"", "product-1", "family-1", "none-such"}
