"""Independent blocks: parts of a program that share no row are solved apart and put together again.

A line, a crew or a shared supplier couples the items that use it, and nothing else does, so a large supply model falls
apart. The optimum of the whole is the sum of the optima of its parts. Parts and their order follow from the program
alone, each is solved from its part of the basis, and threads only share the work: the answer never depends on them.

A limit that very many columns share, such as the room of a warehouse, would tie everything into one block. Where it
does not bind it does not matter, so such limits are left out until a plan exceeds them (constraint relaxation).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from threading import Event
from typing import TypeVar

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.stage import Report, Watch
from equipoise.supply.program.highs import Basis, Solution, StatusArray
from equipoise.supply.program.program import LinearProgram

LEAST_COLUMNS = 20_000
"""Small blocks are solved together up to about this many columns: a solver of its own costs more than it saves."""

MOST_SHARING = 500
"""A limit that more columns share is left out until it is exceeded."""
TOLERANCE = 1e-9
"""Of a limit and of one unit: what is beyond exceeds it."""

LOOK = 0.5
"""Seconds between two looks at whether parts that are solved by threads are still wanted."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class Part:
    """Columns and rows of the whole program, ascending, that together are a program of their own."""

    columns: IntArray
    rows: IntArray

    def program_of(self, whole: LinearProgram) -> LinearProgram:
        """The part as a program; the offset stays with the whole."""
        counts = np.diff(whole.starts)[self.columns]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        entries = np.repeat(whole.starts[self.columns] - starts[:-1], counts) + np.arange(starts[-1])
        return LinearProgram(
            whole.cost[self.columns],
            whole.lower[self.columns],
            whole.upper[self.columns],
            whole.is_integer[self.columns],
            0.0,
            whole.row_lower[self.rows],
            whole.row_upper[self.rows],
            starts,
            np.searchsorted(self.rows, whole.indices[entries]),
            whole.values[entries],
        )

    def basis_of(self, basis: Basis | None) -> Basis | None:
        """The part of a basis of the whole."""
        return None if basis is None else Basis(basis.columns[self.columns], basis.rows[self.rows])


def independent_parts(program: LinearProgram, least: int = LEAST_COLUMNS) -> list[Part]:
    """Parts that share no row, in the order of their first rows; small ones are taken together.

    >>> one = np.ones(3)
    >>> program = LinearProgram(one, one, one, one > 1, 0.0, one[:2], one[:2],
    ...     np.array([0, 1, 2, 3]), np.array([0, 1, 0]), one)
    >>> [(part.columns.tolist(), part.rows.tolist()) for part in independent_parts(program, least=1)]
    [([0, 2], [0]), ([1], [1])]
    """
    rows, columns = program.shape
    if columns <= least:
        return [Part(np.arange(columns), np.arange(rows))]
    of_column, of_row = _bundles(program, least)
    return [Part(*pair) for pair in zip(_members(of_column), _members(of_row), strict=True)]


