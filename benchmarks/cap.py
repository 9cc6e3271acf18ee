"""Stopping a peer that takes too long: its ratio is a least one then."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

from equipoise.core.stage import Watch


class Capped(RuntimeError):
    """A peer took longer than it may."""


def capped(seconds: float) -> Watch:
    """A watcher that ends a solve once the process has taken so many CPU seconds from now."""
    begin = process_time()

    def look(_note: str) -> None:
        if process_time() - begin > seconds:
            raise Capped

    return look


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What runs inside ends with `Capped` once the process has taken so many CPU seconds; it is written in Python."""

    def end(*_: object) -> None:
        raise Capped

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)
