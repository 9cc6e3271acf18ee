"""An interior point method for a program of many items: a plan and its bound close in on each other.

Mehrotra's predictor and corrector (SIAM Journal on Optimization 2, 1992) with centrality correctors (Gondzio,
Computational Optimization and Applications 6, 1996) on the normal equations. Each step goes towards a point where all
products x·z and w·v are equal to one µ that falls to 0. With x + w = u,

minimize c·x, A·x = b, x, w ≥ 0   and   maximize b·y − u·v, Aᵀy + z − v = c, z, v ≥ 0.

It ends with the gap that is asked for, long before a vertex: it needs no basis.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.stage import Watch
from equipoise.supply.large.normal_equations import NormalEquations
from equipoise.supply.large.standard_form import StandardForm
from equipoise.supply.program.highs import SolverStopped

MOST_STEPS = 100
FIRST_UNITS, FIRST_PRICE = 1000.0, 10.0
"""At the start no column is smaller and no reduced cost is: wide of the bounds in units, hours and money."""
ROWS_KEPT = 1e-6
"""Length of what the rows are off at the end, over that of their right-hand sides."""
ACCURATE = 1e-7
"""Of the normal equations."""
REGULAR = 1e-10
"""Added to their diagonal: rows may depend on each other."""
CORRECTORS = 2
SHORT = 0.99
"""Part of the way to the next bound that a step goes."""


class Point(NamedTuple):
    """x, y, z and, of columns with an upper bound, w and v (1 and 0 of others); or a direction."""

    x: FloatArray
    y: FloatArray
    z: FloatArray
    w: FloatArray
    v: FloatArray

    def plus(self, step: "Point", primal: float, dual: float) -> "Point":
        """So far along a direction."""
        return Point(
            self.x + primal * step.x,
            self.y + dual * step.y,
            self.z + dual * step.z,
            self.w + primal * step.w,
            self.v + dual * step.v,
        )


@dataclass(frozen=True, eq=False)
class Interior:
    """Where the method ended."""

    x: FloatArray
    """[n] nearly keeps the rows; never below 0 or above u."""
    y: FloatArray
    """[m] prices of the rows."""
    steps: int


def close_in(form: StandardForm, gap: float, *, kernel: str, watch: Watch | None = None) -> Interior:
    """Plan and prices with so much between them at most, over the cost.

    Raises `SolverStopped` if it does not get there.
    """
    solver = _Solver(form, NormalEquations(form, kernel=kernel))
    point = solver.start()
    for step in range(MOST_STEPS):
        if watch is not None:
            watch("")
        if solver.is_close(point, gap):
            return Interior(np.clip(point.x, 0.0, form.upper), point.y, step)
        point = solver.next(point)
        if not np.isfinite(point.x @ point.z):
            break
    raise SolverStopped("interior points do not close in on a plan")


class _Solver:
    def __init__(self, form: StandardForm, equations: NormalEquations) -> None:
        self.form, self.equations = form, equations
        self.a, self.at = form.matrix.tocsr(), form.matrix.T.tocsr()
        self.ends: BoolArray = np.isfinite(form.upper)
        self.u = np.where(self.ends, form.upper, 0.0)
        self.products = len(form.cost) + int(self.ends.sum())

    def start(self) -> Point:
        """Least squares, moved away from the bounds."""
        form, ends, u = self.form, self.ends, self.u
        self.equations.factor(np.ones(len(form.cost)), REGULAR)
        x = np.where(ends, np.minimum(u / 2, FIRST_UNITS), 0.0)
        x = x + self.at @ self.equations.solve(form.right - self.a @ x, ACCURATE)
        y = self.equations.solve(self.a @ form.cost, ACCURATE)
        z = form.cost - self.at @ y
        x = np.maximum(x, FIRST_UNITS)
        x = np.where(ends, np.minimum(x, u / 2), x)
        v = np.where(ends, np.maximum(-z, 0.0) + FIRST_PRICE, 0.0)
        z = np.where(ends, np.maximum(z, 0.0) + FIRST_PRICE, np.maximum(z, FIRST_PRICE))
        return Point(x, y, z, np.where(ends, u - x, 1.0), v)

    def is_close(self, point: Point, gap: float) -> bool:
        form = self.form
        off = np.linalg.norm(form.right - self.a @ point.x) / (1.0 + np.linalg.norm(form.right))
        cost = form.offset + float(form.cost @ point.x)
        return bool(off <= ROWS_KEPT and cost - form.bound(point.y) <= gap * abs(cost))

    def next(self, point: Point) -> Point:
        """One step on."""
        form, ends, (x, y, z, w, v) = self.form, self.ends, point
        off = (
            form.right - self.a @ x,
            np.where(ends, self.u - x - w, 0.0),
            form.cost - self.at @ y - z + v,
        )
        theta = 1.0 / (z / x + np.where(ends, v / w, 0.0))
        self.equations.factor(theta, REGULAR)
        mu = (x @ z + w @ v) / self.products
        step = self._direction(point, theta, off, -x * z, -w * v)
        there = point.plus(step, *self._lengths(point, step))
        # How far the predictor comes says how much centering is needed (Mehrotra 1992).
        aim = float(((there.x @ there.z + there.w @ there.v) / self.products / mu) ** 3 * mu)
        step = self._direction(point, theta, off, aim - x * z - step.x * step.z, aim - w * v - step.w * step.v)
        lengths = self._lengths(point, step)
        nothing = tuple(np.zeros(len(one)) for one in off)
        for _ in range(CORRECTORS):
            pushed = point.plus(step, *(min(1.0, 1.08 * length + 0.08) for length in lengths))
            more = self._direction(
                point, theta, nothing, _towards(pushed.x * pushed.z, aim), _towards(pushed.w * pushed.v, aim)
            )
            longer = step.plus(more, 1.0, 1.0)
            reached = self._lengths(point, longer)
            if sum(reached) <= sum(lengths) + 0.02:
                break
            step, lengths = longer, reached
        return point.plus(step, *(length if length == 1.0 else SHORT * length for length in lengths))

    def _direction(
        self, point: Point, theta: FloatArray, off: tuple[FloatArray, ...], xz: FloatArray, wv: FloatArray
    ) -> Point:
        """Newton's direction to where rows, bounds and prices are right and the products change by `xz` and `wv`."""
        (x, _, z, w, v), ends, (rows, bounds, prices) = point, self.ends, off
        rest = prices - xz / x + np.where(ends, (wv - v * bounds) / w, 0.0)
        dy = self.equations.solve(rows + self.a @ (theta * rest), ACCURATE)
        dx = theta * (self.at @ dy - rest)
        dw = np.where(ends, bounds - dx, 0.0)
        return Point(dx, dy, (xz - z * dx) / x, dw, np.where(ends, (wv - v * dw) / w, 0.0))

    def _lengths(self, point: Point, step: Point) -> tuple[float, float]:
        """How far the plan and the prices can go, at most 1."""
        return (
            min(_length(point.x, step.x), _length(point.w, step.w)),
            min(_length(point.z, step.z), _length(point.v[self.ends], step.v[self.ends])),
        )


def _length(here: FloatArray, step: FloatArray) -> float:
    falls = step < 0
    return min(1.0, float((-here[falls] / step[falls]).min(initial=1.0)))


def _towards(product: FloatArray, aim: float) -> FloatArray:
    """What brings products that are far too small or large nearer to what they should be."""
    return np.maximum(np.clip(product, 0.1 * aim, 10.0 * aim) - product, -10.0 * aim)
