"""Why the input of a function was corrected: how far its forecasts were off, and its weight."""

import numpy as np

from equipoise.demand.bias_correction import Bias, measure_bias
from equipoise.demand.consensus import BIAS
from equipoise.demand.findings import BIAS_CORRECTED
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.explain.cell import Cell
from equipoise.explain.node import Node, number
from equipoise.explain.source import file_words


def bias_node(cell: Cell, cause: str, amount: float) -> Node | None:
    """The correction under a cause such as `bias:sales`, with its evidence; None for any other cause."""
    prefix, _, function = cause.partition(":")
    if prefix != BIAS or function not in FUNCTION_MEASURES:
        return None
    knob = f"bias_correction_{function}"
    text = f"what {function} entered, corrected for the bias of its forecasts (policy {knob} = on)"
    evidence = tuple(_evidence(cell, bias) for bias in _measured(cell, function))
    own = FUNCTION_MEASURES[function]
    if cell.name == own:
        return Node("Postings", amount, text, evidence)
    weight = cell.plan.policy.number(f"weight_{function}_pct")
    moved = _moved(cell.of(own), cause)
    children = (
        Node("Postings", moved, text, evidence),
        Node("Source", weight / 100, f"policy weight_{function}_pct = {number(weight)}"),
    )
    return Node("Product", amount, f"{cell.words(moved)} × {number(weight)} % weight of {function}", children)


def _moved(cell: Cell, cause: str) -> float:
    """What the correction moved the function's own number by."""
    section = cell.plan.section_of(cell.name)
    moved = 0.0
    for posting in section.postings_of(cell.name):
        if posting.cause == cause:
            inside = (posting.buckets == cell.bucket - section.panel_of(cell.name).first) & np.isin(
                posting.rows, cell.rows
            )
            moved += float(posting.amounts[inside].sum())
    return moved


def _measured(cell: Cell, function: str) -> list[Bias]:
    """The significant biases of a function that speak of the cell; none where the plan's findings are withheld.

    The evidence is of a family and region, which is more than a person with a narrower scope may see: it is told only
    where the finding that says the same is told.
    """
    plan = cell.plan
    if not any(finding.code == BIAS_CORRECTED.code for finding in plan.findings):
        return []
    found = measure_bias(
        plan.axes,
        plan.snapshot.table("forecast_archive"),
        plan.measure("history_ordered_qty"),
        functions=(function,),
        end=plan.head.closed_buckets_end,
    )
    return [bias for bias in found if bias.is_significant and np.isin(bias.rows, cell.rows).any()]


def _evidence(cell: Cell, bias: Bias) -> Node:
    """`table forecast_archive: sales for Laundry care in North 18.0 % too high in 12 closed buckets (...)`."""
    where = f"{bias.item or 'all items'} in {bias.market or 'all markets'}"
    table = f"table forecast_archive{file_words(cell.plan, 'forecast_archive')}"
    text = f"{table}: {bias.function} for {where} {bias.words}; inputs × {number(bias.factor)}"
    return Node("Source", bias.factor, text)
