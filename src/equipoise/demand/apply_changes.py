"""What people said is applied to the ledger of the consensus: holds, events, inputs, then the demand manager's word.

An edit appends one more, so a fold goes on from where an earlier one stood if it took the same steps up to there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.spread import CannotSpread
from equipoise.core.stage import Inputs
from equipoise.core.table import UnknownName
from equipoise.demand.apply_events import apply_events, rows_below
from equipoise.demand.bias_correction import correct_bias
from equipoise.demand.bills import Bills
from equipoise.demand.changes import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.consensus import Ledger
from equipoise.demand.counted_twice import Promoted, counted_twice
from equipoise.demand.entries import Cells
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
from equipoise.demand.opening import Opening, Stand, Step

EVENTS: Final = "events"
"""The step that applies table events."""
SETTLED: Final = "settled"
"""The step after all inputs: what was counted twice, bias, and what lies below zero."""


def apply_changes(inputs: Inputs, opening: Opening) -> tuple[Ledger, list[Finding]]:
    """A ledger with table events and the adjustments in order of phase, seq and id; holds are known from the start."""
    rules = tuple((name, inputs.knob(name)) for name in inputs.stage.knobs)
    steps = _steps(inputs.adjustments)
    earlier = [stand for stand in opening.stands if stand.is_before(rules, steps)]
    start = max(earlier, key=lambda stand: len(stand.steps), default=None)
    if start is None:
        weights = {name: float(inputs.knob(f"weight_{name}_pct")) / 100 for name in FUNCTION_MEASURES}
        start = Stand(rules, (), opening.ledger(weights), ())
    ledger, findings, stands = start.ledger.fork(), list(start.findings), list[Stand]()
    scoped = _Scoped(ledger, inputs.axes, opening.bills, opening.recent)
    for number in range(len(start.steps), len(steps)):
        step = steps[number]
        if step == EVENTS:
            findings += apply_events(ledger, inputs.axes, opening.events, opening.bills)
        elif step == SETTLED:
            stands.append(Stand(rules, steps[:number], ledger.fork(), tuple(findings)))
            findings += _settle(inputs, opening, scoped)
        else:
            assert isinstance(step, Adjustment), step
            findings += scoped.apply(step)
    stands.append(Stand(rules, steps, ledger.fork(), tuple(findings)))
    opening.keep(stands)
    return ledger, findings


def _steps(adjustments: tuple[Adjustment, ...]) -> tuple[Step, ...]:
    in_order = sorted(adjustments, key=lambda adjustment: adjustment.order)
    holds, inputs, overrides = (
        [each for each in in_order if isinstance(each.change, kinds)]
        for kinds in (DemandHold, PromotionEffect | FunctionInput, DemandOverride)
    )
    return (*holds, EVENTS, *inputs, SETTLED, *overrides)


def _settle(inputs: Inputs, opening: Opening, scoped: "_Scoped") -> list[Finding]:
    ledger, in_order = scoped.ledger, sorted(inputs.adjustments, key=lambda adjustment: adjustment.order)
    promoted = [Promoted(a.id, scoped.cells(a.scope)) for a in in_order if scoped.raises(a)]
    findings = list(counted_twice(inputs.axes, opening.events, promoted, opening.bills))
    if ledger.said:
        switched_on = [name for name in FUNCTION_MEASURES if inputs.knob(f"bias_correction_{name}") == "on"]
        findings += correct_bias(ledger, inputs.axes, opening.biases, switched_on=switched_on)
    given = ledger.lift_to_zero()
    if sum(ledger.weights.values()) > 1 and (cells := int((given > 0).sum())):
        findings.append(
            BELOW_ZERO.found("consensus", f"{cells} cells, {given.sum():,.0f} units below zero", count=cells)
        )
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
        is_of_demand = not scope.location and not scope.resource
        is_known = self.axes.items.knows(scope.item) and self.axes.markets.knows(scope.market)
        return begin < end and is_of_demand and is_known

    def apply(self, adjustment: Adjustment) -> list[Finding]:
        """Apply one adjustment; what cannot be applied is a finding that names it, and the plan goes on without it."""
        where, scope, ledger = f"adjustment {adjustment.id}", adjustment.scope, self.ledger
        begin, end = self.axes.calendar.span(scope.first, scope.last)
        if begin == end:
            return [REFUSED.found(where, f"no bucket of the horizon lies {_days(scope)}")]
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


def _days(scope: Scope) -> str:
    """The days of a scope in words: between two, or from or up to one where it is open."""
    if scope.first and scope.last:
        return f"between {scope.first} and {scope.last}"
    return f"from {scope.first} on" if scope.first else f"up to {scope.last}"
