"""How good a forecast was: the field's error measures, from actual demand A and forecast F.

MAD = Σ|A − F| / n · MSE = Σ(A − F)² / n · MAPE = 100 Σ|A − F| / A / n · WMAPE = 100 Σ|A − F| / ΣA ·
bias = 100 Σ(F − A) / ΣA (positive: forecast too high) · forecast accuracy = max(0, 100 − WMAPE)

Arrays of one shape in (items × buckets or buckets), one number out. Pairs with an unknown (NaN) actual or forecast are
left out everywhere. Where nothing is left, or the denominator is not positive, the answer is NaN: undefined, not 0.

Sources: Heizer, Render & Munson, Operations Management, chapter 4, equations 4-5 to 4-7 (MAD, MSE, MAPE); Hyndman &
Koehler, Int. J. Forecasting 22 (2006) 679-688 (what is wrong with MAPE); Kolassa & Schütz, Foresight 6 (2007) 40-43
(WMAPE = MAD / mean).

>>> actual = np.array([100.0, 200.0, 50.0, 150.0])
>>> forecast = np.array([110.0, 180.0, 60.0, 150.0])
>>> mape_pct(actual, forecast), wmape_pct(actual, forecast), bias_pct(actual, forecast)
(10.0, 8.0, 0.0)
"""

import numpy as np

from equipoise.core.grid import FloatArray


def mean_absolute_deviation(actual: FloatArray, forecast: FloatArray) -> float:
    """MAD = Σ|A − F| / n in units; NaN without a known pair."""
    a, f = _known_pairs(actual, forecast)
    return float(np.mean(np.abs(a - f))) if a.size else float("nan")


def mean_squared_error(actual: FloatArray, forecast: FloatArray) -> float:
    """MSE = Σ(A − F)² / n in squared units; NaN without a known pair."""
    a, f = _known_pairs(actual, forecast)
    return float(np.mean((a - f) ** 2)) if a.size else float("nan")


def mape_pct(actual: FloatArray, forecast: FloatArray) -> float:
    """MAPE = 100 / n Σ|A − F| / A over the pairs with A > 0; NaN if there is none.

    Buckets without demand have no percentage error and are left out, so a forecast for them costs nothing here: use
    WMAPE for items that do not sell in every bucket.
    """
    a, f = _known_pairs(actual, forecast)
    is_sold = a > 0
    return float(100.0 * np.mean(np.abs(a - f)[is_sold] / a[is_sold])) if np.any(is_sold) else float("nan")


def wmape_pct(actual: FloatArray, forecast: FloatArray) -> float:
    """WMAPE = 100 Σ|A − F| / ΣA; NaN unless ΣA > 0."""
    a, f = _known_pairs(actual, forecast)
    return _share_pct(float(np.sum(np.abs(a - f))), float(np.sum(a)))


def bias_pct(actual: FloatArray, forecast: FloatArray) -> float:
    """Bias = 100 Σ(F − A) / ΣA, positive when forecasts were too high; NaN unless ΣA > 0."""
    a, f = _known_pairs(actual, forecast)
    return _share_pct(float(np.sum(f - a)), float(np.sum(a)))


def forecast_accuracy_pct(actual: FloatArray, forecast: FloatArray) -> float:
    """Forecast accuracy = max(0, 100 − WMAPE); NaN unless ΣA > 0.

    >>> forecast_accuracy_pct(np.array([100.0, 100.0]), np.array([90.0, 120.0]))
    85.0
    >>> forecast_accuracy_pct(np.array([10.0]), np.array([40.0]))
    0.0
    """
    wmape = wmape_pct(actual, forecast)
    return wmape if np.isnan(wmape) else max(0.0, 100.0 - wmape)


def _known_pairs(actual: FloatArray, forecast: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The pairs where both are known, flattened."""
    is_known = np.isfinite(actual) & np.isfinite(forecast)
    return actual[is_known], forecast[is_known]


def _share_pct(part: float, whole: float) -> float:
    """100 × part / whole; NaN unless the whole is positive."""
    return 100.0 * part / whole if whole > 0 else float("nan")
