"""Among plans of one cost: the least money within the horizon, from wherever the solver came."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.supply.beyond import run_on
from equipoise.supply.model import build_model, money_in_sight, notional_amount
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.program.highs import solve
from equipoise.supply.program.program import LinearProgram, compress
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.shop import Shop
from equipoise.supply.tests.test_against_linopy import START
from equipoise.supply.tests.test_ranks import scarce
from equipoise.supply.tie_break import cheapest_in_sight


def network_of(inputs, seed):
    tables, knobs, safety, horizon = random_network(seed)
    policy = knobs | {"end_condition": "target"}
    return inputs(tables, start=START, horizon=horizon, bucket="week", policy=policy, safety=safety)


def with_row(program, row, upper):
    """The program with one more row, Σ row × column ≤ upper."""
    height, width = program.shape
    columns = np.repeat(np.arange(width), np.diff(program.starts))
    used = np.flatnonzero(row)
    starts, indices, values = compress(
        np.concatenate([program.indices, np.full(len(used), height)]),
        np.concatenate([columns, used]),
        np.concatenate([program.values, row[used]]),
        height + 1,
        width,
    )
    lower, most = np.append(program.row_lower, -np.inf), np.append(program.row_upper, upper)
    return replace(program, row_lower=lower, row_upper=most, starts=starts, indices=indices, values=values)


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_of_the_same_cost_costs_less_in_sight(inputs, seed):
    """Against the same question asked at once: least money in sight, with the whole cost as a row."""
    given = network_of(inputs, seed)
    model = build_model(run_on(given, read_network(given)))
    best = find_optimum(model, None, devex=False)
    weights = money_in_sight(model)
    whole = best.solution.objective - model.program.offset
    room = 1e-9 * max(abs(whole), 1.0)  # of money; where the two are near a tie, it buys many times as much
    other: LinearProgram = with_row(replace(model.program, cost=weights, offset=0.0), model.program.cost, whole + room)
    least = solve(other)
    chosen = cheapest_in_sight(model, best)
    money = float(weights @ chosen.solution.values)
    assert chosen.solution.objective == pytest.approx(best.solution.objective, rel=1e-9)
    assert money <= float(weights @ best.solution.values) + 1e-6
    assert money == pytest.approx(least.objective, rel=1e-5, abs=0.1)
    seen = chosen.solution.objective - notional_amount(model, chosen.solution.values)
    before = best.solution.objective - notional_amount(model, best.solution.values)
    assert seen - before == pytest.approx(money - float(weights @ best.solution.values), abs=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_the_cost_in_sight_does_not_depend_on_where_the_solver_began(inputs, seed):
    """From a basis that has nothing to do with the plan, from its own, and from none."""
    given = network_of(inputs, seed)
    cold = plan_supply(given)
    turned = replace(cold, arrays={**cold.arrays, "basis_rows": cold.arrays["basis_rows"][::-1].copy()})
    again = plan_supply(replace(given, base=turned))
    assert again.facts["objective_amount"] == pytest.approx(cold.facts["objective_amount"], rel=1e-7, abs=1e-2)
    assert plan_supply(replace(given, base=cold)).facts["objective_amount"] == pytest.approx(
        cold.facts["objective_amount"], rel=1e-9
    )


def test_ranks_and_whole_people_together(inputs):
    """Whole numbers have reduced costs wherever they stand; they stay."""
    tables = scarce((1, 2))
    tables["purchasing"] = []
    crew = {"workers": 1, "hours_per_worker": 40, "regular_cost_per_hour": 1, "hire_cost": 1, "layoff_cost": 1}
    tables["resources"] = [{"resource": "crew", "location": "a", "name": "crew", "max_workers": 2} | crew]
    tables["routings"] = [{"item": "x", "location": "a", "resource": "crew", "hours_per_unit": 1}]
    shop = Shop(inputs, tables, policy={"workforce": "integer"})
    assert shop.of("workforce_count", "crew").tolist() == [2, 2, 2]
    assert shop.of("lost_qty", "x", "m").tolist() == [0] * 3
    assert shop.of("lost_qty", "x", "n").tolist() == [80] * 3
