"""The scorecard: every KPI of the catalogue with its value, target, status and trend, for the company or each node.

A KPI that is not known has no value, and says what data it needs; it is never 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from typing import Any

import polars as pl

from equipoise.core.table import UnknownName
from equipoise.kpi.catalogue import KPIS
from equipoise.kpi.conflicts import CONFLICTS, Conflict
from equipoise.kpi.entry import Kind, Kpi
from equipoise.performance import forecast_performance
from equipoise.plan import Plan
from equipoise.rollup import CannotRollUp

QUARTERS = 4
"""Fiscal quarters that a trend shows: the last ones known of what has been, the first ones of what will be."""
STEADY_PCT = 1.0
"""Percent of the larger value below which two quarters count as equal."""
APART_PCT = 0.1
"""Percent of the larger value below which two plans count as equal."""
STATUSES = {True: "met", False: "missed", None: "no target"}
SYMBOLS = {"met": "✓", "missed": "✗", "no target": "·", "unknown": "?"}


@dataclass(frozen=True)
class Score:
    """One KPI of the whole company (node blank) or of one node."""

    kpi: Kpi
    node: str
    value: float | None
    """None where it is not known."""
    target: float | None
    trend: tuple[tuple[str, float], ...]
    """Fiscal quarter and value, in their order; quarters in which it is not known are left out."""

    @property
    def status(self) -> str:
        """met, missed, no target, or unknown."""
        if self.value is None:
            return "unknown"
        return STATUSES[self.kpi.is_met(self.value, self.target)]

    @property
    def symbol(self) -> str:
        """A sign that says the status without color."""
        return SYMBOLS[self.status]

    @property
    def turn(self) -> str:
        """better, worse or steady from the first to the last quarter of the trend; blank with fewer than two."""
        if len(self.trend) < 2:
            return ""
        first, last = self.trend[0][1], self.trend[-1][1]
        better = self.kpi.is_better(last, first, self.target) if _has_moved(first, last, STEADY_PCT) else None
        return {True: "better", False: "worse", None: "steady"}[better]

    def as_json(self) -> dict[str, Any]:
        """What the catalogue says and what the plan says, flat."""
        kpi = self.kpi
        return {
            "name": kpi.name,
            "measure": kpi.measure or kpi.column,
            "node": self.node,
            "owner": kpi.owner,
            "shared_with": list(kpi.shared_with),
            "formula": kpi.formula,
            "sign": kpi.sign,
            "direction": kpi.direction.value,
            "kind": kpi.kind.value,
            "level": kpi.level,
            "unit": kpi.unit.value,
            "value": self.value,
            "target": self.target,
            "status": self.status,
            "trend": [{"quarter": quarter, "value": value} for quarter, value in self.trend],
            "turn": self.turn,
            "needs": kpi.needs if self.value is None else "",
        }


def scorecard(plan: Plan, *, level: str = "", kpis: Iterable[Kpi] = KPIS) -> tuple[Score, ...]:
    """Scores of the KPIs, of the whole (level blank) or of each node of a level, in the order of the catalogue.

    A KPI that has no meaning at the level, such as load by family, is left out. Raises UnknownName if none has any.
    """
    found, refused = [], []
    for kpi in kpis:
        try:
            values, trends = _values(plan, kpi, level)
        except (CannotRollUp, UnknownName) as error:
            refused.append(error)
            continue
        for node, value in values.items():
            target = _target(plan, kpi, level, node)
            trend = [(quarter, x) for quarter, x in trends[node] if not isnan(x)]
            shown = trend[-QUARTERS:] if kpi.kind is Kind.LAGGING else trend[:QUARTERS]
            found.append(Score(kpi, node, None if isnan(value) else value, target, tuple(shown)))
    if refused and not found:
        raise refused[0]
    return tuple(found)


Trends = Mapping[str, list[tuple[str, float]]]


def _values(plan: Plan, kpi: Kpi, level: str) -> tuple[dict[str, float], Trends]:
    """Value and quarters by node."""
    if kpi.column:
        return _of_performance(plan, kpi, level)
    codes, whole = plan.spanned(kpi.measure, level=level, time="")
    _, quarters = plan.spanned(kpi.measure, level=level, time="fiscal_quarter")
    labels = plan.spans(kpi.measure, "fiscal_quarter").labels
    trends = {code: list(zip(labels, row, strict=True)) for code, row in zip(codes, quarters.tolist(), strict=True)}
    return dict(zip(codes, whole[:, 0].tolist(), strict=True)), trends


def _of_performance(plan: Plan, kpi: Kpi, level: str) -> tuple[dict[str, float], Trends]:
    by = (level,) if level else ()
    whole = forecast_performance(plan, by).select(pl.col(kpi.column).fill_null(float("nan")), *by)
    quarters = forecast_performance(plan, (*by, "fiscal_quarter"))
    codes = whole[level].to_list() if level else [""]
    trends: dict[str, list[tuple[str, float]]] = {code: [] for code in codes}
    for row in quarters.select("fiscal_quarter", pl.col(kpi.column).fill_null(float("nan")), *by).iter_rows():
        trends[row[2] if level else ""].append((row[0], row[1]))
    return dict(zip(codes, whole[kpi.column].to_list(), strict=True)), trends


def _target(plan: Plan, kpi: Kpi, level: str, node: str) -> float | None:
    """Of table targets for the node, its latest year up to that of the plan's first bucket; else of the catalogue."""
    year = plan.axes.calendar.fiscal_year(0)
    nodes = {column: pl.col(column) == "" for column in ("item", "market")}
    for column, hierarchy in (("item", plan.axes.items), ("market", plan.axes.markets)):
        if level in hierarchy.levels:
            nodes[column] = pl.col(column).is_in([node, f"{level}:{node}"])
    rows = plan.snapshot.table("targets").filter(
        pl.col("measure") == (kpi.measure or kpi.column), pl.col("year") <= year, *nodes.values()
    )
    if rows.height == 0:
        return kpi.target
    return float(rows.sort("year")["value"][-1])


