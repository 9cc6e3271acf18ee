"""How much wider than the pool a series errs, lag by lag, learned from its own past errors.

With r the error of series i, origin k and lag h in units of what was expected of it, and m the mean of √|r| over all:

    a_i(h) = ((n₀ m + Σ_k,l w_kl √|r_kl|) / (m (n₀ + Σ_k,l w_kl)))²,    w_kl = 0.95^k exp(−½ log²(l / h)),    n₀ = 30,

over the origins k from the latest one on and their known lags l. Near lags speak of near ones: a series that jumps
about a steady level errs most in the next bucket, one that drifts in the last. Roots bear a wild bucket better than
sizes do, and late origins know best how a series is today. What an error is divided by is found without its own origin.

Chosen on inner hold-outs of M3 (docs/decisions/0014-the-forecast.md).
"""

import numpy as np

from equipoise.core.grid import FloatArray

WILDEST = 20.0
"""An error counts as at most so many times what was expected of it."""
OWN_ERRORS = 30.0
"""Errors of a series that weigh as much as the pool."""
LATER = 0.95
"""Weight of an origin, in that of the next later one."""
LEAST_SCALE = 0.05
"""A series' scale is at least this."""
CHUNK = 2048
"""Series computed together, so that their arrays stay in the cache; results do not depend on it."""


def tamed(ratio: FloatArray) -> FloatArray:
    """Sizes of ratios, none above `WILDEST`, 0 where unknown."""
    size: FloatArray = np.where(np.isfinite(ratio), np.minimum(np.abs(ratio), WILDEST), 0.0)
    return size


def divide_by_own_scale(ratio: FloatArray) -> FloatArray:
    """a [N, horizon] of ratios [K, N, horizon], origins from the latest one on, NaN = unknown.

    Each ratio is divided, where it lies, by what is found of its series without its origin.

    >>> ratio = np.array([[[1.0], [3.0]], [[1.0], [3.0]]])
    >>> divide_by_own_scale(ratio).round(2).tolist()
    [[0.97], [1.03]]
    """
    count, horizon = ratio.shape[1:]
    root = np.array([np.sqrt(tamed(one)).sum() for one in ratio])
    known = np.array([np.isfinite(one).sum() for one in ratio], dtype=np.float64)
    usual = float(root.sum() / known.sum()) if known.sum() > 0 and root.sum() > 0 else 1.0
    lag = np.log(np.arange(1.0, horizon + 1.0))
    near = np.exp(-0.5 * (lag[:, None] - lag) ** 2)  # [lag that speaks, lag spoken of]
    own = np.ones((count, horizon))
    for start in range(0, count, CHUNK):
        rows = slice(start, start + CHUNK)
        own[rows] = _divided(ratio[:, rows], near, usual)
    return own


def _divided(ratio: FloatArray, near: FloatArray, usual: float) -> FloatArray:
    """`divide_by_own_scale` of some series; `usual` is m."""
    age = LATER ** np.arange(len(ratio))[:, None, None]
    # Sums by einsum: those of a matrix product may depend on how many series go together.
    size = age * np.array([np.einsum("nl,lh->nh", np.sqrt(tamed(one)), near) for one in ratio]).reshape(ratio.shape)
    known = age * np.array([np.einsum("nl,lh->nh", np.isfinite(one) * 1.0, near) for one in ratio]).reshape(ratio.shape)
    sizes, total = size.sum(axis=0), known.sum(axis=0)
    ratio /= _scale(sizes - size, total - known, usual)
    return _scale(sizes, total, usual)


def _scale(size: FloatArray, known: FloatArray, usual: float) -> FloatArray:
    """The weighted mean of roots, drawn to m, in units of m and squared."""
    root = (size + OWN_ERRORS * usual) / (known + OWN_ERRORS) / usual
    found: FloatArray = np.maximum(root * root, LEAST_SCALE)
    return found
