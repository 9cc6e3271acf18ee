"""From sales as they were captured to sales as the forecast is to learn from them: one step after the other.

1. Known events are taken out and stockouts restored (`cleansing`, `stockouts`).
2. Buckets without a row are filled, where the policy says that they are unknown (`history_gaps`).
3. What people hold is as they say, and nothing else moves it (`held_history`).
4. Outliers that neither explains are replaced (`outliers`).
5. What lies before a lasting step is moved to the new level (`level_shifts`).

Each step posts what it changed under a cause of its own, so the cleansed history is what was sold and the sum of its
changes, exactly. Policy cleansing = none leaves out all but what people hold.
"""

from dataclasses import replace

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.section import Posting
from equipoise.core.stage import Inputs
from equipoise.core.succession import read_succession
from equipoise.demand.cleansing import CLEANSED, Cleansed, cleanse
from equipoise.demand.cleansing_findings import (
    GAP_AS_ZERO,
    GAP_FILLED,
    LEVEL_SHIFTED,
    NEWEST_FAR,
    OUTLIERS_REPLACED,
)
from equipoise.demand.event import demand_groups, read_events
from equipoise.demand.held_history import HeldHistory, read_holds
from equipoise.demand.history import Captured, History
from equipoise.demand.history_gaps import fill_gaps, find_gaps, regular_sellers
from equipoise.demand.launches import end_of_ramp
from equipoise.demand.level_shifts import find_shifts
from equipoise.demand.outliers import find_outliers

OUTLIER, LEVEL_SHIFT, MISSING = "outlier", "level_shift", "missing"
"""Causes of what the steps change."""


def clean_history(inputs: Inputs, history: History, captured: Captured) -> Cleansed:
    """The sales [N, H] that train the forecast, and why they differ from those captured."""
    held = read_holds(inputs, captured.sold, first=history.first)
    if inputs.knob("cleansing") == "none":
        known = Cleansed(captured.sold, (), (), np.zeros(captured.sold.shape, dtype=np.bool_))
        return _with_holds(known, captured.sold, held)
    events, _ = read_events(inputs.axes, inputs.table("events"))  # what is wrong with them, stage demand tells
    known = cleanse(
        inputs.axes,
        captured.sold,
        events,
        first=history.first,
        group=demand_groups(inputs.axes, inputs.table("items")),
        out_of_stock=history.out_of_stock,
        restores=not captured.is_ordered,
    )
    filled = _filled(inputs, history, known)
    return _by_rule(inputs, history, captured.sold, _with_holds(filled, captured.sold, held), held.is_held)


def _filled(inputs: Inputs, history: History, known: Cleansed) -> Cleansed:
    """Gaps, by the policy: told, or filled."""
    is_gap = find_gaps(history.is_stated) & ~known.is_explained
    if inputs.knob("missing_history") == "unknown":
        filled = fill_gaps(known.sold, is_gap, inputs.axes.calendar.periods_per_year)
        return _changed(known, MISSING, filled, _gap_findings(inputs, is_gap, filled - known.sold))
    # A bucket in which no series has a row is the quality check's (QU141); here it counts all the same.
    is_gap &= regular_sellers(history.is_stated)[:, None]
    if not is_gap.any():
        return known
    count, example = int(is_gap.sum()), _example(inputs, is_gap)
    told = GAP_AS_ZERO.found("history", f"{count} cells, first {example}", count=count)
    return replace(known, findings=(*known.findings, told))


def _gap_findings(inputs: Inputs, is_gap: BoolArray, added: FloatArray) -> list[Finding]:
    if not is_gap.any():
        return []
    count, example = int(is_gap.sum()), _example(inputs, is_gap)
    return [GAP_FILLED.found("history", f"{count} cells, {added.sum():+,.0f} units, first {example}", count=count)]


def _with_holds(known: Cleansed, sold: FloatArray, held: HeldHistory) -> Cleansed:
    """History with what people hold in it: no other cause keeps anything in their cells."""
    if not held.adjustments:
        return known
    is_held = held.is_held
    postings = [_outside(posting, is_held) for posting in known.postings] + held.postings(CLEANSED, sold)
    return Cleansed(
        np.where(is_held, held.value, known.sold),
        tuple(posting for posting in postings if posting.amounts.size),
        (*known.findings, *held.findings),
        known.is_explained | is_held,
        held,
    )


