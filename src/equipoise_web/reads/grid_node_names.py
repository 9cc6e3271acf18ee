"""What the nodes of a level are called, by their numbers: their codes, and their names in keys."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from equipoise.core.axes import Axes
from equipoise_web.reads.grid_tree import name_in_key
from equipoise_web.reads.grid_view import Level

Names = np.ndarray[tuple[int], np.dtype[np.object_]]
"""Strings."""


@lru_cache(maxsize=64)
def node_names(axes: Axes, level: Level) -> tuple[str, ...]:
    """Code of each node of a level by its number; blank for rows that have none there."""
    return (*axes.hierarchy(level.dimension).nodes(level.name), "")


@lru_cache(maxsize=64)
def codes_at(axes: Axes, level: Level) -> Names:
    """Code of each node of a level, to be picked by its number."""
    return in_array(node_names(axes, level))


@lru_cache(maxsize=64)
def key_names(axes: Axes, level: Level) -> Names:
    """What each node of a level is called in keys, by its number."""
    return in_array([name_in_key(code) for code in node_names(axes, level)])


def in_array(names: Sequence[str]) -> Names:
    """Names as an array, to pick many of them by their numbers."""
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found


@lru_cache(maxsize=32)
def numbers_by_name(axes: Axes, level: Level) -> Mapping[str, int]:
    """Number of each node of a level by what it is called in keys."""
    names = key_names(axes, level).tolist()
    return {names[-1]: len(names) - 1, **{name: number for number, name in enumerate(names[:-1])}}
