"""How likely an error of so many standard deviations is, and how many units it leaves short.

With F the distribution of the error U in units of its standard deviation and Q its quantiles,

    chance(z) = P(U > z) = 1 − F(z)          loss(z) = E[max(U − z, 0)] = ∫_F(z)^1 (Q(p) − z) dp

so a cell with the error σ and the cover m is short with chance(m / σ), by σ·loss(m / σ) units in expectation: the unit
normal loss of `safety_stock` where F is normal. Quantiles are learned from past forecasts (demand room) at some levels;
between them they are joined by lines, and beyond them the tail of the normal distribution goes on from the last one.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from equipoise.core.grid import FloatArray

NORMAL: FloatArray = np.arange(-100, 101) / 20.0
"""Quantiles of the normal distribution at `FINE`."""
FINE: FloatArray = np.array([NormalDist().cdf(z) for z in NORMAL.tolist()])
"""Levels at which a distribution is tabled."""


@dataclass(frozen=True, eq=False)
class ErrorShape:
    """A distribution of errors in units of their standard deviation, tabled at `FINE`."""

    quantiles: FloatArray
    """[L] ascending."""
    losses: FloatArray
    """[L] the loss at each of them."""

    @staticmethod
    def of(levels: FloatArray, quantiles: FloatArray) -> "ErrorShape":
        """The shape with these quantiles at these levels, both ascending [P].

        >>> shape = ErrorShape.of(np.array([0.1, 0.5, 0.9]), np.array([-1.2816, 0.0, 1.2816]))
        >>> shape.chance(np.array([0.0, 1.2816])).round(2).tolist()
        [0.5, 0.1]
        """
        known: FloatArray = np.interp(FINE, levels, quantiles)
        # Beyond the outermost levels: as far from the last quantile as the normal distribution is, in its proportion.
        for end, outside in ((0, levels[0] > FINE), (-1, levels[-1] < FINE)):
            at = NormalDist().inv_cdf(float(levels[end]))
            stretch = max(abs(quantiles[end] / at), 0.1) if at else 1.0
            known = np.where(outside, quantiles[end] + stretch * (NORMAL - at), known)
        points = np.maximum.accumulate(known)
        return ErrorShape(points, _losses(points))

    @staticmethod
    def normal() -> "ErrorShape":
        """The normal distribution, for where no past error is known."""
        return ErrorShape(NORMAL, _losses(NORMAL))

    def chance(self, z: FloatArray) -> FloatArray:
        """P(U > z), any shape, 0 to 1; NaN stays NaN."""
        points, first = np.unique(self.quantiles, return_index=True)
        found: FloatArray = 1.0 - np.interp(z, points, FINE[first], left=0.0, right=1.0)
        return np.where(np.isnan(z), np.nan, found)

    def loss(self, z: FloatArray) -> FloatArray:
        """E[max(U − z, 0)], any shape; NaN stays NaN.

        >>> ErrorShape.normal().loss(np.array([0.0, -9.0])).round(3).tolist()
        [0.399, 9.0]
        """
        # The table's own differences are the steps of the loss, so a line between its points never goes below 0.
        inside = np.interp(z, self.quantiles, self.losses, right=0.0)
        below = self.losses[0] + (self.quantiles[0] - z)
        found: FloatArray = np.where(z < self.quantiles[0], below, inside)
        return np.where(np.isnan(z), np.nan, found)

    def at(self, level: float) -> float:
        """The quantile at a level between 0 and 1."""
        return float(np.interp(level, FINE, self.quantiles))


def _losses(points: FloatArray) -> FloatArray:
    """Loss at each point: from the last one down, each step adds its width times the mean chance over it."""
    chance = 1.0 - FINE
    steps = np.diff(points) * (chance[1:] + chance[:-1]) / 2.0
    found: FloatArray = np.concatenate([np.cumsum(steps[::-1])[::-1], np.zeros(1)])
    return found
