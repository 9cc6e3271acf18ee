"""What people may change about prices and exchange rates.

>>> import numpy as np
>>> change_cells(np.array([40.0, np.nan, 2.0]), Amount("add", -3.0)).tolist()
[37.0, nan, -1.0]
>>> change_cells(np.array([40.0, np.nan]), Amount("set", 39.0)).tolist()
[39.0, 39.0]
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount, Change, Scope
from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.form_field import Field
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.finance.currency import ExchangeRates
from equipoise.finance.findings import (
    PRICE_BELOW_ZERO,
    PRICE_NOT_KNOWN,
    PRICE_SCOPE_GONE,
    RATE_BELOW_ZERO,
    RATE_SCOPE_GONE,
)


@dataclass(frozen=True)
class ChangePrice:
    """Set, raise, lower or scale the net price of every cell of the scope: a price is a rate, so it is not spread."""

    amount: Annotated[Amount, Field("Net price", "per unit", "12.50 sets it, +0.50 or -0.50 adds, +3% scales.")]

    kind: ClassVar[str] = "price"
    stage: ClassVar[str] = "prices"
    phase: ClassVar[int] = 0
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def conflicts_with(self, other: Change) -> bool:
        """Two branches that change prices, one of them to a fixed price."""
        return (
            isinstance(other, ChangePrice)
            and other != self
            and "set" in (self.amount.operation, other.amount.operation)
        )


@dataclass(frozen=True)
class ChangeExchangeRate:
    """Set, raise, lower or scale the planning rate of a currency in the buckets of the scope, which names no node.

    A rate is dataset currency for one unit of the other; it moves every price, cost and account in that currency.
    """

    currency: Annotated[str, Field("Currency", "", "The other currency, such as GBP.")]
    amount: Annotated[Amount, Field("Rate", "", "1.17 sets it, +0.02 or -0.02 adds, +3% scales.")]

    kind: ClassVar[str] = "exchange_rate"
    stage: ClassVar[str] = "prices"
    phase: ClassVar[int] = 0
    on_roll: ClassVar[Literal["keep", "ask", "drop"]] = "keep"

    def conflicts_with(self, other: Change) -> bool:
        """Two branches that change the rate of one currency, one of them to a fixed rate."""
        return (
            isinstance(other, ChangeExchangeRate)
            and other != self
            and other.currency == self.currency
            and "set" in (self.amount.operation, other.amount.operation)
        )


CHANGES: tuple[type[Change], ...] = (ChangePrice, ChangeExchangeRate)


def apply_rate_change(
    calendar: Calendar, exchange: ExchangeRates, adjustment: Adjustment
) -> tuple[ExchangeRates, list[Finding]]:
    """Planning rates after one adjustment, and what could not be done."""
    change, scope = adjustment.change, adjustment.scope
    assert isinstance(change, ChangeExchangeRate), adjustment
    where = f"adjustment {adjustment.id}"
    begin, end = calendar.span(scope.first, scope.last)
    if scope != Scope(first=scope.first, last=scope.last):
        text = "an exchange rate holds for the whole company: leave item, market, location and resource blank"
        return exchange, [RATE_SCOPE_GONE.found(where, text)]
    if begin == end or change.currency not in exchange.codes[1:]:
        known = ", ".join(exchange.codes[1:]) or "none"
        text = f"{change.currency} in {end - begin} buckets of the plan; currencies with rates: {known}"
        return exchange, [RATE_SCOPE_GONE.found(where, text)]
    row = exchange.codes.index(change.currency)
    now = exchange.rates[row, begin:end]
    after = change_cells(now, change.amount)
    wrong = after <= 0
    found = []
    if wrong.any():
        message = f"the rate of {change.currency} would be zero or below in {int(wrong.sum())} of {after.size} buckets"
        found.append(RATE_BELOW_ZERO.found(where, message, count=int(wrong.sum())))
    rates = exchange.rates.copy()
    rates[row, begin:end] = np.where(wrong, now, after)
    return ExchangeRates(exchange.codes, rates), found


def change_cells(prices: FloatArray, amount: Amount) -> FloatArray:
    """What each price becomes, any shape; an unknown price can only be set."""
    if amount.operation == "set":
        return np.full(prices.shape, amount.value)
    return prices + amount.value if amount.operation == "add" else prices * (1 + amount.value / 100)


def apply_price_change(axes: Axes, prices: FloatArray, adjustment: Adjustment) -> tuple[FloatArray, list[Finding]]:
    """Net prices [N, T] of the demand rows after one adjustment, and what could not be done."""
    change, scope = adjustment.change, adjustment.scope
    assert isinstance(change, ChangePrice), adjustment
    where = f"adjustment {adjustment.id}"
    begin, end = axes.calendar.span(scope.first, scope.last)
    try:
        rows = axes.rows(Grain.DEMAND, scope)
    except UnknownName as error:
        # The month has rolled or a code was dropped since this was typed: not the caller's fault (algebra.md 7).
        return prices, [PRICE_SCOPE_GONE.found(where, str(error))]
    if begin == end or rows.size == 0:
        return prices, [PRICE_SCOPE_GONE.found(where, "its scope holds no item, market and bucket of the plan")]
    now = prices[rows, begin:end]
    after = change_cells(now, change.amount)
    found = []
    unknown = int(np.isnan(after).sum())
    if unknown:
        message = f"{unknown} of {after.size} prices in its scope are not known"
        found.append(PRICE_NOT_KNOWN.found(where, message, count=unknown))
    negative = after < 0
    if negative.any():
        message = f"{int(negative.sum())} of {after.size} prices in its scope would fall below zero"
        found.append(PRICE_BELOW_ZERO.found(where, message, count=int(negative.sum())))
    changed = prices.copy()
    changed[rows, begin:end] = np.where(negative, now, after)
    return changed, found
