"""Booking totals into cells: from the narrowest to the widest, each total spreads what its parts leave, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray, split
from equipoise.finance.findings import BUDGET_PARTS_ABOVE, BUDGET_REST


@dataclass(frozen=True, eq=False)
class Cells:
    """Totals of single cells, as parallel arrays of row, bucket and amount; no cell stands twice."""

    rows: IntArray
    buckets: IntArray
    amounts: FloatArray


@dataclass(frozen=True, eq=False)
class Total:
    """The total of several cells: rows × the half-open span of buckets."""

    where: str
    rows: IntArray
    begin: int
    end: int
    amount: float

    @property
    def size(self) -> int:
        """Number of cells covered: the narrowest total is booked first."""
        return len(self.rows) * (self.end - self.begin)


def book(
    single: Cells,
    totals: Sequence[Total],
    profile: FloatArray,
    *,
    active: BoolArray,
    step: float,
    first: int = 0,
    name: str = "budget",
) -> tuple[FloatArray, list[Finding]]:
    """Spread totals over the cells of buckets first..T−1, [N, T − first], exact on the grid of `step`.

    `profile` [N, T] ≥ 0 is what they are spread by; `active` [N, T] says where an item is sold: without any profile a
    total is spread equally there. `first` is 0 or a bucket of the past, `name` the table in findings.
    """
    count, horizon = profile.shape
    asked = first
    if not totals and not single.rows.size:
        return np.full((count, horizon - asked), np.nan), []
    # Work on all buckets that any total covers; outside the horizon the row's mean stands for the profile.
    first = min(asked, *single.buckets.tolist(), *(total.begin for total in totals))
    last = max(horizon, *(single.buckets + 1).tolist(), *(total.end for total in totals))
    inside = slice(-first, horizon - first)
    weights = np.repeat(profile.mean(axis=1, keepdims=True), last - first, axis=1)
    weights[:, inside] = profile
    is_open = np.ones(weights.shape, dtype=np.bool_)
    is_open[:, inside] = active
    cells, named = np.zeros(weights.shape), np.zeros(weights.shape, dtype=np.bool_)
    cells[single.rows, single.buckets - first] = single.amounts
    named[single.rows, single.buckets - first] = True
    above: list[str] = []
    under: list[str] = []
    for total in sorted(totals, key=lambda total: total.size):
        block = np.ix_(total.rows, np.arange(total.begin - first, total.end - first))
        rest = total.amount - float(cells[block].sum())
        free = ~named[block]
        if rest < 0 <= total.amount:
            above.append(total.where)
            rest = 0.0
        elif rest != 0 and not free.any():
            under.append(total.where)
            free[:] = True
        if rest != 0:
            cells[block] += _spread(rest, weights[block], is_open[block], free, step)
        named[block] = True
    wanted = slice(asked - first, horizon - first)
    budgeted = named[:, wanted].any(axis=0)
    return np.where(budgeted, cells[:, wanted], np.nan), _conflicts(above, under, name)


def _spread(rest: float, weights: FloatArray, is_open: BoolArray, free: BoolArray, step: float) -> FloatArray:
    """Parts of `rest` on the free cells: by weight, else equally over cells where the item is sold, else over all."""
    for chosen in (np.where(free, weights, 0.0), (free & is_open).astype(np.float64), free.astype(np.float64)):
        if chosen.any():
            return split(rest, chosen.ravel(), step=step).reshape(chosen.shape)
    raise AssertionError("a total without a free cell is spread over all its cells")


def _conflicts(above: list[str], under: list[str], name: str) -> list[Finding]:
    findings = []
    if above:
        message = f"{len(above)} totals are below the sum of their parts; the first is {above[0]}"
        findings.append(BUDGET_PARTS_ABOVE.found(f"table {name}", message, count=len(above)))
    if under:
        message = f"{len(under)} totals are not reached by rows that name all their cells; the first is {under[0]}"
        findings.append(BUDGET_REST.found(f"table {name}", message, count=len(under)))
    return findings
