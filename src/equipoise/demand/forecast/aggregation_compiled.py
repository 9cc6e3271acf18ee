"""Twin of `aggregation.block_means`."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray


def block_means(z: FloatArray, length: IntArray, size: int) -> tuple[FloatArray, IntArray]:
    """As `aggregation.block_means`."""
    return _means(z, length, size), length // size


@compiled
def _means(z: FloatArray, length: IntArray, size: int) -> FloatArray:
    n = len(z)
    out = np.zeros((n, z.shape[1] // size))
    for i in range(n):
        start = length[i] % size
        for j in range(length[i] // size):
            total = 0.0
            for t in range(start + j * size, start + (j + 1) * size):
                total += z[i, t]
            out[i, j] = total / size
    return out
