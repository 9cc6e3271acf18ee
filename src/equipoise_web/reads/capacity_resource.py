"""The page of a resource: what loads it against what is there, what is behind a bucket, options, and the slider."""

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.balance.ground import Ground
from equipoise.core.grid import FloatArray
from equipoise.core.table import UnknownName
from equipoise.pack.headline import money
from equipoise_web.access import Access
from equipoise_web.reads.capacity_behind import Behind, behind, by_family_per_hour, contribution_per_hour
from equipoise_web.reads.capacity_cells import pct_of, said_pct, words_of_pct
from equipoise_web.reads.capacity_chart import MOST_PARTS, LoadChart, draw_load
from equipoise_web.reads.capacity_effect import can_slide, read_effect
from equipoise_web.reads.capacity_effect_parts import Wanted
from equipoise_web.reads.capacity_ground import gap_at, ground_of
from equipoise_web.reads.capacity_ladder import read_ladder
from equipoise_web.reads.capacity_load import RoughCut, rough_cut_of
from equipoise_web.reads.capacity_option_table import read_options
from equipoise_web.reads.capacity_options import adjust_link, days_of
from equipoise_web.reads.capacity_resource_parts import BucketRow, FamilyLine, Figure, ResourcePage
from equipoise_web.reads.capacity_scope import Seen, see_capacity, sees_prices
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import UNKNOWN, shown
from equipoise_web.reads.resource_link import resource_link


@dataclass(frozen=True)
class Sight:
    """A resource and a bucket that the person may see."""

    seen: Seen
    row: int
    bucket: int


def find_resource(who: Access, code: str, bucket: str, digest: str) -> Sight:
    """The resource and bucket asked for; without a bucket the fullest.

    Raises NotAllowed, PlanNotFound, NoCapacityYet, UnknownName.
    """
    seen = see_capacity(who, digest)
    leaves = seen.plan.axes.resources.leaves
    row = leaves.index(code) if code in leaves else -1
    if row not in set(seen.rows.tolist()):
        # One that is not the person's and one that is not there are told alike.
        raise UnknownName(_("There is no resource %(code)s that you may see.") % {"code": code})
    horizon = seen.plan.axes.horizon
    if not bucket:
        used = np.nan_to_num(rough_cut_of(seen.whole.digest).infinite.heat.utilization_pct[row], nan=-1.0)
        return Sight(seen, row, int(np.argmax(used)))
    if not bucket.isdecimal() or int(bucket) >= horizon:
        raise UnknownName(_("There is no bucket %(bucket)s in the plan.") % {"bucket": bucket[:20]})
    return Sight(seen, row, int(bucket))


def read_resource(who: Access, code: str, *, bucket: str, digest: str, wanted: Wanted, over: str = "") -> ResourcePage:
    """The page of a resource at a bucket, with the slider where it stands, one-off costs spread `over` buckets.

    Raises what `find_resource` and `read_ladder` do.
    """
    sight = find_resource(who, code, bucket, digest)
    seen, row, at = sight.seen, sight.row, sight.bucket
    cut = rough_cut_of(seen.whole.digest)
    ground = ground_of(seen)
    found = behind(ground, row)
    words, calendar = words_of(seen.plan.snapshot_id), seen.plan.axes.calendar
    name = words.name("resource", code)
    price = np.nan_to_num(seen.plan.measure("capacity_shadow_price").values[row])
    load, rated = cut.infinite.heat.load[row], cut.infinite.heat.available[row]
    is_limited, families = can_slide(cut, row), _families(ground, found, at)
    is_told, short = sees_prices(who), max(float(load[at] - rated[at]), 0.0)
    worth = float(price[at]) if seen.plan.tier == "optimum" else None
    return ResourcePage(
        plan=seen.plan,
        code=code,
        name=name,
        title=_title(name, calendar.label(at), float(load[at]), float(rated[at])),
        lead=_lead(seen, row, load, rated),
        bucket=at,
        bucket_label=calendar.label(at),
        buckets=tuple((t, calendar.label(t)) for t in range(calendar.horizon)),
        figures=_figures(seen, cut, row, at, worth),
        chart=_chart(seen, cut, found, row, at),
        chart_title=_chart_title(load, rated),
        rows=_rows(seen, cut, row, at, price, digest),
        families=families,
        families_title=_families_title(families, calendar.label(at)),
        options=read_options(who, gap_at(who, seen, row, at), worth=worth) if is_told else None,
        ladder=read_ladder(ground, row, over) if is_told else None,
        effect=read_effect(who, seen, row, at, wanted) if is_limited else None,
        wanted=wanted,
        adjust_link=adjust_link(
            who,
            seen.plan,
            "capacity",
            {"amount": f"+{max(round(short), 1)}", "resource": code, **days_of(seen.plan, at, at)},
        )
        if is_limited
        else "",
        why_link=f"{reverse('explain:show', args=[seen.plan.digest])}?"
        + urlencode({"measure": "capacity_load_hours", "resource": code, "bucket": at}),
        digest=digest,
    )


