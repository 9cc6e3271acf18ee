"""Cases D9 of cases.md, and what the formulas must do besides."""

from math import sqrt

import numpy as np
import pytest

from equipoise.inventory.safety_stock import (
    WrongInventoryInput,
    cycle_service_level,
    economic_order_quantity,
    expected_shortage,
    fill_rate,
    newsvendor,
    reorder_point,
    safety_stock,
    safety_stock_for_fill_rate,
    service_factor,
    unit_loss,
)


def test_a_reorder_point_of_daily_demand():
    stock = float(safety_stock(z=1.65, sigma_d=5.0, L=10.0))
    assert stock == pytest.approx(26.1, abs=0.05)
    assert reorder_point(d=30.0, L=10.0, SS=stock) == pytest.approx(326.1, abs=0.05)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"d": 2500, "sigma_d": 500, "Q": 10_000, "ROP": 6000, "SS": 1000}, (0.921, 25.13, 0.9975)),
        ({"d": 250, "sigma_d": 150, "Q": 1000, "ROP": 600, "SS": 100}, (0.68, 43.86, 0.956)),
    ],
    ids=["b", "c"],
)
def test_b_and_c_service_of_a_reorder_point(given, expected):
    d, sigma_d, Q, ROP, SS = given.values()
    CSL, ESC, fr = expected
    sigma_L = sqrt(2) * sigma_d
    assert reorder_point(d=d, L=2, SS=SS) == ROP
    assert cycle_service_level(SS=SS, sigma_L=sigma_L) == pytest.approx(CSL, abs=0.002)
    shortage = expected_shortage(SS=SS, sigma_L=sigma_L)
    assert shortage == pytest.approx(ESC, abs=0.005)
    assert fill_rate(ESC=shortage, Q=Q) == pytest.approx(fr, abs=0.0005)


def test_d_safety_stock_of_a_service_level():
    assert float(safety_stock(z=service_factor(90.0), sigma_d=500.0, L=2.0)) == pytest.approx(906, abs=0.5)


def test_f_lead_time_alone_varies():
    stock = float(safety_stock(z=1.28, sigma_d=0.0, L=6.0, d=60.0, sigma_LT=2.0))
    assert reorder_point(d=60.0, L=6.0, SS=stock) == pytest.approx(513.6, abs=1e-9)


def test_g_newsvendor_and_lot():
    stock = newsvendor(h=0.18, p=0.70, mu=50.0, sigma=8.0)
    assert (stock.quantity, stock.cost) == pytest.approx((56.604, 1.99761), abs=5e-4)
    lot = economic_order_quantity(K=8.0, h=0.225, D=1300.0)
    assert (lot.quantity, lot.cost) == pytest.approx((304.047, 68.411), abs=5e-4)


def test_fill_rate_and_its_inverse_agree():
    sigma_L, Q = np.array([707.1, 212.1, 50.0]), np.array([10_000.0, 1000.0, 80.0])
    wanted = np.array([0.9975, 0.956, 0.8])
    stock = safety_stock_for_fill_rate(fr=wanted, Q=Q, sigma_L=sigma_L)
    back = [fill_rate(ESC=expected_shortage(SS=s, sigma_L=g), Q=q) for s, g, q in zip(stock, sigma_L, Q, strict=True)]
    assert back == pytest.approx(wanted.tolist(), abs=1e-6)


def test_no_safety_stock_where_the_lot_reaches_the_fill_rate_or_demand_is_certain():
    assert safety_stock_for_fill_rate(fr=0.9, Q=np.array([1e6]), sigma_L=np.array([10.0])).tolist() == [0]
    assert safety_stock_for_fill_rate(fr=0.999, Q=np.array([10.0]), sigma_L=np.array([0.0])).tolist() == [0]


def test_loss_is_known_at_zero_and_falls():
    losses = unit_loss(np.array([-1.0, 0.0, 1.0]))
    assert losses[1] == pytest.approx(1 / sqrt(2 * np.pi))
    assert losses[0] - losses[2] == pytest.approx(1.0)  # G(−z) = G(z) + z


def test_what_has_no_answer_is_refused():
    with pytest.raises(WrongInventoryInput, match="100 %"):
        service_factor(100.0)
    with pytest.raises(WrongInventoryInput, match="sigma_L"):
        expected_shortage(SS=1.0, sigma_L=0.0)
    with pytest.raises(WrongInventoryInput, match="Q is 0"):
        fill_rate(ESC=1.0, Q=0.0)
