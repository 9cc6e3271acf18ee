"""The page of capacity: the heat table of rough-cut capacity planning, its finding, and the bottlenecks in order."""

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise.core.grid import FloatArray
from equipoise.core.table import UnknownName
from equipoise.pack.headline import money
from equipoise.plan import Plan
from equipoise.supply.capacity.heat import Bottleneck, Heat, bottlenecks
from equipoise_web.access import Access
from equipoise_web.reads.capacity_cells import (
    FULL,
    HAIR,
    TIMES,
    Column,
    cell_of,
    columns_of,
    order_of,
    peak_of,
    words_of_pct,
)
from equipoise_web.reads.capacity_load import METHODS, RoughCut, load_by, planned_extra, rough_cut_of
from equipoise_web.reads.capacity_parts import Asked, BottleneckLine, CapacityPage, CellLink, ResourceRow
from equipoise_web.reads.capacity_scope import Seen, see_capacity, sees_prices
from equipoise_web.reads.capacity_soon import read_soon, soon_title
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import UNKNOWN, counted, shown
from equipoise_web.reads.resource_link import resource_link

Words = str | Promise
TIME_WORDS: dict[str, Words] = {"bucket": gettext_lazy("Short: buckets"), "quarter": gettext_lazy("Long: quarters")}
LISTED = 8
"""Bottlenecks listed."""
SHOWN_AT_ONCE = 200
"""Resources of one page; the fullest are shown."""


def read_capacity(who: Access, asked: Asked) -> CapacityPage:
    """The heat table of the resources that the person may see.

    Raises NotAllowed where there are none, NoCapacityYet, PlanNotFound, and UnknownName for a choice there is not.
    """
    if asked.method not in METHODS or asked.time not in TIMES:
        raise UnknownName(_("There is no such view of capacity."))
    seen = see_capacity(who, asked.digest)
    cut = rough_cut_of(seen.whole.digest)
    table = load_by(seen.whole, cut, asked.method)
    at_site = [row for row in order_of(seen.rows, table) if not asked.site or seen.site_of(row) == asked.site]
    ranked = [each for each in bottlenecks(table) if each.resource in set(at_site) and _is_over(table, each)]
    columns = columns_of(seen.plan.axes.calendar, asked.time)
    reader = _Reader(seen, cut, table, asked)
    rows = tuple(reader.row(row, columns) for row in at_site[:SHOWN_AT_ONCE])
    soon = read_soon(who, seen, site=asked.site, digest=asked.digest) if sees_prices(who) else ()
    return CapacityPage(
        plan=seen.plan,
        asked=asked,
        title=reader.title(ranked) if rows else _("No resource limits what is made here"),
        lead=reader.lead(ranked) if rows else "",
        heat_title=_heat_title(seen, table, at_site),
        subtitle=_subtitle(asked),
        columns=columns,
        rows=rows,
        more=max(len(at_site) - SHOWN_AT_ONCE, 0),
        has_overdue=bool(table.overdue[at_site].sum() >= 0.5) if at_site else False,
        ranking=reader.ranking(ranked),
        ranking_title=_ranking_title(ranked),
        soon=soon,
        soon_title=soon_title(soon) if sees_prices(who) else "",
        has_list=seen.plan.snapshot.has("levers"),
        sites=_sites(seen),
        notes=_notes(cut, asked, seen.plan),
        methods=METHODS,
        times=TIME_WORDS,
    )


def _is_over(table: Heat, each: Bottleneck) -> bool:
    return each.over_hours >= 0.5 or each.beyond_levelling_hours >= 0.5


