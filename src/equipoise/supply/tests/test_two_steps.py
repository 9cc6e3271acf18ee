"""The two steps of a large model: the optimum as at once, a bound below it, a dual feasible start, the same bytes."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.supply.changes import ChangeStrategy, ProductionOverride
from equipoise.supply.large import component_prices, first_step, two_steps
from equipoise.supply.large.component_prices import KEPT, ample_components, bought_components, naive_use
from equipoise.supply.large.first_step import basis_of_first_step
from equipoise.supply.large.repair import repaired
from equipoise.supply.large.two_steps import extend, goes_in_two_steps, reduce
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.plan_supply import plan_supply
from equipoise.supply.program.highs import BASIC, SolverStopped, solve
from equipoise.supply.solving import find_optimum
from equipoise.supply.tests.coupled_shop import coupled_tables

SEEDS = tuple(range(6))
END = {"end_condition": "closing_min"}


@pytest.fixture
def model(inputs):
    """The model of a company of a seed."""

    def build(seed, policy=END, **changes):
        return build_model(read_network(inputs(coupled_tables(seed) | changes, horizon=6, policy=policy)))

    return build


@pytest.fixture
def large(monkeypatch):
    """Take every model for a large one."""
    monkeypatch.setattr(two_steps, "LEAST_COLUMNS", 1)


def all_ample(monkeypatch):
    """Take all bought components for ample, so that their prices are poor and much is left to the second step."""
    monkeypatch.setattr(component_prices, "AMPLE", 0.0)


@pytest.mark.parametrize("poor", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_both_ways_have_one_optimum(model, large, monkeypatch, seed, poor):
    if poor:
        all_ample(monkeypatch)
    built = model(seed)
    assert goes_in_two_steps(built, built.program)
    found, cold = find_optimum(built, None, devex=True), solve(built.program)
    assert found.solution.objective == pytest.approx(cold.objective, rel=1e-9)
    assert found.penalty == 0
    # Optimal for the whole: started from its basis the plain method has nothing to do.
    assert solve(built.program, found.solution.basis).iterations == 0


@pytest.mark.parametrize("poor", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_is_never_above_the_optimum(model, monkeypatch, seed, poor):
    if poor:
        all_ample(monkeypatch)
    built = model(seed)
    best = solve(built.program).objective
    bound = solve(reduce(built, built.program).program).objective
    assert bound <= best + 1e-7 * abs(best)
    assert bound >= 0.5 * best


@pytest.mark.parametrize("policy", [END, END | {"holding_on": "average"}, {}])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_extended_basis_is_dual_feasible_at_the_bound(model, monkeypatch, seed, policy):
    all_ample(monkeypatch)
    built = model(seed, policy)
    program = built.program
    reduced = reduce(built, program)
    first = solve(reduced.program, interior=True)
    basis = extend(built, program, reduced, first.basis)
    assert (basis.columns == BASIC).sum() + (basis.rows == BASIC).sum() == program.shape[0]
    duals = reduced.duals.copy()
    duals[reduced.keeps_row] = first.row_duals
    entry = np.repeat(np.arange(program.shape[1]), np.diff(program.starts))
    rest = program.cost - np.bincount(entry, program.values * duals[program.indices], minlength=program.shape[1])
    np.testing.assert_allclose(rest[basis.columns == BASIC], 0.0, atol=1e-7)
    np.testing.assert_allclose(duals[basis.rows == BASIC], 0.0, atol=1e-7)
    at_lower, at_upper = basis.columns == two_steps.LOWER, basis.columns == two_steps.UPPER
    is_open = program.upper > program.lower
    assert rest[at_lower & is_open].min() >= -1e-7
    assert rest[at_upper & is_open].max(initial=-np.inf) <= 1e-7
    # Its dual objective is the bound.
    right = np.where(duals > 0, program.row_lower, program.row_upper)
    stands = np.where(at_upper, program.upper, program.lower)
    priced, held = np.abs(duals) > 1e-12, np.abs(rest) > 1e-9
    worth = duals[priced] @ right[priced] + rest[held] @ stands[held]
    assert worth + program.offset == pytest.approx(first.objective, rel=1e-9)


def test_a_price_is_what_the_supplier_asks_once_the_stock_runs_out(model, monkeypatch):
    all_ample(monkeypatch)
    built = model(0)
    network = built.network
    priced = component_prices.price_components(network, built.columns, built.program)
    assert len(priced.stock) == len(bought_components(network)) == 8
    use = np.cumsum(naive_use(network)[priced.stock], axis=1)
    short = use > network.opening[priced.stock, None]
    for row, stock in enumerate(priced.stock.tolist()):
        ends = int(short[row].argmax()) if short[row].any() else network.horizon
        hold = network.prices.holding[stock, 0]
        source = int(np.flatnonzero(network.routes.stock == stock)[0])
        first = int(network.routes.is_open[source].argmax())
        asked = network.prices.make[source, 0]
        last = asked if ends < network.horizon else -hold
        at = np.arange(network.horizon)
        kept = last - hold * np.maximum(max(ends, first) - at, 0) if ends < network.horizon else last - hold * (5 - at)
        np.testing.assert_allclose(priced.price[row], np.minimum(kept, asked), atol=1e-9)


def dearer(seed):
    """Table purchasing with prices that rise twice, far more than holding costs."""
    rows = coupled_tables(seed)["purchasing"]
    later = [
        row | {"valid_from": date(2027, month, 1), "unit_cost": row["unit_cost"] + more}
        for row in rows
        for month, more in ((3, 2.0), (5, 5.0))
    ]
    return [row | {"valid_from": date(2026, 1, 1)} for row in rows] + later


@pytest.mark.parametrize("seed", SEEDS)
def test_before_a_price_rises_stock_is_what_sets_it(model, large, monkeypatch, seed):
    all_ample(monkeypatch)
    built = model(seed, purchasing=dearer(seed))
    priced = component_prices.price_components(built.network, built.columns, built.program)
    assert (priced.by == KEPT).any()
    hold = built.network.prices.holding[priced.stock]
    assert (priced.price[:, 1:] <= priced.price[:, :-1] + hold[:, :-1] + 1e-9).all()
    bound, best = solve(reduce(built, built.program).program).objective, solve(built.program).objective
    assert bound <= best + 1e-6
    assert find_optimum(built, None, devex=True).solution.objective == pytest.approx(best, rel=1e-9)


def test_a_component_that_its_supplier_makes_scarce_stays(model):
    tables = coupled_tables(0)
    plenty = [row | {"max_qty": None, "lead_time_days": 0} for row in tables["purchasing"]]
    assert len(ample_components(model(0, purchasing=plenty).network)) == 8
    few = [row | {"max_qty": 1.0} for row in plenty]
    assert len(ample_components(model(0, purchasing=few).network)) < 8


def test_small_models_and_those_without_a_choice_are_solved_at_once(model, monkeypatch):
    built = model(0)
    assert not goes_in_two_steps(built, built.program)
    monkeypatch.setattr(two_steps, "LEAST_COLUMNS", 1)
    assert goes_in_two_steps(built, built.program)
    east = [row for row in coupled_tables(0)["routings"] if row["location"] == "east"]
    single = model(0, routings=east)
    assert not goes_in_two_steps(single, single.program)
    whole = replace(built.program, is_integer=np.ones(built.columns.count, dtype=np.bool_))
    assert not goes_in_two_steps(built, whole)


def test_the_same_bytes_twice_watched_or_not(model, large):
    built = model(1)
    one, two = find_optimum(built, None, devex=True), find_optimum(built, None, devex=True, watch=lambda _note: None)
    for name in ("values", "row_duals", "reduced_costs"):
        assert getattr(one.solution, name).tobytes() == getattr(two.solution, name).tobytes()
    assert one.solution.basis.columns.tobytes() == two.solution.basis.columns.tobytes()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_is_made_and_its_gap_is_true(model, monkeypatch, seed):
    all_ample(monkeypatch)
    built = model(seed)
    program = built.program
    reduced = reduce(built, program)
    first = solve(reduced.program, interior=True)
    plan = repaired(built, program, reduced, first.values)
    assert plan is not None
    best = solve(program).objective
    assert first.objective - 1e-6 <= best <= plan.objective + 1e-6
    entry = np.repeat(plan.values, np.diff(program.starts)) * program.values
    activity = np.bincount(program.indices, entry, minlength=program.shape[0])
    assert (activity >= program.row_lower - 1e-6).all()
    assert (activity <= program.row_upper + 1e-6).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_items_planned_again_may_use_less_of_other_components_too(model, monkeypatch, seed):
    # The first step knows the limits of half of the components: those of the others the repair has to keep.
    monkeypatch.setattr(component_prices, "ample_components", lambda network: bought_components(network)[::2])
    few = [row | {"max_qty": 40.0} for row in coupled_tables(seed)["purchasing"]]
    built = model(seed, purchasing=few)
    reduced = reduce(built, built.program)
    first = solve(reduced.program, interior=True)
    plan = repaired(built, built.program, reduced, first.values)
    assert plan is not None
    assert plan.objective > first.objective + 1.0


def test_who_watches_is_told_the_bound_and_the_gap(model, large, monkeypatch):
    all_ample(monkeypatch)
    told = []
    find_optimum(model(2), None, devex=True, watch=told.append)
    words = [note for note in dict.fromkeys(told) if note]
    assert words[0].startswith("every plan costs at least ")
    assert words[1].startswith("a plan is here, at most ")
    assert len(words) == 2


class Enough(Exception):
    """Somebody has seen enough."""


def test_a_watcher_ends_the_interior_point_method(model):
    def stop(_note):
        raise Enough

    with pytest.raises(Enough):
        solve(model(0).program, interior=True, watch=stop)


def test_without_a_basis_of_the_first_step_the_whole_is_solved_cold(model, large, monkeypatch):
    built = model(3)

    def fails(*_arguments, **_options):
        raise SolverStopped("no basis")

    monkeypatch.setattr(first_step, "solve", fails)
    assert basis_of_first_step(built, built.program) == (None, None)
    assert find_optimum(built, None, devex=True).solution.objective == pytest.approx(solve(built.program).objective)


def test_a_model_without_a_plan_still_takes_its_slack(model, large, monkeypatch):
    impossible = [{"item": "p0", "location": "east", "closing_min_qty": 1e6}]
    built = model(4, inventory_policy=impossible)
    found = find_optimum(built, None, devex=True)
    assert found.penalty > 0
    monkeypatch.setattr(two_steps, "LEAST_COLUMNS", built.columns.count + 1)
    cold = find_optimum(built, None, devex=True)
    assert found.solution.objective == pytest.approx(cold.solution.objective, rel=1e-9)
    assert found.penalty == pytest.approx(cold.penalty, rel=1e-9)


ASKED = {
    "firm": [(ProductionOverride(Amount.parse("60")), Scope(item="p0"))],
    "firm beyond all hours": [(ProductionOverride(Amount.parse("6000")), Scope(item="p0"))],
    "level": [(ChangeStrategy("level"), Scope())],
    "chase": [(ChangeStrategy("chase"), Scope())],
    "level around what is firm": [
        (ChangeStrategy("level"), Scope()),
        (ProductionOverride(Amount.parse("60")), Scope(item="p0")),
    ],
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("seed", range(2))
def test_what_people_ask_for_costs_the_same_in_two_steps_and_from_few_columns(inputs, monkeypatch, seed, asked):
    """Each change by each way of solving: in two steps or at once, cold or over the columns near the base plan.

    What no plan keeps is open by a hair more than it has to be, for the solver's tolerance (solving.ROOM): so 1e-8.
    """

    def cost(changes, base=None):
        made = tuple(Adjustment(f"a{n}", change, scope, seq=n) for n, (change, scope) in enumerate(changes))
        section = plan_supply(inputs(coupled_tables(seed), horizon=6, adjustments=made, base=base))
        return section, section.facts["objective_amount"] + section.facts["notional_amount"]

    at_once = cost([])[0]
    expected = [cost(ASKED[asked])[1], cost(ASKED[asked], at_once)[1]]
    monkeypatch.setattr("equipoise.supply.large.two_steps.LEAST_COLUMNS", 0)
    monkeypatch.setattr("equipoise.supply.program.near_columns.LEAST_COLUMNS", 0)
    monkeypatch.setattr("equipoise.supply.large.first_step.TOLD_EARLY", 0)
    stepped = cost([])[0]
    assert [cost(ASKED[asked])[1], cost(ASKED[asked], stepped)[1]] == pytest.approx(expected, rel=1e-8)
