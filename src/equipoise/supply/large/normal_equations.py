"""Normal equations (A·Θ·Aᵀ + δI)·y = r of a program of many items: the items' own rows first, then the shared ones.

So they are factored by parts (block-angular structure; Gondzio & Sarkissian, Parallel interior-point solver for
structured linear programs, Mathematical Programming 96, 2003): hundreds of small matrices and one of the rows that
items share, where a general ordering for sparse matrices fills in.
"""

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.large.elimination import eliminate
from equipoise.supply.large.item_by_item import SHARED
from equipoise.supply.large.item_factors import ItemFactors
from equipoise.supply.large.shared_factors import SharedFactors
from equipoise.supply.large.standard_form import StandardForm

MOST_STEPS = 8
"""Of conjugate gradients, which make up for δ and for rounding."""


class NormalEquations:
    """The normal equations of a standard form, analyzed once, factored for every Θ."""

    def __init__(self, form: StandardForm, *, kernel: str) -> None:
        """Find out who is joined to whom."""
        matrix, is_shared = form.matrix, form.row_owner == SHARED
        rows, columns = np.flatnonzero(is_shared), np.flatnonzero(form.column_owner == SHARED)
        number = np.full(len(is_shared), -1)
        number[rows] = np.arange(len(rows))
        of_entry = np.repeat(form.column_owner, np.diff(matrix.indptr))
        joins = is_shared[matrix.indices] & (of_entry != SHARED)
        pairs = np.unique(np.stack([of_entry[joins], number[matrix.indices[joins]]]), axis=1)
        begins = np.flatnonzero(np.diff(pairs[0], prepend=-1))
        cliques = np.split(pairs[1], begins[1:])
        own = matrix[:, columns].tocsr()[rows]
        order = eliminate(len(rows), cliques, own.tocsc())
        self._rows = rows[order.rows]
        self._items = ItemFactors(matrix, form.row_owner, form.column_owner, self._rows)
        self._shared = SharedFactors(order, own[order.rows].tocsc(), columns, kernel=kernel)
        self._by_row, self._by_column = matrix.tocsr(), matrix.T.tocsr()
        self._theta = np.ones(matrix.shape[1])

    def factor(self, theta: FloatArray, regular: float) -> None:
        """Factor with Θ, [n], and δ = `regular`. Raises `SolverStopped` where the numbers do not allow it."""
        self._theta = theta
        self._shared.begin(theta, regular)
        for rows, left in self._items.factor(theta, regular):
            self._shared.add(rows, left)
        self._shared.factor()

    def times(self, y: FloatArray) -> FloatArray:
        """A·Θ·Aᵀ·y."""
        found: FloatArray = self._by_row @ (self._theta * (self._by_column @ y))
        return found

    def solve(self, right: FloatArray, tolerance: float) -> FloatArray:
        """The y of the right-hand side [m], to a tolerance of its length: conjugate gradients on the factors."""
        y = self._by_factors(right)
        rest = right - self.times(y)
        enough = tolerance * float(np.linalg.norm(right))
        if np.linalg.norm(rest) <= enough:
            return y
        step = self._by_factors(rest)
        along, worth = step, float(rest @ step)
        for _ in range(MOST_STEPS):
            there = self.times(along)
            far = worth / float(along @ there)
            y, rest = y + far * along, rest - far * there
            if np.linalg.norm(rest) <= enough:
                break
            step = self._by_factors(rest)
            before, worth = worth, float(rest @ step)
            along = step + worth / before * along
        return y

    def _by_factors(self, right: FloatArray) -> FloatArray:
        rows = self._rows
        y = np.zeros(len(right))
        y[rows] = self._shared.solve((right - self.times(self._items.solve(right)))[rows])
        found = self._items.solve(right - self.times(y))
        found[rows] = y[rows]
        return found
