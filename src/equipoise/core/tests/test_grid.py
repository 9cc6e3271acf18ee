"""Numbers on the grid add up exactly in any order, and a split loses nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.grid import (
    LIMIT_STEPS,
    MONEY_STEP,
    QUANTITY_STEP,
    FloatArray,
    NothingToSplit,
    is_on_grid,
    on_grid,
    split,
    split_columns,
)

AMOUNTS = st.floats(-1e6, 1e6, allow_nan=False)
WEIGHTS = st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e6)), min_size=1, max_size=12).filter(any)


@given(st.lists(AMOUNTS, min_size=1, max_size=50), st.randoms(use_true_random=False))
def test_sums_on_the_grid_do_not_depend_on_order(amounts: list[float], random: object) -> None:
    values = on_grid(np.array(amounts), QUANTITY_STEP).tolist()
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert sum(shuffled) == sum(values) == float(np.array(values).sum())


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_on_grid_moves_a_number_by_half_a_step_at_most(amount: float) -> None:
    for step in (QUANTITY_STEP, MONEY_STEP, 1.0):
        (moved,) = on_grid(np.array([amount]), step)
        assert abs(moved - amount) <= step / 2
        assert is_on_grid(np.array([moved]), step)


def test_on_grid_knows_no_negative_zero() -> None:
    (zero,) = on_grid(np.array([-1e-12]), QUANTITY_STEP)
    assert not np.signbit(zero)


@pytest.mark.parametrize("value", [0.1, np.nan, np.inf, (LIMIT_STEPS + 2) * QUANTITY_STEP])
def test_what_is_not_on_the_grid(value: float) -> None:
    assert not is_on_grid(np.array([1.0, value]), QUANTITY_STEP)


def test_the_limit_itself_is_on_the_grid() -> None:
    assert is_on_grid(np.array([LIMIT_STEPS * QUANTITY_STEP, -LIMIT_STEPS * QUANTITY_STEP]), QUANTITY_STEP)


@given(AMOUNTS, WEIGHTS, st.sampled_from([QUANTITY_STEP, MONEY_STEP, 0.25, 1.0]))
def test_parts_sum_to_the_total_and_lie_within_a_step_of_their_share(
    total: float, weights: list[float], step: float
) -> None:
    (total,) = on_grid(np.array([total]), step)
    heavy = np.array(weights)
    parts = split(float(total), heavy, step=step)
    assert parts.sum() == total
    assert is_on_grid(parts, step)
    assert (parts[heavy == 0] == 0).all()
    assert (parts * np.sign(total) >= 0).all()
    assert np.abs(parts - total * heavy / heavy.sum()).max() <= step * (1 + 1e-6)


def test_a_tie_goes_to_the_earlier_cell_and_the_rest_to_the_largest_fraction() -> None:
    assert split(5.0, np.array([1.0, 1.0, 1.0]), step=1.0).tolist() == [2.0, 2.0, 1.0]
    assert split(10.0, np.array([1.4, 1.3, 7.3]), step=1.0).tolist() == [2.0, 1.0, 7.0]
    assert split(-5.0, np.array([1.0, 1.0, 1.0]), step=1.0).tolist() == [-2.0, -2.0, -1.0]


def test_what_is_beyond_the_last_whole_step_goes_to_the_heaviest_cell() -> None:
    assert split(10.5, np.array([1.0, 3.0]), step=1.0).tolist() == [3.0, 7.5]


def test_columns_are_split_one_by_one() -> None:
    weights = np.array([[1.0, 0.0, 0.0], [1.0, 2.0, 0.0]])
    parts = split_columns(np.array([3.0, 4.0, 0.0]), weights, step=1.0)
    assert parts.tolist() == [[2.0, 0.0, 0.0], [1.0, 4.0, 0.0]]


@pytest.mark.parametrize("weights", [np.array([0.0, 0.0]), np.array([1.0, -1.0])])
def test_weights_that_cannot_take_a_total_are_refused(weights: FloatArray) -> None:
    with pytest.raises(NothingToSplit):
        split(1.0, weights)
