"""All forecasts of a plan side by side: how each fared against doing nothing clever, and whether people improved it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.demand.touchless import value_added_points
from equipoise.explain.forecast import training_of
from equipoise.kpi.archive import LAG, with_approved
from equipoise.kpi.compared import compare_forecasts
from equipoise.plan import Plan

STATISTICAL, CONSENSUS = "statistical", "consensus"
PEOPLE = (CONSENSUS, *FUNCTION_MEASURES)
"""Whose changes of the statistical forecast are judged: of all together, and of each function."""


class NotJudged(EquipoiseError):
    """A plan that does not say how its forecasts fared in the past."""


@dataclass(frozen=True, eq=False)
class ForecastList:
    """The forecasts of some series; arrays [n] unless said."""

    rows: IntArray
    """Rows of grain demand."""
    segment: IntArray
    """Position in `SEGMENTS`."""
    mean: FloatArray
    """Units a bucket in the last year of history; NaN where it is not known."""
    mae: FloatArray
    """[n, 3] mean absolute error in the past of the forecast, the naive and the seasonal naive one, units; NaN where
    no past forecast can be scored."""
    sigma: FloatArray
    """One-step error, units."""
    price: FloatArray
    """Net price of a unit, mean of the buckets of the first year that have one; NaN where none has."""
    amount: FloatArray
    """Baseline of the year ahead at net price; NaN without a price."""
    people: Mapping[str, FloatArray]
    """By `PEOPLE` as far as archived: points of error, in percent of orders, that their changes took off the
    statistical forecast; below 0 they made it worse, NaN where too little was archived to say."""
    is_pinned: BoolArray
    period: int

    @property
    def error_pct(self) -> FloatArray:
        """Mean absolute error in percent of mean demand."""
        found: FloatArray = 100.0 * self.mae[:, 0] / np.where(self.mean > 0, self.mean, np.nan)
        return found

    @property
    def value_added_pct(self) -> FloatArray:
        """How much smaller the error is than that of the seasonal naive forecast, percent of it."""
        found: FloatArray = 100.0 * (1.0 - self.mae[:, 0] / np.where(self.mae[:, 2] > 0, self.mae[:, 2], np.nan))
        return found

    @property
    def value_added_amount(self) -> FloatArray:
        """Units of error that the forecast spares in a year against the seasonal naive one, at net price."""
        found: FloatArray = (self.mae[:, 2] - self.mae[:, 0]) * self.period * self.price
        return found

    def added_by(self, who: str) -> FloatArray:
        """Value added by one of `PEOPLE` in points; NaN where it is not known."""
        unknown: FloatArray = np.full(len(self.rows), np.nan)
        return self.people.get(who, unknown)

    def worsened_by(self, who: str) -> BoolArray:
        """Where the value added by one of `PEOPLE` has been negative."""
        found: BoolArray = np.nan_to_num(self.added_by(who)) < 0
        return found

    @property
    def people_pct(self) -> FloatArray:
        """Value added by all together, in points; NaN where it is not known."""
        return self.added_by(CONSENSUS)

    @property
    def is_touchless(self) -> BoolArray:
        """Where people's value added has been negative: the machine keeps these, planners look at the rest."""
        return self.worsened_by(CONSENSUS)


@lru_cache(maxsize=8)
def list_forecasts(plan: Plan, family: str = "") -> ForecastList:
    """The forecasts of a family, or of all series, as they were judged when the plan was made; the last few are kept.

    Raises UnknownName if there is no such family, and NotJudged for a plan of an earlier version.
    """
    rows = plan.axes.rows(Grain.DEMAND, {"item": f"family:{family}" if family else ""})
    kept = plan.sections["baseline"].arrays
    if "backtest_mae" not in kept:
        raise NotJudged("this plan was made before forecasts were judged along with it; plan again")
    training = training_of(plan)
    year = training.trained[rows][:, -training.period :]
    known = np.isfinite(year).sum(axis=1)
    mean = np.where(known > 0, np.nansum(year, axis=1) / np.maximum(known, 1), np.nan)
    return ForecastList(
        rows,
        kept["forecast_segment"][rows],
        mean,
        kept["backtest_mae"][rows],
        kept["forecast_sigma"][rows],
        _price(plan, rows, training.period),
        sales_ahead(plan, rows),
        _people(plan, rows),
        training.pins.holder[rows] >= 0,
        training.period,
    )


def sales_ahead(plan: Plan, rows: IntArray) -> FloatArray:
    """Baseline of the year ahead at net price, [n]; NaN without a price."""
    period = plan.axes.calendar.periods_per_year
    baseline = plan.measure("demand_baseline_qty").values[rows, :period].sum(axis=1)
    found: FloatArray = baseline * _price(plan, rows, period)
    return found


def _price(plan: Plan, rows: IntArray, period: int) -> FloatArray:
    """Mean net price of the first year, [n]."""
    price = plan.measure("sales_net_price").values[rows, :period]
    is_known = np.isfinite(price)
    count = is_known.sum(axis=1)
    found: FloatArray = np.where(count > 0, np.where(is_known, price, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return found


def _people(plan: Plan, rows: IntArray) -> dict[str, FloatArray]:
    """`ForecastList.people` of rows, from the forecasts that were archived `LAG` buckets ahead."""
    compared = compare_forecasts(
        plan.axes,
        with_approved(plan.snapshot.table("forecast_archive"), plan.snapshot.table("plan_archive")),
        plan.measure("history_ordered_qty"),
        closed_end=plan.head.closed_buckets_end,
        lag=LAG,
        sources=(STATISTICAL, *PEOPLE),
    )
    found = compared.forecasts
    if STATISTICAL not in found:
        return {}
    before, actual = found[STATISTICAL][rows], compared.actual[rows]
    return {who: value_added_points(actual, before, found[who][rows]) for who in PEOPLE if who in found}