@dataclass(frozen=True)
class Moved:
    """A conflict of KPIs that a step from one plan to another brought out: one gained, the other lost."""

    conflict: Conflict
    gained: Kpi
    lost: Kpi
    before: Mapping[str, float]
    after: Mapping[str, float]
    """Values by name of the KPI."""

    def as_json(self) -> dict[str, Any]:
        """{gained, lost, why, before, after}."""
        return {
            "gained": self.gained.name,
            "lost": self.lost.name,
            "why": self.conflict.why,
            "before": dict(self.before),
            "after": dict(self.after),
        }


def moved_apart(
    before: Plan, after: Plan, conflicts: Iterable[Conflict] = CONFLICTS, *, at_least_pct: float = APART_PCT
) -> tuple[Moved, ...]:
    """Of KPIs known to pull against each other, those of which one got better and the other worse from plan to plan.

    Better is what the catalogue says: up, down, or nearer to the target of a band. Unknown in a plan, or a change below
    `at_least_pct` percent of the value, says nothing.
    """
    found = []
    for conflict in conflicts:
        values = [{kpi.name: _values(plan, kpi, "")[0][""] for kpi in conflict.kpis} for plan in (before, after)]
        turns = {
            kpi.name: kpi.is_better(values[1][kpi.name], values[0][kpi.name])
            for kpi in conflict.kpis
            if _has_moved(values[0][kpi.name], values[1][kpi.name], at_least_pct)
        }
        if set(turns.values()) == {True, False}:
            gained, lost = sorted(conflict.kpis, key=lambda kpi: not turns[kpi.name])
            found.append(Moved(conflict, gained, lost, *values))
    return tuple(found)


def _has_moved(first: float, last: float, least_pct: float) -> bool:
    """True if two known values differ by more than a percentage of the larger one."""
    return abs(last - first) > least_pct / 100.0 * max(abs(first), abs(last))
