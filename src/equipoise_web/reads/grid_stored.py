"""Which stored sums hold for a line of a grid: those of the published plan, and beside them the rows that moved since.

A person's plan masks the published one, and an estimate replaces some of its arrays. What is stored is true of an array
that is the published one's own; of another it is true but for the rows that differ.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain, Measure
from equipoise.core.measure import Unit as MeasureUnit
from equipoise.core.panel import Panel
from equipoise.plan import Plan
from equipoise.stored_rollups import layout_of, sums_of, sums_of_cells, worth
from equipoise_web.reads.grid_view import Unit
from equipoise_web.reads.plans import open_plan, open_rollups
from equipoise_web.reads.scoped import behind, seen_of
from equipoise_web.reads.standing_hours import hours_per_unit

PRICE_OF = {Grain.DEMAND: "sales_net_price", Grain.STOCK: "cost_standard_price"}
"""At what the quantities of a grain are worth money."""
MOST_KEPT = 64
"""Pairs of arrays of which it is known in which rows they differ, or which they have in common."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Stored:
    """Sums of a measure in a unit."""

    sums: FloatArray
    """[S, T], of the published plan, all of it."""
    seen: BoolArray | None
    """Rows that the person sees, [N]; None for all."""
    moved: BoolArray | None
    """Rows that are others by now, [N]; None for none."""


def stored_line(plan: Plan, base: Plan, panel: Panel, measure: Measure, unit: Unit) -> Stored | None:
    """What is stored of a measure, `panel` being the plan's; None where it is to be summed from rows."""
    if layout_of(plan.axes, panel.grain) is None:
        return None
    if measure.unit is not MeasureUnit.QUANTITY:
        unit = "base"
    names = (measure.name, PRICE_OF.get(panel.grain, "")) if unit == "money" else (measure.name,)
    seen, moved = [seen_of(panel, measure.name)], [rows_moved(plan, base, measure.name)]
    for price in filter(None, names[1:]):
        seen.append(seen_of(plan.section_of(price).panel_of(price), price))
        moved.append(rows_moved(plan, base, price))
    if moved[0] is not None and units_differ(open_plan(base.digest)):
        return None
    sums = open_rollups(base.digest).of(
        measure.name if unit == "base" else f"{measure.name}.{unit}", partial(_made, base.digest, measure, unit)
    )
    return None if sums is None else Stored(sums, _both(seen, np.logical_and), _both(moved, np.logical_or))


def at_price(plan: Plan, grain: Grain, rows: IntArray, cells: FloatArray) -> FloatArray:
    """Cells at the net price of their market, or the standard cost of their location; unknown without one."""
    if grain not in PRICE_OF:
        return worth(cells, np.full(cells.shape, np.nan))
    name = PRICE_OF[grain]
    return worth(cells, plan.section_of(name).panel_of(name).part(name, rows))


def _made(digest: str, measure: Measure, unit: Unit) -> FloatArray | None:
    """The sums where they are not stored, from all rows of the published plan."""
    plan = open_plan(digest)
    panel = plan.section_of(measure.name).panel_of(measure.name)
    if unit == "base":
        return sums_of(plan, panel, measure.name)
    values, items = np.asarray(panel[measure.name]), panel.keys.column("item")
    if unit == "money":
        if panel.first != 0 or values.shape[1] != plan.axes.horizon:
            return None
        priced = at_price(plan, panel.grain, np.arange(len(values)), values)
        return sums_of_cells(plan.axes, panel.grain, priced, MeasureUnit.MONEY)
    factors = hours_per_unit(plan).sum(axis=1) if unit == "hours" else plan.volume_factors
    cells = on_grid(values * factors[items][:, None], QUANTITY_STEP)
    return sums_of_cells(plan.axes, panel.grain, cells, MeasureUnit.QUANTITY)


@lru_cache(maxsize=4)
def stored_uses(digest: str) -> FloatArray:
    """For every pair of nodes of the grain of demand how many of its rows use each resource, [S, resources]."""
    plan = open_plan(digest)
    items = plan.axes.keys[Grain.DEMAND].column("item")
    layout = layout_of(plan.axes, Grain.DEMAND)
    assert layout is not None, "sums of demand are not stored"
    return layout.sums((hours_per_unit(plan)[items] > 0).astype(np.float64))


def rows_moved(plan: Plan, base: Plan, name: str) -> BoolArray | None:
    """Rows of a measure that differ from the published plan's, [N], whoever asks; None where the array is its own."""
    if plan is base:
        return None
    now, was = (behind(each.section_of(name).panel_of(name))[name] for each in (plan, base))
    return None if now is was else _kept(_differing, now, was)


def _differing(now: Array, was: Array) -> BoolArray:
    differs = (now != was) & ~(np.isnan(now) & np.isnan(was))
    return np.asarray(differs.any(axis=1))


_of_two: OrderedDict[tuple[object, int, int], tuple[Array, Array, BoolArray]] = OrderedDict()


def _kept(how: Callable[[Array, Array], BoolArray], one: Array, other: Array) -> BoolArray:
    """What is worked out of two arrays that never change, by their identities: they are kept so that no others take
    them."""
    key = how, id(one), id(other)
    if key not in _of_two:
        _of_two[key] = one, other, how(one, other)
        while len(_of_two) > MOST_KEPT:
            _of_two.popitem(last=False)
    return _of_two[key][2]


def units_differ(plan: Plan) -> bool:
    """True if items are counted in more than one base unit."""
    return bool(plan.item_units.min(initial=0) != plan.item_units.max(initial=0))


def _both(masks: list[BoolArray | None], how: Callable[[Array, Array], BoolArray]) -> BoolArray | None:
    """Masks joined; the one that is there where the other is not."""
    found = [mask for mask in masks if mask is not None]
    if len(found) < 2:
        return found[0] if found else None
    return _kept(how, found[0], found[1])
