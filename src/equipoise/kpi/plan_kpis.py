"""Stage `kpis`: how good the last forecasts were. The ratios of the plan need no stage: they are declared measures."""

import numpy as np

from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.kpi.archive import archived_forecast


def plan_kpis(inputs: Inputs) -> Section:
    """Error F − A, its size and the demand compared, [N, H] beside the history of orders; 0 where nothing compares.

    Only closed buckets count, and demand is what was ordered: an error against shipments would call everybody an
    optimist in a shortage.
    """
    history = inputs.panel("history_ordered_qty")
    ordered = history["history_ordered_qty"]
    first, last = history.first, history.first + ordered.shape[1]
    archived = archived_forecast(inputs.axes, inputs.table("forecast_archive"), first=first, last=last)
    closed = np.arange(first, last) < inputs.snapshot.head.closed_buckets_end
    compared = np.isfinite(archived.forecast) & np.isfinite(ordered) & closed
    actual = np.where(compared, ordered, 0.0)
    error = np.where(compared, archived.forecast, 0.0) - actual
    measures = {
        "forecast_actual_qty": actual,
        "forecast_error_qty": error,
        "forecast_error_abs_qty": np.abs(error),
    }
    panel = Panel(inputs.keys(Grain.DEMAND), measures, first)
    return Section("kpis", (panel,), findings=archived.findings)
