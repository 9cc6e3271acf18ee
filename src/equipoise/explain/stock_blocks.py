"""What blocks keeping stock for later: a full store, the most stock of an item, its shelf life."""

from functools import partial

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.explain.cell import Cell
from equipoise.explain.limit_rows import HOURS, Block, hours_rows, life_rows, most_rows, room_rows
from equipoise.explain.node import number
from equipoise.supply.network.shelf_life import FOREVER

TIGHT = 1e-6
"""A dual value below this is zero."""


def keeping(cell: Cell, stock: int, first: int, end: int) -> list[Block]:
    """Tight rows of a stock row at the close of buckets first … end − 1, each with what one more unit ties up there."""
    found = list[Block]()
    for bucket in range(first, end):
        found += _room(cell, stock, bucket) + _most(cell, stock, bucket)
    return found + _life(cell, stock, first, end)


def _prices(cell: Cell, name: str) -> FloatArray | None:
    """Dual values that stage supply kept of a family of rows, None if the plan has no such rows."""
    return cell.plan.sections["supply"].arrays.get(f"price_{name}")


def _room(cell: Cell, stock: int, bucket: int) -> list[Block]:
    storage, when = cell.supply.network.stock_rules.storage, cell.plan.axes.calendar.label(bucket)
    found = list[Block]()
    closing, prices = cell.supply.values("inventory_closing_qty"), _prices(cell, "storage")
    currency = cell.plan.head.currency
    for entry in np.flatnonzero(storage.at_place.stock == stock).tolist() if prices is not None else []:
        place, volume = int(storage.at_place.room[entry]), float(storage.at_place.volume[entry])
        worth = float(prices[place, bucket]) if prices is not None else 0.0
        if worth > TIGHT:
            taken = float(storage.at_place.of(closing, len(storage.places))[place, bucket])
            most = number(float(storage.capacity[place, bucket]))
            text = f"storage of {storage.places[place]}, {when}: {number(taken)} of {most} units of room"
            text += f"; one more is worth {number(worth)} {currency}, a unit takes {number(volume)}"
            found.append(Block(worth * volume, text, partial(room_rows, cell, storage.places[place])))
    for entry in np.flatnonzero(storage.at_resource.stock == stock).tolist():
        resource, volume = int(storage.at_resource.room[entry]), float(storage.at_resource.volume[entry])
        worth = float(np.nan_to_num(cell.supply.values("capacity_shadow_price")[resource, bucket]))
        if worth > TIGHT:
            taken = float(cell.supply.values("capacity_load_hours")[resource, bucket])
            most = number(float(cell.supply.values("capacity_available_hours")[resource, bucket]))
            text = f"{cell.plan.axes.resources.leaves[resource]}, {when}: {number(taken)} of {most} units of room"
            text += f"; one more is worth {number(worth)} {currency}, a unit takes {number(volume)}"
            found.append(Block(worth * volume, text, partial(hours_rows, cell, resource, bucket, HOURS)))
    return found


def _most(cell: Cell, stock: int, bucket: int) -> list[Block]:
    rule, prices = cell.supply.network.stock_rules.most, _prices(cell, "most_stock")
    number_of = np.flatnonzero(rule.rows == stock)
    if prices is None or not len(number_of) or prices[number_of[0], bucket] <= TIGHT:
        return []
    worth, most = float(prices[number_of[0], bucket]), float(rule.most[number_of[0], bucket])
    when = cell.plan.axes.calendar.label(bucket)
    text = f"most stock of {_who(cell, stock)}, {when}: {number(most)}; one more is worth {number(worth)}"
    return [Block(worth, f"{text} {cell.plan.head.currency}", lambda: most_rows(cell, stock, bucket))]


def _life(cell: Cell, stock: int, first: int, end: int) -> list[Block]:
    """A unit kept longer than it lives takes the place of a younger one, as long as there is one: that has a price."""
    life = int(cell.supply.network.stock_rules.shelf.life[stock])
    if life == FOREVER or end - first <= life:
        return []
    prices, label = _prices(cell, "shelf_life"), cell.plan.axes.calendar.label
    worth = 0.0 if prices is None else float(prices[stock, first : end - life].sum())
    text = f"shelf life of {_who(cell, stock)}: what is there in {label(first)} can be used until {label(first + life)}"
    text = f"{text}; beyond that one more is worth {number(worth)} {cell.plan.head.currency}"
    return [Block(worth, text, lambda: life_rows(cell, stock))]


def _who(cell: Cell, stock: int) -> str:
    return cell.of("inventory_shadow_price", np.array([stock], dtype=np.int64)).who
