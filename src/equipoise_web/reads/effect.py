"""What an adjustment does to a plan: the difference in demand, load, service and margin, for a person's eyes.

Two tiers share this one shape: an estimate at once, and the exact difference of two plans.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.pack.headline import money, plural
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.numbers import MINUS, UNKNOWN, shown, signed
from equipoise_web.reads.scoped import scoped_plan

NO_HOURS = 1e-6
"""Standard hours below which a load did not change."""


@dataclass(frozen=True)
class Load:
    """The resource and bucket that matter most: percent of what is available, before and after."""

    resource: str
    bucket: str
    before_pct: float
    after_pct: float


@dataclass(frozen=True)
class Effect:
    """Differences over the horizon; None where they cannot be told."""

    currency: str
    uom: str
    demand_qty: float | None = None
    """Consensus; None where units of measure differ."""
    demand_amount: float | None = None
    """Consensus × net price."""
    load: Load | None = None
    is_load_known: bool = False
    fill_before_pct: float | None = None
    fill_after_pct: float | None = None
    margin_amount: float | None = None
    """Gross margin."""
    cost_amount: float | None = None
    """All cost of the plan, as `cost_total_amount` has it; None in an estimate."""
    is_pooled_seen: bool = True
    is_exact: bool = False
    warnings: tuple[str, ...] = ()
    """What the plan finds about the adjustment: that it has no effect, that a cell is held."""

    def as_json(self) -> dict[str, Any]:
        """For the answer of a job."""
        return asdict(self)

    @staticmethod
    def from_json(raw: Mapping[str, Any]) -> "Effect":
        """The effect that a job answered."""
        load = raw.get("load")
        return Effect(**{**raw, "load": Load(**load) if load else None, "warnings": tuple(raw.get("warnings", ()))})


@dataclass(frozen=True)
class EffectFigure:
    """One of the five figures as it is shown."""

    label: str
    value: str
    detail: str


def warnings_of(findings: Iterable[Finding], adjustment: str) -> tuple[str, ...]:
    """What is found about one adjustment, in words."""
    return tuple(f"{f.message}. {f.remedy}" for f in findings if f.where == f"adjustment {adjustment}")


def difference(before: Plan, after: Plan, who: Access, *, adjustment: str = "") -> Effect:
    """The exact effect: one plan less the other, both as the person may see them."""
    is_pooled_seen = who.may(Right.SEE_POOLED)
    old, new = scoped_plan(before, who), scoped_plan(after, who)
    margins = [known(plan.total("margin_gross_amount")) for plan in (old, new)] if is_pooled_seen else [None, None]
    costs = [known(plan.total("cost_total_amount")) for plan in (old, new)] if is_pooled_seen else [None, None]
    fills = [known(plan.total("service_fill_pct")) for plan in (old, new)] if is_pooled_seen else [None, None]
    return Effect(
        currency=before.head.currency,
        uom=common_uom(before),
        demand_qty=demand_moved(old, new),
        demand_amount=amount_of(consensus_at_price(new) - consensus_at_price(old)),
        load=_load(old, new) if is_pooled_seen else None,
        is_load_known=is_pooled_seen,
        fill_before_pct=fills[0],
        fill_after_pct=fills[1],
        margin_amount=minus(margins[1], margins[0]),
        cost_amount=minus(costs[1], costs[0]),
        is_pooled_seen=is_pooled_seen,
        is_exact=True,
        warnings=warnings_of(after.findings, adjustment),
    )


def demand_moved(before: Plan, after: Plan) -> float | None:
    """Units of consensus demand gained, in the common unit of all items; None where there is none."""
    change = after.measure("demand_consensus_qty").values - before.measure("demand_consensus_qty").values
    moved = np.flatnonzero((change != 0).any(axis=1))
    uoms = dict(before.snapshot.table("items").select("item", "uom").iter_rows())
    items = before.axes.keys[Grain.DEMAND].column("item")[moved]
    if len({uoms[before.axes.items.leaves[number]] for number in set(items.tolist())}) > 1:
        return minus(known(after.total("demand_consensus_qty")), known(before.total("demand_consensus_qty")))
    return float(change.sum())


def common_uom(plan: Plan) -> str:
    """The base unit that all items share; blank where they do not."""
    uoms = set(plan.snapshot.table("items")["uom"].to_list())
    return str(uoms.pop()) if len(uoms) == 1 else plan.head.volume_uom


def consensus_at_price(plan: Plan) -> FloatArray:
    """Consensus × net price, [N, T]; NaN where demand has no price, 0 where there is no demand."""
    quantity, price = plan.measure("demand_consensus_qty").values, plan.measure("sales_net_price").values
    at_price: FloatArray = np.where(quantity == 0, 0.0, quantity * price)
    return at_price


def load_between(
    plan: Plan, hours: FloatArray, now: FloatArray, available: FloatArray, later: FloatArray
) -> Load | None:
    """The worst loaded resource and bucket [R, T] of those whose load changes; None where none does."""
    labels = plan.axes.calendar
    with np.errstate(divide="ignore", invalid="ignore"):
        before = np.where(available > 0, 100.0 * hours / available, np.nan)
        after = np.where(later > 0, 100.0 * now / later, np.nan)
    changed = (np.abs(now - hours) > NO_HOURS) | (np.abs(later - available) > NO_HOURS)
    worst = np.where(changed & ~np.isnan(after) & ~np.isnan(before), after, -np.inf)
    if not np.isfinite(worst).any():
        return None
    row, bucket = (int(number) for number in np.unravel_index(int(np.argmax(worst)), worst.shape))
    return Load(
        plan.axes.resources.leaves[row], labels.label(bucket), float(before[row, bucket]), float(after[row, bucket])
    )


def _load(before: Plan, after: Plan) -> Load | None:
    parts = [
        np.nan_to_num(plan.measure(name).values)
        for plan, name in (
            (before, "capacity_load_hours"),
            (after, "capacity_load_hours"),
            (before, "capacity_available_hours"),
            (after, "capacity_available_hours"),
        )
    ]
    return load_between(before, *parts)


def amount_of(cells: FloatArray) -> float | None:
    """Their sum, None where some cell is unknown."""
    return known(float(cells.sum()))


def known(value: float) -> float | None:
    """None for NaN."""
    return None if np.isnan(value) else float(value)


def minus(after: float | None, before: float | None) -> float | None:
    """The difference, unknown if either is."""
    return None if after is None or before is None else after - before


def figures_of(effect: Effect, names: Mapping[tuple[str, str], str]) -> tuple[EffectFigure, ...]:
    """Demand, load, service, margin and cost; what the person may not see is not among them."""
    demand = EffectFigure(_("Demand"), signed_money(effect.currency, effect.demand_amount), _quantity_detail(effect))
    if not effect.is_pooled_seen:
        return (demand,)
    return (demand, _load_figure(effect, names), _fill_figure(effect), _margin_figure(effect), _cost_figure(effect))


def signed_money(currency: str, amount: float | None) -> str:
    """`+€38 k`, `−€1.20 M`, `0`; an en dash where unknown.

    >>> [signed_money("EUR", x).replace(chr(160), " ") for x in (38_000.0, -1_200_000.0, 0.2, None)]
    ['+€38 k', '−€1.20 M', '0', '–']
    """
    if amount is None:
        return UNKNOWN
    if abs(amount) < 0.5:
        return "0"
    return ("+" if amount > 0 else MINUS) + money(currency, abs(amount))


def _quantity_detail(effect: Effect) -> str:
    if effect.demand_qty is None:
        return _("at net price, over the horizon")
    units = plural(effect.uom) if effect.uom else _("units")
    return _("%(qty)s %(units)s at net price") % {"qty": signed(effect.demand_qty), "units": units}


def _load_figure(effect: Effect, names: Mapping[tuple[str, str], str]) -> EffectFigure:
    if not effect.is_load_known:
        return EffectFigure(_("Load"), UNKNOWN, _("only the exact run can tell"))
    if effect.load is None:
        return EffectFigure(_("Load"), _("unchanged"), _("on every resource"))
    load = effect.load
    where = {"resource": names.get(("resource", load.resource), load.resource), "bucket": load.bucket}
    said = _("%(resource)s in %(bucket)s") % where
    change = f"{shown(load.before_pct)} → {shown(load.after_pct)}%"
    return EffectFigure(_("Highest load"), f"▲ {change}" if load.after_pct > 100 else change, said)


def _fill_figure(effect: Effect) -> EffectFigure:
    before, after = effect.fill_before_pct, effect.fill_after_pct
    if before is None or after is None:
        return EffectFigure(_("Service"), UNKNOWN, _("only the exact run can tell"))
    moved = _("fill rate, %(change)s points") % {"change": signed(after - before, decimals=2)}
    return EffectFigure(_("Service"), f"{shown(after, decimals=1)}%", moved)


def _margin_figure(effect: Effect) -> EffectFigure:
    told = _("gross margin, over the horizon")
    if effect.margin_amount is None:
        told = _("not every item has price and cost") if effect.is_exact else _("only the exact run can tell")
    return EffectFigure(_("Margin"), signed_money(effect.currency, effect.margin_amount), told)


def _cost_figure(effect: Effect) -> EffectFigure:
    told = _("all cost of the plan, over the horizon")
    if effect.cost_amount is None:
        told = _("not every price is known") if effect.is_exact else _("only the exact run can tell")
    return EffectFigure(_("Cost"), signed_money(effect.currency, effect.cost_amount), told)
