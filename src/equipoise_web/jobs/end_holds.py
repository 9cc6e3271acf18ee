"""Midnight: what ran out with the day is told and its plans are asked for, by a thread of the worker."""

import logging
import threading
from datetime import date

from django.db import close_old_connections

from equipoise_web.actions.end_holds import end_holds
from equipoise_web.expiry import today

PAUSE = 30.0
"""Seconds between two looks at the calendar."""
log = logging.getLogger(__name__)


def end_holds_until(stop: threading.Event) -> None:
    """End holds at the start, and again whenever the day is another, until `stop` is set.

    A hold is never made with a day that has passed, so once a day is enough; a day that failed is tried again.
    """
    done: date | None = None
    while not stop.is_set():
        close_old_connections()
        day = today()
        if day != done:
            try:
                end_holds()
                done = day
            except Exception:
                log.exception("holds that ran out could not be told; it is tried again")
        stop.wait(PAUSE)
