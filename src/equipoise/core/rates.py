"""Rates inherit: the most specific row wins, then the latest valid_from (tables.md section 3).

Product dimension first, then market or location; each column from the most specific row in which it is not blank.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.hierarchy import Hierarchy


@dataclass(frozen=True)
class Asked:
    """The cells a rate is wanted for: leaf numbers of one dimension, [N], and the table's column that names it."""

    column: str
    hierarchy: Hierarchy
    leaves: IntArray


def painted_rates(axes: Axes, frame: pl.DataFrame, value: str, *asked: Asked) -> FloatArray:
    """The rate in force for each row and bucket, [N, T]; NaN where no row of the table says.

    `asked` gives one dimension or two (item first), rows aligned. Table rows are painted from the least to the most
    specific, older before newer, each from the first bucket that begins on or after its valid_from (blank: always).
    """
    count = len(asked[0].leaves)
    painted = np.full((count, axes.horizon), np.nan)
    rows = frame.filter(pl.col(value).is_not_null()) if frame[value].null_count() else frame
    if not rows.height:
        return painted
    for levels, valid_from, group in _in_paint_order(rows, value, asked):
        begin = 0 if valid_from is None else first_bucket_from(axes, valid_from)
        if begin >= axes.horizon:
            continue
        found = _match(levels, group, asked)
        hit = ~np.isnan(found)
        painted[hit, begin:] = found[hit, None]
    return painted


def first_bucket_from(axes: Axes, day: date) -> int:
    """First planning bucket whose first day is not before `day`."""
    bucket = axes.calendar.index_of(day)
    if axes.calendar.start_of(bucket) < day:
        bucket += 1
    return max(0, bucket)


PaintRow = tuple[tuple[str, ...], tuple[str, ...], date | None, float]


def _in_paint_order(
    rows: pl.DataFrame, value: str, asked: tuple[Asked, ...]
) -> Iterator[tuple[tuple[str, ...], date | None, list[PaintRow]]]:
    """Groups of table rows of the same levels and date, least specific and oldest first."""
    dates = rows["valid_from"].to_list() if "valid_from" in rows.columns else [None] * rows.height
    nodes = list(zip(*(rows[a.column].to_list() for a in asked), strict=True)) if rows.height else []
    entries: list[PaintRow] = []
    for codes, day, number in zip(nodes, dates, rows[value].to_list(), strict=True):
        levels = tuple(a.hierarchy.level_of(code) for a, code in zip(asked, codes, strict=True))
        entries.append((levels, codes, day, number))

    def order(entry: PaintRow) -> tuple[tuple[int, ...], date, tuple[str, ...]]:
        levels, codes, day, _ = entry
        depth = tuple(a.hierarchy.specificity(code) for a, code in zip(asked, codes, strict=True))
        return depth, day or date.min, levels

    entries.sort(key=lambda entry: (order(entry), entry[1]))
    for _, group in groupby(entries, key=order):
        members = list(group)
        yield members[0][0], members[0][2], members


def _match(levels: tuple[str, ...], group: list[PaintRow], asked: tuple[Asked, ...]) -> FloatArray:
    """Value of each asked row from one group of table rows, NaN where none matches, [N]."""
    wanted = np.zeros(len(asked[0].leaves), dtype=np.int64)
    given = np.zeros(len(group), dtype=np.int64)
    known = np.ones(len(wanted), dtype=np.bool_)
    for position, (dimension, level) in enumerate(zip(asked, levels, strict=True)):
        if level == "all":
            continue
        nodes = dimension.hierarchy.nodes(level)
        numbers = {node: number for number, node in enumerate(nodes)}
        mine = dimension.hierarchy.groups(level)[dimension.leaves]
        known &= mine >= 0
        wanted = wanted * len(nodes) + np.maximum(mine, 0)
        prefix = f"{level}:"
        codes = [entry[1][position].removeprefix(prefix) for entry in group]
        given = given * len(nodes) + np.array([numbers[code] for code in codes], dtype=np.int64)
    order = np.argsort(given, kind="stable")
    sorted_keys = given[order]
    # the last of equal keys wins: keys are unique in a conformed table, so this only settles `family:X` beside `X`
    place = np.searchsorted(sorted_keys, wanted, side="right") - 1
    hit = known & (place >= 0)
    hit[hit] = sorted_keys[place[hit]] == wanted[hit]
    found = np.full(len(wanted), np.nan)
    found[hit] = np.array([entry[3] for entry in group])[order][place[hit]]
    return found
