"""Any dataset within the import contract has a supply plan in each tier, or is refused in words: never an exception."""

import dataclasses
import os

import numpy as np
import pytest

from equipoise.core.grid import BeyondExact
from equipoise.fold import Fold, MemoryShelf, axes_of
from equipoise.plan import compute_plan
from hostile import hostile_company

SEEDS = range(200 if os.environ.get("EQUIPOISE_SOAK") else 14)
TIERS = ("optimum", "heuristic", "infinite")
FAMILIES = ("demand_served_qty", "unmet_qty", "backlog_closing_qty", "production_qty", "shipment_qty")


def supplied(snapshot, tier, shelf):
    """The section of stage supply."""
    policy = tuple(sorted({**dict(snapshot.head.policy), "tier": tier}.items()))
    asked = dataclasses.replace(snapshot, head=dataclasses.replace(snapshot.head, policy=policy))
    return Fold(asked, axes_of(asked), shelf, None).run((), until="supply")["supply"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoiled_company_has_a_plan_in_each_tier(seed):
    snapshot = hostile_company(seed).snapshot()
    shelf = MemoryShelf()
    for tier in TIERS:
        try:
            section = supplied(snapshot, tier, shelf)
        except BeyondExact as refused:
            assert "are exact" in str(refused)
            continue
        facts = section.facts
        assert np.isfinite([facts["objective_amount"], facts["notional_amount"], facts["penalty_amount"]]).all()
        for name in FAMILIES:
            assert (section.panel_of(name)[name] >= 0).all(), name
        # What is short of a rule is priced and named.
        codes = {finding.code for finding in section.findings}
        assert facts["penalty_amount"] < 1e-3 * 100 or any(code.startswith("SU") for code in codes)


def test_a_place_that_only_a_stock_policy_names_is_a_location():
    snapshot = hostile_company(12).snapshot()
    assert not snapshot.has("locations")
    assert "dc-1" in axes_of(snapshot).locations.leaves
    assert compute_plan(snapshot).sections["finance"].panels


def test_a_line_without_limit_has_none_in_a_bucket_with_no_working_time_to_go():
    plan = compute_plan(hostile_company(91).snapshot())
    assert np.isfinite(plan.by_bucket("production_qty")).all()


def test_a_level_above_locations_needs_their_table():
    company = hostile_company(12)
    row = {"item": "", "location": "region:north", "service_level_pct": 90}
    tables = {**company.tables, "inventory_policy": (*company.tables["inventory_policy"], row)}
    snapshot = dataclasses.replace(company, tables=tables).snapshot()
    said = [finding.code for finding in snapshot.findings if finding.where.startswith("table inventory_policy")]
    assert "IN112" in said
    assert "region:north" not in snapshot.table("inventory_policy")["location"].to_list()


def test_the_companies_are_what_they_are_meant_to_be():
    drawn = [hostile_company(seed) for seed in range(60)]
    policies = [company.head["policy"] for company in drawn]
    assert sum(policy.get("lots") == "whole" for policy in policies) > 10
    assert sum(policy.get("workforce") == "integer" for policy in policies) > 10
    resources = [company.tables.get("resources", ()) for company in drawn]
    assert sum(bool(rows) and all(row.get("capacity_hours") == 0 for row in rows) for rows in resources) > 3
    assert sum("routings" not in company.tables for company in drawn) > 0
    ends = [{(r["from_location"], r["to"]) for r in company.tables.get("lanes", ())} for company in drawn]
    assert sum(any((b, a) in pairs for a, b in pairs) for pairs in ends) > 3
    assert hostile_company(5).tables == hostile_company(5).tables != hostile_company(6).tables
