"""Holds that run out within days: whose they are, until when, and the revenue that nothing holds any more after that.

No exception among the others, for the money that stands under a hold is not money at stake: it is listed beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse

from equipoise.core.adjustment import Adjustment, expiry_of
from equipoise.core.grid import BoolArray
from equipoise.core.measure import Grain
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise_web.expiry import WARNED_DAYS, today
from equipoise_web.reads.adjustment_pages import people_titles
from equipoise_web.reads.cell_link import family_of
from equipoise_web.reads.in_words import day_words, words_of
from equipoise_web.reads.scenarios import question_of, working_scenario


@dataclass(frozen=True)
class EndingHold:
    """The holds of one owner on one family that run out on one day."""

    owner: str
    owner_title: str
    last: date
    last_words: str
    days_left: int
    """0 on the last day."""
    count: int
    what: str
    """The item, or its family where they are of several."""
    amount: float
    """Revenue held: consensus × net price, each cell once."""
    amount_text: str
    link: str
    """The grid where they stand."""


def read_ending(plan: Plan) -> tuple[EndingHold, ...]:
    """The holds of the working scenario whose last day is today or within WARNED_DAYS, the first day first.

    `plan` is a whole plan; none where it is of other data than the scenario.
    """
    root, day = working_scenario(), today()
    if root is None or root.snapshot != plan.snapshot_id:
        return ()
    names, titles = words_of(plan.snapshot_id).names, people_titles()
    groups: dict[tuple[date, str, str], list[tuple[BoolArray, set[str]]]] = {}
    for hold in question_of(root.name).adjustments:
        last = expiry_of(hold)
        if last is None or not 0 <= (last - day).days <= WARNED_DAYS:
            continue
        for family, cells, items in _parts(plan, hold):
            groups.setdefault((last, hold.author, family), []).append((cells, items))
    return tuple(_ending(plan, key, groups[key], names, titles) for key in sorted(groups))


def _ending(
    plan: Plan,
    key: tuple[date, str, str],
    parts: Sequence[tuple[BoolArray, set[str]]],
    names: Mapping[tuple[str, str], str],
    titles: Mapping[str, str],
) -> EndingHold:
    last, owner, family = key
    held = np.logical_or.reduce([cells for cells, _items in parts])
    revenue = plan.measure("demand_consensus_qty").values * plan.measure("sales_net_price").values
    amount = float(np.nan_to_num(revenue[held]).sum())
    items = set().union(*(items for _cells, items in parts))
    (item,) = items if len(items) == 1 else ("",)
    node = item or (f"family:{family}" if family else "")
    return EndingHold(
        owner=owner,
        owner_title=titles.get(owner, owner),
        last=last,
        last_words=day_words(last),
        days_left=(last - today()).days,
        count=len(parts),
        what=names.get(("item", item), item) or family,
        amount=amount,
        amount_text=money(plan.head.currency, amount),
        link=f"{reverse('grid:show')}?{urlencode({'item': node})}" if node else reverse("grid:show"),
    )


def _parts(plan: Plan, hold: Adjustment) -> list[tuple[str, BoolArray, set[str]]]:
    """By family the cells [N, T] that a hold reaches, and their items."""
    axes, scope = plan.axes, hold.scope
    if not (axes.items.knows(scope.item) and axes.markets.knows(scope.market)):
        return []
    keys = axes.keys[Grain.DEMAND]
    begin, end = axes.calendar.span(scope.first, scope.last)
    rows: dict[str, list[int]] = {}
    for row in axes.rows(Grain.DEMAND, scope).tolist() if begin < end else ():
        rows.setdefault(family_of(plan, keys.labels(row)[0]), []).append(row)
    found = []
    for family, of_family in rows.items():
        cells = np.zeros((len(keys), axes.horizon), dtype=np.bool_)
        cells[of_family, begin:end] = True
        found.append((family, cells, {keys.labels(row)[0] for row in of_family}))
    return found
