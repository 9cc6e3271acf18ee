"""Safety stock and lot size: the textbook's formulas with the textbook's symbols.

d, σ_d: mean and standard deviation of demand in one period · L, σ_LT: mean and standard deviation of the lead time in
periods · z: standard normal quantile of the cycle service level · σ_L: standard deviation of demand over the lead
time · Q: lot · SS: safety stock · ROP: reorder point · ESC: expected shortage per replenishment cycle.

Demand and its errors are taken as normal and independent from period to period. Functions of z and of SS take numbers
or arrays.

Sources: Heizer, Render & Munson, Operations Management, chapter 12 (SS, ROP, EOQ); Chopra & Meindl, Supply Chain
Management, chapter 12 (CSL, ESC, fill rate); Snyder & Shen, Fundamentals of Supply Chain Theory, examples 3.1 (EOQ) and
4.3 (newsvendor).

>>> stock = float(safety_stock(z=1.65, sigma_d=5.0, L=10.0))
>>> round(stock, 1), round(reorder_point(d=30.0, L=10.0, SS=stock), 1)
(26.1, 326.1)
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray

NORMAL = NormalDist()
Z_TABLE = np.arange(-8000, 8001) / 1000.0
"""Points at which the unit normal loss is tabled for its inverse; between them it is interpolated."""


class WrongInventoryInput(EquipoiseError):
    """A number for which a formula has no answer: the message names it."""


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise WrongInventoryInput(f"{name} is {number:g}, but must be above 0")


def service_factor(service_level_pct: float) -> float:
    """z of a cycle service level: Φ(z) = level.

    >>> round(service_factor(95.0), 4)
    1.6449
    """
    if not 0 < service_level_pct < 100:
        raise WrongInventoryInput(f"service level {service_level_pct:g} % must lie between 0 and 100, both excluded")
    return NORMAL.inv_cdf(service_level_pct / 100)


def safety_stock(
    *, z: float, sigma_d: float | FloatArray, L: float | FloatArray, d: float | FloatArray = 0.0, sigma_LT: float = 0.0
) -> FloatArray:
    """SS = z·√(L·σ_d² + d²·σ_LT²), units. L may hold a review period beside the lead time.

    >>> round(float(safety_stock(z=service_factor(90.0), sigma_d=500.0, L=2.0)))
    906
    >>> round(float(safety_stock(z=1.28, sigma_d=0.0, L=6.0, d=60.0, sigma_LT=2.0)), 1)
    153.6
    """
    found: FloatArray = z * np.sqrt(np.asarray(L) * np.square(sigma_d) + np.square(np.asarray(d) * sigma_LT))
    return found


def reorder_point(*, d: float, L: float, SS: float) -> float:
    """ROP = d·L + SS, units on hand and on order.

    >>> round(reorder_point(d=60.0, L=6.0, SS=153.6), 1)
    513.6
    """
    return d * L + SS


def cycle_service_level(*, SS: float, sigma_L: float) -> float:
    """CSL = Φ(SS/σ_L): the share of cycles without a stockout.

    >>> round(cycle_service_level(SS=1000.0, sigma_L=500.0 * sqrt(2)), 3)
    0.921
    """
    _positive(sigma_L=sigma_L)
    return NORMAL.cdf(SS / sigma_L)


def expected_shortage(*, SS: float, sigma_L: float) -> float:
    """ESC = −SS·(1 − Φ(SS/σ_L)) + σ_L·φ(SS/σ_L), units short per cycle.

    >>> round(expected_shortage(SS=1000.0, sigma_L=500.0 * sqrt(2)), 2)
    25.13
    """
    _positive(sigma_L=sigma_L)
    k = SS / sigma_L
    return -SS * (1 - NORMAL.cdf(k)) + sigma_L * NORMAL.pdf(k)


def fill_rate(*, ESC: float, Q: float) -> float:
    """fr = 1 − ESC/Q: the share of units served from stock.

    >>> round(fill_rate(ESC=25.13, Q=10000.0), 4)
    0.9975
    """
    _positive(Q=Q)
    return 1 - ESC / Q


def unit_loss(z: FloatArray) -> FloatArray:
    """G(z) = φ(z) − z·(1 − Φ(z)): expected shortage of a standard normal demand beyond z."""
    flat = [NORMAL.pdf(k) - k * NORMAL.cdf(-k) for k in z.ravel().tolist()]
    return np.array(flat).reshape(z.shape)


def safety_stock_for_fill_rate(*, fr: float | FloatArray, Q: FloatArray, sigma_L: FloatArray) -> FloatArray:
    """The SS ≥ 0 at which ESC = (1 − fr)·Q, [any]; 0 where a lot alone reaches the fill rate or σ_L is 0.

    The loss is inverted from its table by linear interpolation, exact to 1e-6·σ_L.

    >>> sigma_L, Q = np.array([500.0 * sqrt(2)]), np.array([10000.0])
    >>> round(float(safety_stock_for_fill_rate(fr=0.9974873, Q=Q, sigma_L=sigma_L)[0]))
    1000
    """
    wanted = np.divide((1 - np.asarray(fr)) * Q, sigma_L, out=np.full(np.shape(sigma_L), np.inf), where=sigma_L > 0)
    # Loss falls with z; np.interp asks for rising abscissae.
    z = np.interp(wanted, LOSS_TABLE[::-1], Z_TABLE[::-1])
    found: FloatArray = np.maximum(z, 0.0) * sigma_L
    return found


LOSS_TABLE = unit_loss(Z_TABLE)


@dataclass(frozen=True)
class OptimalLot:
    """A quantity and what it costs a period, in expectation."""

    quantity: float
    cost: float


def economic_order_quantity(*, K: float, h: float, D: float) -> OptimalLot:
    """Q* = √(2KD/h), cost √(2KDh): K per order, h per unit and period, D demand a period.

    >>> lot = economic_order_quantity(K=8.0, h=0.225, D=1300.0)
    >>> round(lot.quantity, 3), round(lot.cost, 3)
    (304.047, 68.411)
    """
    _positive(K=K, h=h, D=D)
    return OptimalLot(sqrt(2 * K * D / h), sqrt(2 * K * D * h))


def newsvendor(*, h: float, p: float, mu: float, sigma: float) -> OptimalLot:
    """S* = μ + z·σ with Φ(z) = p/(p + h), cost (h + p)·φ(z)·σ: h per unit left, p per unit short.

    >>> stock = newsvendor(h=0.18, p=0.70, mu=50.0, sigma=8.0)
    >>> round(stock.quantity, 3), round(stock.cost, 5)
    (56.604, 1.99761)
    """
    _positive(h=h, p=p, sigma=sigma)
    z = NORMAL.inv_cdf(p / (p + h))
    return OptimalLot(mu + z * sigma, (h + p) * NORMAL.pdf(z) * sigma)