class _Reader:
    """Says the rows of one table."""

    def __init__(self, seen: Seen, cut: RoughCut, table: Heat, asked: Asked) -> None:
        self.seen, self.cut, self.table, self.asked = seen, cut, table, asked
        self.calendar = seen.plan.axes.calendar
        self.words = words_of(seen.plan.snapshot_id)
        self.extra = planned_extra(seen.whole)
        self.price = np.nan_to_num(seen.plan.measure("capacity_shadow_price").values)
        self.demonstrated = seen.whole.measure("capacity_demonstrated_hours").values
        self.currency = seen.plan.head.currency

    def name(self, row: int) -> str:
        return self.words.name("resource", self.seen.plan.axes.resources.leaves[row])

    def site(self, row: int) -> str:
        code = self.seen.site_of(row)
        return self.words.name("location", code) if code else ""

    def link(self, row: int, bucket: int) -> str:
        code = self.seen.plan.axes.resources.leaves[row]
        return resource_link(code, bucket=bucket, digest=self.asked.digest)

    def row(self, row: int, columns: tuple[Column, ...]) -> ResourceRow:
        name, table = self.name(row), self.table
        overtime = self.extra["overtime_hours"][row] + self.extra["shift_hours"][row]
        cells = [
            cell_of(
                self.calendar, table, row, column, name=name, overtime=overtime, is_plan=self.asked.method == "plan"
            )
            for column in columns
        ]
        peak, when = peak_of(self.calendar, table, row)
        rated, proved = self._rated(row), float(self.demonstrated[row, 0])
        overdue = float(table.overdue[row].sum())
        return ResourceRow(
            code=self.seen.plan.axes.resources.leaves[row],
            name=name,
            site=self.site(row),
            cells=tuple(CellLink(cell, self.link(row, cell.bucket)) for cell in cells),
            overdue=shown(overdue) if overdue >= 0.5 else UNKNOWN,
            peak=_("%(pct)s, %(when)s") % {"pct": words_of_pct(peak), "when": when} if when else UNKNOWN,
            is_over=peak is not None and peak > FULL + HAIR,
            rated=UNKNOWN if np.isinf(rated) else shown(rated),
            demonstrated=UNKNOWN if np.isnan(proved) else shown(proved),
            is_unproved=bool(np.isfinite(rated) and proved < rated * 0.95),
            extra=self._extra(row),
        )

    def _rated(self, row: int) -> float:
        hours = self.cut.infinite.heat.available[row]
        return float(hours[1:].mean() if len(hours) > 1 else hours.mean())

    def _extra(self, row: int) -> str:
        capacity = self.cut.network.capacity
        rate = float(capacity.rate[row])
        most = capacity.overtime_room(row)
        parts = []
        if float(most.max(initial=0.0)) > 0 and np.isfinite(most).all():
            parts.append(shown(float(most.max()) * rate))
        if capacity.shift_hours[row] > 0:
            parts.append(_("shift %(hours)s") % {"hours": shown(float(capacity.shift_hours[row]) * rate)})
        return " + ".join(parts) or UNKNOWN

    def title(self, ranked: list[Bottleneck]) -> str:
        if not ranked:
            return _("Every resource fits into its regular hours")
        first = ranked[0]
        pct = float(self.table.utilization_pct[first.resource, first.worst_bucket])
        said = {
            "name": self.name(first.resource),
            "pct": words_of_pct(pct),
            "when": self.calendar.label(first.worst_bucket),
        }
        if self.asked.method == "plan":
            return _("%(name)s works at %(pct)s of its regular hours in %(when)s") % said
        return _("%(name)s is asked for %(pct)s of its hours in %(when)s") % said

    def lead(self, ranked: list[Bottleneck]) -> str:
        if not ranked:
            return _("No load of the horizon lies above what is there without overtime.")
        first, parts = ranked[0], []
        if first.beyond_levelling_hours >= 0.5:
            said = {"hours": shown(first.beyond_levelling_hours), "name": self.name(first.resource)}
            parts.append(_("%(hours)s of its hours cannot be worked ahead of time.") % said)
        else:
            parts.append(_("Worked ahead of time, all of it fits."))
        if len(ranked) > 1:
            others = ngettext(
                "%(n)s more resource goes over: %(names)s.", "%(n)s more resources go over: %(names)s.", len(ranked) - 1
            )
            names = [self.name(each.resource) for each in ranked[1:4]]
            rest = [_("and others")] if len(ranked) > 4 else []
            parts.append(others % {"n": counted(len(ranked) - 1), "names": ", ".join(names + rest)})
        else:
            parts.append(_("All other resources fit."))
        return " ".join(parts)

    def ranking(self, ranked: list[Bottleneck]) -> tuple[BottleneckLine, ...]:
        largest = max((each.over_hours for each in ranked), default=0.0)
        lines = []
        for each in ranked[:LISTED]:
            price, row = self.price[each.resource], each.resource
            available = self._priced_hours(row)
            saved = float((price * available).sum()) / 100.0
            top = int(np.argmax(price))
            first = each.first_bucket if each.first_bucket is not None else each.worst_bucket
            lines.append(
                BottleneckLine(
                    name=self.name(row),
                    site=self.site(row),
                    link=self.link(row, each.worst_bucket),
                    over=shown(each.over_hours),
                    beyond=shown(each.beyond_levelling_hours) if each.beyond_levelling_hours >= 0.5 else "0",
                    when=_("from %(first)s, worst in %(worst)s")
                    % {"first": self.calendar.label(first), "worst": self.calendar.label(each.worst_bucket)},
                    worth=_("%(money)s in %(when)s")
                    % {"money": money(self.currency, float(price[top])), "when": self.calendar.label(top)}
                    if self.is_priced and price[top] >= 0.5
                    else (UNKNOWN if not self.is_priced else "0"),
                    saves=money(self.currency, saved) if self.is_priced and saved >= 0.5 else UNKNOWN,
                    share_pct=100.0 * each.over_hours / largest if largest else 0.0,
                )
            )
        return tuple(lines)

    @property
    def is_priced(self) -> bool:
        """True where the plan was solved, so that hours have a price."""
        return self.seen.plan.tier == "optimum"

    def _priced_hours(self, row: int) -> FloatArray:
        hours = self.seen.plan.measure("capacity_available_hours").values[row]
        priced: FloatArray = np.nan_to_num(hours)
        return priced


