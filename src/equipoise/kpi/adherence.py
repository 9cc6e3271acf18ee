"""Adherence and stability: whether what was planned was made, and whether plans that were settled stay as they were.

* plan adherence = max(0, 1 − Σ|A − P| / ΣP), P the plan frozen at the fence lag, A what was made; errors are taken by
  item, so that one item's excess does not make up for another's lack. By family they are taken on family totals.
* inventory variance = Σ(A − P) − Σ(S − F), S shipments and F the demand of the same frozen plan (see `variance`)
* change inside the fence = Σ|new − old| / Σold over buckets inside the fence, old the plan published last

Where nothing was frozen there is no adherence: a first cycle has no earlier plan, and that is not 0.

Source: Wallace & Stahl, Sales and Operations Planning: The How-To Handbook (performance to plan).

>>> adherence_pct(np.array([100.0, 50.0]), np.array([90.0, 60.0])), change_pct(np.array([100.0]), np.array([110.0]))
(86.66666666666667, 10.0)
"""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain, Measure, Term, Unit
from equipoise.kpi.declare import part, percent
from equipoise.kpi.entry import Direction, Kind, Kpi


def adherence_pct(planned: FloatArray, made: FloatArray) -> float:
    """100 max(0, 1 − Σ|A − P| / ΣP); NaN unless ΣP > 0."""
    whole = float(np.sum(planned))
    return 100.0 * max(0.0, 1.0 - float(np.sum(np.abs(made - planned))) / whole) if whole > 0 else float("nan")


def change_pct(old: FloatArray, new: FloatArray) -> float:
    """100 Σ|new − old| / Σold; NaN unless Σold > 0."""
    whole = float(np.sum(old))
    return 100.0 * float(np.sum(np.abs(new - old))) / whole if whole > 0 else float("nan")


def _qty(name: str, grain: Grain, label: str, meaning: str) -> Measure:
    return part(name, grain, Unit.QUANTITY, label, meaning)


_PLACE = "Where the earlier plan names no location, the item counts as a whole at the first location that makes it."
_MARKET = "Where the earlier plan names no market, the item counts as a whole in its first market."

MEASURES: tuple[Measure, ...] = (
    _qty(
        "production_frozen_qty",
        Grain.STOCK,
        "Frozen production plan",
        "Production of closed buckets as planned when they entered the planning fence; 0 where no plan was frozen. "
        + _PLACE,
    ),
    _qty(
        "production_reported_qty",
        Grain.STOCK,
        "Production reported",
        "Good units reported in the buckets for which a plan was frozen.",
    ),
    _qty(
        "production_deviation_qty",
        Grain.STOCK,
        "Deviation from the frozen plan",
        "Units reported less units frozen, without sign.",
    ),
    _qty(
        "production_variance_qty",
        Grain.STOCK,
        "Production variance",
        "Units reported less units frozen, of items and buckets of which demand was frozen too.",
    ),
    _qty(
        "sales_variance_qty",
        Grain.DEMAND,
        "Sales variance",
        "Units shipped less the consensus demand of the same frozen plan, of items and buckets of which production was "
        "frozen too. Where that plan names no market, the item counts as a whole in its first market.",
    ),
    Measure(
        "inventory_variance_qty",
        None,
        Unit.QUANTITY,
        "kpis",
        "Inventory variance",
        "Stock off its plan by what production missed less what sales missed: Σ(made − planned) − Σ(sold − forecast).",
        terms=(Term("production_variance_qty"), Term("sales_variance_qty", -1)),
    ),
    _qty(
        "production_fenced_qty",
        Grain.STOCK,
        "Earlier plan inside the fence",
        "Production of the plan published last, in buckets inside the planning fence. " + _PLACE,
    ),
    _qty(
        "production_changed_qty",
        Grain.STOCK,
        "Change of production inside the fence",
        "This plan less the earlier one in those buckets, without sign; units made to date are part of this plan.",
    ),
    _qty(
        "demand_fenced_qty",
        Grain.DEMAND,
        "Earlier demand inside the fence",
        "Consensus demand of the plan published last, in buckets inside the demand fence. " + _MARKET,
    ),
    _qty(
        "demand_changed_qty",
        Grain.DEMAND,
        "Change of demand inside the fence",
        "This plan's consensus demand less the earlier one in those buckets, without sign.",
    ),
    percent(
        "production_adherence_pct",
        Grain.STOCK,
        "Production plan adherence",
        "max(0, 1 − Σ|A − P| / ΣP) of items against the plan frozen at the fence lag.",
        of=("production_deviation_qty", "production_frozen_qty"),
        is_complement=True,
    ),
    percent(
        "production_change_pct",
        Grain.STOCK,
        "Change of the production plan",
        "Σ|new − old| / Σold of items inside the planning fence.",
        of=("production_changed_qty", "production_fenced_qty"),
    ),
    percent(
        "demand_change_pct",
        Grain.DEMAND,
        "Change of the demand plan",
        "Σ|new − old| / Σold of items and markets inside the demand fence.",
        of=("demand_changed_qty", "demand_fenced_qty"),
    ),
)

_FROZEN = "an earlier plan (table plan_archive) published before its buckets entered the fence, and production_history"

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Production plan adherence",
        "production_adherence_pct",
        "max(0, 1 − Σ|A − P| / ΣP) by item, P the plan frozen at the fence lag",
        "operations",
        95.0,
        Direction.UP,
        Kind.LAGGING,
        "item",
        Unit.PERCENT,
        shared_with=("supply", "sales", "executive"),
        needs=_FROZEN,
    ),
    Kpi(
        "Inventory variance",
        "inventory_variance_qty",
        "Σ(made − planned) − Σ(sold − forecast) against the frozen plan",
        "supply",
        None,
        Direction.ZERO,
        Kind.LAGGING,
        "family",
        Unit.QUANTITY,
        sign="actual − plan: above 0 where there is more stock than planned",
        shared_with=("operations", "sales", "finance"),
        needs=_FROZEN,
    ),
    Kpi(
        "Production plan stability",
        "production_change_pct",
        "Σ|new − old| / Σold inside the planning fence, old the plan published last",
        "supply",
        5.0,
        Direction.DOWN,
        Kind.LEADING,
        "item",
        Unit.PERCENT,
        shared_with=("operations", "procurement"),
        needs="an earlier plan (table plan_archive) and planning_days in table fences",
    ),
    Kpi(
        "Demand plan stability",
        "demand_change_pct",
        "Σ|new − old| / Σold inside the demand fence, old the plan published last",
        "demand",
        5.0,
        Direction.DOWN,
        Kind.LEADING,
        "item",
        Unit.PERCENT,
        shared_with=("sales", "supply"),
        needs="an earlier plan (table plan_archive) and demand_days in table fences",
    ),
)
