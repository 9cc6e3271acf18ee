"""Walks along the product structure, level by level: what every node gets from those above it, or from those below."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.loading.product_structure import Codes, ProductStructure, low_level_codes


@dataclass(frozen=True)
class Walks:
    """The walks of one kernel (`kernel`); compiled code finds the same bytes."""

    codes: Codes
    hand_down: Callable[[ProductStructure, FloatArray, FloatArray, FloatArray], FloatArray]
    add_up: Callable[[ProductStructure, FloatArray, FloatArray], FloatArray]
    raise_up: Callable[[ProductStructure, FloatArray], FloatArray]


def hand_down(
    structure: ProductStructure, values: FloatArray, by_parent: FloatArray, by_link: FloatArray
) -> FloatArray:
    """Values [N], each at least what its highest parent has, by what the parent [N] and the link [E] divide it; a link
    of 0 hands nothing down."""
    found = values.astype(np.float64)
    for links in _links_by_level(structure, by_link > 0):
        given = found[structure.parent[links]] / by_parent[structure.parent[links]] / by_link[links]
        np.maximum.at(found, structure.component[links], given)
    return found


def add_up(structure: ProductStructure, values: FloatArray, quantity: FloatArray) -> FloatArray:
    """Values [N] with those of all that goes into each node, `quantity` [E] of it, the deepest first."""
    found = values.astype(np.float64)
    for links in _links_by_level(structure, quantity > 0)[::-1]:
        np.add.at(found, structure.parent[links], quantity[links] * found[structure.component[links]])
    return found


def raise_up(structure: ProductStructure, values: FloatArray) -> FloatArray:
    """Values [N], each at least what the highest of its components has, the deepest first."""
    found = values.copy()
    for links in _links_by_level(structure, np.ones(len(structure.parent), dtype=np.bool_))[::-1]:
        np.maximum.at(found, structure.parent[links], found[structure.component[links]])
    return found


def _links_by_level(structure: ProductStructure, counts: BoolArray) -> list[IntArray]:
    """The links that count by the low-level code of their parent."""
    code = structure.code[structure.parent]
    return [np.flatnonzero(counts & (code == level)) for level in range(int(structure.code.max(initial=0)))]


IN_NUMPY = Walks(low_level_codes, hand_down, add_up, raise_up)
