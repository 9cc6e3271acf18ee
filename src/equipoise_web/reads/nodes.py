"""Nodes that a role can be narrowed to: those of the newest plan's dimensions."""

from equipoise.core.adjustment import Scope
from equipoise.core.table import UnknownName
from equipoise_web.access import Access, Right
from equipoise_web.reads.plans import newest_digest, open_plan

DIMENSIONS = ("item", "market", "location", "resource")
MOST = 300
"""Nodes offered per dimension, those nearest to the top; others can be typed."""


def read_nodes(who: Access) -> dict[str, tuple[str, ...]]:
    """Nodes by dimension, from the top level down; names, no numbers. Raises NotAllowed but for who manages people."""
    who.require(Right.PEOPLE)
    digest = newest_digest()
    if digest is None:
        return {name: () for name in DIMENSIONS}
    axes = open_plan(digest).axes
    found = {}
    for name in DIMENSIONS:
        hierarchy = axes.hierarchy(name)
        nodes = [node for level in reversed(hierarchy.levels) for node in hierarchy.nodes(level)]
        found[name] = tuple(dict.fromkeys(nodes))[:MOST]
    return found


def check_nodes(who: Access, scope: Scope) -> None:
    """Raises UnknownName with near matches where a scope names what the newest plan does not have.

    A grant on a misspelled node would give nothing, and nobody would see why.
    """
    who.require(Right.PEOPLE)
    digest = newest_digest()
    asked = {name: getattr(scope, name) for name in DIMENSIONS if getattr(scope, name)}
    if digest is None:
        if asked:
            raise UnknownName("there is no plan yet whose nodes a role could be narrowed to; publish one first")
        return
    axes = open_plan(digest).axes
    for name, node in asked.items():
        axes.hierarchy(name).level_of(node)
