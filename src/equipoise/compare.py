"""Compare: plan against plan. What it costs and brings in all, where the cells differ, and why the money does.

Everything is b less a: a is where one stands, b is where one might go. Unknown stays unknown (None), never 0.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from math import isnan
from typing import Any

import numpy as np

from equipoise.catalog import MEASURES
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain, Measure, OverTime
from equipoise.core.scenario import Difference, diff
from equipoise.finance.bridge import Bridge, Sales, Steps, price_volume_mix
from equipoise.plan import Plan

CELL_MEASURES = ("demand_consensus_qty", "production_qty", "inventory_closing_qty", "revenue_amount")
"""Measures whose cells are compared, by family and bucket."""
MOST_CELLS = 20
"""Cells listed for each of them, the largest differences first."""


class CannotCompare(EquipoiseError):
    """Two plans in different currencies or buckets have no difference."""


@dataclass(frozen=True)
class Delta:
    """A number of both plans; None where it is unknown."""

    a: float | None
    b: float | None

    @property
    def difference(self) -> float | None:
        """b − a, None where one of them is unknown."""
        return None if self.a is None or self.b is None else self.b - self.a

    def as_json(self) -> dict[str, float | None]:
        """{a, b, difference}."""
        return {"a": self.a, "b": self.b, "difference": self.difference}


@dataclass(frozen=True)
class CellDelta:
    """A cell in which the plans differ: a measure, a node of `level` and a bucket."""

    measure: str
    level: str
    node: str
    start: date
    bucket: str
    delta: Delta

    def as_json(self) -> dict[str, Any]:
        """{measure, family, bucket, start, a, b, difference}."""
        where = {"measure": self.measure, self.level: self.node, "bucket": self.bucket, "start": self.start.isoformat()}
        return {**where, **self.delta.as_json()}


@dataclass(frozen=True)
class Comparison:
    """How plan b differs from plan a."""

    a: Mapping[str, str]
    b: Mapping[str, str]
    """Snapshot, fingerprint and digest of each plan."""
    totals: Mapping[str, Delta]
    """Every measure that has a total over company and horizon."""
    cells: tuple[CellDelta, ...]
    revenue: Steps | None
    """From the revenue of a to that of b; None where a price is unknown or volumes do not add up."""
    margin: Steps | None
    adjustments: Difference
    appeared: tuple[Finding, ...]
    vanished: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """The shape that CLI, API and files share (algebra.md section 11), with the findings that differ."""
        return {
            "a": dict(self.a),
            "b": dict(self.b),
            "totals": {name: delta.as_json() for name, delta in self.totals.items()},
            "cells": [cell.as_json() for cell in self.cells],
            "bridge": {"revenue": _steps_json(self.revenue), "margin": _steps_json(self.margin)},
            "findings": {
                "appeared": [finding.as_json() for finding in self.appeared],
                "vanished": [finding.as_json() for finding in self.vanished],
            },
        }


def compare(a: Plan, b: Plan) -> Comparison:
    """How plan b differs from plan a; raises CannotCompare if their currencies or buckets differ.

    Cells are matched by node and first day, so plans of two cycles can be compared where they overlap; totals are each
    plan's own horizon.
    """
    for what, one, other in (("currency", a.head.currency, b.head.currency), ("bucket", a.head.bucket, b.head.bucket)):
        if one != other:
            raise CannotCompare(f"plan a is in {what} {one!r}, plan b in {other!r}; compare plans that share them")
    bridges = _bridges(a, b)
    found_a, found_b = set(a.findings), set(b.findings)
    return Comparison(
        _side(a),
        _side(b),
        {m.name: Delta(_total(a, m), _total(b, m)) for m in MEASURES if _has_total(m)},
        tuple(cell for name in CELL_MEASURES for cell in _cells(a, b, name)),
        None if bridges[0] is None else bridges[0].revenue,
        None if bridges[1] is None else bridges[1].margin,
        diff(frozenset(x.id for x in a.adjustments), frozenset(x.id for x in b.adjustments)),
        sort_findings(found_b - found_a),
        sort_findings(found_a - found_b),
    )


def _side(plan: Plan) -> dict[str, str]:
    return {"snapshot": plan.snapshot_id, "fingerprint": plan.fingerprint, "digest": plan.digest}


def _has_total(measure: Measure) -> bool:
    """True for what adds up over rows and time, and for what is taken anew from such; not for prices."""
    return bool(measure.parts) or (measure.is_additive and measure.over_time is not OverTime.NONE)


def _total(plan: Plan, measure: Measure) -> float | None:
    return _known(plan.total(measure.name))


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _cells(a: Plan, b: Plan, name: str) -> list[CellDelta]:
    """Cells of a measure that differ, the largest first."""
    level = "family" if a.axes.items.nodes("family") or b.axes.items.nodes("family") else "item"
    of_a, of_b = _by_node_and_day(a, name, level), _by_node_and_day(b, name, level)
    found = []
    for node, day in sorted(set(of_a) & set(of_b)):
        delta = Delta(_known(of_a[node, day]), _known(of_b[node, day]))
        if delta.difference or (delta.a is None) != (delta.b is None):
            label = a.axes.calendar.label(a.axes.calendar.index_of(day))
            found.append(CellDelta(name, level, node, day, label, delta))
    found.sort(key=lambda cell: -abs(cell.delta.difference or 0.0))
    return found[:MOST_CELLS]


def _by_node_and_day(plan: Plan, name: str, level: str) -> dict[tuple[str, date], float]:
    codes, values = plan.grouped(name, level=level)
    days = [plan.axes.calendar.start_of(bucket) for bucket in range(plan.axes.horizon)]
    return {
        (code, day): value
        for code, row in zip(codes, values.tolist(), strict=True)
        for day, value in zip(days, row, strict=True)
    }


def _bridges(a: Plan, b: Plan) -> tuple[Bridge | None, Bridge | None]:
    """Bridges from a to b by item and market, for revenue (cost left out) and for margin; None where unknown."""
    pairs = sorted(_pairs(a) | _pairs(b))
    sold = [_sold(plan, pairs) for plan in (a, b)]
    known = [_sales(quantity, revenue, np.zeros(len(pairs))) for quantity, revenue, _ in sold]
    with_cost = [_sales(*numbers) for numbers in sold]
    return _bridge(*known), _bridge(*with_cost)


def _bridge(a: Sales | None, b: Sales | None) -> Bridge | None:
    return None if a is None or b is None else price_volume_mix(a, b)


def _pairs(plan: Plan) -> set[tuple[str, str]]:
    """Market and item of every row that may be sold."""
    frame = plan.axes.keys[Grain.DEMAND].frame
    return set(frame.select("market", "item").iter_rows())


def _sold(plan: Plan, pairs: list[tuple[str, str]]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Quantity served in the common unit, revenue and cost of sales of each (market, item) over the horizon."""
    rows = {pair: number for number, pair in enumerate(pairs)}
    found = tuple(np.zeros(len(pairs)) for _ in range(3))
    for market in plan.axes.markets.leaves:
        for values, name in zip(found, ("demand_served_qty", "revenue_amount", "cost_of_sales_amount"), strict=True):
            items, amounts = plan.grouped(name, level="item", market=market)
            for item, amount in zip(items, amounts.sum(axis=1).tolist(), strict=True):
                if (market, item) in rows:
                    values[rows[market, item]] = amount
    return found[0], found[1], found[2]


def _sales(quantity: FloatArray, revenue: FloatArray, cost: FloatArray) -> Sales | None:
    """What was sold at mean prices; None if a quantity, price or cost is unknown."""
    if not np.isfinite(quantity + revenue + cost).all():
        return None
    per_unit = np.where(quantity > 0, quantity, 1.0)
    return Sales(np.maximum(quantity, 0.0), revenue / per_unit, cost / per_unit)


def _steps_json(steps: Steps | None) -> dict[str, float] | None:
    """{a, price, cost, volume, mix, launched, ended, b, residual}: the bars from a to b, with nothing left over."""
    if steps is None:
        return None
    named = asdict(steps)
    return {"a": named.pop("budget"), "b": named.pop("actual"), **named, "residual": steps.residual}
