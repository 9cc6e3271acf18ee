"""What parts the history that was delivered from the one a forecast learned from: each change, why, how much."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.succession import read_succession
from equipoise.demand.cleansing import STOCKOUT
from equipoise.demand.history import RETURNED
from equipoise.demand.training import Training
from equipoise.plan import Plan

EVENT = "event:"
NEGATIVE, RAMP, PREDECESSOR = "negative", "ramp", "predecessor"
"""Sorts of change that are no postings: more returned than sold, a launch's ramp, a predecessor's history."""
LEAST = 0.005
"""Units below which a change would be told as 0."""


@dataclass(frozen=True)
class Cleaning:
    """One change of a node's history."""

    sort: str
    """promotion, price, campaign, one_off, stockout, returned, working days, holiday, indicator, negative, ramp or
    predecessor."""
    code: str
    """Of the event, holiday or indicator, or the item that passed its history on; blank for other sorts."""
    first: int
    last: int
    """Buckets, inclusive, in which it changed anything."""
    amount: float
    """What it added to the history, in the unit of the node; below 0 where it took out."""


def cleanings(plan: Plan, training: Training, rows: IntArray, factor: FloatArray) -> tuple[Cleaning, ...]:
    """Changes of the history of some rows, each row's units times its factor [n], in the order they were made."""
    return tuple(change for change in _changes(plan, training, rows, factor) if abs(change.amount) >= LEAST)


def _changes(plan: Plan, training: Training, rows: IntArray, factor: FloatArray) -> Iterator[Cleaning]:
    first, shape = training.history.first, training.captured.sold.shape
    captured = training.captured
    if not captured.is_ordered:
        started = training.history.shipped
        yield from _told(RETURNED, "", (captured.sold - started)[rows], factor, first)
    types = dict(plan.snapshot.table("events").select("event", "type").iter_rows())
    for posting in training.cleansed.postings:
        amounts = posting.dense((shape[0], shape[1]))[rows]
        if posting.cause == STOCKOUT:
            yield from _told(STOCKOUT, "", amounts, factor, first)
        elif posting.cause in training.effects.causes:
            sort, _, code = posting.cause.partition(":")
            yield from _told(sort, code, amounts, factor, first)
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
        yield Cleaning(sort, code, first + int(buckets[0]), first + int(buckets[-1]), total)


def _predecessors(plan: Plan, rows: IntArray) -> str:
    """Items that the rows' items succeed, in words."""
    item = plan.axes.keys[Grain.DEMAND].column("item")
    links = read_succession(plan.snapshot.table("items"), plan.axes.items)
    mine = set(item[rows].tolist())
    found = [plan.axes.items.leaves[old] for old in np.unique(item).tolist() if int(links.successor[old]) in mine]
    return ", ".join(found)
