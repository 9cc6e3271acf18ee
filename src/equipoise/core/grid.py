"""Exact numbers: every additive measure leaves its stage on a binary grid, so sums are exact in any order.

Quantities and hours are whole multiples of 2^-20 (about 0.000001), money of 2^-10 (about 0.001). float64 holds such
numbers and their sums without rounding up to 8.6e9 units and 8.8e12 of money, therefore item totals, market totals,
postings, files and browser agree bit for bit. Rounding to cents or whole units is display.

>>> import numpy as np
>>> quantities = on_grid(np.array([0.1, 0.2, 0.3]), QUANTITY_STEP)
>>> float(quantities[0] + quantities[1] + quantities[2]) == float(quantities[2] + quantities[0] + quantities[1])
True
>>> split(100.0, np.array([1.0, 1.0, 1.0]), step=1.0).tolist()
[34.0, 33.0, 33.0]
>>> split(1200.0, np.array([300.0, 500.0, 200.0]), step=1.0).tolist()
[360.0, 600.0, 240.0]
"""

import numpy as np
import numpy.typing as npt

from equipoise.core.errors import EquipoiseError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

QUANTITY_STEP = 2.0**-20
"""Grid step of quantities and hours."""
MONEY_STEP = 2.0**-10
"""Grid step of money."""
LIMIT_STEPS = 2.0**53
"""Above this many steps a float64 no longer holds every grid number."""


class NothingToSplit(EquipoiseError):
    """A total cannot be spread because no cell may take any of it."""


class BeyondExact(EquipoiseError):
    """A number is so large that sums with it would no longer be exact."""


def on_grid(values: FloatArray, step: float) -> FloatArray:
    """Nearest multiples of `step` (a power of two, so the result is exact); halves go to the even multiple."""
    return np.rint(values / step) * step + 0.0  # + 0.0 turns -0.0 into 0.0: equal numbers have equal bytes


def is_on_grid(values: FloatArray, step: float) -> bool:
    """True if every value is a multiple of `step` and small enough for sums to stay exact."""
    scaled = values / step
    return bool(np.all(np.isfinite(scaled) & (np.rint(scaled) == scaled) & (np.abs(scaled) <= LIMIT_STEPS)))


def rows_that_differ(one: FloatArray, other: FloatArray) -> BoolArray:
    """Rows [N] of two arrays [N, T] in which some number has other bytes; two unknowns of the same bytes do not differ.

    >>> rows_that_differ(np.array([[1.0, np.nan], [2.0, 3.0]]), np.array([[1.0, np.nan], [2.0, 4.0]])).tolist()
    [False, True]
    """
    assert one.shape == other.shape and one.ndim == 2, (one.shape, other.shape)
    found = np.zeros(len(one), dtype=np.bool_)
    if one is not other and one.size:
        differs = one.view(np.int64) != other.view(np.int64)
        found[np.flatnonzero(differs) // one.shape[1]] = True
    return found


def split(total: float, weights: FloatArray, *, step: float = QUANTITY_STEP) -> FloatArray:
    """Spread `total` over cells in proportion to non-negative `weights` [N]; the parts sum to `total` exactly.

    Largest-remainder method (Hamilton): each cell gets its whole steps, the steps left over go to the largest
    fractions, ties to the earlier cell. Cells of weight 0 get nothing; if all weights are 0 `NothingToSplit` is raised.
    `total` must be a multiple of `step`; what it holds beyond the last whole step goes to the heaviest cell.
    """
    columns = split_columns(np.array([total]), weights[:, None], step=step)
    result: FloatArray = columns[:, 0]
    return result


def split_columns(totals: FloatArray, weights: FloatArray, *, step: float = QUANTITY_STEP) -> FloatArray:
    """`split` for many buckets at once: totals [T], weights [N, T] -> parts [N, T] with column sums equal to totals.

    A column whose total is 0 gets zeros whatever its weights.
    """
    if np.any(weights < 0):
        raise NothingToSplit("weights of a split must not be negative")
    sums = weights.sum(axis=0)
    if np.any((sums <= 0) & (totals != 0)):
        raise NothingToSplit("all weights of a split are zero")
    shares = weights / np.where(sums > 0, sums, 1.0)
    steps = np.trunc(totals / step)
    raw = np.abs(steps) * shares
    whole = np.floor(raw)
    is_active = weights > 0
    count = np.maximum(is_active.sum(axis=0), 1)
    left = np.abs(steps) - whole.sum(axis=0)
    # Rounding of very large products can leave more or fewer steps than cells: deal the even part to all first.
    even, left = np.divmod(left, count)
    whole = np.where(is_active, whole + even, 0.0)
    order = np.argsort(np.where(is_active, np.floor(raw) - raw, np.inf), axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    whole = whole + (rank < left)
    parts: FloatArray = np.sign(steps) * whole * step
    beyond = totals - steps * step
    if np.any(beyond != 0):
        parts[np.argmax(weights, axis=0), np.arange(len(totals))] += beyond
    return parts + 0.0
