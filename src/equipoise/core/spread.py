"""Disaggregation: an amount at a node reaches the cells below it, exactly.

Cells are the rows × buckets of an adjustment's scope. The amount is the whole scope's; held cells keep what they have
and are taken out first; remainders go by largest fraction, ties by series order (`grid.split`).

>>> import numpy as np
>>> now = np.array([[300.0], [500.0], [200.0]])
>>> nothing_held = np.zeros((3, 1), dtype=bool)
>>> spread_amount(now, Amount("set", 1200.0), weights=now, held=nothing_held, step=1.0).ravel().tolist()
[60.0, 100.0, 40.0]
"""

import numpy as np

from equipoise.core.adjustment import Amount
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, on_grid, split


class CannotSpread(EquipoiseError):
    """An amount cannot reach any cell: all are held, or less than nothing would be left in one."""


def spread_amount(
    now: FloatArray, amount: Amount, *, weights: FloatArray, held: BoolArray, step: float = QUANTITY_STEP
) -> FloatArray:
    """What to add to each cell [n, k] so that the scope's total becomes what `amount` says, on the grid.

    `now`: cells before, ≥ 0. `weights`: ≥ 0, e.g. `now` itself for as_is (cells keep their proportions), ones for
    equal. With as_is weights the cells are rescaled; with others the *difference* is spread by the weights. Raises
    CannotSpread if all cells are held, the free cells would have to fall below zero, or the total would.
    """
    free = ~held
    if not free.any():
        raise CannotSpread("every cell of the scope is held; release a hold or choose another scope")
    total = float(on_grid(np.array(amount.apply_to(float(now.sum()))), QUANTITY_STEP))
    kept = float(now[held].sum())
    wanted = total - kept
    if wanted < 0:
        raise CannotSpread(f"the scope would fall to {total:g}, below the {kept:g} that is held in it")
    usable = np.where(free, weights, 0.0)
    if not usable.any():
        usable = free.astype(np.float64)  # all weights zero: equal over the free cells
    flat = usable.ravel()
    if np.array_equal(np.where(free, now, 0.0), np.where(free, weights, 0.0)):
        parts = split(wanted, flat, step=step).reshape(now.shape)
        return np.where(free, parts - now, 0.0)
    change = split(wanted - float(now[free].sum()), flat, step=step).reshape(now.shape)
    if np.any(now + change < 0):
        raise CannotSpread("some cell would fall below zero; spread the amount as_is or take away less")
    return change
