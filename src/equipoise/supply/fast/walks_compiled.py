"""Twin of `walks`, and of `low_level_codes`: node by node in compiled code, the same bytes."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.walks import Walks
from equipoise.supply.loading.product_structure import ProductStructure, low_level_codes


def codes(count: int, parent: IntArray, component: IntArray) -> IntArray:
    """As `product_structure.low_level_codes`."""
    code = np.zeros(count, dtype=np.int64)
    if _codes(parent, component, code) < count:
        return low_level_codes(count, parent, component)  # says which
    return code


def hand_down(
    structure: ProductStructure, values: FloatArray, by_parent: FloatArray, by_link: FloatArray
) -> FloatArray:
    """As `walks.hand_down`."""
    found = values.astype(np.float64)
    _hand_down(
        structure.order, structure.taken_starts, structure.taken_links, structure.component, by_parent, by_link, found
    )
    return found


def add_up(structure: ProductStructure, values: FloatArray, quantity: FloatArray) -> FloatArray:
    """As `walks.add_up`."""
    found = values.astype(np.float64)
    _add_up(structure.order, structure.taken_starts, structure.taken_links, structure.component, quantity, found)
    return found


def raise_up(structure: ProductStructure, values: FloatArray) -> FloatArray:
    """As `walks.raise_up`."""
    found = values.copy()
    _raise_up(structure.order, structure.taken_starts, structure.taken_links, structure.component, found)
    return found


@compiled
def _codes(parent: IntArray, component: IntArray, code: IntArray) -> int:
    """Codes of all nodes that no circle keeps waiting, in place; how many these are."""
    count, links = len(code), len(parent)
    waiting, first, after = np.zeros(count, dtype=np.int64), np.full(count, -1), np.full(links, -1)
    for link in range(links):
        waiting[component[link]] += 1
        after[link] = first[parent[link]]
        first[parent[link]] = link
    ready, done = np.empty(count, dtype=np.int64), 0
    for node in range(count):
        if waiting[node] == 0:
            ready[done] = node
            done += 1
    place = 0
    while place < done:
        node = ready[place]
        place += 1
        link = first[node]
        while link >= 0:
            below = component[link]
            code[below] = max(code[below], code[node] + 1)
            waiting[below] -= 1
            if waiting[below] == 0:
                ready[done] = below
                done += 1
            link = after[link]
    return done


@compiled
def _hand_down(
    order: IntArray,
    taken_starts: IntArray,
    taken_links: IntArray,
    component: IntArray,
    by_parent: FloatArray,
    by_link: FloatArray,
    found: FloatArray,
) -> None:
    for row in order:
        for number in range(taken_starts[row], taken_starts[row + 1]):
            link = taken_links[number]
            if by_link[link] > 0.0:
                below = component[link]
                found[below] = max(found[below], found[row] / by_parent[row] / by_link[link])


@compiled
def _add_up(
    order: IntArray,
    taken_starts: IntArray,
    taken_links: IntArray,
    component: IntArray,
    quantity: FloatArray,
    found: FloatArray,
) -> None:
    for place in range(len(order) - 1, -1, -1):
        row = order[place]
        for number in range(taken_starts[row], taken_starts[row + 1]):
            link = taken_links[number]
            if quantity[link] > 0.0:
                found[row] += quantity[link] * found[component[link]]


@compiled
def _raise_up(
    order: IntArray, taken_starts: IntArray, taken_links: IntArray, component: IntArray, found: FloatArray
) -> None:
    for place in range(len(order) - 1, -1, -1):
        row = order[place]
        for number in range(taken_starts[row], taken_starts[row + 1]):
            found[row] = max(found[row], found[component[taken_links[number]]])


COMPILED = Walks(codes, hand_down, add_up, raise_up)
