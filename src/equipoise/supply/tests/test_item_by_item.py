"""Plans made item by item are plans and never dearer than before; bounds by prices are never above the optimum."""

import numpy as np
import pytest

from equipoise.supply.large import first_step
from equipoise.supply.large.first_step import Standing, tell_early
from equipoise.supply.large.item_bound import bound_at, consistent_prices, shared_rows
from equipoise.supply.large.item_by_item import SHARED, activity_of, by_resource, improve, in_groups, item_of_columns
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.program.highs import SolverStopped, solve
from equipoise.supply.tests.coupled_shop import coupled_tables

SEEDS = tuple(range(6))
END = {"end_condition": "closing_min"}


@pytest.fixture
def model(inputs):
    """The model of a company of a seed."""

    def build(seed, policy=END):
        return build_model(read_network(inputs(coupled_tables(seed), horizon=6, policy=policy)))

    return build


def cost(program, values):
    """What a plan costs."""
    return float(program.cost @ values) + program.offset


def kept(program, values):
    """Whether a plan keeps all rows and bounds."""
    activity = activity_of(program, values)
    rows = (activity >= program.row_lower - 1e-5) & (activity <= program.row_upper + 1e-5)
    return rows.all() and (values >= program.lower - 1e-7).all() and (values <= program.upper + 1e-7).all()


@pytest.mark.parametrize("policy", [END, {}])
@pytest.mark.parametrize("seed", SEEDS)
def test_from_nothing_it_becomes_a_plan_and_every_round_is_no_dearer(model, seed, policy):
    built = model(seed, policy)
    program, best = built.program, solve(built.program).objective
    values, before = np.zeros(built.columns.count), np.inf
    for groups in (in_groups(built, 1), in_groups(built, 3, 1), by_resource(built), in_groups(built, 1)):
        found = improve(built, program, values, groups)
        values = found.values
        assert found.is_plan
        assert kept(program, values)
        assert best - 1e-6 <= cost(program, values) <= before + 1e-6
        before = cost(program, values)
    assert before <= 1.05 * best


@pytest.mark.parametrize("seed", SEEDS)
def test_all_items_at_once_is_the_optimum(model, seed):
    built = model(seed)
    found = improve(built, built.program, np.zeros(built.columns.count), in_groups(built, 1000))
    assert cost(built.program, found.values) == pytest.approx(solve(built.program).objective, rel=1e-9)


@pytest.mark.parametrize("policy", [END, {}])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_price_makes_a_bound_above_the_optimum(model, seed, policy):
    built = model(seed, policy)
    program, best = built.program, solve(built.program).objective
    found = improve(built, program, np.zeros(built.columns.count), in_groups(built, 1))
    random = np.random.default_rng(seed)
    for duals in (found.duals, 0.0 * found.duals, found.duals * random.uniform(0.5, 2.0, len(found.duals))):
        prices = consistent_prices(built, program, found.values, duals)
        bound = bound_at(built, program, prices)
        assert np.isfinite(bound)
        assert bound <= best + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_at_the_duals_of_the_optimum_the_bound_is_the_optimum(model, seed):
    built = model(seed)
    found = solve(built.program)
    assert bound_at(built, built.program, found.row_duals) == pytest.approx(found.objective, rel=1e-9)


def test_what_items_share_are_hours_and_components(model):
    built = model(0)
    owner, shared = item_of_columns(built), shared_rows(built.program, item_of_columns(built))
    assert shared[built.rows["load"]].all()
    assert not shared[built.rows["market_balance"]].any()
    assert (owner[built.columns.regular.span] == SHARED).all()
    keys = built.network.axes.items.leaves
    assert {keys[item] for item in np.unique(owner[owner != SHARED]).tolist()} == {f"p{n}" for n in range(8)}


def test_groups_hold_every_item_once_and_shifted_ones_others(model):
    built = model(0)
    for groups in (in_groups(built, 3), in_groups(built, 3, 1), in_groups(built, 1)):
        assert sorted(np.concatenate(groups).tolist()) == sorted(np.concatenate(in_groups(built, 100)).tolist())
    assert [len(group) for group in in_groups(built, 3)] == [3, 3, 2]
    assert [len(group) for group in in_groups(built, 3, 1)] == [1, 3, 3, 1]


def test_every_item_is_in_some_group_of_a_resource(model):
    built = model(0)
    assert set(np.concatenate(by_resource(built)).tolist()) == set(np.concatenate(in_groups(built, 1)).tolist())
    assert [len(group) for group in by_resource(built, most=0)] == [1] * 8


def test_what_is_known_early_is_told_and_true(model):
    built, told = model(1), []
    best = solve(built.program).objective
    known = Standing(told.append)
    tell_early(built, built.program, known)
    assert known.bound <= best + 1e-6 <= known.cost + 2e-6
    words = list(dict.fromkeys(told))
    assert words[0] == ""
    assert words[1].startswith("a plan is here that costs ")
    assert words[-1] == f"a plan is here, at most {100 * (known.cost / known.bound - 1):.2f} % above the best"


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_very_large_model_a_plan_close_to_the_best_is_told(model, monkeypatch, seed):
    monkeypatch.setattr(first_step, "CLOSED_IN", 1)
    built, told = model(seed), []
    best = solve(built.program).objective
    known = Standing(told.append)
    tell_early(built, built.program, known)
    assert known.bound <= best + 1e-6 <= known.cost + 2e-6
    assert known.cost <= 1.01 * best
    words = list(dict.fromkeys(note for note in told if note))
    assert words[0].startswith("a plan is here that costs ")
    assert words[-1] == f"a plan is here, at most {100 * (known.cost / known.bound - 1):.2f} % above the best"


def test_prices_at_which_an_item_earns_without_end_bound_nothing(model):
    built = model(0)
    prices = np.zeros(built.program.shape[0])
    prices[built.rows["load"]] = 1000.0
    assert bound_at(built, built.program, prices) == -np.inf


def test_an_early_plan_that_fails_does_not_end_the_solve(model, monkeypatch):
    built = model(0)

    def fails(*_arguments, **_options):
        raise SolverStopped("no plan")

    told = []
    monkeypatch.setattr(first_step, "TOLD_EARLY", 1)
    monkeypatch.setattr(first_step, "improve", fails)
    monkeypatch.setattr(first_step, "repaired", fails)
    basis, _ = first_step.basis_of_first_step(built, built.program, watch=told.append)
    assert basis is not None
    assert told[-1].startswith("every plan costs at least ")


class Enough(Exception):
    """Somebody has seen enough."""


def test_a_watcher_ends_the_early_plan(model):
    def stop(_note):
        raise Enough

    with pytest.raises(Enough):
        tell_early(model(0), model(0).program, Standing(stop))


def test_an_early_plan_is_only_made_of_a_very_large_model(model, monkeypatch):
    built, asked = model(0), []
    monkeypatch.setattr(first_step, "tell_early", lambda *_: asked.append(1))
    first_step.basis_of_first_step(built, built.program, watch=lambda _note: None)
    assert not asked
    monkeypatch.setattr(first_step, "TOLD_EARLY", built.columns.count)
    first_step.basis_of_first_step(built, built.program, watch=lambda _note: None)
    first_step.basis_of_first_step(built, built.program)
    assert asked == [1]
