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
- What the hierarchy alone decides is found once and kept (`Hierarchy`), what the weights decide, too (`Weighed`).
- Demand is not negative: where b is, the same distance is minimized subject to b ≥ 0, exactly (`bounded`).
- A node without a base forecast in a bucket (NaN) says nothing there. A series must have one.
- Totals are the sums of the series on the number grid, equal to the last digit whichever way they are added
  (`coherent`).

>>> town = Aggregates.of(np.array([0, 0, 0]))
>>> base = np.array([[36.0], [10.0], [10.0], [10.0]])
>>> reconcile(base, town, structural_variance(town)).T.round(6).tolist()
[[11.0, 11.0, 11.0]]
"""

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.demand.forecast import sparse_ldl, tree_pass
from equipoise.demand.forecast.aggregates import Aggregates, WrongHierarchy
from equipoise.demand.forecast.bounded import least_from_0
from equipoise.demand.forecast.kernel import fastest_kernel, kernel_named


def structural_variance(nodes: Aggregates) -> FloatArray:
    """[M + N] the number of series below each node, 1 for the series themselves."""
    variance = np.ones(nodes.count + len(nodes.above))
    variance[: nodes.count] = nodes.size
    return variance


def coherent(bottom: FloatArray, nodes: Aggregates, *, kernel: str | None = None) -> tuple[FloatArray, FloatArray]:
    """Series [N, T] on the number grid, and their exact sums [M, T]."""
    exact = on_grid(bottom, QUANTITY_STEP)
    return exact, _twins(kernel)[0].sum_below(nodes.above, exact, nodes.count)


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
    return Hierarchy(nodes, kernel).weigh(variance).reconcile(base, is_signed=is_signed)


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Nodes with what neither weights nor forecasts change: their order, their tree, the pattern of L; found at first
    use. Keep one for all weights, horizons and scenarios of the same nodes."""

    nodes: Aggregates
    kernel: str | None = None
    """As in `reconcile`."""

    def weigh(self, variance: FloatArray) -> "Weighed":
        """With the variance of each node [M + N], as in `reconcile`. Raises `WrongHierarchy`."""
        return Weighed(self, variance)

    @property
    def twins(self) -> tuple[ModuleType, ModuleType]:
        """The code for nodes that cross, and that for trees."""
        return _twins(self.kernel)

    @cached_property
    def parents(self) -> IntArray | None:
        """[M + N] as `Aggregates.parents`: None if nodes cross."""
        parents: IntArray | None = self.twins[1].parents(self.nodes)
        return parents

    @cached_property
    def pattern(self) -> Any:  # noqa: ANN401  each twin has its own
        """Where L has entries, as the twin keeps it."""
        return self.twins[0].find_pattern(self.nodes.above, self.nodes.bottom_up)


