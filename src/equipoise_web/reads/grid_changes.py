"""Which cells of a view differ from those that a reader has, looked for where a number can have moved.

Rows that were worked out again know from which others, and the nodes that were: so two states of a view are compared
there alone, as far back as their way from one to the other is known. Marks are small, and compared whole.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import ref

import numpy as np

from equipoise.core.grid import IntArray

if TYPE_CHECKING:
    from equipoise_web.reads.grid_rows import GridRows

MOST_STEPS = 8
"""Changes that a reader may be behind for them to be told one by one."""


@dataclass(frozen=True, eq=False)
class Since:
    """Rows of a view that others were worked out again from, and the nodes [n] in which a number may be another."""

    before: "ref[GridRows]"
    nodes: IntArray


def cells_that_differ(before: "GridRows", after: "GridRows") -> IntArray:
    """Places in M × R × C, ascending, of the cells whose number or marks are others; unknown is unknown."""
    if before is after:
        return np.zeros(0, dtype=np.int64)
    marked = np.flatnonzero(before.marks != after.marks)
    nodes = _nodes_since(before, after)
    was, now = (each.values if nodes is None else each.values[:, nodes] for each in (before, after))
    place = np.flatnonzero(~((was == now) | (np.isnan(was) & np.isnan(now))))
    if nodes is not None:
        line, node, column = np.unravel_index(place, now.shape)
        place = np.ravel_multi_index((line, nodes[node], column), after.values.shape)
    return np.union1d(marked, place)


def _nodes_since(before: "GridRows", after: "GridRows") -> IntArray | None:
    """Nodes in which numbers may differ, ascending; None where it is not known how the one came from the other."""
    found: list[IntArray] = []
    rows = after
    while len(found) < MOST_STEPS and rows.since is not None:
        found.append(rows.since.nodes)
        earlier = rows.since.before()
        if earlier is before:
            return np.unique(np.concatenate(found))
        if earlier is None:
            return None
        rows = earlier
    return None
