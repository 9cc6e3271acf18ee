"""The drawings of a forecast's page, and what is drawn on them."""

import numpy as np
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from equipoise.core.grid import FloatArray
from equipoise.explain.forecast import ForecastStory
from equipoise.pack.charts import PHONE, chart_svg
from equipoise.pack.forecast_chart import Drawn, forecast_chart, lag_chart
from equipoise.pack.headline import plural
from equipoise.plan import Plan
from equipoise_web.reads.numbers import plain
from equipoise_web.reads.series_parts import ChartPart

YEARS_SHOWN = 3
"""Years of history on the chart."""
WHOLE, HALF = 1300, 640
"""Widths of the charts that have all of a page and half of it."""
LEAST_OTHER = 0.5
"""Units below which the plan's baseline is the forecast."""


def draw_forecast(plan: Plan, story: ForecastStory, title: str) -> ChartPart:
    """History, forecast and fan; `chart_svg` has escaped all words and left nothing that runs."""
    drawn, said = _drawn(plan, story), f"{title}. {_described(plan, story)}"
    wide, phone = (mark_safe(chart_svg(forecast_chart(drawn, said=said, width=width))) for width in (WHOLE, PHONE))
    return ChartPart(wide, phone)


def first_shown(story: ForecastStory) -> int:
    """The first bucket of the chart."""
    return max(story.first, story.end - YEARS_SHOWN * story.period)


def _drawn(plan: Plan, story: ForecastStory) -> Drawn:
    """Arrays over the columns of the chart."""
    first = first_shown(story)
    skipped, past = first - story.first, story.end - first
    count = past + len(story.node.point)
    ahead = np.full(past, np.nan)
    trained = np.concatenate([story.trained[skipped:], np.full(count - past, np.nan)])
    delivered = np.concatenate([story.delivered[skipped:], np.full(count - past, np.nan)])
    has_methods = bool(story.node.weights.any())
    forecast = np.concatenate([ahead, story.node.point if has_methods else np.full(count - past, np.nan)])
    if past and has_methods and np.isfinite(trained[past - 1]):
        forecast[past - 1] = trained[past - 1]  # so that the lines meet
    planned = np.full(count, np.nan)
    if is_other(story):
        planned[count - len(story.baseline) :] = story.baseline
    q = story.node.quantiles
    bands = tuple((np.concatenate([ahead, q[:, low]]), np.concatenate([ahead, q[:, -1 - low]])) for low in (0, 1))
    has_fan = np.isfinite(story.node.sigma)
    return Drawn(
        [plan.axes.calendar.label(first + n) for n in range(count)],
        past,
        np.maximum(delivered, 0.0) if story.changes else np.full(count, np.nan),
        trained,
        forecast,
        planned,
        bands if has_fan else (),
        {
            "delivered": _("As sold") if story.changes else "",
            "trained": _("Learned from") if story.changes else _("Sold"),
            "forecast": _("Forecast"),
            "plan": _("In the plan"),
            "band": _("95% fan"),
        },
    )


def is_other(story: ForecastStory) -> bool:
    """True if the plan holds another number than the forecast: imported, launched, ended, succeeded."""
    return bool(np.abs(story.baseline - story.node.point[-len(story.baseline) :]).max(initial=0.0) >= LEAST_OTHER)


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
