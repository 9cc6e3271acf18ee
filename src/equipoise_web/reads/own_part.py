"""The part of a plan that somebody looks after, for whom the whole is not shown: demand of each family in money."""

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.pack.headline import money
from equipoise.pack.scope import families
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.numbers import Scale, counted
from equipoise_web.reads.rights import scope_words

SPAN = 12
"""Buckets looked at: a year of months."""


@dataclass(frozen=True)
class PartLine:
    """A family in the part: consensus at net price, and what people moved it by from the baseline."""

    family: str
    consensus: str
    moved: str
    share_pct: float
    """Of the largest."""


@dataclass(frozen=True)
class OwnPart:
    """The families of somebody's part, the most money first, with their sum."""

    title: str
    subtitle: str
    unit: str
    lines: tuple[PartLine, ...]
    total: str
    total_moved: str


def read_own_part(who: Access, plan: Plan) -> OwnPart:
    """Demand that lies in the person's scope; `plan` is the person's own, so what lies outside counts as 0 in it."""
    price = np.nan_to_num(plan.measure("sales_net_price").values)[:, :SPAN]
    consensus = plan.measure("demand_consensus_qty").values[:, :SPAN] * price
    moved = consensus - plan.measure("demand_baseline_qty").values[:, :SPAN] * price
    found = [each for each in _families(plan, consensus, moved) if each[1] or each[2]]
    found.sort(key=lambda each: (-each[1], each[0]))
    total, total_moved = sum(each[1] for each in found), sum(each[2] for each in found)
    scale = Scale.of_money([total])
    largest = max((each[1] for each in found), default=0.0)
    last = plan.axes.calendar.label(min(SPAN, price.shape[1]) - 1)
    said = ngettext(
        "%(money)s of demand in %(n)s family of yours", "%(money)s of demand in %(n)s families of yours", len(found)
    )
    return OwnPart(
        title=said % {"money": money(plan.head.currency, total), "n": counted(len(found)).lower()},
        subtitle=_("Your part: %(part)s. Consensus at net price to %(last)s, and what people moved it by")
        % {"part": "; ".join(_parts(who)), "last": last},
        unit=f"{plan.head.currency} {scale.prefix}".strip(),
        lines=tuple(
            PartLine(
                family,
                scale.show(amount),
                scale.show(change, is_signed=True),
                round(100.0 * max(amount, 0.0) / largest, 1) if largest else 0.0,
            )
            for family, amount, change in found
        ),
        total=scale.show(total),
        total_moved=scale.show(total_moved, is_signed=True),
    )


def _parts(who: Access) -> tuple[str, ...]:
    return tuple(dict.fromkeys(scope_words(held.scope) for held in who.held if held.gives(Right.READ)))


def _families(plan: Plan, consensus: FloatArray, moved: FloatArray) -> list[tuple[str, float, float]]:
    sums = []
    for family in families(plan):
        rows = plan.axes.rows(Grain.DEMAND, {"item": f"family:{family}"})
        sums.append((family, float(consensus[rows].sum()), float(moved[rows].sum())))
    return sums
