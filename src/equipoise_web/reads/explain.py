"""Why a number is so, as a page: the number, where it stands, and the tree down to people and source rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.catalog import measure_named
from equipoise.core.table import UnknownName
from equipoise.explain import Node, explain
from equipoise.pack.headline import plural
from equipoise.plan import Plan
from equipoise_web.reads.numbers import plain

PANEL_DEPTH = 3
"""Levels of the tree in the side panel."""
OPEN_DEPTH = 3
"""Levels of the tree that stand open on the page; those below unfold."""
DIMENSIONS = ("item", "market", "location", "resource")
KINDS: dict[str, str | Promise] = {
    "Share": gettext_lazy("a share of it"),
    "Optimum": gettext_lazy("chosen by the optimizer"),
    "Person": gettext_lazy("contributed"),
    "Source": gettext_lazy("from the data"),
}
"""Words for how a line comes to be; sums and products say it themselves."""


@dataclass(frozen=True)
class NodePart:
    """A line of the tree; `kind` says in words how it comes to be, blank where the line above says it."""

    text: str
    value: str
    kind: str | Promise
    children: tuple["NodePart", ...]
    below: int
    """Lines below it, shown or not."""
    is_folded: bool = False
    """True if the lines below unfold only when asked."""
    path: str = ""
    """Which child of which child it is, such as `0.2`; blank for the top."""
    adjustment: str = ""
    """Id of the change that a person made; blank for other lines."""
    is_source: bool = False


@dataclass(frozen=True)
class Crumb:
    """A line above the one that is looked at."""

    text: str
    value: str
    path: str


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
    trail: tuple["Crumb", ...] = ()
    """The lines above the one that the tree begins with, from the top."""


def read_why(
    plan: Plan, measure: str, *, bucket: str, nodes: Mapping[str, str], is_panel: bool = False, path: str = ""
) -> WhyPage:
    """The explanation of a cell, whole, from the line `path` down, or as much of it as a side panel holds.

    `nodes` are codes by dimension or by level (family). Raises UnknownName or UnknownCell where there is no such cell
    or line.
    """
    found = explain(plan, measure, bucket=bucket, **nodes_asked(nodes))
    line, trail = _walked(found.node, path)
    declared = measure_named(measure)
    value = plain(found.value)
    places = [node.partition(":")[2] or node for name, node in found.where.items() if name != "bucket"]
    unit = plural(found.unit) if found.value != 1 else found.unit
    return WhyPage(
        measure=measure,
        title=_("Why %(value)s") % {"value": value if is_panel else f"{value} {unit}".strip()},
        label=declared.label,
        where=", ".join([*(places or [_("All families")]), found.where["bucket"]]),
        value=value,
        unit=unit,
        meaning=declared.meaning,
        tree=_part(line, "", PANEL_DEPTH if is_panel else None, path=path),
        trail=trail,
    )


def _walked(top: Node, path: str) -> tuple[Node, tuple[Crumb, ...]]:
    """The line of a path, and those above it; UnknownName where there is none."""
    line, trail, so_far = top, list[Crumb](), ""
    for step in path.split(".") if path else ():
        if not (step.isdecimal() and len(step) < 6 and int(step) < len(line.children)):
            raise UnknownName(_("this explanation has no line %(path)s; begin at its top") % {"path": path})
        trail.append(Crumb(line.text, "" if line.value is None else plain(line.value), so_far))
        line, so_far = line.children[int(step)], f"{so_far}.{step}".lstrip(".")
    return line, tuple(trail)


def nodes_asked(given: Mapping[str, str]) -> dict[str, str]:
    """The nodes an explanation takes: a family is a node of the item dimension, an item narrows it further.

    >>> nodes_asked({"family": "Laundry care", "item": "", "market": "online"})
    {'market': 'online', 'item': 'family:Laundry care'}
    """
    nodes = {name: given[name] for name in DIMENSIONS if given.get(name)}
    if given.get("family") and "item" not in nodes:
        nodes["item"] = f"family:{given['family']}"
    return nodes


def _part(node: Node, above: str, levels: int | None, *, depth: int = 0, path: str = "") -> NodePart:
    """The line of a node below one of type `above`, with the lines of `levels` more levels (None: all)."""
    is_cut = levels == 0
    rest = None if levels is None else levels - 1
    return NodePart(
        text=node.text,
        value="" if node.value is None else plain(node.value),
        kind=KINDS.get(node.type, "") if node.type != above else "",
        children=()
        if is_cut
        else tuple(
            _part(child, node.type, rest, depth=depth + 1, path=f"{path}.{number}".lstrip("."))
            for number, child in enumerate(node.children)
        ),
        below=sum(1 for _line in node.walk()) - 1,
        is_folded=_is_folded(node, levels, depth),
        path=path,
        adjustment=node.ref,
        is_source=node.type == "Source",
    )


def _is_folded(node: Node, levels: int | None, depth: int) -> bool:
    """Rows of a table unfold when asked: what people did stands before them. So does what lies deep, on the page."""
    rows = sum(1 for child in node.children if child.type == "Source")
    return (rows > 1 and rows == len(node.children)) or (levels is None and depth >= OPEN_DEPTH)
