"""The family sheet's identity: a variance of stock is a variance of production less a variance of sales.

With opening stock I₀, planned production P and forecast F, actual production p and sales s, all cumulated:

* planned stock = I₀ + ΣP − ΣF, actual stock = I₀ + Σp − Σs
* inventory variance = actual − planned stock = Σ(p − P) − Σ(s − F)

so stock that is off plan is explained by one of the two, and the sheet proves itself.

Source: Wallace & Stahl, Sales and Operations Planning: The How-To Handbook, the S&OP family spreadsheet.

>>> sheet = family_sheet(
...     500.0,
...     forecast=np.array([200.0, 200.0, 220.0]), sales=np.array([210.0, 190.0, 250.0]),
...     planned=np.array([200.0, 210.0, 220.0]), made=np.array([195.0, 210.0, 215.0]))
>>> sheet.sales_variance.tolist(), sheet.production_variance.tolist()
([10.0, 0.0, 30.0], [-5.0, -5.0, -10.0])
>>> sheet.stock_planned.tolist(), sheet.stock_actual.tolist(), sheet.stock_variance.tolist()
([500.0, 510.0, 510.0], [485.0, 505.0, 470.0], [-15.0, -5.0, -40.0])
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray


class WrongSheet(EquipoiseError):
    """Rows of a family sheet do not have the same buckets."""


@dataclass(frozen=True, eq=False)
class FamilySheet:
    """Cumulative variances and stock at the close of each bucket, [T] each, units."""

    sales_variance: FloatArray
    """Σ(s − F): above 0 where more was sold than forecast."""
    production_variance: FloatArray
    """Σ(p − P): above 0 where more was made than planned."""
    stock_planned: FloatArray
    stock_actual: FloatArray

    @property
    def stock_variance(self) -> FloatArray:
        """Actual less planned stock; equals production variance less sales variance."""
        return self.stock_actual - self.stock_planned


def family_sheet(
    opening: float, *, forecast: FloatArray, sales: FloatArray, planned: FloatArray, made: FloatArray
) -> FamilySheet:
    """The sheet of one family from closed buckets, [T] each, units. Raises WrongSheet if lengths differ."""
    if not forecast.shape == sales.shape == planned.shape == made.shape:
        raise WrongSheet("forecast, sales, planned and actual production must cover the same buckets")
    return FamilySheet(
        sales_variance=np.cumsum(sales - forecast),
        production_variance=np.cumsum(made - planned),
        stock_planned=opening + np.cumsum(planned - forecast),
        stock_actual=opening + np.cumsum(made - sales),
    )


def days_on_hand(stock: float, *, next_demand: float, next_days: float) -> float:
    """Days that stock lasts at the daily demand of the next bucket; NaN if that is 0.

    >>> round(days_on_hand(470.0, next_demand=220.0, next_days=20.0), 1)
    42.7
    """
    return stock / (next_demand / next_days) if next_demand else float("nan")
