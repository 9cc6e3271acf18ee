"""The stage demand: events and inputs of the functions, consensus, and the orders that consume it."""

from collections.abc import Mapping

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.spread import CannotSpread
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.demand.changes import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.consensus import CONSENSUS, Cells, Ledger
from equipoise.demand.consumption import read_orders
from equipoise.demand.findings import BELOW_ZERO, CLIPPED_SCOPE, FORWARD_BUY_CUT, REFUSED, WITHOUT_EFFECT
from equipoise.demand.history import last_year
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.demand.to_go import demand_to_go, first_open_bucket, forecast_counts, shipped_to_date


def plan_demand(inputs: Inputs) -> Section:
    """Function measures, consensus, orders and the demand that supply has to serve, [N, T] units, with postings."""
    ledger = Ledger(
        inputs.measure("demand_baseline_qty"),
        inputs.measure("demand_active_ratio") > 0,
        {function: float(inputs.knob(f"weight_{function}_pct")) / 100 for function in FUNCTION_MEASURES},
        _upstream(inputs),
    )
    findings = _apply_all(ledger, inputs.axes, inputs.adjustments)
    measures, found = _to_go(inputs, ledger.values[CONSENSUS])
    panel = Panel(inputs.keys(Grain.DEMAND), {**ledger.values, **measures})
    return Section("demand", (panel,), postings=ledger.postings(), findings=sort_findings([*findings, *found]))


def _to_go(inputs: Inputs, consensus: FloatArray) -> tuple[dict[str, FloatArray], list[Finding]]:
    """Orders, and the demand after as_of that they and the consensus ask for."""
    axes, head = inputs.axes, inputs.snapshot.head
    first = first_open_bucket(head)
    orders, findings = read_orders(axes, inputs.table("open_orders"), first)
    shipped, unknown = shipped_to_date(axes, head, inputs.table("sales_history"), first)
    back, forward = (int(float(inputs.knob(name))) for name in ("consume_back", "consume_forward"))
    forecast = np.zeros((len(consensus), axes.horizon - first))
    forecast[:, -first:] = consensus
    bridge = inputs.panel("demand_bridge_qty")
    forecast[:, max(0, bridge.first - first) : -first] = bridge["demand_bridge_qty"][:, max(0, first - bridge.first) :]
    to_go = demand_to_go(forecast, orders, shipped, first=first, back=back, forward=forward)
    counts, fenced = forecast_counts(axes, head, inputs.table("fences"), inputs.table("items"), to_go.unconsumed)
    unconsumed = np.where(counts, to_go.unconsumed, 0.0)
    open_orders = orders.total[:, -first:]
    measures = {
        "demand_orders_qty": open_orders,
        "demand_unconsumed_qty": unconsumed,
        "demand_required_qty": open_orders + unconsumed,
        "demand_overdue_qty": to_go.overdue,
        "demand_to_date_qty": to_go.to_date,
        "demand_until_start_qty": to_go.until_start,
    }
    return measures, [*findings, *unknown, *fenced]


def _apply_all(ledger: Ledger, axes: Axes, adjustments: tuple[Adjustment, ...]) -> list[Finding]:
    """Apply the adjustments in order of phase, seq and id; holds are known from the start."""
    in_order = sorted(adjustments, key=lambda adjustment: adjustment.order)
    findings: list[Finding] = []
    for adjustment in in_order:
        if isinstance(adjustment.change, DemandHold):
            findings += _apply(ledger, axes, adjustment)
    for adjustment in in_order:
        if isinstance(adjustment.change, PromotionEffect | FunctionInput):
            findings += _apply(ledger, axes, adjustment)
    given = ledger.lift_to_zero()
    if sum(ledger.weights.values()) > 1 and (cells := int((given > 0).sum())):
        findings.append(
            BELOW_ZERO.found("consensus", f"{cells} cells, {given.sum():,.0f} units below zero", count=cells)
        )
    for adjustment in in_order:
        if isinstance(adjustment.change, DemandOverride):
            findings += _apply(ledger, axes, adjustment)
    return findings


def _apply(ledger: Ledger, axes: Axes, adjustment: Adjustment) -> list[Finding]:
    """Apply one adjustment; what cannot be applied is a finding that names it, and the plan goes on without it."""
    where, scope, change = f"adjustment {adjustment.id}", adjustment.scope, adjustment.change
    begin, end = axes.calendar.span(scope.first, scope.last)
    if begin == end:
        return [REFUSED.found(where, f"no bucket of the horizon lies between {scope.first} and {scope.last}")]
    try:
        rows = axes.rows(Grain.DEMAND, scope)
        if rows.size == 0:
            return [REFUSED.found(where, "no item and market of the plan lies in its scope")]
        is_effective = _post(ledger, adjustment, Cells(rows, begin, end))
    except (UnknownName, CannotSpread) as error:
        return [REFUSED.found(where, str(error))]
    findings = []
    if not is_effective and not (isinstance(change, DemandHold) and change.keeps):
        findings.append(WITHOUT_EFFECT.found(where, "every cell keeps its number"))
    if _is_clipped(axes, adjustment):
        findings.append(CLIPPED_SCOPE.found(where, f"{axes.calendar.label(begin)} to {axes.calendar.label(end - 1)}"))
    if isinstance(change, PromotionEffect) and end + change.forward_buy_buckets > axes.horizon:
        missing = end + change.forward_buy_buckets - max(end, axes.horizon)
        findings.append(FORWARD_BUY_CUT.found(where, f"{missing} buckets lie past the horizon", count=missing))
    return findings


def _post(ledger: Ledger, adjustment: Adjustment, cells: Cells) -> bool:
    """Apply a change by its kind; True if a number moved."""
    change = adjustment.change
    if isinstance(change, PromotionEffect):
        return ledger.promote(adjustment, change, cells)
    if isinstance(change, FunctionInput):
        return ledger.input(adjustment, change, cells)
    if isinstance(change, DemandOverride):
        return ledger.override(adjustment, change, cells)
    assert isinstance(change, DemandHold), change
    return ledger.hold(adjustment, change, cells)


def _is_clipped(axes: Axes, adjustment: Adjustment) -> bool:
    """True if an amount in units was meant for days of which some lie outside the horizon."""
    scope, change = adjustment.scope, adjustment.change
    if not isinstance(change, FunctionInput | DemandOverride | DemandHold) or change.amount.operation == "scale":
        return False
    calendar = axes.calendar
    starts_before = scope.first is not None and calendar.index_of(scope.first) < 0
    ends_after = scope.last is not None and calendar.index_of(scope.last) >= axes.horizon
    return starts_before or ends_after


def _upstream(inputs: Inputs) -> Mapping[str, FloatArray]:
    """What amounts may be spread like: upstream measures [N, T] by item and market, and last year's demand."""
    like = {
        name: panel[name]
        for stage in inputs.stage.after
        for panel, name in inputs.sections[stage].measures()
        if panel.grain is Grain.DEMAND and panel.first == 0 and panel[name].shape[1] == inputs.axes.horizon
    }
    return {**like, "last_year": last_year(inputs.axes, inputs.panel("history_ordered_qty"))}
