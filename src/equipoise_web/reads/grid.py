"""A page of a plan's cells: rows of one grain, buckets, and some measures, as arrays; and their binary form.

The binary form (`grid_bytes`) has the header {"format": 1, "dimensions", "rows": [[code, ...]], "buckets", "measures",
"dtype": "<f8", "shape", "total"}, then float64 (or float32, "<f4", which is for drawing: sums of it are not exact),
measure by measure, row by row, bucket by bucket; unknown is NaN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.calendar import Calendar
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.panel import Keys
from equipoise.core.table import UnknownName
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.grid_bytes import to_bytes
from equipoise_web.reads.scoped import sees_all, visible_rows

Dtype = Literal["<f8", "<f4"]
MOST_CELLS = 4_000_000
"""Cells of one page."""


@dataclass(frozen=True, eq=False)
class GridPage:
    """Rows first..first + len(rows) of `total`, as [measures, rows, buckets]."""

    dimensions: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    buckets: tuple[str, ...]
    measures: tuple[str, ...]
    values: FloatArray
    total: int
    tier: str
    """How the supply of the plan was found."""

    def to_bytes(self, dtype: Dtype = "<f8") -> bytes:
        """The binary form."""
        header = {
            "format": 1,
            "dimensions": self.dimensions,
            "rows": self.rows,
            "buckets": self.buckets,
            "measures": self.measures,
            "dtype": dtype,
            "shape": self.values.shape,
            "total": self.total,
            "tier": self.tier,
        }
        return to_bytes(header, self.values.astype(dtype, copy=False))


def read_grid(
    plan: Plan,
    measures: Sequence[str],
    *,
    who: Access,
    first: int = 0,
    count: int = 200,
    nodes: Mapping[str, str] | None = None,
) -> GridPage:
    """Rows of a grain below the nodes that lie in the person's scope, with measures of that grain and one set of
    buckets; `plan` is the person's own.

    Raises UnknownName for a measure without rows, for measures of different grains, and for a page that is too large.
    """
    if not measures:
        raise UnknownName("name at least one measure, such as measure=demand_consensus_qty")
    panels = [plan.section_of(name).panel_of(name) for name in measures]
    keys, start = panels[0].keys, panels[0].first
    chosen = plan.axes.rows(keys.grain, nodes) if nodes else np.arange(len(keys))
    if not sees_all(who):
        seen = [visible_rows(plan.axes, keys.grain, who, name) for name in measures]
        chosen = chosen[np.any(seen, axis=0)[chosen]]
    page = chosen[first : first + count]
    cells = [panels[0].part(measures[0], page)]
    horizon = cells[0].shape[1]
    if len(page) * horizon * len(measures) > MOST_CELLS:
        raise UnknownName(f"a page holds at most {MOST_CELLS:,} cells; ask for fewer rows or measures")
    for name, panel in zip(measures[1:], panels[1:], strict=True):
        is_alike = panel.grain is keys.grain and panel.first == start
        if is_alike:
            cells.append(panel.part(name, page))
        if not is_alike or cells[-1].shape[1] != horizon:
            grain = measure_named(name).grain
            raise UnknownName(f"{name} is of grain {grain} and cannot share rows with {measures[0]}, {keys.grain}")
    return GridPage(
        keys.dimensions,
        _labels(keys, page),
        _buckets(plan.axes.calendar, start, horizon),
        tuple(measures),
        np.stack(cells),
        len(chosen),
        plan.tier,
    )


def _buckets(calendar: Calendar, start: int, count: int) -> tuple[str, ...]:
    if start == 0 and count <= calendar.horizon:
        return calendar.labels[:count]
    return tuple(calendar.label(bucket) for bucket in range(start, start + count))


def _labels(keys: Keys, rows: IntArray) -> tuple[tuple[str, ...], ...]:
    columns = zip(keys.codes, keys.columns, strict=True)
    return tuple(zip(*([codes[n] for n in column[rows].tolist()] for codes, column in columns), strict=True))