def _heat_title(seen: Seen, table: Heat, rows: list[int]) -> str:
    used = np.nan_to_num(table.utilization_pct[rows], nan=0.0) if rows else np.zeros((0, 0))
    over = int((used > FULL + HAIR).sum())
    bucket = _("weeks") if seen.plan.axes.calendar.bucket == "week" else _("months")
    said = {"over": counted(over), "all": shown(float(used.size)), "buckets": bucket}
    if not over:
        return _("None of %(all)s %(buckets)s of resources is over capacity") % said
    one_or_more = ngettext(
        "%(over)s of %(all)s %(buckets)s of resources is over capacity",
        "%(over)s of %(all)s %(buckets)s of resources are over capacity",
        over,
    )
    return one_or_more % said


def _subtitle(asked: Asked) -> str:
    label, meaning = METHODS[asked.method]
    if asked.method == "plan":
        return _("Percent of regular hours. %(label)s: %(meaning)s") % {"label": label, "meaning": meaning}
    return _("Percent of rated hours, without overtime. %(label)s: %(meaning)s") % {"label": label, "meaning": meaning}


def _ranking_title(ranked: list[Bottleneck]) -> str:
    if not ranked:
        return _("There is no bottleneck")
    beyond = [each for each in ranked if each.beyond_levelling_hours >= 0.5]
    if not beyond:
        return _("Working ahead brings all of it in")
    hours = sum(each.beyond_levelling_hours for each in beyond)
    said = ngettext(
        "On %(n)s resource %(hours)s hours cannot be worked ahead",
        "On %(n)s resources %(hours)s hours cannot be worked ahead",
        len(beyond),
    )
    return said % {"n": counted(len(beyond)).lower(), "hours": shown(hours)}


def _sites(seen: Seen) -> tuple[tuple[str, str], ...]:
    words = words_of(seen.plan.snapshot_id)
    codes = dict.fromkeys(seen.site_of(row) for row in seen.rows.tolist())
    return tuple((code, words.name("location", code)) for code in sorted(codes) if code)


def _notes(cut: RoughCut, asked: Asked, plan: Plan) -> tuple[str, ...]:
    notes = [
        _("△ above 85%, ▲ above 100%, ▲▲ above 115%. Rated: hours that tables state, at utilization and efficiency. "
          "Shown: demonstrated, the best mean of four closed buckets in a row; ▼ where less than rated was ever shown.")
    ]  # fmt: skip
    if asked.method == "factors":
        notes.append(
            _("Shares of the resources: hours that they earned in closed buckets.")
            if cut.is_by_history
            else _("Shares of the resources: as this schedule asks for them; not every loaded one has reported hours.")
        )
    if plan.tier == "optimum":
        notes.append(_("Worth of an hour: what the whole plan would cost less with one more (dual value)."))
    else:
        notes.append(_("The plan was made as if capacity had no limit, so an hour has no price in it."))
    return tuple(notes)
