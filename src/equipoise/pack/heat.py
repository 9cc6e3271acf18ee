"""A table of percentages as a heat map: nodes × buckets, by steps that have a meaning, with the finding as its title.

Load is hours over what is available, in greys up to 100 % and as an alarm above; bias is signed, on both sides of 0;
error goes one way. What is not known is no cell.

>>> LOAD.step(84.0), LOAD.step(100.0), LOAD.step(100.1), LOAD.step(140.0), BIAS.step(-31.0), BIAS.step(0.0)
(1, 4, 5, 6, 0, 3)
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf, isnan
from typing import Literal

import numpy as np
import polars as pl

from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise.pack.chart_table import ChartTable
from equipoise.plan import Plan
from equipoise.supply.capacity.heat import Heat, bottlenecks

UNKNOWN = "–"
Number = float | None


class WrongHeat(EquipoiseError):
    """A frame that is no table of nodes × buckets."""


@dataclass(frozen=True)
class Step:
    """How cells up to a limit look: a token of the palette, how strong, and whether they are outlined and marked."""

    color: str
    strength: float
    is_alarm: bool = False


@dataclass(frozen=True)
class Scale:
    """Steps and the limits between them; a value on a limit belongs to the step nearer 0."""

    limits: tuple[float, ...]
    steps: tuple[Step, ...]
    is_signed: bool = False

    def step(self, value: float) -> int:
        """Number of the step a value is in."""
        return (bisect_right if value < 0 else bisect_left)(self.limits, value)

    def text(self, value: float) -> str:
        """A value in its cell: whole, with its sign where the scale has two sides."""
        told = "∞" if isinf(value) else f"{abs(value):,.0f}"
        sign = "" if told == "0" else "−" if value < 0 else "+" if self.is_signed else ""
        return f"{'▲' if self.steps[self.step(value)].is_alarm else ''}{sign}{told}"


LOAD = Scale(
    (70.0, 85.0, 90.0, 95.0, 100.0, 115.0),
    (
        *(Step("capacity", strength) for strength in (0.05, 0.12, 0.2, 0.3, 0.42)),
        Step("bad", 0.18, is_alarm=True),
        Step("bad", 0.42, is_alarm=True),
    ),
)
"""Percent of what is available (the look's load steps; watch from 85, over from 100, act from 115)."""
BIAS = Scale(
    (-30.0, -15.0, -5.0, 5.0, 15.0, 30.0),
    (
        *(Step("supply", strength) for strength in (0.5, 0.3, 0.14)),
        Step("capacity", 0.05),
        *(Step("demand", strength) for strength in (0.14, 0.3, 0.5)),
    ),
    is_signed=True,
)
"""(Forecast − actual) / actual in percent: amber below 0, blue above, which all kinds of color sight tell apart."""
ERROR = Scale((10.0, 20.0, 30.0, 50.0), tuple(Step("demand", strength) for strength in (0.04, 0.12, 0.22, 0.35, 0.5)))
"""Weighted absolute percentage error, the stronger the worse."""


@dataclass(frozen=True)
class HeatMap:
    """Values in percent by row and column; None is unknown."""

    title: str
    subtitle: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[Number, ...], ...]
    ends: tuple[str, ...]
    """What is told of each whole row, to its right."""
    end_head: str
    scale: Scale

    def table(self) -> ChartTable:
        """The same as a table."""
        rows = tuple(
            (name, *(UNKNOWN if value is None else self.scale.text(value) for value in values), end)
            for name, values, end in zip(self.rows, self.values, self.ends, strict=True)
        )
        return ChartTable(("Where", *self.columns, self.end_head), rows)


def planned_load(plan: Plan) -> Heat:
    """Hours that the finite plan works and hours available, [R, T] each, in the order of the plan's resources."""
    codes, load = plan.grouped("capacity_load_hours", level="resource")
    _, available = plan.grouped("capacity_available_hours", level="resource")
    return Heat(load, np.zeros((len(codes), 0)), available)


def load_map(heat: Heat, plan: Plan, *, resources: Sequence[str] | None = None, what: str = "the plan") -> HeatMap:
    """Load of resources in percent of what is available, over the first year; the tightest resource first.

    `resources` names the rows of `heat`, by default the plan's own; `what` says whose load it is.
    """
    names = tuple(plan.axes.resources.leaves if resources is None else resources)
    used = np.round(heat.utilization_pct, 6)[:, : plan.axes.calendar.periods_per_year]
    labels = tuple(plan.axes.calendar.label(bucket) for bucket in range(used.shape[1]))
    order = [each.resource for each in bottlenecks(heat)]
    order += [row for row in range(len(names)) if row not in order]
    peaks = [_peak(used[row]) for row in order]
    return HeatMap(
        title=_load_finding(used[order], [names[row] for row in order], labels),
        subtitle=f"Standard hours of {what} in percent of regular capacity, {_period(labels)}",
        rows=tuple(names[row] for row in order),
        columns=labels,
        values=_numbers(used[order]),
        ends=tuple(
            "" if peak is None else f"{LOAD.text(float(used[row, peak]))} in {labels[peak]}"
            for row, peak in zip(order, peaks, strict=True)
        ),
        end_head="Peak",
        scale=LOAD,
    )


