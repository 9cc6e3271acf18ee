"""The stage demand: events and inputs of the functions, consensus, and the orders that consume it."""

from collections.abc import Iterable, Iterator

import numpy as np

from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import BoolArray, FloatArray, IntArray, rows_that_differ
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Posting, Section
from equipoise.core.stage import Inputs
from equipoise.demand.apply_changes import apply_changes
from equipoise.demand.commitments import apply_commitments
from equipoise.demand.consensus import BASELINE
from equipoise.demand.entries import CONSENSUS
from equipoise.demand.opening import Opening, opening_of
from equipoise.demand.to_go import demand_to_go, lost_in_fence


def plan_demand(inputs: Inputs) -> Section:
    """Function measures, consensus, orders and the demand that supply has to serve, [N, T] units, with postings."""
    opening = opening_of(inputs)
    ledger, findings = apply_changes(inputs, opening)
    findings += apply_commitments(ledger, inputs.axes, opening.commitments)
    consensus = {name: _kept(inputs, opening, name, values) for name, values in ledger.values.items()}
    measures, fenced = _to_go(inputs, opening, consensus[CONSENSUS])
    money = {name: _kept(inputs, opening, name, values) for name, values in opening.money.items()}
    panel = Panel(inputs.keys(Grain.DEMAND), {**consensus, **measures, **money})
    postings = (*_with_starts(inputs, ledger.postings()), *opening.spent)
    found = sort_findings([*opening.findings, *findings, *fenced])
    return Section("demand", (panel,), postings=postings, findings=found)


def _kept(inputs: Inputs, opening: Opening, name: str, values: FloatArray) -> FloatArray:
    """The array of the section before where it holds the same numbers: what did not move is not kept twice."""
    before = _before(inputs, name)
    return values if before is None or not opening.is_same(name, before, values) else before


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
    is_new: BoolArray = np.ones(len(consensus), dtype=np.bool_)
    if before is not None:
        is_new = opening.has_fence | rows_that_differ(np.asarray(before), np.asarray(consensus))
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
