"""Which cells make a KPI miss: every ratio is split exactly over the cells that it is taken from.

A ratio R = s · ΣN / ΣD misses its target g by R − g = Σ (s · N − g · D) / ΣD: each cell's part in the KPI's own unit,
and the parts sum to the miss. Without a target g is the KPI's own value: the parts then sum to 0 and show which cells
pull it up or down. A KPI that adds up is split into its cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.catalog import measure_named
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Measure, OverTime, Unit
from equipoise.core.panel import Keys
from equipoise.kpi.catalogue import kpi_named
from equipoise.kpi.entry import Direction, Kpi
from equipoise.plan import Plan

DIMENSIONS = ("item", "market", "location", "route", "resource", "from", "to")


class NothingMissed(EquipoiseError):
    """A KPI that is not known has no cells that make it up."""


@dataclass(frozen=True, eq=False)
class _Cells:
    """What cells of one set of keys contribute, [N, T] of buckets from `first`."""

    keys: Keys
    values: FloatArray
    first: int


def contributors(plan: Plan, kpi: Kpi | str, top: int = 10, *, target: float | None = None) -> pl.DataFrame:
    """The cells that make up a KPI's miss, the worst first: keys, bucket, contribution, share_pct.

    `contribution` is in the KPI's unit (percentage points of a percentage), with the sign of value − target; of a KPI
    whose direction is up the most negative are the worst, down the most positive, else those on the side of the miss.
    `share_pct` is the part of the whole miss, null where that is 0. `target` stands for the catalogue's. KPIs made of
    several grains (turns) are split by item over the whole horizon, those of `forecast_performance` by the errors they
    are made of. Raises NothingMissed where the KPI is not known.
    """
    entry = kpi_named(kpi) if isinstance(kpi, str) else kpi
    measure = measure_named(entry.drill or entry.measure)
    aim = entry.target if target is None else target
    parts = list(_split(plan, measure, None if entry.drill else aim))
    whole = float(sum(cells.values.sum() for cells in parts))
    if np.isnan(whole) or np.isnan(plan.total(measure.name)):
        raise NothingMissed(f"{entry.name} is not known in this plan, so no cell makes it up; it needs {entry.needs}")
    if measure.ratio and aim is None:
        whole = 0.0  # against its own value: what is left is rounding
    side = _worse_side(entry, whole)
    frames = [_ranked(plan, cells, side, top) for cells in parts]
    ranked = pl.concat(frames, how="diagonal").sort(pl.col("contribution") * side, descending=True, maintain_order=True)
    share = pl.when(whole != 0).then(pl.col("contribution") / (whole or 1.0) * 100.0).alias("share_pct")
    columns = [name for name in DIMENSIONS if name in ranked.columns]
    return ranked.head(top).with_columns(share).select(*columns, "bucket", "contribution", "share_pct")


def _worse_side(kpi: Kpi, whole: float) -> float:
    """+1 where larger contributions are worse, −1 where smaller are."""
    if kpi.drill:
        return -1.0 if whole < 0 else 1.0
    if kpi.direction is Direction.UP:
        return -1.0
    return 1.0 if kpi.direction is Direction.DOWN or whole >= 0 else -1.0


def _split(plan: Plan, measure: Measure, aim: float | None) -> Iterator[_Cells]:
    if measure.ratio:
        yield _of_ratio(plan, measure, aim)
    elif measure.parts:
        for term in measure.terms:
            for cells in _split(plan, measure_named(term.measure), None):
                yield _Cells(cells.keys, term.sign * cells.values, cells.first)
    else:
        yield _Cells(plan.measure(measure.name).keys, _weighted(plan, measure), plan.first_bucket(measure.name))


def _of_ratio(plan: Plan, measure: Measure, aim: float | None) -> _Cells:
    above, below = (measure_named(part) for part in measure.parts)
    factor = 0.0 if measure.is_complement else float(plan.spans(measure.name, "").scale(measure.per)[0])
    value = plan.total(measure.name)
    goal = value if aim is None else aim
    if above.parts or above.grain is not below.grain or plan.first_bucket(above.name) != plan.first_bucket(below.name):
        return _by_item(plan, measure, factor=factor, goal=goal)
    n, d = _weighted(plan, above), _weighted(plan, below)
    return _Cells(
        plan.measure(above.name).keys, _contribution(measure, n, d, factor, goal), plan.first_bucket(above.name)
    )


def _contribution(measure: Measure, n: FloatArray, d: FloatArray, factor: float, goal: float) -> FloatArray:
    """(s · N − g · D) / ΣD of each cell; of a complement s · (D − N) stands for s · N."""
    total = float(d.sum())
    if np.isnan(total) or total == 0:
        return np.full(n.shape, np.nan)
    reached = measure.scale * ((d - n) if measure.is_complement else factor * n)
    part: FloatArray = (reached - goal * d) / total
    return part


def _by_item(plan: Plan, measure: Measure, *, factor: float, goal: float) -> _Cells:
    """Items over the whole horizon: what parts of different grains have in common."""
    (codes, n), (_, d) = (plan.spanned(part, level="item", time="") for part in measure.parts)
    assert measure.grain is not None, f"{measure.name} is a ratio and has a grain"
    keys = Keys(measure.grain, ("item",), (np.arange(len(codes)),), (codes,))
    return _Cells(keys, _contribution(measure, n, d, factor, goal), 0)


def _weighted(plan: Plan, measure: Measure) -> FloatArray:
    """Cells [N, T] of an additive measure in one unit, weighted so that their sum is the measure's total over time."""
    panel = plan.measure(measure.name)
    values = panel.values
    if measure.unit is Unit.QUANTITY and "item" in panel.keys.dimensions:
        groups = np.where(values.any(axis=1), 0, -1)
        values = values * plan.unit_factors(panel.keys, groups)[:, None]
    if measure.over_time is OverTime.MEAN:
        mean: FloatArray = values / max(values.shape[1], 1)
        return mean
    if measure.over_time is OverTime.LAST:
        last = np.zeros(values.shape)
        last[:, -1:] = values[:, -1:]
        return last
    return values


def _ranked(plan: Plan, cells: _Cells, side: float, top: int) -> pl.DataFrame:
    """The `top` worst cells of one set of keys that contribute anything."""
    flat = (cells.values * side).ravel()
    worst = np.argsort(-flat, kind="stable")[:top]
    worst = worst[flat[worst] > 0]
    rows, columns = np.divmod(worst, max(cells.values.shape[1], 1))
    keys: pl.DataFrame = cells.keys.frame[rows.tolist()]
    is_whole = cells.keys.dimensions == ("item",) and cells.values.shape[1] == 1
    labels = ["all" if is_whole else plan.axes.calendar.label(cells.first + column) for column in columns.tolist()]
    return keys.with_columns(
        pl.Series("bucket", labels, dtype=pl.String),
        pl.Series("contribution", cells.values[rows, columns], dtype=pl.Float64),
    )
