"""Limits per bucket of lanes, subcontractors and suppliers: of one item, or shared by all items below a node.

An item's own limit and the limit of a node above it both hold: the truck is shared, whoever has a quota in it. A lane's
limit in another unit (capacity_uom) counts each item by its factor to it (`volumes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.rates import first_bucket_from
from equipoise.supply.findings import LIMIT_IN_OTHER_UNIT
from equipoise.supply.network.routes import PURCHASE, SUBCONTRACT
from equipoise.supply.network.volumes import per_unit


@dataclass(frozen=True, eq=False)
class Limit:
    """The sum of some rows of grain make or flow, bucket by bucket, lies between `least` and `most`."""

    block: Literal["make", "ship"]
    members: IntArray
    """Rows of the grain, [k]."""
    most: FloatArray
    """[T], inf: none."""
    least: FloatArray
    """[T], 0: none."""
    where: str
    weights: FloatArray | None = None
    """[k] how much of the limit a unit of each member takes; None: one each."""
    table: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    """The table and the codes of the columns that name the rows it was read from."""

    @property
    def per_unit(self) -> FloatArray:
        """The weights, ones where none are given, [k]."""
        return np.ones(len(self.members)) if self.weights is None else self.weights


@dataclass(frozen=True)
class _Source:
    """How rows of a table find rows of a grain: two exact columns, and the label of the second one in the grain."""

    block: Literal["make", "ship"]
    grain: Grain
    columns: tuple[str, str]
    prefix: str
    words: str
    table: str


_LANES = _Source("ship", Grain.FLOW, ("from_location", "to"), "", "lane", "lanes")
_SUBCONTRACTORS = _Source(
    "make", Grain.MAKE, ("location", "supplier"), SUBCONTRACT, "subcontracting at", "subcontracting"
)
_SUPPLIERS = _Source("make", Grain.MAKE, ("location", "supplier"), PURCHASE, "purchasing at", "purchasing")


def read_limits(
    axes: Axes,
    lanes: pl.DataFrame,
    subcontracting: pl.DataFrame,
    purchasing: pl.DataFrame,
    *,
    items: pl.DataFrame,
    uoms: pl.DataFrame,
) -> tuple[tuple[Limit, ...], list[Finding]]:
    """Every limit of the three tables, in the order of their keys; those of lanes in other units after the others."""
    findings: list[Finding] = []
    limits = _limits(axes, lanes.filter(pl.col("capacity_uom") == ""), _LANES)
    limits += _limits(axes, subcontracting, _SUBCONTRACTORS) + _limits(axes, purchasing, _SUPPLIERS)
    item = axes.keys[Grain.FLOW].column("item")
    other = lanes.filter((pl.col("capacity_uom") != "") & pl.col("max_qty").is_not_null())
    for uom in sorted(set(other["capacity_uom"].to_list())):
        factor = per_unit(axes, items, uoms, uom)[item]
        for limit in _limits(axes, other.filter(pl.col("capacity_uom") == uom), _LANES):
            weights = factor[limit.members]
            unknown = int(np.isnan(weights).sum())
            if unknown:
                text = f"{unknown} items have no factor to {uom} for the limit of {limit.where}"
                findings.append(LIMIT_IN_OTHER_UNIT.found("table lanes", text, count=unknown))
            if unknown < len(weights):
                where = f"{limit.where} in {uom}"
                limits.append(replace(limit, weights=np.nan_to_num(weights), where=where))
    return tuple(limits), findings


def _limits(axes: Axes, frame: pl.DataFrame, source: _Source) -> list[Limit]:
    has_least = "min_qty" in frame.columns
    rows_of = _rows_by_ends(axes, source)
    first, second = source.columns
    wanted = pl.col("max_qty").is_not_null()
    if has_least:
        wanted |= pl.col("min_qty").fill_null(0.0) > 0
    nodes = frame.filter(wanted).select("item", first, second).unique().sort("item", first, second)
    lines: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for line in frame.sort("valid_from", nulls_last=False, maintain_order=True).iter_rows(named=True):
        lines.setdefault((line["item"], line[first], line[second]), []).append(line)
    items = axes.keys[source.grain].column("item")
    limits = []
    for node, a, b in nodes.iter_rows():
        rows = rows_of.get((a, source.prefix + b), np.zeros(0, dtype=np.int64))
        below = np.zeros(len(axes.items), dtype=np.bool_)
        below[axes.items.positions(node)] = True
        members = rows[below[items[rows]]] if len(rows) else rows
        if not len(members):
            continue
        mine = lines[node, a, b]
        most = _dated(axes, mine, "max_qty", np.inf)
        least = _dated(axes, mine, "min_qty", 0.0) if has_least else np.zeros(axes.horizon)
        where = f"{source.words} {a} {'to ' if source.block == 'ship' else 'from '}{b} / {node or 'all items'}"
        keys = (("item", node), (first, a), (second, b))
        limits.append(Limit(source.block, members, most, least, where, table=source.table, keys=keys))
    return limits


def _rows_by_ends(axes: Axes, source: _Source) -> dict[tuple[str, str], IntArray]:
    """Rows of the grain by the codes of their two last dimensions."""
    keys = axes.keys[source.grain]
    found: dict[tuple[str, str], list[int]] = {}
    for row, (a, b) in enumerate(zip(keys.columns[1].tolist(), keys.columns[2].tolist(), strict=True)):
        found.setdefault((keys.codes[1][a], keys.codes[2][b]), []).append(row)
    return {ends: np.array(rows, dtype=np.int64) for ends, rows in found.items()}


def _dated(axes: Axes, lines: Sequence[Mapping[str, Any]], column: str, blank: float) -> FloatArray:
    """The value in force in each bucket, `blank` where there is none, [T]; `lines` from the oldest to the newest."""
    values = np.full(axes.horizon, blank)
    for line in lines:
        if line[column] is not None:
            begin = 0 if line["valid_from"] is None else first_bucket_from(axes, line["valid_from"])
            values[begin:] = line[column]
    return values
