"""What the page of a forecast says in words: the finding, the kind of demand, what the fan is worth."""

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from equipoise.demand.forecast import SEGMENTS as KINDS
from equipoise.explain.forecast import ForecastStory
from equipoise.pack.fan import first_shown, is_other
from equipoise.pack.headline import plural
from equipoise.plan import Plan
from equipoise_web.reads.in_words import Words
from equipoise_web.reads.numbers import shown
from equipoise_web.reads.series_words import SEGMENT_MEANINGS, SEGMENTS

LEVEL = 0.5
"""Percent of growth below which demand stays level."""


def name_of(words: Words, item: str, market: str) -> str:
    """What the node is called: `Kitchen spray in Grocery North`."""
    what = words.name("item", item) or _("Demand")
    return _("%(what)s in %(where)s") % {"what": what, "where": words.name("market", market)} if market else what


def title_of(name: str, story: ForecastStory) -> str:
    """The finding: where demand goes, and whether the forecast is worth having."""
    growth, added = story.growth_pct, story.value_added_pct(1)
    if growth is None:
        first = _("%(name)s has less than a year of history") % {"name": name}
        if not story.node.point.any() and not np.nansum(story.trained):
            first = _("%(name)s has no history to forecast from") % {"name": name}
    elif abs(growth) < LEVEL:
        first = _("%(name)s stays level") % {"name": name}
    else:
        said = {"name": name, "pct": _pct(abs(growth))}
        first = _("%(name)s grows %(pct)s%%") % said if growth > 0 else _("%(name)s falls %(pct)s%%") % said
    if added is None:
        return first
    if abs(added) < LEVEL:
        return _("%(first)s; the forecast is as good as last year") % {"first": first}
    said = {"first": first, "pct": _pct(abs(added))}
    if added > 0:
        return _("%(first)s; the forecast beats last year by %(pct)s%%") % said
    return _("%(first)s; last year would have been closer by %(pct)s%%") % said


def _pct(value: float) -> str:
    return shown(value, decimals=0 if value >= 10 else 1).removesuffix(".0")


def lead_of(story: ForecastStory, classes: str) -> str:
    """What kind of demand it is."""
    codes, counts = np.unique(story.node.segments, return_counts=True)
    if len(story.rows) == 1:
        kind = KINDS[int(codes[0])]
        said = {"kind": SEGMENTS[kind], "meaning": SEGMENT_MEANINGS[kind], "classes": classes}
        return _("%(kind)s: %(meaning)s. Class %(classes)s by value and error.") % said
    order = np.argsort(-counts, kind="stable")
    parts = [f"{counts[n]} {str(SEGMENTS[KINDS[int(codes[n])]]).lower()}" for n in order.tolist()]
    told = {"n": len(story.rows), "parts": ", ".join(parts)}
    return _("The sum of the forecasts of %(n)s series: %(parts)s.") % told


def subtitle_of(plan: Plan, story: ForecastStory) -> str:
    """Unit, buckets and axis of the chart."""
    calendar = plan.axes.calendar
    said = {
        "unit": plural(story.unit).capitalize(),
        "first": calendar.label(first_shown(story)),
        "last": calendar.label(plan.axes.horizon - 1),
    }
    return _("%(unit)s, %(first)s to %(last)s; the axis starts at 0") % said


def coverage_of(story: ForecastStory) -> str:
    """How often the fan held what came; blank where nothing can be judged."""
    if not story.node.scored:
        return ""
    inner, outer = (shown(float(value), decimals=0) for value in story.node.coverage_pct)
    said = {"inner": inner, "outer": outer, "n": story.node.scored}
    return _("Of %(n)s past buckets %(inner)s%% lay inside the 80%% fan and %(outer)s%% inside the 95%% fan.") % said


def members_title(story: ForecastStory) -> str:
    """How many methods make the forecast."""
    count = int((story.node.weights > 0).sum())
    if not count:
        return _("No method: there is nothing to forecast from")
    return ngettext("One method makes it", "The mean of %(n)s methods, without the extremes", count) % {"n": count}


def notes_of(story: ForecastStory) -> tuple[str, ...]:
    """What a reader should know of the chart."""
    notes = []
    if story.is_imported:
        notes.append(_("The baseline of this plan is imported; the forecast is what history alone would say."))
    elif is_other(story):
        notes.append(_("The plan holds another baseline: items launched, ended, succeeded or not yet sold are in it."))
    if np.isfinite(story.node.sigma):
        notes.append(_("The fan is learned from the errors of the families the forecast learns its season from."))
    return tuple(notes)
