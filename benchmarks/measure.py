"""Measuring: CPU seconds of the whole process, sides in turn, several times."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any


class Disagreement(AssertionError):
    """Two sides of a comparison gave different answers."""


@dataclass(frozen=True)
class Timing:
    """CPU seconds of each repeat."""

    seconds: tuple[float, ...]

    @property
    def minimum(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def maximum(self) -> float:
        return max(self.seconds)


@dataclass(frozen=True)
class Took:
    """CPU seconds of each step of a side, and of all of them."""

    steps: tuple[Timing, ...]

    @property
    def whole(self) -> Timing:
        """The steps of each repeat added up."""
        repeats = zip(*(step.seconds for step in self.steps), strict=True)
        return Timing(tuple(sum(seconds) for seconds in repeats))


Side = Sequence[Callable[..., Any]]
"""Steps: the first takes nothing, each other takes what the one before it gave."""


def measure(sides: Mapping[str, Side], repeat: int) -> dict[str, Took]:
    """Run each side `repeat` times, in turn, so that a busy minute falls on all of them."""
    seconds: dict[str, list[list[float]]] = {name: [[] for _ in side] for name, side in sides.items()}
    for _ in range(repeat):
        for name, side in sides.items():
            gc.collect()
            given: tuple[Any, ...] = ()
            for number, step in enumerate(side):
                begin = process_time()
                made = step(*given)
                seconds[name][number].append(process_time() - begin)
                given = (made,)
    return {name: Took(tuple(Timing(tuple(step)) for step in steps)) for name, steps in seconds.items()}
