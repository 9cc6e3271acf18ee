"""Twin of `scrap`: first in, first out in compiled code."""

from typing import NamedTuple

import numpy as np

from equipoise.core.compiling import compiled
from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.fast.scrap import NOTHING, Scrap
from equipoise.supply.network.shelf_life import FOREVER


class Ages(NamedTuple):
    """What `Scrap` knows, in arrays; `units`, `came`, `left` and those of items are filled bucket by bucket."""

    rows: IntArray
    kin: IntArray
    """Stock rows of items that age: what others do is nobody's concern here."""
    life: IntArray
    good_until: FloatArray
    expired: FloatArray
    units: FloatArray
    came: FloatArray
    left: FloatArray
    item: IntArray
    items: IntArray
    item_came: FloatArray
    item_left: FloatArray
    leaving: IntArray
    between: IntArray
    sold: IntArray
    from_stock: IntArray
    arrival: IntArray
    component_use: FloatArray
    part: IntArray
    """Of the lines of bills those that take what ages."""
    part_route: IntArray
    part_stock: IntArray
    part_quantity: FloatArray


def ages(scrap: Scrap) -> Ages:
    """The arrays of a `Scrap`."""
    network = scrap.network
    ages_by_item = np.zeros(len(scrap.item_left), dtype=np.bool_)
    ages_by_item[scrap.item[scrap.rows]] = True
    return Ages(
        scrap.rows,
        ages_by_item[scrap.item].nonzero()[0],
        scrap.life,
        scrap.good_until,
        network.stock_rules.shelf.expired,
        scrap.units,
        scrap.came,
        scrap.left,
        scrap.item,
        scrap.items,
        scrap.item_came,
        scrap.item_left,
        scrap.leaving,
        scrap.between,
        scrap.sold,
        network.flows.from_stock,
        network.flows.arrival,
        network.receipts.component_use,
        ages_by_item[scrap.item[network.components.stock]].nonzero()[0],
        network.components.route,
        network.components.stock,
        network.components.quantity,
    )


@compiled
def begin_scrap(old: Ages, stock: FloatArray) -> None:
    """As `Scrap.begin`, in place."""
    for row in range(len(stock)):
        gone = min(old.expired[row], stock[row])
        old.units[row, 0] = gone
        stock[row] -= gone


@compiled
def take_scrap(old: Ages, stock: FloatArray, make: FloatArray, ship: FloatArray, missed: FloatArray, at: int) -> None:
    """As `Scrap.take`."""
    if len(old.rows) == 0:
        return
    use = np.empty(len(stock))
    for row in old.kin:
        use[row] = old.component_use[row, at] - missed[row, at] + old.units[row, at]
    for part in old.part:
        use[old.part_stock[part]] += old.part_quantity[part, at] * make[old.part_route[part], at]
    for row in old.kin:
        old.left[row] += use[row]
    for lane in old.leaving:
        old.left[old.from_stock[lane]] += ship[lane, at]
    gone_by_item = np.zeros(len(old.item_left))
    for row in old.kin:
        old.came[row, at] = stock[row] + old.left[row]
    for row in old.rows:
        owed = max(_owed(old.life[row], old.came[row], at), old.good_until[row, at])
        gone = min(max(owed - old.left[row], 0.0), stock[row])
        if gone > NOTHING:
            gone_by_item[old.item[row]] += gone
            _scrap(old, row, gone, stock, at)
    if len(old.items):
        _by_item(old, stock, use, ship, gone_by_item, at)


@compiled
def _owed(life: int, came: FloatArray, at: int) -> float:
    """All that came so long ago that it must be gone by the end of bucket `at`."""
    return came[at - max(life, 0)] if life != FOREVER and life <= at else 0.0


@compiled
def _scrap(old: Ages, row: int, units: float, stock: FloatArray, at: int) -> None:
    stock[row] -= units
    old.units[row, at] += units
    old.left[row] += units


@compiled
def _by_item(
    old: Ages, stock: FloatArray, use: FloatArray, ship: FloatArray, gone_by_item: FloatArray, at: int
) -> None:
    """As `Scrap._by_item`."""
    count = len(old.item_left)
    held, good, there = np.zeros(count), np.zeros(count), np.zeros(count)
    life = np.full(count, FOREVER)
    for row in old.kin:
        item = old.item[row]
        old.item_left[item] += use[row]
        held[item] += stock[row]
        good[item] += old.good_until[row, at]
        life[item] = old.life[row]
    for lane in old.sold:
        old.item_left[old.item[old.from_stock[lane]]] += ship[lane, at]
    for lane in old.between:
        item = old.item[old.from_stock[lane]]
        for sent in range(at + 1):
            if old.arrival[lane, sent] > at:
                held[item] += ship[lane, sent]
    for row in old.rows:
        there[old.item[row]] += stock[row]
    part = np.zeros(count)
    for item in range(count):
        old.item_left[item] += gone_by_item[item]
        old.item_came[item, at] = held[item] + old.item_left[item]
    for item in old.items:
        owed = max(_owed(life[item], old.item_came[item], at), good[item]) - old.item_left[item]
        if there[item] > NOTHING:
            part[item] = min(max(owed / there[item], 0.0), 1.0)
    for row in old.rows:
        gone = stock[row] * part[old.item[row]]
        old.item_left[old.item[row]] += gone
        if gone > NOTHING:
            _scrap(old, row, gone, stock, at)
