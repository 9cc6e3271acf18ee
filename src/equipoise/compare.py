"""Compare: plan against plan. What it costs and brings in all, where the cells differ, and why the money does.

Everything is b less a: a is where one stands, b is where one might go. Unknown stays unknown (None), never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any

from equipoise.bridges import PlanBridge, bridge_plans, steps_json
from equipoise.catalog import MEASURES
from equipoise.core.errors import EquipoiseError
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.measure import Measure, OverTime
from equipoise.core.scenario import Difference, diff
from equipoise.finance.bridge import Steps
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
    """Snapshot, fingerprint, digest and tier of each plan."""
    totals: Mapping[str, Delta]
    """Every measure that has a total over company and horizon."""
    cells: tuple[CellDelta, ...]
    bridge: PlanBridge
    """From the revenue and the margin of a to those of b; None in it where a price or cost is unknown."""
    adjustments: Difference
    appeared: tuple[Finding, ...]
    vanished: tuple[Finding, ...]

    @property
    def revenue(self) -> Steps | None:
        """The bridge of revenue."""
        return self.bridge.revenue

    @property
    def margin(self) -> Steps | None:
        """The bridge of margin."""
        return self.bridge.margin

    def as_json(self) -> dict[str, Any]:
        """The shape that CLI, API and files share (algebra.md section 11), with the findings that differ."""
        return {
            "a": dict(self.a),
            "b": dict(self.b),
            "totals": {name: delta.as_json() for name, delta in self.totals.items()},
            "cells": [cell.as_json() for cell in self.cells],
            "bridge": {"revenue": steps_json(self.revenue), "margin": steps_json(self.margin)},
            "bridge_basis": {"mix_level": self.bridge.mix_level, "volume_in": self.bridge.volume_in},
            "findings": {
                "appeared": [finding.as_json() for finding in self.appeared],
                "vanished": [finding.as_json() for finding in self.vanished],
            },
        }


def compare(a: Plan, b: Plan, *, mix_level: str = "item") -> Comparison:
    """How plan b differs from plan a; raises CannotCompare if their currencies or buckets differ.

    Cells are matched by node and first day, so plans of two cycles can be compared where they overlap; totals are each
    plan's own horizon. `mix_level` is the level at which the bridge takes mix, one of `bridges.LEVELS`.
    """
    for what, one, other in (("currency", a.head.currency, b.head.currency), ("bucket", a.head.bucket, b.head.bucket)):
        if one != other:
            raise CannotCompare(f"plan a is in {what} {one!r}, plan b in {other!r}; compare plans that share them")
    found_a, found_b = set(a.findings), set(b.findings)
    return Comparison(
        _side(a),
        _side(b),
        {m.name: Delta(_total(a, m), _total(b, m)) for m in MEASURES if _has_total(m)},
        tuple(cell for name in CELL_MEASURES for cell in _cells(a, b, name)),
        bridge_plans(a, b, mix_level=mix_level),
        diff(frozenset(x.id for x in a.adjustments), frozenset(x.id for x in b.adjustments)),
        sort_findings(found_b - found_a),
        sort_findings(found_a - found_b),
    )


def _side(plan: Plan) -> dict[str, str]:
    return {"snapshot": plan.snapshot_id, "fingerprint": plan.fingerprint, "digest": plan.digest, "tier": plan.tier}


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
