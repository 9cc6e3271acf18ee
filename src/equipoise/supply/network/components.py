"""Bills of material: what stock each own route takes per unit started, and what comes out beside the item.

need = started × quantity_per × (1 + scrap_pct / 100), taken where and when production starts (tables.md, Components).
A by-product or co-product comes out with the item, where and when it arrives: started × quantity_per, less what is lost
on the way, × (1 − scrap_pct / 100). It enters stock like anything made: demand for it may be served from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.findings import COMPONENT_NOT_STOCKED

OUTPUTS = ("by_product", "co_product")


@dataclass(frozen=True, eq=False)
class Components:
    """B pairs of a route and a stock row, with units taken (or given) per unit started, [B, T] by start bucket."""

    route: IntArray
    stock: IntArray
    quantity: FloatArray


def read_components(
    axes: Axes, bom: pl.DataFrame, is_own: BoolArray, stock_rows: Mapping[tuple[str, str], int]
) -> tuple[Components, Components, list[Finding]]:
    """What goes in and what comes out of each own route.

    Bills in force; rows for a location go before rows for all locations, item by item, the two sorts apart.
    """
    is_output = pl.col("type").is_in(OUTPUTS)
    missing: set[tuple[str, str]] = set()
    taken = _pairs(axes, bom.filter(~is_output), is_own, stock_rows, loss=1.0, missing=missing)
    given = _pairs(axes, bom.filter(is_output), is_own, stock_rows, loss=-1.0, missing=missing)
    findings: list[Finding] = []
    for component, location in sorted(missing):
        text = f"{component} is used at {location} but not stocked there"
        findings.append(COMPONENT_NOT_STOCKED.found(f"item {component} / location {location}", text))
    return taken, given, findings


def _pairs(
    axes: Axes,
    lines: pl.DataFrame,
    is_own: BoolArray,
    stock_rows: Mapping[tuple[str, str], int],
    *,
    loss: float,
    missing: set[tuple[str, str]],
) -> Components:
    """Routes × stock rows of some lines; scrap adds `loss` × its percent to the quantity per unit started."""
    by_item: dict[str, list[dict[str, Any]]] = {}
    for line in lines.sort("item", "component", "location", "valid_from", "quantity_per").iter_rows(named=True):
        by_item.setdefault(line["item"], []).append(line)
    pairs: dict[tuple[int, int], FloatArray] = {}
    keys = axes.keys[Grain.MAKE]
    for row in np.flatnonzero(is_own).tolist():
        item, location, _ = keys.labels(row)
        for line in _bill_at(by_item.get(item, []), location):
            at = stock_rows.get((line["component"], location))
            if at is None:
                missing.add((line["component"], location))
                continue
            per_started = float(line["quantity_per"]) * max(1 + loss * float(line["scrap_pct"] or 0.0) / 100, 0.0)
            pairs.setdefault((row, at), np.zeros(axes.horizon))[_in_force(axes, line)] += per_started
    return Components(
        np.array([row for row, _ in pairs], dtype=np.int64),
        np.array([at for _, at in pairs], dtype=np.int64),
        np.array(list(pairs.values())).reshape(len(pairs), axes.horizon),
    )


def _bill_at(lines: Sequence[dict[str, Any]], location: str) -> list[dict[str, Any]]:
    """The location's own bill if it has one, else the bill of all locations."""
    own = [line for line in lines if line["location"] == location]
    return own or [line for line in lines if line["location"] == ""]


def _in_force(axes: Axes, line: Mapping[str, Any]) -> BoolArray:
    """Buckets on whose first day the row holds, [T]."""
    days = [axes.calendar.start_of(bucket) for bucket in range(axes.horizon)]
    since, until = line["valid_from"], line["valid_to"]
    inside = [(since is None or since <= day) and (until is None or day <= until) for day in days]
    return np.array(inside, dtype=np.bool_)
