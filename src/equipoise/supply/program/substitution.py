"""A smaller program with the same optimum: an equality of one or two columns is solved for one and goes with it.

A balance of stock with nothing but what comes in and what goes out of it, a step of a route that is made for the next:
where few columns are left, most equalities have two of them. Row i, a x + b y = r, is solved for x:

    x = (r − b y) / a,

and put into the cost and every other row k, where x has the entry d, right sides l and u:

    cost of y less (cost of x) b / a, the offset more by (cost of x) r / a,
    entry of y less d b / a, l and u less d r / a.

The bounds of x are now bounds of y: (r − a × lower of x) / b and (r − a × upper of x) / b, in ascending order. With no
y left, x = r / a is a number. This is exact (doubleton and singleton equations: Andersen & Andersen, Presolving in
linear programming, Mathematical Programming 71, 1995, section 3). Only basic columns are solved for, by rows that are
not, so that what is left of a basis is a basis of the smaller program.

Back again: where the smaller program has y stand at a bound that x lent it, x stands there and y is basic in its place.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.program.highs import BASIC, LOWER, TOLERANCE, UPPER, Basis
from equipoise.supply.program.program import LinearProgram, compress

ROUNDS = 15
"""Rounds of independent pairs: the last ones find a handful."""
LEAST_PIVOT = 1e-3
"""A column is not solved for by a smaller part of the other entry of its row: errors would grow by as much."""

LEAST_ENTRY = 1e-12
"""An entry that adds up to no more is none."""


@dataclass(frozen=True, eq=False)
class Lent:
    """Bounds that columns x lent to columns y in one round, as parallel arrays."""

    of: IntArray
    to: IntArray
    is_rising: BoolArray
    """True where y rises as x does: the lower bound of x became a lower bound of y."""


@dataclass(frozen=True, eq=False)
class Substituted:
    """A smaller program, what is left of the basis, and how to get a basis of the whole from one of it."""

    program: LinearProgram
    basis: Basis
    columns: IntArray
    """Columns of the whole that are left, ascending; the program has them in this order."""
    rows: IntArray
    """Rows of the whole that are left, ascending."""
    lent: list[Lent]
    lower_of: IntArray
    """[columns of the whole] The column that lent it its lower bound, −1 if it is its own."""
    upper_of: IntArray

    def whole_basis(self, found: Basis, whole: Basis) -> Basis:
        """The basis of the whole that stands where `found` does; `whole` states all that is not left."""
        columns, rows = whole.columns.copy(), whole.rows.copy()
        columns[self.columns], rows[self.rows] = found.columns, found.rows
        for lent in reversed(self.lent):
            at_lower = (columns[lent.to] == LOWER) & (self.lower_of[lent.to] == lent.of)
            at_upper = (columns[lent.to] == UPPER) & (self.upper_of[lent.to] == lent.of)
            is_low = np.where(at_lower, lent.is_rising, ~lent.is_rising)
            swapped = at_lower | at_upper
            columns[lent.of[swapped]] = np.where(is_low, LOWER, UPPER)[swapped]
            columns[lent.to[swapped]] = BASIC
        return Basis(columns, rows)


def substitute(program: LinearProgram, basis: Basis, columns: BoolArray, rows: BoolArray) -> Substituted:
    """The program of some columns and rows without the equalities of one or two columns.

    `columns` has all basic ones, what else there is stands at its bound; `rows` has all that are not basic. A row whose
    only column would break a bound by it stays, and so does one whose column would lend bounds that cross: the smaller
    program has a plan only if the whole has.

    >>> cells = compress(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]), np.array([1.0, -2.0, 1.0, 1.0]), 2, 3)
    >>> right, most = np.array([0.0, 5.0]), np.array([8.0, 9.0, 9.0])
    >>> program = LinearProgram(np.array([3.0, 0.0, 7.0]), np.zeros(3), most, most < 0, 0.0, right, right, *cells)
    >>> basis = Basis(np.array([BASIC, BASIC, LOWER], dtype=np.int8), np.array([LOWER, LOWER], dtype=np.int8))
    >>> found = substitute(program, basis, most > 0, right >= 0)
    >>> found.columns.tolist(), found.rows.tolist(), found.program.offset
    ([2], [], 30.0)
    >>> found.program.cost.tolist(), found.program.lower.tolist(), found.program.upper.tolist()
    ([1.0], [1.0], [5.0])
    """
    at = _Remaining(program, basis, columns, rows)
    for _ in range(ROUNDS):
        if not at.step():
            break
    return at.result()


class _Remaining:
    """What is left of the program so far: its entries as triplets, numbered as in the whole."""

    def __init__(self, program: LinearProgram, basis: Basis, columns: BoolArray, rows: BoolArray) -> None:
        self.height, self.width = program.shape
        self.whole_basis = basis
        column = np.repeat(np.arange(self.width), np.diff(program.starts))
        stands = np.where(basis.columns == UPPER, program.upper, program.lower)
        stands[columns | ~np.isfinite(stands)] = 0.0
        shift = program.activity(stands)
        self.low, self.high = program.row_lower - shift, program.row_upper - shift
        self.cost, self.offset = program.cost.copy(), program.offset + float((program.cost * stands).sum())
        self.lower, self.upper = program.lower.copy(), program.upper.copy()
        kept = columns[column] & rows[program.indices]
        self.row, self.column, self.value = program.indices[kept], column[kept], program.values[kept]
        self.has_row, self.has_column = rows.copy(), columns.copy()
        self.is_solvable = rows & (program.row_lower == program.row_upper) & (basis.rows != BASIC)
        self.lent: list[Lent] = []
        self.lower_of, self.upper_of = np.full(self.width, -1), np.full(self.width, -1)

    def step(self) -> bool:
        """Solve independent rows for a column each; False if there was none."""
        solved = self._pairs()
        if not len(solved):
            return False
        row, column = self.row[solved], self.column[solved]
        pair_of_row = np.full(self.height, -1)
        pair_of_row[row] = np.arange(len(solved))
        pivot, right = self.value[solved], self.low[row]
        is_other = pair_of_row[self.row] >= 0
        is_other[solved] = False
        others = np.flatnonzero(is_other)
        # The other column of a pair's row, and its entry there; −1 and 0 where there is none.
        partner, beside = np.full(len(solved), -1), np.zeros(len(solved))
        partner[pair_of_row[self.row[others]]] = self.column[others]
        beside[pair_of_row[self.row[others]]] = self.value[others]
        fits = self._lend(column, partner, pivot, beside, right)
        self.is_solvable[row[~fits]] = False
        if fits.any():
            self._put_in(row[fits], column[fits], partner[fits], pivot[fits], beside[fits])
        return True

    def _pairs(self) -> IntArray:
        """Entries to pivot on: of rows that can be solved, no two of them in a row or column of each other."""
        in_row = np.bincount(self.row, minlength=self.height)
        in_column = np.bincount(self.column, minlength=self.width)
        largest = np.zeros(self.height)
        np.maximum.at(largest, self.row, np.abs(self.value))
        can = self.is_solvable[self.row] & (in_row[self.row] <= 2) & (self.whole_basis.columns[self.column] == BASIC)
        can &= np.abs(self.value) >= LEAST_PIVOT * largest[self.row]
        found = np.flatnonzero(can)
        fill = (in_row[self.row[found]] - 1) * (in_column[self.column[found]] - 1)
        found = found[np.argsort(fill, kind="stable")]
        none = len(found)
        for of in (self.column, self.row):
            first = np.full(max(self.height, self.width), none)
            np.minimum.at(first, of[found], np.arange(len(found)))
            found = found[first[of[found]] == np.arange(len(found))]
        # Of two pairs that an entry joins, the first alone is solved.
        of_row, of_column = np.full(self.height, none), np.full(self.width, none)
        of_row[self.row[found]] = of_column[self.column[found]] = np.arange(len(found))
        one, other = of_row[self.row], of_column[self.column]
        joined = (one < none) & (other < none) & (one != other)
        is_late = np.zeros(none + 1, dtype=np.bool_)
        is_late[np.maximum(one[joined], other[joined])] = True
        pairs: IntArray = found[~is_late[: len(found)]]
        return pairs

    def _lend(
        self, column: IntArray, partner: IntArray, pivot: FloatArray, beside: FloatArray, right: FloatArray
    ) -> BoolArray:
        """Make the bounds of x bounds of y, [pairs]; False where a row has to stay."""
        fits = np.ones(len(column), dtype=np.bool_)
        alone = np.flatnonzero(partner < 0)
        number = right[alone] / pivot[alone]
        below, above = self.lower[column[alone]] - TOLERANCE, self.upper[column[alone]] + TOLERANCE
        fits[alone] = (number >= below) & (number <= above)
        two = np.flatnonzero(partner >= 0)
        two = two[np.isfinite(self.lower[column[two]]) | np.isfinite(self.upper[column[two]])]
        x, y, a, b, r = column[two], partner[two], pivot[two], beside[two], right[two]
        ends = (r - a * self.lower[x]) / b, (r - a * self.upper[x]) / b
        lowest, highest = np.minimum(*ends), np.maximum(*ends)
        lower, upper = self.lower.copy(), self.upper.copy()
        np.maximum.at(lower, y, lowest)
        np.minimum.at(upper, y, highest)
        crosses = lower[y] > upper[y]
        fits[two[crosses]] = False
        held = ~crosses
        x, y, lowest, highest, rises = x[held], y[held], lowest[held], highest[held], (a * b < 0)[held]
        is_lower = (lower[y] == lowest) & (lowest > self.lower[y])
        is_upper = (upper[y] == highest) & (highest < self.upper[y])
        self.lower_of[y[is_lower]], self.upper_of[y[is_upper]] = x[is_lower], x[is_upper]
        self.lower[y], self.upper[y] = lower[y], upper[y]
        self.lent.append(Lent(x, y, rises))
        return fits

    def _put_in(
        self, row: IntArray, column: IntArray, partner: IntArray, pivot: FloatArray, beside: FloatArray
    ) -> None:
        """x = (r − b y) / a in the cost and in all other rows."""
        pair = np.full(self.width, -1)
        pair[column] = np.arange(len(column))
        right = self.low[row]
        has_other = partner >= 0
        worth = self.cost[column] / pivot
        np.subtract.at(self.cost, partner[has_other], (worth * beside)[has_other])
        self.offset += float((worth * right).sum())
        self.has_row[row], self.is_solvable[row], self.has_column[column] = False, False, False
        stays = self.has_row[self.row]
        self.row, self.column, self.value = self.row[stays], self.column[stays], self.value[stays]
        of_pair = pair[self.column]
        is_x = of_pair >= 0
        of_pair = of_pair[is_x]
        share = self.value[is_x] / pivot[of_pair]
        shift = np.bincount(self.row[is_x], share * right[of_pair], minlength=self.height)
        self.low, self.high = self.low - shift, self.high - shift
        is_touched = np.zeros(self.height, dtype=np.bool_)
        is_touched[self.row[is_x]] = True
        self.column[is_x], self.value[is_x] = partner[of_pair], -share * beside[of_pair]
        self._add_up(is_touched)

    def _add_up(self, is_touched: BoolArray) -> None:
        """Entries of some rows added up where a column has two; without those of no column, and zeros."""
        is_old = ~is_touched[self.row]
        is_new = ~is_old & (self.column >= 0)
        place, value = (self.row * self.width + self.column)[is_new], self.value[is_new]
        order = np.argsort(place, kind="stable")
        place, value = place[order], value[order]
        first = np.flatnonzero(np.diff(place, prepend=-1))
        if len(first):
            place, value = place[first], np.add.reduceat(value, first)
        is_there = np.abs(value) > LEAST_ENTRY
        row, column = np.divmod(place[is_there], self.width)
        self.row = np.concatenate([self.row[is_old], row])
        self.column = np.concatenate([self.column[is_old], column])
        self.value = np.concatenate([self.value[is_old], value[is_there]])

    def result(self) -> Substituted:
        """The program of what is left, without rows that nothing is left of and that hold."""
        is_empty = np.bincount(self.row, minlength=self.height) == 0
        holds = (self.low <= TOLERANCE) & (self.high >= -TOLERANCE) & (self.whole_basis.rows == BASIC)
        rows, columns = np.flatnonzero(self.has_row & ~(is_empty & holds)), np.flatnonzero(self.has_column)
        cells = compress(
            np.searchsorted(rows, self.row), np.searchsorted(columns, self.column), self.value, len(rows), len(columns)
        )
        program = LinearProgram(
            self.cost[columns],
            self.lower[columns],
            self.upper[columns],
            np.zeros(len(columns), dtype=np.bool_),
            self.offset,
            self.low[rows],
            self.high[rows],
            *cells,
        )
        basis = Basis(self.whole_basis.columns[columns], self.whole_basis.rows[rows])
        return Substituted(program, basis, columns, rows, self.lent, self.lower_of, self.upper_of)
