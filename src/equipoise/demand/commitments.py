"""Commitments: a contract's floor and cap bind the consensus; they are never weighted or averaged.

They are applied once every function has spoken and the demand manager has signed: per bucket the total of all items and
markets of a contract is brought within min_qty and max_qty, in proportion to what stands. Held cells keep what they
have. A bucket that a contract covers in part counts by its share of days: that part runs at the contract's rate. Wider
contracts come first, so that of two that contradict each other the more specific one holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.demand.apply_events import rows_below
from equipoise.demand.bills import Bills
from equipoise.demand.consensus import Ledger
from equipoise.demand.entries import CONSENSUS, Cells, Limits
from equipoise.demand.findings import (
    ABOVE_CAP,
    BELOW_FLOOR,
    CAP_MISSED,
    FLOOR_ABOVE_CAP,
    FLOOR_MISSED,
    WRONG_COMMITMENT,
)


@dataclass(frozen=True, eq=False)
class Commitment:
    """One contract in the buckets of the plan."""

    code: str
    limits: Limits
    penalty: float | None
    """Money per unit below the floor."""
    cells: Cells
    breadth: tuple[int, int, str]
    """Order of application: the widest first, then by code."""

    @property
    def cause(self) -> str:
        """What its posting is made under."""
        return f"commitment:{self.code}"


@dataclass(frozen=True, eq=False)
class _Applied:
    """What a contract asks of the total of its cells [k], and by how much it moved it."""

    commitment: Commitment
    moved: FloatArray
    least: FloatArray
    most: FloatArray


def apply_commitments(ledger: Ledger, axes: Axes, commitments: Sequence[Commitment]) -> list[Finding]:
    """Bring the consensus within contracts, in order of application, and say what that took."""
    applied = [_bind(ledger, commitment) for commitment in commitments]
    findings: list[Finding] = []
    for one in applied:
        findings += _told(axes, one, ledger.values[CONSENSUS][one.commitment.cells.block].sum(axis=0))
    return findings


def read_commitments(axes: Axes, frame: pl.DataFrame, bills: Bills) -> tuple[list[Commitment], list[Finding]]:
    """Contracts that touch the plan in order of application, and what is wrong with others."""
    found, findings = [], []
    for row in frame.sort("contract").iter_rows(named=True):
        code, item, market = row["contract"], row["item"], row["market"]
        where = f"commitment {code}"
        if not axes.items.knows(item) or not axes.markets.knows(market):
            findings.append(WRONG_COMMITMENT.found(where, f"there is no item {item!r} or no market {market!r}"))
            continue
        least = 0.0 if row["min_qty"] is None else float(row["min_qty"])
        most = np.inf if row["max_qty"] is None else float(row["max_qty"])
        if least > most:
            findings.append(FLOOR_ABOVE_CAP.found(where, f"min_qty {least:,g} above max_qty {most:,g}"))
            continue
        begin, end = axes.calendar.span(row["valid_from"], row["valid_to"])
        rows = rows_below(axes, bills, item, market)
        if begin == end or row["valid_to"] < row["valid_from"]:
            continue
        if rows.size == 0:
            findings.append(WRONG_COMMITMENT.found(where, "no item and market of the plan lies in its scope"))
            continue
        share = axes.calendar.day_shares(begin, end, row["valid_from"], row["valid_to"])
        breadth = axes.items.specificity(item), axes.markets.specificity(market), code
        limits, cells = Limits(least, most, share), Cells(rows, begin, end)
        found.append(Commitment(code, limits, row["penalty"], cells, breadth))
    return sorted(found, key=lambda commitment: commitment.breadth), findings


def _bind(ledger: Ledger, commitment: Commitment) -> _Applied:
    limits, cells = commitment.limits, commitment.cells
    total = ledger.values[CONSENSUS][cells.block].sum(axis=0)
    target = total + limits.change_of(total)
    is_whole = limits.share == 1
    least = np.where(is_whole, limits.least, np.where(total < limits.least, target, 0.0))
    most = np.where(is_whole, limits.most, np.where(total > limits.most, target, np.inf))
    return _Applied(commitment, ledger.commit(commitment.cause, limits, cells), least, most)


def _told(axes: Axes, applied: _Applied, total: FloatArray) -> Iterator[Finding]:
    """What a contract moved, and what it lacks once all contracts stand; `total` [k] is what stands in its cells."""
    commitment = applied.commitment
    sorts = (
        (BELOW_FLOOR, np.maximum(applied.moved, 0.0), True),
        (FLOOR_MISSED, np.maximum(applied.least - total, 0.0), True),
        (ABOVE_CAP, np.maximum(-applied.moved, 0.0), False),
        (CAP_MISSED, np.maximum(total - applied.most, 0.0), False),
    )
    for code, units, is_floor in sorts:
        buckets = np.flatnonzero(units)
        if buckets.size:
            first = axes.calendar.label(commitment.cells.begin + int(buckets[0]))
            amount = None if commitment.penalty is None or not is_floor else float(units.sum()) * commitment.penalty
            message = f"{units.sum():,.0f} units in {buckets.size} buckets, first {first}"
            yield code.found(f"commitment {commitment.code}", message, count=int(buckets.size), amount=amount)
