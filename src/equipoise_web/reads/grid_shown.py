"""Which rows of a plan a view shows to a person, and the tree that they make."""

import numpy as np

from equipoise.catalog import measure_named
from equipoise.core.axes import Axes
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan
from equipoise.stored_rollups import layout_of
from equipoise_web.access import Access, Right
from equipoise_web.reads.grid_lines import parts_of
from equipoise_web.reads.grid_outline import outline_of
from equipoise_web.reads.grid_tree import GridTree, build_tree
from equipoise_web.reads.grid_view import CONSENSUS, LOAD_HOURS, LOAD_PCT, MONEY, GridView
from equipoise_web.reads.grid_window import tree_of
from equipoise_web.reads.scoped import sees_all, visible_rows


def tree_for(plan: Plan, view: GridView, who: Access, held: tuple[str, ...]) -> GridTree:
    """The tree of a view's rows; of a plan with many rows, of those that the reader has before the eyes."""
    axes, levels = plan.axes, view.levels(plan.axes)
    if all(layout_of(axes, grain) is None for grain in _grains(view)):
        return build_tree(axes, levels, shown_rows(plan, view, who))
    key = (view.measures, who.held, who.limit)
    return tree_of(outline_of(axes, levels, view.nodes, key, lambda: shown_rows(plan, view, who)), view.opened, held)


def shown_rows(plan: Plan, view: GridView, who: Access) -> dict[Grain, BoolArray]:
    """Rows of every grain that the lines need, below the view's nodes and in the person's scope."""
    nodes = dict(view.nodes)
    found = {}
    for grain, parts in _grains(view).items():
        known = set(_dimensions(grain))
        inside = np.zeros(len(plan.axes.keys[grain]), dtype=np.bool_)
        inside[plan.axes.rows(grain, {dim: node for dim, node in nodes.items() if dim in known})] = True
        if not sees_all(who):
            inside &= np.any([visible_rows(plan.axes, grain, who, part) for part in parts], axis=0)
        if grain is Grain.MAKE and plan.axes.lines is not None and _has_lines(view, plan.axes):
            inside &= plan.axes.lines >= 0  # what is bought lies on no line
        found[grain] = inside
    return found


def _grains(view: GridView) -> dict[Grain, list[str]]:
    """The stored measures that the lines are made of, by their grain: a ratio may take its parts from two."""
    found: dict[Grain, list[str]] = {}
    for part in dict.fromkeys(part for line in (*view.measures, MONEY) for part in parts_of(line)):
        grain = measure_named(part).grain
        assert grain is not None, part
        found.setdefault(grain, []).append(part)
    return found


def _has_lines(view: GridView, axes: Axes) -> bool:
    return any(level.dimension == "resource" for level in view.levels(axes))


def may_read(who: Access, name: str) -> bool:
    """Load rests on what everybody asks for, so it is pooled as the load of the plan is."""
    if name in (LOAD_PCT, LOAD_HOURS):
        return who.may(Right.SEE_POOLED) and who.may(Right.READ, measure=CONSENSUS)
    return who.may(Right.READ, measure=CONSENSUS if name == MONEY else name)


def _dimensions(grain: Grain) -> tuple[str, ...]:
    more = {Grain.FLOW: ("location", "market"), Grain.MAKE: ("resource",)}
    return (*grain.dimensions, *more.get(grain, ()))
