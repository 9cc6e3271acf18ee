"""The page of risk: how far revenue may lie off, and families and stocking points ranked by chance × gap × money."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.balance import Risks, assess_risk
from equipoise.balance.fan_chart import FanFigure, draw_fan, fan_start
from equipoise.balance.tell import CompanyBucket, FamilyBucket, RiskLine, RiskNumbers, Spread
from equipoise.core.measure import Grain
from equipoise.pack.headline import money, plural
from equipoise_web.access import Access
from equipoise_web.reads.cell_link import cell_link
from equipoise_web.reads.figure_chart import FigurePart, figure
from equipoise_web.reads.in_words import Words, words_of
from equipoise_web.reads.numbers import UNKNOWN, counted, shown
from equipoise_web.reads.risk_numbers import numbers_of
from equipoise_web.reads.risk_parts import Asked, RiskPage, RiskRow, RiskTable
from equipoise_web.reads.risk_picture import Picture, picture_of
from equipoise_web.reads.risk_scope import SeenRisk, see_risk

MOST_ROWS = 40
WIDTH = 1300
"""Of the chart, in pixels: all of the page."""


def read_risk(who: Access, asked: Asked) -> RiskPage:
    """The risk of a plan, of what the person may see.

    Raises NotAllowed where there is nothing, NoPlanYet, PlanNotFound, NotAssessed, and UnknownName for a family.
    """
    seen = see_risk(who, asked.digest)
    families, cells = (numbers_of(seen, by=by, family=asked.family, least=asked.least) for by in ("family", "item"))
    reader = _Reader(seen, assess_risk(seen.whole))
    title, lead = reader.finding(families.risks, cells.risks, families.least_amount)
    drawn = reader.figure(families, asked.family)
    return RiskPage(
        plan=seen.plan,
        asked=asked,
        title=title,
        lead=lead,
        figure=drawn,
        unknown="" if drawn or not (seen.sees_company or asked.family) else _unknown(families),
        families=reader.table(families, reader.family_row, reader.family_title(families.risks)),
        cells=reader.table(cells, reader.cell_row, reader.cell_title(cells.risks)),
        choices=seen.families,
        least=families.least_amount,
        sees_all=seen.sees_company,
    )


def _unknown(found: RiskNumbers) -> str:
    if found.is_cut:
        return _("The company has too many series to lay fans for all of them; stocking points are below.")
    return _(
        "How far revenue may lie off is not known: the fan is learned from past errors, and there is too little "
        "history to judge forecasts by, or prices are missing."
    )


class _Reader:
    """Says the rows of one plan."""

    def __init__(self, seen: SeenRisk, risks: Risks) -> None:
        self.seen, self.risks = seen, risks
        self.plan, self.calendar = seen.plan, seen.plan.axes.calendar
        self.words: Words = words_of(seen.plan.snapshot_id)
        self.currency = seen.plan.head.currency

    def money(self, amount: float | None) -> str:
        return UNKNOWN if amount is None else money(self.currency, amount)

    def name(self, line: RiskLine) -> str:
        if not line.item:
            return line.family
        said = {"item": self.words.name("item", line.item), "place": self.words.name("location", line.location)}
        return _("%(item)s at %(place)s") % said

    def finding(self, families: Sequence[RiskLine], cells: Sequence[RiskLine], least: float) -> tuple[str, str]:
        """The title and the sentence below it."""
        worst = next(iter((*families, *cells)), None)
        if worst is None:
            lead = _("No family and no stocking point has %(money)s or more at risk in any bucket of the year ahead.")
            return _("Nothing that matters is likely to run short"), lead % {"money": self.money(least)}
        said = {
            "money": self.money(worst.amount),
            "name": self.name(worst),
            "when": worst.bucket,
            "chance": _chance(worst.chance_pct),
            "gap": self.gap(worst),
        }
        title = _("%(money)s at risk in %(name)s, most in %(when)s") % said
        return title, _("It runs short there with a chance of %(chance)s; then %(gap)s are missing.") % said

    def family_title(self, lines: Sequence[RiskLine]) -> str:
        if not lines:
            return _("No family has much at risk")
        said = ngettext("%(n)s family has much at risk", "%(n)s families have much at risk", len(lines))
        return said % {"n": counted(len(lines))}

    def cell_title(self, lines: Sequence[RiskLine]) -> str:
        if not lines:
            return _("No stocking point has much at risk")
        said = ngettext("%(n)s stocking point has much at risk", "%(n)s stocking points have much at risk", len(lines))
        return said % {"n": counted(len(lines))}

    def gap(self, line: RiskLine) -> str:
        if line.gap_qty is None:
            return UNKNOWN
        return f"{shown(line.gap_qty, decimals=0 if line.gap_qty >= 10 else 1)} {plural(line.unit)}".strip()

    def table(self, found: RiskNumbers, row: Callable[[RiskLine, float], RiskRow], title: str) -> RiskTable:
        largest = max((line.amount or 0.0 for line in found.risks), default=0.0)
        below = ngettext(
            "%(n)s below %(least)s is not listed; %(money)s is at risk in it",
            "%(n)s below %(least)s are not listed; together %(money)s is at risk in them",
            found.below_count,
        )
        said = {
            "n": counted(found.below_count),
            "least": self.money(found.least_amount),
            "money": self.money(found.below_amount),
        }
        unpriced = ngettext(
            "%(n)s has no price, no cost or no common unit, so that no money says how much it matters",
            "%(n)s have no price, no cost or no common unit, so that no money says how much they matter",
            len(found.unpriced),
        )
        unjudged = ngettext(
            "%(n)s is not judged, for its forecast has no known error",
            "%(n)s are not judged, for their forecasts have no known error",
            found.unjudged_count,
        )
        return RiskTable(
            title,
            tuple(row(line, largest) for line in found.risks[:MOST_ROWS]),
            max(len(found.risks) - MOST_ROWS, 0),
            below % said if found.below_count else "",
            unpriced % {"n": counted(len(found.unpriced))} if found.unpriced else "",
            unjudged % {"n": counted(found.unjudged_count)} if found.unjudged_count and found.by == "item" else "",
        )

    def family_row(self, line: RiskLine, largest: float) -> RiskRow:
        risk = self.risks.family(line.family)
        picture = None if risk is None else picture_of(self.calendar, cover=risk.cover_qty, spread=risk.spread_qty)
        return self._row(line, largest, picture, item=f"family:{line.family}", why="")

    def cell_row(self, line: RiskLine, largest: float) -> RiskRow:
        row = self.plan.axes.keys[Grain.STOCK].rows[line.item, line.location]
        picture = picture_of(self.calendar, cover=self.risks.cover_qty[row], spread=self.risks.spread_qty[row])
        bucket = next(t for t in range(self.plan.axes.horizon) if self.calendar.label(t) == line.bucket)
        nodes = {"item": line.item, "location": line.location}
        why = cell_link(self.plan, nodes, measure="stockout_chance_pct", bucket=str(bucket))
        return self._row(line, largest, picture, item=line.item, why=why)

    def _row(self, line: RiskLine, largest: float, picture: Picture | None, *, item: str, why: str) -> RiskRow:
        forecast = f"{reverse('forecast:show', args=[self.plan.digest])}?{urlencode({'item': item})}"
        shortages = f"{reverse('supply:shortages')}?{urlencode({'family': line.family})}"
        is_cell = bool(line.item)
        return RiskRow(
            mark="/".join(part for part in (line.family, line.item, line.location) if part),
            label=self.words.name("item", line.item) if is_cell else line.family,
            place=self.words.name("location", line.location) if is_cell else "",
            forecast_link=forecast,
            why_link=why,
            shortages_link=shortages,
            when=line.bucket,
            chance=_chance(line.chance_pct),
            gap=self.gap(line),
            money=self.money(line.amount),
            share_pct=100.0 * (line.amount or 0.0) / largest if largest else 0.0,
            picture=picture,
        )

    def figure(self, found: RiskNumbers, family: str) -> FigurePart | None:
        """The fan of the company's revenue, or of the family's that is asked for; None where it is not known."""
        if family:
            buckets: Sequence[FamilyBucket | CompanyBucket] = found.families[0].buckets if found.families else ()
        else:
            buckets = () if found.company is None else found.company.buckets
        spreads = [each.revenue_amount for each in buckets]
        if not any(each.p50 is not None for each in spreads):
            return None
        keep = {"family": family} if family else {}
        planned, budget = (self.seen.whole.by_bucket(n, **keep) for n in ("revenue_amount", "budget_revenue_amount"))
        lines = (_values(spreads, "p10"), _values(spreads, "p90"), tuple(planned.tolist()), tuple(budget.tolist()))
        start = fan_start(*lines)
        told = FanFigure(
            self._figure_title(found, family),
            _("Revenue if all demand is served: eight of ten outcomes lie in the band. The axis starts at %(start)s")
            % {"start": self.money(start) if start else "0"},
            tuple(each.bucket for each in buckets),
            (_("Bucket"), _("P10"), _("P50"), _("P90"), _("Plan"), _("Budget")),
            lines[0],
            _values(spreads, "p50"),
            *lines[1:],
            _("P10 to P90"),
        )
        return figure(told, draw_fan, width=WIDTH)

    def _figure_title(self, found: RiskNumbers, family: str) -> str:
        company = found.company
        if family or company is None or company.year_revenue_amount.p10 is None:
            return _("How far the revenue of %(family)s may lie off") % {"family": family or _("the company")}
        year = company.year_revenue_amount
        said: dict[str, object] = {
            "low": self.money(year.p10),
            "high": self.money(year.p90),
            "n": company.year_buckets,
            "buckets": _("weeks") if self.calendar.bucket == "week" else _("months"),
        }
        text = _("Demand of the %(n)s %(buckets)s ahead brings %(low)s to %(high)s, with a chance of 80%%") % said
        budget = company.year_budget_revenue_amount
        if budget is None or year.p90 is None or year.p10 is None:
            return text
        where = (
            _("%(text)s; the budget of %(budget)s lies above")
            if budget > year.p90
            else _("%(text)s; the budget of %(budget)s lies below")
            if budget < year.p10
            else _("%(text)s; the budget of %(budget)s lies within")
        )
        return where % {"text": text, "budget": self.money(budget)}


def _values(spreads: Sequence[Spread], name: str) -> tuple[float, ...]:
    values = [getattr(each, name) for each in spreads]
    return tuple(np.nan if value is None else float(value) for value in values)


def _chance(pct: float | None) -> str:
    """A chance in whole percent; never 0 or 100 where it is neither.

    >>> _chance(81.3), _chance(0.2), _chance(99.98), _chance(100.0), _chance(None)
    ('81%', '<1%', '>99%', '100%', '–')
    """
    if pct is None:
        return UNKNOWN
    if 0 < pct < 1:
        return "<1%"
    return ">99%" if 99 < pct < 100 else f"{shown(pct)}%"
