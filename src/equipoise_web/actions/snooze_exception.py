"""Let an exception rest until a day of the data, with a reason; or wake it."""

from datetime import date
from typing import Any

from equipoise_web.access import Access
from equipoise_web.actions.assign_exception import WrongException, check_may_mark
from equipoise_web.actions.door import StaleEdit, door
from equipoise_web.actions.reason import checked_reason
from equipoise_web.records.models import ExceptionMark


def snooze_exception(
    who: Access, about: str, *, until: date | None, as_of: date, because: str, key: str = ""
) -> dict[str, Any]:
    """Let it rest until data of the day `until` are there, None wakes it; returns {about, until}.

    `as_of` is the day of the plan's data: days are measured against it, never against the clock.
    """
    check_may_mark(who, about)
    words = checked_reason(because, "The supplier confirms by Friday")
    if until is not None and until <= as_of:
        raise WrongException(f"{until} is not after the data of this plan, {as_of}; choose a later day")
    asked = {"about": about, "until": until, "because": words}
    with door(who, "snooze_exception", key=key, asked=asked) as entry:
        if entry.repeat is None:
            before = resting_until(about)
            if before == until:
                raise StaleEdit(
                    f"it {f'rests until {until}' if until else 'is awake'} already", mine=until, theirs=before
                )
            sort = ExceptionMark.SNOOZE if until else ExceptionMark.WAKE
            ExceptionMark.objects.create(about=about, sort=sort, until=until, because=words, by_id=who.person)
            answer = {"about": about, "until": until.isoformat() if until else None}
            entry.tell(
                f"exception:{about}", before={"until": before}, after={"until": until}, because=words, answer=answer
            )
    found: dict[str, Any] = entry.answer
    return found


def resting_until(about: str) -> date | None:
    """The day it rests until as the last mark says, None if it is awake."""
    sorts = (ExceptionMark.SNOOZE, ExceptionMark.WAKE)
    last = ExceptionMark.objects.filter(about=about, sort__in=sorts).last()
    return None if last is None else last.until
