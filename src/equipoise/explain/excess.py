"""Excess stock: closing stock less the most that is no excess, by the rule that allows least."""

import numpy as np

from equipoise.core.stage import Inputs
from equipoise.explain.cell import Cell, Why, parts_of
from equipoise.explain.node import Node, number, taken_off
from equipoise.inventory.excess import allowed_stock
from equipoise.stages import STAGES


def excess(cell: Cell, why: Why) -> Node:
    """Row by row; a row without excess says what it may hold."""
    if len(cell.rows) > 1:
        children = parts_of(cell, lambda part: excess(part, why), "other stocks")
        return Node("Postings", cell.value, cell.text, children)
    (stage,) = (stage for stage in STAGES if stage.name == "inventory")
    plan, row = cell.plan, int(cell.rows[0])
    inputs = Inputs(stage, plan.snapshot, plan.axes, plan.policy, (), plan.sections)
    limits = allowed_stock(inputs)
    stated = {name: float(values[row, cell.bucket]) for name, values in limits.items()}
    stated = {name: value for name, value in stated.items() if not np.isnan(value)}
    if not stated:
        return Node("Source", cell.value, f"{cell.text}: no maximum, shelf life or end is stated")
    rule = min(stated, key=lambda name: stated[name])
    closing = cell.of("inventory_closing_qty")
    if not cell.value or closing.value is None:
        text = f"{cell.text}: {number(closing.value)} in stock, {number(stated[rule])} allowed by {rule}"
        return Node("Source", cell.value, text)
    allowed = Node("Source", closing.value - cell.value, rule)
    return Node("Postings", cell.value, cell.text, (why(closing), taken_off(allowed)))
