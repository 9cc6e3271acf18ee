"""Stage `kpis`: the stored parts of KPIs. Their ratios need no stage: they are declared measures."""

import numpy as np
import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.kpi.archive import best_source
from equipoise.kpi.compared import NAIVE, compare_forecasts
from equipoise.kpi.findings import ONE_SIDED
from equipoise.kpi.one_sided import OneSided
from equipoise.kpi.past_service import order_service, realized_fill
from equipoise.kpi.settled import adherence, demand_stability, production_stability
from equipoise.kpi.stock_levels import stock_levels
from equipoise.kpi.worked_hours import worked_hours


def plan_kpis(inputs: Inputs) -> Section:
    """Parts of accuracy and service beside the history of orders, of adherence and hours beside that of production, of
    stock and stability on the horizon."""
    history = inputs.panel("history_ordered_qty")
    end = inputs.snapshot.head.closed_buckets_end
    span = {"first": history.first, "last": history.first + history["history_ordered_qty"].shape[1]}
    errors, one_sided = forecast_errors(inputs)
    filled, partly = realized_fill(inputs.axes, inputs.table("sales_history"), **span)
    ordered, unshipped = order_service(inputs.axes, inputs.table("order_lines"), **span)
    since = _first_reported(inputs, end)
    adhered, unfrozen = adherence(inputs, first=since, last=end)
    hours, unrated = worked_hours(inputs, first=since, last=end)
    settled, above = production_stability(inputs)
    agreed, above_demand = demand_stability(inputs)
    panels = (
        Panel(inputs.keys(Grain.DEMAND), {**errors, **filled, **ordered}, history.first),
        *adhered,
        Panel(inputs.keys(Grain.RESOURCE), hours, since),
        Panel(inputs.keys(Grain.STOCK), {**settled, **stock_levels(inputs)}),
        Panel(inputs.keys(Grain.DEMAND), agreed),
    )
    found = (*one_sided, *partly, *unshipped, *unfrozen, *unrated, *above, *above_demand)
    return Section("kpis", panels, findings=found)


def forecast_errors(inputs: Inputs) -> tuple[dict[str, FloatArray], tuple[Finding, ...]]:
    """Error F − A at lag 1, its size, the demand compared and the error taken from the naive forecast, [N, H].

    0 where nothing compares. Only closed buckets count, and demand is what was ordered: an error against shipments
    would call everybody an optimist in a shortage.
    """
    archive, history = inputs.table("forecast_archive"), inputs.panel("history_ordered_qty")
    source, findings = best_source(archive)
    compared = compare_forecasts(
        inputs.axes,
        archive,
        history,
        closed_end=inputs.snapshot.head.closed_buckets_end,
        sources=(NAIVE, source),
    )
    unknown = np.full(compared.actual.shape, np.nan)
    forecast, naive = (compared.forecasts.get(name, unknown) for name in (source, NAIVE))
    actual = compared.actual
    known = np.isfinite(forecast) & np.isfinite(actual)
    both = known & np.isfinite(naive)
    error = np.where(known, forecast - actual, 0.0)
    measures = {
        "forecast_actual_qty": np.where(known, actual, 0.0),
        "forecast_error_qty": error,
        "forecast_error_abs_qty": np.abs(error),
        "forecast_value_actual_qty": np.where(both, actual, 0.0),
        "forecast_value_added_qty": np.where(both, np.abs(naive - actual) - np.abs(error), 0.0),
    }
    return measures, (*findings, *compared.findings_of(source), *_one_sided(inputs, known.astype(np.float64), -error))


def _one_sided(inputs: Inputs, known: FloatArray, error: FloatArray) -> tuple[Finding, ...]:
    """A finding for the forecasts of items and markets that are biased by tracking signal and t-test."""
    test = OneSided.of(known, error, lambda cells: cells.sum(axis=1))
    rows = np.flatnonzero(test.is_biased)
    if rows.size == 0:
        return ()
    worst = int(rows[np.argmax(np.abs(test.tracking_signal[rows]))])
    item, market = inputs.keys(Grain.DEMAND).labels(worst)
    low = int((test.tracking_signal[rows] > 0).sum())
    message = (
        f"{rows.size} of {len(known)} forecasts of item and market: {low} too low, {rows.size - low} too high; the "
        f"worst is {item} in {market} with {test.tracking_signal[worst]:+.1f} over {test.buckets[worst]:.0f} buckets "
        "(A − F: above 0 is too low)"
    )
    return (ONE_SIDED.found("table forecast_archive", message, count=int(rows.size)),)


def _first_reported(inputs: Inputs, end: int) -> int:
    """First closed bucket in which anything was reported as made; `end` where nothing was."""
    rows = inputs.table("production_history").filter(pl.col("date") < inputs.axes.calendar.start_of(end))
    if rows.height == 0:
        return end
    return max(int(inputs.axes.calendar.index_dates(rows["date"]).min()), -inputs.axes.calendar.first)
