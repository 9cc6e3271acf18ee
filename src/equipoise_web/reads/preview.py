"""The effect of an adjustment before it is saved: an estimate in the request, the exact one by a job.

The estimate folds the stages up to demand anew, on the plan in force. From there on it is arithmetic: demand × net
price, demand × standing hours per unit on the resources of its item, what exceeds the hours available is late, and
price less standard cost of what is sold more. It knows no prebuilding, no overtime and no other route; the optimizer
does, so the exact run comes after it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.plan import Plan, sections_until
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.findings import CHANGES_NOTHING
from equipoise_web.access import Access, Right
from equipoise_web.reads.effect import (
    Effect,
    amount_of,
    common_uom,
    consensus_at_price,
    demand_moved,
    known,
    load_between,
    warnings_of,
)
from equipoise_web.reads.plans import newest_digest_of, open_plan, published_digest
from equipoise_web.reads.scenarios import Question, question_of
from equipoise_web.reads.scoped import scoped_plan
from equipoise_web.reads.standing_hours import hours_per_unit


def plan_in_force(asked: Question) -> Plan | None:
    """The published answer to what a scenario asks; else the newest plan on its snapshot; None without one."""
    digest = published_digest(asked.fingerprint) or newest_digest_of(asked.snapshot)
    return None if digest is None else open_plan(digest)


def as_proposed(body: Mapping[str, Any], who: Access) -> Adjustment:
    """The adjustment as it would be appended, after all others."""
    function = str(body.get("function") or who.function_for(str(body["kind"])))
    return adjustment_from_json({**body, "id": "preview", "function": function, "author": who.name}, seq=2**31)


def estimate(who: Access, body: Mapping[str, Any], scenario: str) -> Effect | None:
    """What the adjustment would do, roughly, at once; None where there is no plan to start from."""
    before = plan_in_force(question_of(scenario))
    if before is None:
        return None
    proposed = as_proposed(body, who)
    asked = (*before.adjustments, proposed)
    changed = sections_until(before, asked, until="demand")
    after = replace(before, sections={**before.sections, **changed}, adjustments=asked)
    old, new = scoped_plan(before, who), scoped_plan(after, who)
    effect = Effect(
        currency=before.head.currency,
        uom=common_uom(before),
        demand_qty=demand_moved(old, new),
        demand_amount=amount_of(consensus_at_price(new) - consensus_at_price(old)),
        is_pooled_seen=who.may(Right.SEE_POOLED),
        warnings=tuple(
            warning for section in changed.values() for warning in warnings_of(section.findings, proposed.id)
        ),
    )
    if not effect.is_pooled_seen:
        return effect
    stage = proposed.change.stage
    if isinstance(proposed.change, ChangeCapacity):
        return _with_capacity(effect, before, proposed)
    return effect if stage in ("supply", "policy") else _with_supply(effect, before, after, old, new)


def _with_supply(effect: Effect, before: Plan, after: Plan, old: Plan, new: Plan) -> Effect:
    """Load, service and margin that follow from a change of demand or price."""
    name = "demand_consensus_qty"
    gained = after.measure(name).values - before.measure(name).values
    items = before.axes.keys[Grain.DEMAND].column("item")
    by_item = np.zeros((len(before.axes.items), gained.shape[1]))
    np.add.at(by_item, items, gained)
    hours = hours_per_unit(before).T @ by_item
    load = np.nan_to_num(before.measure("capacity_load_hours").values)
    limit = np.nan_to_num(before.measure("capacity_available_hours").values)
    late = float((_share_over(load, hours, limit) * np.maximum(by_item, 0.0).sum(axis=0)).sum())
    fill = known(old.total("service_fill_pct"))
    return replace(
        effect,
        load=load_between(before, load, load + hours, limit, limit),
        is_load_known=True,
        fill_before_pct=fill,
        fill_after_pct=None if fill is None else _fill(old, float((_cells(new, name) - _cells(old, name)).sum()), late),
        margin_amount=_margin(old, new),
    )


def _with_capacity(effect: Effect, before: Plan, proposed: Adjustment) -> Effect:
    """Load where hours available change; whether more is served, only the exact run can tell.

    The rows are found as stage supply finds them. Of a name that it does not know there is no estimate, but words: the
    stage leaves such a change out, and says the same.
    """
    change, scope, axes = proposed.change, proposed.scope, before.axes
    assert isinstance(change, ChangeCapacity), change
    try:
        rows = axes.rows(Grain.RESOURCE, scope)
    except UnknownName as error:
        return replace(effect, warnings=(*effect.warnings, f"{error}: nothing changed. {CHANGES_NOTHING.remedy}"))
    load = np.nan_to_num(before.measure("capacity_load_hours").values)
    limit = np.nan_to_num(before.measure("capacity_available_hours").values)
    later = limit.copy()
    first, end = axes.calendar.span(scope.first, scope.last)
    for row in rows.tolist():
        later[row, first:end] = [max(0.0, change.amount.apply_to(float(now))) for now in limit[row, first:end]]
    return replace(effect, load=load_between(before, load, load, limit, later), is_load_known=True)


def _share_over(load: FloatArray, hours: FloatArray, limit: FloatArray) -> FloatArray:
    """Share [T] of the added hours that the tightest resource cannot take; where it has no limit, none."""
    over = np.maximum(load + hours - limit, 0.0) - np.maximum(load - limit, 0.0)
    is_added = (hours > 0) & (limit > 0)
    share = np.divide(over, hours, out=np.zeros_like(over), where=is_added)
    tightest: FloatArray = np.clip(share, 0.0, 1.0).max(axis=0, initial=0.0)
    return tightest


def _fill(old: Plan, gained: float, late: float) -> float | None:
    """Fill rate when `gained` more units are asked for, `late` of which find no hours; less demand keeps the rate."""
    required, on_time = (float(_cells(old, name).sum()) for name in ("demand_required_qty", "demand_on_time_qty"))
    if required + gained <= 0 or required <= 0:
        return None
    served = max(gained - late, 0.0) if gained >= 0 else gained * on_time / required
    return 100.0 * (on_time + served) / (required + gained)


def _margin(old: Plan, new: Plan) -> float | None:
    """Demand × (net price less standard cost), after less before; None where a number is missing."""
    stock = old.measure("cost_standard_price")
    cost = np.full((len(old.axes.items), stock.values.shape[1]), np.nan)
    item_of = stock.keys.column("item")
    is_known = ~np.isnan(stock.values).all(axis=1)
    cost[item_of[is_known]] = stock.values[is_known]
    of_row = cost[old.axes.keys[Grain.DEMAND].column("item")]
    before, after = _cells(old, "demand_consensus_qty"), _cells(new, "demand_consensus_qty")
    at_cost = np.where(after == before, 0.0, (after - before) * of_row)
    return amount_of(consensus_at_price(new) - consensus_at_price(old) - at_cost)


def _cells(plan: Plan, name: str) -> FloatArray:
    values: FloatArray = plan.measure(name).values
    return values
