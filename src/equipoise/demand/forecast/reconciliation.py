"""Reconciliation: forecasts of series and of their totals brought to one set of numbers that adds up.

A family's total is smoother than its items and often forecast better; its items know what moves each. Forecast apart
they disagree. Least squares takes from each forecast by its certainty (Hyndman, Ahmed, Athanasopoulos & Shang,
Computational Statistics & Data Analysis 55 (2011); Wickramasuriya, Athanasopoulos & Hyndman, J. American Statistical
Association 114 (2019), with a diagonal W):

    minimize (ŷ − S b)ᵀ W⁻¹ (ŷ − S b) over b,   S = [A; I],   coherent forecasts S b

- W of a node = the number of series below it: `structural_variance` (wls_struct; Athanasopoulos, Hyndman, Kourentzes &
  Petropoulos, European J. Operational Research 262 (2017)), or the variance of its forecast's error (wls_var).
- A tree is solved by one pass up and one down (`tree_pass`). Where hierarchies cross, by the Woodbury identity over the
  upper nodes only: b = ŷ_b + W_b Aᵀ λ, K λ = ŷ_u − A ŷ_b, K = W_u + A W_b Aᵀ (`sparse_ldl`).
- Demand is not negative: where b is, the same distance is minimized subject to b ≥ 0 (Wickramasuriya, Turlach &
  Hyndman, Statistics and Computing 30 (2020)), exactly, in its dual: W_u λ + A max(0, ŷ_b + W_b Aᵀ λ) = ŷ_u by Newton's
  method with a line search. Clipping at 0 instead would raise every total.
- A node without a base forecast in a bucket (NaN) says nothing there. A series must have one.
- Totals are the sums of the series on the number grid, equal to the last digit whichever way they are added
  (`coherent`).

>>> town = Aggregates.of(np.array([0, 0, 0]))
>>> base = np.array([[36.0], [10.0], [10.0], [10.0]])
>>> reconcile(base, town, structural_variance(town)).T.round(6).tolist()
[[11.0, 11.0, 11.0]]
"""

from types import ModuleType

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, on_grid
from equipoise.demand.forecast import sparse_ldl
from equipoise.demand.forecast.aggregates import Aggregates, WrongHierarchy
from equipoise.demand.forecast.kernel import fastest_kernel, kernel_named
from equipoise.demand.forecast.tree_pass import reconcile_tree

MOST_ROUNDS = 200
HALVINGS = 40
DESCENT = 1e-4
"""Share of the promised descent that a step must make (Armijo)."""


def structural_variance(nodes: Aggregates) -> FloatArray:
    """[M + N] the number of series below each node, 1 for the series themselves."""
    return np.concatenate([nodes.size.astype(np.float64), np.ones(len(nodes.above))])


def coherent(bottom: FloatArray, nodes: Aggregates, *, kernel: str | None = None) -> tuple[FloatArray, FloatArray]:
    """Series [N, T] on the number grid, and their exact sums [M, T]."""
    exact = on_grid(bottom, QUANTITY_STEP)
    return exact, _twin(kernel).sum_below(nodes.above, exact, nodes.count)


def reconcile(
    base: FloatArray,
    nodes: Aggregates,
    variance: FloatArray,
    *,
    is_signed: bool = False,
    kernel: str | None = None,
) -> FloatArray:
    """Series [N, T] nearest to the base forecasts of all nodes [M + N, T], upper nodes first, in units.

    `variance` [M + N] in units², or in any common measure: the larger, the less a forecast counts. 0 fixes a series at
    its base forecast; infinity silences an upper node. `is_signed` lets series fall below 0. `kernel` is `numpy` or
    `numba`, which agree to 1e-9; None takes numba where it is installed. Raises `WrongHierarchy`, `NoSuchKernel`.
    """
    m = nodes.count
    _check(base, nodes, variance)
    answer = np.empty((len(base) - m, base.shape[1]))
    silences = np.isnan(base[:m]) | np.isinf(variance[:m])[:, None]
    alike: dict[bytes, list[int]] = {}
    for t, column in enumerate(silences.T):
        alike.setdefault(column.tobytes(), []).append(t)
    for columns in alike.values():
        silent = silences[:, columns[0]]
        if silent.any() or len(alike) > 1:
            heard = np.append(~silent, np.ones(len(base) - m, dtype=np.bool_))
            task, asked = _Task(nodes.without(silent), variance[heard], _twin(kernel)), base[heard][:, columns]
        else:
            task, asked = _Task(nodes, variance, _twin(kernel)), base
        found = task.unbounded(asked)
        if not is_signed:
            task.bound(asked, found)
        answer[:, columns] = found
    return answer


