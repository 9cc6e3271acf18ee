"""Two plans side by side: below each line of the one stands that of the other, and the difference.

Rows are matched by their names and columns by their days, because two plans may have other items and another horizon.
"""

from dataclasses import replace

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
    numbers = numbers_of_plan(who, rows.view.against)
    is_alike = numbers.plan.axes is rows.numbers.plan.axes
    held = rows.tree.keys if rows.tree.not_held and not is_alike else ()
    other = read_rows(numbers, replace(rows.view, against=""), who=who, held=held)
    node = np.array([other.tree.by_key.get(key, -1) for key in rows.tree.keys])
    days = {(column.first, column.last): number for number, column in enumerate(other.columns.all)}
    column = np.array([days.get((each.first, each.last), -1) for each in rows.columns.all])
    found = other.values
    if other.tree is not rows.tree or other.columns is not rows.columns:
        found = found[:, node][:, :, column]
        found[:, node < 0] = np.nan
        found[:, :, column < 0] = np.nan
    return _woven(rows, found)


def _woven(rows: GridRows, theirs: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> GridRows:
    """Each line but the foot followed by the other plan's and the difference."""
    lines, about, values, marks = [], [], [], []
    none = np.zeros(rows.marks.shape[1:], dtype=np.uint8)
    for number, name in enumerate(rows.lines):
        said = rows.header["lines"][number]
        lines.append(name)
        about.append(said)
        values.append(rows.values[number])
        marks.append(rows.marks[number])
        if said["is_foot"]:
            continue
        short = rows.view.against[:6]
        plain = {**said, "edit": "", "is_function": False}
        for suffix, label, cells in (
            (THEIRS, _("in %(plan)s") % {"plan": short}, theirs[number]),
            (DELTA, _("Difference"), rows.values[number] - theirs[number]),
        ):
            lines.append(name + suffix)
            about.append({**plain, "name": name + suffix, "label": label, "is_delta": suffix == DELTA})
            values.append(cells)
            marks.append(none)
    names = tuple(lines)
    places = {
        name: names.index(rows.lines[rows.header[name]]) for name in ("leading", "baseline") if rows.header[name] >= 0
    }
    header = {**rows.header, **places, "lines": about, "shape": (len(names), *rows.values.shape[1:])}
    return replace(rows, lines=names, values=np.stack(values), marks=np.stack(marks), header=header)
