"""The fast plan of a company whose items have several routes: near the optimum, and it keeps every rule."""

import pytest

from equipoise.supply.choice import has_choice
from equipoise.supply.fast import fast_plan
from equipoise.supply.fast.fast_plan import find_fast_plan
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.coupled_shop import coupled_tables

SEEDS = tuple(range(6))
END = {"end_condition": "closing_min"}


@pytest.mark.parametrize("seed", SEEDS)
def test_where_items_have_a_choice_of_routes_it_is_near_the_optimum(inputs, seed, monkeypatch):
    given = inputs(coupled_tables(seed), horizon=6, policy=END | {"tier": "heuristic"})
    network = read_network(given)
    model, share = build_model(network), given.measure("sourcing_share_ratio")
    assert has_choice(network)
    best = find_optimum(model, None, devex=False).solution.objective
    found = find_fast_plan(model, share)
    assert best - 1e-6 <= found.optimum.solution.objective <= 1.05 * best
    assert found.findings == () and found.optimum.penalty == 0.0
    monkeypatch.setattr(fast_plan, "has_choice", lambda _network: False)
    by_rules = find_fast_plan(model, share).optimum
    assert by_rules.solution.objective + by_rules.penalty >= found.optimum.solution.objective


def test_the_stage_takes_it_and_the_same_question_has_the_same_bytes(inputs):
    plans = [plan_supply(inputs(coupled_tables(3), horizon=6, policy={"tier": "heuristic"})) for _ in range(2)]
    assert plans[0].facts["tier"] == "heuristic" and plans[0].facts == plans[1].facts
    for one, other in zip(plans[0].panels, plans[1].panels, strict=True):
        for name, values in one.measures.items():
            assert values.tobytes() == other.measures[name].tobytes(), name


def test_with_one_route_an_item_the_rules_alone_decide(inputs, red_tomato, monkeypatch):
    def asked(*_args, **_named):
        raise AssertionError("the solver was asked")

    monkeypatch.setattr("equipoise.supply.large.item_by_item.solve", asked)
    plan = plan_supply(inputs(red_tomato(), policy={"tier": "heuristic"}))
    assert plan.facts["tier"] == "heuristic"
    with pytest.raises(AssertionError, match="the solver was asked"):
        plan_supply(inputs(coupled_tables(0), horizon=6, policy={"tier": "heuristic"}))
