"""A cell of a plan: one measure, some rows of its grain, one bucket. The unit of all explaining."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain, Measure, Unit
from equipoise.core.panel import Keys
from equipoise.explain.node import MOST_CHILDREN, Node, known, number
from equipoise.explain.supply_tables import SupplyTables
from equipoise.plan import Plan


@dataclass(frozen=True, eq=False)
class Cell:
    """Rows [n] of a stored measure in one bucket."""

    plan: Plan
    name: str
    rows: IntArray
    bucket: int
    supply: SupplyTables

    @cached_property
    def measure(self) -> Measure:
        """Its entry in the data dictionary."""
        return measure_named(self.name)

    @property
    def grain(self) -> Grain:
        """The grain of its rows."""
        assert self.measure.grain is not None, f"{self.name} has no rows"
        return self.measure.grain

    @property
    def keys(self) -> Keys:
        """The rows of its grain."""
        return self.plan.axes.keys[self.grain]

    @cached_property
    def amounts(self) -> FloatArray:
        """The value of each row, [n]."""
        panel = self.plan.measure(self.name)
        amounts: FloatArray = panel.values[self.rows, self.bucket - panel.first]
        return amounts

    @cached_property
    def value(self) -> float | None:
        """The sum of an additive measure, the number of a single row; None where unknown."""
        if not self.measure.is_additive and len(self.rows) != 1:
            return None
        return known(float(self.amounts.sum()))

    def of(self, name: str, rows: IntArray | None = None, *, lag: int = 0) -> "Cell":
        """Another measure, of the same rows or of `rows`, `lag` buckets before."""
        return Cell(self.plan, name, self.rows if rows is None else rows, self.bucket - lag, self.supply)

    def each(self, *, non_zero: bool = True) -> list["Cell"]:
        """Its rows one by one; without those that are 0, unless all are."""
        chosen = np.flatnonzero(self.amounts != 0) if non_zero else np.arange(len(self.rows))
        return [self.at(position) for position in chosen.tolist()]

    def at(self, position: int) -> "Cell":
        """One of its rows."""
        return replace(self, rows=self.rows[[position]])

    def largest(self) -> tuple[list["Cell"], FloatArray]:
        """The rows that are explained one by one, of those that are not 0, and the amounts of the others."""
        positions = np.flatnonzero(self.amounts != 0)
        chosen = largest(self.amounts[positions])
        return [self.at(int(positions[number])) for number in chosen], np.delete(self.amounts[positions], chosen)

    def labels(self) -> tuple[str, ...]:
        """Codes of a cell of one row."""
        return self.keys.labels(int(self.rows[0]))

    @property
    def when(self) -> str:
        """The label of its bucket."""
        return self.plan.axes.calendar.label(self.bucket)

    @property
    def who(self) -> str:
        """The row in words, or the nodes that all rows share and how many they are: `Laundry care (20 rows)`."""
        if len(self.rows) == 1:
            return self.row_words(int(self.rows[0]))
        shared = [self._shared(dimension) for dimension in self.keys.dimensions]
        return f"{', '.join(node for node in shared if node) or 'all'} ({len(self.rows)} rows)"

    def _shared(self, dimension: str) -> str:
        """The nearest node above all rows in one dimension, or blank."""
        column = self.keys.column(dimension)[self.rows]
        codes = self.keys.codes[self.keys.dimensions.index(dimension)]
        if _is_one(column):
            return codes[int(column[0])]
        if dimension in ("from", "to", "route"):
            return ""
        hierarchy = self.plan.axes.hierarchy(dimension)
        paths = [hierarchy.paths[leaf] for leaf in np.unique(column).tolist()]
        above = zip(*(path[1:] for path in paths), strict=True)
        return next((level[0] for level in above if level[0] and len(set(level)) == 1), "")

    def row_words(self, row: int) -> str:
        """One row in words: `tool in retail`, `tool at plant by line 2`, `tool from plant to retail`."""
        codes = self.keys.labels(row)
        if self.grain is Grain.RESOURCE:
            return codes[0]
        if self.grain is Grain.FLOW:
            return f"{codes[0]} from {codes[1]} to {codes[2]}"
        if self.grain is Grain.MAKE:
            return f"{codes[0]} at {codes[1]}{_by(codes[2])}"
        return f"{codes[0]} {'in' if self.grain is Grain.DEMAND else 'at'} {codes[1]}"

    @property
    def text(self) -> str:
        """What the cell is: `Revenue of tool in retail, Apr 2027`."""
        return f"{self.measure.label} of {self.who}, {self.when}"

    @property
    def items(self) -> tuple[str, ...]:
        """Item codes of its rows, each once."""
        if "item" not in self.keys.dimensions:
            return ()
        numbers = np.unique(self.keys.column("item")[self.rows]).tolist()
        return tuple(self.plan.axes.items.leaves[number] for number in numbers)

    @property
    def unit(self) -> str:
        """Its unit in words."""
        return unit_words(self.plan, self.measure, self.items)

    def words(self, value: float | None) -> str:
        """A value with its unit."""
        return number(value, self.unit)


def _is_one(numbers: IntArray) -> bool:
    return bool((numbers == numbers[0]).all()) if len(numbers) else False


Why = Callable[[Cell], Node]
"""Explains a cell; handed down so that the files that explain parts need not know each other."""


def largest(values: FloatArray) -> list[int]:
    """Positions of the largest values in their order: those that are explained one by one; unknown ones first."""
    if len(values) <= MOST_CHILDREN:
        return list(range(len(values)))
    order = np.argsort(-np.abs(np.where(np.isnan(values), np.inf, values)), kind="stable")
    return sorted(order[: MOST_CHILDREN - 1].tolist())


def parts_of(cell: Cell, why: Why, words: str) -> tuple[Node, ...]:
    """The rows of a cell that are not 0: the largest explained one by one, all others as one node."""
    parts, rest = cell.largest()
    shown = [why(part) for part in parts]
    if rest.size:
        shown.append(Node(shown[0].type, known(float(rest.sum())), f"{rest.size} {words}"))
    return tuple(shown)


def base_units(plan: Plan, items: Sequence[str]) -> tuple[str, ...]:
    """Base units of items, each once, sorted."""
    return tuple(sorted({plan.base_uoms[item] for item in items}))


def unit_words(plan: Plan, measure: Measure, items: Sequence[str]) -> str:
    """`USD`, `unit`, `hours`, `people`, `%`, or `USD per unit`."""
    currency = plan.head.currency
    units = base_units(plan, items)
    counted = units[0] if len(units) == 1 else plan.head.volume_uom or "units"
    if measure.unit is Unit.PRICE:
        per_person = measure.name in ("resource_hire_price", "resource_layoff_price")
        hour = "person" if per_person else "hour"
        return f"{currency} per {hour if measure.grain is Grain.RESOURCE else counted or 'unit'}"
    plain = {Unit.MONEY: currency, Unit.HOURS: "hours", Unit.PEOPLE: "people", Unit.PERCENT: "%", Unit.DAYS: "days"}
    return plain.get(measure.unit, "" if measure.unit in (Unit.RATIO, Unit.NUMBER) else counted)


def _by(route: str) -> str:
    """How a unit comes, from the route label of a make row."""
    kind, sign, supplier = route.partition(":")
    if sign and kind in ("subcontract", "purchase"):
        return f" from {'subcontractor' if kind == 'subcontract' else 'supplier'} {supplier}"
    return f" by {route}" if route else ""
