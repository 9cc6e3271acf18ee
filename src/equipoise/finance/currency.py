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

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
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
    def of(calendar: Calendar, table: pl.DataFrame, currency: str, rate_type: str = "plan") -> "ExchangeRates":
        """Rates of one type: in each bucket the one of the latest date on or before the bucket's first day.

        Codes are those of all types, so that rates of two types have the same rows.
        """
        foreign = table.filter(pl.col("currency") != currency)
        codes = (currency, *sorted(set(foreign["currency"].to_list())))
        plan = foreign.filter(pl.col("rate_type") == rate_type).sort("currency", "date")
        rates = np.full((len(codes) + 1, calendar.horizon), np.nan)
        rates[0] = 1.0
        starts = [calendar.start_of(bucket) for bucket in range(calendar.horizon)]
        for code, day, rate in plan.select("currency", "date", "rate").iter_rows():
            rates[codes.index(code), [start >= day for start in starts]] = rate
        return ExchangeRates(codes, rates)

    def paint(self, axes: Axes, frame: pl.DataFrame, value: str, *asked: Asked) -> FloatArray:
        """`painted_rates` of a money column, in the dataset's currency; NaN too where the rate is not known, [N, T]."""
        painted = painted_rates(axes, frame, value, *asked)
        return painted * self.rate_of(self.numbers(axes, frame, value, *asked))

    def numbers(self, axes: Axes, frame: pl.DataFrame, value: str, *asked: Asked) -> IntArray:
        """Row of `rates` of the currency in which each cell's money stands, [N, T]; 0 where no row says."""
        # The same rows in the same order paint the currency, so each cell gets that of the row its money came from.
        numbers = [self._number(code) for code in frame["currency"].to_list()]
        given = frame.with_columns(
            pl.when(pl.col(value).is_not_null()).then(pl.Series("number", numbers, dtype=pl.Float64)).alias("number")
        )
        number = painted_rates(axes, given, "number", *asked)
        return np.where(np.isnan(number), 0, number).astype(np.int64)

    def rate_of(self, numbers: IntArray) -> FloatArray:
        """Rate of each cell of `numbers`, [N, T]."""
        return self.rates[numbers, np.arange(self.rates.shape[1])]

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


@dataclass(frozen=True, eq=False)
class RatesOfDays:
    """Rates of every type on any day, for money that is dated: the ledger. The plan's own rates hold in its buckets."""

    calendar: Calendar
    currency: str
    plan: ExchangeRates
    dated: Mapping[tuple[str, str], tuple[tuple[date, float], ...]]
    """By currency and type, the days from which rates hold, ascending."""

    @staticmethod
    def of(calendar: Calendar, table: pl.DataFrame, currency: str, plan: ExchangeRates) -> "RatesOfDays":
        """From table exchange_rates, with the planning rates after people's changes."""
        dated: dict[tuple[str, str], tuple[tuple[date, float], ...]] = {}
        for code, kind, day, rate in (
            table.select("currency", "rate_type", "date", "rate").sort("currency", "rate_type", "date").iter_rows()
        ):
            dated[code, kind] = (*dated.get((code, kind), ()), (day, rate))
        return RatesOfDays(calendar, currency, plan, dated)

    def rate(self, code: str, rate_type: str, day: date) -> float:
        """Rate of a type on a day, else the planning rate; NaN where neither is known."""
        if code in ("", self.currency):
            return 1.0
        bucket = self.calendar.index_of(day)
        if rate_type == "plan" and 0 <= bucket < self.calendar.horizon and code in self.plan.codes:
            return float(self.plan.rates[self.plan.codes.index(code), bucket])
        known = [rate for since, rate in self.dated.get((code, rate_type), ()) if since <= day]
        if known:
            return known[-1]
        return float("nan") if rate_type == "plan" else self.rate(code, "plan", day)

    def convert(
        self, name: str, frame: pl.DataFrame, value: str, rate_type: pl.Expr
    ) -> tuple[pl.DataFrame, list[Finding]]:
        """A dated money column in the dataset's currency; null, with a finding, where the rate is not known."""
        typed = frame.with_columns(rate_type.alias("rate_type"))
        asked = typed.select("currency", "rate_type", "date").unique().sort("currency", "rate_type", "date")
        rates = [self.rate(*row) for row in asked.iter_rows()]
        known = asked.with_columns(pl.Series("rate", rates, dtype=pl.Float64).fill_nan(None))
        joined = typed.join(known, on=["currency", "rate_type", "date"], how="left", maintain_order="left")
        findings = []
        for code in sorted(set(joined.filter(pl.col("rate").is_null())["currency"].to_list())):
            count = joined.filter(pl.col("rate").is_null() & (pl.col("currency") == code)).height
            message = f"{count} rows of table {name} hold money in {code} on days without a rate; they are left out"
            findings.append(NO_RATE.found(f"currency {code}", message, count=count))
        money = joined.with_columns((pl.col(value) * pl.col("rate")).alias(value))
        return money.drop("rate", "rate_type"), findings
