"""Twin of `sparse_ldl`; `sparse_pattern_compiled` finds where L has entries."""

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.demand.forecast.sparse_ldl import Factor, Places
from equipoise.demand.forecast.sparse_pattern_compiled import Pattern, Place, Short, find_pattern

__all__ = ["factorize", "find_pattern", "handed", "is_heard", "moved", "settled", "solve", "sum_below", "sums", "told"]


def factorize(pattern: Pattern, bottom: FloatArray, upper: FloatArray) -> Factor:
    """As `sparse_ldl.factorize`."""
    value, pivot = _covariance(
        pattern.above,
        pattern.level,
        pattern.sample,
        pattern.crosses,
        pattern.begin,
        pattern.member,
        pattern.start,
        pattern.row,
        bottom,
        upper,
    )
    _factorize(pattern.start, pattern.row, pattern.row_start, pattern.column, value, pivot)
    return Factor(pattern.start, pattern.row, value, pivot)


def solve(factor: Factor, told: FloatArray) -> FloatArray:
    """As `sparse_ldl.solve`."""
    return _solve(factor.start, factor.row, factor.value, factor.pivot, told)


def is_heard(pattern: Pattern, base: FloatArray, told: FloatArray) -> bool:
    """As `sparse_ldl.is_heard`: what is no number makes all that is told of it no number."""
    whole = told if pattern.is_tied else base
    return bool(np.isfinite(whole).all())


def sums(pattern: Pattern, values: FloatArray) -> FloatArray:
    """As `sparse_ldl.sums`."""
    return _sums(pattern.direct, pattern.hub, pattern.over, values, len(pattern.order))


def handed(pattern: Pattern, price: FloatArray) -> FloatArray:
    """As `sparse_ldl.handed`."""
    return _handed(pattern.direct, pattern.hub, pattern.over, price)


def told(pattern: Pattern, base: FloatArray) -> FloatArray:
    """As `sparse_ldl.told`."""
    return _told(pattern.direct, pattern.hub, pattern.over, pattern.order, base)


def moved(pattern: Pattern, bottom: FloatArray, base: FloatArray, price: FloatArray) -> FloatArray:
    """As `sparse_ldl.moved`."""
    return _moved(pattern.direct, pattern.hub, pattern.over, bottom, base, price)


def settled(
    pattern: Pattern, bottom: FloatArray, base: FloatArray, price: FloatArray, step: float
) -> tuple[FloatArray, bool]:
    """As `sparse_ldl.settled`."""
    return _settled(pattern.direct, pattern.hub, pattern.over, pattern.order, bottom, base, price, step)


def sum_below(above: IntArray, values: FloatArray, count: int) -> FloatArray:
    """As `aggregates.sum_below`."""
    return _sum_below(above, values, count)


@compiled
def _sum_below(above: Places, values: FloatArray, count: int) -> FloatArray:
    total = np.zeros((count, values.shape[1]))
    for i in range(above.shape[0]):
        for level in range(above.shape[1]):
            k = above[i, level]
            if k >= 0:
                for t in range(values.shape[1]):
                    total[k, t] += values[i, t]
    return total


@compiled
def _sums(direct: Short, hub: Place, over: Place, values: FloatArray, count: int) -> FloatArray:
    total = _sum_below(direct, values, count)
    for edge in range(len(hub)):
        for t in range(values.shape[1]):
            total[over[edge], t] += total[hub[edge], t]
    return total


@compiled
def _told(direct: Short, hub: Place, over: Place, order: IntArray, base: FloatArray) -> FloatArray:
    count, width = len(order), base.shape[1]
    total = _sums(direct, hub, over, base[count:], count)
    for k in range(count):
        for t in range(width):
            total[k, t] = base[order[k], t] - total[k, t]
    return total


@compiled
def _with_over(hub: Place, over: Place, price: FloatArray) -> FloatArray:
    """Prices of nodes, those of hubs with the prices of what holds them."""
    found = price.copy()
    for edge in range(len(hub)):
        for t in range(price.shape[1]):
            found[hub[edge], t] += price[over[edge], t]
    return found


@compiled
def _handed(direct: Short, hub: Place, over: Place, price: FloatArray) -> FloatArray:
    found, whole = np.zeros((len(direct), price.shape[1])), _with_over(hub, over, price)
    for i in range(direct.shape[0]):
        for level in range(direct.shape[1]):
            k = direct[i, level]
            if k >= 0:
                for t in range(price.shape[1]):
                    found[i, t] += whole[k, t]
    return found


