"""What parts the history that was delivered from the one a forecast learned from: each change, why, how much."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.succession import read_succession
from equipoise.demand.clean_history import LEVEL_SHIFT, MISSING, OUTLIER
from equipoise.demand.cleansing import STOCKOUT
from equipoise.demand.history import RETURNED
from equipoise.demand.training import Training
from equipoise.plan import Plan

EVENT = "event:"
HELD = "held"
"""Sort of change that a person made (history_hold)."""
NEGATIVE, RAMP, PREDECESSOR = "negative", "ramp", "predecessor"
"""Sorts of change that are no postings: more returned than sold, a launch's ramp, a predecessor's history."""
LEAST = 0.005
"""Units below which a change would be told as 0."""


@dataclass(frozen=True)
class Cleaning:
    """One change of a node's history."""

    sort: str
    """promotion, price, campaign, one_off, stockout, missing, outlier, level_shift, held, returned, negative, ramp or
    predecessor."""
    code: str
    """Of the event, the adjustment that holds, or the item that passed its history on; blank for other sorts."""
    first: int
    last: int
    """Buckets, inclusive, in which it changed anything."""
    amount: float
    """What it added to the history, in the unit of the node; below 0 where it took out."""
    buckets: tuple[int, ...]
    """Those that it changed, ascending."""


def cleanings(plan: Plan, training: Training, rows: IntArray, factor: FloatArray) -> tuple[Cleaning, ...]:
    """Changes of the history of some rows, each row's units times its factor [n], in the order they were made."""
    return tuple(change for change in _changes(plan, training, rows, factor) if abs(change.amount) >= LEAST)


def _changes(plan: Plan, training: Training, rows: IntArray, factor: FloatArray) -> Iterator[Cleaning]:
    first, shape = training.history.first, training.captured.sold.shape
    captured = training.captured
    if not captured.is_ordered:
        started = training.history.shipped
        yield from _told(RETURNED, "", (captured.sold - started)[rows], factor, first)
    people = {adjustment.id for adjustment in plan.adjustments}
    types = dict(plan.snapshot.table("events").select("event", "type").iter_rows())
    for posting in training.cleansed.postings:
        amounts = posting.dense((shape[0], shape[1]))[rows]
        if posting.cause in (OUTLIER, MISSING):
            yield from _run_by_run(posting.cause, amounts, factor, first)
        elif posting.cause in (STOCKOUT, LEVEL_SHIFT):
            yield from _told(posting.cause, "", amounts, factor, first)
        elif posting.cause in people:
            yield from _told(HELD, posting.cause, amounts, factor, first)
        else:
            code = posting.cause.removeprefix(EVENT)
            yield from _told(str(types.get(code, "event")), code, amounts, factor, first)
    cleansed = training.cleansed.sold[rows]
    yield from _told(NEGATIVE, "", np.maximum(cleansed, 0.0) - cleansed, factor, first)
    before, after = training.y[rows], training.trained[rows]
    is_ramp = np.isfinite(before) & ~np.isfinite(after)
    yield from _told(RAMP, "", np.where(is_ramp, -np.nan_to_num(before), 0.0), factor, first)
    gained = np.where(np.isfinite(after), np.nan_to_num(after) - np.nan_to_num(before), 0.0)
    yield from _told(PREDECESSOR, _predecessors(plan, rows), gained, factor, first)


def _told(sort: str, code: str, amounts: FloatArray, factor: FloatArray, first: int) -> Iterator[Cleaning]:
    """The change, if it moved anything."""
    buckets = np.flatnonzero((amounts != 0).any(axis=0))
    if buckets.size:
        total = float((amounts * factor[:, None]).sum())
        changed = tuple(first + bucket for bucket in buckets.tolist())
        yield Cleaning(sort, code, changed[0], changed[-1], total, changed)


def _run_by_run(sort: str, amounts: FloatArray, factor: FloatArray, first: int) -> Iterator[Cleaning]:
    """What buckets side by side have in common is one change; others are changes of their own."""
    buckets = np.flatnonzero((amounts != 0).any(axis=0))
    for run in np.split(buckets, np.flatnonzero(np.diff(buckets) > 1) + 1):
        inside = np.zeros(amounts.shape[1], dtype=np.bool_)
        inside[run] = True
        yield from _told(sort, "", np.where(inside, amounts, 0.0), factor, first)


def _predecessors(plan: Plan, rows: IntArray) -> str:
    """Items that the rows' items succeed, in words."""
    item = plan.axes.keys[Grain.DEMAND].column("item")
    links = read_succession(plan.snapshot.table("items"), plan.axes.items)
    mine = set(item[rows].tolist())
    found = [plan.axes.items.leaves[old] for old in np.unique(item).tolist() if int(links.successor[old]) in mine]
    return ", ".join(found)
