"""What another capacity of a resource would do: at once, before and after, and exactly by a job.

At once is tier optimum where the model is small enough to be solved while somebody waits (`capacity_solve`), else tier
heuristic, else tier rough cut: the same load against other hours. Nothing is changed by any of them.
"""

from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.pack.headline import money
from equipoise.supply.binding import Binding
from equipoise_web.access import Access
from equipoise_web.reads.adjustment_pages import plan_of_work
from equipoise_web.reads.capacity_cells import pct_of, said_pct
from equipoise_web.reads.capacity_effect_parts import EffectLine, EffectPart, Wanted, WrongLever
from equipoise_web.reads.capacity_load import RoughCut, rough_cut_of
from equipoise_web.reads.capacity_options import may_propose
from equipoise_web.reads.capacity_scope import Seen
from equipoise_web.reads.capacity_solve import Lever, Solved, Tier, at_once, tier_of
from equipoise_web.reads.effect import signed_money
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import UNKNOWN, shown, signed

LIMITS: dict[str, str | Promise] = {
    "hours": gettext_lazy("hours of %(where)s"),
    "overtime": gettext_lazy("overtime of %(where)s"),
    "shift": gettext_lazy("extra shift of %(where)s"),
    "workers": gettext_lazy("workers of %(where)s"),
    "limit": gettext_lazy("limit of %(where)s"),
    "storage": gettext_lazy("room: %(where)s"),
    "most_stock": gettext_lazy("most stock of %(where)s"),
}
TIERS: dict[Tier, tuple[str | Promise, str | Promise]] = {
    "optimum": (
        gettext_lazy("Optimum, at once"),
        gettext_lazy("solved from the plan's own basis; margin at standard cost"),
    ),
    "heuristic": (
        gettext_lazy("Heuristic, at once"),
        gettext_lazy("a fast finite plan on both sides; service falls faster in it than in the optimum"),
    ),
    "rough": (
        gettext_lazy("Rough cut, at once"),
        gettext_lazy("the same load against other hours; service, margin and what binds come with the exact figure"),
    ),
}
"""What each tier is called and what it knows."""
OF_RESOURCES = ("hours", "overtime", "shift", "workers")


def lever_of(seen: Seen, row: int, bucket: int, wanted: Wanted) -> Lever:
    """The slider as a lever: the whole horizon, the buckets in a row that are over around a bucket, or it alone."""
    first, end = span_of(rough_cut_of(seen.whole.digest), row, bucket, wanted.when)
    return Lever(seen.plan.axes.resources.leaves[row], wanted.percent, first, end)


def span_of(cut: RoughCut, row: int, bucket: int, when: str) -> tuple[int, int]:
    """Buckets first..end−1 of a stretch."""
    horizon = cut.infinite.heat.load.shape[1]
    if when == "all":
        return 0, horizon
    over = cut.infinite.heat.over_hours[row] >= 0.5
    if when == "bucket" or not over[bucket]:
        return bucket, bucket + 1
    first, end = bucket, bucket + 1
    while first > 0 and over[first - 1]:
        first -= 1
    while end < horizon and over[end]:
        end += 1
    return first, end


def can_slide(cut: RoughCut, row: int) -> bool:
    """False where regular hours have no limit that a change could move."""
    return bool(np.isfinite(cut.network.capacity.clock[row]).any())


def check_slides(seen: Seen, row: int) -> None:
    """Raise WrongLever for a resource whose regular hours nothing limits."""
    if not can_slide(rough_cut_of(seen.whole.digest), row):
        name = words_of(seen.plan.snapshot_id).name("resource", seen.plan.axes.resources.leaves[row])
        raise WrongLever(_("The regular hours of %(name)s have no limit that could be moved.") % {"name": name})


def read_effect(who: Access, seen: Seen, row: int, bucket: int, wanted: Wanted) -> EffectPart:
    """Load, service, margin and what binds, now and with the slider where it stands."""
    lever = lever_of(seen, row, bucket, wanted)
    cut = rough_cut_of(seen.whole.digest)
    tier = tier_of(seen.whole)
    lines = [*_rough(seen, cut, row, bucket, lever)]
    if tier != "rough":
        lines += _planned(who, seen, row, bucket, lever)
    title = _("Nothing changes at 0%") if not wanted.percent else _title(seen, lever, lines)
    why_not = _why_not(who, seen, lever)
    return EffectPart(
        title=title,
        lines=tuple(lines),
        tier=str(TIERS[tier][0]),
        tier_detail=str(TIERS[tier][1]),
        adjust_link=_adjust_link(seen, lever)
        if wanted.percent and may_propose(who, seen.plan, "capacity", lever.resource)
        else "",
        can_ask_exact=not why_not,
        why_not=why_not,
    )


