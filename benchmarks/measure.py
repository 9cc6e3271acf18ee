"""Measuring: CPU seconds of the whole process, sides in turn, several times."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import process_time


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


def measure(sides: Mapping[str, Callable[[], object]], repeat: int) -> dict[str, Timing]:
    """Run each side `repeat` times, in turn, so that a busy minute falls on all of them.

    What a side needs must be made before: a side that makes a fresh input of its own is timed with it.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(repeat):
        for name, side in sides.items():
            gc.collect()
            begin = process_time()
            side()
            seconds[name].append(process_time() - begin)
    return {name: Timing(tuple(values)) for name, values in seconds.items()}
