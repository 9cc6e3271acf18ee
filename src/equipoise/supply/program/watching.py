"""Watching a solve: somebody is told how far it is while it runs, and may end it.

The solver calls back between two of its steps. A watcher that raises ends the solve, and what it raised is raised where
the solve was asked for: no half answer is ever used. Watching changes no step, so the answer never depends on it.
"""

import threading

import highspy

from equipoise.core.stage import Watch

EVERY = 50
"""Steps of the simplex method between two looks."""


class SolveEnded(RuntimeError):
    """Another part of the same model failed or was ended, so that this one is not wanted any more."""


def ends_with(event: threading.Event) -> Watch:
    """A watcher for one of several threads: it tells nobody, and ends the solve once the event is set."""

    def look(_note: str) -> None:
        if event.is_set():
            raise SolveEnded

    return look


class Watched:
    """Hangs a watcher on a solver: `raise_again` after the run raises what ended it."""

    def __init__(self, highs: highspy.Highs, watch: Watch) -> None:
        """The solver is not running yet."""
        self.watch, self.calls = watch, 0
        self.error: BaseException | None = None
        highs.cbSimplexInterrupt += self._simplex
        highs.cbMipInterrupt += self._search
        highs.cbIpmInterrupt += self._interior

    def raise_again(self) -> None:
        """Raise what ended the solve, if anything did."""
        if self.error is not None:
            raise self.error

    def _simplex(self, event: highspy.highs.HighsCallbackEvent) -> None:
        self.calls += 1
        if self.calls % EVERY == 0:
            self._look(event, "")

    def _interior(self, event: highspy.highs.HighsCallbackEvent) -> None:
        self._look(event, "")

    def _search(self, event: highspy.highs.HighsCallbackEvent) -> None:
        found = event.data_out
        self._look(event, gap_in_words(found.mip_gap, found.mip_node_count))

    def _look(self, event: highspy.highs.HighsCallbackEvent, note: str) -> None:
        try:
            if self.error is None:
                self.watch(note)
        except BaseException as error:  # an exception must not pass through the solver; it is raised after it
            self.error = error
        if self.error is not None:
            event.interrupt()


def gap_in_words(gap: float, nodes: int) -> str:
    """How far a search over whole numbers is.

    >>> gap_in_words(0.0123, 1), gap_in_words(float("inf"), 40)
    ('gap 1.23 %, 1 node', 'no plan in whole numbers yet, 40 nodes')
    """
    counted = f"{nodes:,} node" + ("" if nodes == 1 else "s")
    return f"gap {gap:.2%}, {counted}".replace("%", " %") if gap < 10 else f"no plan in whole numbers yet, {counted}"
