"""When holds run out: the day it is here, the day a hold gets unless told, and the day as of which a scenario asks.

The engine knows no clock: a plan is computed from the adjustments it is given. Which of them a scenario asks for is
decided here, by the day in the home's time zone (`TIME_ZONE`, midnight to midnight). A hold counts up to and with its
last day; from the midnight after, the scenario asks another question, and its plan has another fingerprint.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from equipoise.core.adjustment import Adjustment, WrongAdjustment, expiry_of
from equipoise.core.scenario import Scenario, lineage
from equipoise_web.records.models import ScenarioRecord

WARNED_DAYS = 7
"""So many days before it runs out, a hold is told of."""


def today() -> date:
    """The day it is in the home's time zone."""
    return timezone.localdate()


def usual_expiry(day: date) -> date:
    """The last day of a hold unless its owner says another: the end of the month after, by when the next cycle has met.

    >>> usual_expiry(date(2026, 11, 26)), usual_expiry(date(2027, 1, 1))
    (datetime.date(2026, 12, 31), datetime.date(2027, 2, 28))
    """
    after_next = (day.replace(day=1) + timedelta(days=62)).replace(day=1)
    return after_next - timedelta(days=1)


def check_expiry(adjustment: Adjustment) -> None:
    """WrongAdjustment where its last day has passed already: it would never count."""
    last = expiry_of(adjustment)
    if last is not None and last < today():
        raise WrongAdjustment(
            _("expires_on %(last)s has passed, it is %(today)s here: give today or a later day, or leave it empty")
            % {"last": last.isoformat(), "today": today().isoformat()}
        )


def days_asked(scenarios: Mapping[str, Scenario], records: Sequence[ScenarioRecord]) -> dict[str, date]:
    """By scenario the day as of which it asks, so that what is over stays what it was; `records` are all there are.

    Today; for an archived one the day it was put away; for those of an earlier cycle the day the next one began.
    """
    now = timezone.now()
    ends = {each.name: each.archived_at or now for each in records}
    in_order = sorted(records, key=lambda each: each.pk)
    roots = [(each.name, each.opened_at) for each in in_order if not scenarios[each.name].parent]
    followed = {name: opened for (name, _), (_next, opened) in pairwise(roots)}
    return {
        name: timezone.localdate(min(ends[name], followed.get(lineage(scenarios, name)[-1].name, now)))
        for name in scenarios
    }
