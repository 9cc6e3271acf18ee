"""The cheapest way to cover a need from sources that each have a price by step, a limit, and perhaps a fixed cost.

    min Σ_j (F_j y_j + Σ_k c_jk x_jk)   over   Σ_jk x_jk = need,  0 ≤ x_jk ≤ limit_jk,  x_j > 0 only where y_j = 1

With y given, the cheapest steps are taken first (a continuous knapsack: Dantzig, Operations Research 5, 1957), so the
whole is exact by trying every set of sources with a fixed cost. Beyond MOST_FIXED of them those of the least average
cost are tried.

>>> night = Source(each=((60.0, 350.0),), fixed=6_000.0)
>>> overtime = Source(each=((40.0, 290.0),))
>>> [cheapest_mix([overtime, night], need).parts for need in (30.0, 55.0)]
[((0, 30.0, 8700.0),), ((0, 40.0, 11600.0), (1, 15.0, 11250.0))]
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

NOTHING = 1e-9
MOST_FIXED = 8
"""Sources with a fixed cost of which every set is tried: 256 of them."""


@dataclass(frozen=True)
class Source:
    """A source: steps of (quantity, money each), the cheapest first, and money for using it at all."""

    each: tuple[tuple[float, float], ...]
    fixed: float = 0.0

    @property
    def most(self) -> float:
        """All it can give."""
        return sum(quantity for quantity, _ in self.each)

    def cost(self, quantity: float) -> float:
        """Money for a quantity of it, which must not be above `most`.

        >>> Source(((10.0, 1.0), (10.0, 2.0)), fixed=5.0).cost(15.0)
        25.0
        """
        if quantity <= NOTHING:
            return 0.0
        left, amount = quantity, self.fixed
        for most, each in self.each:
            taken = min(left, most)
            left, amount = left - taken, amount + taken * each
            if left <= NOTHING:
                break
        return amount


@dataclass(frozen=True)
class Mix:
    """What is taken of each source: its number, the quantity, the money."""

    parts: tuple[tuple[int, float, float], ...]
    covered: float
    amount: float


def cheapest_mix(sources: Sequence[Source], need: float) -> Mix:
    """The cheapest cover of a need; where all together do not reach, all that they give, at least cost."""
    target = min(need, sum(each.most for each in sources))
    best: Mix | None = None
    for opened in opened_sets(sources, need):
        mix = _fill(sources, opened, target)
        if mix.covered < target - NOTHING * max(target, 1.0):
            continue
        if best is None or (mix.amount, len(mix.parts)) < (best.amount - NOTHING, len(best.parts)):
            best = mix
    return best or _fill(sources, tuple(range(len(sources))), target)


def opened_sets(sources: Sequence[Source], need: float) -> Iterator[tuple[int, ...]]:
    """Every set of sources that may be open together: those without a fixed cost always are."""
    free = tuple(n for n, each in enumerate(sources) if each.fixed <= 0)
    fixed = [n for n, each in enumerate(sources) if each.fixed > 0 and each.most > NOTHING]
    if len(fixed) > MOST_FIXED:
        fixed = sorted(fixed, key=lambda n: (_average(sources[n], need), n))[:MOST_FIXED]
    for count in range(len(fixed) + 1):
        for chosen in combinations(sorted(fixed), count):
            yield tuple(sorted((*free, *chosen)))


def _average(source: Source, need: float) -> float:
    quantity = min(need, source.most)
    return source.cost(quantity) / quantity if quantity > NOTHING else float("inf")


def _fill(sources: Sequence[Source], opened: tuple[int, ...], need: float) -> Mix:
    steps = sorted(
        ((each, n, most) for n in opened for most, each in sources[n].each if most > NOTHING),
        key=lambda step: (step[0], step[1]),
    )
    taken: dict[int, float] = {}
    left = need
    for _, number, most in steps:
        if left <= NOTHING:
            break
        part = min(left, most)
        taken[number] = taken.get(number, 0.0) + part
        left -= part
    parts = tuple((n, quantity, sources[n].cost(quantity)) for n, quantity in sorted(taken.items()))
    return Mix(parts, need - max(left, 0.0), sum(amount for _, _, amount in parts))
