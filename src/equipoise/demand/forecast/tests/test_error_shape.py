"""The shape of errors of sums: that of their draws, apart for rare demand, normal where none is known."""

import numpy as np
import pytest

from equipoise.demand.forecast.error_shape import NORMAL, RARE, SHAPE_LEVELS, STEADY, is_rare_demand, shape_of_errors
from equipoise.demand.forecast.segment import ERRATIC, LUMPY, SMOOTH


def shape_of(draws, is_rare):
    """The shape of errors [K, N] of one bucket, whose one-step error is known to be 1."""
    return shape_of_errors(draws[:, :, None], np.ones(draws.shape), is_rare)


def test_without_errors_the_shape_is_normal():
    assert shape_of(np.zeros((0, 3)), np.zeros(3, dtype=bool)) == pytest.approx(np.tile(NORMAL, (2, 1)))
    unknown = np.full((4, 2, 3), np.nan)
    assert shape_of_errors(unknown, unknown[:, :, 0], np.zeros(2, dtype=bool)) == pytest.approx(np.tile(NORMAL, (2, 1)))


def test_wide_tails_are_learned_and_only_by_their_own_sort():
    rng = np.random.default_rng(3)
    steady, rare = rng.normal(size=(40, 300)), rng.laplace(size=(40, 300)) / np.sqrt(2.0)
    shape = shape_of(np.hstack([steady, rare]), np.repeat([False, True], 300))
    assert shape[STEADY] == pytest.approx(NORMAL, abs=0.12)
    at = SHAPE_LEVELS.tolist().index(0.99)
    assert shape[RARE, at] > shape[STEADY, at] + 0.3
    assert (np.diff(shape, axis=1) >= 0).all()


def test_half_of_an_error_to_one_side_is_of_both_signs():
    draws = np.random.default_rng(3).normal(1.0, 1.0, size=(40, 400))
    shape = shape_of(draws, np.zeros(400, dtype=bool))[STEADY]
    middle = SHAPE_LEVELS.tolist().index(0.5)
    scale = np.sqrt(2.0)  # the root mean square of such an error
    assert shape[middle] == pytest.approx(0.5 * 1.0 / scale, abs=0.06)


def test_no_error_helps_to_judge_itself():
    draws = np.full((10, 200), 0.1)
    draws[0] = 8.0
    shape = shape_of(draws, np.zeros(200, dtype=bool))[STEADY]
    own = 8.0 / np.sqrt((6 + 64 + 9 * 0.01) / 16)  # what it would be if it had helped
    assert shape[-1] > 1.5 * own


def test_rare_demand_is_known_by_its_segment():
    assert is_rare_demand(np.array([SMOOTH, LUMPY, ERRATIC])).tolist() == [False, True, False]
