"""What was said about cells of the grid. A cell is named by its measure, nodes and first and last day, whatever view it
was seen in: `cell:demand_consensus_qty:family:tools|:2027-03-01..2027-03-31`."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from equipoise.core.adjustment import Scope
from equipoise_web.reads.grid_columns import Column, Columns
from equipoise_web.reads.grid_marks import COMMENT
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.records.models import Comment

LONGEST = 200
"""Characters of a cell's name that the audit chain keeps."""


def name_of(measure: str, scope: Scope) -> str:
    """The name of a cell."""
    assert scope.first is not None and scope.last is not None, "a cell has days"
    return f"cell:{measure}:{scope.item}|{scope.market}:{scope.first}..{scope.last}"


def scope_named(name: str) -> tuple[str, Scope] | None:
    """The measure and the scope that a name stands for; None for what is none.

    >>> scope_named(name_of("unmet_qty", Scope("family:tools", first=date(2027, 3, 1), last=date(2027, 3, 31))))[0]
    'unmet_qty'
    """
    sort, _, rest = name.partition(":")
    measure, _, rest = rest.partition(":")
    nodes, _, days = rest.rpartition(":")
    item, bar, market = nodes.partition("|")
    first, dots, last = days.partition("..")
    if sort != "cell" or not bar or not dots:
        return None
    try:
        return measure, Scope(item, market, first=date.fromisoformat(first), last=date.fromisoformat(last))
    except ValueError:
        return None


def comment_marks(
    tree: GridTree, columns: Columns, lines: Iterable[str], nodes: dict[str, str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The mark of every cell [M, R, C] that somebody has commented, in a view narrowed to `nodes`."""
    names = tuple(lines)
    found = np.zeros((len(names), len(tree), len(columns)), dtype=np.uint8)
    abouts = set(Comment.objects.filter(about__startswith="cell:").values_list("about", flat=True))
    if not abouts:
        return found
    places = {place_of(tree.path(node), nodes): node for node in range(len(tree))}
    days = {(column.first, column.last): number for number, column in enumerate(columns.all)}
    for about in abouts:
        named = scope_named(about)
        if named is None or named[0] not in names:
            continue
        measure, scope = named
        node = places.get((scope.item, scope.market))
        column = days.get((scope.first or date.min, scope.last or date.min))
        if node is not None and column is not None:
            found[names.index(measure), node, column] = COMMENT
    return found


def place_of(path: dict[str, str], nodes: dict[str, str]) -> tuple[str, str]:
    """Item and market node of a row of a view that is narrowed to nodes."""
    whole = {**nodes, **path}
    return whole.get("item", ""), whole.get("market", "")


def cell_name(measure: str, path: dict[str, str], nodes: dict[str, str], column: Column) -> str:
    """The name of a row's cell."""
    item, market = place_of(path, nodes)
    return name_of(measure, Scope(item, market, first=column.first, last=column.last))
