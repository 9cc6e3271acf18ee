"""A what-if that moves the plan far: few columns and few rows first, an optimum of the whole at the end."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.supply.beyond import run_on
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.program import moved_far, near_columns, opened
from equipoise.supply.program.highs import BASIC, Basis, SolverStopped, solve, stand_at
from equipoise.supply.program.near_columns import solve_from
from equipoise.supply.tests.coupled_shop import coupled_tables
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START

SEEDS = range(14)
FORMS = ("random", "coupled")
FACTORS = (1.1, 0.8)


@pytest.fixture
def small_is_large(monkeypatch):
    for name, value in (("LEAST_COLUMNS", 0), ("LARGE", 0), ("FEW", 0.0)):
        monkeypatch.setattr(near_columns, name, value)
    for name, value in (("NEAREST", 40), ("NEAREST_AGAIN", 20), ("FAR", 5.0)):
        monkeypatch.setattr(moved_far, name, value)


@pytest.fixture
def asked_of(inputs):
    """The program of a small company, and with the demand of its first market times a factor; both have a plan."""

    def network(form, seed):
        if form == "coupled":
            given = inputs(coupled_tables(seed), horizon=6)
        else:
            tables, knobs, safety, horizon = random_network(seed)
            given = inputs(tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety)
        return run_on(given, read_network(given))

    def program(network):
        model = build_model(network)
        upper, cost = model.program.upper.copy(), model.program.cost.copy()
        upper[model.slack], cost[model.slack] = np.inf, 50.0 * model.slack_price
        return replace(model.program, upper=upper, cost=cost, is_integer=np.zeros(len(cost), dtype=np.bool_))

    def made(form, seed, factor):
        before = network(form, seed)
        first = before.axes.keys[Grain.DEMAND].column("market") == 0
        times = np.where(first, factor, 1.0)[:, None]
        after = replace(before, demand=before.demand * times, required=before.required * times)
        return program(before), program(after)

    return made


@pytest.fixture
def moves(monkeypatch):
    """What the way over few rows came to at each question."""
    found = []

    def watched(*question):
        found.append(moved_far.move_far(*question))
        return found[-1]

    monkeypatch.setattr(near_columns, "move_far", watched)
    return found


def same(one, other):
    """True if two solutions have the same bytes."""
    pairs = ((s.values, s.row_duals, s.reduced_costs, s.basis.columns, s.basis.rows) for s in (one, other))
    return all(a.tobytes() == b.tobytes() for a, b in zip(*pairs, strict=True)) and one.iterations == other.iterations


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("form", FORMS)
def test_more_or_less_demand_of_a_market_ends_with_the_optimum_of_a_cold_solve(
    asked_of, small_is_large, moves, form, factor
):
    for seed in SEEDS:
        before, after = asked_of(form, seed, factor)
        basis = solve(before).basis
        kept = basis.columns.tobytes(), basis.rows.tobytes()
        found, cold = solve_from(after, basis, devex=True), solve(after)
        assert (found.status, cold.status) == ("optimal", "optimal")
        assert found.objective == pytest.approx(cold.objective, rel=1e-9)
        again = solve(after, found.basis)
        assert (again.iterations, again.objective) == (0, pytest.approx(cold.objective, rel=1e-9))
        assert same(found, solve_from(after, basis, devex=True))
        assert (basis.columns.tobytes(), basis.rows.tobytes()) == kept
    assert sum(move is not None for move in moves) > len(moves) / 2


def test_what_goes_wrong_on_the_way_falls_back_to_the_whole(asked_of, small_is_large, moves, monkeypatch):
    before, after = asked_of("random", 0, 1.1)
    basis = solve(before).basis
    assert solve_from(after, basis, devex=True).iterations > 0
    with monkeypatch.context() as patched:
        patched.setattr(near_columns, "LARGE", 10**9)
        expected = solve_from(after, basis, devex=True)
    assert len(moves) == 1
    assert moves[0] is not None

    def stops(*_, **__):
        raise SolverStopped("no proof")

    def ends_infeasible(*question, **options):
        return replace(solve(*question, **options), status="infeasible")

    def has_a_basic_column_too_many(*question, **options):
        found = solve(*question, **options)
        columns = found.basis.columns.copy()
        columns[np.flatnonzero(columns != BASIC)[0]] = BASIC
        return replace(found, basis=Basis(columns, found.basis.rows))

    for wrong in (stops, ends_infeasible, has_a_basic_column_too_many):
        with monkeypatch.context() as patched:
            patched.setattr(moved_far, "solve", wrong)
            assert same(solve_from(after, basis, devex=True), expected)
    for name, wrong in (("stand_at", lambda *_: None), ("ROUNDS", 0)):
        with monkeypatch.context() as patched:
            patched.setattr(moved_far, name, wrong)
            assert same(solve_from(after, basis, devex=True), expected)
    assert moves[1:] == [None] * 5


def test_what_is_open_gets_dearer_until_it_shuts(asked_of, small_is_large, moves, monkeypatch):
    before, after = asked_of("random", 0, 1.1)
    monkeypatch.setattr(opened, "worth", lambda program, _: np.full(len(program.cost), 1.0))
    monkeypatch.setattr(opened, "ROW_PRICE", 1.0)
    basis, cold = solve(before).basis, solve(after)
    for dearer, comes_through in ((opened.DEARER, True), (1.0, False)):
        monkeypatch.setattr(opened, "DEARER", dearer)
        assert solve_from(after, basis, devex=True).objective == pytest.approx(cold.objective, rel=1e-9)
        assert (moves[-1] is not None) == comes_through


def test_an_elastic_column_that_stays_open_falls_back(asked_of, small_is_large, moves, monkeypatch):
    before, after = asked_of("random", 0, 1.1)
    monkeypatch.setattr(opened, "worth", lambda program, _: np.full(len(program.cost), -0.1))
    monkeypatch.setattr(opened, "ROW_PRICE", 0.0)
    found = solve_from(after, solve(before).basis, devex=True)
    assert moves == [None]
    assert found.objective == pytest.approx(solve(after).objective, rel=1e-9)


def test_a_question_without_a_plan_has_none(asked_of, small_is_large, moves):
    before, after = asked_of("coupled", 0, 1.1)
    upper = np.minimum(after.upper, 1.0)
    found = solve_from(replace(after, upper=upper), solve(before).basis, devex=True)
    assert found.status == solve(replace(after, upper=upper)).status == "infeasible"
    assert moves == [None]


def test_a_shock_small_programs_and_other_costs_do_not_go_this_way(asked_of, small_is_large, moves, monkeypatch):
    before, after = asked_of("random", 0, 1.1)
    basis = solve(before).basis
    solve_from(after, basis, devex=False)
    monkeypatch.setattr(near_columns, "LARGE", after.shape[1] + 1)
    solve_from(after, basis, devex=True)
    monkeypatch.setattr(near_columns, "LARGE", after.shape[1])
    monkeypatch.setattr(near_columns, "FEW", 1.0)
    solve_from(after, basis, devex=True)
    assert moves == []
    monkeypatch.setattr(near_columns, "FEW", 0.0)
    dearer = replace(after, cost=-after.cost, upper=np.where(np.isinf(after.upper), 1e4, after.upper))
    solve_from(dearer, basis, devex=True)
    free = replace(after, cost=np.zeros(len(after.cost)))
    solve_from(free, basis, devex=True)
    assert moves == [None, None]


def test_an_open_bound_costs_what_it_states_and_closes_again(asked_of):
    before, after = asked_of("coupled", 1, 1.1)
    basis = solve(before).basis
    stand = stand_at(after, basis)
    found = opened.open_broken(after, basis, stand)
    assert len(found.columns) + len(found.rows) == stand.broken(after) > 0
    # Each elastic column takes up what its bound lacks: with it all bounds are kept.
    width = after.shape[1]
    low, high = after.lower[found.columns], after.upper[found.columns]
    lacks = np.maximum(low - stand.values[found.columns], stand.values[found.columns] - high)
    clipped = np.clip(stand.values, after.lower, after.upper)
    short = np.maximum(after.row_lower - stand.activity, stand.activity - after.row_upper)[found.rows]
    values = np.concatenate([clipped, lacks, short])
    activity = found.program.activity(values)
    assert (activity >= after.row_lower - 1e-6).all()
    assert (activity <= after.row_upper + 1e-6).all()
    extra = found.program.cost[width : width + len(lacks)] @ lacks - after.cost @ (stand.values - clipped)
    assert extra == pytest.approx(opened.worth(after, stand)[found.columns] @ lacks)
    # One that is basic stands for the column behind it, in the closed basis too.
    columns = found.basis.columns.copy()
    own = found.columns[0]
    columns[[own, width]] = columns[[width, own]]
    assert columns[width] == BASIC
    closed = found.closed(Basis(columns, found.basis.rows))
    assert (closed.columns == basis.columns).all()
    assert (closed.rows == basis.rows).all()
