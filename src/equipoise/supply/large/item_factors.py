"""The rows that an item has alone, in the normal equations A·Θ·Aᵀ: factored item by item.

An item's rows follow each other in time, so that in a good order (reverse Cuthill-McKee; George & Liu, Computer
Solution of Large Sparse Positive Definite Systems, 1981, chapter 4) those that have columns in common lie close
together, and their matrix N = L·Lᵀ falls into blocks of which each only knows the next. To the rows that it shares with
others an item is joined by few columns, those of its production, M. With Y = L⁻¹·A_M·Θ_M, what it leaves there when its
own rows are eliminated (its Schur complement) is B·(Θ_M − YᵀY)·Bᵀ, where B are the entries of M in shared rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import blas, lapack
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.large.item_by_item import SHARED
from equipoise.supply.large.products import Products, pairs
from equipoise.supply.program.highs import SolverStopped


@dataclass(frozen=True, eq=False)
class _Item:
    rows: IntArray
    """In the order in which they are eliminated."""
    blocks: FloatArray
    """[2K − 1, w, w], each by column: K diagonal blocks, of L its inverse, then the K − 1 below them."""
    making: IntArray
    """Columns M, those first that begin in an early block."""
    entries: list[FloatArray | None]
    """[K] rows of A_M in each block, as far as M has begun there; None if there are no entries."""
    begun: list[int]
    """[K] how many of M have begun."""
    shared: IntArray
    """Shared rows in which M has entries, ascending, and these, B."""
    uses: FloatArray

    @property
    def size(self) -> tuple[int, int]:
        """Blocks K on the diagonal, rows w of each."""
        return len(self.blocks) // 2 + 1, self.blocks.shape[1]


class ItemFactors:
    """The Cholesky factors of all items' own rows."""

    def __init__(self, matrix: csc_array, row_owner: IntArray, column_owner: IntArray, shared_rows: IntArray) -> None:
        """`shared_rows` in the order in which they are numbered."""
        self.count = matrix.shape[0]
        shared_number = np.full(self.count, -1)
        shared_number[shared_rows] = np.arange(len(shared_rows))
        order = np.full(self.count, -1)
        plans = [
            (*_in_order(matrix[:, columns].tocsr()[rows], rows), columns)
            for rows, columns in zip(*_members(row_owner, column_owner), strict=True)
        ]
        sizes = [(2 * count - 1) * width**2 for count, width, _, _ in plans]
        ends = np.cumsum(sizes)
        self._all = np.zeros(int(ends[-1]))
        self._items: list[_Item] = []
        places, columns, factors = [], [], []
        for (count, width, rows, own), end, size in zip(plans, ends.tolist(), sizes, strict=True):
            begin = end - size
            blocks = self._all[begin:end].reshape(2 * count - 1, width, width)
            mine = matrix[:, own]
            self._items.append(_item(mine, rows, own, blocks, shared_number, shared_rows))
            order[rows] = np.arange(len(rows))
            late, early, column, factor = pairs(mine, order)
            order[rows] = -1
            block = np.where(late // width == early // width, late // width, count + early // width)
            places.append(begin + (block * width + early % width) * width + late % width)
            columns.append(own[column])
            factors.append(factor)
        self._products = Products.at(np.concatenate(places), np.concatenate(columns), np.concatenate(factors))

    def factor(self, theta: FloatArray, regular: float) -> Iterator[tuple[IntArray, FloatArray]]:
        """Factor N + `regular`·I, and give every item's shared rows with what it leaves there."""
        self._all[:] = 0.0
        self._products.add_to(self._all, theta)
        for item in self._items:
            _factor(item, regular)
            if len(item.shared):
                yield item.shared, _left(item, theta[item.making])

    def solve(self, right: FloatArray) -> FloatArray:
        """N⁻¹·right for the rows of items, 0 for shared ones, [m]."""
        found = np.zeros(self.count)
        for item in self._items:
            found[item.rows] = _solve(item, right[item.rows])
        return found


def _members(row_owner: IntArray, column_owner: IntArray) -> tuple[list[IntArray], list[IntArray]]:
    """Rows and columns of each item."""
    items = np.unique(row_owner[row_owner != SHARED])
    found = []
    for owner in (row_owner, column_owner):
        order = np.argsort(owner, kind="stable")
        begins, ends = (np.searchsorted(owner[order], items, side=side) for side in ("left", "right"))
        found.append([order[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)])
    return found[0], found[1]


def _in_order(own: csr_array, rows: IntArray) -> tuple[int, int, IntArray]:
    """Blocks, rows of a block, and the rows of an item in a good order; `own` are its entries there."""
    joined = (abs(own) @ abs(own).T).tocsr()
    order = reverse_cuthill_mckee(joined, symmetric_mode=True).astype(np.int64)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    near = joined.tocoo()
    width = max(1, int(np.abs(place[near.row] - place[near.col]).max()))
    return -(-len(rows) // width), width, rows[order]


def _item(
    mine: csc_array,
    rows: IntArray,
    columns: IntArray,
    blocks: FloatArray,
    shared_number: IntArray,
    shared_rows: IntArray,
) -> _Item:
    count, width = len(blocks) // 2 + 1, blocks.shape[1]
    of_entry = np.repeat(np.arange(len(columns)), np.diff(mine.indptr))
    making = np.unique(of_entry[shared_number[mine.indices] >= 0])
    made = mine[:, making].tocsr()
    padded = np.zeros((count * width, len(making)))
    padded[: len(rows)] = made[rows].toarray()
    begins = np.where(padded.any(axis=0), (padded != 0).argmax(axis=0), count * width - 1) // width
    order = np.argsort(begins, kind="stable")
    begun = np.searchsorted(begins[order], np.arange(count), side="right").tolist()
    parts = [padded[k * width : (k + 1) * width, order[: begun[k]]] for k in range(count)]
    shared = np.unique(shared_number[mine.indices])
    shared = shared[shared >= 0]
    return _Item(
        rows,
        blocks,
        columns[making[order]],
        [np.asfortranarray(part) if part.any() else None for part in parts],
        begun,
        shared,
        np.asfortranarray(made[shared_rows[shared]].toarray()[:, order]),
    )


def _factor(item: _Item, regular: float) -> None:
    count, width = item.size
    blocks, place = item.blocks, np.arange(count * width)
    diagonal = np.where(place < len(item.rows), regular, 1.0)
    blocks[place // width, place % width, place % width] += diagonal
    before: FloatArray | None = None
    for k in range(count):
        here = blocks[k].T
        if before is not None:
            blas.dsyrk(-1.0, before, beta=1.0, c=here, lower=1, overwrite_c=1)
        if lapack.dpotrf(here, lower=1, clean=0, overwrite_a=1)[1]:
            raise SolverStopped("the rows of an item depend on each other")
        lapack.dtrtri(here, lower=1, overwrite_c=1)
        if k + 1 < count:
            before = blocks[count + k].T
            blas.dtrmm(1.0, here, before, side=1, lower=1, trans_a=1, overwrite_b=1)


def _left(item: _Item, theta: FloatArray) -> FloatArray:
    """B·(Θ_M − YᵀY)·Bᵀ, [shared, shared]."""
    count, width = item.size
    inner = np.zeros((len(theta), len(theta)), order="F")
    before = np.zeros((width, 0), order="F")
    for k, begun in enumerate(item.begun):
        if not begun:
            continue
        part = item.entries[k]
        right = np.zeros((width, begun), order="F") if part is None else part * theta[:begun]
        if before.shape[1]:
            right[:, : before.shape[1]] -= item.blocks[count + k - 1].T @ before
        before = blas.dtrmm(1.0, item.blocks[k].T, right, lower=1, overwrite_b=1)
        inner[:begun, :begun] += blas.dsyrk(-1.0, before, trans=1, lower=1)
    inner[np.diag_indices(len(theta))] += theta
    found: FloatArray = blas.dgemm(1.0, blas.dsymm(1.0, inner, item.uses, side=1, lower=1), item.uses, trans_b=1)
    return found


def _solve(item: _Item, right: FloatArray) -> FloatArray:
    count, width = item.size
    blocks, x = item.blocks, np.zeros((count, width))
    x.ravel()[: len(right)] = right
    for k in range(count):
        part = x[k] if k == 0 else blas.dgemv(-1.0, blocks[count + k - 1].T, x[k - 1], beta=1.0, y=x[k])
        x[k] = blas.dtrmv(blocks[k].T, part, lower=1)
    for k in range(count - 1, -1, -1):
        part = x[k] if k + 1 == count else blas.dgemv(-1.0, blocks[count + k].T, x[k + 1], beta=1.0, y=x[k], trans=1)
        x[k] = blas.dtrmv(blocks[k].T, part, lower=1, trans=1)
    return x.ravel()[: len(right)]
