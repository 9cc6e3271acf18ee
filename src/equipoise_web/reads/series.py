"""The page of a forecast: its finding, history and fan, how it fared, its members, what was taken out of history."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Adjustment, Scope
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.demand.forecast import MEMBERS
from equipoise.demand.segmentation import xyz_classes
from equipoise.explain.cleansing import Cleaning
from equipoise.explain.forecast import ForecastStory, explain_forecast
from equipoise.pack.headline import plural
from equipoise.plan import Plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.adjustments import AdjustmentNotFound, read_adjustment
from equipoise_web.reads.in_words import words_of
from equipoise_web.reads.numbers import UNKNOWN, plain, shown, signed
from equipoise_web.reads.plans import open_plan, plan_for
from equipoise_web.reads.scoped import nodes_in_scope, sees_all, visible_rows
from equipoise_web.reads.series_chart import draw_forecast, draw_lags, errors_by_lag, first_shown, lag_title
from equipoise_web.reads.series_finding import (
    coverage_of,
    lead_of,
    members_title,
    name_of,
    notes_of,
    subtitle_of,
    title_of,
)
from equipoise_web.reads.series_list import MOST_AT_ONCE, abc_of
from equipoise_web.reads.series_parts import (
    BucketLine,
    ChangeLine,
    ChartPart,
    LagLine,
    MemberLine,
    PinLine,
    SeriesPage,
    WiderLine,
)
from equipoise_web.reads.series_words import CHANGE_MEANINGS, CHANGES, EXPLAINED, METHODS

KIND, HOLD = "forecast_method", "history_hold"
TOLD_ELSEWHERE = ("negative", "ramp", "predecessor")
"""Changes of history that no posting tells of, so that they have no explanation of their own, and no way back."""


class TooManySeries(EquipoiseError):
    """The sum of so many series would take too long to tell."""


def read_series(who: Access, digest: str, *, item: str, market: str) -> SeriesPage:
    """The forecast below an item node and a market node of a published plan, inside the person's scope.

    Raises NotAllowed, PlanNotFound, UnknownName, UnknownCell, TooManySeries, and NoCommonUnit where a sum
    has no unit.
    """
    seen = plan_for(who, digest)
    asked = nodes_in_scope(seen.axes, who, {"item": item, "market": market})
    nodes = {name: asked.get(name, "") for name in ("item", "market")}
    count = len(seen.axes.rows(Grain.DEMAND, nodes))
    if count > MOST_AT_ONCE:
        raise TooManySeries(
            _("These are %(count)s series; at most %(most)s are told at once. Choose a family or an item.")
            % {"count": shown(float(count)), "most": shown(float(MOST_AT_ONCE))}
        )
    # Its fan is learned from the errors of whole families, as its season is: both are no number of anybody's scope.
    told = _tell(_Asked(open_plan(digest), nodes["item"], nodes["market"]))
    return _page(who, seen, told, nodes)


@dataclass(frozen=True)
class _Asked:
    """A question, known by the plan and the nodes: the same one is computed once."""

    plan: Plan
    item: str
    market: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, str, str]:
        return self.plan.digest, self.item, self.market


@dataclass(frozen=True, eq=False)
class _Told:
    """What everybody who may see the series sees of it."""

    story: ForecastStory
    title: str
    chart: ChartPart
    lag_chart: ChartPart | None


@lru_cache(maxsize=64)
def _tell(asked: _Asked) -> _Told:
    plan = asked.plan
    story = explain_forecast(plan, item=asked.item, market=asked.market)
    name = name_of(words_of(plan.snapshot_id), asked.item, asked.market)
    title = title_of(name, story)
    return _Told(story, title, draw_forecast(plan, story, title), draw_lags(story))


def _page(who: Access, plan: Plan, told: _Told, nodes: Mapping[str, str]) -> SeriesPage:
    story, chosen = told.story, {name: node for name, node in nodes.items() if node}
    query = urlencode(chosen)
    scope = Scope(nodes["item"], nodes["market"])
    may_pin, may_hold = (who.may(Right.PROPOSE, kind=kind, scope=scope, axes=plan.axes) for kind in (KIND, HOLD))
    hold_link = f"{reverse('adjust:new', args=[HOLD])}?{query}" if may_hold else ""
    labels = _labels(plan, story)
    rows = {"rows": "family,item,market", "measures": "demand_baseline_qty,demand_consensus_qty", **chosen}
    why = urlencode({"measure": "demand_baseline_qty", **chosen, "bucket": 0})
    return SeriesPage(
        plan=plan,
        title=told.title,
        lead=lead_of(story, _class(who, plan, story)),
        subtitle=subtitle_of(plan, story),
        chart=told.chart,
        buckets=_buckets(plan, story, labels),
        is_cleaned=bool(story.changes),
        lags=_lags(story),
        lag_title=lag_title(story),
        lag_chart=told.lag_chart,
        coverage=coverage_of(story),
        members=_members(story),
        members_title=members_title(story),
        changes=tuple(
            _change(plan, change, label, chosen, hold_link if len(story.rows) == 1 else "")
            for change, label in zip(story.changes, labels, strict=True)
        ),
        pins=tuple(_pins(who, plan, story.pins)),
        holds=tuple(_pins(who, plan, story.holds)),
        notes=notes_of(story),
        wider=tuple(_wider(who, plan, nodes)),
        pin_link=f"{reverse('adjust:new', args=[KIND])}?{query}" if may_pin else "",
        hold_link=hold_link,
        grid_link=f"{reverse('grid:plan', args=[plan.digest])}?{urlencode(rows)}",
        why_link=f"{reverse('explain:show', args=[plan.digest])}?{why}",
        unit=plural(story.unit),
    )


def _class(who: Access, plan: Plan, story: ForecastStory) -> str:
    """ABC and XYZ of a single series, as in the list."""
    if len(story.rows) != 1:
        return ""
    year = story.trained[-story.period :]
    mean = np.array([np.nanmean(year) if np.isfinite(year).any() else np.nan])
    abc = abc_of(plan, visible_rows(plan.axes, Grain.DEMAND, who, "demand_baseline_qty"))
    (xyz,) = xyz_classes(np.array([story.node.sigma]), mean)
    return f"{abc[int(story.rows[0])]} {xyz}".strip()


def _labels(plan: Plan, story: ForecastStory) -> list[str]:
    """What each change of history is called."""
    words, holds = words_of(plan.snapshot_id), {hold.id: hold for hold in story.holds}
    return [
        words.what(holds[change.code].change)
        if change.code in holds
        else f"{CHANGES.get(change.sort, change.sort)} {change.code}".strip()
        for change in story.changes
    ]


def _buckets(plan: Plan, story: ForecastStory, labels: Sequence[str]) -> tuple[BucketLine, ...]:
    calendar, first = plan.axes.calendar, first_shown(story)
    why: dict[int, list[str]] = {}
    for change, label in zip(story.changes, labels, strict=True):
        for bucket in change.buckets:
            why.setdefault(bucket, []).append(label)
    lines = [
        BucketLine(calendar.label(b), _qty(story.delivered, b - story.first), _qty(story.trained, b - story.first), "",
                   "", "", is_ahead=False, why=", ".join(why.get(b, ())))
        for b in range(first, story.end)
    ]  # fmt: skip
    q, has_fan = story.node.quantiles, np.isfinite(story.node.sigma)
    for n in range(len(story.node.point)):
        inner, outer = (
            (f"{plain(float(q[n, k]))} – {plain(float(q[n, -1 - k]))}" if has_fan else UNKNOWN) for k in (1, 0)
        )
        label = calendar.label(story.end + n)
        lines.append(BucketLine(label, "", "", _qty(story.node.point, n), inner, outer, is_ahead=True))
    return tuple(lines)


def _qty(values: FloatArray, at: int) -> str:
    value = float(values[at])
    return plain(None if np.isnan(value) else value)


def _lags(story: ForecastStory) -> tuple[LagLine, ...]:
    errors = errors_by_lag(story)
    lines = []
    for lag in range(errors.shape[1]):
        if np.isfinite(errors[0, lag]):
            forecast, naive, seasonal = (f"{shown(float(errors[rival, lag]), decimals=1)}%" for rival in range(3))
            is_worse = bool(errors[0, lag] > errors[2, lag])
            lines.append(LagLine(lag + 1, forecast, seasonal, naive, is_worse))
    return tuple(lines)


def _members(story: ForecastStory) -> tuple[MemberLine, ...]:
    weights = story.node.weights
    order = [n for n in np.argsort(-weights, kind="stable").tolist() if weights[n] > 0]
    return tuple(
        MemberLine(*METHODS[MEMBERS[n]], f"{shown(100.0 * float(weights[n]), decimals=0)}%", 100.0 * float(weights[n]))
        for n in order
    )


def _change(plan: Plan, change: Cleaning, label: str, chosen: Mapping[str, str], hold_link: str) -> ChangeLine:
    calendar = plan.axes.calendar
    first, last = calendar.label(change.first), calendar.label(change.last)
    query = urlencode({"measure": EXPLAINED, **chosen, "bucket": change.first})
    is_told = change.sort not in TOLD_ELSEWHERE
    days = {"first": calendar.start_of(change.first).isoformat(), "last": calendar.end_of(change.last).isoformat()}
    may_go = bool(hold_link) and is_told and change.sort not in ("returned", "held")
    return ChangeLine(
        label,
        CHANGE_MEANINGS.get(change.sort, ""),
        first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last},
        signed(change.amount),
        f"{reverse('explain:show', args=[plan.digest])}?{query}" if is_told else "",
        f"{hold_link}&{urlencode(days)}" if may_go else "",
    )


def _pins(who: Access, plan: Plan, pins: Sequence[Adjustment]) -> Iterator[PinLine]:
    """Pins and holds as far as the person may see them; of others only that they are there."""
    words = words_of(plan.snapshot_id)
    for pin in pins:
        try:
            read_adjustment(who, pin.id)
        except AdjustmentNotFound:
            is_hidden = not sees_all(who)  # a plan from elsewhere has pins that were not proposed here
            yield PinLine("", _hidden(pin) if is_hidden else words.of(pin), "", "")
        else:
            yield PinLine(pin.id, words.of(pin), pin.reason, reverse("adjust:one", args=[pin.id]))


def _hidden(pin: Adjustment) -> str:
    if pin.change.kind == HOLD:
        return _("History held for a scope that you do not see")
    return _("Pinned for a scope that you do not see")


def _wider(who: Access, plan: Plan, nodes: Mapping[str, str]) -> list[WiderLine]:
    """The same forecast in all markets, and of the family, as far as the person may see them."""
    words, items = words_of(plan.snapshot_id), plan.axes.items
    family = items.codes("family")[items.position[nodes["item"]]] if nodes["item"] in items.position else ""
    node = f"family:{family}" if family else ""
    wanted = [(nodes["item"], ""), (node, nodes["market"]), (node, "")]
    found = []
    for item, market in dict.fromkeys(wanted):
        is_here = (item, market) == (nodes["item"], nodes["market"])
        if not item or is_here or not who.may(Right.READ, scope=Scope(item, market), axes=plan.axes):
            continue
        if not plan.axes.rows(Grain.DEMAND, {"item": item, "market": market}).size:
            continue
        query = urlencode({name: code for name, code in (("item", item), ("market", market)) if code})
        label = (
            name_of(words, item, market) if market else _("%(what)s everywhere") % {"what": words.name("item", item)}
        )
        found.append(WiderLine(label, f"{reverse('forecast:show', args=[plan.digest])}?{query}"))
    return found
