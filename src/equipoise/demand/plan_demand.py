"""The stage demand: events and inputs of the functions, consensus, and the orders that consume it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.spread import CannotSpread
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.demand.apply_events import apply_events, bridge_with_events, rows_below
from equipoise.demand.bias_correction import correct_bias
from equipoise.demand.bills import Bills, read_bills
from equipoise.demand.changes import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.cleansing import CLEANSED
from equipoise.demand.commitments import apply_commitments
from equipoise.demand.consensus import Ledger
from equipoise.demand.consumption import read_orders
from equipoise.demand.counted_twice import Promoted, counted_twice
from equipoise.demand.entries import CONSENSUS, Cells
from equipoise.demand.event import Event, demand_groups, read_events, sides_of
from equipoise.demand.event_effect import Span
from equipoise.demand.event_money import event_money
from equipoise.demand.findings import (
    BELOW_ZERO,
    CLIPPED_SCOPE,
    FORWARD_BUY_CUT,
    REFUSED,
    UNKNOWN_INCLUDED,
    WITHOUT_EFFECT,
)
from equipoise.demand.history import last_year, recent_demand
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.demand.to_go import demand_to_go, first_open_bucket, forecast_counts, shipped_to_date


def plan_demand(inputs: Inputs) -> Section:
    """Function measures, consensus, orders and the demand that supply has to serve, [N, T] units, with postings."""
    axes = inputs.axes
    ledger = Ledger(
        inputs.measure("demand_baseline_qty"),
        inputs.measure("demand_active_ratio") > 0,
        {function: float(inputs.knob(f"weight_{function}_pct")) / 100 for function in FUNCTION_MEASURES},
        _upstream(inputs),
        demand_groups(axes, inputs.table("items")),
    )
    events, findings = read_events(axes, inputs.table("events"))
    bills, _ = read_bills(axes, inputs.table("planning_bills"))  # what is wrong with them, the baseline tells
    findings += _apply_all(ledger, inputs, events, bills)
    findings += apply_commitments(ledger, axes, inputs.table("commitments"), bills)
    measures, found = _to_go(inputs, ledger, events, bills)
    money, spent = event_money(axes, events, ledger.baseline, bills)
    panel = Panel(inputs.keys(Grain.DEMAND), {**ledger.values, **measures, **money})
    postings = (*ledger.postings(), *spent)
    return Section("demand", (panel,), postings=postings, findings=sort_findings([*findings, *found]))


def _to_go(
    inputs: Inputs, ledger: Ledger, events: Sequence[Event], bills: Bills
) -> tuple[dict[str, FloatArray], list[Finding]]:
    """Orders, and the demand after as_of that they and the consensus ask for."""
    axes, head, consensus = inputs.axes, inputs.snapshot.head, ledger.values[CONSENSUS]
    first = first_open_bucket(head)
    orders, findings = read_orders(axes, inputs.table("open_orders"), first)
    shipped, unknown = shipped_to_date(axes, head, inputs.table("sales_history"), first)
    back, forward = (int(float(inputs.knob(name))) for name in ("consume_back", "consume_forward"))
    forecast = np.zeros((len(consensus), axes.horizon - first))
    forecast[:, -first:] = consensus
    bridge = inputs.panel("demand_bridge_qty")
    forecast[:, max(0, bridge.first - first) : -first] = bridge["demand_bridge_qty"][:, max(0, first - bridge.first) :]
    forecast[:, :-first] = bridge_with_events(forecast[:, :-first], ledger, axes, events, bills)
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


def _apply_all(ledger: Ledger, inputs: Inputs, events: Sequence[Event], bills: Bills) -> list[Finding]:
    """Apply table events and the adjustments in order of phase, seq and id; holds are known from the start."""
    in_order = sorted(inputs.adjustments, key=lambda adjustment: adjustment.order)
    scoped = _Scoped(ledger, inputs.axes, bills, _recent(inputs))
    findings: list[Finding] = []
    for adjustment in in_order:
        if isinstance(adjustment.change, DemandHold):
            findings += scoped.apply(adjustment)
    findings += apply_events(ledger, inputs.axes, events, bills)
    for adjustment in in_order:
        if isinstance(adjustment.change, PromotionEffect | FunctionInput):
            findings += scoped.apply(adjustment)
    promoted = [Promoted(a.id, scoped.cells(a.scope)) for a in in_order if scoped.raises(a)]
    findings += counted_twice(inputs.axes, events, promoted, bills)
    findings += _bias(ledger, inputs)
    given = ledger.lift_to_zero()
    if sum(ledger.weights.values()) > 1 and (cells := int((given > 0).sum())):
        findings.append(
            BELOW_ZERO.found("consensus", f"{cells} cells, {given.sum():,.0f} units below zero", count=cells)
        )
    for adjustment in in_order:
        if isinstance(adjustment.change, DemandOverride):
            findings += scoped.apply(adjustment)
    return findings


def _bias(ledger: Ledger, inputs: Inputs) -> list[Finding]:
    """Correct, or only name, the measured bias of the functions that entered something."""
    return correct_bias(
        ledger,
        inputs.axes,
        inputs.table("forecast_archive"),
        inputs.panel("history_ordered_qty"),
        end=inputs.snapshot.head.closed_buckets_end,
        switched_on=[function for function in FUNCTION_MEASURES if inputs.knob(f"bias_correction_{function}") == "on"],
    )


@dataclass(frozen=True, eq=False)
class _Scoped:
    """Applies adjustments to the cells of their scopes."""

    ledger: Ledger
    axes: Axes
    bills: Bills
    recent: FloatArray
    """Demand of the last year, [N]: how a total at a planning bill's parent reaches its markets."""

    def cells(self, scope: Scope) -> Cells:
        """The cells of a scope; without rows if there are none. UnknownName for a node that does not exist."""
        begin, end = self.axes.calendar.span(scope.first, scope.last)
        rows = self.axes.rows(Grain.DEMAND, scope)
        if self.bills.of_node(scope.item):
            rows = rows_below(self.axes, self.bills, scope.item, scope.market)
        return Cells(rows, begin, end, self.bills.cells(scope.item, rows, self.recent, slice(begin, end)))

    def raises(self, adjustment: Adjustment) -> bool:
        """True for a promotion that lifts demand somewhere in the plan."""
        change, scope = adjustment.change, adjustment.scope
        if not isinstance(change, PromotionEffect) or change.uplift_pct <= 0:
            return False
        begin, end = self.axes.calendar.span(scope.first, scope.last)
        return begin < end and self.axes.items.knows(scope.item) and self.axes.markets.knows(scope.market)

    def apply(self, adjustment: Adjustment) -> list[Finding]:
        """Apply one adjustment; what cannot be applied is a finding that names it, and the plan goes on without it."""
        where, scope, ledger = f"adjustment {adjustment.id}", adjustment.scope, self.ledger
        begin, end = self.axes.calendar.span(scope.first, scope.last)
        if begin == end:
            return [REFUSED.found(where, f"no bucket of the horizon lies between {scope.first} and {scope.last}")]
        try:
            cells = self.cells(scope)
            if cells.rows.size == 0:
                return [REFUSED.found(where, "no item and market of the plan lies in its scope")]
            is_effective = self._post(adjustment, cells)
        except (UnknownName, CannotSpread) as error:
            return [REFUSED.found(where, str(error))]
        return list(_told(ledger, self.axes, adjustment, (begin, end), is_effective=is_effective))

    def _post(self, adjustment: Adjustment, cells: Cells) -> bool:
        """Apply a change by its kind; True if a number moved."""
        change, scope, ledger = adjustment.change, adjustment.scope, self.ledger
        if isinstance(change, PromotionEffect):
            ledger.refuse_shut(cells)
            span = Span.whole(cells.begin, cells.end, self.axes.horizon, change.forward_buy_buckets)
            sides = sides_of(self.axes, change, scope.item, scope.market, cells.rows)
            return ledger.promote(adjustment.id, change, cells.rows, span, sides)
        if isinstance(change, FunctionInput):
            return ledger.input(adjustment, change, cells)
        if isinstance(change, DemandOverride):
            return ledger.override(adjustment, change, cells)
        assert isinstance(change, DemandHold), change
        return ledger.hold(adjustment, change, cells)


