"""Equalities of one or two columns are solved for one: the same optimum, and a basis of the whole from the rest's."""

from dataclasses import replace

import numpy as np
import pytest

from equipoise.supply.program.highs import BASIC, LOWER, UPPER, Basis, solve, stand_at
from equipoise.supply.program.program import LinearProgram, compress
from equipoise.supply.program.substitution import substitute

SEEDS = range(25)


def chained(seed, pairs=14, free=6, width=30):
    """Equalities of two columns, some of one, and limits on all: a program with a plan, and the same one moved."""
    random = np.random.default_rng(seed)
    rows, columns = np.repeat(np.arange(pairs), 2), random.integers(0, width, 2 * pairs)
    columns[1::2] = np.where(columns[1::2] == columns[::2], (columns[1::2] + 1) % width, columns[1::2])
    values = random.choice([-2.0, -1.0, 1.0, 0.5, 3.0], 2 * pairs)
    values[1 : 2 * (pairs // 5) : 2] = 0.0
    dense = random.random((free, width)) < 0.4
    at = np.nonzero(dense)
    amounts = random.uniform(0.2, 2, len(at[0]))
    cells = compress(
        np.concatenate([rows, at[0] + pairs]),
        np.concatenate([columns, at[1]]),
        np.concatenate([values, amounts]),
        pairs + free,
        width,
    )
    inside = random.uniform(1, 9, width)
    lower = np.where(random.random(width) < 0.8, 0.0, -np.inf)
    upper = np.where(random.random(width) < 0.6, inside + random.uniform(0, 4, width), np.inf)

    def at_point(point):
        program = LinearProgram(
            random_cost, lower, upper, lower > 0, 3.0, np.zeros(pairs + free), np.zeros(pairs + free), *cells
        )
        activity = program.activity(point)
        low = np.where(np.arange(pairs + free) < pairs, activity, activity * 0.9)
        high = np.where(np.arange(pairs + free) < pairs, activity, activity * 1.2)
        return replace(program, row_lower=low, row_upper=high)

    random_cost = np.where(np.isinf(lower), 0.0, random.uniform(0.1, 5, width))
    return at_point(inside), at_point(np.minimum(inside * random.uniform(0.8, 1.2, width), upper))


def all_of(program):
    """Every column and every row."""
    rows, columns = program.shape
    return np.ones(columns, dtype=np.bool_), np.ones(rows, dtype=np.bool_)


def basic(basis):
    return int((basis.columns == BASIC).sum() + (basis.rows == BASIC).sum())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_smaller_program_has_the_optimum_of_the_whole_and_its_basis_is_one_of_the_whole(seed):
    program, moved = chained(seed)
    basis = solve(program).basis
    fewer = substitute(moved, basis, *all_of(moved))
    assert len(fewer.rows) < program.shape[0] - 3
    assert basic(fewer.basis) == len(fewer.rows)
    cold, found = solve(moved), solve(fewer.program, fewer.basis)
    assert found.status == cold.status == "optimal"
    assert found.objective == pytest.approx(cold.objective, rel=1e-9)
    back = fewer.whole_basis(found.basis, basis)
    assert basic(back) == program.shape[0]
    stand = stand_at(moved, back)
    assert stand is not None
    assert stand.broken(moved) == 0
    assert stand.values[fewer.columns] == pytest.approx(found.values, abs=1e-6)
    assert moved.cost @ stand.values + moved.offset == pytest.approx(cold.objective, rel=1e-9)


def test_some_bounds_are_lent_and_given_back():
    """Over all seeds there are swaps; without them the basis would not stand where the smaller program does."""
    swaps = 0
    for seed in SEEDS:
        program, moved = chained(seed)
        basis = solve(program).basis
        fewer = substitute(moved, basis, *all_of(moved))
        found = solve(fewer.program, fewer.basis).basis
        back = fewer.whole_basis(found, basis)
        swaps += int((back.columns[fewer.columns] != found.columns).sum())
    assert swaps > 5


def pair(first, second, upper, right, bases):
    """a x + b y = r, and a limit on x alone."""
    cells = compress(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([first, second, 1.0]), 2, 2)
    low, high = np.array([right, -np.inf]), np.array([right, 100.0])
    program = LinearProgram(np.array([1.0, 1.0]), np.zeros(2), np.array(upper), np.zeros(2) > 0, 0.0, low, high, *cells)
    columns, rows = (np.array(statuses, dtype=np.int8) for statuses in bases)
    return program, Basis(columns, rows)


def test_a_row_whose_bounds_cross_is_left_in():
    # x = 5 − y with x up to 1 and y up to 3: there is no plan.
    program, basis = pair(1.0, 1.0, [1.0, 3.0], 5.0, ([BASIC, LOWER], [LOWER, BASIC]))
    fewer = substitute(program, basis, *all_of(program))
    assert fewer.rows.tolist() == [0, 1]
    assert fewer.columns.tolist() == [0, 1]
    assert not fewer.lent or all(len(lent.of) == 0 for lent in fewer.lent)
    assert (fewer.program.lower.tolist(), fewer.program.upper.tolist()) == ([0.0, 0.0], [1.0, 3.0])
    assert solve(fewer.program).status == "infeasible"
    # With y up to 4 the two bounds meet.
    met, _ = pair(1.0, 1.0, [1.0, 4.0], 5.0, ([BASIC, LOWER], [LOWER, BASIC]))
    assert substitute(met, basis, *all_of(met)).program.lower.tolist() == [4.0]


def test_a_number_beyond_its_bound_is_left_in():
    program, basis = pair(1.0, 1.0, [1.0, 3.0], 5.0, ([BASIC, LOWER], [LOWER, BASIC]))
    kept = np.array([True, False])
    assert substitute(program, basis, kept, np.ones(2) > 0).rows.tolist() == [0, 1]
    # y stands at its upper bound: x = 5 − 3 breaks its own, x = 5 − 4 does not.
    high = Basis(np.array([BASIC, UPPER], dtype=np.int8), basis.rows)
    assert substitute(program, high, kept, np.ones(2) > 0).rows.tolist() == [0, 1]
    inside, _ = pair(1.0, 1.0, [1.0, 4.0], 5.0, ([BASIC, LOWER], [LOWER, BASIC]))
    fewer = substitute(inside, high, kept, np.ones(2) > 0)
    assert (fewer.rows.tolist(), fewer.columns.tolist(), fewer.program.offset) == ([], [], 5.0)


def test_a_column_is_not_solved_for_by_a_tiny_part_of_its_row():
    program, basis = pair(1e-4, 1.0, [1.0, 9.0], 5.0, ([BASIC, LOWER], [LOWER, BASIC]))
    assert substitute(program, basis, *all_of(program)).columns.tolist() == [0, 1]


def test_a_bound_that_two_columns_lend_is_given_back_to_the_right_one():
    # x = y − 1 and z = 2 − y, all from 0 on: y lies within 1 and 2, where x or z stand.
    cells = compress(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]), np.array([1.0, -1.0, 1.0, 1.0]), 2, 3)
    right = np.array([-1.0, 2.0])
    basis = Basis(np.array([BASIC, LOWER, BASIC], dtype=np.int8), np.array([LOWER, LOWER], dtype=np.int8))
    for price, stands, at in ((1.0, 0, [0.0, 1.0, 1.0]), (-1.0, 2, [1.0, 2.0, 0.0])):
        cost = np.array([0.0, price, 0.0])
        program = LinearProgram(cost, np.zeros(3), np.full(3, np.inf), cost > 9, 0.0, right, right, *cells)
        fewer = substitute(program, basis, *all_of(program))
        assert fewer.columns.tolist() == [1]
        back = fewer.whole_basis(solve(fewer.program, fewer.basis).basis, basis)
        assert back.columns.tolist() == [LOWER if column == stands else BASIC for column in range(3)]
        assert stand_at(program, back).values.tolist() == at