def _title(name: str, when: str, load: float, rated: float) -> str:
    if np.isinf(rated):
        return _("%(name)s has no limit of hours") % {"name": name}
    said = {"name": name, "hours": shown(abs(load - rated)), "when": when, "pct": words_of_pct(pct_of(load, rated))}
    if load - rated >= 0.5:
        return _("%(name)s lacks %(hours)s hours in %(when)s, at %(pct)s") % said
    return _("%(name)s has %(hours)s hours left in %(when)s, at %(pct)s") % said


def _lead(seen: Seen, row: int, load: FloatArray, rated: FloatArray) -> str:
    over = np.maximum(load - rated, 0.0)
    site = seen.site_of(row)
    words = words_of(seen.plan.snapshot_id)
    count = int((over >= 0.5).sum())
    place = _("At %(site)s. ") % {"site": words.name("location", site)} if site else ""
    if not count:
        return place + _("No bucket of the horizon asks for more than is there without overtime.")
    said = {"hours": shown(float(over.sum())), "count": count, "all": len(over)}
    return place + _("Over the horizon %(hours)s hours are over, in %(count)s of %(all)s buckets.") % said


def _figures(seen: Seen, cut: RoughCut, row: int, at: int, worth: float | None) -> tuple[Figure, ...]:
    table = cut.infinite.heat
    load, rated = float(table.load[row, at]), float(table.available[row, at])
    planned = float(np.nan_to_num(seen.whole.measure("capacity_load_hours").values[row, at]))
    proved = float(seen.whole.measure("capacity_demonstrated_hours").values[row, at])
    most = float(cut.network.capacity.overtime_room(row)[at])
    pct = pct_of(load, rated)
    return (
        Figure(_("Asked for"), f"{shown(load)} h", said_pct(pct)),
        Figure(_("Planned"), f"{shown(planned)} h", _("in the plan in force")),
        Figure(
            _("Rated"),
            UNKNOWN if np.isinf(rated) else f"{shown(rated)} h",
            _overtime_words(most),
        ),
        Figure(
            _("Demonstrated"),
            UNKNOWN if np.isnan(proved) else f"{shown(proved)} h",
            _("best mean of four closed buckets") if not np.isnan(proved) else _("no hours were reported"),
        ),
        Figure(
            _("One more hour"),
            UNKNOWN if worth is None else money(seen.plan.head.currency, worth),
            _("is what it saves in the whole plan") if worth is not None else _("has no price without a limit"),
        ),
    )  # fmt: skip


def _overtime_words(most: float) -> str:
    if most <= 0:
        return _("no overtime allowed")
    if np.isinf(most):
        return _("no overtime limit stated")
    return _("and %(hours)s clock hours of overtime") % {"hours": shown(most)}