def _told(
    ledger: Ledger, axes: Axes, adjustment: Adjustment, span: tuple[int, int], *, is_effective: bool
) -> Iterator[Finding]:
    """What is odd about an adjustment that was applied to the buckets of a span."""
    where, change, (begin, end) = f"adjustment {adjustment.id}", adjustment.change, span
    if not is_effective and not (isinstance(change, DemandHold) and change.keeps):
        yield WITHOUT_EFFECT.found(where, "every cell keeps its number")
    if _is_clipped(axes, adjustment):
        yield CLIPPED_SCOPE.found(where, f"{axes.calendar.label(begin)} to {axes.calendar.label(end - 1)}")
    if isinstance(change, PromotionEffect) and end + change.forward_buy_buckets > axes.horizon:
        missing = end + change.forward_buy_buckets - max(end, axes.horizon)
        yield FORWARD_BUY_CUT.found(where, f"{missing} buckets lie past the horizon", count=missing)
    if isinstance(change, FunctionInput) and (unknown := ledger.unknown_events(change)):
        yield UNKNOWN_INCLUDED.found(where, ", ".join(unknown), count=len(unknown))


def _is_clipped(axes: Axes, adjustment: Adjustment) -> bool:
    """True if an amount in units was meant for days of which some lie outside the horizon."""
    scope, change = adjustment.scope, adjustment.change
    if not isinstance(change, FunctionInput | DemandOverride | DemandHold) or change.amount.operation == "scale":
        return False
    calendar = axes.calendar
    starts_before = scope.first is not None and calendar.index_of(scope.first) < 0
    ends_after = scope.last is not None and calendar.index_of(scope.last) >= axes.horizon
    return starts_before or ends_after


def _recent(inputs: Inputs) -> FloatArray:
    """Cleansed demand of the last year of history, [N] units, not below 0."""
    return recent_demand(np.maximum(inputs.measure(CLEANSED), 0.0), inputs.axes.calendar.periods_per_year)


def _upstream(inputs: Inputs) -> Mapping[str, FloatArray]:
    """What amounts may be spread like: upstream measures [N, T] by item and market, and last year's demand."""
    like = {
        name: panel[name]
        for stage in inputs.stage.after
        for panel, name in inputs.sections[stage].measures()
        if panel.grain is Grain.DEMAND and panel.first == 0 and panel[name].shape[1] == inputs.axes.horizon
    }
    return {**like, "last_year": last_year(inputs.axes, inputs.panel("history_ordered_qty"))}
