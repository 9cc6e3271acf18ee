"""Which series deserve a planner's time: ABC by value, XYZ by how much of demand stays unforeseen.

A series is A while the series before it, the largest first, make less than 80 % of the value, B while less than 95 %,
else C (Silver, Pyke & Thomas, Inventory and Production Management in Supply Chains, 2.5). X, Y and Z are by the
coefficient of variation of the forecast error, not of demand: a Christmas item that repeats every year is no Z.
"""

import numpy as np

from equipoise.core.grid import FloatArray

A_SHARE, B_SHARE = 0.80, 0.95
X_MOST, Y_MOST = 0.5, 1.0


def abc_classes(value: FloatArray) -> tuple[str, ...]:
    """A, B or C for each value [N]; series without value are C. Ties keep their order.

    >>> abc_classes(np.array([10.0, 70.0, 15.0, 5.0, 0.0]))
    ('B', 'A', 'A', 'C', 'C')
    """
    worth = np.maximum(np.nan_to_num(value), 0.0)
    order = np.argsort(-worth, kind="stable")
    total = float(worth.sum())
    before = np.empty(len(worth))
    before[order] = np.cumsum(worth[order]) - worth[order]
    share = before / total if total > 0 else np.ones(len(worth))
    return tuple(
        "C" if worth[n] <= 0 or share[n] >= B_SHARE else "A" if share[n] < A_SHARE else "B" for n in range(len(worth))
    )


def xyz_classes(error_sd: FloatArray, mean: FloatArray) -> tuple[str, ...]:
    """X, Y or Z of series [N] with the standard deviation of their one-step error and mean demand; blank if unknown.

    >>> xyz_classes(np.array([10.0, 60.0, 200.0, np.nan]), np.full(4, 100.0))
    ('X', 'Y', 'Z', '')
    """
    found = []
    for sd, level in zip(error_sd.tolist(), mean.tolist(), strict=True):
        if not (np.isfinite(sd) and level > 0):
            found.append("")
        else:
            found.append("X" if sd / level <= X_MOST else "Y" if sd / level <= Y_MOST else "Z")
    return tuple(found)
