"""Points of a grid side by side: as many as the compiler takes together."""

import numpy as np

from equipoise.core.grid import FloatArray

WIDTH = 16
"""Four registers of four numbers. A loop over fewer is unrolled into single numbers, which takes longer than 16."""


def in_lanes(values: FloatArray) -> FloatArray:
    """Values [G] of a grid, the last one repeated up to a multiple of `WIDTH`.

    >>> in_lanes(np.array([1.0, 2.0])).shape
    (16,)
    """
    return np.pad(values, (0, -len(values) % WIDTH), mode="edge")
