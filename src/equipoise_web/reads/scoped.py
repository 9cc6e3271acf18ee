"""A plan as one person may see it: the same plan with every cell outside the person's scope masked.

Cached plans are unfiltered; every page, API answer and export goes through here. In rows outside the scope additive
measures are 0, so that totals are those of the scope, and others are unknown. A measure that the person may not read is
unknown everywhere. Own measures never depend on what lies outside (algebra.md section 10); pooled ones need the right
to see them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import overload

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.adjustment import Scope
from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Posting, Section
from equipoise.plan import Plan
from equipoise_web.access import Access, Held, Right
from equipoise_web.reads.scoped_tables import scoped_snapshot

DIMENSIONS = {
    Grain.DEMAND: ("item", "market"),
    Grain.STOCK: ("item", "location"),
    Grain.FLOW: ("item", "location", "market"),
    Grain.MAKE: ("item", "location"),
    Grain.RESOURCE: ("resource",),
}
"""Dimensions of a scope that part the rows of each grain."""


def scoped_plan(plan: Plan, who: Access) -> Plan:
    """The plan for this person's eyes; the plan itself where nothing is hidden from them."""
    if sees_all(who):
        return plan
    sections = _MaskedSections(plan, who)
    snapshot = scoped_snapshot(plan.snapshot, plan.axes, who)
    seen = replace(plan, snapshot=snapshot, sections=sections, findings=())
    # A view goes by the name of the plan it is a view of: pages and links name what was published.
    vars(seen)["digest"] = plan.digest
    return seen


def sees_all(who: Access) -> bool:
    """True if the person may see every cell of every measure."""
    return who.sees_all


def nodes_in_scope(axes: Axes, who: Access, asked: Mapping[str, str]) -> dict[str, str]:
    """The nodes asked about, narrowed to the person's scope where they are blank and there is one scope.

    Raises NotAllowed if they reach beyond it: an explanation names what it was made from.
    """
    nodes = dict(asked)
    if sees_all(who):
        return nodes
    reading = [held for held in who.held if held.gives(Right.READ)]
    if len({held.scope for held in reading}) == 1:
        scope = reading[0].scope
        for name in ("item", "market", "location", "resource"):
            mine = getattr(scope, name)
            if mine and not nodes.get(name) and not (name == "item" and nodes.get("family")):
                nodes[name] = mine
    item = nodes.get("item") or (f"family:{nodes['family']}" if nodes.get("family") else "")
    scope = Scope(item, nodes.get("market", ""), nodes.get("location", ""), nodes.get("resource", ""))
    who.require(Right.READ, scope=scope, axes=axes)
    return nodes


def visible_rows(axes: Axes, grain: Grain, who: Access, measure: str) -> BoolArray:
    """Rows of a grain in which the person may read a measure, [N], not to be written to."""
    return _visible(axes, grain, who.held, who.limit, measure)


@lru_cache(maxsize=256)
def _visible(
    axes: Axes, grain: Grain, grants: tuple[Held, ...], limit: frozenset[Right] | None, measure: str
) -> BoolArray:
    """The same by what is held, which is read anew for each request: what is kept here never outlives a right."""
    seen = np.zeros(len(axes.keys[grain]), dtype=np.bool_)
    if Access(0, "", grants, limit=limit).may(Right.READ, measure=measure):
        for held in grants:
            if held.gives(Right.READ, measure=measure):
                seen[_rows(axes, grain, held)] = True
    seen.setflags(write=False)
    return seen


def _rows(axes: Axes, grain: Grain, held: Held) -> BoolArray:
    nodes = {name: getattr(held.scope, name) for name in DIMENSIONS[grain]}
    inside = np.zeros(len(axes.keys[grain]), dtype=np.bool_)
    if grain is Grain.FLOW and nodes["market"]:
        # A lane to a market lies in the market's scope; lanes between locations serve all markets alike.
        nodes = {"item": nodes["item"], "market": nodes["market"]}
    if all(not node or axes.hierarchy(name).knows(node) for name, node in nodes.items()):
        inside[axes.rows(grain, nodes)] = True
    if grain is Grain.RESOURCE and held.scope.location:
        inside &= _stand_at(axes, held.scope.location)
    return inside


