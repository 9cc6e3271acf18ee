"""Invariants of every stage, checked whenever one has run: a broken one is our own fault, and raised."""

from collections.abc import Iterable
from itertools import zip_longest

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.calendar import Calendar
from equipoise.core.grid import LIMIT_STEPS, BeyondExact, FloatArray, IntArray, is_on_grid, rows_that_differ
from equipoise.core.panel import Panel
from equipoise.core.section import Posting, Section
from equipoise.core.stage import Inputs, Stage


def check_section(stage: Stage, inputs: Inputs, section: Section) -> None:
    """Invariants of a section: additive measures on the grid, postings that sum to their measure, its identities.

    Rows that are those of the section before, number by number and posting by posting, were checked with it.
    """
    for panel, name in section.measures():
        measure = measure_named(name)
        assert measure.stage == stage.name, f"{stage.name} made {name}, which the dictionary gives to {measure.stage}"
        rows = _rows_to_check(inputs.before, section, name)
        if rows.size == 0:
            continue
        step, values = measure.unit.step, panel[name][rows]
        if step is not None and not measure.nullable:
            _check_size(inputs.axes.calendar, panel, name, rows, LIMIT_STEPS * step)
            assert is_on_grid(values, step), f"{name} left stage {stage.name} off the grid"
        if posted := section.postings_of(name):
            assert np.array_equal(_sum(posted, rows, panel[name].shape), values), f"postings of {name} do not sum to it"
    for check in stage.checks:
        check(inputs, section)


def _rows_to_check(before: Section | None, section: Section, name: str) -> IntArray:
    """Rows of a measure in which a number or a posting is another than in the section before; all where none is."""
    values = section.panel_of(name)[name]
    if before is None:
        return np.arange(len(values))
    was = before.panel_of(name)[name]
    is_new = rows_that_differ(np.asarray(was), np.asarray(values))
    for old, new in zip_longest(before.postings_of(name), section.postings_of(name)):
        if old is None or new is None or not old.equals(new):
            for posting in (old, new):
                is_new[[] if posting is None else posting.rows] = True
    return np.flatnonzero(is_new)


def _sum(posted: Iterable[Posting], rows: IntArray, shape: tuple[int, ...]) -> FloatArray:
    """What postings put into some rows of a measure of that shape, [n, T]."""
    at = np.full(shape[0], -1)
    at[rows] = np.arange(len(rows))
    total = np.zeros((len(rows), shape[1]))
    for posting in posted:  # one by one: thousands of events would not fit into memory as [N, T] each
        part = posting.among(rows)
        place, buckets, amounts = at[posting.rows[part]], posting.buckets[part], posting.amounts[part]
        inside = place >= 0
        np.add.at(total.ravel(), place[inside] * shape[1] + buckets[inside], amounts[inside])
    return total


def _check_size(calendar: Calendar, panel: Panel, name: str, rows: IntArray, limit: float) -> None:
    """Raise BeyondExact for a number that no source may give; changes may still come to it, +10% two hundred times."""
    sizes = np.abs(panel[name][rows])
    if not np.any(sizes > limit):
        return
    row, bucket = np.unravel_index(np.nanargmax(sizes), sizes.shape)
    where = f"{' / '.join(panel.keys.labels(int(rows[row])))} in {calendar.label(panel.first + int(bucket))}"
    raise BeyondExact(
        f"{name} of {where} comes to {panel[name][rows[row], bucket]:.4g}; numbers up to {limit:,.0f} are exact. Take "
        "back the adjustment, or correct the number in the data, that makes it so large"
    )
