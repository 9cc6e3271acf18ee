"""Golden plans, rolled up to family and quarter so that a person can read a difference.

A supply plan is held by cost, service and identities, not cell by cell: optima tie. Demand is held exactly.
`make golden` rewrites the files; read the diff before committing it.
"""

import json
import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

FOLDER = Path(__file__).parent
EXACT = ("demand_baseline_qty", "demand_consensus_qty", "demand_sales_qty", "budget_revenue_amount")
CLOSE = ("production_qty", "unmet_qty", "revenue_amount", "cost_of_sales_amount", "margin_gross_amount")


def rolled_up(plan) -> pl.DataFrame:
    frames = [plan.frame(name, by=("family", "fiscal_quarter")) for name in (*EXACT, *CLOSE)]
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.join(frame, on=["family", "fiscal_quarter"], how="left", maintain_order="left")
    return whole.with_columns(pl.exclude("family", "fiscal_quarter").round(3))


@pytest.fixture
def golden(demo_plan):
    path = FOLDER / "demo_small.csv"
    found = rolled_up(demo_plan)
    if os.environ.get("EQUIPOISE_WRITE_GOLDEN"):
        found.write_csv(path)
    return found, pl.read_csv(path, schema_overrides=found.schema)


def test_demand_is_as_it_was(golden):
    found, kept = golden
    columns = ["family", "fiscal_quarter", *EXACT]
    assert_frame_equal(found.select(columns), kept.select(columns), abs_tol=0.002, rel_tol=1e-9)


def test_supply_and_money_are_as_they_were(golden):
    found, kept = golden
    assert_frame_equal(found.select(CLOSE).sum(), kept.select(CLOSE).sum(), rel_tol=1e-6)


def test_the_cost_and_the_service_of_the_demo_plan_are_as_they_were(demo_plan):
    path = FOLDER / "demo_small.json"
    found = {name: demo_plan.total(name) for name in ("cost_total_amount", "penalty_total_amount", "service_fill_pct")}
    if os.environ.get("EQUIPOISE_WRITE_GOLDEN"):
        path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    assert found == pytest.approx(json.loads(path.read_text(encoding="utf-8")), rel=1e-6)
