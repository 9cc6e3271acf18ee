"""The stage demand: events and inputs of the functions, consensus, and the orders that consume it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Posting, Section
from equipoise.core.spread import CannotSpread
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.demand.apply_events import apply_events, rows_below
from equipoise.demand.bias_correction import correct_bias
from equipoise.demand.bills import Bills
from equipoise.demand.changes import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.commitments import apply_commitments
from equipoise.demand.consensus import BASELINE, Ledger
from equipoise.demand.counted_twice import Promoted, counted_twice
from equipoise.demand.entries import CONSENSUS, Cells
from equipoise.demand.event import sides_of
from equipoise.demand.event_effect import Span
from equipoise.demand.findings import (
    BELOW_ZERO,
    CLIPPED_SCOPE,
    FORWARD_BUY_CUT,
    REFUSED,
    UNKNOWN_INCLUDED,
    WITHOUT_EFFECT,
)
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.demand.opening import Opening, opening_of
from equipoise.demand.to_go import demand_to_go, lost_in_fence


def plan_demand(inputs: Inputs) -> Section:
    """Function measures, consensus, orders and the demand that supply has to serve, [N, T] units, with postings."""
    opening = opening_of(inputs)
    ledger = opening.ledger({name: float(inputs.knob(f"weight_{name}_pct")) / 100 for name in FUNCTION_MEASURES})
    findings = _apply_all(ledger, inputs, opening)
    findings += apply_commitments(ledger, inputs.axes, opening.commitments)
    consensus = {name: _kept(inputs, name, values) for name, values in ledger.values.items()}
    measures, fenced = _to_go(inputs, opening, consensus[CONSENSUS])
    money = {name: _kept(inputs, name, values) for name, values in opening.money.items()}
    panel = Panel(inputs.keys(Grain.DEMAND), {**consensus, **measures, **money})
    postings = (*_with_starts(inputs, ledger.postings()), *opening.spent)
    found = sort_findings([*opening.findings, *findings, *fenced])
    return Section("demand", (panel,), postings=postings, findings=found)


def _kept(inputs: Inputs, name: str, values: FloatArray) -> FloatArray:
    """The array of the section before where it holds the same numbers: what did not move is not kept twice."""
    before = _before(inputs, name)
    return values if before is None or not np.array_equal(before, values) else before


def _before(inputs: Inputs, name: str) -> FloatArray | None:
    return None if inputs.before is None else inputs.before.panel_of(name)[name]


def _with_starts(inputs: Inputs, postings: Iterable[Posting]) -> Iterator[Posting]:
    """The postings, those of the baseline from the section before: they are the same, and the longest."""
    before = () if inputs.before is None else inputs.before.postings
    starts = {posting.measure: posting for posting in before if posting.cause == BASELINE}
    for posting in postings:
        yield starts.get(posting.measure, posting) if posting.cause == BASELINE else posting


def _to_go(inputs: Inputs, opening: Opening, consensus: FloatArray) -> tuple[dict[str, FloatArray], list[Finding]]:
    """Orders, and the demand after as_of that they and the consensus ask for.

    Each series by itself: those whose consensus is that of the section before are taken from it.
    """
    before = _before(inputs, CONSENSUS)
    is_new = np.ones(len(consensus), dtype=np.bool_)
    if before is not None:
        is_new = opening.is_fenced.any(axis=1)
        if before is not consensus:
            is_new |= (before != consensus).any(axis=1)
    rows = np.flatnonzero(is_new)
    back, forward = (int(float(inputs.knob(name))) for name in ("consume_back", "consume_forward"))
    forecast = np.hstack([opening.bridge[rows], consensus[rows]])
    orders, shipped, first = opening.orders.part(rows), opening.shipped[rows], opening.first
    to_go = demand_to_go(forecast, orders, shipped, first=first, back=back, forward=forward)
    lost = np.where(opening.is_fenced[rows], to_go.unconsumed, 0.0).sum(axis=1)
    unconsumed = np.where(opening.is_fenced[rows], 0.0, to_go.unconsumed)
    asked = orders.total[:, -opening.axes.horizon :]
    measures = {
        "demand_orders_qty": asked,
        "demand_unconsumed_qty": unconsumed,
        "demand_required_qty": asked + unconsumed,
        "demand_overdue_qty": to_go.overdue,
        "demand_to_date_qty": to_go.to_date,
        "demand_until_start_qty": to_go.until_start,
    }
    whole = {name: _with_rows(inputs, name, rows, values) for name, values in measures.items()}
    return whole, lost_in_fence(opening.axes, rows, lost)


def _with_rows(inputs: Inputs, name: str, rows: IntArray, values: FloatArray) -> FloatArray:
    """The section before with other rows [n, T]; its own array where they say the same."""
    before = _before(inputs, name)
    if before is None:
        return values
    if np.array_equal(before[rows], values):
        return before
    found: FloatArray = np.array(before)
    found[rows] = values
    return found


def _apply_all(ledger: Ledger, inputs: Inputs, opening: Opening) -> list[Finding]:
    """Apply table events and the adjustments in order of phase, seq and id; holds are known from the start."""
    events, bills = opening.events, opening.bills
    in_order = sorted(inputs.adjustments, key=lambda adjustment: adjustment.order)
    scoped = _Scoped(ledger, inputs.axes, bills, opening.recent)
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
    if ledger.said:
        switched_on = [name for name in FUNCTION_MEASURES if inputs.knob(f"bias_correction_{name}") == "on"]
        findings += correct_bias(ledger, inputs.axes, opening.biases, switched_on=switched_on)
    given = ledger.lift_to_zero()
    if sum(ledger.weights.values()) > 1 and (cells := int((given > 0).sum())):
        findings.append(
            BELOW_ZERO.found("consensus", f"{cells} cells, {given.sum():,.0f} units below zero", count=cells)
        )
    for adjustment in in_order:
        if isinstance(adjustment.change, DemandOverride):
            findings += scoped.apply(adjustment)
    return findings


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
