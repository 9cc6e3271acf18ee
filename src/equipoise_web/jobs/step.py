"""What a job is given to say how far it is."""

from collections.abc import Callable

Tell = Callable[[str, float], None]
"""Name of the step and how much is done, 0 to 1. Raises when the job shall stop."""


class TakesLonger(Exception):
    """The job takes longer than this process may give it; another one starts it anew."""
