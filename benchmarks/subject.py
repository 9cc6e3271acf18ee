"""A subject of the benchmarks and what measuring it gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.measure import Timing

SIZES = ("small", "medium")
SMOKE = "smoke"
"""A size for the tests: it runs every line in a moment, and its figures mean nothing."""


@dataclass(frozen=True)
class Comparison:
    """One thing done by Equipoise and by a peer in the same run."""

    what: str
    ours: Timing
    peer: str
    theirs: Timing

    @property
    def ratio(self) -> float:
        """Median of the peer over our median: above 1 we are quicker."""
        return self.theirs.median / self.ours.median


@dataclass(frozen=True)
class Table:
    """Facts beside the comparisons, ready to print."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Result:
    """What one subject gave at one size."""

    size: str
    about: str
    """What this size is, in numbers."""
    comparisons: Sequence[Comparison]
    tables: Sequence[Table] = ()
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Subject:
    """One thing worth measuring."""

    name: str
    title: str
    text: str
    """What is timed, what is not, and who the peer is."""
    limits: str
    """What the figures do not show."""
    run: Callable[[str, int], Result]
    """Takes a size and a number of repeats; raises Disagreement."""
    sizes: Sequence[str] = SIZES
    named_sizes: Sequence[str] = ()
    """Sizes that take long: measured only where `--size` names them."""
