"""Forecast accuracy: how far forecasts made some buckets ahead were from what was ordered.

Over the n compared cells (item, market, closed bucket) with forecast F and orders A:

* WMAPE (WAPE) = Σ|F − A| / ΣA · accuracy = max(0, 1 − WMAPE) · bias = Σ(F − A) / ΣA
* MAPE = (1/n) Σ|F − A| / A over cells with A > 0 · RMSE = √(Σ(F − A)² / n)
* MASE = Σ|F − A| / Σq, q of a cell the mean |A_t − A_{t−1}| of its item and market before the first compared bucket
* FVA of a step = WMAPE of the step before − WMAPE of the step, on the same cells: above 0 where the step helped

Every one is a quotient of sums over cells, so it is taken anew at each level and never averaged; so is MASE, which for
a single item and market is that of the source.

Sources: Kolassa & Schütz, Foresight 6 (2007) 40-43 (WMAPE); Hyndman & Koehler, Int. J. Forecasting 22 (2006) 679-688
(MASE); Gilliland, The Business Forecasting Deal (2010), chapter 4 (FVA).

>>> actual, forecast = np.array([[100.0, 200.0, 50.0, 150.0]]), np.array([[110.0, 180.0, 60.0, 150.0]])
>>> sums = ErrorSums.of(actual, forecast, scale=np.array([20.0])).summed()
>>> [round(float(x), 2) for x in (sums.wape_pct, sums.bias_pct, sums.mape_pct, sums.rmse, sums.mase)]
[8.0, 0.0, 10.0, 12.25, 0.5]
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain, Measure, Unit
from equipoise.kpi.declare import part, percent
from equipoise.kpi.entry import Direction, Kind, Kpi


@dataclass(frozen=True, eq=False)
class ErrorSums:
    """What the error measures are quotients of, each an array of one shape: cells [N, H], or sums of them."""

    cells: FloatArray
    actual: FloatArray
    forecast: FloatArray
    error: FloatArray
    """F − A, units."""
    error_abs: FloatArray
    error_squared: FloatArray
    error_share: FloatArray
    """|F − A| / A of cells with A > 0."""
    sold: FloatArray
    """Cells with A > 0."""
    scaled_abs: FloatArray
    """|F − A| of cells whose scale is known."""
    scale: FloatArray
    """Mean absolute change of demand of those cells."""

    @staticmethod
    def of(actual: FloatArray, forecast: FloatArray, *, scale: FloatArray) -> "ErrorSums":
        """Of A and F [N, H] in units, NaN where unknown: only cells that know both count; `scale` [N]."""
        known = np.isfinite(actual) & np.isfinite(forecast)
        a, f = np.where(known, actual, 0.0), np.where(known, forecast, 0.0)
        sold = known & (a > 0)
        scaled = known & np.isfinite(scale)[:, None] & (np.nan_to_num(scale) > 0)[:, None]
        size = np.abs(f - a)
        return ErrorSums(
            cells=known.astype(np.float64),
            actual=a,
            forecast=f,
            error=f - a,
            error_abs=size,
            error_squared=size**2,
            error_share=np.divide(size, a, out=np.zeros(a.shape), where=sold),
            sold=sold.astype(np.float64),
            scaled_abs=np.where(scaled, size, 0.0),
            scale=np.where(scaled, np.nan_to_num(scale)[:, None], 0.0),
        )

    def summed(self, add: Callable[[FloatArray], FloatArray] = np.sum) -> "ErrorSums":
        """The same, each array summed by `add`."""
        return ErrorSums(*(np.asarray(add(getattr(self, field.name))) for field in fields(self)))

    @property
    def wape_pct(self) -> FloatArray:
        """100 Σ|F − A| / ΣA; NaN unless ΣA > 0."""
        return 100.0 * quotient(self.error_abs, self.actual)

    @property
    def accuracy_pct(self) -> FloatArray:
        """100 max(0, 1 − WMAPE)."""
        return np.maximum(0.0, 100.0 - self.wape_pct)

    @property
    def bias_pct(self) -> FloatArray:
        """100 Σ(F − A) / ΣA: above 0 where forecasts were too high."""
        return 100.0 * quotient(self.error, self.actual)

    @property
    def mape_pct(self) -> FloatArray:
        """100 / n Σ|F − A| / A over the n cells with A > 0."""
        return 100.0 * quotient(self.error_share, self.sold)

    @property
    def rmse(self) -> FloatArray:
        """√(Σ(F − A)² / n), units."""
        return np.sqrt(quotient(self.error_squared, self.cells))

    @property
    def mase(self) -> FloatArray:
        """Σ|F − A| / Σq: below 1 where it beats the naive forecast of the past."""
        return quotient(self.scaled_abs, self.scale)


def quotient(above: FloatArray, below: FloatArray) -> FloatArray:
    """above / below; NaN unless below is above 0."""
    whole = np.asarray(below, dtype=np.float64)
    share: FloatArray = np.divide(above, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return share


def naive_scale(ordered: FloatArray, compared: BoolArray) -> FloatArray:
    """q [N]: mean |A_t − A_{t−1}| of ordered [N, H] between the first sale and the first compared bucket; NaN unknown.

    >>> naive_scale(np.array([[0.0, 10.0, 14.0, 12.0, 99.0]]), np.array([[False, False, False, False, True]])).tolist()
    [3.0]
    """
    before = np.logical_and.accumulate(~compared, axis=1) & np.isfinite(ordered)
    known = np.logical_or.accumulate(np.nan_to_num(ordered) != 0, axis=1) & before
    steps = np.abs(np.diff(ordered, axis=1))
    counted = known[:, 1:] & known[:, :-1]
    return quotient(np.where(counted, steps, 0.0).sum(axis=1), counted.sum(axis=1))


MEASURES: tuple[Measure, ...] = (
    part(
        "forecast_actual_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Demand compared",
        "Units ordered in the closed buckets for which a forecast of the bucket before is archived; 0 elsewhere.",
    ),
    part(
        "forecast_error_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Forecast error",
        "Forecast made in the bucket before less units ordered (F − A): above 0 where the forecast was too high.",
    ),
    part(
        "forecast_error_abs_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Absolute forecast error",
        "The forecast error without its sign, |F − A|.",
    ),
    part(
        "forecast_value_actual_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Demand compared with naive",
        "Units ordered in the compared cells that also have a naive forecast.",
    ),
    part(
        "forecast_value_added_qty",
        Grain.DEMAND,
        Unit.QUANTITY,
        "Error taken away",
        "Absolute error of the naive forecast less that of the forecast, in the cells that have both: above 0 where "
        "the forecast beats the naive one.",
    ),
    percent(
        "forecast_wape_pct",
        Grain.DEMAND,
        "Forecast error (WAPE)",
        "Σ|F − A| / ΣA of item and market at lag 1.",
        of=("forecast_error_abs_qty", "forecast_actual_qty"),
    ),
    percent(
        "forecast_bias_pct",
        Grain.DEMAND,
        "Forecast bias",
        "Σ(F − A) / ΣA at lag 1: above 0 where forecasts were too high.",
        of=("forecast_error_qty", "forecast_actual_qty"),
    ),
    percent(
        "forecast_accuracy_pct",
        Grain.DEMAND,
        "Forecast accuracy",
        "100 % less WAPE at lag 1, 0 where the errors are larger than the demand.",
        of=("forecast_error_abs_qty", "forecast_actual_qty"),
        is_complement=True,
    ),
    percent(
        "forecast_value_added_pct",
        Grain.DEMAND,
        "Forecast value added",
        "WAPE of the naive forecast less WAPE of the forecast at lag 1, on the same cells: above 0 where it helps.",
        of=("forecast_value_added_qty", "forecast_value_actual_qty"),
    ),
)

_ARCHIVE = "table forecast_archive with forecasts made in the bucket before their own, and closed sales_history"
_TOO_HIGH = "F − A: above 0 where forecasts were too high"

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Forecast accuracy",
        "forecast_accuracy_pct",
        "max(0, 1 − Σ|F − A| / ΣA), forecast made one bucket ahead against orders",
        "demand",
        80.0,
        Direction.UP,
        Kind.LAGGING,
        "item",
        Unit.PERCENT,
        shared_with=("sales", "marketing", "supply", "finance", "executive"),
        needs=_ARCHIVE,
    ),
    Kpi(
        "Forecast error",
        "forecast_wape_pct",
        "Σ|F − A| / ΣA, forecast made one bucket ahead against orders",
        "demand",
        20.0,
        Direction.DOWN,
        Kind.LAGGING,
        "item",
        Unit.PERCENT,
        needs=_ARCHIVE,
    ),
    Kpi(
        "Forecast error by cell (MAPE)",
        "",
        "(1/n) Σ|F − A| / A over cells with demand; a small item counts as much as a large one",
        "demand",
        None,
        Direction.DOWN,
        Kind.LAGGING,
        "item",
        Unit.PERCENT,
        needs=_ARCHIVE,
        column="mape_pct",
        drill="forecast_error_abs_qty",
    ),
    Kpi(
        "Root mean squared error",
        "",
        "√(Σ(F − A)² / n), units; null where units cannot be added up",
        "demand",
        None,
        Direction.DOWN,
        Kind.LAGGING,
        "item",
        Unit.QUANTITY,
        needs=_ARCHIVE,
        column="rmse_qty",
        drill="forecast_error_abs_qty",
    ),
    Kpi(
        "Scaled error (MASE)",
        "",
        "Σ|F − A| / Σ mean |A_t − A_{t−1}| of the demand before; below 1 beats the naive forecast",
        "demand",
        1.0,
        Direction.DOWN,
        Kind.LAGGING,
        "item",
        Unit.RATIO,
        needs=_ARCHIVE,
        column="mase_ratio",
        drill="forecast_error_abs_qty",
    ),
    Kpi(
        "Forecast bias",
        "forecast_bias_pct",
        "Σ(F − A) / ΣA, forecast made one bucket ahead against orders",
        "sales",
        0.0,
        Direction.ZERO,
        Kind.LAGGING,
        "family",
        Unit.PERCENT,
        tolerance=5.0,
        sign=_TOO_HIGH,
        shared_with=("demand", "marketing", "supply"),
        needs=_ARCHIVE,
    ),
    Kpi(
        "Tracking signal",
        "",
        "Σ(A − F) / MAD of the level's total by bucket; beyond ±4 and significant by t-test: one-sided",
        "demand",
        0.0,
        Direction.ZERO,
        Kind.LAGGING,
        "family",
        Unit.RATIO,
        tolerance=4.0,
        sign="A − F: above 0 where forecasts were too low (bias has the other sign)",
        shared_with=("sales", "marketing"),
        needs=_ARCHIVE,
        column="tracking_signal",
        drill="forecast_error_qty",
    ),
    Kpi(
        "Forecast value added",
        "forecast_value_added_pct",
        "WMAPE of the naive forecast − WMAPE of the consensus, on the same cells",
        "marketing",
        0.0,
        Direction.UP,
        Kind.LAGGING,
        "family",
        Unit.PERCENT,
        sign="error_ref − error_step: above 0 where the step took error away",
        shared_with=("demand", "sales"),
        needs=_ARCHIVE,
    ),
)
