"""A section: one stage's answer. Panels, postings by cause, findings, and arrays kept for the next plan.

Double entry: an additive measure that is built up keeps postings, one per cause, that sum to it exactly on the grid.
A cause is an adjustment's id or the name of the measure it starts from.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.identity import digest_json, digest_parts
from equipoise.core.panel import Panel


@dataclass(frozen=True, eq=False)
class Posting:
    """What one cause put into one measure: parallel arrays of row, bucket and amount."""

    measure: str
    cause: str
    rows: IntArray
    buckets: IntArray
    amounts: FloatArray

    @staticmethod
    def of(measure: str, cause: str, values: FloatArray) -> "Posting":
        """The non-zero cells of [N, T] as a posting."""
        rows, buckets = np.nonzero(values)
        return Posting(measure, cause, rows.astype(np.int64), buckets.astype(np.int64), values[rows, buckets])

    def dense(self, shape: tuple[int, int]) -> FloatArray:
        """The posting as [N, T]."""
        values = np.zeros(shape)
        np.add.at(values, (self.rows, self.buckets), self.amounts)
        return values

    def among(self, rows: IntArray) -> IntArray | slice:
        """Which of its amounts may lie in some rows, ascending [n]: no others do."""
        if not self._is_by_row or len(rows) == 0:
            return slice(0, len(self.rows) if len(rows) else 0)
        begin, end = (np.searchsorted(self.rows, rows, side=side) for side in ("left", "right"))
        counts = end - begin
        ahead = np.cumsum(counts) - counts
        return np.repeat(begin - ahead, counts) + np.arange(int(counts.sum()))

    @cached_property
    def _is_by_row(self) -> bool:
        return bool((self.rows[1:] >= self.rows[:-1]).all())

    def equals(self, other: "Posting") -> bool:
        """True if the other puts the same into the same cells for the same cause."""
        if self is other:
            return True
        mine, theirs = ((p.rows, p.buckets, p.amounts) for p in (self, other))
        named = (self.measure, self.cause) == (other.measure, other.cause)
        return named and all(np.array_equal(a, b) for a, b in zip(mine, theirs, strict=True))


@dataclass(frozen=True, eq=False)
class Section:
    """One stage's answer; immutable, cached by the stage's key."""

    stage: str
    panels: tuple[Panel, ...] = ()
    postings: Sequence[Posting] = ()
    findings: tuple[Finding, ...] = ()
    arrays: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)
    """What is kept for later plans and is not part of the answer (a solver's basis)."""
    facts: Mapping[str, float | str] = field(default_factory=dict)
    """Scalars that are part of the answer (the optimizer's objective, the tier)."""

    def __contains__(self, measure: str) -> bool:
        """True if this stage made that measure."""
        return any(measure in panel.measures for panel in self.panels)

    def panel_of(self, measure: str) -> Panel:
        """The panel that holds a measure; KeyError if none does (ask the plan, which knows all names)."""
        for panel in self.panels:
            if measure in panel.measures:
                return panel
        raise KeyError(measure)

    def measures(self) -> Iterator[tuple[Panel, str]]:
        """Every measure with its panel, in the order of their names."""
        named = [(name, panel) for panel in self.panels for name in panel.measures]
        yield from ((panel, name) for name, panel in sorted(named, key=lambda pair: pair[0]))

    def postings_of(self, measure: str) -> tuple[Posting, ...]:
        """The postings of one measure, in order of application."""
        return self._by_measure.get(measure, ())

    @cached_property
    def _by_measure(self) -> Mapping[str, tuple[Posting, ...]]:
        found: dict[str, list[Posting]] = {}
        for posting in self.postings:
            found.setdefault(posting.measure, []).append(posting)
        return {measure: tuple(each) for measure, each in found.items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes of the answer."""
        return digest_parts(self._digested())

    def _digested(self) -> Iterator[bytes | np.ndarray[Any, Any]]:
        """What the digest is of; one after another, for what is mapped would all be in memory at once."""
        yield self.stage.encode()
        for panel, name in self.measures():
            values = panel.measures[name]
            yield from (name.encode(), str((panel.grain.value, panel.first, values.shape)).encode(), values)
        for posting in self.postings:
            yield from (posting.measure.encode(), posting.cause.encode())
            yield from (posting.rows, posting.buckets, posting.amounts)
        yield digest_json([finding.as_json() for finding in self.findings]).encode()
        yield digest_json(dict(self.facts)).encode()