def _chart(seen: Seen, cut: RoughCut, found: Behind, row: int, at: int) -> LoadChart:
    largest = np.argsort(-found.by_family.sum(axis=1), kind="stable").tolist()
    order = [n for n in largest if found.by_family[n].sum() >= 0.5]
    parts = [(found.families[n], found.by_family[n]) for n in order[:MOST_PARTS]]
    if order[MOST_PARTS:]:
        parts.append((_("Other families"), found.by_family[order[MOST_PARTS:]].sum(axis=0)))
    if found.rest.sum() >= 0.5:
        parts.append((_("Firm receipts"), found.rest))
    capacity, rated = cut.network.capacity, cut.infinite.heat.available[row]
    most = cut.network.capacity.overtime_room(row) + capacity.shift_hours[row]
    return draw_load(
        seen.plan.axes.calendar,
        parts,
        rated=rated,
        beyond=rated + most * capacity.rate[row],
        demonstrated=float(seen.whole.measure("capacity_demonstrated_hours").values[row, at]),
        bucket=at,
    )


def _chart_title(load: FloatArray, rated: FloatArray) -> str:
    over = int((load - rated >= 0.5).sum())
    if not over:
        return _("What is asked for fits below the rated hours")
    return _("What is asked for lies above the rated hours in %(over)s of %(all)s buckets") % {
        "over": over, "all": len(load)}  # fmt: skip


def _rows(seen: Seen, cut: RoughCut, row: int, at: int, price: FloatArray, digest: str) -> tuple[BucketRow, ...]:
    plan, table, calendar = seen.whole, cut.infinite.heat, seen.plan.axes.calendar
    planned, overtime, shift = (
        np.nan_to_num(plan.measure(name).values[row])
        for name in ("capacity_load_hours", "overtime_hours", "shift_hours")
    )
    code, currency, is_priced = plan.axes.resources.leaves[row], plan.head.currency, plan.tier == "optimum"
    lines = []
    for t in range(calendar.horizon):
        rated = float(table.available[row, t])
        pct = pct_of(float(table.load[row, t]), rated)
        lines.append(
            BucketRow(
                label=calendar.label(t),
                link=resource_link(code, bucket=t, digest=digest),
                asked=shown(float(table.load[row, t])),
                pct=said_pct(pct),
                rated=UNKNOWN if np.isinf(rated) else shown(rated),
                planned=shown(float(planned[t])),
                overtime=shown(float(overtime[t])),
                shift=shown(float(shift[t])),
                worth=money(currency, float(price[t]))
                if is_priced and price[t] >= 0.5
                else ("0" if is_priced else UNKNOWN),
                is_chosen=t == at,
            )
        )
    return tuple(lines)


def _families(ground: Ground, found: Behind, at: int) -> tuple[FamilyLine, ...]:
    hours = found.by_family[:, at]
    per_hour = by_family_per_hour(found, contribution_per_hour(ground, found, at), at)
    total = float(hours.sum())
    order = [n for n in np.argsort(-hours, kind="stable").tolist() if hours[n] >= 0.05]
    known = [n for n in order if not np.isnan(per_hour[n])]
    least = min(known, key=lambda n: float(per_hour[n])) if len(known) > 1 else -1
    largest = float(hours.max(initial=0.0))
    sheet = reverse("sheet:show", args=[ground.plan.digest])
    is_family = "family" in ground.plan.axes.items.levels
    return tuple(
        FamilyLine(
            name=found.families[n],
            hours=shown(float(hours[n]), decimals=1),
            share=f"{shown(100.0 * float(hours[n]) / total)}%",
            share_pct=100.0 * float(hours[n]) / largest,
            per_hour=UNKNOWN if np.isnan(per_hour[n]) else money(ground.plan.head.currency, float(per_hour[n])),
            gives_way=n == least,
            link=f"{sheet}?{urlencode({'family': found.families[n]})}" if is_family else "",
        )
        for n in order
    )


def _families_title(families: tuple[FamilyLine, ...], when: str) -> str:
    if not families:
        return _("Nothing is asked of it in %(when)s") % {"when": when}
    least = next((line.name for line in families if line.gives_way), "")
    if least:
        return _("In %(when)s an hour of %(family)s earns least") % {"when": when, "family": least}
    return _("%(family)s is behind the load in %(when)s") % {"when": when, "family": families[0].name}
