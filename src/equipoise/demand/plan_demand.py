"""The stage demand: events and inputs of the functions, consensus, and the orders that consume it."""

from collections.abc import Mapping

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
from equipoise.demand.consumption import consume_forecast, read_orders
from equipoise.demand.findings import BELOW_ZERO, CLIPPED_SCOPE, FORWARD_BUY_CUT, REFUSED, WITHOUT_EFFECT
from equipoise.demand.history import last_year
from equipoise.demand.measures import FUNCTION_MEASURES


def plan_demand(inputs: Inputs) -> Section:
    """Function measures, consensus, orders and the demand that supply has to serve, [N, T] units, with postings."""
    ledger = Ledger(
        inputs.measure("demand_baseline_qty"),
        inputs.measure("demand_active_ratio") > 0,
        {function: float(inputs.knob(f"weight_{function}_pct")) / 100 for function in FUNCTION_MEASURES},
        _upstream(inputs),
    )
    findings = _apply_all(ledger, inputs.axes, inputs.adjustments)
    orders, found = read_orders(inputs.axes, inputs.table("open_orders"))
    back, forward = (int(float(inputs.knob(name))) for name in ("consume_back", "consume_forward"))
    unconsumed = consume_forecast(ledger.values[CONSENSUS], orders.normal, back=back, forward=forward)
    panel = Panel(
        inputs.keys(Grain.DEMAND),
        {
            **ledger.values,
            "demand_orders_qty": orders.total,
            "demand_unconsumed_qty": unconsumed,
            "demand_required_qty": orders.total + unconsumed,
            "demand_overdue_qty": orders.overdue,
        },
    )
    return Section("demand", (panel,), postings=ledger.postings(), findings=sort_findings([*findings, *found]))


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
