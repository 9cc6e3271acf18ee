"""From a measure to what it is made of, by what the data dictionary says of it."""

import numpy as np

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.measure import Measure, Unit
from equipoise.demand.clean_history import LEVEL_SHIFT, MISSING, OUTLIER
from equipoise.demand.cleansing import CLEANSED, STOCKOUT
from equipoise.demand.history import RETURNED
from equipoise.explain.bias import bias_node
from equipoise.explain.cell import Cell, base_units
from equipoise.explain.facts import history_as_it_stands, state
from equipoise.explain.node import Node, known, number, shortened, taken_off, total
from equipoise.explain.optimum import choice
from equipoise.explain.person import contribution
from equipoise.explain.source import cause_node

TELLING_ZEROS = ("demand_served_qty", "demand_on_time_qty", "production_qty")
"""Terms that are worth explaining when they are 0."""


CAUSE_WORDS = {
    STOCKOUT: "what stockouts hid: column stockout of table sales_history",
    OUTLIER: "an outlier that no event explains, replaced by what the buckets around it and the season say",
    LEVEL_SHIFT: "moved to the level that sales have stepped to since",
    MISSING: "no row in table sales_history: filled with what the buckets around it say",
    RETURNED: "less what customers sent back: column returned_qty of table sales_history",
}
"""Causes of postings that are neither people, measures nor rows of a table."""


def why(cell: Cell) -> Node:
    """Why a cell is what it is."""
    measure = cell.measure
    if len(cell.rows) == 0:
        return Node("Postings", 0.0, f"{measure.label}: the plan has no such row")
    if measure.unit is Unit.QUANTITY and len(base_units(cell.plan, cell.items)) > 1:
        return by_unit(cell)
    return _by_declaration(cell)


def _by_declaration(cell: Cell) -> Node:
    measure = cell.measure
    if measure.is_posted:
        return _posted(cell)
    if measure.terms:
        return _balance(cell)
    if measure.factors:
        return _product(cell)
    return choice(cell, why) if measure.is_optimal else state(cell, why)


def by_unit(cell: Cell) -> Node:
    """Rows counted in different base units: explained unit by unit, for they have no sum of their own."""
    parts = [why(part) for part in split_by_unit(cell)]
    units = ", ".join(base_units(cell.plan, cell.items))
    return Node("Postings", None, f"{cell.text}: counted in {units}, which do not add up", tuple(parts))


def split_by_unit(cell: Cell) -> list[Cell]:
    """The rows of a cell in groups of one base unit, in the order of the units."""
    units = np.array([cell.plan.base_uoms[cell.keys.labels(row)[0]] for row in cell.rows.tolist()])
    return [cell.of(cell.name, cell.rows[units == unit]) for unit in sorted(set(units.tolist()))]


def _posted(cell: Cell) -> Node:
    """A measure kept by double entry: one child per cause."""
    section = cell.plan.section_of(cell.name)
    column = cell.bucket - section.panel_of(cell.name).first
    people = {adjustment.id: adjustment for adjustment in cell.plan.adjustments}
    children = []
    for posting in section.postings_of(cell.name):
        inside = (posting.buckets == column) & np.isin(posting.rows, cell.rows)
        if not inside.any():
            continue
        amount = float(posting.amounts[inside].sum())
        if posting.cause in people:
            children.append(contribution(cell, people[posting.cause], posting, amount))
        elif posting.cause in MEASURE_BY_NAME:
            start = why(cell.of(posting.cause))
            children.append(start if start.value == amount else Node(start.type, amount, start.text, (start,)))
        else:
            named = cause_node(cell.plan, posting.cause, amount) or bias_node(cell, posting.cause, amount)
            children.append(named or Node("Postings", amount, CAUSE_WORDS.get(posting.cause, posting.cause)))
    if not children and cell.name == CLEANSED:
        return history_as_it_stands(cell, why)
    return Node("Postings", cell.value, cell.text, shortened(children, "other contributions"))


def _balance(cell: Cell) -> Node:
    """A sum of signed terms; what comes from the bucket before is named, not explained again."""
    return Node("Postings", cell.value, cell.text, tuple(_terms(cell, cell.measure)))


def _terms(cell: Cell, measure: Measure) -> list[Node]:
    """The signed terms of a measure whose rows are those of `cell`."""
    children = []
    for term in measure.terms:
        part = cell.of(term.measure, lag=term.lag)
        if part.bucket < cell.plan.measure(term.measure).first:
            continue
        if term.lag:
            node = Node("Postings", part.value, f"{part.text}, the bucket before")
        elif part.value == 0 and part.name not in TELLING_ZEROS:
            node = Node("Postings", 0.0, part.text)
        else:
            node = why(part)
        children.append(signed(node, term.sign))
    explained = [child.value for child in children]
    if cell.value is not None and None not in explained:
        before = cell.value - sum(value for value in explained if value is not None)
        if before:
            children.insert(0, Node("Source", before, f"{measure.label} before the first bucket"))
    return children


def signed(node: Node, sign: int) -> Node:
    """A term as it enters a sum."""
    return taken_off(node) if sign < 0 else node


def _product(cell: Cell) -> Node:
    """Quantity × rate; of several cells the sum of their products, with the weighted average of the rate."""
    quantity, rate = (cell.of(name) for name in cell.measure.factors)
    if len(cell.rows) == 1:
        operands = (why(quantity), why(rate))
        text = f"{cell.text}: {quantity.words(quantity.value)} × {rate.words(rate.value)}"
        return Node("Product", cell.value, text, operands)
    if quantity.measure.unit is Unit.QUANTITY and len(base_units(cell.plan, cell.items)) > 1:
        return total("Postings", cell.text, [_product(part) for part in split_by_unit(cell)])
    parts, others = cell.largest()
    if len(parts) == 1:
        return _product(parts[0])
    if not parts:
        return Node("Product", cell.value, f"{cell.text}: {quantity.words(quantity.value)}")
    count = quantity.value
    average = known(cell.value / count) if cell.value is not None and count else None
    text = f"{cell.text}: {quantity.words(count)} × {number(average)} on average"
    return Node("Product", cell.value, text, (why(quantity), _mean_rate(parts, len(others), rate, average)))


def _mean_rate(parts: list[Cell], others: int, rate: Cell, average: float | None) -> Node:
    """The weighted average of a rate, and the rates of the cells that weigh most; each once, they do not add up."""
    nodes = [why(part.of(rate.name)) for part in parts]
    distinct = {(node.value, node.text): node for node in nodes}
    largest_of = f", the largest {len(parts)} of {len(parts) + others} cells" if others else ""
    text = f"{rate.measure.label}, weighted average{largest_of}"
    return Node("Product", average, text, tuple(distinct.values()))
