"""Is a forecast wrong on one side? Running sum of forecast errors and tracking signal.

RSFE_t = Σ(A − F) · MAD_t = Σ|A − F| / t · TS_t = RSFE_t / MAD_t, over the buckets up to t.

Sign: actual minus forecast, as in the textbooks: positive means that demand keeps exceeding the forecast (forecast too
low). `accuracy.bias_pct` has the opposite sign, forecast minus actual, as bias reports have it. A tracking signal
beyond ±4 MAD (about 3.2 standard deviations of the error) calls for a new look at the forecast.

Source: Heizer, Render & Munson, Operations Management, chapter 4, equations 4-18 and 4-19; Trigg, Operational Research
Quarterly 15 (1964) 271-274.

>>> forecast = np.array([100.0, 100.0, 100.0, 110.0, 110.0, 110.0])
>>> actual = np.array([90.0, 95.0, 115.0, 100.0, 125.0, 140.0])
>>> rsfe(actual, forecast).tolist()
[-10.0, -15.0, 0.0, -10.0, 5.0, 35.0]
>>> tracking_signal(actual, forecast).round(2).tolist()
[-1.0, -2.0, 0.0, -1.0, 0.45, 2.47]
"""

import numpy as np

from equipoise.core.grid import FloatArray


def rsfe(actual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Running sum of forecast errors Σ(A − F) [..., n] in units; an unknown (NaN) pair adds nothing."""
    error = actual - forecast
    return np.cumsum(np.where(np.isfinite(error), error, 0.0), axis=-1)


def running_mad(actual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Mean absolute deviation of all known pairs up to each bucket [..., n], units; NaN before the first known pair.

    >>> running_mad(np.array([np.nan, 90.0, 95.0]), np.array([100.0, 100.0, 100.0])).tolist()
    [nan, 10.0, 7.5]
    """
    error = np.abs(actual - forecast)
    is_known = np.isfinite(error)
    total = np.cumsum(np.where(is_known, error, 0.0), axis=-1)
    count = np.cumsum(is_known, axis=-1, dtype=np.float64)
    return total / np.where(count > 0, count, np.nan)


def tracking_signal(actual: FloatArray, forecast: FloatArray) -> FloatArray:
    """Tracking signal RSFE / MAD [..., n], in MADs, A − F convention; NaN before the first known pair.

    A forecast without any error so far has the signal 0: nothing lies on one side.

    >>> tracking_signal(np.array([100.0, 110.0]), np.array([100.0, 100.0])).tolist()
    [0.0, 2.0]
    """
    mad = running_mad(actual, forecast)
    return np.where(mad == 0.0, 0.0, rsfe(actual, forecast) / np.where(mad == 0.0, 1.0, mad))
