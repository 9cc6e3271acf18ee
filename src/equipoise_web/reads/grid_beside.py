"""Two plans side by side: below each line of the one stands that of the other, and the difference.

Rows are matched by their names and columns by their days, because two plans may have other items and another horizon.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise_web.access import Access
from equipoise_web.reads.grid_numbers import numbers_of_plan
from equipoise_web.reads.grid_rows import GridRows, read_rows

THEIRS, DELTA = "@other", "@delta"
"""What the names of the added lines end with."""


def beside(rows: GridRows, who: Access) -> GridRows:
    """The rows with the lines of the plan that the view is set against; as they are where it names none."""
    if not rows.view.against:
        return rows
    numbers = numbers_of_plan(who, rows.view.against, rows.numbers.pulse)
    is_alike = numbers.plan.axes is rows.numbers.plan.axes
    held = rows.tree.keys if rows.tree.not_held and not is_alike else ()
    other = read_rows(numbers, replace(rows.view, against=""), who=who, held=held)
    found = other.values
    if other.tree is not rows.tree or other.columns is not rows.columns:
        node = np.array([other.tree.by_key.get(key, -1) for key in rows.tree.keys])
        days = {(column.first, column.last): number for number, column in enumerate(other.columns.all)}
        column = np.array([days.get((each.first, each.last), -1) for each in rows.columns.all])
        found = found[:, node][:, :, column]
        found[:, node < 0] = np.nan
        found[:, :, column < 0] = np.nan
    here, there = (each.plan.head.start for each in (rows.numbers, numbers))
    short = f"{there:%b %Y}" if there != here else rows.view.against[:6]
    return _woven(rows, found, _("in %(plan)s") % {"plan": short})


def _woven(rows: GridRows, theirs: np.ndarray[tuple[int, ...], np.dtype[np.float64]], label: str) -> GridRows:
    """Each line but the foot followed by the other plan's, by its label, and the difference."""
    lines: list[str] = []
    about: list[dict[str, Any]] = []
    places: list[int] = []
    for number, name in enumerate(rows.lines):
        said = rows.header["lines"][number]
        places.append(len(lines))
        lines.append(name)
        about.append(said)
        if said["is_foot"]:
            continue
        plain = {**said, "edit": "", "is_function": False}
        for suffix, words in ((THEIRS, label), (DELTA, _("Difference"))):
            lines.append(name + suffix)
            about.append({**plain, "name": name + suffix, "label": words, "is_delta": suffix == DELTA})
    values = np.empty((len(lines), *rows.values.shape[1:]))
    marks = np.zeros(values.shape, dtype=np.uint8)
    for number, place in enumerate(places):
        values[place], marks[place] = rows.values[number], rows.marks[number]
        if not about[place]["is_foot"]:
            values[place + 1] = theirs[number]
            np.subtract(rows.values[number], theirs[number], out=values[place + 2])
    names = tuple(lines)
    named = {
        name: names.index(rows.lines[rows.header[name]]) for name in ("leading", "baseline") if rows.header[name] >= 0
    }
    header = {**rows.header, **named, "lines": about, "shape": (len(names), *rows.values.shape[1:])}
    return replace(rows, lines=names, values=values, marks=marks, header=header)
