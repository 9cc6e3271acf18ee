"""Points of a grid side by side: as many as the compiler takes together."""

import numpy as np

from equipoise.core.grid import FloatArray

WIDTH = 16
"""Four registers of four numbers. A loop over fewer is unrolled into single numbers, which takes longer than 16."""


def in_lanes(values: FloatArray, times: int = 1) -> FloatArray:
    """Values [G] of a grid side by side `times` times, the last one of each repeated up to its share of a multiple of
    `WIDTH`.

    >>> in_lanes(np.array([1.0, 2.0])).shape, in_lanes(np.array([1.0, 2.0]), 2)[6:10].tolist()
    ((16,), [2.0, 2.0, 1.0, 2.0])
    """
    return np.tile(np.pad(values, (0, -len(values) % (WIDTH // times)), mode="edge"), times)
