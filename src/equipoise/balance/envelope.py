"""The lower envelope of what sets of sources cost for a quantity, 0 to some most: which are the cheapest from where on.

Every set gives a convex line with kinks at the limits of its sources; between neighboring kinks all lines are straight,
and the envelope is walked from crossing to crossing.

>>> night, day = Source(((60.0, 10.0),), fixed=300.0), Source(((40.0, 25.0),))
>>> [(p.begins, p.ends, p.used) for p in envelope([day, night], most=70.0)]
[(0.0, 20.0, (0,)), (20.0, 60.0, (1,)), (60.0, 70.0, (0, 1))]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equipoise.balance.mix import NOTHING, Source, opened_sets


@dataclass(frozen=True)
class Piece:
    """A stretch of the lower envelope: hours begins..ends, on which the same rungs are used."""

    begins: float
    ends: float
    used: tuple[int, ...]
    """Numbers of the rungs."""
    amount: float
    """Money a bucket at its beginning."""
    slope: float
    """Money for one more hour a bucket, at its beginning."""


def envelope(sources: Sequence[Source], *, most: float) -> tuple[Piece, ...]:
    """The least money for h hours, 0 ≤ h ≤ most, as pieces on which the same sources are used and an hour costs the
    same; it ends where no set reaches further.
    """
    lines = [_Line.of(sources, opened, most) for opened in opened_sets(sources, most)]
    kinks = sorted({0.0, most, *(x for line in lines for x in line.ends if x < most)})
    found = list[Piece]()
    for begin, end in pairwise(kinks):
        at = begin
        while at < end - NOTHING:
            reach = [line for line in lines if line.ends[-1] > at + NOTHING]
            if not reach:
                return tuple(found)
            best = min(reach, key=lambda line: (round(line.at(at), 6), line.slope(at), len(line.opened)))
            crossings = [
                at + (line.at(at) - best.at(at)) / (best.slope(at) - line.slope(at))
                for line in reach
                if line.slope(at) < best.slope(at) - NOTHING
            ]
            following = min([end, *(x for x in crossings if x > at + 1e-6)])
            piece = Piece(at, following, best.used(at), best.at(at), best.slope(at))
            if found and found[-1].used == piece.used and abs(found[-1].slope - piece.slope) < NOTHING:
                piece = Piece(found[-1].begins, following, piece.used, found[-1].amount, piece.slope)
                found.pop()
            found.append(piece)
            at = following
    return tuple(found)


@dataclass(frozen=True)
class _Line:
    """Cost of a set of sources as a function of hours: kinks at `ends`, from `starts` at `slopes`."""

    opened: tuple[int, ...]
    ends: tuple[float, ...]
    slopes: tuple[float, ...]
    amounts: tuple[float, ...]
    """At the beginning of each step."""
    taken: tuple[int, ...]
    """The source of each step."""

    @classmethod
    def of(cls, sources: Sequence[Source], opened: tuple[int, ...], most: float) -> "_Line":
        steps = sorted(
            (
                (each, n, min(quantity, most))
                for n in opened
                for quantity, each in sources[n].each
                if quantity > NOTHING
            ),
            key=lambda step: (step[0], step[1]),
        )
        at, amount = 0.0, sum(sources[n].fixed for n in opened)
        ends, amounts = list[float](), list[float]()
        for each, _, quantity in steps:
            amounts.append(amount)
            at, amount = at + quantity, amount + quantity * each
            ends.append(at)
        return cls(
            opened, tuple(ends) or (0.0,), tuple(s[0] for s in steps) or (0.0,), tuple(amounts) or (amount,),
            tuple(s[1] for s in steps),
        )  # fmt: skip

    def step(self, hours: float) -> int:
        """The step just above so many hours."""
        return min(int(np.searchsorted(self.ends, hours + NOTHING, side="right")), len(self.ends) - 1)

    def slope(self, hours: float) -> float:
        return self.slopes[self.step(hours)]

    def at(self, hours: float) -> float:
        step = self.step(hours)
        begin = self.ends[step - 1] if step else 0.0
        return self.amounts[step] + (hours - begin) * self.slopes[step]

    def used(self, hours: float) -> tuple[int, ...]:
        return tuple(sorted(set(self.taken[: self.step(hours) + 1])))
