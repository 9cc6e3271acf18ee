"""What a person contributed: who, in which function, why, and how the amount reached this cell."""

from dataclasses import fields

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount, Scope, Spread
from equipoise.core.section import Posting
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.explain.cell import Cell
from equipoise.explain.node import Node, number

SPREAD_WORDS = {
    "as_is": "in proportion to what stood there",
    "equal": "equally",
    "last_year": "like last year",
    "like": "like {measure}",
}


def contribution(cell: Cell, adjustment: Adjustment, posting: Posting, amount: float) -> Node:
    """The person behind a posting, with this cell's share of what was given for the whole scope."""
    children = []
    own = FUNCTION_MEASURES.get(adjustment.function, "")
    if adjustment.change.kind == "demand_input" and cell.name != own and own:
        children.append(_weighted(cell, adjustment, amount, own))
    elif len(posting.amounts) > 1:
        children.append(_share(cell, adjustment, posting, amount))
    return Node("Person", amount, person_words(cell, adjustment), tuple(children), adjustment.id)


def person_words(cell: Cell, adjustment: Adjustment) -> str:
    """`Sales (ann): demand input +10% for tools, Apr 2027; spring campaign [a1]`."""
    who = adjustment.function.capitalize() + (f" ({adjustment.author})" if adjustment.author else "")
    said = f"{change_words(adjustment)} for {scope_words(cell, adjustment.scope)}"
    because = "; ".join(word for word in (adjustment.reason_code, adjustment.reason) if word)
    return f"{who}: {said}{'; ' if because else ''}{because} [{adjustment.id}]"


def change_words(adjustment: Adjustment) -> str:
    """The kind and what was typed, as it was typed."""
    change = adjustment.change
    words = [change.kind.replace("_", " ")]
    for field in fields(change):  # type: ignore[arg-type]  # every kind is a dataclass
        value = getattr(change, field.name)
        if isinstance(value, Amount):
            words.append(amount_words(value))
        elif isinstance(value, tuple):
            words.append(f"{field.name} {', '.join(value) or 'none'}")
        elif not isinstance(value, Spread) and value not in (None, "") and value != field.default:
            name = "" if change.kind.endswith(f"_{field.name}") else field.name.replace("_", " ")
            words.append(f"{name} {value}".strip())
    return " ".join(words)


def amount_words(amount: Amount) -> str:
    """`1,200`, `+50` or `-10%`."""
    if amount.operation == "set":
        return number(amount.value)
    return f"{'+' if amount.value >= 0 else ''}{number(amount.value)}{'%' if amount.operation == 'scale' else ''}"


def scope_words(cell: Cell, scope: Scope) -> str:
    """The nodes and buckets of a scope: `tools, retail, Apr 2027 to May 2027`; `everything` where it is open."""
    calendar = cell.plan.axes.calendar
    words = [node for node in (scope.item, scope.market, scope.location, scope.resource) if node]
    begin, end = calendar.span(scope.first, scope.last)
    if (scope.first or scope.last) and begin < end:
        first, last = calendar.label(begin), calendar.label(end - 1)
        words.append(first if first == last else f"{first} to {last}")
    return ", ".join(words) or "everything"


def _share(cell: Cell, adjustment: Adjustment, posting: Posting, amount: float) -> Node:
    """What this cell got of the whole scope."""
    whole = float(posting.amounts.sum())
    of_whole = f"{number(100 * amount / whole)} % of {cell.words(whole)}" if whole else f"part of {cell.words(whole)}"
    spread = getattr(adjustment.change, "spread", Spread())
    rule = SPREAD_WORDS[spread.rule].format(measure=spread.measure)
    count = len(posting.amounts)
    return Node("Share", amount, f"{of_whole} that reached {count} cells of its scope, spread {rule}")


def _weighted(cell: Cell, adjustment: Adjustment, amount: float, own: str) -> Node:
    """A function's input moves its own measure; the consensus takes the function's weight of it."""
    section = cell.plan.section_of(own)
    moved, posted = 0.0, None
    for posting in section.postings_of(own):
        if posting.cause == adjustment.id:
            inside = (posting.buckets == cell.bucket - section.panel_of(own).first) & np.isin(posting.rows, cell.rows)
            moved, posted = float(posting.amounts[inside].sum()), posting
    knob = f"weight_{adjustment.function}_pct"
    weight = cell.plan.policy.number(knob)
    theirs = Node("Postings", moved, f"what it moved {cell.of(own).measure.label} by")
    if posted is not None and len(posted.amounts) > 1:
        theirs = _share(cell.of(own), adjustment, posted, moved)
    share = Node("Source", weight / 100, f"policy {knob} = {number(weight)}")
    return Node(
        "Product", amount, f"{cell.words(moved)} × {number(weight)} % weight of {adjustment.function}", (theirs, share)
    )
