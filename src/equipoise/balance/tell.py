"""Risks as numbers for the command line, the API and pages: what is material ranked, the rest counted, None unknown."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.balance.fans import Fan
from equipoise.balance.materiality import material_in_a_bucket
from equipoise.balance.risk import CellRisk, FamilyRisk, Risks
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.plan import Plan

By = Literal["family", "item"]


@dataclass(frozen=True)
class RiskLine:
    """A family, or an item at a location, in the bucket of the year ahead where most is at risk."""

    family: str
    item: str
    """Blank for a family."""
    location: str
    bucket: str
    chance_pct: float | None
    gap_qty: float | None
    """Units short if it happens."""
    short_qty: float | None
    """Units short in the mean of all outcomes."""
    unit: str
    amount: float | None
    """Chance × gap × contribution."""


@dataclass(frozen=True)
class Spread:
    """P10, P50 and P90."""

    p10: float | None
    p50: float | None
    p90: float | None


@dataclass(frozen=True)
class FamilyBucket:
    """A family in a bucket."""

    bucket: str
    consensus_qty: float | None
    demand_qty: Spread
    available_qty: float | None
    """Consensus and what stock, receipts and free regular hours have beyond it; below it supply is short."""
    chance_pct: float | None
    short_qty: float | None
    amount: float | None
    revenue_amount: Spread
    margin_amount: Spread


@dataclass(frozen=True)
class FamilyNumbers:
    """A family, bucket by bucket."""

    family: str
    unit: str
    """Blank where its items share none, so that nothing is known in units."""
    contribution_price: float | None
    buckets: tuple[FamilyBucket, ...]


@dataclass(frozen=True)
class CompanyBucket:
    """The company in a bucket."""

    bucket: str
    plan_revenue_amount: float | None
    budget_revenue_amount: float | None
    consensus_revenue_amount: float | None
    revenue_amount: Spread
    margin_amount: Spread


@dataclass(frozen=True)
class CompanyNumbers:
    """The company, bucket by bucket and over the year ahead."""

    buckets: tuple[CompanyBucket, ...]
    year_buckets: int
    year_plan_revenue_amount: float | None
    year_budget_revenue_amount: float | None
    year_revenue_amount: Spread
    """Not the sums of the buckets': errors make up for each other in part."""
    year_margin_amount: Spread


@dataclass(frozen=True)
class RiskNumbers:
    """All of it."""

    by: By
    currency: str
    tier: str
    least_amount: float
    risks: tuple[RiskLine, ...]
    """Of at least `least_amount`, the most first."""
    below_count: int
    below_amount: float
    unpriced: tuple[RiskLine, ...]
    """Without a price, a cost or a common unit, so that no money says how much they matter."""
    unjudged_count: int
    """Stocking points whose forecast has no known error, so that no chance is known."""
    families: tuple[FamilyNumbers, ...]
    company: CompanyNumbers | None
    """None where it is not seen as a whole, or too large for fans."""
    is_cut: bool
    """True where the company has too many series for fans."""


def tell_risks(
    plan: Plan,
    risks: Risks,
    *,
    by: By = "family",
    least: float | None = None,
    cells: BoolArray | None = None,
    families: Collection[str] | None = None,
    sees_company: bool = True,
    family: str = "",
) -> RiskNumbers:
    """The numbers of `assess_risk(plan)`: those of stock rows `cells` [S] and of `families`, where not all are seen.

    `family` narrows both; `least` is money, None takes `material_in_a_bucket`.
    """
    threshold = material_in_a_bucket(plan) if least is None else least
    told = [
        each for each in risks.families if (families is None or each.family in families) and family in ("", each.family)
    ]
    lines = (
        [_family_line(plan, each) for each in told]
        if by == "family"
        else [*_cell_lines(plan, risks.cells, cells, family)]
    )
    known = sorted((each for each in lines if each.amount is not None), key=lambda each: -(each.amount or 0.0))
    below = [each.amount or 0.0 for each in known if (each.amount or 0.0) < threshold]
    return RiskNumbers(
        by=by,
        currency=plan.head.currency,
        tier=plan.tier,
        least_amount=threshold,
        risks=tuple(each for each in known if (each.amount or 0.0) >= threshold),
        below_count=len(below),
        below_amount=sum(below),
        unpriced=tuple(each for each in lines if each.amount is None),
        unjudged_count=sum(1 for row in risks.unjudged.tolist() if _is_told(plan, row, cells, family)),
        families=tuple(_family(plan, each) for each in told),
        company=_company(plan, risks) if sees_company and not family else None,
        is_cut=risks.is_cut,
    )


