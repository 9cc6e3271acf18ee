"""What the model is told of strategies of production: which cells, at which days, how far from a rate, how much is
needed."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Level:
    """Units started a working day stay within a part of one rate, which the plan chooses."""

    members: IntArray
    """[k] rows of grain make."""
    cells: BoolArray
    """[k, T] where they count."""
    free: BoolArray
    """[k, T] of these the cells that the planning fence does not fix."""
    days: FloatArray
    """[T] working days to go."""
    within: float
    """0: exactly the rate (level); 0.1: ten percent more or less."""
    where: str


@dataclass(frozen=True, eq=False)
class Chase:
    """No more good units have arrived by the end of a bucket than are needed by then."""

    members: IntArray
    """[k] rows of grain make."""
    free: BoolArray
    """[k, T] where it holds and the planning fence does not fix what is made."""
    needed: FloatArray
    """[T] good units from the first bucket on."""
    where: str


def held_buckets(rule: Level | Chase, firm: FloatArray | None) -> BoolArray:
    """Buckets in which a strategy has something left to decide, [T]: not all is fixed by the fence, or firmed by people
    (`firm` [M, T], NaN where the plan chooses)."""
    free = rule.free if firm is None else rule.free & np.isnan(firm[rule.members])
    found: BoolArray = np.logical_or.reduce(free, axis=0)
    return found


@dataclass(frozen=True)
class Strategies:
    """All strategies of a plan; none is the cheapest plan."""

    levels: tuple[Level, ...] = ()
    chases: tuple[Chase, ...] = ()

    @property
    def slack_names(self) -> list[str]:
        """What each row of slack is missing to: below the rate, above it, more than needed."""
        sides = [f"{word} the rate of {level.where}" for level in self.levels for word in ("below", "above")]
        return sides + [f"ahead of the need of {chase.where}" for chase in self.chases]


NO_STRATEGIES = Strategies()
