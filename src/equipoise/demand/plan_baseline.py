"""The stage baseline: history by bucket, the statistical or imported forecast, and its error."""

from collections.abc import Iterator

import numpy as np

from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.panel import Keys, Panel
from equipoise.core.section import Posting, Section
from equipoise.core.stage import Inputs
from equipoise.demand.bills import read_bills, share_findings
from equipoise.demand.cleansing import CLEANSED
from equipoise.demand.findings import (
    ERROR_BORROWED,
    FORECAST_FOR_HISTORY,
    INACTIVE_DEMAND,
    NO_DEMAND_SOURCE,
    NO_HISTORY,
    NO_IMPORTED_FORECAST,
)
from equipoise.demand.forecast import Forecast
from equipoise.demand.forecast.error_shape import SHAPE_LEVELS, is_rare_demand
from equipoise.demand.history import RETURNED, recent_demand
from equipoise.demand.imported import import_forecast
from equipoise.demand.launches import LaunchPlan, launch_growth
from equipoise.demand.method_pins import Step, handed_down
from equipoise.demand.reconciling import moved_far, reconciled_steps
from equipoise.demand.training import Training, read_training

WHERE = "table forecast"


def plan_baseline(inputs: Inputs) -> Section:
    """History [N, H] and the baseline forecast [N, T] of every item and market, in units."""
    axes, keys = inputs.axes, inputs.keys(Grain.DEMAND)
    active = inputs.measure("demand_active_ratio")
    training = read_training(inputs)
    history, life, y, since = training.history, training.life, training.y, training.since
    bills, billed = read_bills(axes, inputs.table("planning_bills"))
    statistical = training.forecast()
    is_imported, chosen = _choose_source(inputs, has_history=bool(np.isfinite(y).any()))
    told = training.pins.told(statistical, is_imported=is_imported)
    findings = [*training.findings, *billed, *chosen, *told]
    steps: tuple[Step, ...] = ()
    above = np.zeros((len(keys), axes.horizon - since))
    if is_imported:
        point, above, found = import_forecast(
            axes,
            inputs.table("forecast"),
            recent=recent_demand(y, training.period),
            is_active=active > 0,
            since=since,
            bills=bills,
        )
        findings += found
        if np.isfinite(statistical.sigma).any():
            findings.append(ERROR_BORROWED.found(WHERE, "its own past errors are not known here"))
        sold = (active > 0).astype(np.float64)  # it says what is sold in the bucket, whole or not
    else:
        agreed = reconciled_steps(training.pins.steps(statistical, end=history.end), statistical, training.totals)
        moved = training.effects.steps(agreed, agreed[-1][1] if agreed else statistical.point)
        steps = handed_down(moved, bills, since=since, end=history.end)
        point = (moved[-1][1] if moved else statistical.point)[:, since - history.end :]
        findings += moved_far(keys, statistical, training.totals, -axes.horizon)
        sold = active
        findings += _without_history(keys, statistical.observations, np.where(life.is_planned[:, None], 0.0, active))
    point, handed = bills.hand_down(point, since)
    above = above + handed
    outlook = life.outlook(point, sold, active, statistical.sigma, is_imported=is_imported, steps=steps)
    findings += [*outlook.findings, *_taken_out(keys, point[:, -since:], life.claimed(active))]
    overplanned = on_grid(above[:, -since:] * sold, QUANTITY_STEP)
    findings += share_findings(bills, overplanned)
    error = np.where(active > 0, outlook.error_sd, 0.0)
    past = {
        "history_ordered_qty": history.ordered,
        "history_shipped_qty": history.shipped,
        CLEANSED: training.cleansed.sold,
    }
    made = {"demand_baseline_qty": outlook.baseline, "demand_overplanned_qty": overplanned, "demand_error_sd": error}
    return Section(
        "baseline",
        (
            Panel(keys, made),
            Panel(keys, {"demand_bridge_qty": _bridge(outlook.bridge, active)}, first=min(since, -1)),
            Panel(keys, past, first=history.first),
        ),
        postings=(*_postings(training), *outlook.postings),
        findings=sort_findings(findings),
        arrays=_kept(statistical, life.launches),
    )


def _kept(statistical: Forecast, launches: LaunchPlan) -> dict[str, FloatArray | IntArray]:
    """How the statistical forecast was made and how it fared at earlier dates, for lists, safety stock and risk."""
    kept: dict[str, FloatArray | IntArray] = {
        "forecast_segment": statistical.segment,
        "forecast_weights": statistical.weights,
        "forecast_sigma": statistical.sigma,
        "forecast_span_error": launch_growth(launches, statistical.span_error),
        "forecast_is_rare": is_rare_demand(statistical.segment).astype(np.int64),
        "forecast_shape_levels": SHAPE_LEVELS,
        "forecast_shape": statistical.span_shape,
    }
    if (backtest := statistical.backtest) is not None:
        kept |= {
            "backtest_held_back": backtest.held_back,
            "backtest_error_pct": backtest.error_pct,
            "backtest_bias_pct": backtest.bias_pct,
            "backtest_mae": backtest.mae,
            "backtest_bias": backtest.bias,
        }
    return kept


def _postings(training: Training) -> tuple[Posting, ...]:
    """How history became what the forecast learns from; none where it is history as it stands."""
    history, captured, cleansed = training.history, training.captured, training.cleansed
    started = history.ordered if captured.is_ordered else history.shipped
    returned = Posting.of(CLEANSED, RETURNED, captured.sold - started)
    changes = [posting for posting in (returned, *cleansed.postings) if posting.amounts.size]
    return (Posting.of(CLEANSED, captured.measure, started), *changes) if changes else ()


def _bridge(forecast: FloatArray, active: FloatArray) -> FloatArray:
    """Forecast of open buckets before the plan, of items that the first bucket still sells; one bucket of 0 if none."""
    known = on_grid(np.where(active[:, :1] > 0, forecast, 0.0), QUANTITY_STEP)
    return known if known.shape[1] else np.zeros((len(active), 1))


def _choose_source(inputs: Inputs, *, has_history: bool) -> tuple[bool, list[Finding]]:
    """Whether the baseline is imported: what the policy says, or the other source where that one is empty."""
    wants_import, has_import = inputs.knob("baseline") == "imported", inputs.has("forecast")
    if not has_import and not has_history:
        return wants_import, [NO_DEMAND_SOURCE.found("demand", "no closed history and no table forecast")]
    if wants_import and not has_import:
        return False, [NO_IMPORTED_FORECAST.found(WHERE, "policy baseline is imported, table forecast has no rows")]
    if not wants_import and not has_history:
        return True, [FORECAST_FOR_HISTORY.found(WHERE, "policy baseline is statistical, there is no closed history")]
    return wants_import, []


def _without_history(keys: Keys, observations: IntArray, active: FloatArray) -> Iterator[Finding]:
    bare = np.flatnonzero((observations == 0) & (active > 0).any(axis=1))
    if bare.size:
        example = " in ".join(keys.labels(int(bare[0])))
        yield NO_HISTORY.found("baseline", f"{bare.size} series never sold, first {example}", count=int(bare.size))


def _taken_out(keys: Keys, point: FloatArray, active: FloatArray) -> Iterator[Finding]:
    removed = on_grid(np.where(active > 0, 0.0, point), QUANTITY_STEP)
    rows = np.flatnonzero(removed.any(axis=1))
    if rows.size:
        example = " in ".join(keys.labels(int(rows[0])))
        message = f"{removed.sum():,.0f} units of {rows.size} series, first {example}"
        yield INACTIVE_DEMAND.found("baseline", message, count=int(rows.size))
