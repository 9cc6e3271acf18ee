"""Elasticities by regression beside season and trend: how much of an index moves with something known.

    z_t = season + trend + Σ β_j x_jt + u_t,   u_t = ρ u_{t−1} + ε_t,

with a mean for every season of the year and a trend of straight lines that bend once a year. ρ is estimated from the
residuals without x and taken out of both sides (Prais & Winsten 1954; Greene, Econometric Analysis, chapter 20), so
that an index that wanders does not take chance for proof. Season and trend are taken out of x as out of z (Frisch &
Waugh 1933): only what moves apart from them counts.

Each estimate is shrunk by what its error says (James & Stein 1961): β (1 − 1/t²) for |t| > 1, else 0.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from equipoise.core.grid import FloatArray, on_grid

LEAST_RHO, MOST_RHO = -0.5, 0.95
STEP = 2.0**-20
"""Elasticities are rounded to this: what a library of linear algebra does in its last digits moves no forecast."""
LEAST_LEFT = 1e-3
"""Share of the variation of x that season and trend must leave; with less of it nothing can be told."""


@dataclass(frozen=True, eq=False)
class Whitened:
    """An index without season, trend and the memory of its error: what regressors are held against."""

    basis: FloatArray
    """[T, m] orthonormal: season and trend, whitened."""
    rho: float
    z: FloatArray
    """[T] what is left of the index."""

    @property
    def freedom(self) -> int:
        """Degrees of freedom left."""
        return int(self.basis.shape[0] - self.basis.shape[1])

    def left_of(self, x: FloatArray) -> FloatArray:
        """[T, k] what season and trend leave of regressors x [T, k], whitened; 0 where too little is left."""
        white = _whiten(x, self.rho)
        rest: FloatArray = white - self.basis @ (self.basis.T @ white)
        before = (white - white.mean(axis=0)) if len(white) else white
        is_told = (rest * rest).sum(axis=0) > LEAST_LEFT * (before * before).sum(axis=0)
        return np.where(is_told, rest, 0.0)


def whiten(z: FloatArray, period: int) -> Whitened:
    """Take season, trend and memory out of an index z [T], whose last value is the last closed bucket."""
    basis = _season_and_trend(len(z), period)
    rest = z - basis @ np.linalg.lstsq(basis, z, rcond=None)[0]
    power = float(rest[:-1] @ rest[:-1])
    rho = float(rest[1:] @ rest[:-1]) / power if power > 0 else 0.0
    rho = float(np.clip(rho, LEAST_RHO, MOST_RHO))
    orthonormal = np.linalg.qr(_whiten(basis, rho))[0]
    white = _whiten(z[:, None], rho)[:, 0]
    return Whitened(orthonormal, rho, white - orthonormal @ (orthonormal.T @ white))


def _whiten(values: FloatArray, rho: float) -> FloatArray:
    first = values[:1] * np.sqrt(1.0 - rho * rho)
    return np.concatenate([first, values[1:] - rho * values[:-1]])


def _season_and_trend(length: int, period: int) -> FloatArray:
    """[T, m] a column a season of the year, and lines that bend once a year."""
    back = np.arange(length) - length
    season = (back % period)[:, None] == np.arange(min(period, length))[None, :]
    knots = np.arange(0, length - period // 2, period)
    bends = np.maximum(np.arange(length)[:, None] - knots[None, :], 0.0) / period
    return np.concatenate([season.astype(np.float64), bends], axis=1)


def fit_jointly(white: Whitened, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Elasticities [k] and their t-values [k] of regressors x [T, k] together; 0 where x tells nothing."""
    left = white.left_of(x)
    usable = np.flatnonzero((left * left).sum(axis=0) > 0)
    beta, t = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    freedom = white.freedom - usable.size
    if usable.size == 0 or freedom < 1:
        return beta, t
    mine = left[:, usable]
    inverse = np.linalg.pinv(mine.T @ mine)
    found = inverse @ (mine.T @ white.z)
    rest = white.z - mine @ found
    error = np.sqrt(float(rest @ rest) / freedom * np.diag(inverse))
    beta[usable] = found
    t[usable] = found / np.where(error > 0, error, np.inf)
    return beta, t


def fit_one_by_one(white: Whitened, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Elasticities [k] and t-values [k] of regressors x [T, k], each as if it were the only one."""
    left = white.left_of(x)
    power = (left * left).sum(axis=0)
    cross = left.T @ white.z
    told = np.where(power > 0, power, 1.0)
    beta = np.where(power > 0, cross / told, 0.0)
    rest = np.maximum(float(white.z @ white.z) - beta * cross, 0.0)
    error = np.sqrt(rest / max(white.freedom - 1, 1) / told)
    return beta, np.where((power > 0) & (error > 0), beta / np.where(error > 0, error, 1.0), 0.0)


def shrunk(beta: FloatArray, t: FloatArray) -> FloatArray:
    """Estimates [k] drawn to 0 by their own error, on the grid of elasticities.

    >>> shrunk(np.array([0.8, 0.8]), np.array([4.0, 0.5])).round(4).tolist()
    [0.75, 0.0]
    """
    keep = np.maximum(1.0 - 1.0 / np.maximum(t * t, 1.0), 0.0)
    return on_grid(keep * beta, STEP)


def critical_t(alpha: float, freedom: int) -> float:
    """|t| that chance exceeds with probability `alpha`, on both sides; Cornish-Fisher expansion of Student's t.

    >>> round(critical_t(0.05, 20), 3), round(critical_t(0.01, 60), 3)
    (2.086, 2.66)
    """
    z = NormalDist().inv_cdf(1.0 - alpha / 2.0)
    n = float(max(freedom, 3))
    return z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n * n)
