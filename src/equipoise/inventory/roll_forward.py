"""Stock counted before the plan begins, rolled forward to its start.

start = counted + receipts due until start − demand until start, at every item and location, never below 0. Demand goes
to the locations that serve its markets in the first bucket; what stock does not cover is overdue when the plan begins.

Firm, released and in-transit receipts count, due after as_of and before the first bucket; what is overdue at as_of is
expected in the first bucket, as always. Transfers that have not left yet leave their source in that time as well.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid, split
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.section import Posting
from equipoise.core.stage import Inputs
from equipoise.inventory.findings import NOT_COVERED, ROLLED_FORWARD

COUNTED, RECEIPTS, DEMAND = "counted", "receipts until start", "demand until start"
"""Causes of the postings of `inventory_start_qty`."""


@dataclass(frozen=True, eq=False)
class RolledStock:
    """Stock at the start [N], what of the demand until then it does not cover [D], and how it came about."""

    start: FloatArray
    not_covered: FloatArray
    postings: tuple[Posting, ...]
    findings: tuple[Finding, ...]


def roll_forward(inputs: Inputs, counted: FloatArray) -> RolledStock:
    """Roll stock counted at as_of, [N] units on the grid, to the start of the plan."""
    keys, head = inputs.keys(Grain.STOCK), inputs.snapshot.head
    wanted = inputs.measure("demand_until_start_qty")[:, 0]
    due = receipts_due(inputs.axes, inputs.table("receipts"), head.as_of, head.start)
    flow, asked = _asked(inputs, wanted)
    by_stock = sum_rows(asked[:, None], flow[0], len(keys))[:, 0]
    available = np.maximum(counted + due, 0.0)
    due = available - counted  # a transfer never takes more out of a stock than is there
    served = np.minimum(by_stock, available)
    # What stocks are short of, over the lanes in proportion to what these ask for.
    missing = _dealt(by_stock - served, asked, np.where(asked > 0, flow[0], -1))
    reached = sum_rows(asked[:, None], flow[1], len(wanted))[:, 0]
    not_covered = wanted - reached + sum_rows(missing[:, None], flow[1], len(wanted))[:, 0]
    parts = ((COUNTED, counted), (RECEIPTS, due), (DEMAND, -served))
    postings = tuple(_posting(cause, values, inputs.axes.horizon) for cause, values in parts)
    findings = _findings(inputs, due, served, not_covered)
    return RolledStock(available - served, not_covered, postings, findings)


def receipts_due(axes: Axes, receipts: pl.DataFrame, as_of: date, start: date) -> FloatArray:
    """Net units that firm, released and in-transit receipts bring between two days, both excluded, [N] on the grid."""
    keys = axes.keys[Grain.STOCK]
    lines = receipts.filter(
        (pl.col("status") != "planned")
        & (pl.col("due_date") > as_of)
        & (pl.col("due_date") < start)
        & (pl.col("received_date").is_null() | (pl.col("received_date") > as_of))
    ).sort("reference", "line")
    total = np.zeros((len(keys), 1))
    leaving = lines.filter((pl.col("type") == "transfer") & (pl.col("status") != "in_transit") & (pl.col("from") != ""))
    for frame, place, sign in ((lines, "location", 1.0), (leaving, "from", -1.0)):
        units = sign * on_grid(frame["quantity"].to_numpy().astype(np.float64), QUANTITY_STEP)
        total += sum_rows(units[:, None], row_numbers(keys, frame, ("item", place)), len(keys))
    net: FloatArray = total[:, 0]
    return net


def _asked(inputs: Inputs, wanted: FloatArray) -> tuple[tuple[IntArray, IntArray], FloatArray]:
    """Demand [D] on the lanes that carry the first bucket's: stock row and demand row of each lane, units [F]."""
    lanes = inputs.keys(Grain.FLOW).frame
    source = row_numbers(inputs.keys(Grain.STOCK), lanes, ("item", "from"))
    market = row_numbers(inputs.keys(Grain.DEMAND), lanes, ("item", "to"))
    share = inputs.measure("sourcing_share_ratio")[:, 0]
    carries = (source >= 0) & (market >= 0) & (share > 0)
    market = np.where(carries, market, -1)
    return (source, market), _dealt(wanted, share, market)


def _dealt(totals: FloatArray, weights: FloatArray, group: IntArray) -> FloatArray:
    """Totals [G], each split over the members of its group [n] (−1: of none) by weight; one without members is lost."""
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(len(totals) + 1))
    # Most groups have one member, which takes all: only the others are split one by one. What is appended is none's.
    dealt = np.append(np.where(np.diff(ends) == 1, totals, 0.0), 0.0)[group]
    for number in np.flatnonzero((totals > 0) & (np.diff(ends) > 1)).tolist():
        members = order[ends[number] : ends[number + 1]]
        dealt[members] = split(float(totals[number]), weights[members])
    return dealt


def _posting(cause: str, values: FloatArray, horizon: int) -> Posting:
    wide = np.zeros((len(values), horizon))
    wide[:, 0] = values
    return Posting.of("inventory_start_qty", cause, wide)


def _findings(inputs: Inputs, due: FloatArray, served: FloatArray, not_covered: FloatArray) -> tuple[Finding, ...]:
    head = inputs.snapshot.head
    moved = int(((due != 0) | (served != 0)).sum())
    message = (
        f"stock stands as of {head.as_of}, the plan begins on {head.start}: {moved} pairs of item and location moved"
    )
    found = [ROLLED_FORWARD.found("table inventory", message, count=moved)]
    short = np.flatnonzero(not_covered > 0)
    if short.size:
        item, market = inputs.keys(Grain.DEMAND).labels(int(short[0]))
        message = f"{short.size} pairs of item and market are short at start; the first is {item} in {market} with "
        message += f"{not_covered[short[0]]:,.1f}"
        found.append(NOT_COVERED.found("table inventory", message, count=int(short.size)))
    return tuple(found)