class _Task:
    """The nodes that speak, their variances, and the code that eliminates them."""

    def __init__(self, nodes: Aggregates, variance: FloatArray, twin: ModuleType) -> None:
        """Number the nodes in the order of elimination."""
        self.nodes, self.variance, self.twin = nodes, variance, twin
        m = nodes.count
        self.upper, self.bottom = variance[:m][nodes.bottom_up], variance[m:]
        place = np.full(m + 1, -1, dtype=np.int64)
        place[nodes.bottom_up] = np.arange(m)
        self.above = place[nodes.above]

    def unbounded(self, base: FloatArray) -> FloatArray:
        """The least squares of [M + N, T]."""
        m = self.nodes.count
        if m == 0:
            return base.copy()
        if self.nodes.parents is not None:
            return reconcile_tree(base, self.variance, self.nodes.parents)[m:]
        y = base[m:]
        factor = self.twin.factorize(self.above, self.bottom, self.upper)
        price = self.twin.solve(factor, base[self.nodes.bottom_up] - self.twin.sum_below(self.above, y, m))
        moved: FloatArray = y + self.bottom[:, None] * self.twin.hand_down(self.above, price)
        return moved

    def bound(self, base: FloatArray, found: FloatArray) -> None:
        """Solve anew, with no series below 0, where `found` [N, T] has some; other islands keep their digits."""
        is_below = found < 0
        if not is_below.any():
            return
        m, islands = self.nodes.count, self.nodes.islands
        for island in np.unique(islands[is_below.any(axis=1)]).tolist():
            rows = np.flatnonzero(islands == island)
            nodes, upper = self.nodes.of_rows(rows)
            both = np.concatenate([upper, m + rows])
            task = _Task(nodes, self.variance[both], self.twin)
            for t in np.flatnonzero(is_below[rows].any(axis=0)).tolist():
                found[rows, t] = task.bounded(base[both, t])

    def bounded(self, base: FloatArray) -> FloatArray:
        """The least squares of one bucket [M + N] with series of at least 0."""
        y, told = base[self.nodes.count :], base[self.nodes.bottom_up]
        price = np.zeros(len(told))
        trial, height = y, 0.0
        for _ in range(MOST_ROUNDS):
            is_free = trial > 0
            kept = self.twin.sum_below(self.above, np.maximum(trial, 0.0)[:, None], len(told))[:, 0]
            slope = self.upper * price + kept - told
            factor = self.twin.factorize(self.above, np.where(is_free, self.bottom, 0.0), self.upper)
            step = self.twin.solve(factor, slope[:, None])[:, 0]
            size, begun = 1.0, (price, height)
            for _ in range(HALVINGS):
                price = begun[0] - size * step
                trial, height = self._dual(y, told, price)
                if size == 1.0 and np.array_equal(trial > 0, is_free):
                    return np.maximum(trial, 0.0)  # the same series are free: the linear system was the whole truth
                if height <= begun[1] - DESCENT * size * float(slope @ step):
                    break
                size /= 2
        raise AssertionError(f"no forecast of at least 0 was found in {MOST_ROUNDS} rounds")

    def _dual(self, y: FloatArray, told: FloatArray, price: FloatArray) -> tuple[FloatArray, float]:
        """What the series would be at these prices, below 0 where they stay at 0; and the dual's height."""
        handed, w = self.twin.hand_down(self.above, price[:, None])[:, 0], self.bottom
        trial = y + w * handed
        kept = np.maximum(y, 0.0)
        rise = (np.maximum(trial, 0.0) ** 2 - kept**2) / np.where(w > 0, 2 * w, 1.0)
        height = (self.upper * price**2 / 2 - told * price).sum() + np.where(w > 0, rise, kept * handed).sum()
        return trial, float(height)


def _twin(kernel: str | None) -> ModuleType:
    if kernel_named(kernel or fastest_kernel()).name == "numpy":
        return sparse_ldl
    from equipoise.demand.forecast import sparse_ldl_compiled

    return sparse_ldl_compiled


def _check(base: FloatArray, nodes: Aggregates, variance: FloatArray) -> None:
    """Refuse what cannot be reconciled, in words."""
    m, n = nodes.count, len(nodes.above)
    if base.ndim != 2 or len(base) != m + n or variance.shape != (m + n,):
        raise WrongHierarchy(
            f"{m} upper nodes over {n} series need base forecasts [{m + n}, buckets] and as many variances, got "
            f"{base.shape} and {variance.shape}"
        )
    if not np.isfinite(base[m:]).all() or np.isinf(base[:m]).any():
        raise WrongHierarchy("every series needs a finite base forecast in every bucket; upper nodes may have none")
    if not ((variance[m:] >= 0) & np.isfinite(variance[m:])).all() or not (variance[:m] > 0).all():
        raise WrongHierarchy("variances of series must be finite and not below 0, those of upper nodes above 0")