def _bundles(program: LinearProgram, least: int) -> tuple[IntArray, IntArray]:
    """Number of the part of each column and of each row."""
    columns = len(program.cost)
    is_used = np.diff(program.starts) > 0
    first, block = np.unique(_first_rows(program), return_inverse=True)
    # A column without rows goes with the first block, and so does a row without columns.
    of_column = np.zeros(columns, dtype=np.int64)
    of_column[is_used] = block[program.indices[program.starts[:-1][is_used]]]
    size = np.bincount(of_column, minlength=len(first))
    before = np.where(size > 0, np.cumsum(size) - size, 0)
    bundle = np.unique(before // least, return_inverse=True)[1]
    return bundle[of_column], bundle[block]


def _first_rows(program: LinearProgram) -> IntArray:
    """The smallest row of the block that each row belongs to, [rows]."""
    return rows_joined(program, np.ones(program.shape[1], dtype=np.bool_))


def rows_joined(program: LinearProgram, columns: BoolArray) -> IntArray:
    """The smallest of the rows that some columns join with each row, [rows]: each is hung below a smaller one.

    Trees that a column connects are joined at their roots, then all paths are cut short, until no column connects two
    (Shiloach & Vishkin, An O(log n) parallel connectivity algorithm, 1982).
    """
    above = np.arange(program.shape[0], dtype=np.int64)
    # A column connects the row of each of its entries with that of the next.
    is_next = np.repeat(columns, np.diff(program.starts))[:-1]
    ends = program.starts[1:-1] - 1
    is_next[ends[(ends >= 0) & (ends < len(is_next))]] = False
    one, other = program.indices[:-1][is_next], program.indices[1:][is_next]
    while len(one):
        roots = above[one], above[other]
        apart = roots[0] != roots[1]
        one, other = one[apart], other[apart]
        low, high = np.minimum(*roots)[apart], np.maximum(*roots)[apart]
        np.minimum.at(above, high, low)
        while not np.array_equal(above, shorter := above[above]):
            above = shorter
    return above


def _members(bundle: IntArray) -> list[IntArray]:
    """Positions of each number, ascending."""
    order = np.argsort(bundle, kind="stable")
    return np.split(order, np.cumsum(np.bincount(bundle))[:-1])


def shared_limits(program: LinearProgram) -> BoolArray:
    """Rows of a large program that only limit something, and that very many columns share, [rows]."""
    rows, columns = program.shape
    if columns <= LEAST_COLUMNS:
        return np.zeros(rows, dtype=np.bool_)
    is_limit = np.isneginf(program.row_lower) | np.isposinf(program.row_upper)
    shared: BoolArray = is_limit & (np.bincount(program.indices, minlength=rows) > MOST_SHARING)
    return shared


def without(program: LinearProgram, rows: BoolArray) -> LinearProgram:
    """The program with the same columns and rows, of which these limit nothing."""
    if not rows.any():
        return program
    kept = ~rows[program.indices]
    starts = np.concatenate([[0], np.cumsum(kept)])[program.starts]
    return replace(
        program,
        row_lower=np.where(rows, -np.inf, program.row_lower),
        row_upper=np.where(rows, np.inf, program.row_upper),
        starts=starts,
        indices=program.indices[kept],
        values=program.values[kept],
    )


def exceeded(program: LinearProgram, values: FloatArray) -> BoolArray:
    """Rows whose limits the values of the columns do not keep, [rows]."""
    amounts = program.values * np.repeat(values, np.diff(program.starts))
    activity = np.bincount(program.indices, amounts, minlength=len(program.row_lower))
    room = TOLERANCE * np.maximum(np.abs(activity), 1.0)
    beyond: BoolArray = (activity < program.row_lower - room) | (activity > program.row_upper + room)
    return beyond


def solve_parts(
    parts: Sequence[Part],
    solve_part: Callable[[Part], Answer],
    *,
    report: Report | None = None,
    threads: int | None = None,
    watch: Watch | None = None,
    ended: Event | None = None,
) -> list[Answer]:
    """Answers in the order of the parts, by a thread a core: the solver frees the interpreter while it works.

    `watch` is called by the thread that asks, while it waits; what it raises, or a part, or an interrupt, sets `ended`,
    and the parts that look at it end.
    """
    if len(parts) == 1:
        return [solve_part(parts[0])]
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        asked = [pool.submit(solve_part, part) for part in parts]
        try:
            for number, one in enumerate(asked, start=1):
                while wait([one], timeout=None if watch is None else LOOK).not_done:
                    if watch is not None:
                        watch("")
                one.result()
                if report:
                    report(number / len(parts))
        except BaseException:
            if ended is not None:
                ended.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [one.result() for one in asked]


def put_together(program: LinearProgram, parts: Sequence[Part], solutions: Sequence[Solution]) -> Solution:
    """The solution of the whole."""
    columns = np.concatenate([part.columns for part in parts])
    rows = np.concatenate([part.rows for part in parts])

    def whole(at: IntArray, values: list[FloatArray]) -> FloatArray:
        found = np.empty(len(at))
        found[at] = np.concatenate(values)
        return found

    def statuses(at: IntArray, values: list[StatusArray]) -> StatusArray:
        found = np.empty(len(at), dtype=np.int8)
        found[at] = np.concatenate(values)
        return found

    return Solution(
        "optimal",
        whole(columns, [one.values for one in solutions]),
        whole(rows, [one.row_duals for one in solutions]),
        whole(columns, [one.reduced_costs for one in solutions]),
        program.offset + sum(one.objective for one in solutions),
        Basis(
            statuses(columns, [one.basis.columns for one in solutions]),
            statuses(rows, [one.basis.rows for one in solutions]),
        ),
        sum(one.iterations for one in solutions),
        program.offset + sum(one.bound for one in solutions),
    )
