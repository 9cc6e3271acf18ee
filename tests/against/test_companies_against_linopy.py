"""The cheapest plan of random companies, through the whole path, is that of a second formulation of their tables."""

import dataclasses
import os

import pytest
from tests.against.company_oracle import CompanyOracle

from equipoise import compute_plan
from equipoise.testing import FEATURES, random_company

NOT_HERE = {"storage", "cost_gaps", "fences", "knobs"}
"""Stock with a last day or a limit has its second opinion in the room; defaults of money and knobs are tested there."""
COMPANIES = 100 if os.environ.get("EQUIPOISE_SOAK") else 20


def company_of(seed):
    drawn = random_company(seed)
    company = random_company(seed, size=drawn.size, features=drawn.features - NOT_HERE - {"history"})
    policy = {
        "baseline": "imported",
        "end_condition": "closing_min",
        "holding_on": ("closing", "average")[seed % 2],
        "lead_time_rounding": ("nearest", "up")[seed // 2 % 2],
    }
    return dataclasses.replace(company, head={**company.head, "policy": policy})


@pytest.mark.parametrize("seed", range(COMPANIES))
def test_the_least_cost_is_that_of_linopy(seed):
    snapshot = company_of(seed).snapshot()
    plan = compute_plan(snapshot)
    facts = plan.sections["supply"].facts
    assert not facts["penalty_amount"], "the oracle prices no slack: draw companies that some plan keeps every limit of"
    assert facts["objective_amount"] + facts["notional_amount"] == pytest.approx(
        CompanyOracle(snapshot, plan).solve(), rel=1e-6
    )


def test_most_features_take_part():
    """A second opinion that leaves most of a company out would be none."""
    assert len(NOT_HERE) <= 0.15 * len(FEATURES)
    assert all(len(company_of(seed).features) > 5 for seed in range(COMPANIES))
