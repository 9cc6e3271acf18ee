"""A what-if over the nearest columns: an optimum of the whole program, and the same bytes for the same question."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.supply.beyond import run_on
from equipoise.supply.model import build_model
from equipoise.supply.network.network import read_network
from equipoise.supply.program import highs, near_columns
from equipoise.supply.program.highs import Basis, SolverStopped, solve, stand_at
from equipoise.supply.program.near_columns import solve_from
from equipoise.supply.program.program import LinearProgram, compress
from equipoise.supply.tests.network_instance import random_network
from equipoise.supply.tests.oracle import START

SEEDS = range(6)


@pytest.fixture
def program_of(inputs):
    """The program of a random network; soft where its rules may be, so that it has a plan."""

    def made(seed):
        tables, knobs, safety, horizon = random_network(seed)
        given = inputs(tables, start=START, horizon=horizon, bucket="week", policy=knobs, safety=safety)
        model = build_model(run_on(given, read_network(given)))
        upper = model.program.upper.copy()
        cost = model.program.cost.copy()
        upper[model.slack], cost[model.slack] = np.inf, 50.0 * model.slack_price
        return replace(model.program, upper=upper, cost=cost, is_integer=np.zeros(len(cost), dtype=np.bool_))

    return made


@pytest.fixture
def small_is_large(monkeypatch):
    monkeypatch.setattr(near_columns, "LEAST_COLUMNS", 0)


def changed(program, seed):
    """Other right sides of a few rows: a little more is asked, a little less is there."""
    random = np.random.default_rng(seed)
    rows = random.random(program.shape[0]) < 0.1
    factor = np.where(rows, random.uniform(0.9, 1.1, len(rows)), 1.0)
    return replace(program, row_lower=program.row_lower * factor, row_upper=program.row_upper * factor)


def same(one, other):
    """True if two solutions have the same bytes."""
    pairs = ((s.values, s.row_duals, s.reduced_costs, s.basis.columns, s.basis.rows) for s in (one, other))
    return all(a.tobytes() == b.tobytes() for a, b in zip(*pairs, strict=True))


def is_optimal(program, solution):
    """Values within all bounds, prices that no column or row betters: the proof of an optimum (duality)."""
    activity = program.activity(solution.values)
    inside = (solution.values >= program.lower - 1e-6) & (solution.values <= program.upper + 1e-6)
    kept = (activity >= program.row_lower - 1e-6) & (activity <= program.row_upper + 1e-6)
    costs = program.reduced_costs(solution.row_duals)
    columns = np.where(costs > 1e-6, solution.values <= program.lower + 1e-5, True)
    columns &= np.where(costs < -1e-6, solution.values >= program.upper - 1e-5, True)
    prices = solution.row_duals
    rows = np.where(prices > 1e-6, activity <= program.row_lower + 1e-5, True)
    rows &= np.where(prices < -1e-6, activity >= program.row_upper - 1e-5, True)
    return bool(inside.all() and kept.all() and columns.all() and rows.all())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("devex", [True, False])
def test_the_nearest_columns_end_with_an_optimum_of_the_whole(program_of, small_is_large, monkeypatch, seed, devex):
    monkeypatch.setattr(near_columns, "NEAR", 0.05)
    monkeypatch.setattr(near_columns, "FEW", 1.0)
    program = program_of(seed)
    basis = solve(program).basis
    asked = changed(program, seed)
    found, cold = solve_from(asked, basis, devex=devex), solve(asked)
    assert (found.status, cold.status) == ("optimal", "optimal")
    assert found.objective == pytest.approx(cold.objective, rel=1e-9)
    assert is_optimal(asked, found)
    assert not is_optimal(asked, replace(found, values=found.values * 1.01 + 0.01))
    # The basis is one of the whole program: from it there is nothing left to do.
    again = solve(asked, found.basis)
    assert (again.iterations, again.objective) == (0, pytest.approx(found.objective, rel=1e-9))


def test_the_same_question_has_the_same_bytes_whatever_was_asked_between(program_of, small_is_large):
    program = program_of(3)
    basis = solve(program).basis
    kept = basis.columns.tobytes(), basis.rows.tobytes()
    first = solve_from(changed(program, 1), basis, devex=True)
    between = solve_from(changed(program, 2), basis, devex=True)
    assert same(first, solve_from(changed(program, 1), basis, devex=True))
    assert not same(first, between)
    assert (basis.columns.tobytes(), basis.rows.tobytes()) == kept


def shop(wanted):
    """One product, 1 to make up to 10, 5 to buy, 9 to leave unsold: what is wanted must be one of them."""
    lower, upper = np.zeros(3), np.array([10.0, np.inf, np.inf])
    cells = compress(np.zeros(3, dtype=np.int64), np.arange(3), np.ones(3), 1, 3)
    right = np.array([wanted])
    return LinearProgram(
        np.array([1.0, 5.0, 9.0]), lower, upper, np.zeros(3, dtype=np.bool_), 7.0, right, right, *cells
    )


@pytest.mark.parametrize("fails", [False, True])
def test_a_plan_that_needs_what_was_left_out_is_found(small_is_large, monkeypatch, fails):
    monkeypatch.setattr(near_columns, "NEAR", 0.0)
    asked = []

    def watched(program, *rest, **options):
        asked.append(program.shape[1])
        if fails and program.shape[1] < 3:
            raise SolverStopped("no proof")
        return solve(program, *rest, **options)

    monkeypatch.setattr(near_columns, "solve", watched)
    monkeypatch.setattr(near_columns, "FEW", 1.0)
    basis = solve(shop(5.0)).basis
    found = solve_from(shop(12.0), basis, devex=True)
    # Making is basic and buying the nearest; with neither beyond 10 the whole is asked.
    assert asked == ([2, 3] if fails else [2])
    assert found.values.tolist() == [10.0, 2.0, 0.0]
    assert found.objective == 7.0 + 10.0 + 10.0
    assert found.reduced_costs.tolist() == [-4.0, 0.0, 4.0]


def test_a_column_that_pays_is_taken_in(small_is_large, monkeypatch):
    """Two products share a machine: what is nearest at the old prices is not what is best at the new ones."""
    monkeypatch.setattr(near_columns, "NEAR", 0.0)
    monkeypatch.setattr(near_columns, "FEW", 9.0)
    sizes, pivots = [], []

    def watched(program, *rest, **options):
        sizes.append((program.shape[1], options["primal"]))
        found = solve(program, *rest, **options)
        pivots.append(found.iterations)
        return found

    monkeypatch.setattr(near_columns, "solve", watched)

    def two(second):
        # An hour for each of a, two for each of b; a can be bought at 2.2, b at 3, and b left unsold at 50.
        rows, columns = np.array([0, 1, 2, 2, 0, 1, 1]), np.array([0, 1, 0, 1, 2, 3, 4])
        right = np.array([5.0, second, -np.inf]), np.array([5.0, second, 10.0])
        none = np.zeros(5, dtype=np.bool_)
        cost = np.array([1.0, 1.0, 2.2, 3.0, 50.0])
        cells = compress(rows, columns, np.array([1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]), 3, 5)
        return LinearProgram(cost, np.zeros(5), np.full(5, np.inf), none, 0.0, *right, *cells)

    found = solve_from(two(4.0), solve(two(2.0)).basis, devex=True)
    # Three hours are short. Buying a is nearest, 1.2 an hour; buying b saves two hours for 2, and pays at that price.
    assert found.values.tolist() == pytest.approx([5.0, 2.5, 0.0, 1.5, 0.0])
    assert found.objective == pytest.approx(5.0 + 2.5 + 4.5)
    assert sizes == [(3, False), (4, True)]
    assert found.iterations == sum(pivots) > pivots[1] > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_basis_read_by_its_numbers_is_the_one_that_is_told(program_of, monkeypatch, seed):
    program = changed(program_of(seed), seed)
    quick = solve(program)
    monkeypatch.setattr(highs, "_with_basic", lambda *_: None)
    told = solve(program)
    assert same(quick, told)


@pytest.mark.parametrize("seed", SEEDS)
def test_where_an_optimum_stands_is_the_optimum(program_of, seed):
    program = program_of(seed)
    found = solve(program)
    stand = stand_at(program, found.basis)
    assert stand.values == pytest.approx(found.values, abs=1e-6)
    assert stand.row_prices == pytest.approx(found.row_duals, abs=1e-6)
    assert stand.broken(program) == 0
    less = replace(program, row_upper=program.row_upper - 1.0, row_lower=program.row_lower - 1.0)
    assert stand_at(less, found.basis).broken(less) > 0


def test_a_singular_basis_stands_nowhere():
    program = shop(5.0)
    assert stand_at(program, Basis(np.array([1, 1, 0], dtype=np.int8), np.array([0], dtype=np.int8))) is None
