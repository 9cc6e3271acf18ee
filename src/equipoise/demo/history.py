"""What happened: true demand, orders, shipments, production and stock of the past three years, in whole cases.

True demand of an item in a market = level × share × season × trend × noise; April's spring promotion of surface
cleaners lifts it and borrows from May and June. Each plant makes what last month's demand and its stock target ask
for, up to its line's capacity; warehouses ship what they have, so stock identities hold to the case.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.panel import sum_rows
from equipoise.demo.company import FAMILIES, HISTORY, HORIZON, Family, Item, Size, month_start, season_of

NOISE = 0.10
PROMOTION = {"family": "SU", "month": 4, "uplift_pct": 25.0, "forward_buy_pct": 10.0, "forward_buy_buckets": 2}
MONTHS = range(-HISTORY, HORIZON)


@dataclass(frozen=True, eq=False)
class Past:
    """Arrays over items × markets × months: `truth` to the end of the horizon, the rest for the history only."""

    truth: FloatArray
    """Expected demand [items, markets, HISTORY + HORIZON], promotions of the past included, that of 2027 not."""
    ordered: FloatArray
    shipped: FloatArray
    production: FloatArray
    """[items, HISTORY]"""
    stock: FloatArray
    """Closing stock over all warehouses [items, HISTORY]."""


def make_past(items: list[Item], size: Size, rng: np.random.Generator) -> Past:
    """Simulate the history; the same generator state gives the same company."""
    path = {family.code: _path_of(family) for family in FAMILIES}
    shares = np.array([market.share for market in size.markets])
    levels = np.array([item.level for item in items])
    truth = levels[:, None, None] * shares[:, None] * np.stack([path[item.family.code] for item in items])[:, None, :]
    noise = np.exp(rng.normal(0.0, NOISE, truth[:, :, :HISTORY].shape) - NOISE**2 / 2)
    ordered = np.rint(truth[:, :, :HISTORY] * noise)
    production = np.zeros((len(items), HISTORY))
    stock = np.zeros((len(items), HISTORY))
    shipped = np.zeros_like(ordered)
    on_hand = np.rint(ordered[:, :, 0].sum(axis=1))
    capacity = _past_capacity(items, truth)
    for month in range(HISTORY):
        expected = ordered[:, :, max(0, month - 1)].sum(axis=1)
        wanted = np.maximum(0.0, np.rint(1.9 * expected - on_hand))
        production[:, month] = np.floor(wanted * _fit(items, wanted, capacity))
        available = on_hand + production[:, month]
        asked = ordered[:, :, month]
        share = np.minimum(1.0, available / np.maximum(asked.sum(axis=1), 1.0))
        shipped[:, :, month] = np.floor(asked * share[:, None])
        on_hand = available - shipped[:, :, month].sum(axis=1)
        stock[:, month] = on_hand
    return Past(truth, ordered, shipped, production, stock)


def _path_of(family: Family) -> FloatArray:
    """Expected demand of a family's items in every month, as multiples of their level."""
    growth = (1.0 + family.trend) ** (np.arange(-HISTORY, HORIZON) / 12)
    path: FloatArray = season_of(family, MONTHS) * growth
    return _with_promotion(path) if family.code == PROMOTION["family"] else path


def _with_promotion(path: FloatArray) -> FloatArray:
    """Past Aprils: an uplift on the month's own demand, and part of the next months' bought forward."""
    lifted = path.copy()
    uplift, forward = float(str(PROMOTION["uplift_pct"])) / 100, float(str(PROMOTION["forward_buy_pct"])) / 100
    for position, number in enumerate(MONTHS):
        if number >= 0 or month_start(number).month != PROMOTION["month"]:
            continue
        lifted[position] += path[position] * uplift
        for later in range(position + 1, position + 1 + int(str(PROMOTION["forward_buy_buckets"]))):
            lifted[position] += path[later] * forward
            lifted[later] -= path[later] * forward
    return lifted


def _lines(items: list[Item]) -> tuple[IntArray, IntArray]:
    """Number of each item's line, and for each number the first item on it."""
    codes = np.array([item.line for item in items])
    _, first, number = np.unique(codes, return_index=True, return_inverse=True)
    return number.astype(np.int64), first.astype(np.int64)


def _past_capacity(items: list[Item], truth: FloatArray) -> FloatArray:
    """Hours a month of each line in the past: enough for all but the strongest months, [lines]."""
    number, first = _lines(items)
    hours = np.array([item.hours for item in items])
    load = sum_rows(truth[:, :, :HISTORY].sum(axis=1) * hours[:, None], number, len(first))
    found: FloatArray = np.quantile(load, 0.93, axis=1)
    return found


def _fit(items: list[Item], wanted: FloatArray, capacity: FloatArray) -> FloatArray:
    """The share of what is wanted that each item's line can make, [items]."""
    number, first = _lines(items)
    hours = np.array([item.hours for item in items])
    load = np.bincount(number, wanted * hours, minlength=len(first))
    fit: FloatArray = np.minimum(1.0, capacity / np.maximum(load, 1e-9))[number]
    return fit
