"""Stopping a peer that takes too long: its ratio is a least one then."""

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