@dataclass(frozen=True, eq=False)
class Weighed:
    """A hierarchy and variances, ready for any number of forecasts: L is computed at first use and kept."""

    hierarchy: Hierarchy
    variance: FloatArray
    """[M + N]"""

    def __post_init__(self) -> None:
        """Refuse variances that say nothing, in words."""
        m, n = self.hierarchy.nodes.count, len(self.hierarchy.nodes.above)
        if self.variance.shape != (m + n,):
            raise WrongHierarchy(f"{m} upper nodes over {n} series need {m + n} variances, got {self.variance.shape}")
        upper, bottom = self.variance[:m], self.variance[m:]
        if not (bottom.min(initial=0.0) >= 0 and bottom.max(initial=0.0) < np.inf and upper.min(initial=np.inf) > 0):
            raise WrongHierarchy("variances of series must be finite and not below 0, those of upper nodes above 0")

    def reconcile(self, base: FloatArray, *, is_signed: bool = False) -> FloatArray:
        """Series [N, T], as the function `reconcile`."""
        m = self.hierarchy.nodes.count
        price = self._price(base)
        silences = self._silences(base) if price is None else None
        if silences is None:
            found = self._unbounded(base, price)
            if not is_signed:
                least_from_0(self.hierarchy.nodes, self.variance, self.hierarchy.twins[0], base, found)
            return found
        answer, alike = np.empty((len(base) - m, base.shape[1])), dict[bytes, list[int]]()
        for t, column in enumerate(silences.T):
            alike.setdefault(column.tobytes(), []).append(t)
        for columns in alike.values():
            silent = silences[:, columns[0]]
            heard = np.append(~silent, np.ones(len(base) - m, dtype=np.bool_))
            there = Hierarchy(self.hierarchy.nodes.without(silent), self.hierarchy.kernel).weigh(self.variance[heard])
            answer[:, columns] = there.reconcile(base[heard][:, columns], is_signed=is_signed)
        return answer

    def coherent(self, base: FloatArray, *, is_signed: bool = False) -> FloatArray:
        """Totals and series [M + N, T]: `reconcile` and then `coherent` in one, to the same digit."""
        hierarchy, price = self.hierarchy, self._price(base)
        if price is not None:
            whole: FloatArray
            whole, is_below = hierarchy.twins[0].settled(hierarchy.pattern, self._bottom, base, price, QUANTITY_STEP)
            if is_signed or not is_below:
                return whole
        exact, upper = coherent(self.reconcile(base, is_signed=is_signed), hierarchy.nodes, kernel=hierarchy.kernel)
        return np.concatenate([upper, exact])

    def _silences(self, base: FloatArray) -> BoolArray | None:
        """[M, T] which nodes say nothing in which bucket; None where all speak. Raises `WrongHierarchy`."""
        m = self.hierarchy.nodes.count
        if not np.isfinite(base[m:]).all() or np.isinf(base[:m]).any():
            raise WrongHierarchy("every series needs a finite base forecast in every bucket; upper nodes may have none")
        silences = np.isnan(base[:m]) | np.isinf(self.variance[:m])[:, None]
        return silences if silences.any() else None

    @cached_property
    def _bottom(self) -> FloatArray:
        """[N] variances of the series."""
        return self.variance[self.hierarchy.nodes.count :]

    @cached_property
    def _factor(self) -> sparse_ldl.Factor:
        nodes = self.hierarchy.nodes
        upper = self.variance[: nodes.count][nodes.bottom_up]
        factor: sparse_ldl.Factor = self.hierarchy.twins[0].factorize(self.hierarchy.pattern, self._bottom, upper)
        return factor

    def _price(self, base: FloatArray) -> FloatArray | None:
        """λ [M, T] in the order of elimination; None where nodes do not cross or not all say a number."""
        hierarchy, m, n = self.hierarchy, self.hierarchy.nodes.count, len(self.hierarchy.nodes.above)
        if base.ndim != 2 or len(base) != m + n:
            raise WrongHierarchy(
                f"{m} upper nodes over {n} series need base forecasts [{m + n}, buckets], got {base.shape}"
            )
        if m == 0 or hierarchy.parents is not None or np.isinf(self.variance[:m]).any():
            return None
        twin = hierarchy.twins[0]
        told = twin.told(hierarchy.pattern, base)
        price: FloatArray | None = (
            twin.solve(self._factor, told) if twin.is_heard(hierarchy.pattern, base, told) else None
        )
        return price

    def _unbounded(self, base: FloatArray, price: FloatArray | None) -> FloatArray:
        """The least squares of [M + N, T], whose nodes all speak."""
        hierarchy, m = self.hierarchy, self.hierarchy.nodes.count
        if m == 0:
            return base.copy()
        found: FloatArray
        if hierarchy.parents is not None:
            found = hierarchy.twins[1].reconcile_tree(base, self.variance, hierarchy.parents)[m:]
        else:
            twin = hierarchy.twins[0]
            if price is None:  # sums of what are all numbers are none: too large
                price = twin.solve(self._factor, twin.told(hierarchy.pattern, base))
            found = hierarchy.twins[0].moved(hierarchy.pattern, self._bottom, base, price)
        return found


def _twins(kernel: str | None) -> tuple[ModuleType, ModuleType]:
    if kernel_named(kernel or fastest_kernel()).name == "numpy":
        return sparse_ldl, tree_pass
    from equipoise.demand.forecast import sparse_ldl_compiled, tree_pass_compiled

    return sparse_ldl_compiled, tree_pass_compiled