def _title(seen: Seen, lever: Lever, lines: list[EffectLine]) -> str:
    name = words_of(seen.plan.snapshot_id).name("resource", lever.resource)
    label = seen.plan.axes.calendar.label
    first, last = label(lever.first), label(lever.end - 1)
    said = {"name": name, "percent": signed(lever.percent), "first": first, "last": last}
    if lever.end - lever.first == 1:
        return _("%(name)s at %(percent)s%% in %(first)s") % said
    return _("%(name)s at %(percent)s%% from %(first)s to %(last)s") % said


def _rough(seen: Seen, cut: RoughCut, row: int, bucket: int, lever: Lever) -> list[EffectLine]:
    """What is asked for against the hours before and after: in the bucket, and over the horizon."""
    load, now = cut.infinite.heat.load[row], cut.infinite.heat.available[row]
    later = _scaled(now, lever)
    before, after = (pct_of(float(load[bucket]), float(hours[bucket])) for hours in (now, later))
    over = [float(np.maximum(load - hours, 0.0).sum()) for hours in (now, later)]
    when = seen.plan.axes.calendar.label(bucket)
    return [
        EffectLine(
            _("Asked for in %(when)s") % {"when": when}, said_pct(before), said_pct(after), _points(before, after)
        ),
        EffectLine(
            _("Hours over, horizon"), shown(over[0]), shown(over[1]), signed(over[1] - over[0]), _("before options")
        ),
    ]


def _scaled(hours: FloatArray, lever: Lever) -> FloatArray:
    later = hours.copy()
    later[lever.first : lever.end] *= 1.0 + lever.percent / 100.0
    return later


def _planned(who: Access, seen: Seen, row: int, bucket: int, lever: Lever) -> list[EffectLine]:
    old, new = at_once(seen.whole, lever)
    label = seen.plan.axes.calendar.label
    loads = [pct_of(float(s.load[row, bucket]), float(s.rated[row, bucket])) for s in (old, new)]
    extra = [float(s.overtime[row].sum()) for s in (old, new)]
    lines = [
        EffectLine(
            _("Worked in %(when)s") % {"when": label(bucket)}, said_pct(loads[0]), said_pct(loads[1]), _points(*loads)
        ),
        EffectLine(_("Overtime and shifts, h"), shown(extra[0]), shown(extra[1]), signed(extra[1] - extra[0])),
    ]
    if not who.sees_all:
        lines.append(
            EffectLine(
                _("Service, margin"), UNKNOWN, UNKNOWN, UNKNOWN, _("are the whole company's, which you do not see")
            )
        )
    else:
        lines += [_service(seen, old, new), _margin(seen, old, new), _cost(seen, old, new)]
    lines.append(_bound(who, seen, old, new) if tier_of(seen.whole) == "optimum" else _fullest(seen, old, new))
    return lines


def _service(seen: Seen, old: Solved, new: Solved) -> EffectLine:
    required = float(np.nansum(seen.whole.measure("demand_required_qty").values))
    fills = [100.0 * float(s.on_time.sum()) / required if required > 0 else None for s in (old, new)]
    change = UNKNOWN if None in fills else _("%(points)s pp") % {"points": signed(fills[1] - fills[0], decimals=2)}  # type: ignore[operator]
    before, after = (UNKNOWN if fill is None else f"{shown(fill, decimals=2)}%" for fill in fills)
    return EffectLine(_("Fill rate"), before, after, change, _("served on time, over the horizon"))


def _margin(seen: Seen, old: Solved, new: Solved) -> EffectLine:
    """Gross margin of the plan, and with what is served more or less at price less standard cost."""
    plan, currency = seen.whole, seen.plan.head.currency
    now = float(plan.total("margin_gross_amount"))
    earned = plan.measure("sales_net_price").values - _standard_cost(seen)
    gained = new.served - old.served
    change = float(np.where(np.abs(gained) < 1e-6, 0.0, gained * earned).sum())
    if np.isnan(now) or np.isnan(change):
        return EffectLine(_("Gross margin"), UNKNOWN, UNKNOWN, UNKNOWN, _("not every item has price and cost"))
    return EffectLine(
        _("Gross margin"),
        money(currency, now),
        money(currency, now + change),
        signed_money(currency, change),
        _("over the horizon, before pay"),
    )


def _cost(seen: Seen, old: Solved, new: Solved) -> EffectLine:
    """What the whole plan costs: where demand waits, margin stays and this does not."""
    currency, change = seen.plan.head.currency, new.cost - old.cost
    return EffectLine(
        _("Cost of the plan"),
        money(currency, old.cost),
        money(currency, new.cost),
        signed_money(currency, change),
        _("pay, materials, freight, holding, waiting"),
    )


