"""The few numbers by which whole plans are set side by side, of what a person may see; None where unknown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from equipoise.plan import Plan
from equipoise_web.reads.effect import known
from equipoise_web.reads.scoped_tables import SeenPlan

Words = str | Promise


@dataclass(frozen=True)
class Headline:
    """A number of a whole plan: whose it is, in what it is told, and which way is better (0: neither)."""

    name: str
    lens: str
    label: Words
    unit: str
    """money, pct or hours"""
    better: int
    read: Callable[[Plan], float] = field(compare=False)


def _total(measure: str) -> Callable[[Plan], float]:
    return lambda plan: plan.total(measure)


def _at_end(*measures: tuple[float, str]) -> Callable[[Plan], float]:
    """The signed sum of measures in the last bucket."""
    return lambda plan: float(sum(sign * plan.by_bucket(name)[-1] for sign, name in measures))


def _peak_load(plan: Plan) -> float:
    """The highest load of any resource and bucket, percent of what is available."""
    hours, available = (
        np.nan_to_num(plan.measure(name).values) for name in ("capacity_load_hours", "capacity_available_hours")
    )
    share = np.divide(100.0 * hours, available, out=np.full(hours.shape, np.nan), where=available > 0)
    return float(np.nanmax(share)) if np.isfinite(share).any() else np.nan


def _short(plan: Plan) -> float:
    """Demand that is asked for and not served within the horizon, at net price."""
    wanted, served, price = (
        plan.measure(name).values for name in ("demand_required_qty", "demand_served_qty", "sales_net_price")
    )
    missing = wanted.sum(axis=1) - served.sum(axis=1)
    worth = np.where(np.abs(missing) > 0, missing * price.mean(axis=1), 0.0)
    return float(np.maximum(worth, 0.0).sum())


def _late(plan: Plan) -> float:
    """Demand that is not served in the bucket it is asked for, at net price."""
    late, price = plan.measure("unmet_qty").values, plan.measure("sales_net_price").values
    return float(np.where(late == 0, 0.0, late * price).sum())


LENSES: dict[str, Words] = {
    "sales": _("Sales"),
    "operations": _("Operations"),
    "supply": _("Supply"),
    "finance": _("Finance"),
}
"""Whose eyes a plan is looked at with."""
WORKING_CAPITAL = (
    (1.0, "inventory_value_amount"),
    (1.0, "receivable_closing_amount"),
    (-1.0, "payable_closing_amount"),
)
HEADLINES: tuple[Headline, ...] = (
    Headline("demand", "sales", _("Demand at net price"), "money", 1, _total("revenue_unconstrained_amount")),
    Headline("revenue", "sales", _("Revenue"), "money", 1, _total("revenue_amount")),
    Headline("budget", "sales", _("Revenue to budget"), "pct", 1, _total("budget_attainment_pct")),
    Headline("load", "operations", _("Load, all resources"), "pct", 0, _total("capacity_load_pct")),
    Headline("peak", "operations", _("Highest load"), "pct", -1, _peak_load),
    Headline("overtime", "operations", _("Overtime"), "hours", -1, _total("overtime_hours")),
    Headline("service", "supply", _("Fill rate"), "pct", 1, _total("service_fill_pct")),
    Headline("late", "supply", _("Late or not served, at net price"), "money", -1, _late),
    Headline("short", "supply", _("Not served by the end, at net price"), "money", -1, _short),
    Headline("stock", "supply", _("Stock at the end"), "money", -1, _at_end((1.0, "inventory_value_amount"))),
    Headline("margin", "finance", _("Gross margin"), "money", 1, _total("margin_gross_amount")),
    Headline("cost", "finance", _("Cost of the plan"), "money", -1, _total("cost_total_amount")),
    Headline("cash", "finance", _("Cash at the end"), "money", 1, _at_end((1.0, "cash_closing_amount"))),
    Headline("capital", "finance", _("Working capital at the end"), "money", -1, _at_end(*WORKING_CAPITAL)),
)


def read_headlines(plan: Plan) -> Mapping[str, float | None]:
    """Every headline of a plan as its reader sees it, by name."""
    return _read(SeenPlan(plan))


@lru_cache(maxsize=64)
def _read(seen: SeenPlan) -> Mapping[str, float | None]:
    return {each.name: known(each.read(seen.plan)) for each in HEADLINES}