def _family_line(plan: Plan, risk: FamilyRisk) -> RiskLine:
    at = risk.worst
    if at is None:
        return RiskLine(risk.family, "", "", "", None, None, None, risk.unit, None)
    chance, gap, short = (_known(float(v[at])) for v in (risk.chance_pct, risk.gap_qty, risk.short_qty))
    label = plan.axes.calendar.label(at)
    return RiskLine(risk.family, "", "", label, chance, gap, short, risk.unit, _known(risk.amount))


def _cell_lines(plan: Plan, risks: Collection[CellRisk], seen: BoolArray | None, family: str) -> Iterator[RiskLine]:
    for each in risks:
        if not _is_told(plan, each.row, seen, family):
            continue
        yield RiskLine(
            _family_of(plan, each.row),
            each.item,
            each.location,
            plan.axes.calendar.label(each.bucket),
            each.chance_pct,
            each.gap_qty,
            each.short_qty,
            plan.base_uoms[each.item],
            _known(each.amount),
        )


def _is_told(plan: Plan, row: int, seen: BoolArray | None, family: str) -> bool:
    return (seen is None or bool(seen[row])) and family in ("", _family_of(plan, row))


def _family_of(plan: Plan, row: int) -> str:
    """The family of a stock row; blank without families."""
    items = plan.axes.items
    number = int(plan.axes.keys[Grain.STOCK].column("item")[row])
    return items.codes("family")[number] if "family" in items.levels else ""


def _family(plan: Plan, risk: FamilyRisk) -> FamilyNumbers:
    horizon = plan.axes.horizon
    unknown = np.full(horizon, np.nan)
    center = unknown if risk.demand is None else risk.demand.center
    numbers = (center, center + risk.cover_qty, risk.chance_pct, risk.short_qty, risk.at_risk_amount)
    buckets = []
    for t in range(horizon):
        consensus, available, chance, short, amount = (_known(float(values[t])) for values in numbers)
        demand = Spread(None, None, None) if risk.demand is None else _spread(risk.demand, t)
        revenue, margin = _spread(risk.revenue, t), _spread(risk.margin, t)
        label = plan.axes.calendar.label(t)
        buckets.append(FamilyBucket(label, consensus, demand, available, chance, short, amount, revenue, margin))
    return FamilyNumbers(risk.family, risk.unit, _known(risk.contribution), tuple(buckets))


def _company(plan: Plan, risks: Risks) -> CompanyNumbers | None:
    if risks.revenue is None or risks.margin is None:
        return None
    planned, budget = (plan.by_bucket(name) for name in ("revenue_amount", "budget_revenue_amount"))
    columns = (planned, budget, risks.revenue.center)
    buckets = []
    for t in range(plan.axes.horizon):
        plan_amount, budget_amount, consensus = (_known(float(values[t])) for values in columns)
        revenue, margin = _spread(risks.revenue, t), _spread(risks.margin, t)
        label = plan.axes.calendar.label(t)
        buckets.append(CompanyBucket(label, plan_amount, budget_amount, consensus, revenue, margin))
    year = slice(risks.year)
    return CompanyNumbers(
        tuple(buckets),
        risks.year,
        _known(float(planned[year].sum())),
        _known(float(budget[year].sum())),
        _three(risks.year_revenue),
        _three(risks.year_margin),
    )


def _spread(fan: Fan, bucket: int) -> Spread:
    return _three(fan.bounds[bucket])


def _three(values: FloatArray) -> Spread:
    p10, p50, p90 = (_known(float(value)) for value in values)
    return Spread(p10, p50, p90)


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
