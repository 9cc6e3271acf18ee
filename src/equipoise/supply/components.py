"""Bills of material: what stock each own route takes per unit started.

need = started × quantity_per × (1 + scrap_pct / 100), taken where and when production starts (tables.md, Components).
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
from equipoise.supply.findings import BY_PRODUCT, COMPONENT_NOT_STOCKED


@dataclass(frozen=True, eq=False)
class Components:
    """B pairs of a route and a component's stock row, with units taken per unit started, [B, T] by start bucket."""

    route: IntArray
    stock: IntArray
    quantity: FloatArray


def read_components(
    axes: Axes, bom: pl.DataFrame, is_own: BoolArray, stock_rows: Mapping[tuple[str, str], int]
) -> tuple[Components, list[Finding]]:
    """Bills in force for each own route; rows for a location go before rows for all locations, item by item."""
    findings: list[Finding] = []
    others = bom.filter(pl.col("type").is_in(["by_product", "co_product"])).height
    if others:
        findings.append(BY_PRODUCT.found("table bom", f"{others} rows of by-products are not planned", count=others))
    lines = bom.filter(~pl.col("type").is_in(["by_product", "co_product"]))
    by_item: dict[str, list[dict[str, Any]]] = {}
    for line in lines.sort("item", "component", "location", "valid_from", "quantity_per").iter_rows(named=True):
        by_item.setdefault(line["item"], []).append(line)
    pairs: dict[tuple[int, int], FloatArray] = {}
    keys = axes.keys[Grain.MAKE]
    missing: set[tuple[str, str]] = set()
    for row in np.flatnonzero(is_own).tolist():
        item, location, _ = keys.labels(row)
        for line in _bill_at(by_item.get(item, []), location):
            at = stock_rows.get((line["component"], location))
            if at is None:
                missing.add((line["component"], location))
                continue
            need = float(line["quantity_per"]) * (1 + float(line["scrap_pct"] or 0.0) / 100)
            pairs.setdefault((row, at), np.zeros(axes.horizon))[_in_force(axes, line)] += need
    for component, location in sorted(missing):
        text = f"{component} is used at {location} but not stocked there"
        findings.append(COMPONENT_NOT_STOCKED.found(f"item {component} / location {location}", text))
    found = Components(
        np.array([row for row, _ in pairs], dtype=np.int64),
        np.array([at for _, at in pairs], dtype=np.int64),
        np.array(list(pairs.values())).reshape(len(pairs), axes.horizon),
    )
    return found, findings


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
