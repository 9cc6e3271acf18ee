"""A plan in whole numbers to begin with, so that a search over them always ends with one.

The plan without whole numbers is rounded and solved again with what was rounded held fast (relax and fix; Pochet &
Wolsey, Production Planning by Mixed Integer Programming, chapter 8). Sources in lots come first, components before what
they go into, then lanes, each level the cheapest way that leaves a plan:

* ahead: lots cover what the source has given so far in the plan without whole numbers, before it is needed;
* behind: lots are started once that amount fills them, so no more is ever asked of anything than without them;
* down: each bucket gives the lots that it holds, and no more;
* none: nothing is made in lots. With open slack that always leaves a plan, for nothing has to be made.

Where lots ahead do not fit, they are rounded bucket by bucket, each on the plan that those before it leave.

People and extra shifts are rounded up last: more hours spoil nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.stage import Watch
from equipoise.supply.program.highs import Basis, Solution, solve
from equipoise.supply.program.program import LinearProgram

Way = Literal["ahead", "behind", "down", "none"]
WAYS: tuple[Way, ...] = ("ahead", "behind", "down")

MOST_BY_BUCKET = 100_000
"""Columns of the largest program that is rounded bucket by bucket: that takes a solve for each."""
HAIR = 1e-6
"""What lies this far from a whole number is one: the solver's tolerance of whole numbers."""


@dataclass(frozen=True, eq=False)
class LotColumns:
    """Columns of N sources in lots, in the t visible buckets, where they are whole numbers."""

    columns: IntArray
    """[3, N, t] of x units, n lots and k multiples."""
    sizes: FloatArray
    """[3, N, t] units of which x is a whole multiple (0: any amount), of the smallest lot and of the largest one."""
    level: IntArray
    """[N] lower ones are rounded first."""

    def within(self, columns: IntArray) -> "LotColumns":
        """Those whose columns are all among `columns` (ascending), numbered by their place there."""
        mine = self.of(np.flatnonzero(np.isin(self.columns, columns).all(axis=(0, 2))))
        return replace(mine, columns=np.searchsorted(columns, mine.columns))

    def of(self, rows: IntArray) -> "LotColumns":
        """Some of the sources."""
        return LotColumns(self.columns[:, rows], self.sizes[:, rows], self.level[rows])

    def at(self, bucket: int) -> "LotColumns":
        """One bucket of them."""
        return LotColumns(self.columns[:, :, [bucket]], self.sizes[:, :, [bucket]], self.level)


def start_in_whole_numbers(
    program: LinearProgram, lots: LotColumns, basis: Basis | None, *, devex: bool, watch: Watch | None
) -> Solution | None:
    """A plan of the program in whole numbers, with the duals at them; None if there is no plan even without whole
    numbers, or if none was found."""
    whole = program.is_integer
    relaxed = replace(
        program,
        lower=np.where(whole, np.ceil(program.lower - HAIR), program.lower),
        upper=np.where(whole, np.floor(program.upper + HAIR), program.upper),
        is_integer=np.zeros_like(whole),
    )
    found = solve(relaxed, basis, devex=devex, watch=watch)
    if found.status == "infeasible":
        return None
    for level in np.unique(lots.level).tolist():
        mine = lots.of(np.flatnonzero(lots.level == level))
        best = _level(relaxed, mine, found, watch)
        if best is None:
            return None
        relaxed, found = best
    rest = np.flatnonzero(whole & (relaxed.lower < relaxed.upper))
    if not len(rest):
        return found
    # Where hardly more than a whole number is needed one more may be too many, or one less too few.
    steps = [np.ceil(found.values[rest] - HAIR), np.ceil(found.values[rest])]
    ended = _cheapest([_fixed(relaxed, rest, np.maximum(step, relaxed.lower[rest])) for step in steps], found, watch)
    return None if ended is None else ended[1]


Step = tuple[LinearProgram, Solution]
"""A program with some of its whole numbers held, and its cheapest plan."""


def _level(program: LinearProgram, lots: LotColumns, found: Solution, watch: Watch | None) -> Step | None:
    """The sources of one level in lots, the cheapest way that leaves a plan."""
    steps = [_cheapest([in_lots(program, lots, found.values, way)], found, watch) for way in WAYS]
    if steps[0] is None and program.shape[1] <= MOST_BY_BUCKET:
        steps[0] = _by_bucket(program, lots, found, watch)
    left = [step for step in steps if step is not None]
    if left:
        return min(left, key=lambda step: step[1].objective)
    return _cheapest([in_lots(program, lots, found.values, "none")], found, watch)


