"""What a job is given to say how far it is."""

import time
from collections.abc import Callable

from equipoise.plan import NOTE

Tell = Callable[[str, float], None]
"""Name of the step and how much is done, 0 to 1. Raises when the job shall stop."""


NEWS = 1.0
"""Seconds between two notes of one step, such as the gap of a solve, that are written to a job."""


def with_news(tell: Tell) -> Tell:
    """Tells every new step at once, and what is known of one that runs at most once a second: a solve is looked at many
    times a second."""
    last, due = ("", -1.0), 0.0

    def tell_some(stage: str, progress: float) -> None:
        nonlocal last, due
        step = stage.partition(NOTE)[0], progress
        if step != last or time.monotonic() >= due:
            tell(stage, progress)
            last, due = step, time.monotonic() + NEWS

    return tell_some


class TakesLonger(Exception):
    """The job takes longer than this process may give it; another one starts it anew."""