def _outside(posting: Posting, is_held: BoolArray) -> Posting:
    """The part of a posting outside of held cells."""
    stays = ~is_held[posting.rows, posting.buckets]
    return Posting(posting.measure, posting.cause, posting.rows[stays], posting.buckets[stays], posting.amounts[stays])


def _by_rule(inputs: Inputs, history: History, sold: FloatArray, known: Cleansed, is_held: BoolArray) -> Cleansed:
    """Outliers and level shifts, as far as the policy lets them be found."""
    replaces, moves = inputs.knob("outliers") == "replace", inputs.knob("level_shifts") == "move"
    if not (replaces or moves) or not sold.size:
        return known
    period = inputs.axes.calendar.periods_per_year
    is_known = np.logical_or.accumulate(sold != 0, axis=1) & ~_on_ramp(inputs, history)
    y = np.where(is_known, np.maximum(known.sold, 0.0), np.nan)
    found = find_outliers(y, period, is_explained=known.is_explained)
    if replaces:
        usual = np.where(found.is_outlier, found.usual, known.sold)
        known = _changed(known, OUTLIER, on_grid(usual, QUANTITY_STEP), [])
        known = replace(known, findings=(*known.findings, *_outlier_findings(inputs, known, found.is_newest)))
        y = np.where(is_known, np.maximum(known.sold, 0.0), np.nan)
    if not moves:
        return known
    shifts = find_shifts(y, period, is_out=found.is_outlier, may_shift=~_in_succession(inputs))
    moved = np.where((shifts.factor != 1.0) & (y > 0) & ~is_held, y * shifts.factor, known.sold)
    told = []
    if shifts.rows.size:
        first = int(shifts.rows[0])
        where = " in ".join(inputs.keys(Grain.DEMAND).labels(first))
        bucket = inputs.axes.calendar.label(history.first + int(shifts.buckets[0]))
        text = f"{shifts.rows.size} steps, first {where} in {bucket}: {100 * (shifts.factors[0] - 1):+.0f} %"
        told.append(LEVEL_SHIFTED.found("history", text, count=int(shifts.rows.size)))
    return _changed(known, LEVEL_SHIFT, on_grid(moved, QUANTITY_STEP), told)


def _outlier_findings(inputs: Inputs, known: Cleansed, is_newest: BoolArray) -> list[Finding]:
    findings = []
    keys = inputs.keys(Grain.DEMAND)
    for posting in known.postings:
        if posting.cause == OUTLIER:
            example, count = " in ".join(keys.labels(int(posting.rows[0]))), len(posting.amounts)
            text = f"{count} cells, {posting.amounts.sum():+,.0f} units, first {example}"
            findings.append(OUTLIERS_REPLACED.found("history", text, count=count))
    if (rows := np.flatnonzero(is_newest)).size:
        example = " in ".join(keys.labels(int(rows[0])))
        findings.append(NEWEST_FAR.found("history", f"{rows.size} series, first {example}", count=int(rows.size)))
    return findings


def _changed(known: Cleansed, cause: str, sold: FloatArray, told: list[Finding]) -> Cleansed:
    """History as it is after a step, with its posting."""
    posting = Posting.of(CLEANSED, cause, sold - known.sold)
    if not posting.amounts.size:
        return replace(known, findings=(*known.findings, *told))
    return replace(known, sold=sold, postings=(*known.postings, posting), findings=(*known.findings, *told))


def _on_ramp(inputs: Inputs, history: History) -> BoolArray:
    """Buckets [N, H] before the end of a launch's ramp, which are no level yet."""
    panel = inputs.panel("launch_ramp_ratio")
    ramp = panel["launch_ramp_ratio"]
    until = np.where(ramp.any(axis=1), end_of_ramp(ramp, panel.first), history.first)
    found: BoolArray = np.arange(history.first, history.end) < until[:, None]
    return found


def _in_succession(inputs: Inputs) -> BoolArray:
    """Rows [N] of items that follow another one or are followed: what they sell moves between them."""
    links = read_succession(inputs.table("items"), inputs.axes.items)
    follows = links.successor
    is_linked = follows >= 0
    is_linked[follows[follows >= 0]] = True
    found: BoolArray = is_linked[inputs.keys(Grain.DEMAND).column("item")]
    return found


def _example(inputs: Inputs, is_found: BoolArray) -> str:
    return " in ".join(inputs.keys(Grain.DEMAND).labels(int(np.flatnonzero(is_found.any(axis=1))[0])))