def _by_bucket(program: LinearProgram, lots: LotColumns, found: Solution, watch: Watch | None) -> Step | None:
    """One bucket after the other, the first way that leaves a plan."""
    for bucket in range(lots.columns.shape[2]):
        now = lots.at(bucket)
        held = (in_lots(program, now, found.values, way) for way in ("ahead", "down", "none"))
        step = next(filter(None, (_cheapest([each], found, watch) for each in held)), None)
        if step is None:
            return None
        program, found = step
    return program, found


def _cheapest(programs: Sequence[LinearProgram], found: Solution, watch: Watch | None) -> Step | None:
    """The program of the cheapest plan with that plan, the first of several; None if none has one."""
    best: Step | None = None
    for program in programs:
        if (program.lower > program.upper).any():
            continue
        answer = solve(program, found.basis, devex=True, watch=watch)
        if answer.status == "optimal" and (best is None or answer.objective < best[1].objective):
            best = program, answer
    return best


def _fixed(program: LinearProgram, columns: IntArray, values: FloatArray) -> LinearProgram:
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[columns] = upper[columns] = values
    return replace(program, lower=lower, upper=upper)


def in_lots(program: LinearProgram, lots: LotColumns, values: FloatArray, way: Way) -> LinearProgram:
    """The program with the lots and multiples of these sources held at what their amounts come to."""
    amounts, numbers_at, multiples_at = lots.columns
    wanted = np.maximum(values[amounts], 0.0)
    most_lots, is_open = program.upper[numbers_at], program.upper[amounts] > 0
    unit = np.where(lots.sizes[0] > 0, lots.sizes[0], np.inf)
    numbers, multiples = np.zeros(wanted.shape), np.zeros(wanted.shape)
    left = np.zeros(len(wanted))
    for bucket in range(0 if way == "none" else wanted.shape[1]):
        left = wanted[:, bucket] + (0.0 if way == "down" else left)
        given, number = _lots_of(left, lots.sizes[:, :, bucket], most_lots[:, bucket], is_up=way == "ahead")
        given, number = (np.where(is_open[:, bucket], part, 0.0) for part in (given, number))
        left = left - given
        numbers[:, bucket], multiples[:, bucket] = number, np.rint(given / unit[:, bucket])
    held = np.concatenate([numbers_at.ravel(), multiples_at.ravel()])
    return _fixed(program, held, np.concatenate([numbers.ravel(), multiples.ravel()]))


def _lots_of(
    wanted: FloatArray, size: FloatArray, most_lots: FloatArray, *, is_up: bool
) -> tuple[FloatArray, FloatArray]:
    """Units in whole lots next to what is wanted, not below it or not above it, and the lots that they are.

    >>> multiple_least_most = np.array([[30.0], [70.0], [100.0]])
    >>> [part.tolist() for part in _lots_of(np.array([50.0]), multiple_least_most, np.array([9.0]), is_up=True)]
    [[90.0], [1.0]]
    >>> [part.tolist() for part in _lots_of(np.array([50.0]), multiple_least_most, np.array([9.0]), is_up=False)]
    [[0.0], [0.0]]
    """
    multiple, least, most = size
    unit = np.where(multiple > 0, multiple, 1.0)

    def stepped(units: FloatArray, *, up: bool) -> FloatArray:
        steps = np.ceil(units / unit - HAIR) if up else np.floor(units / unit + HAIR)
        return np.where(multiple > 0, steps * unit, units)

    asked = np.where(wanted > HAIR, wanted, 0.0)
    units = stepped(np.where(is_up & (asked > 0), np.maximum(asked, least), asked), up=is_up)
    # No more than the largest lots hold, no fewer than the smallest need.
    units = np.minimum(units, stepped(np.where(np.isinf(most_lots), units, most_lots * most), up=False))
    number = np.ceil(units / most - HAIR)
    short = number * least > units * (1 + HAIR)
    more = stepped(number * least, up=True)
    can = is_up & (more <= number * most)
    units = np.where(short, np.where(can, more, 0.0), units)
    return units, np.where(units > 0, np.maximum(number, 1.0), 0.0)
