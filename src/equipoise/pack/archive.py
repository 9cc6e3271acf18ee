"""The last plan: what earlier published plans said about the columns of a sheet (table plan_archive).

A row at a node is the node's total and rows below it are parts of it (tables.md section 3), so only the topmost rows
count; they are never added across levels. Ahead, the last plan is the one made latest before this plan begins. A
closed bucket is held against the plan that was in force when it began; if that one is not kept, against the latest
that speaks of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

import polars as pl

from equipoise.core.hierarchy import Hierarchy
from equipoise.pack.scope import SheetScope

Nodes = tuple[str, str, str]
"""Item, location and market node of a row."""
Node = tuple[str, str]
"""Level and code."""


@dataclass(frozen=True)
class Archived:
    """One topmost row of an earlier plan: item node, column of the sheet, units per bucket."""

    item: str
    column: int
    quantity: float


def last_made(scope: SheetScope) -> date | None:
    """Day on which the last plan was published; None where there is no earlier plan."""
    made = scope.plan.snapshot.table("plan_archive")["made_date"]
    before = made.filter(made < scope.plan.head.start)
    found = before.max()
    return found if isinstance(found, date) else None


def archived(scope: SheetScope, measure: str) -> list[Archived]:
    """What the last plan said of a measure, topmost rows of the scope in each column."""
    frame = scope.plan.snapshot.table("plan_archive").filter(
        pl.col("measure") == measure, pl.col("made_date") < scope.plan.head.start
    )
    if frame.height == 0:
        return []
    inside = [node for node in frame["item"].unique().to_list() if _covers(scope, node)]
    bucket = pl.Series("bucket", scope.plan.axes.calendar.index_dates(frame["date"]), dtype=pl.Int64)
    frame = frame.with_columns(bucket).filter(pl.col("item").is_in(inside))
    made = last_made(scope)
    found = []
    for column, number in enumerate(scope.buckets):
        said = frame.filter(pl.col("bucket") == number)
        day = _in_force(said, scope.plan.axes.calendar.start_of(number)) if scope.is_closed[column] else made
        if day is None:
            continue
        rows = said.filter(pl.col("made_date") == day).select("item", "location", "market", "quantity").iter_rows()
        given: dict[Nodes, float] = {(item, place, market): units for item, place, market, units in rows}
        found += [Archived(nodes[0], column, given[nodes]) for nodes in topmost(given, _hierarchies(scope))]
    return found


def _covers(scope: SheetScope, node: str) -> bool:
    items = scope.plan.axes.items
    return items.knows(node) and set(items.positions(node).tolist()) <= set(scope.items.tolist())


def _in_force(said: pl.DataFrame, begins: date) -> date | None:
    made = said["made_date"]
    then = made.filter(made <= begins)
    found = then.max() if len(then) else made.max()
    return found if isinstance(found, date) else None


def _hierarchies(scope: SheetScope) -> tuple[Hierarchy, Hierarchy, Hierarchy]:
    axes = scope.plan.axes
    return axes.items, axes.locations, axes.markets


def topmost(rows: Iterable[Nodes], hierarchies: tuple[Hierarchy, Hierarchy, Hierarchy]) -> list[Nodes]:
    """Rows of one bucket of which no other row is the total; the order is kept.

    >>> items = Hierarchy.build("item", ("item", "family"), [("saw", "tools"), ("axe", "tools"), ("glue", "paint")])
    >>> places = (Hierarchy.build("location", ("location",), []), Hierarchy.build("market", ("market",), []))
    >>> topmost([("saw", "", ""), ("tools", "", ""), ("glue", "", "")], (items, *places))
    [('tools', '', ''), ('glue', '', '')]
    """
    given = {nodes: _lineages(hierarchies, nodes) for nodes in rows}
    stands = {tuple(line[0] for line in lines) for lines in given.values()}
    return [
        nodes
        for nodes, lines in given.items()
        if not any(above in stands and above != tuple(line[0] for line in lines) for above in product(*lines))
    ]


def _lineages(hierarchies: tuple[Hierarchy, Hierarchy, Hierarchy], nodes: Nodes) -> tuple[tuple[Node, ...], ...]:
    return tuple(lineage(hierarchy, node) for hierarchy, node in zip(hierarchies, nodes, strict=True))


def lineage(hierarchy: Hierarchy, node: str) -> tuple[Node, ...]:
    """The node itself and every node above it, up to all.

    >>> tools = Hierarchy.build("item", ("item", "family"), [("saw", "tools")])
    >>> lineage(tools, "saw"), lineage(tools, "")
    ((('item', 'saw'), ('family', 'tools'), ('all', '')), (('all', ''),))
    """
    everything = ("all", "")
    if node == "":
        return (everything,)
    if not hierarchy.knows(node):
        return (("unknown", node), everything)
    path = hierarchy.paths[int(hierarchy.positions(node)[0])]
    begin = hierarchy.levels.index(hierarchy.level_of(node))
    above = tuple((level, code) for level, code in zip(hierarchy.levels[begin:], path[begin:], strict=True) if code)
    return (*above, everything)
