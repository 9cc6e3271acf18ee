"""The data-quality score: 0 to 100 for each table and for the whole dataset.

For a table with n rows, and M the money of a year (last year's sales, else stock at standard cost), each finding f has

    share_f = max(rows_f / n, amount_f / M), at most 1        (an unknown amount or M counts as 0)
    score   = 100 × Π_f (1 − w_f × share_f)

with w = 1 for a blocker, 0.6 for an error, 0.25 for a warning and 0.05 for a note. Each finding lets through its part
of what is left, so the score never falls below 0, and mending something, be it one row or one finding, never lowers it.

The score of the dataset is halfway between the mean of its tables and the worst of them: a plan is made of all tables,
and is no better than the weakest.

>>> from equipoise.core.finding import Severity
>>> marks = [Mark("prices", Severity.ERROR, rows=2, amount=None)]
>>> table_scores({"prices": 10, "costs": 10}, marks, money=0.0)
{'prices': 88.0, 'costs': 100.0}
>>> overall_score({"prices": 88.0, "costs": 100.0})
91.0
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor, fsum

from equipoise.core.finding import Severity

WEIGHTS: Mapping[Severity, float] = {
    Severity.BLOCKER: 1.0,
    Severity.ERROR: 0.6,
    Severity.WARNING: 0.25,
    Severity.NOTE: 0.05,
}
"""How much of what it touches a finding of each severity makes unusable."""


@dataclass(frozen=True)
class Mark:
    """What one finding touches: rows of a table and money, None where that is unknown."""

    table: str
    severity: Severity
    rows: int
    amount: float | None


def share_touched(mark: Mark, *, rows: int, money: float) -> float:
    """Part of a table of `rows` rows, or of the money of a year, that a finding touches, 0 to 1."""
    by_rows = mark.rows / rows if rows else 1.0
    by_money = (mark.amount or 0.0) / money if money > 0.0 else 0.0
    return min(1.0, max(by_rows, by_money))


def table_scores(rows: Mapping[str, int], marks: Iterable[Mark], *, money: float) -> dict[str, float]:
    """Score of each table, 0 to 100 to one decimal; `rows` are the rows of every table that is scored.

    A finding about a table that was not given counts for no table: that it is missing is a finding of its own.
    """
    left = dict.fromkeys(rows, 1.0)
    for mark in marks:
        if mark.table in left:
            share = share_touched(mark, rows=rows[mark.table], money=money)
            left[mark.table] *= 1.0 - WEIGHTS[mark.severity] * share
    return {name: _rounded_down(100.0 * part) for name, part in left.items()}


def overall_score(scores: Mapping[str, float]) -> float:
    """Halfway between the mean of the tables and the worst one; 100 where there is none."""
    if not scores:
        return 100.0
    mean = fsum(scores.values()) / len(scores)
    return _rounded_down((mean + min(scores.values())) / 2.0)


def _rounded_down(score: float) -> float:
    """To one decimal; never up, so that 100 means that nothing was found. Rounding keeps the order of scores."""
    return floor(round(10.0 * score, 6)) / 10.0
