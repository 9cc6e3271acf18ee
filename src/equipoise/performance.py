"""Performance: how good the forecasts of each source were, at any lag, level and time, who improved them, and whether
production kept to its plan.

Everything is computed anew from the archive and the orders of closed buckets; nothing of it is stored. Errors of cells
(item, market, bucket) are summed first and divided then. The tracking signal is that of the level's own total by
bucket, as its forecaster sees it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain, OverTime
from equipoise.core.panel import sum_rows
from equipoise.kpi.accuracy import ErrorSums, naive_scale, quotient
from equipoise.kpi.archive import LAG, with_approved
from equipoise.kpi.compared import COMPARED, NAIVE, STEPS, Compared, compare_forecasts
from equipoise.kpi.one_sided import OneSided
from equipoise.plan import Plan
from equipoise.rollup import key_columns, level_and_time

HISTORY = "history_ordered_qty"


def forecast_performance(
    plan: Plan, by: Sequence[str] = ("family",), *, lag: int = LAG, source: str = "consensus"
) -> pl.DataFrame:
    """How good the forecasts of a source made `lag` buckets ahead were: one row for each node and time of `by`.

    `by` holds at most one level (item, family, market, region, ...) and one time (bucket, fiscal_quarter, fiscal_year).
    Sources are those of forecast_archive, `approved` (published plans) and `seasonal_naive`; naive forecasts that
    nobody archived are made from what was known on the day. Columns after those of `by`:

    cells compared · forecast_qty, actual_qty · error_qty F − A, above 0 too high · error_abs_qty · wape_pct of cells ·
    total_wape_pct, of the node's total by bucket, in which items make up for each other · accuracy_pct · bias_pct (F −
    A) · mape_pct · rmse_qty · mase_ratio · rsfe_qty A − F, above 0 too low · mad_qty · tracking_signal (limit ±4) ·
    t, p of its t-test · is_biased beyond the limit and significant at 5 %

    Null is unknown: nothing was compared, or items have no unit in common. Raises UnknownForecast for a source or lag
    that cannot be, CannotRollUp and UnknownName for a wrong `by`.
    """
    compared = _compared(plan, lag, (source,))
    forecast = compared.forecasts.get(source, np.full(compared.actual.shape, np.nan))
    table = _Table(plan, by, np.isfinite(forecast) & np.isfinite(compared.actual))
    sums, test = table.sums(compared.actual, forecast), table.one_sided(compared.actual, forecast)
    numbers = {
        "forecast_qty": sums.forecast,
        "actual_qty": sums.actual,
        "error_qty": sums.error,
        "error_abs_qty": sums.error_abs,
        "wape_pct": sums.wape_pct,
        "total_wape_pct": 100.0 * quotient(test.mad * test.buckets, sums.actual),
        "accuracy_pct": sums.accuracy_pct,
        "bias_pct": sums.bias_pct,
        "mape_pct": sums.mape_pct,
        "rmse_qty": sums.rmse,
        "mase_ratio": sums.mase,
        "rsfe_qty": test.rsfe,
        "mad_qty": test.mad,
        "tracking_signal": test.tracking_signal,
        "t": test.t,
        "p": test.p,
    }
    biased = pl.Series("is_biased", test.is_biased.ravel())
    frame = table.frame(sums.cells, numbers)
    return frame.with_columns(pl.when(pl.col("tracking_signal").is_not_null()).then(biased).alias("is_biased"))


def stairstep(plan: Plan, by: Sequence[str] = (), *, lag: int = LAG, steps: Sequence[str] = STEPS) -> pl.DataFrame:
    """Forecast value added: the error of each step in the order the number moved, on the cells that all steps share.

    Steps that nobody archived are left out. Columns after those of `by`: step · cells · wape_pct · bias_pct (F − A) ·
    value_added_pct, WAPE of the step before less that of this one, above 0 where it helped · to_naive_pct, the same
    against the naive forecast. Raises as `forecast_performance`.
    """
    compared = _compared(plan, lag, steps)
    found = [step for step in steps if np.isfinite(compared.forecasts.get(step, np.full(1, np.nan))).any()]
    shared = np.isfinite(compared.actual)
    for step in found:
        shared = shared & np.isfinite(compared.forecasts[step])
    table = _Table(plan, by, shared)
    frames, errors = [], list[FloatArray]()
    for number, step in enumerate(found):
        sums = table.sums(compared.actual, compared.forecasts[step])
        errors.append(sums.wape_pct)
        unknown = np.full(sums.cells.shape, np.nan)
        numbers = {
            "wape_pct": sums.wape_pct,
            "bias_pct": sums.bias_pct,
            "value_added_pct": errors[-2] - errors[-1] if number else unknown,
            "to_naive_pct": errors[0] - errors[-1] if number and found[0] == NAIVE else unknown,
        }
        frames.append(table.frame(sums.cells, numbers).insert_column(len(by), pl.lit(step).alias("step")))
    return pl.concat(frames) if frames else pl.DataFrame()


def plan_adherence(plan: Plan, by: Sequence[str] = ("family",)) -> pl.DataFrame:
    """Adherence to the frozen production plan by item and in total: one row for each node and time of `by`.

    Columns after those of `by`: planned_qty · made_qty · item_pct, max(0, 1 − Σ|A − P| / ΣP) with errors by item and
    bucket · total_pct, the same with errors of the node's total by bucket, in which one item's excess makes up for
    another's lack. Null where no plan was frozen.
    """
    level, time = level_and_time(by)
    spans = plan.spans("production_frozen_qty", time)
    codes, planned = plan.grouped("production_frozen_qty", level=level)
    _, made = plan.grouped("production_reported_qty", level=level)
    whole, missed = spans.combine(planned, OverTime.SUM), spans.combine(np.abs(made - planned), OverTime.SUM)
    known = np.nan_to_num(whole) > 0
    numbers = {
        "planned_qty": whole,
        "made_qty": spans.combine(made, OverTime.SUM),
        "item_pct": plan.spanned("production_adherence_pct", level=level, time=time)[1],
        "total_pct": 100.0 * np.maximum(0.0, 1.0 - quotient(missed, whole)),
    }
    shown = {name: np.where(known, values, np.nan).ravel() for name, values in numbers.items()}
    frame = pl.DataFrame({**key_columns(by, codes, spans), **shown})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def archived_sources(plan: Plan) -> tuple[str, ...]:
    """Sources that can be measured, in the order of the stairstep and then of the archive; none in a first cycle."""
    present = set(_archive(plan)["source"].unique().to_list())
    return tuple(source for source in COMPARED if source in present)


def _archive(plan: Plan) -> pl.DataFrame:
    return with_approved(plan.snapshot.table("forecast_archive"), plan.snapshot.table("plan_archive"))


def _compared(plan: Plan, lag: int, sources: Sequence[str]) -> Compared:
    end = plan.head.closed_buckets_end
    history = plan.measure(HISTORY)
    return compare_forecasts(plan.axes, _archive(plan), history, closed_end=end, lag=lag, sources=sources)


class _Table:
    """Nodes of a level × spans of time, and the sums of compared cells of the demand rows in it."""

    def __init__(self, plan: Plan, by: Sequence[str], compared: BoolArray) -> None:
        """`compared` [N, H]: the cells that count."""
        self.by, self.compared = by, compared
        level, time = level_and_time(by)
        self.spans = plan.spans(HISTORY, time)
        self.groups, self.codes = plan.chosen(Grain.DEMAND, level)
        keys = plan.axes.keys[Grain.DEMAND]
        factors = plan.unit_factors(keys, np.where(compared.any(axis=1), self.groups, -1))
        self.factors = np.nan_to_num(factors, nan=1.0)
        lacking = (np.isnan(factors) & compared.any(axis=1)).astype(np.float64)
        self.is_mixed = sum_rows(lacking[:, None], self.groups, len(self.codes)) > 0
        """Nodes whose items share no unit, [nodes, 1]: only cells and MAPE are known of them."""
        self.scale = naive_scale(plan.measure(HISTORY).values, compared) * self.factors

    def _in_units(self, values: FloatArray) -> FloatArray:
        return np.where(self.compared, values * self.factors[:, None], np.nan)

    def _by_node(self, cells: FloatArray) -> FloatArray:
        return sum_rows(cells, self.groups, len(self.codes))

    def _in_spans(self, nodes: FloatArray) -> FloatArray:
        return self.spans.combine(nodes, OverTime.SUM)

    def sums(self, actual: FloatArray, forecast: FloatArray) -> ErrorSums:
        """Sums of cells, [nodes, spans]."""
        cells = ErrorSums.of(self._in_units(actual), self._in_units(forecast), scale=self.scale)
        return cells.summed(lambda values: self._in_spans(self._by_node(values)))

    def one_sided(self, actual: FloatArray, forecast: FloatArray) -> OneSided:
        """The test of each node's total by bucket, [nodes, spans]."""
        error = np.where(self.compared, self._in_units(actual) - self._in_units(forecast), 0.0)
        buckets = (self._by_node(self.compared.astype(np.float64)) > 0).astype(np.float64)
        return OneSided.of(buckets, self._by_node(error), self._in_spans)

    def frame(self, cells: FloatArray, numbers: Mapping[str, FloatArray]) -> pl.DataFrame:
        """Keys, the number of cells compared, and the numbers; unknown is null."""
        counts = np.nan_to_num(cells).astype(np.int64)
        shown = {
            name: np.where((counts == 0) | (self.is_mixed & (name != "mape_pct")), np.nan, values).ravel()
            for name, values in numbers.items()
        }
        keys = key_columns(self.by, self.codes, self.spans)
        frame = pl.DataFrame({**keys, "cells": counts.ravel(), **shown})
        return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
