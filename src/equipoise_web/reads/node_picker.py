"""Nodes of a dimension that a person may choose: the levels above first, leaves as far as a list can hold them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray
from equipoise.core.hierarchy import Hierarchy
from equipoise_web.access import Access, Right

OFFERED = 200
"""Nodes that a page lists; the rest are found by what is typed."""
LABELS: dict[str, str | Promise] = {
    "item": gettext_lazy("Item or family"),
    "market": gettext_lazy("Market or region"),
    "location": gettext_lazy("Location"),
    "resource": gettext_lazy("Resource"),
}
WHOLE: dict[str, str | Promise] = {
    "item": gettext_lazy("All items"),
    "market": gettext_lazy("All markets"),
    "location": gettext_lazy("All locations"),
    "resource": gettext_lazy("All resources"),
}


@dataclass(frozen=True)
class NodeOption:
    """A node: what is typed, and what it is called."""

    code: str
    label: str


@dataclass(frozen=True)
class NodePicker:
    """A field for a node of one dimension."""

    dimension: str
    label: str
    whole: str
    options: tuple[NodeOption, ...]
    has_more: bool
    value: str = ""
    error: str = ""


def node_picker(
    who: Access,
    kind: str,
    dimension: str,
    axes: Axes,
    names: Mapping[tuple[str, str], str],
    value: str | None,
    error: str,
) -> NodePicker:
    """The picker, with the node of the person's own scope where nothing was typed yet."""
    mine = _scopes(who, kind, dimension)
    found = search_nodes(who, kind, dimension, axes, names, limit=OFFERED + 1)
    return NodePicker(
        dimension,
        str(LABELS[dimension]),
        _("Only yours") if "" not in mine else str(WHOLE[dimension]),
        found[:OFFERED],
        len(found) > OFFERED,
        (mine[0] if len(mine) == 1 else "") if value is None else value,
        error,
    )


def search_nodes(
    who: Access,
    kind: str,
    dimension: str,
    axes: Axes,
    names: Mapping[tuple[str, str], str],
    *,
    words: str = "",
    limit: int = 50,
) -> tuple[NodeOption, ...]:
    """Nodes in whose whole the person may propose a kind, whose code or name holds the words; upper levels first."""
    hierarchy = axes.hierarchy(dimension)
    inside = _inside(hierarchy, _scopes(who, kind, dimension))
    found: list[NodeOption] = []
    for option in _nodes(hierarchy, inside, names):
        if words.casefold() in f"{option.code} {option.label}".casefold():
            found.append(option)
            if len(found) == limit:
                break
    return tuple(found)


def _scopes(who: Access, kind: str, dimension: str) -> tuple[str, ...]:
    """Nodes of the grants by which the person proposes the kind; blank is the whole dimension."""
    given = (held for held in who.held if held.gives(Right.PROPOSE, kind=kind))
    return tuple(dict.fromkeys(getattr(held.scope, dimension) for held in given))


def _inside(hierarchy: Hierarchy, scopes: tuple[str, ...]) -> BoolArray:
    inside = np.zeros(len(hierarchy), dtype=np.bool_)
    for node in scopes:
        if hierarchy.knows(node):
            inside[hierarchy.positions(node)] = True
    return inside


def _nodes(hierarchy: Hierarchy, inside: BoolArray, names: Mapping[tuple[str, str], str]) -> Iterator[NodeOption]:
    """From the top level down to the leaves, each once: a code that stands at two levels is offered at the lower."""
    seen = set(hierarchy.leaves)
    for level in reversed(hierarchy.levels[1:]):
        for code in hierarchy.nodes(level):
            if code not in seen and hierarchy.level_of(code) == level and inside[hierarchy.positions(code)].all():
                seen.add(code)
                yield NodeOption(code, level)
    for number, code in enumerate(hierarchy.leaves):
        if inside[number]:
            yield NodeOption(code, names.get((hierarchy.dimension, code), hierarchy.levels[0]))
