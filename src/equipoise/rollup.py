"""Roll-ups: totals, buckets and groups of any measure of a plan, exact and honest about units.

Additive measures are summed over rows; over time flows add up and states take their last bucket. Ratios are taken
anew from summed parts. Quantities of items with different base units are converted to the dataset's `volume_uom`;
where that is not possible the answer is NaN (null in JSON), never a sum of litres and pieces.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from equipoise.catalog import measure_named
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain, Measure, OverTime, Unit
from equipoise.core.panel import Panel, sum_rows

if TYPE_CHECKING:
    from equipoise.core.axes import Axes
    from equipoise.core.snapshot import Snapshot


class CannotRollUp(EquipoiseError):
    """A measure cannot be summed as asked: it is a price, or its parts do not share the level."""


class Rollup:
    """What a plan can add up; mixed into Plan."""

    if TYPE_CHECKING:
        snapshot: Snapshot
        axes: Axes

        def measure(self, name: str) -> Panel:  # noqa: D102 - Plan says it
            ...

    def total(self, name: str, **nodes: str) -> float:
        """One number over all buckets, for the rows below the nodes (`family="tools"` or `item="saw"`); NaN unknown."""
        measure = measure_named(name)
        if measure.ratio:
            parts = (np.array([self.total(part, **nodes)]) for part in measure.ratio)
            return float(_ratio(measure, *parts)[0])
        buckets = self.by_bucket(name, **nodes)
        if buckets.size == 0:
            return float("nan")
        return float(buckets[-1] if measure.over_time is OverTime.LAST else buckets.sum())

    def by_bucket(self, name: str, **nodes: str) -> FloatArray:
        """One number per bucket, [T], for the rows below the nodes."""
        whole: FloatArray = self.grouped(name, level="", **nodes)[1][0]
        return whole

    def grouped(self, name: str, *, level: str, **nodes: str) -> tuple[tuple[str, ...], FloatArray]:
        """Node codes of a level and the measure summed to them, [nodes, T]; level "" gives one row, the whole."""
        measure = measure_named(name)
        if measure.ratio:
            codes, above = self.grouped(measure.ratio[0], level=level, **nodes)
            _, below = self.grouped(measure.ratio[1], level=level, **nodes)
            return codes, _ratio(measure, above, below)
        if measure.grain is None:
            parts = [(term.sign, self.grouped(term.measure, level=level, **nodes)) for term in measure.terms]
            known = [codes for _, (codes, _) in parts]
            if any(codes != known[0] for codes in known):
                raise CannotRollUp(f"the parts of {name} do not share the level {level!r}; ask for its total")
            return known[0], np.sum([sign * values for sign, (_, values) in parts], axis=0)
        if not measure.is_additive:
            raise CannotRollUp(f"{name} is a {measure.unit.name.lower()} and has no total; ask for its rows")
        groups, codes = self._groups(measure.grain, level)
        chosen = np.full(len(groups), -1, dtype=np.int64)
        rows = self.axes.rows(measure.grain, _by_dimension(nodes))
        chosen[rows] = groups[rows]
        panel = self.measure(name)
        has_numbers = np.where(panel.values.any(axis=1), chosen, -1)  # rows that are all zero mix no units
        values = self._in_common_unit(measure, panel, has_numbers)
        return codes, sum_rows(values, chosen, len(codes))

    def frame(self, name: str, by: Sequence[str] = ("family", "bucket")) -> pl.DataFrame:
        """A frame with a column for each name in `by` and one for the measure, in calendar and hierarchy order.

        `by` holds at most one level (item, family, market, region, location, resource, ...) and one of bucket,
        fiscal_quarter, fiscal_year; without a time the whole horizon is one number.
        """
        times = [word for word in by if word in ("bucket", "fiscal_quarter", "fiscal_year")]
        levels = [word for word in by if word not in times]
        if len(times) > 1 or len(levels) > 1:
            raise CannotRollUp(f"frame takes one level and one time, not {', '.join(by)}")
        codes, values = self.grouped(name, level=levels[0] if levels else "")
        measure = measure_named(name)
        labels, combined = self._in_time(measure, name, values, times[0] if times else "", levels)
        columns: dict[str, list[str] | FloatArray] = {}
        for word in by:
            if word in levels:
                columns[word] = [code for code in codes for _ in labels]
            else:
                columns[word] = list(labels) * len(codes)
        return pl.DataFrame({**columns, name: combined.ravel()})

    def _in_time(
        self, measure: Measure, name: str, values: FloatArray, time: str, levels: Sequence[str]
    ) -> tuple[list[str], FloatArray]:
        calendar = self.axes.calendar
        first = self.first_bucket(name)
        buckets = range(first, first + values.shape[1])
        if time == "bucket":
            return [calendar.label(t) for t in buckets], values
        if time == "fiscal_quarter":
            labels = [calendar.fiscal_label(t) for t in buckets]
        elif time == "fiscal_year":
            labels = [f"FY{calendar.fiscal_year(t) % 100:02d}" for t in buckets]
        else:
            labels = ["all"] * values.shape[1]
        names = list(dict.fromkeys(labels))
        groups = np.array([names.index(label) for label in labels], dtype=np.int64)
        if measure.ratio:
            above, below = (self.grouped(part, level=levels[0] if levels else "")[1] for part in measure.ratio)
            return names, _ratio(measure, *(sum_rows(part.T, groups, len(names)).T for part in (above, below)))
        if measure.over_time is OverTime.LAST:
            last = [int(np.flatnonzero(groups == n)[-1]) for n in range(len(names))]
            return names, values[:, last]
        return names, sum_rows(np.ascontiguousarray(values.T), groups, len(names)).T

    def first_bucket(self, name: str) -> int:
        """Bucket of a measure's first column: 0 for the horizon, negative for history."""
        measure = measure_named(name)
        while measure.ratio or measure.grain is None:
            measure = measure_named(measure.ratio[0] if measure.ratio else measure.terms[0].measure)
        return self.measure(measure.name).first

    def _groups(self, grain: Grain, level: str) -> tuple[IntArray, tuple[str, ...]]:
        if level == "":
            return np.zeros(len(self.axes.keys[grain]), dtype=np.int64), ("",)
        return self.axes.groups(grain, level)

    def _in_common_unit(self, measure: Measure, panel: Panel, groups: IntArray) -> FloatArray:
        """Quantities of each group in one unit; NaN in a group whose items share none (groups of −1 do not matter)."""
        if measure.unit is not Unit.QUANTITY or "item" not in panel.keys.dimensions:
            return panel.values
        items = panel.keys.column("item")
        units, factors = self._units[items], self._volume_factors[items]
        count = int(groups.max(initial=-1)) + 1
        least, most = np.full(count, len(units) + 1), np.full(count, -1)
        inside = groups >= 0
        np.minimum.at(least, groups[inside], units[inside])
        np.maximum.at(most, groups[inside], units[inside])
        is_mixed = np.zeros(len(groups), dtype=np.bool_)
        is_mixed[inside] = (least != most)[groups[inside]]
        if self.snapshot.head.volume_uom:
            return on_grid(panel.values * factors[:, None], measure.unit.step or 1.0)
        return np.where(is_mixed[:, None], np.nan, panel.values) if is_mixed.any() else panel.values

    @cached_property
    def base_uoms(self) -> Mapping[str, str]:
        """Base unit of each item."""
        return dict(self.snapshot.table("items").select("item", "uom").iter_rows())

    @cached_property
    def _units(self) -> IntArray:
        """Number of each item's base unit, [items]."""
        names = {name: number for number, name in enumerate(sorted(set(self.base_uoms.values())))}
        return np.array([names[self.base_uoms[item]] for item in self.axes.items.leaves], dtype=np.int64)

    @cached_property
    def _volume_factors(self) -> FloatArray:
        """`volume_uom` in one base unit of each item, [items]; NaN where no factor is known."""
        wanted = self.snapshot.head.volume_uom
        factors = np.array([1.0 if self.base_uoms[item] == wanted else np.nan for item in self.axes.items.leaves])
        rows = self.snapshot.table("uoms").filter(pl.col("uom") == wanted).select("item", "factor").iter_rows()
        for node, factor in sorted(rows, key=lambda row: (self.axes.items.specificity(row[0]), row[0])):
            factors[self.axes.items.positions(node)] = 1.0 / factor
        return factors


def _by_dimension(nodes: dict[str, str]) -> dict[str, str]:
    """`family="tools"` as the item node `family:tools`; the dimensions' own names as they are."""
    levels = {
        "subfamily": "item",
        "family": "item",
        "category": "item",
        "customer": "market",
        "channel": "market",
        "region": "market",
        "company": "location",
    }
    return {
        levels.get(word, word): (f"{word}:{code}" if word in levels and code else code) for word, code in nodes.items()
    }


def _ratio(measure: Measure, above: FloatArray, below: FloatArray) -> FloatArray:
    """scale × above / below, or its complement; NaN where below is 0."""
    share: FloatArray = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) != 0)
    ratio: FloatArray = measure.scale * (1.0 - share if measure.is_complement else share)
    return ratio
