"""The map of the network: nodes in four columns, lanes as wide as what moves on them; drawn on the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise.core.table import UnknownName
from equipoise.pack.scope import families
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.network_flows import MARKET, PLACE, PLANT, SUPPLIER, Lane, Network, Node, read_network
from equipoise_web.reads.numbers import UNKNOWN, counted, shown
from equipoise_web.reads.supply_optimum import plan_at_hand

LAYERS: tuple[str | Promise, ...] = (
    gettext_lazy("Suppliers"),
    gettext_lazy("Plants"),
    gettext_lazy("Warehouses"),
    gettext_lazy("Markets"),
)
MOST_NODES = 8
"""Nodes of a column; the smallest beyond it stand together as others."""
OTHERS = "…"
"""Code of the node of others."""
SPAN = 12
"""Buckets shown where none are chosen: a year of months."""
NODE_WIDTH, NODE_HEIGHT, GAP, TOP = 178, 44, 20, 36
COLUMN = 330
"""Pixels from one column to the next."""
THINNEST, THICKEST = 1.5, 16.0
FULL_PCT, BUSY_PCT = 99.5, 85.0


@dataclass(frozen=True)
class MapNode:
    """A box: its corner, texts, link and how full it is."""

    x: float
    y: float
    name: str
    note: str
    link: str
    level: str
    """Class: calm, busy, full or short."""


@dataclass(frozen=True)
class MapLane:
    """A curve."""

    path: str
    width: float
    level: str
    words: str


@dataclass(frozen=True)
class LaneLine:
    """A lane as a row of the table."""

    begin: str
    end: str
    quantity: str
    used: str
    level: str
    level_label: str


@dataclass(frozen=True)
class NetworkPage:
    """The map and its table."""

    plan: Plan
    title: str
    subtitle: str
    nodes: tuple[MapNode, ...]
    lanes: tuple[MapLane, ...]
    heads: tuple[tuple[float, str], ...]
    width: float
    height: float
    lines: tuple[LaneLine, ...]
    nodes_short: tuple[MapNode, ...]
    """Markets that go short, for the table."""
    first: str
    last: str
    family: str
    buckets: tuple[tuple[str, str], ...]
    families: tuple[str, ...]


LEVELS: dict[str, str | Promise] = {
    "calm": "",
    "busy": gettext_lazy("◐ over 85%"),
    "full": gettext_lazy("▲ full"),
    "short": gettext_lazy("▲ short"),
}


def read_map(who: Access, *, first: str = "", last: str = "", family: str = "") -> NetworkPage:
    """What moves in the plan in force between two buckets (numbers; blank: the first year), of what the person sees.

    Raises NotAllowed, NoPlanYet, UnknownName for buckets or a family that there is not.
    """
    plan = plan_at_hand(who)
    begin, end = _span(plan, first, last)
    known = tuple(families(plan))
    if family and family not in known:
        raise UnknownName(_("There is no family %(name)s.") % {"name": family})
    found = grouped(read_network(who, plan, first=begin, last=end, family=family))
    words, label = words_of(plan.snapshot_id), plan.axes.calendar.label
    nodes, height = _placed(found)
    boxes = {node: _box(plan, words, found, node, at, f"{begin}") for node, at in nodes.items()}
    widths = _widths(found)
    lanes = sorted(found.lanes.values(), key=lambda lane: -lane.main[1])
    return NetworkPage(
        plan=plan,
        title=_title(words, found),
        subtitle=_("%(first)s to %(last)s, by what moves; lanes of one unit of measure are drawn to one scale")
        % {"first": label(begin), "last": label(end)},
        nodes=tuple(boxes.values()),
        lanes=tuple(_curve(words, lane, nodes, widths) for lane in lanes),
        heads=tuple((float(layer * COLUMN), str(name)) for layer, name in enumerate(LAYERS)),
        width=float(MARKET * COLUMN + NODE_WIDTH),
        height=height,
        lines=tuple(_line(words, lane) for lane in lanes),
        nodes_short=tuple(boxes[node] for node in nodes if boxes[node].level == "short"),
        first=str(begin),
        last=str(end),
        family=family,
        buckets=tuple((str(n), label(n)) for n in range(plan.axes.horizon)),
        families=known,
    )


def _span(plan: Plan, first: str, last: str) -> tuple[int, int]:
    numbers = (first or "0", last or str(min(SPAN, plan.axes.horizon) - 1))
    if not all(text.isdecimal() and int(text) < plan.axes.horizon for text in numbers):
        raise UnknownName(_("There is no such bucket in the plan."))
    begin, end = (int(text) for text in numbers)
    return min(begin, end), max(begin, end)


def grouped(found: Network) -> Network:
    """The same with at most MOST_NODES of each layer: the smaller ones are one node of others."""
    sizes: dict[Node, float] = dict.fromkeys(found.nodes, 0.0)
    for lane in found.lanes.values():
        for node in (lane.begin, lane.end):
            sizes[node] += lane.main[1]
    kept: set[Node] = set()
    for layer in range(len(LAYERS)):
        mine = sorted((n for n in sizes if n[0] == layer), key=lambda n: (-found.short.get(n, 0.0) - sizes[n], n))
        kept |= set(mine if len(mine) <= MOST_NODES else mine[: MOST_NODES - 1])

    def name(node: Node) -> Node:
        return node if node in kept else (node[0], OTHERS)

    lanes: dict[tuple[Node, Node], Lane] = {}
    for lane in found.lanes.values():
        ends = name(lane.begin), name(lane.end)
        into = lanes.setdefault(ends, Lane(*ends))
        for unit, quantity in lane.by_unit.items():
            into.by_unit[unit] += quantity
        if lane.used_pct is not None:
            into.used_pct = max(into.used_pct or 0.0, lane.used_pct)
    used: dict[Node, float] = {}
    for node, percent in found.used_pct.items():
        used[name(node)] = max(used.get(name(node), 0.0), percent)
    short: dict[Node, float] = {}
    for node, units in found.short.items():
        short[name(node)] = short.get(name(node), 0.0) + units
    return Network(lanes, used, short)


def _placed(found: Network) -> tuple[dict[Node, tuple[float, float]], float]:
    """Corner of each node, column by column, each as near as may be to those it gets from; and the height."""
    at: dict[Node, tuple[float, float]] = {}
    step = NODE_HEIGHT + GAP
    columns = {layer: [node for node in found.nodes if node[0] == layer] for layer in range(len(LAYERS))}
    tallest = max((len(nodes) for nodes in columns.values()), default=1)
    for layer, nodes in columns.items():
        ordered = sorted(nodes, key=lambda node: (node[1] == OTHERS, _pull(found, at, node), node[1]))
        begin = TOP + (tallest - len(ordered)) * step / 2
        for number, node in enumerate(ordered):
            at[node] = (float(layer * COLUMN), begin + number * step)
    return at, float(TOP + tallest * step)


def _pull(found: Network, at: Mapping[Node, tuple[float, float]], node: Node) -> float:
    """The mean height of what it gets from, by quantity."""
    lanes = [lane for lane in found.lanes.values() if lane.end == node and lane.begin in at]
    weight = sum(lane.main[1] for lane in lanes)
    return sum(lane.main[1] * at[lane.begin][1] for lane in lanes) / weight if weight else 0.0


def _widths(found: Network) -> dict[str, float]:
    """The largest quantity on a lane, by unit of measure."""
    largest: dict[str, float] = {}
    for lane in found.lanes.values():
        unit, quantity = lane.main
        largest[unit] = max(largest.get(unit, 0.0), quantity)
    return largest


def _curve(words: Words, lane: Lane, at: Mapping[Node, tuple[float, float]], largest: Mapping[str, float]) -> MapLane:
    (x1, y1), (x2, y2) = at[lane.begin], at[lane.end]
    unit, quantity = lane.main
    start, stop = x1 + NODE_WIDTH, x2 if x2 > x1 else x2 + NODE_WIDTH
    middle = (start + stop) / 2 if x2 > x1 else start + COLUMN / 4
    y1, y2 = y1 + NODE_HEIGHT / 2, y2 + NODE_HEIGHT / 2
    line = _line(words, lane)
    return MapLane(
        path=f"M{start:.0f} {y1:.0f}C{middle:.0f} {y1:.0f} {middle:.0f} {y2:.0f} {stop:.0f} {y2:.0f}",
        width=round(max(THINNEST, THICKEST * quantity / largest[unit]), 1),
        level=line.level,
        words=f"{line.begin} → {line.end}: {line.quantity}" + (f", {line.used}" if line.used != UNKNOWN else ""),
    )


def _line(words: Words, lane: Lane) -> LaneLine:
    level = level_of(lane.used_pct)
    quantities = sorted(lane.by_unit.items(), key=lambda pair: -pair[1])
    return LaneLine(
        begin=name_of(words, lane.begin),
        end=name_of(words, lane.end),
        quantity=", ".join(f"{shown(quantity)} {unit}".strip() for unit, quantity in quantities),
        used=UNKNOWN if lane.used_pct is None else f"{shown(lane.used_pct)}%",
        level=level,
        level_label=str(LEVELS[level]),
    )


def level_of(used_pct: float | None) -> str:
    """Class of how full something is.

    >>> level_of(None), level_of(84.9), level_of(85.0), level_of(100.0)
    ('calm', 'calm', 'busy', 'full')
    """
    if used_pct is None or used_pct < BUSY_PCT:
        return "calm"
    return "full" if used_pct >= FULL_PCT else "busy"


def name_of(words: Words, node: Node) -> str:
    """What people call a node."""
    layer, code = node
    if code == OTHERS:
        return _("Others")
    return code if layer == SUPPLIER else words.name("market" if layer == MARKET else "location", code)


def _box(plan: Plan, words: Words, found: Network, node: Node, at: tuple[float, float], begin: str) -> MapNode:
    used, short = found.used_pct.get(node), found.short.get(node, 0.0)
    level = "short" if short else level_of(used)
    sign = {"busy": "◐ ", "full": "▲ ", "short": "▲ "}.get(level, "")
    if short:
        note = _("%(units)s short") % {"units": shown(short)}
    elif used is not None:
        note = _("%(percent)s%% of its fullest line") % {"percent": shown(used)}
    else:
        note = ""
    return MapNode(at[0], at[1], name_of(words, node), f"{sign}{note}", _link(node), level)


def _link(node: Node) -> str:
    """The list of what concerns a node: limits that bind there, or what is short."""
    layer, code = node
    if layer == MARKET:
        query = {} if code == OTHERS else {"market": code}
        return f"{reverse('supply:shortages')}?{urlencode(query)}"
    if layer == SUPPLIER:
        return f"{reverse('supply:constraints')}?{urlencode({'kind': 'purchasing'})}"
    query = {} if code == OTHERS else {"site": code}
    return f"{reverse('supply:constraints')}?{urlencode(query)}"


def _title(words: Words, found: Network) -> str:
    """Who goes short, else what is full."""
    short = sorted(found.short, key=lambda node: -found.short[node])
    if short:
        said = ngettext(
            "%(n)s market goes short, most of all %(name)s", "%(n)s markets go short, most of all %(name)s", len(short)
        )
        return said % {"n": counted(len(short)), "name": name_of(words, short[0])}
    full = [node for node, used in found.used_pct.items() if level_of(used) == "full"]
    if full:
        return _("Every market is served, with %(name)s at its limit") % {"name": name_of(words, full[0])}
    return _("Every market is served, and no plant is full")


assert tuple(range(len(LAYERS))) == (SUPPLIER, PLANT, PLACE, MARKET), "a layer of the map has no name"
