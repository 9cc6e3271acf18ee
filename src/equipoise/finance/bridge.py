"""Price, volume, mix, currency and cost: why revenue and margin differ from budget, in bars that leave nothing over.

With quantity q, price p and unit cost c of each item in the dataset's currency, r and s the rates at which the currency
of its price and of its cost became that, b for budget, a for actual, and totals Q over items in both:

* price    = Σ qa (pa·rb/ra − pb)
* cost     = −Σ qa (ca·sb/sa − cb)
* currency = Σ qa (pa − pa·rb/ra) − Σ qa (ca − ca·sb/sa)
* volume   = (Qa − Qb) × the budget's mean value per unit
* mix      = Σ (qa − qb·Qa/Qb) × the budget's value per unit of the item

A value is a price in the bridge of revenue, which has no cost, and a unit margin p − c in that of margin. Items of
only one side have no price or volume to compare: they are bars of their own, launched and ended. Volumes are added
over items, so they must be in one unit; the level of the rows is the level at which mix is taken.

Source: Horngren, Datar & Rajan, Cost Accounting, chapter 14 (sales-mix and sales-quantity variances).

>>> budget = Sales(np.array([100.0, 50.0]), np.array([10.0, 20.0]), np.array([6.0, 11.0]))
>>> actual = Sales(np.array([120.0, 45.0]), np.array([9.5, 21.0]), np.array([6.0, 11.5]))
>>> both = price_volume_mix(budget, actual)
>>> both.revenue.bars()
{'price': -15.0, 'cost': 0.0, 'currency': 0.0, 'volume': 200.0, 'mix': -100.0, 'launched': 0.0, 'ended': 0.0}
>>> both.margin.bars()
{'price': -15.0, 'cost': -22.5, 'currency': 0.0, 'volume': 85.0, 'mix': -50.0, 'launched': 0.0, 'ended': 0.0}
>>> both.margin.budget, both.margin.actual, both.margin.residual
(850.0, 847.5, 0.0)
"""

from dataclasses import asdict, dataclass

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import MONEY_STEP, BoolArray, FloatArray, on_grid


class WrongSales(EquipoiseError):
    """Two sides of a bridge do not have the same rows, or hold negative quantities or unknown numbers."""


@dataclass(frozen=True, eq=False)
class Sales:
    """Quantity, price and unit cost of each item, [n] each; price and cost count only where quantity is not 0.

    Prices and costs are in the dataset's currency. `rate` and `cost_rate` are what one unit of the currency in which
    they stand became in it, [n]; without them all are in the dataset's own.
    """

    quantity: FloatArray
    price: FloatArray
    unit_cost: FloatArray
    rate: FloatArray | None = None
    cost_rate: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse what no bridge can be built from."""
        sold = self.quantity != 0
        for rates in (self.rate, self.cost_rate):
            if rates is not None and not (rates.shape == self.quantity.shape and np.all(np.where(sold, rates, 1) > 0)):
                raise WrongSales("exchange rates must be one number above 0 for each item that is sold")
        known = np.isfinite(np.where(sold, self.price + self.unit_cost, 0.0))
        if not self.quantity.shape == self.price.shape == self.unit_cost.shape:
            raise WrongSales("quantity, price and unit cost must have one number for each item")
        if not np.all(known & np.isfinite(self.quantity)) or np.any(self.quantity < 0):
            raise WrongSales("quantities must not be negative, and what is sold needs a known price and unit cost")


@dataclass(frozen=True)
class Steps:
    """From the budget's amount to the actual one, on the grid of money."""

    budget: float
    price: float
    cost: float
    currency: float
    volume: float
    mix: float
    launched: float
    ended: float
    actual: float

    def bars(self) -> dict[str, float]:
        """The bars between the two amounts, in the order in which they are drawn."""
        named = asdict(self)
        return {name: value for name, value in named.items() if name not in ("budget", "actual")}

    @property
    def residual(self) -> float:
        """What the bars leave unexplained: 0."""
        return self.actual - self.budget - sum(self.bars().values())


@dataclass(frozen=True)
class Bridge:
    """The bridges of revenue and of margin, with the same causes."""

    revenue: Steps
    margin: Steps


def price_volume_mix(budget: Sales, actual: Sales) -> Bridge:
    """Bridge from budget to actual over the same items, [n] each. Raises WrongSales if the rows differ in number."""
    if budget.quantity.shape != actual.quantity.shape:
        raise WrongSales(f"budget has {budget.quantity.size} items and actual has {actual.quantity.size}")
    nothing = np.zeros(budget.quantity.shape)
    free = [Sales(side.quantity, side.price, nothing, side.rate) for side in (budget, actual)]
    return Bridge(revenue=_steps(*free), margin=_steps(budget, actual))


def _steps(budget: Sales, actual: Sales) -> Steps:
    """The bridge of price less unit cost."""
    qb, qa = budget.quantity, actual.quantity
    pb, cb = (np.where(qb == 0, 0.0, value) for value in (budget.price, budget.unit_cost))
    pa, ca = (np.where(qa == 0, 0.0, value) for value in (actual.price, actual.unit_cost))
    both = (qb > 0) & (qa > 0)
    before, after = _money(qb * (pb - cb)), _money(qa * (pa - ca))
    total_before, total_after = float(qb[both].sum()), float(qa[both].sum())
    mean = float((qb * (pb - cb))[both].sum()) / total_before if total_before else 0.0
    price_at = pa * _ratio(budget.rate, actual.rate, both)
    cost_at = ca * _ratio(budget.cost_rate, actual.cost_rate, both)
    price = float(_money(qa * (price_at - pb))[both].sum())
    dearer = float(_money(-qa * (cost_at - cb))[both].sum())
    currency = float(_money(qa * ((pa - price_at) - (ca - cost_at)))[both].sum())
    volume = float(_money(np.array((total_after - total_before) * mean)))
    # Algebraically Σ (qa − qb·Qa/Qb)(pb − cb); taken as what is left, it also closes the rounding of the other bars.
    mix = float(after[both].sum() - before[both].sum()) - price - dearer - currency - volume
    return Steps(
        budget=float(before.sum()),
        price=price,
        cost=dearer,
        currency=currency,
        volume=volume,
        mix=mix,
        launched=float(after[qb == 0].sum()),
        ended=-float(before[qa == 0].sum()) + 0.0,
        actual=float(after.sum()),
    )


def _ratio(budget: FloatArray | None, actual: FloatArray | None, both: BoolArray) -> FloatArray:
    """The budget's rate over the actual one where an item stands in both, [n]; 1 elsewhere and without rates."""
    ones = np.ones(both.shape)
    above, below = (ones if rates is None else rates for rates in (budget, actual))
    return np.divide(above, below, out=ones.copy(), where=both)


def _money(values: FloatArray) -> FloatArray:
    return on_grid(values, MONEY_STEP)
