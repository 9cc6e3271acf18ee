"""The question: a measure, a bucket, a node per dimension. The answer: an explanation."""

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.measure import Measure, OverTime, Per, Unit
from equipoise.explain.cell import Cell, base_units, unit_words
from equipoise.explain.derive import signed, split_by_unit, why
from equipoise.explain.node import Explanation, Node, known, number, shortened
from equipoise.explain.supply_tables import SupplyTables
from equipoise.explain.where import UnknownCell, bucket_number, given_nodes
from equipoise.plan import Plan


def explain(plan: Plan, measure: str, *, bucket: int | str, **nodes: str | None) -> Explanation:
    """Why a number of a plan is so, as a tree of nodes.

    `bucket` is a number, a day or a label; `item`, `market`, `location` and `resource` may name nodes of any level
    (`tools`, `family:tools`) and are all where they are left out. Raises UnknownName for a measure, dimension or node
    that does not exist, UnknownCell for a bucket that the measure does not have or nodes that share no row.
    """
    asked = measure_named(measure)
    chosen = given_nodes(nodes)
    first = plan.first_bucket(measure)
    count = plan.measure(_stored(asked)).values.shape[1]
    number_ = bucket_number(plan.axes.calendar, bucket, first=first, count=count)
    node = _Asking(plan, number_, chosen).node(asked)
    unit = unit_words(plan, asked, _items(plan, asked, chosen))
    where = {**chosen, "bucket": plan.axes.calendar.label(number_)}
    return Explanation(measure, where, node.value, unit, node)


def _stored(measure: Measure) -> str:
    """A stored measure that a measure without rows is taken from."""
    while measure.parts:
        measure = measure_named(measure.parts[0])
    return measure.name


def _items(plan: Plan, measure: Measure, nodes: dict[str, str]) -> tuple[str, ...]:
    if measure.grain is None or measure.parts or "item" not in measure.grain.dimensions:
        return plan.axes.items.leaves
    rows = plan.axes.rows(measure.grain, nodes)
    numbers = np.unique(plan.axes.keys[measure.grain].column("item")[rows]).tolist()
    return tuple(plan.axes.items.leaves[number] for number in numbers)


class _Asking:
    """One question: the plan, the bucket and the nodes, for measures of any grain."""

    def __init__(self, plan: Plan, bucket: int, nodes: dict[str, str]) -> None:
        self.plan, self.bucket, self.nodes = plan, bucket, nodes
        self.supply = SupplyTables(plan)

    def node(self, measure: Measure) -> Node:
        """The tree of a measure at the nodes asked."""
        if measure.ratio:
            return self._ratio(measure, *measure.ratio)
        if measure.cover:
            return self._cover(measure, *measure.cover)
        if measure.grain is None:
            children = [signed(self._term(measure_named(term.measure)), term.sign) for term in measure.terms]
            if measure.over_time is OverTime.LAST and self.bucket > self.plan.first_bucket(measure.name):
                before = _Asking(self.plan, self.bucket - 1, self.nodes)
                words = f"{measure.label} of {before.who}, the bucket before"
                children.insert(0, Node("Postings", before._value(measure), words))
            text = f"{measure.label} of {self.who}"
            return Node("Postings", self._value(measure), text, tuple(children))
        rows = self.plan.axes.rows(measure.grain, self.nodes)
        if rows.size == 0:
            raise UnknownCell(f"{measure.name} has no row for {self.who}: no {measure.grain} of the plan joins them")
        cell = Cell(self.plan, measure.name, rows, self.bucket, self.supply)
        if measure.unit is Unit.QUANTITY and len(base_units(self.plan, cell.items)) > 1:
            return self._in_volume(cell)
        return why(cell)

    def _term(self, measure: Measure) -> Node:
        """A part of a sum over several grains; one that is 0 is only named."""
        if self._value(measure) == 0:
            return Node("Postings", 0.0, f"{measure.label} of {self.who}")
        return self.node(measure)

    @property
    def who(self) -> str:
        """The nodes and the bucket in words."""
        named = ", ".join(self._named(dimension, node) for dimension, node in self.nodes.items()) or "everything"
        return f"{named}, {self.plan.axes.calendar.label(self.bucket)}"

    def _named(self, dimension: str, node: str) -> str:
        """A node after its level where it names that: `family Laundry care`, not `item family:Laundry care`."""
        level, _, code = node.partition(":")
        is_named = bool(code) and level in self.plan.axes.hierarchy(dimension).levels
        return f"{level} {code}" if is_named else f"{dimension} {node}"

    def _value(self, measure: Measure) -> float | None:
        values = self.plan.by_bucket(measure.name, **self.nodes)
        return known(float(values[self.bucket - self.plan.first_bucket(measure.name)]))

    def _ratio(self, measure: Measure, above: str, below: str) -> Node:
        parts = (self.node(measure_named(above)), self.node(measure_named(below)))
        formula = f"{number(parts[0].value)} / {number(parts[1].value)}"
        formula = f"max(0, 1 − {formula})" if measure.is_complement else formula
        factors = [number(measure.scale), *self._per(measure), formula]
        return Node("Product", self._value(measure), f"{measure.label} of {self.who}: {' × '.join(factors)}", parts)

    def _per(self, measure: Measure) -> list[str]:
        """What the ratio of one bucket is scaled to over time, in words."""
        calendar = self.plan.axes.calendar
        if measure.per is Per.YEAR:
            return [f"{calendar.periods_per_year} buckets a year"]
        return [f"{calendar.days(self.bucket)} days"] if measure.per is Per.DAYS else []

    def _cover(self, measure: Measure, stock: str, demand: str) -> Node:
        """How long the stock lasts: the stock, and the demand of each coming bucket that it is walked through."""
        value, last = self._value(measure), self.plan.axes.horizon - 1
        end = self.bucket if value is None else min(last, self._bucket_after(value))
        coming = [_Asking(self.plan, bucket, self.nodes) for bucket in range(self.bucket + 1, end + 1)]
        children = (self.node(measure_named(stock)), *(later.node(measure_named(demand)) for later in coming))
        text = f"{measure.label} of {self.who}: stock at its end over the demand of the days that follow"
        return Node("Product", value, text, shortened(children))

    def _bucket_after(self, days: float) -> int:
        """The bucket in which so many days after the end of this one fall; the last of the calendar at most."""
        calendar, bucket = self.plan.axes.calendar, self.bucket
        while days > 0 and bucket < self.plan.axes.horizon:
            bucket += 1
            days -= calendar.days(bucket)
        return bucket

    def _in_volume(self, cell: Cell) -> Node:
        """Items in different base units: each sum converted to the dataset's volume unit, where that is known."""
        volume = self.plan.head.volume_uom
        codes, values = self.plan.grouped(cell.name, level="item", **self.nodes)
        converted = dict(zip(codes, values[:, self.bucket - self.plan.first_bucket(cell.name)].tolist(), strict=True))
        children = []
        for part in split_by_unit(cell):
            amount = known(sum(converted[item] for item in part.items))
            own = why(part)
            unit = f"in {volume}" if volume else "in a unit of its own"
            children.append(Node("Product", amount, f"{part.words(part.value)} {unit}", (own,)))
        whole = self._value(cell.measure)
        lacks = "" if whole is not None else f": no factor to {volume}" if volume else ": volume_uom is not set"
        return Node("Postings", whole, f"{cell.measure.label} of {self.who}{lacks}", shortened(children))