@compiled
def _move(  # noqa: PLR0912
    direct: Short, bottom: FloatArray, y: FloatArray, price: FloatArray, found: FloatArray
) -> None:
    width, most = price.shape[1], direct.shape[1]
    for i in range(direct.shape[0]):
        one, w = direct[i, 0], bottom[i]
        two = direct[i, 1] if most > 1 else -1
        if one < 0:
            for t in range(width):
                found[i, t] = y[i, t]
        elif two < 0:
            for t in range(width):
                found[i, t] = y[i, t] + w * price[one, t]
        elif most == 2 or direct[i, 2] < 0:  # the rows and columns of two hierarchies that cross
            for t in range(width):
                found[i, t] = y[i, t] + w * (price[one, t] + price[two, t])
        else:
            for t in range(width):
                found[i, t] = price[one, t] + price[two, t]
            for level in range(2, most):
                k = direct[i, level]
                if k >= 0:
                    for t in range(width):
                        found[i, t] += price[k, t]
            for t in range(width):
                found[i, t] = y[i, t] + w * found[i, t]


@compiled
def _moved(
    direct: Short, hub: Place, over: Place, bottom: FloatArray, base: FloatArray, price: FloatArray
) -> FloatArray:
    y = base[len(price) :]
    found = np.empty(y.shape)
    _move(direct, bottom, y, _with_over(hub, over, price), found)
    return found


@compiled
def _round(cells: FloatArray, step: float) -> bool:
    """Put cells on the grid in place; whether some were below 0."""
    bits, signs, is_below = cells.view(np.int64), 0, False
    for cell in range(len(bits)):
        signs |= bits[cell]
    if signs < 0:  # some cell is below 0, or is −0
        for cell in range(len(cells)):
            is_below |= cells[cell] < 0.0
    steps = 1.0 / step  # a power of two: to multiply by its inverse is to divide
    for cell in range(len(cells)):
        cells[cell] = np.rint(cells[cell] * steps) * step + 0.0
    return is_below


@compiled
def _settled(
    direct: Short,
    hub: Place,
    over: Place,
    order: IntArray,
    bottom: FloatArray,
    base: FloatArray,
    price: FloatArray,
    step: float,
) -> tuple[FloatArray, bool]:
    count, width = price.shape
    whole = np.empty(base.shape)
    found = whole[count:]
    _move(direct, bottom, base[count:], _with_over(hub, over, price), found)
    is_below = _round(found.reshape(-1), step)
    total = _sums(direct, hub, over, found, count)
    for k in range(count):
        for t in range(width):
            whole[order[k], t] = total[k, t]
    return whole, is_below


@compiled
def _covariance(  # noqa: PLR0912
    above: Short,
    level_of: Short,
    sample: Place,
    crosses: BoolArray,
    begin: Place,
    member: Place,
    start: Place,
    row: Place,
    bottom: FloatArray,
    upper: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """K in the cells of L, and its diagonal."""
    n, levels = above.shape
    count = len(upper)
    below, work, value = np.zeros(count), np.zeros(count), np.empty(len(row))
    last = np.full(levels, -1, np.int64)
    for level in range(levels):
        if not crosses[level].any():
            for i in range(n):
                if above[i, level] >= 0:
                    below[above[i, level]] += bottom[i]
    for k in range(count):
        last[level_of[k]] = k
    for j in range(count):
        one = level_of[j]
        for place in range(begin[j], begin[j + 1]):
            below[j] += bottom[member[place]]
        for other in range(levels):
            if last[other] <= j:
                continue
            if crosses[one, other]:
                for place in range(begin[j], begin[j + 1]):
                    i = member[place]
                    if above[i, other] > j:
                        work[above[i, other]] += bottom[i]
            elif above[sample[j], other] > j:  # all that lies below the one lies below the other
                work[above[sample[j], other]] = below[j]
        for cell in range(start[j], start[j + 1]):
            value[cell] = work[row[cell]]
            work[row[cell]] = 0.0
    return value, upper + below


@compiled
def _factorize(start: Place, row: Place, row_start: Place, column: Place, value: FloatArray, pivot: FloatArray) -> None:
    """K to L and D in place."""
    count = len(pivot)
    end, work = start[:-1].copy(), np.empty(count)
    for k in range(count):
        for place in range(row_start[k], row_start[k + 1]):
            i = column[place]
            work[i] = value[end[i]]
        left = pivot[k]
        for place in range(row_start[k], row_start[k + 1]):
            i = column[place]
            y = work[i]
            for cell in range(start[i], end[i]):
                work[row[cell]] -= value[cell] * y
            share = y / pivot[i]
            left -= share * y
            value[end[i]] = share
            end[i] += np.uint32(1)
        pivot[k] = left


@compiled
def _solve(start: Places, row: Places, value: FloatArray, pivot: FloatArray, told: FloatArray) -> FloatArray:
    x = told.copy()
    count, width = x.shape
    one = np.empty(width)
    for k in range(count):
        for t in range(width):
            one[t] = x[k, t]
        for cell in range(start[k], start[k + 1]):
            at, share = row[cell], value[cell]
            for t in range(width):
                x[at, t] -= share * one[t]
    for k in range(count - 1, -1, -1):
        for t in range(width):
            one[t] = x[k, t] / pivot[k]
        for cell in range(start[k], start[k + 1]):
            at, share = row[cell], value[cell]
            for t in range(width):
                one[t] -= share * x[at, t]
        for t in range(width):
            x[k, t] = one[t]
    return x
