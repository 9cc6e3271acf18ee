"""What a job is given to say how far it is."""

import time
from collections.abc import Callable

from equipoise.fold import NOTE

Tell = Callable[[str, float], None]
"""Name of the step and how much is done, 0 to 1. Raises when the job shall stop."""


NEWS = 1.0
"""Seconds between two notes of one step, such as the gap of a solve, that are written to a job."""


class News:
    """Tells every new step at once, and what is known of one that runs at most once a second: a solve is looked at many
    times a second."""

    def __init__(self, tell: Tell) -> None:
        """Nothing told yet."""
        self.tell, self.last, self.due = tell, ("", 0.0), 0.0

    def __call__(self, stage: str, progress: float) -> None:
        """Tell a step, or what is known of it now."""
        is_new = (stage.partition(NOTE)[0], progress) != (self.last[0].partition(NOTE)[0], self.last[1])
        self.last = stage, progress
        if is_new or time.monotonic() >= self.due:
            self.tell(stage, progress)
            self.due = time.monotonic() + NEWS

    def look(self) -> None:
        """Tell once more what was told last, so that whoever has ended the job is heard."""
        self(*self.last)


class TakesLonger(Exception):
    """The job takes longer than this process may give it; another one starts it anew."""
