"""How well bands hold what they promise: at the date of the competition, lag by lag, and over many dates before it.

What one date shows of one lag is the luck of one month, for all series err alike in it. Over several dates that evens
out; these lie inside the training parts, where settings were chosen.
"""

import numpy as np

from benchmarks.m3 import IntervalScore, Series, score_intervals
from benchmarks.subject import Table
from equipoise.demand.forecast import forecast_series

BOUNDS = {80: (0.78, 0.82), 95: (0.94, 0.96)}
"""Between what shares the coverage of a band is to lie."""
EARLIER = {12: tuple(range(18, 37, 3)), 4: tuple(range(8, 17))}
"""Buckets held back of the training parts, by season; at least as many as are forecast."""
FANS = ("", "within 80 %", "by lag", "lags between .78 and .82", "within 95 %", "by lag", "lags between .94 and .96",
        "MSIS 95 %", "pinball")  # fmt: skip


def fan_cells(s: IntervalScore) -> list[str]:
    """Cells of a row under `FANS`, without its name."""
    cells = []
    for band, covered, by_lag in ((80, s.covered_80, s.by_lag_80), (95, s.covered_95, s.by_lag_95)):
        cells += [f"{covered:.3f}", f"{min(by_lag):.3f} to {max(by_lag):.3f}",
                  f"{lags_within(by_lag, band)} of {len(by_lag)}"]  # fmt: skip
    return [*cells, f"{s.msis:.2f}", f"{s.pinball:.4f}"]


def lags_within(by_lag: tuple[float, ...], band: int) -> int:
    """How many lags are covered as the band promises."""
    low, high = BOUNDS[band]
    return sum(low <= share <= high for share in by_lag)


def by_lag(every: Series, found: IntervalScore) -> list[Table]:
    """Coverage of each lag at the date of the competition, and on average over earlier dates."""
    scores = earlier_scores(every)
    mean = {band: tuple(np.mean([getattr(s, f"by_lag_{band}") for s in scores], axis=0).tolist()) for band in BOUNDS}
    each = {band: np.mean([lags_within(getattr(s, f"by_lag_{band}"), band) for s in scores]) for band in BOUNDS}
    msis, pinball = (np.mean([getattr(s, name) for s in scores]) for name in ("msis", "pinball"))
    return [
        _by_lag(
            f"Share of the {len(every.past):,} held-out buckets of {every.name} inside our bands, by lag",
            {80: found.by_lag_80, 95: found.by_lag_95},
        ),
        _by_lag(
            f"The same, mean of {len(scores)} dates inside the training parts (MSIS {msis:.2f}, pinball {pinball:.4f};"
            f" at one date {each[80]:.1f} lags lie within at 80 % and {each[95]:.1f} at 95 %)",
            mean,
        ),
    ]


def earlier_scores(every: Series) -> list[IntervalScore]:
    """Scores of the bands laid at each of the earlier dates, from what was known then."""
    past = [every.earlier(back) for back in EARLIER[every.season]]
    return [score_intervals(one, forecast_series(one.past, one.season, one.horizon).quantiles) for one in past]


def _by_lag(title: str, shares: dict[int, tuple[float, ...]]) -> Table:
    lags = len(shares[80])
    rows = [
        [f"{band} %", *(f"{share:.3f}" for share in by_lag), f"{lags_within(by_lag, band)} of {lags}"]
        for band, by_lag in shares.items()
    ]
    return Table(title, ("within", *(str(lag + 1) for lag in range(lags)), "as promised"), rows)