def _standard_cost(seen: Seen) -> FloatArray:
    """Standard cost of each demand row's item, [D, T]: where it is held, the places' mean."""
    plan = seen.whole
    cost, items = plan.measure("cost_standard_price").values, plan.axes.keys[Grain.STOCK].column("item")
    known = ~np.isnan(cost)
    total = np.zeros((len(plan.axes.items), cost.shape[1]))
    count = np.zeros(total.shape)
    np.add.at(total, items, np.where(known, cost, 0.0))
    np.add.at(count, items, known.astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: FloatArray = np.where(count > 0, total / count, np.nan)
    return mean[plan.axes.keys[Grain.DEMAND].column("item")]


def _bound(who: Access, seen: Seen, old: Solved, new: Solved) -> EffectLine:
    """The limit of which one percent more saves most, before and after."""
    before, after = (_first(who, seen, solved) for solved in (old, new))
    said = [_("nothing") if each is None else _limit_words(seen, each) for each in (before, after)]
    saves = ""
    if after is not None:
        amount = money(seen.plan.head.currency, after.money)
        saves = _("1%% more of it would save %(money)s") % {"money": amount}
    change = _("moved on") if said[0].split(",")[0] != said[1].split(",")[0] else _("the same")
    return EffectLine(_("What binds first"), said[0], said[1], change, saves)


def _fullest(seen: Seen, old: Solved, new: Solved) -> EffectLine:
    """The fullest resource before and after: what stands for the binding limit where a plan has no prices."""
    said, names = [], words_of(seen.plan.snapshot_id)
    for solved in (old, new):
        with np.errstate(divide="ignore", invalid="ignore"):
            used = np.nan_to_num((solved.load / solved.rated)[seen.rows], nan=0.0)
        at, bucket = (int(n) for n in np.unravel_index(int(np.argmax(used)), used.shape))
        row = int(seen.rows[at])
        pct = pct_of(float(solved.load[row, bucket]), float(solved.rated[row, bucket]))
        where = {
            "pct": said_pct(pct),
            "name": names.name("resource", seen.plan.axes.resources.leaves[row]),
            "when": seen.plan.axes.calendar.label(bucket),
        }
        said.append(_("%(name)s, %(when)s: %(pct)s") % where)
    change = _("moved on") if said[0].split(",")[0] != said[1].split(",")[0] else _("the same")
    return EffectLine(_("Fullest"), said[0], said[1], change, _("what binds comes with the optimum"))


def _first(who: Access, seen: Seen, solved: Solved) -> Binding | None:
    rows = set(seen.rows.tolist())
    mine = (each for each in solved.binding if who.sees_all or (each.kind in OF_RESOURCES and each.row in rows))
    return next(mine, None)


def _limit_words(seen: Seen, each: Binding) -> str:
    where = words_of(seen.plan.snapshot_id).name("resource", each.where) if each.kind in OF_RESOURCES else each.where
    said = str(LIMITS[each.kind]) % {"where": where}
    return _("%(limit)s, %(when)s") % {"limit": said, "when": seen.plan.axes.calendar.label(each.bucket)}


def _points(before: float | None, after: float | None) -> str:
    if before is None or after is None or np.isinf(before) or np.isinf(after):
        return UNKNOWN
    return _("%(points)s pp") % {"points": signed(after - before)}


def typed_of(seen: Seen, lever: Lever) -> dict[str, str]:
    """The lever as the form of an adjustment would have it typed."""
    calendar = seen.plan.axes.calendar
    return {
        "amount": f"{lever.percent:+g}%",
        "resource": lever.resource,
        "first": calendar.start_of(lever.first).isoformat(),
        "last": calendar.end_of(lever.end - 1).isoformat(),
        "reason_code": "capacity",
    }


def _adjust_link(seen: Seen, lever: Lever) -> str:
    name = words_of(seen.plan.snapshot_id).name("resource", lever.resource)
    reason = _("Tried with the slider of %(name)s") % {"name": name}
    return f"{reverse('adjust:new', args=['capacity'])}?{urlencode({**typed_of(seen, lever), 'reason': reason})}"


def _why_not(who: Access, seen: Seen, lever: Lever) -> str:
    """Why no exact run can be asked for; blank where one can."""
    if not lever.percent:
        return _("Move the slider to ask for the exact figure.")
    if not may_propose(who, seen.plan, "capacity", lever.resource):
        return _("The exact run is for those who may propose capacity here.")
    now = plan_of_work(who)
    if now is None or now.digest != seen.plan.digest:
        return _("The exact run answers for the plan in force; this is another one.")
    return ""
