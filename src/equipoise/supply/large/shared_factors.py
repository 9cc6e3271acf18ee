"""The rows that items share, in the normal equations: factored node by node, then as one dense matrix.

A node of the elimination (`elimination`) is a panel of the factor: its columns, in its own rows and in those it is
joined to. Once it is factored, what it leaves there goes straight to the panels of later nodes and to the dense rest
(right-looking, supernodal; Ng & Peyton, SIAM Journal on Scientific Computing 14, 1993).
"""

from collections.abc import Callable

import numpy as np
from scipy.linalg import blas, lapack
from scipy.sparse import csc_array

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.kernel import check_kernel
from equipoise.supply.large.elimination import Elimination
from equipoise.supply.large.products import Products, pairs
from equipoise.supply.program.highs import SolverStopped

AddLower = Callable[["Panels", FloatArray, IntArray], None]


class Panels:
    """Places of the factor: a panel for each node, and the rest."""

    def __init__(self, elimination: Elimination) -> None:
        """Zeros everywhere."""
        nodes, self.rest = elimination.nodes, elimination.rest
        count = len(elimination.rows)
        self.own = [own for own, _ in nodes]
        self.border = [border for _, border in nodes]
        heights = [len(own) + len(border) for own, border in nodes]
        self.rows = np.concatenate([np.zeros(0, dtype=np.int64), *(rows for pair in nodes for rows in pair)])
        """Rows of each panel, panel after panel, from `row_starts` on."""
        self.row_starts = np.cumsum([0, *heights])
        self.starts = np.cumsum([0, *(height * len(own) for height, own in zip(heights, self.own, strict=True))])
        """Where each panel begins in `values`, column by column."""
        self.values = np.zeros(int(self.starts[-1]))
        self.node = np.repeat(np.arange(len(nodes)), [len(own) for own in self.own])
        """Node of each row before the rest."""
        self.first = np.array([own[0] for own in self.own], dtype=np.int64)
        self.dense = np.zeros((count - self.rest, count - self.rest), order="F")

    def panel(self, node: int) -> FloatArray:
        """A node's columns, [own rows + border, own rows]."""
        width = len(self.own[node])
        found: FloatArray = self.values[self.starts[node] : self.starts[node + 1]].reshape(width, -1).T
        return found

    def place(self, late: IntArray, early: IntArray) -> IntArray:
        """Place in `values` of entries in columns of nodes, row `late`, column `early`."""
        node = self.node[early]
        found = np.empty(len(late), dtype=np.int64)
        for one in np.unique(node).tolist():
            here = node == one
            rows = self.rows[self.row_starts[one] : self.row_starts[one + 1]]
            column = early[here] - self.first[one]
            found[here] = self.starts[one] + column * len(rows) + np.searchsorted(rows, late[here])
        return found


def add_lower(panels: Panels, matrix: FloatArray, rows: IntArray) -> None:
    """Add the lower triangle of a matrix of some rows, ascending, to where it belongs."""
    split = int(np.searchsorted(rows, panels.rest))
    for column in range(split):
        node = panels.node[rows[column]]
        begin, end = panels.row_starts[node], panels.row_starts[node + 1]
        at = np.searchsorted(panels.rows[begin:end], rows[column:])
        start = panels.starts[node] + (rows[column] - panels.first[node]) * (end - begin)
        panels.values[start + at] += matrix[column:, column]
    last = rows[split:] - panels.rest
    panels.dense[np.ix_(last, last)] += matrix[split:, split:]


def add_lower_by(kernel: str) -> AddLower:
    """The kernel `numpy` or `numba` of `add_lower`. Raises `NoSuchKernel`."""
    check_kernel(kernel)
    if kernel == "numpy":
        return add_lower
    from equipoise.supply.large import shared_factors_compiled

    return shared_factors_compiled.add_lower


class SharedFactors:
    """The Cholesky factor of the shared rows, once the items' own are eliminated."""

    def __init__(self, elimination: Elimination, columns: csc_array, numbers: IntArray, *, kernel: str) -> None:
        """`columns` are the shared ones in the shared rows, in their order; `numbers` those columns of all."""
        self._panels = panels = Panels(elimination)
        self._add = add_lower_by(kernel)
        late, early, column, factor = pairs(columns, np.arange(columns.shape[0]))
        is_node = early < panels.rest
        self._in_panels = Products.at(
            panels.place(late[is_node], early[is_node]), numbers[column[is_node]], factor[is_node]
        )
        row, col = late[~is_node] - panels.rest, early[~is_node] - panels.rest
        self._in_rest = Products.at(col * len(panels.dense) + row, numbers[column[~is_node]], factor[~is_node])
        widest = max((len(border) for border in panels.border), default=0)
        self._room = np.zeros(widest**2)
        self._below: list[FloatArray] = []

    def begin(self, theta: FloatArray, regular: float) -> None:
        """What the shared columns give, and `regular`·I."""
        panels = self._panels
        panels.values[:] = 0.0
        panels.dense.T[:] = 0.0
        self._in_panels.add_to(panels.values, theta)
        self._in_rest.add_to(panels.dense.T.reshape(-1), theta)
        for node, own in enumerate(panels.own):
            at = np.arange(len(own))
            panels.panel(node)[at, at] += regular
        at = np.arange(len(panels.dense))
        panels.dense[at, at] += regular

    def add(self, rows: IntArray, matrix: FloatArray) -> None:
        """Add what an item leaves."""
        self._add(self._panels, matrix, rows)

    def factor(self) -> None:
        """Factor in place."""
        panels = self._panels
        self._below = []
        for node, border in enumerate(panels.border):
            panel, width = panels.panel(node), len(panels.own[node])
            top = np.asfortranarray(panel[:width])
            _cholesky(top)
            panel[:width] = top
            below = blas.dtrsm(1.0, top, panel[width:], side=1, lower=1, trans_a=1)
            self._below.append(below)
            if len(border):
                room = self._room[: len(border) ** 2].reshape(len(border), len(border)).T
                self._add(panels, blas.dsyrk(-1.0, below, c=room, lower=1, overwrite_c=1), border)
        if len(panels.dense):
            _cholesky(panels.dense)

    def solve(self, right: FloatArray) -> FloatArray:
        """The shared rows' solution, both in their order."""
        panels, found = self._panels, right.copy()
        for own, border, node in zip(panels.own, panels.border, range(len(panels.own)), strict=True):
            found[own] = blas.dtrsv(panels.panel(node)[: len(own)], found[own], lower=1)
            found[border] -= self._below[node] @ found[own]
        if len(panels.dense):
            last = blas.dtrsv(panels.dense, found[panels.rest :], lower=1)
            found[panels.rest :] = blas.dtrsv(panels.dense, last, lower=1, trans=1)
        for node in range(len(panels.own) - 1, -1, -1):
            own, border = panels.own[node], panels.border[node]
            known = found[own] - self._below[node].T @ found[border]
            found[own] = blas.dtrsv(panels.panel(node)[: len(own)], known, lower=1, trans=1)
        return found


def _cholesky(matrix: FloatArray) -> None:
    """The factor of a matrix (by column) in place, its lower triangle alone."""
    if lapack.dpotrf(matrix, lower=1, clean=0, overwrite_a=1)[1]:
        raise SolverStopped("rows that items share depend on each other")
