"""What people have fixed about a forecast: one method instead of the pool, a season instead of the one found.

A pin changes the series it is set for and no other: what a family shares is learned from all of its members as before.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.demand.forecast.decomposition import SeasonalEstimate
from equipoise.demand.forecast.seasonality import family_profile, shrink_to_flat

AUTO, FLAT, OWN, FAMILY = range(4)
SEASONS = ("auto", "flat", "own", "family")
"""Where a season may come from: as it is found, none, the series' own history alone, its family's alone."""
POOL = -1
"""In place of a method: all that suit the series."""


@dataclass(frozen=True, eq=False)
class Pins:
    """The pins of N series."""

    method: IntArray
    """[N] position in `MEMBERS`, `POOL` where the method is left to the pool."""
    season: IntArray
    """[N] position in `SEASONS`."""

    def rows(self, chosen: IntArray | slice) -> "Pins":
        """The pins of some series."""
        return Pins(self.method[chosen], self.season[chosen])

    @property
    def pinned(self) -> IntArray:
        """Series with a pin, ascending."""
        return np.flatnonzero((self.method != POOL) | (self.season != AUTO))


def pinned_season(raw: SeasonalEstimate, found: FloatArray, family: IntArray | None, season: IntArray) -> FloatArray:
    """Indices [N, m] of `season` [N], positions in `SEASONS`; `found` [N, m] are those that are found without pins.

    An own season is shrunk to flat as far as its noise demands; a series without a family keeps what is found.

    >>> raw = SeasonalEstimate(np.array([[0.5, 1.5], [0.5, 1.5]]), np.zeros(2))
    >>> pinned_season(raw, np.full((2, 2), 9.0), None, np.array([FLAT, OWN])).tolist()
    [[1.0, 1.0], [0.5, 1.5]]
    """
    own = shrink_to_flat(raw.indices, raw.variance)
    shared = found
    if family is not None:
        profile, has_family = family_profile(raw.indices, raw.variance, family)
        shared = np.where(has_family[:, None], profile, found)
    chosen = season[:, None]
    answer: FloatArray = np.select(
        [chosen == FLAT, chosen == OWN, chosen == FAMILY], [np.ones(found.shape), own, shared], found
    )
    return answer
