"""The baseline where it is more than its own forecast: methods pinned by whom, launches, what passed on to whom."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.section import Posting
from equipoise.core.succession import read_succession
from equipoise.demand.item_life import FORECAST, LAUNCH, RECONCILED, SUCCESSION
from equipoise.explain.cell import Cell
from equipoise.explain.effects import effect_node
from equipoise.explain.node import Node, number, shortened
from equipoise.explain.person import person_words
from equipoise.explain.source import file_words, matching

SAID = (
    "launch_date",
    "steady_qty",
    "like_item",
    "like_factor_pct",
    "ramp",
    "gate",
    "cannibalized",
    "cannibalization_pct",
)
LAUNCHED, ENDED = ("launch_date", "launch"), ("launch_date", "end_date")
"""Kinds of change that move a launch, and that move a switch to a successor."""
PLANNED = "steady sales × season × ramp × active, as far as its own forecast has not taken over"

RECONCILIATION = "reconciled with the forecasts of families and other totals (policy reconciliation)"


def baseline(cell: Cell, forecast: Callable[[Cell], Node]) -> Node:
    """The forecast, and each pin, calendar effect, indicator, launch and succession that posted to it.

    The forecast alone where none did.
    """
    postings = cell.plan.section_of(cell.name).postings_of(cell.name)
    if not postings:
        return forecast(cell)
    people = {adjustment.id: adjustment for adjustment in cell.plan.adjustments}
    children = []
    for posting in postings:
        inside = (posting.buckets == cell.bucket) & np.isin(posting.rows, cell.rows)
        if not inside.any():
            continue
        amount = float(posting.amounts[inside].sum())
        if posting.cause == FORECAST:
            own = forecast(cell)
            children.append(Node(own.type, amount, own.text, own.children))
        elif posting.cause == RECONCILED:
            children.append(Node("Postings", amount, RECONCILIATION))
        elif posting.cause in people:
            who = people[posting.cause]
            children.append(Node("Person", amount, person_words(cell, who), ref=who.id))
        elif (effect := effect_node(cell.plan, posting.cause, amount)) is not None:
            children.append(effect)
        else:
            rows = np.unique(posting.rows[inside]).astype(np.int64)
            children.append(_moved(cell, posting, rows, posting.amounts[inside]))
    if not children:
        return Node("Postings", cell.value, f"{cell.text}: nothing is forecast, launched or passed on")
    return Node("Postings", cell.value, cell.text, shortened(children, "other contributions"))


def _moved(cell: Cell, posting: Posting, rows: IntArray, amounts: FloatArray) -> Node:
    """What one launch or one ended item put into a cell, or took out of it."""
    amount, markets = float(amounts.sum()), _codes(cell, rows, "market")
    if posting.cause.startswith(SUCCESSION):
        item = posting.cause.removeprefix(SUCCESSION)
        text = f"passed on by {item}, which {cell.who} succeeds: its forecast of days after the switch"
        return Node("Postings", amount, text, (_item_row(cell, item), *_people(cell, item, ENDED)))
    item = posting.cause.removeprefix(LAUNCH)
    sources = (*_launch_rows(cell, item, markets), *_people(cell, item, LAUNCHED))
    if amount < 0:
        return Node("Product", amount, f"taken by the launch of {item} (cannibalization)", sources)
    parts = []
    if len(rows) == 1:
        for name in ("launch_ramp_ratio", "demand_active_ratio"):
            part = cell.of(name, rows)
            parts.append(Node("Source", part.value, f"{part.measure.label}, {part.when}"))
    return Node("Product", amount, f"launch of {item}: {PLANNED}", (*sources, *parts))


def _launch_rows(cell: Cell, item: str, markets: Sequence[str]) -> list[Node]:
    """The rows of table launches that speak for an item in some markets: of each market the most specific."""
    tree = cell.plan.axes.markets
    rows: dict[str, dict[str, Any]] = {}
    for market in markets:
        frame = matching(cell.plan, "launches", {"item": (None, [item]), "market": (tree, [market])})
        found = max(frame.iter_rows(named=True), key=lambda row: tree.specificity(row["market"]), default=None)
        if found is not None:
            rows[found["market"]] = found
    return [_launch_node(cell, row) for _, row in sorted(rows.items())]


def _launch_node(cell: Cell, row: dict[str, Any]) -> Node:
    said = [f"{name} {_plain(row[name])}" for name in SAID if row[name] not in (None, "")]
    where = f"item {row['item']}, market {row['market'] or 'all'}"
    text = f"table launches{file_words(cell.plan, 'launches')}: {where}, {', '.join(said)}"
    return Node("Source", row["steady_qty"], text)


def _plain(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)


def _item_row(cell: Cell, item: str) -> Node:
    """The row of table items that says when an item ends and who succeeds it."""
    (row,) = matching(cell.plan, "items", {"item": (None, [item])}).iter_rows(named=True)
    said = [f"{name} {row[name]}" for name in ("lifecycle", "end_date", "successor") if row[name] not in (None, "")]
    return Node("Source", None, f"table items{file_words(cell.plan, 'items')}: item {item}, {', '.join(said)}")


def _people(cell: Cell, item: str, kinds: Sequence[str]) -> list[Node]:
    """Who moved the launch or the end of an item, or the launch of its successor."""
    keys, found = cell.plan.axes.keys[Grain.DEMAND], []
    mine = {item, *cell.items}
    for adjustment in cell.plan.adjustments:
        if adjustment.change.kind in kinds:
            reached = {keys.labels(row)[0] for row in _reached(cell, adjustment).tolist()}
            if reached & mine:
                found.append(Node("Person", None, person_words(cell, adjustment), ref=adjustment.id))
    return found


def _reached(cell: Cell, adjustment: Adjustment) -> IntArray:
    try:
        return cell.plan.axes.rows(Grain.DEMAND, adjustment.scope)
    except EquipoiseError:
        return np.zeros(0, dtype=np.int64)  # its scope is gone: the stage says so in a finding


def _codes(cell: Cell, rows: IntArray, dimension: str) -> list[str]:
    keys = cell.plan.axes.keys[Grain.DEMAND]
    codes = keys.codes[keys.dimensions.index(dimension)]
    return [codes[place] for place in np.unique(keys.column(dimension)[rows]).tolist()]


def trained_on(cell: Cell) -> tuple[str, ...]:
    """Items whose history the forecast of a cell was made from: its own and those that passed theirs on before."""
    plan = cell.plan
    links = read_succession(plan.snapshot.table("items"), plan.axes.items)
    passed = plan.measure("demand_succeeded_ratio").values[:, 0] >= 1.0
    item = plan.axes.keys[Grain.DEMAND].column("item")
    given = {int(place) for place in np.unique(item[passed])}
    found = {plan.axes.items.position[code] for code in cell.items}
    while new := {old for old in given if int(links.successor[old]) in found} - found:
        found |= new
    return tuple(plan.axes.items.leaves[place] for place in sorted(found))
