"""The chance that a stocking point runs out, and how short it would be: its cover beside the error it is exposed to."""

from equipoise.explain.cell import Cell, Why, parts_of
from equipoise.explain.node import Node, number


def stockout(cell: Cell, why: Why) -> Node:
    """Row by row: closing stock, what markets wait for, and how far demand strays by then."""
    if len(cell.rows) > 1:
        children = parts_of(cell, lambda part: stockout(part, why), "other stocks") if cell.measure.is_additive else ()
        return Node("Postings" if children else "Source", cell.value, cell.text, children)
    if cell.value is None:
        return Node("Source", None, f"{cell.text}: no customer is served from this stock, or no error is known")
    if not cell.value:
        return Node("Source", cell.value, f"{cell.text}. {cell.measure.meaning}")
    closing, error = cell.of("inventory_closing_qty"), cell.of("inventory_exposed_sd")
    strays = Node("Source", error.value, f"{error.text}, one standard deviation: {number(error.value, error.unit)}")
    text = f"{cell.text}: what is left at the close, less what markets wait for, beside how far demand strays by then"
    return Node("Product", cell.value, text, (why(closing), strays))
