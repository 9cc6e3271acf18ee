"""Why a number is so, as a page: the number, where it stands, and the tree down to people and source rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import measure_named
from equipoise.explain import Node, explain
from equipoise.plan import Plan
from equipoise_web.reads.numbers import plain

PANEL_DEPTH = 3
"""Levels of the tree in the side panel; the page shows all."""
DIMENSIONS = ("item", "market", "location", "resource")
KINDS: dict[str, str | Promise] = {
    "Postings": gettext_lazy("sum of"),
    "Product": gettext_lazy("product of"),
    "Share": gettext_lazy("share of"),
    "Optimum": gettext_lazy("chosen by the optimizer"),
    "Person": gettext_lazy("contributed"),
    "Source": gettext_lazy("from the data"),
}


@dataclass(frozen=True)
class NodePart:
    """A line of the tree; `kind` says in words how it comes from the lines below it, blank where it needs no word."""

    text: str
    value: str
    kind: str | Promise
    children: tuple["NodePart", ...]
    more: int = 0
    """Lines below that are not shown."""


@dataclass(frozen=True)
class WhyPage:
    """An explanation."""

    measure: str
    title: str
    label: str
    where: str
    value: str
    unit: str
    meaning: str
    tree: NodePart


def read_why(plan: Plan, measure: str, *, bucket: str, nodes: Mapping[str, str], depth: int | None = None) -> WhyPage:
    """The explanation of a cell, `depth` levels of it.

    `nodes` are codes by dimension or by level (family). Raises UnknownName or UnknownCell where there is no such cell.
    """
    found = explain(plan, measure, bucket=bucket, **nodes_asked(nodes))
    label = measure_named(measure).label
    value = plain(found.value)
    places = [node.partition(":")[2] or node for name, node in found.where.items() if name != "bucket"]
    where = ", ".join([*(places or [_("All families")]), found.where["bucket"]])
    return WhyPage(
        measure=measure,
        title=_("Why %(value)s") % {"value": f"{value} {found.unit}".strip()},
        label=label,
        where=where,
        value=value,
        unit=found.unit,
        meaning=measure_named(measure).meaning,
        tree=_part(found.node, depth),
    )


def nodes_asked(given: Mapping[str, str]) -> dict[str, str]:
    """The nodes an explanation takes: a family is a node of the item dimension, an item narrows it further.

    >>> nodes_asked({"family": "Laundry care", "item": "", "market": "online"})
    {'market': 'online', 'item': 'family:Laundry care'}
    """
    nodes = {name: given[name] for name in DIMENSIONS if given.get(name)}
    if given.get("family") and "item" not in nodes:
        nodes["item"] = f"family:{given['family']}"
    return nodes


def _part(node: Node, depth: int | None) -> NodePart:
    is_cut = depth == 0 and bool(node.children)
    below = None if depth is None else depth - 1
    return NodePart(
        text=node.text,
        value="" if node.value is None else plain(node.value),
        kind=KINDS[node.type] if node.children or node.type in ("Optimum", "Person", "Source") else "",
        children=() if is_cut else tuple(_part(child, below) for child in node.children),
        more=sum(1 for _ in node.walk()) - 1 if is_cut else 0,
    )
