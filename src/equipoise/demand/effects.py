"""Effects of known causes on demand, taken out of history before the forecast learns and put on the forecast after.

An effect is a logarithm for each bucket: history is divided by its exponential, the forecast multiplied by it. What
each cause moved is posted, in `history_cleansed_qty` and in `demand_baseline_qty`, so it can be seen and taken back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.section import Posting
from equipoise.demand.cleansing import CLEANSED, Cleansed
from equipoise.demand.method_pins import Step

WORKING_DAYS, HOLIDAY, INDICATOR = "working days", "holiday:", "indicator:"
"""Causes of postings: days on which customers work, a feast that moves, a leading indicator."""


@dataclass(frozen=True, eq=False)
class Effect:
    """What one cause does to some rows."""

    cause: str
    rows: IntArray
    """[n]."""
    past: FloatArray
    """[H] logarithm of the effect in each bucket of history."""
    ahead: FloatArray
    """[W] likewise in the buckets from the last closed one on."""


@dataclass(frozen=True, eq=False)
class Effects:
    """All effects of a plan; one cause after the other, each with its rows."""

    found: tuple[Effect, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def causes(self) -> tuple[str, ...]:
        """In the order in which they are applied."""
        return tuple(dict.fromkeys(effect.cause for effect in self.found))

    def cleaned(self, cleansed: Cleansed) -> Cleansed:
        """History without the effects, each posted by its cause; also of what is held: the forecast gets them back."""
        if not self.found:
            return replace(cleansed, findings=(*cleansed.findings, *self.findings))
        now, postings = cleansed.sold.copy(), list(cleansed.postings)
        for cause in self.causes:
            before = now.copy()
            for effect in self._of(cause):
                now[effect.rows] = on_grid(now[effect.rows] * np.exp(-effect.past), QUANTITY_STEP)
            postings.append(Posting.of(CLEANSED, cause, now - before))
        postings = [posting for posting in postings if posting.amounts.size]
        return replace(cleansed, sold=now, postings=tuple(postings), findings=(*cleansed.findings, *self.findings))

    def steps(self, steps: Sequence[Step], point: FloatArray) -> tuple[Step, ...]:
        """The steps to a forecast `point` [N, W], if it has any, and those that put the effects on it."""
        moving = tuple(cause for cause in self.causes if any(effect.ahead.any() for effect in self._of(cause)))
        if not moving:
            return tuple(steps)
        made = list(steps or (("", point),))
        for number, cause in enumerate(moving, start=1):
            made.append((cause, point * self._ratio(moving[:number], point.shape)))
        return tuple(made)

    def ratio(self, shape: tuple[int, ...]) -> FloatArray:
        """What the forecast [N, W] is multiplied by."""
        return self._ratio(self.causes, shape)

    def _ratio(self, causes: Sequence[str], shape: tuple[int, ...]) -> FloatArray:
        whole = np.ones(shape)
        for cause in causes:
            for effect in self._of(cause):
                whole[effect.rows] *= np.exp(effect.ahead)
        return whole

    def _of(self, cause: str) -> tuple[Effect, ...]:
        return tuple(effect for effect in self.found if effect.cause == cause)
