"""The drawings of a forecast's page, and what is drawn on them."""

import numpy as np
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from equipoise.core.grid import FloatArray
from equipoise.explain.forecast import ForecastStory
from equipoise.pack.charts import PHONE, chart_svg
from equipoise.pack.fan import draw_story
from equipoise.pack.forecast_chart import Drawn, forecast_chart, lag_chart
from equipoise.pack.headline import plural
from equipoise.plan import Plan
from equipoise_web.reads.numbers import plain
from equipoise_web.reads.series_parts import ChartPart

WHOLE, HALF = 1300, 640
"""Widths of the charts that have all of a page and half of it."""


def draw_forecast(plan: Plan, story: ForecastStory, title: str) -> ChartPart:
    """History, forecast and fan; `chart_svg` has escaped all words and left nothing that runs."""
    drawn, said = _drawn(plan, story), f"{title}. {_described(plan, story)}"
    wide, phone = (mark_safe(chart_svg(forecast_chart(drawn, said=said, width=width))) for width in (WHOLE, PHONE))
    return ChartPart(wide, phone)


def _drawn(plan: Plan, story: ForecastStory) -> Drawn:
    """Arrays over the columns of the chart, and its words."""
    words = {
        "delivered": _("As sold"),
        "trained": _("Learned from") if story.changes else _("Sold"),
        "forecast": _("Forecast"),
        "plan": _("In the plan"),
        "band": _("95% fan"),
    }
    return draw_story(story, plan.axes.calendar, words)


def _described(plan: Plan, story: ForecastStory) -> str:
    point, calendar = story.node.point, plan.axes.calendar
    if not len(point):
        return ""
    said = {
        "first": plain(float(point[0])),
        "when": calendar.label(story.end),
        "last": plain(float(point[-1])),
        "then": calendar.label(story.end + len(point) - 1),
        "unit": plural(story.unit),
    }
    return _("The forecast goes from %(first)s %(unit)s in %(when)s to %(last)s in %(then)s.") % said


def errors_by_lag(story: ForecastStory) -> FloatArray:
    """[3, lags] percent of mean demand, cut to the lags that any origin reaches."""
    errors = story.node.backtest.error_pct
    known = np.flatnonzero(np.isfinite(errors[0]))
    reach = int(known[-1]) + 1 if known.size and np.isfinite(story.node.backtest.mae[0, 0]) else 0
    return errors[:, :reach]


def lag_title(story: ForecastStory) -> str:
    """What the errors by lag say."""
    errors = errors_by_lag(story)
    if not errors.shape[1]:
        return _("Too little history to judge the forecast by its past")
    better = int((errors[0] < errors[2]).sum())
    return _("Closer than last year at %(better)s of %(all)s lags") % {"better": better, "all": errors.shape[1]}


def draw_lags(story: ForecastStory) -> ChartPart | None:
    """Errors by lag; None where no past forecast can be judged."""
    errors = errors_by_lag(story)
    if not errors.shape[1]:
        return None
    named = {_("Forecast"): errors[0], _("Last year"): errors[2], _("Naive"): errors[1]}
    said = _("%(title)s: mean absolute error in percent of mean demand by lag, of the forecast and two naive ones.") % {
        "title": lag_title(story)
    }
    wide, phone = (mark_safe(chart_svg(lag_chart(named, said=said, width=width))) for width in (HALF, PHONE))
    return ChartPart(wide, phone)