def error_map(
    performance: pl.DataFrame,
    *,
    measure: Literal["bias_pct", "wape_pct"] = "bias_pct",
    lag: int = 1,
    source: str = "consensus",
    most: int = 12,
) -> HeatMap:
    """Bias or error of past forecasts by node and bucket: the last `most` buckets, the worst node first.

    `performance` is what `forecast_performance(plan, (level, "bucket"), lag=lag, source=source)` gives. Nodes and
    buckets without any forecast that was compared are left out. A node's own number is that of all its buckets shown.
    Raises WrongHeat.
    """
    level = performance.columns[0]
    if "bucket" not in performance.columns[:2] or level == "bucket":
        raise WrongHeat(
            f"a heat map is of nodes by bucket, not of {', '.join(performance.columns[:2])}; ask by=(level, 'bucket')"
        )
    known = performance.filter(pl.col(measure).is_not_null())
    compared = set(known["bucket"].to_list())
    columns = tuple(label for label in performance["bucket"].unique(maintain_order=True) if label in compared)[-most:]
    shown = known.filter(pl.col("bucket").is_in(columns))
    cells = {(node, bucket): value for node, bucket, value in shown.select(level, "bucket", measure).iter_rows()}
    whole = {node: value for node, value in _wholes(shown, level, measure)}
    rows = sorted(whole, key=lambda node: (-abs(whole[node]), node))
    is_bias = measure == "bias_pct"
    return HeatMap(
        title=_bias_finding(rows, whole) if is_bias else _error_finding(rows, whole),
        subtitle=f"{f'{source.capitalize()} less actual' if is_bias else f'Absolute error of {source}'} in percent of "
        f"actual, made {lag} bucket{'s' if lag > 1 else ''} ahead{f', {_period(columns)}' if columns else ''}",
        rows=tuple(rows),
        columns=columns,
        values=tuple(tuple(cells.get((node, bucket)) for bucket in columns) for node in rows),
        ends=tuple((BIAS if is_bias else ERROR).text(whole[node]) for node in rows),
        end_head="All",
        scale=BIAS if is_bias else ERROR,
    )


def _wholes(shown: pl.DataFrame, level: str, measure: str) -> list[tuple[str, float]]:
    """Each node over all its buckets: errors are summed first and divided then."""
    above = "error_qty" if measure == "bias_pct" else "error_abs_qty"
    sums = shown.group_by(level, maintain_order=True).agg(pl.col(above).sum(), pl.col("actual_qty").sum())
    return [(str(node), 100.0 * error / actual) for node, error, actual in sums.iter_rows() if actual > 0]


def _load_finding(used: FloatArray, names: Sequence[str], labels: Sequence[str]) -> str:
    """How many cells are over, and which resource comes first; else how near the tightest is."""
    over = used > 100.0
    if over.any():
        rows = [names[row] for row in np.flatnonzero(over.any(axis=1)).tolist()]
        first = rows[0]
        count = f"{int(over.sum())} of {int((~np.isnan(used)).sum())} buckets are over capacity"
        if len(rows) == 1:
            return f"{count}, all on {first}"
        return f"{count}, on {len(rows)} resources, {first} first"
    known = np.where(np.isfinite(used), used, -1.0)
    if not known.size or known.max() < 0:
        return "No resource has a limit"
    row, column = (int(n) for n in np.unravel_index(int(known.argmax()), known.shape))
    return f"Every resource fits; the tightest is {names[row]} at {known[row, column]:.0f}% in {labels[column]}"


def _bias_finding(rows: Sequence[str], whole: Mapping[str, float]) -> str:
    if not rows:
        return "No forecast of the past can be compared yet"
    worst = rows[0]
    value = whole[worst]
    if BIAS.steps[BIAS.step(value)] == BIAS.steps[BIAS.step(0.0)]:
        return f"No forecast is biased by more than {BIAS.limits[3]:.0f}%; {worst} is off by most, {BIAS.text(value)}%"
    side = "too high" if value > 0 else "too low"
    return f"{worst} is forecast {side}, by {abs(value):.0f}%"


def _error_finding(rows: Sequence[str], whole: Mapping[str, float]) -> str:
    if not rows:
        return "No forecast of the past can be compared yet"
    return f"{rows[0]} is forecast worst, {whole[rows[0]]:.0f}% off; {rows[-1]} best, {whole[rows[-1]]:.0f}%"


def _peak(used: FloatArray) -> int | None:
    """The column of a row's largest value, None where nothing limits it."""
    known = np.where(np.isnan(used), -1.0, used)
    return int(known.argmax()) if known.size and known.max() >= 0 else None


def _numbers(values: FloatArray) -> tuple[tuple[Number, ...], ...]:
    return tuple(tuple(None if isnan(value) else value for value in row) for row in values.tolist())


def _period(labels: Sequence[str]) -> str:
    return f"{labels[0]} to {labels[-1]}" if len(labels) > 1 else labels[0]
