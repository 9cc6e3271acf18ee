"""Statistical forecast: what demand would be if the past simply went on, the baseline of the Demand Review.

**In S&OP words.** The baseline is the number nobody has touched yet: no promotion, no launch, no sales input. It must
be unbiased, explainable, quick for the whole portfolio and steady from month to month; people then argue about the
differences. Hence one robust average of methods for every item rather than a contest of models per item.

**Inputs.** Demand histories in units by bucket, of any lengths: NaN before the first sale (unknown), 0 where nothing
was sold; the number of buckets in a year (12, 4, 52; 4-4-5 months are 12); optionally the product family of each
series, to share seasonality.

**Outputs.** `Forecast`: point [N, horizon], quantiles [N, horizon, levels], the share of each method, the segment,
sigma [N] and the error of a sum of buckets in its units [N, horizon] for safety stock, and a backtest at ten earlier
dates: accuracy and bias by lag, value added to the naive forecasts. Never negative; points and both errors are the same
whichever other items are computed along (families apart), while quantiles learn from the errors of all.

**Formulas.** Demand = level × growth × seasonal index × irregular.

- Seasonal index: ratio to centred moving average, years discounted, shrunk to flat or to the family
  (`decomposition`, `seasonality`; Hyndman & Athanasopoulos, FPP3, 3.4; Miller & Williams 2003).
- Six methods for steady demand: five on log(y / index) (`scale`), Theta (`log_theta`), multiple aggregation
  (`aggregation`), airline (`airline`), autoregression of differences and of seasonal differences (`autoregression`);
  one on y / index, damped trend with seasonal corrections (`exponential`), so that the pool has trends that are powers
  and straight ones. Parameters are averaged over a grid by likelihood, never chosen.
- Four for rare demand: TSB, ADIDA, IMAPA, SBA, with a hurdle distribution (`intermittent`).
- Which of them a series gets (`segment`), and their trimmed mean (`pool`, `combination`).
- Quantiles from the errors of the backtest, conformal (`intervals`, `backtest`).
- How likely an error of so many standard deviations is (`error_shape`); the fan of a weighted sum (`sum_fan`).
- Series and their totals brought to one set of numbers that adds up (`aggregates`, `reconciliation`, `reconciled`).
- One method or another season where a person pins it (`pins`); the sum of several series and its fan (`node`).
- Single smoothing with a given constant, for teaching and checks: F + α (A − F) (`smoothing`; Heizer & Render, 4-4).

Two kernels give the same numbers to 1e-9 (`kernel`): NumPy, the reference, and code compiled by numba (`*_compiled`).
Accuracy and speed beside statsforecast: `python -m benchmarks --subject forecast`.

>>> import numpy as np
>>> year = np.array([60.0, 70, 90, 100, 110, 120, 130, 140, 120, 100, 80, 80])
>>> forecast = forecast_series([np.tile(year, 3)], 12, 3)
>>> forecast.point.round(1).tolist(), forecast.observations.tolist(), SEGMENTS[forecast.segment[0]]
([[60.0, 70.0, 90.0]], [36], 'smooth')
"""

from equipoise.core.kernel import NoSuchKernel
from equipoise.demand.forecast.backtest import RIVALS, Backtest, farthest_origin
from equipoise.demand.forecast.forecast import LEVELS, ORIGINS, Forecast, forecast_series
from equipoise.demand.forecast.kernel import plan_kernel
from equipoise.demand.forecast.panel import WrongHistory
from equipoise.demand.forecast.pins import SEASONS, Pins
from equipoise.demand.forecast.pool import MEMBERS
from equipoise.demand.forecast.seasonality import seasonal_for, seasonal_indices, shrink_to_family
from equipoise.demand.forecast.segment import SEGMENTS
from equipoise.demand.forecast.smoothing import smooth_exponentially

__all__ = [
    "LEVELS",
    "MEMBERS",
    "ORIGINS",
    "RIVALS",
    "SEASONS",
    "SEGMENTS",
    "Backtest",
    "Forecast",
    "NoSuchKernel",
    "Pins",
    "WrongHistory",
    "farthest_origin",
    "forecast_series",
    "plan_kernel",
    "seasonal_for",
    "seasonal_indices",
    "shrink_to_family",
    "smooth_exponentially",
]