def _stand_at(axes: Axes, location: str) -> BoolArray:
    """Resources that stand at a location, or at one below it, [N]."""
    if not axes.locations.knows(location):
        return np.zeros(len(axes.resources), dtype=np.bool_)
    places = {axes.locations.leaves[place] for place in axes.locations.positions(location).tolist()}
    return np.array([place in places for place in axes.resources.codes("location")], dtype=np.bool_)


class _Masked(Mapping[str, FloatArray]):
    """The measures of a panel, masked when one is asked for."""

    def __init__(self, panel: Panel, axes: Axes, who: Access) -> None:
        self.panel, self.axes, self.who = panel, axes, who

    def __getitem__(self, name: str) -> FloatArray:
        return self.part(name, slice(None))

    def part(self, name: str, rows: IntArray | slice) -> FloatArray:
        """Some rows of a measure, masked."""
        values = np.asarray(self.panel.measures[name])[rows]
        if not self.who.may(Right.READ, measure=name):
            return np.full(values.shape, np.nan)
        seen = visible_rows(self.axes, self.panel.grain, self.who, name)[rows]
        hidden = 0.0 if measure_named(name).is_additive else np.nan
        masked: FloatArray = np.where(seen[:, None], values, hidden)
        return masked

    def __contains__(self, name: object) -> bool:
        return name in self.panel.measures  # the mixin would mask a measure to say whether there is one

    def __iter__(self) -> Iterator[str]:
        return iter(self.panel.measures)

    def __len__(self) -> int:
        return len(self.panel.measures)


class _MaskedPanel(Panel):
    """A panel whose measures are masked one by one, when they are read."""

    measures: _Masked

    def __post_init__(self) -> None:
        """Nothing to check: the panel behind it was checked when it was made."""

    def part(self, name: str, rows: IntArray) -> FloatArray:
        """Some rows of one measure: the others need not be masked for them."""
        return self.measures.part(name, rows)


def behind(panel: Panel) -> Panel:
    """The panel that a person's own one masks; itself where nothing is hidden."""
    return panel.measures.panel if isinstance(panel.measures, _Masked) else panel


def seen_of(panel: Panel, name: str) -> BoolArray | None:
    """Rows in which a measure of a person's panel is not masked, [N]; None for all."""
    masked = panel.measures
    return visible_rows(masked.axes, panel.grain, masked.who, name) if isinstance(masked, _Masked) else None


class _MaskedPostings(Sequence[Posting]):
    """The postings of a section, masked when the first is asked for: a page of numbers needs none."""

    def __init__(self, section: Section, axes: Axes, who: Access) -> None:
        self.section, self.axes, self.who = section, axes, who

    @cached_property
    def seen(self) -> tuple[Posting, ...]:
        """Postings of the measures that the person may read, in the rows of their scope."""
        grains = {name: panel.grain for panel, name in self.section.measures()}
        return tuple(
            _mask_posting(posting, visible_rows(self.axes, grains[posting.measure], self.who, posting.measure))
            for posting in self.section.postings
            if self.who.may(Right.READ, measure=posting.measure)
        )

    @overload
    def __getitem__(self, at: int) -> Posting: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Posting]: ...
    def __getitem__(self, at: int | slice) -> Posting | Sequence[Posting]:
        return self.seen[at]

    def __len__(self) -> int:
        return len(self.seen)


class _MaskedSections(Mapping[str, Section]):
    """The sections of a plan, masked one by one, when they are read."""

    def __init__(self, plan: Plan, who: Access) -> None:
        self.sections, self.axes, self.who = plan.sections, plan.axes, who
        self.masked: dict[str, Section] = {}

    def __getitem__(self, name: str) -> Section:
        if name not in self.masked:
            self.masked[name] = _mask(self.sections[name], self.axes, self.who)
        return self.masked[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.sections)

    def __len__(self) -> int:
        return len(self.sections)


def _mask(section: Section, axes: Axes, who: Access) -> Section:
    panels = tuple(_MaskedPanel(p.keys, _Masked(p, axes, who), p.first) for p in section.panels)
    facts = {name: value for name, value in section.facts.items() if isinstance(value, str)}
    postings = _MaskedPostings(section, axes, who)
    return Section(section.stage, panels=panels, postings=postings, facts=facts)


def _mask_posting(posting: Posting, seen: BoolArray) -> Posting:
    kept = seen[posting.rows]
    return replace(posting, rows=posting.rows[kept], buckets=posting.buckets[kept], amounts=posting.amounts[kept])
