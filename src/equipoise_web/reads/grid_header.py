"""What the page of a planning grid is told beside its numbers: what rows, lines and columns are called, what may be
typed in which of them, and the units that they count in.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.catalog import MEASURE_BY_NAME
from equipoise.core.axes import Axes
from equipoise.core.measure import Grain
from equipoise.core.measure import Unit as MeasureUnit
from equipoise.demand.measures import FUNCTION_MEASURES
from equipoise.plan import Plan
from equipoise_web.access import Access
from equipoise_web.reads.grid_columns import Columns
from equipoise_web.reads.grid_lines import OWN, label_of
from equipoise_web.reads.grid_node_names import Names, in_array, node_names
from equipoise_web.reads.grid_numbers import Numbers
from equipoise_web.reads.grid_outline_tree import OutlineTree
from equipoise_web.reads.grid_tree import GridTree
from equipoise_web.reads.grid_view import (
    CONSENSUS,
    LOAD_HOURS,
    LOAD_PCT,
    MONEY,
    GridView,
    Level,
    Unit,
    editable_measures,
)
from equipoise_web.reads.in_words import TABLES, words_of

BASELINE = "demand_baseline_qty"
DEMAND_STAGES = ("portfolio", "prices", "baseline", "demand")
"""Stages that an estimate folds anew."""


def head_of(
    numbers: Numbers, view: GridView, who: Access, tree: GridTree, columns: Columns, lines: tuple[str, ...]
) -> dict[str, Any]:
    """The header but for what changes with every edit, kept with the tree that it tells of."""
    may = editable_measures(who) if numbers.scenario else {}
    # Columns are those of the view, its plan and the language.
    language = get_language()
    key = ("head", language, view, numbers.base.digest, numbers.scenario, tuple(may.items()))
    if key not in tree.kept:
        said = _described(language, lines, view.measures, view.unit, tuple(may.items()))
        tree.kept[key] = _header(numbers, view, who, tree, columns, lines, said)
    found: dict[str, Any] = tree.kept[key]
    return found


def standing_of(numbers: Numbers) -> dict[str, Any]:
    """What of the header changes with every edit."""
    return {"fingerprint": numbers.fingerprint, "is_exact": numbers.is_exact}


def is_later(name: str) -> bool:
    """True for what only the exact plan makes anew: until then it is the last plan's."""
    return name not in OWN and MEASURE_BY_NAME[name].stage not in DEMAND_STAGES


def _header(
    numbers: Numbers,
    view: GridView,
    who: Access,
    tree: GridTree,
    columns: Columns,
    lines: tuple[str, ...],
    said: list[dict[str, Any]],
) -> dict[str, Any]:
    labels = np.full(len(tree), _whole(who), dtype=object)
    for at, level in zip(tree.at[1:], tree.levels, strict=True):
        labels[at] = _labels_at(numbers.base.snapshot_id, numbers.plan.axes, level)[tree.number[at]]
    return {
        "scenario": numbers.scenario,
        "digest": numbers.base.digest,
        "currency": numbers.base.head.currency,
        "uom": _uom(numbers.plan, view, tree),
        "shape": (len(lines), len(tree), len(columns)),
        "columns": columns.described,
        "lines": said,
        "leading": lines.index(CONSENSUS) if CONSENSUS in lines else 0,
        "baseline": lines.index(BASELINE) if BASELINE in lines else -1,
        "keys": tree.keys,
        "labels": tuple(labels.tolist()),
        "depth": tree.depth.tolist(),
        **_window(tree),
    }


@lru_cache(maxsize=64)
def _labels_at(snapshot: str, axes: Axes, level: Level) -> Names:
    """What each node of a level is called, by its number: sites above lines have the names of table locations."""
    names = words_of(snapshot).names
    named_in = level.name if level.name in TABLES else level.dimension
    return in_array([names.get((named_in, code), code) or "–" for code in node_names(axes, level)])


@lru_cache(maxsize=256)
def _described(
    _language: str | None,
    lines: tuple[str, ...],
    measures: tuple[str, ...],
    unit: Unit,
    may: tuple[tuple[str, str], ...],
) -> list[dict[str, Any]]:
    """What the header says of each line; not to be written to."""
    edit = dict(may)
    return [
        {
            "name": name,
            "label": label_of(name),
            "kind": _kind(name, unit),
            "edit": edit.get(name, ""),
            "is_later": is_later(name) or name in (LOAD_PCT, LOAD_HOURS),
            "is_function": name in FUNCTION_MEASURES.values(),
            "is_foot": name == MONEY and MONEY not in measures,
        }
        for name in lines
    ]


def _window(tree: GridTree) -> dict[str, Any]:
    """Of a tree that is not held whole: children of each row that are not held, and which child is the first."""
    if not isinstance(tree, OutlineTree) or not tree.not_held:
        return {}
    return {"hidden": tree.hidden.tolist(), "begins": tree.begins.tolist()}


def _uom(plan: Plan, view: GridView, tree: GridTree) -> str:
    """The unit that all items with rows of demand share; blank where they share none."""
    if view.unit == "volume":
        return plan.head.volume_uom
    key = ("uom", plan.snapshot_id)
    if key not in tree.shared:
        items = plan.axes.keys[Grain.DEMAND].column("item")[tree.rows(Grain.DEMAND)]
        units = plan.item_units[items]
        is_one = len(units) > 0 and units.min() == units.max()
        tree.shared[key] = plan.base_uoms[plan.axes.items.leaves[items[0]]] if is_one else ""
    found: str = tree.shared[key]
    return found


def _whole(who: Access) -> str:
    return _("Total") if who.is_everywhere else _("Total (your scope)")


def _kind(name: str, unit: Unit) -> str:
    """What is shown: `qty`, `amount`, `hours`, `pct`, `load` (alarms above 100), `days`."""
    if name == LOAD_PCT:
        return "load"
    if name in (LOAD_HOURS, MONEY):
        return "hours" if name == LOAD_HOURS else "amount"
    own = MEASURE_BY_NAME[name].unit
    if own is MeasureUnit.QUANTITY:
        return {"money": "amount", "hours": "hours"}.get(unit, "qty")
    return "load" if name == "capacity_load_pct" else own.value
