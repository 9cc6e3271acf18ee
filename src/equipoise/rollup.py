"""Roll-ups: totals, buckets and groups of any measure of a plan, exact and honest about units.

Additive measures are summed over rows; over time flows add up, states take their last bucket or their mean. Ratios and
days of supply are taken anew from parts combined so. Quantities of items with different base units are converted to
the dataset's `volume_uom`; where that is not possible the answer is NaN (null in JSON), never a sum of litres and
pieces.
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
from equipoise.core.panel import Keys, Panel, sum_rows
from equipoise.core.spans import TIMES, Spans
from equipoise.kpi.inventory import days_of_supply

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
        return float(self.spanned(name, level="", time="", **nodes)[1][0, 0])

    def by_bucket(self, name: str, **nodes: str) -> FloatArray:
        """One number per bucket, [T], for the rows below the nodes."""
        whole: FloatArray = self.grouped(name, level="", **nodes)[1][0]
        return whole

    def grouped(self, name: str, *, level: str, **nodes: str) -> tuple[tuple[str, ...], FloatArray]:
        """Node codes of a level and the measure summed to them, [nodes, T]; level "" gives one row, the whole."""
        return self.spanned(name, level=level, time="bucket", **nodes)

    def frame(self, name: str, by: Sequence[str] = ("family", "bucket")) -> pl.DataFrame:
        """A frame with a column for each name in `by` and one for the measure, in calendar and hierarchy order.

        `by` holds at most one level (item, family, market, region, location, resource, ...) and one of bucket,
        fiscal_quarter, fiscal_year; without a time the whole horizon is one number.
        """
        level, time = level_and_time(by)
        codes, values = self.spanned(name, level=level, time=time)
        return pl.DataFrame({**key_columns(by, codes, self.spans(name, time)), name: values.ravel()})

    def spans(self, name: str, time: str) -> Spans:
        """The buckets that a measure has, gathered by bucket, fiscal_quarter or fiscal_year; blank: all as one."""
        measure = measure_named(name)
        while measure.parts:
            measure = measure_named(measure.parts[0])
        panel = self.measure(measure.name)
        return Spans.of(self.axes.calendar, time, first=panel.first, count=panel.values.shape[1])

    def spanned(self, name: str, *, level: str, time: str, **nodes: str) -> tuple[tuple[str, ...], FloatArray]:
        """Node codes of a level and the measure over each span of time, [nodes, spans]."""
        return self._spanned(measure_named(name), level, self.spans(name, time), nodes)

    def _spanned(
        self, measure: Measure, level: str, spans: Spans, nodes: dict[str, str]
    ) -> tuple[tuple[str, ...], FloatArray]:
        if measure.cover:
            every = Spans.of(self.axes.calendar, "bucket", first=0, count=self.axes.horizon)
            codes, (stock, demand) = self._of_parts(measure, level, every, nodes)
            calendar = self.axes.calendar
            days = days_of_supply(stock, demand, calendar.horizon_days, per_year=calendar.periods_per_year)
            return codes, spans.combine(days, OverTime.LAST)
        if measure.ratio:
            codes, (above, below) = self._of_parts(measure, level, spans, nodes)
            return codes, _ratio(measure, above, below, spans.scale(measure.per))
        if measure.grain is None and measure.over_time is OverTime.LAST:
            # A state without rows of its own, such as cash, is all that has flowed so far.
            count = len(spans.groups)
            every = Spans.of(self.axes.calendar, "bucket", first=self.first_bucket(measure.name), count=count)
            codes, flow = self._sum_of_terms(measure, level, every, nodes)
            return codes, spans.combine(np.cumsum(flow, axis=1), OverTime.LAST)
        if measure.grain is None:
            return self._sum_of_terms(measure, level, spans, nodes)
        if not measure.is_additive:
            raise CannotRollUp(f"{measure.name} is a {measure.unit.name.lower()} and has no total; ask for its rows")
        codes, whole = self.rolled(measure, self.measure(measure.name), level=level, **nodes)
        return codes, spans.combine(whole, measure.over_time)

    def _sum_of_terms(
        self, measure: Measure, level: str, spans: Spans, nodes: dict[str, str]
    ) -> tuple[tuple[str, ...], FloatArray]:
        codes, values = self._of_parts(measure, level, spans, nodes)
        return codes, np.sum([term.sign * part for term, part in zip(measure.terms, values, strict=True)], axis=0)

    def _of_parts(
        self, measure: Measure, level: str, spans: Spans, nodes: dict[str, str]
    ) -> tuple[tuple[str, ...], list[FloatArray]]:
        parts = [self._spanned(measure_named(part), level, spans, nodes) for part in measure.parts]
        codes = parts[0][0]
        if any(others != codes for others, _ in parts):
            raise CannotRollUp(f"the parts of {measure.name} do not share the level {level!r}; ask for its total")
        return codes, [values for _, values in parts]

    def rolled(self, measure: Measure, panel: Panel, *, level: str, **nodes: str) -> tuple[tuple[str, ...], FloatArray]:
        """Node codes of a level and the panel of an additive measure summed to them, [nodes, T]."""
        groups, codes = self.chosen(panel.keys.grain, level, **nodes)
        has_numbers = np.where(panel.values.any(axis=1), groups, -1)  # rows that are all zero mix no units
        return codes, sum_rows(self.in_common_unit(measure, panel, has_numbers), groups, len(codes))

    def chosen(self, grain: Grain, level: str, **nodes: str) -> tuple[IntArray, tuple[str, ...]]:
        """Number of each row's node at a level, [N], −1 for rows that are not below the nodes; and the node codes."""
        groups, codes = self._groups(grain, level)
        inside = np.full(len(groups), -1, dtype=np.int64)
        rows = self.axes.rows(grain, _by_dimension(nodes))
        inside[rows] = groups[rows]
        return inside, codes

    def first_bucket(self, name: str) -> int:
        """Bucket of a measure's first column: 0 for the horizon, negative for history."""
        measure = measure_named(name)
        while measure.parts:
            measure = measure_named(measure.parts[0])
        return self.measure(measure.name).first

    def _groups(self, grain: Grain, level: str) -> tuple[IntArray, tuple[str, ...]]:
        if level == "":
            return np.zeros(len(self.axes.keys[grain]), dtype=np.int64), ("",)
        return self.axes.groups(grain, level)

    def in_common_unit(self, measure: Measure, panel: Panel, groups: IntArray) -> FloatArray:
        """Quantities of each group in one unit; NaN in a group whose items share none (groups of −1 do not matter)."""
        if measure.unit is not Unit.QUANTITY or "item" not in panel.keys.dimensions:
            return panel.values
        factors = self.unit_factors(panel.keys, groups)
        if self.snapshot.head.volume_uom:
            return on_grid(panel.values * factors[:, None], measure.unit.step or 1.0)
        return panel.values * factors[:, None] if np.isnan(factors).any() else panel.values

    def unit_factors(self, keys: Keys, groups: IntArray) -> FloatArray:
        """What a quantity of each row is multiplied by to be added to others of its group, [N].

        That is `volume_uom` in one base unit where the dataset has one, else 1; NaN where a group's items share no unit
        (groups of −1 do not matter).
        """
        items = keys.column("item")
        if self.snapshot.head.volume_uom:
            return self.volume_factors[items]
        units = self.item_units[items]
        count = int(groups.max(initial=-1)) + 1
        least, most = np.full(count, len(units) + 1), np.full(count, -1)
        inside = groups >= 0
        np.minimum.at(least, groups[inside], units[inside])
        np.maximum.at(most, groups[inside], units[inside])
        is_mixed = np.zeros(len(groups), dtype=np.bool_)
        is_mixed[inside] = (least != most)[groups[inside]]
        return np.where(is_mixed, np.nan, 1.0)

    @cached_property
    def base_uoms(self) -> Mapping[str, str]:
        """Base unit of each item."""
        return dict(self.snapshot.table("items").select("item", "uom").iter_rows())

    @cached_property
    def item_units(self) -> IntArray:
        """Number of each item's base unit, [items]; −1 for items whose master data a person may not see."""
        names = {name: number for number, name in enumerate(sorted(set(self.base_uoms.values())))}
        return np.array([names.get(self.base_uoms.get(item, ""), -1) for item in self.axes.items.leaves], np.int64)

    @cached_property
    def volume_factors(self) -> FloatArray:
        """`volume_uom` in one base unit of each item, [items]; NaN where no factor is known."""
        wanted = self.snapshot.head.volume_uom
        factors = np.array([1.0 if self.base_uoms.get(item) == wanted else np.nan for item in self.axes.items.leaves])
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


def _ratio(measure: Measure, above: FloatArray, below: FloatArray, factor: FloatArray) -> FloatArray:
    """scale × factor × above / below, or scale × max(0, 1 − above / below); NaN where below is 0."""
    share: FloatArray = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=np.asarray(below) != 0)
    ratio: FloatArray = measure.scale * (np.maximum(0.0, 1.0 - share) if measure.is_complement else factor * share)
    return ratio


def level_and_time(by: Sequence[str]) -> tuple[str, str]:
    """The level and the time that a frame is asked by; blank where it is asked by none."""
    times = [word for word in by if word in TIMES]
    levels = [word for word in by if word not in TIMES]
    if len(times) > 1 or len(levels) > 1:
        raise CannotRollUp(f"frame takes one level and one time, not {', '.join(by)}")
    return levels[0] if levels else "", times[0] if times else ""


def key_columns(by: Sequence[str], codes: Sequence[str], spans: Spans) -> dict[str, list[str]]:
    """Columns of a frame before its numbers: one row for each node and span, in that order."""
    times = list(spans.labels) * len(codes)
    nodes = [code for code in codes for _ in spans.labels]
    return {word: times if word in TIMES else nodes for word in by}
