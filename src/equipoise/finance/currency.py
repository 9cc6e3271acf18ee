"""Money of other currencies, in the dataset's currency: at the planning rate of each bucket.

Conversion happens here and not on import, so that a rate can be changed and its effect be shown by itself.

>>> from datetime import date
>>> import polars as pl
>>> from equipoise.core.calendar import Calendar
>>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=3)
>>> given = pl.DataFrame({"currency": ["USD", "USD"], "rate_type": ["plan", "plan"],
...     "date": [date(2026, 12, 1), date(2027, 2, 1)], "rate": [0.9, 0.8]})
>>> exchange = ExchangeRates.of(months, given, "EUR")
>>> exchange.codes, exchange.rates.tolist()
(('EUR', 'USD'), [[1.0, 1.0, 1.0], [0.9, 0.8, 0.8], [nan, nan, nan]])
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.rates import Asked, painted_rates
from equipoise.finance.findings import NO_RATE


@dataclass(frozen=True, eq=False)
class ExchangeRates:
    """Planning rates: dataset currency for one unit of each other currency, in every bucket."""

    codes: tuple[str, ...]
    """Known currencies; the dataset's own is the first."""
    rates: FloatArray
    """[len(codes) + 1, T]; NaN where no rate is known. The last row stands for all currencies not known."""

    @staticmethod
    def of(calendar: Calendar, table: pl.DataFrame, currency: str) -> "ExchangeRates":
        """Rates of type plan: in each bucket the one of the latest date on or before the bucket's first day."""
        plan = table.filter((pl.col("rate_type") == "plan") & (pl.col("currency") != currency)).sort("currency", "date")
        codes = (currency, *plan["currency"].unique(maintain_order=True).to_list())
        rates = np.full((len(codes) + 1, calendar.horizon), np.nan)
        rates[0] = 1.0
        starts = [calendar.start_of(bucket) for bucket in range(calendar.horizon)]
        for code, day, rate in plan.select("currency", "date", "rate").iter_rows():
            rates[codes.index(code), [start >= day for start in starts]] = rate
        return ExchangeRates(codes, rates)

    def paint(self, axes: Axes, frame: pl.DataFrame, value: str, *asked: Asked) -> FloatArray:
        """`painted_rates` of a money column, in the dataset's currency; NaN too where the rate is not known, [N, T]."""
        painted = painted_rates(axes, frame, value, *asked)
        if "currency" not in frame.columns:
            return painted
        # The same rows in the same order paint the currency, so each cell gets that of the row its money came from.
        numbers = [self._number(code) for code in frame["currency"].to_list()]
        given = frame.with_columns(
            pl.when(pl.col(value).is_not_null()).then(pl.Series("number", numbers, dtype=pl.Float64)).alias("number")
        )
        number = painted_rates(axes, given, "number", *asked)
        chosen = np.where(np.isnan(number), 0, number).astype(np.int64)
        return painted * self.rates[chosen, np.arange(axes.horizon)]

    def _number(self, code: str) -> int:
        if code == "":
            return 0
        return self.codes.index(code) if code in self.codes else len(self.codes)

    def findings(self, name: str, frame: pl.DataFrame) -> list[Finding]:
        """A finding for each currency of a table's rows that has no planning rate in some bucket."""
        found = []
        for code in sorted(set(frame["currency"].to_list()) - {""}):
            missing = int(np.isnan(self.rates[self._number(code)]).sum())
            if missing:
                message = f"table {name} holds money in {code}, which has no planning rate in {missing} buckets"
                found.append(NO_RATE.found(f"currency {code}", message, count=missing))
        return found
