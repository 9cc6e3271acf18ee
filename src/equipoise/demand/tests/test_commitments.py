"""Commitments: floors and caps bind the consensus, and what they move is seen."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.demand import FUNCTION_MEASURES, DemandHold, DemandOverride, FunctionInput
from equipoise.demand.tests.company import forecast_of, planned

CONSENSUS = "demand_consensus_qty"
JANUARY = {"first": date(2027, 1, 1), "last": date(2027, 1, 31)}
COLUMNS = ("contract", "market", "item", "valid_from", "valid_to", "min_qty", "max_qty", "penalty")
ROWS = {"saw": [60] * 6, "axe": [30] * 6, "rake": [10] * 6}


def contract(code="K1", item="tools", market="", days=(date(2027, 1, 1), date(2027, 2, 28)), **columns):
    return {"contract": code, "item": item, "market": market, "valid_from": days[0], "valid_to": days[1], **columns}


def plan(*contracts, rows=ROWS, adjustments=(), **more):
    table = {name: [entry.get(name) for entry in contracts] for name in COLUMNS}
    return planned(
        items=dict.fromkeys(rows, "tools"),
        tables={"forecast": forecast_of(rows), **({"commitments": table} if contracts else {})},
        adjustments=adjustments,
        policy={"baseline": "imported"},
        **more,
    )


def cells(answer, bucket=0, items=("saw", "axe", "rake")):
    return [float(answer[CONSENSUS][answer.row(item, "shop"), bucket]) for item in items]


def codes(answer):
    return [f.code for f in answer.findings("DE13")]


def test_a_floor_raises_in_proportion_to_what_stands():
    answer = plan(contract(min_qty=150, penalty=2))
    assert [cells(answer, bucket) for bucket in (0, 1, 2)] == [[90, 45, 15], [90, 45, 15], [60, 30, 10]]
    assert answer.posted(CONSENSUS, "commitment:K1").sum() == 100
    for measure in FUNCTION_MEASURES.values():
        assert np.array_equal(answer[measure], answer["demand_baseline_qty"]), "no function said so"
    (found,) = answer.findings("DE13")
    assert (found.code, found.count, found.amount) == ("DE130", 2, 200)
    assert found.message == "100 units in 2 buckets, first Jan 2027"


def test_a_cap_lowers_in_proportion():
    answer = plan(contract(max_qty=50, penalty=2))
    assert cells(answer) == [30, 15, 5]
    (found,) = answer.findings("DE13")
    assert (found.code, found.amount) == ("DE132", None)


def test_demand_within_the_limits_stands():
    inside, none = plan(contract(min_qty=90, max_qty=110)), plan()
    assert inside.demand.digest == none.demand.digest


def test_a_part_of_a_bucket_runs_at_the_contract_rate():
    # half of April: 100 a month, 160 under contract, so 100/2 + 160/2
    answer = plan(contract(days=(date(2027, 4, 16), date(2027, 4, 30)), min_qty=160))
    assert sum(cells(answer, 3)) == 130
    assert codes(answer) == ["DE130"]


def test_it_binds_what_the_functions_and_the_demand_manager_say_and_is_not_weighted():
    tools = Scope(item="tools", **JANUARY)
    said = [
        Adjustment("s", FunctionInput(Amount("set", 40.0)), tools, function="sales", seq=1),
        Adjustment("o", DemandOverride(Amount("set", 80.0)), tools, seq=2),
    ]
    answer = plan(contract(min_qty=150), adjustments=said)
    assert sum(cells(answer)) == 150
    assert answer.posted(CONSENSUS, "o").sum() == pytest.approx(80 - (100 - 0.3 * 60), abs=2**-18)
    assert answer.posted(CONSENSUS, "commitment:K1")[:, 0].sum() == 70


def test_held_cells_keep_what_they_have():
    hold = Adjustment("h", DemandHold(), Scope(item="saw", **JANUARY))
    assert cells(plan(contract(min_qty=150), adjustments=[hold])) == [60, 67.5, 22.5]
    lowered = plan(contract(max_qty=50, days=(date(2027, 1, 1), date(2027, 1, 31))), adjustments=[hold])
    assert cells(lowered) == [60, 0, 0]
    assert codes(lowered) == ["DE133", "DE132"]


def test_what_stays_below_the_floor_costs_its_penalty():
    hold = Adjustment("h", DemandHold(), Scope(item="tools", **JANUARY))
    answer = plan(contract(min_qty=150, penalty=2, days=(date(2027, 1, 1), date(2027, 1, 31))), adjustments=[hold])
    assert cells(answer) == [60, 30, 10]
    assert [(f.code, f.amount) for f in answer.findings("DE13")] == [("DE131", 100)]


def test_where_nothing_stands_a_floor_is_shared_equally_to_the_last_grid_step():
    answer = plan(contract(min_qty=100), rows=dict.fromkeys(ROWS, [0] * 6))
    january = np.array(cells(answer))
    assert january.sum() == 100 and np.ptp(january) == 2**-20


def test_inactive_items_take_none_of_it():
    active = np.ones((3, 6))
    active[plan().row("axe", "shop")] = 0
    assert cells(plan(contract(min_qty=140), active=active)) == [120, 0, 20]
    shut = plan(contract(min_qty=140), active=np.zeros((3, 6)))
    assert not shut[CONSENSUS].any() and codes(shut) == ["DE131"]


def test_of_contracts_that_contradict_each_other_the_more_specific_one_holds():
    # all tools at least 150: 90/45/15; then the saw at most 50, so that the wider one lacks 40
    contracts = [contract("A", item="saw", max_qty=50), contract("B", item="tools", min_qty=150, penalty=1)]
    for order in (contracts, contracts[::-1]):
        answer = plan(*order)
        assert cells(answer) == [50, 45, 15]
        told = {(f.code, f.where): f.amount for f in answer.findings("DE13")}
        assert told == {("DE130", "commitment B"): 100, ("DE131", "commitment B"): 80, ("DE132", "commitment A"): None}


def test_a_floor_above_the_cap_is_a_finding_and_binds_nothing():
    answer = plan(contract(min_qty=150, max_qty=120))
    assert sum(cells(answer)) == 100
    assert codes(answer) == ["DE134"]


def test_a_contract_of_nothing_is_a_finding():
    assert codes(plan(contract(item="sow", min_qty=1))) == ["DE135"]


def test_a_contract_outside_the_horizon_changes_nothing():
    far = plan(contract(min_qty=500, days=(date(2026, 1, 1), date(2026, 12, 31))))
    assert far.demand.digest == plan().demand.digest
