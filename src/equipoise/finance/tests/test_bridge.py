import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.grid import MONEY_STEP, is_on_grid
from equipoise.finance.bridge import Sales, WrongSales, price_volume_mix

BUDGET = Sales(np.array([100.0, 50.0]), np.array([10.0, 20.0]), np.array([6.0, 11.0]))
ACTUAL = Sales(np.array([120.0, 45.0]), np.array([9.5, 21.0]), np.array([6.0, 11.5]))


def test_d14_revenue_and_margin():
    bridge = price_volume_mix(BUDGET, ACTUAL)
    none = {"launched": 0.0, "ended": 0.0}
    assert (bridge.revenue.budget, bridge.revenue.actual) == (2000, 2085)
    assert bridge.revenue.bars() == {"price": -15, "cost": 0, "currency": 0, "volume": 200, "mix": -100, **none}
    assert (bridge.margin.budget, bridge.margin.actual) == (850, 847.5)
    assert bridge.margin.bars() == {"price": -15, "cost": -22.5, "currency": 0, "volume": 85, "mix": -50, **none}
    assert bridge.revenue.residual == 0 and bridge.margin.residual == 0


def test_launched_and_ended_items_are_bars_of_their_own():
    budget = Sales(np.array([100.0, 0.0, 30.0]), np.array([10.0, np.nan, 5.0]), np.array([6.0, np.nan, 2.0]))
    actual = Sales(np.array([100.0, 20.0, 0.0]), np.array([10.0, 8.0, np.nan]), np.array([6.0, 3.0, np.nan]))
    bridge = price_volume_mix(budget, actual)
    assert bridge.revenue.bars() == {
        "price": 0,
        "cost": 0,
        "currency": 0,
        "volume": 0,
        "mix": 0,
        "launched": 160,
        "ended": -150,
    }
    assert bridge.margin.bars() == {
        "price": 0,
        "cost": 0,
        "currency": 0,
        "volume": 0,
        "mix": 0,
        "launched": 100,
        "ended": -90,
    }


number = st.floats(0, 1e5, allow_nan=False)
side = st.lists(st.tuples(st.integers(0, 10**6), number, number), min_size=4, max_size=4)


@given(side, side)
def test_bars_leave_nothing_over_and_mix_is_its_formula(budget, actual):
    before, after = (Sales(*np.array(rows, dtype=np.float64).T) for rows in (budget, actual))
    steps = price_volume_mix(before, after).margin
    assert steps.residual == 0
    assert is_on_grid(np.array(list(steps.bars().values())), MONEY_STEP)
    both = (before.quantity > 0) & (after.quantity > 0)
    qb, qa = before.quantity[both], after.quantity[both]
    unit = (before.price - before.unit_cost)[both]
    mix = float(((qa - qb * qa.sum() / qb.sum()) * unit).sum()) if both.any() else 0.0
    scale = max(1.0, float((qa * (np.abs(unit) + after.price[both] + after.unit_cost[both])).sum()))
    assert steps.mix == pytest.approx(mix, abs=0.02 + 1e-9 * scale)


def test_sold_units_without_a_known_price_are_refused():
    with pytest.raises(WrongSales, match="known price"):
        Sales(np.array([1.0]), np.array([np.nan]), np.array([1.0]))
    with pytest.raises(WrongSales, match="actual has 1"):
        price_volume_mix(BUDGET, Sales(np.array([1.0]), np.array([1.0]), np.array([1.0])))
