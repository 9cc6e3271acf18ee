"""An amount at a node reaches its cells: nothing is lost, held cells keep what they have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.adjustment import Amount
from equipoise.core.grid import QUANTITY_STEP, BoolArray, is_on_grid, on_grid
from equipoise.core.spread import CannotSpread, spread_amount


def free(count: int) -> BoolArray:
    return np.zeros((count, 1), dtype=np.bool_)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_as_is_keeps_proportions() -> None:
    now = column(300.0, 500.0, 200.0)
    for amount, expected in (("1200", [60, 100, 40]), ("+200", [60, 100, 40]), ("-50%", [-150, -250, -100])):
        change = spread_amount(now, Amount.parse(amount), weights=now, held=free(3), step=1.0)
        assert change.ravel().tolist() == expected, amount


def test_equal_spreads_the_difference_not_the_total() -> None:
    change = spread_amount(column(300.0, 100.0), Amount("add", 50.0), weights=column(1.0, 1.0), held=free(2), step=1.0)
    assert change.ravel().tolist() == [25.0, 25.0]


def test_held_cells_are_taken_out_first() -> None:
    now, held = column(300.0, 500.0, 200.0), free(3)
    held[1] = True
    change = spread_amount(now, Amount("set", 1200.0), weights=now, held=held, step=1.0)
    assert change.ravel().tolist() == [120.0, 0.0, 80.0]


def test_cells_that_stand_at_zero_share_equally() -> None:
    now = column(0.0, 0.0)
    assert spread_amount(now, Amount("set", 30.0), weights=now, held=free(2)).ravel().tolist() == [15.0, 15.0]


def test_an_amount_reaches_the_cells_of_several_buckets() -> None:
    now = np.array([[100.0, 300.0]])
    change = spread_amount(now, Amount("set", 800.0), weights=now, held=np.zeros((1, 2), dtype=np.bool_))
    assert change.tolist() == [[100.0, 300.0]]


@pytest.mark.parametrize(
    ("amount", "weights", "held", "message"),
    [
        ("100", column(1.0, 1.0), [True, True], "every cell of the scope is held"),
        ("100", column(10.0, 300.0), [False, True], "fall to 100, below the 300"),
        ("-400", column(10.0, 300.0), [False, False], "fall to -90"),
        ("-100", column(1.0, 1.0), [False, False], "some cell would fall below zero"),
    ],
)
def test_what_cannot_be_spread_says_why(amount: str, weights: np.ndarray, held: list[bool], message: str) -> None:
    with pytest.raises(CannotSpread, match=message):
        spread_amount(column(10.0, 300.0), Amount.parse(amount), weights=weights, held=np.array(held)[:, None])


CELLS = st.lists(st.tuples(st.floats(0, 1e5), st.booleans()), min_size=1, max_size=8)


@given(CELLS, st.sampled_from(["set", "add", "scale"]), st.floats(0, 1e5), st.booleans())
def test_the_scope_becomes_what_was_typed(
    cells: list[tuple[float, bool]], operation: str, value: float, is_equal: bool
) -> None:
    now = on_grid(column(*(quantity for quantity, _ in cells)), QUANTITY_STEP)
    held = np.array([is_held for _, is_held in cells])[:, None]
    amount = Amount(operation, value)  # type: ignore[arg-type]
    weights = np.ones_like(now) if is_equal else now
    try:
        change = spread_amount(now, amount, weights=weights, held=held)
    except CannotSpread:
        assert held.all() or operation == "set"  # only these can ask for less than stands
        return
    assert (now + change).sum() == on_grid(np.array(amount.apply_to(float(now.sum()))), QUANTITY_STEP)
    assert (change[held] == 0).all()
    assert (now + change >= 0).all()
    assert is_on_grid(change, QUANTITY_STEP)
