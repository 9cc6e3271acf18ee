"""Storage: the room that all items at a location share.

`locations.storage_capacity` is the most stock in `capacity_uom` (blank: base units), items counted by their factor. A
resource of type `storage` stands for the room of its location and takes that limit's place: its capacity is
capacity_hours (of table resource_calendar where it has rows), else its units (places), else the location's
storage_capacity, all in the location's capacity_uom; its load is the stock, its regular cost is paid for each unit of
room used and bucket, its overtime is overflow room at overtime cost. Several storage resources at one location each
hold all of it. Stock that stands above the capacity when the plan begins is no contradiction (`most_stock`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.capacity.capacity import Capacity
from equipoise.supply.findings import ABOVE_STORAGE, MIXED_UNITS_STORED, NO_VOLUME
from equipoise.supply.network.volumes import per_unit


@dataclass(frozen=True, eq=False)
class Room:
    """What stock takes of rooms, as parallel arrays: stock row, number of the room, room per unit of stock."""

    stock: IntArray
    room: IntArray
    volume: FloatArray

    def of(self, stock: FloatArray, count: int) -> FloatArray:
        """Room taken by stock [S, T], of `count` rooms, [count, T]."""
        taken, buckets = np.zeros((count, stock.shape[1])), np.arange(stock.shape[1])
        if len(self.room):
            # Cell by cell: many times as fast as row by row.
            cells = self.room[:, None] * stock.shape[1] + buckets
            np.add.at(taken.reshape(-1), cells.ravel(), (stock[self.stock] * self.volume[:, None]).ravel())
        return taken


@dataclass(frozen=True, eq=False)
class Storage:
    """Rooms of locations [P], and rooms that are resources [R]."""

    places: tuple[str, ...]
    at_place: Room
    capacity: FloatArray
    """[P, T] what binds: the capacity stated, or what is left of the stock at the start."""
    at_resource: Room
    relief: FloatArray
    """[R, T] clock hours (room over rate) by which stock at the start exceeds the resource, 0 for all others."""


def read_storage(
    axes: Axes,
    *,
    locations: pl.DataFrame,
    items: pl.DataFrame,
    uoms: pl.DataFrame,
    capacity: Capacity,
    left: FloatArray,
) -> tuple[Storage, list[Finding]]:
    """The rooms of a network; `left` [S, T] is the stock that remains when nothing is added."""
    said = {str(row["location"]): row for row in locations.iter_rows(named=True)}
    stores = np.flatnonzero(capacity.is_storage)
    by_resource = [capacity.location[row] for row in stores.tolist()]
    places = [
        code
        for code in axes.locations.leaves
        if code in said and said[code]["storage_capacity"] is not None and code not in by_resource
    ]
    findings: list[Finding] = []
    at_place = _room(axes, places, list(range(len(places))), said, items, uoms, findings)
    at_resource = _room(axes, by_resource, stores.tolist(), said, items, uoms, findings)
    stated = np.array([float(said[code]["storage_capacity"]) for code in places]).reshape(-1, 1)
    taken = at_place.of(left, len(places))
    rate = np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None]
    over = at_resource.of(left, len(axes.resources)) / rate - capacity.clock - capacity.overtime
    relief = np.where(capacity.is_storage[:, None], np.maximum(over, 0.0), 0.0)
    names = [*np.array(places, dtype=object)[(taken > stated).any(axis=1)]]
    names += [axes.resources.leaves[row] for row in np.flatnonzero((relief > 0).any(axis=1)).tolist()]
    if names:
        text = f"stock at the start exceeds the storage of {len(names)} places; the first is {names[0]}"
        findings.append(ABOVE_STORAGE.found("table locations", text, count=len(names)))
    return Storage(tuple(places), at_place, np.maximum(stated, taken), at_resource, relief), findings


def _room(
    axes: Axes,
    places: list[str],
    numbers: list[int],
    said: Mapping[str, Mapping[str, Any]],
    items: pl.DataFrame,
    uoms: pl.DataFrame,
    findings: list[Finding],
) -> Room:
    """Room per unit of every stock row at the places, under the given numbers; what has no factor takes none."""
    keys = axes.keys[Grain.STOCK]
    item, location = keys.column("item"), keys.column("location")
    own_uom = dict(items.select("item", "uom").iter_rows())
    stock, room, volume = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
    for place, number in zip(places, numbers, strict=True):
        uom = str(said[place]["capacity_uom"]) if place in said else ""
        rows = np.flatnonzero(location == axes.locations.position.get(place, -1))
        factor = per_unit(axes, items, uoms, uom)[item[rows]]
        unknown = [axes.items.leaves[n] for n in item[rows][np.isnan(factor)].tolist()]
        if unknown:
            text = f"{len(unknown)} items at {place} have no factor to {uom}; the first is {unknown[0]}"
            findings.append(NO_VOLUME.found(f"location {place}", text, count=len(unknown)))
        units = sorted({own_uom.get(axes.items.leaves[n], "") for n in item[rows].tolist()})
        if uom == "" and len(units) > 1:
            text = f"the storage of {place} counts {', '.join(units)} as one unit each"
            findings.append(MIXED_UNITS_STORED.found(f"location {place}", text))
        known = ~np.isnan(factor)
        stock.append(rows[known])
        room.append(np.full(int(known.sum()), number, dtype=np.int64))
        volume.append(factor[known])
    return Room(np.concatenate(stock), np.concatenate(room), np.concatenate(volume))
