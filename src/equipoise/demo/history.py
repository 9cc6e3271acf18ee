"""What happened: true demand, orders, shipments, production and stock of the past three years, in whole cases.

True demand of an item in a market = level × share × season × trend × noise; April's spring promotion of surface
cleaners lifts it and borrows from May and June. Each plant makes what last month's demand and its stock target ask
for, up to its line's capacity; warehouses ship what they have, so stock identities hold to the case.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.demo.company import HISTORY, HORIZON, Item, Size, month_start, season_of

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
    truth = np.stack([_expected(item, size) for item in items])
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


def _expected(item: Item, size: Size) -> FloatArray:
    months = np.arange(-HISTORY, HORIZON)
    growth = (1.0 + item.family.trend) ** (months / 12)
    path = item.level * season_of(item.family, MONTHS) * growth
    if item.family.code == PROMOTION["family"]:
        path = _with_promotion(path)
    shares = np.array([market.share for market in size.markets])
    return shares[:, None] * path[None, :]


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


def _past_capacity(items: list[Item], truth: FloatArray) -> dict[str, float]:
    """Hours a month of each line in the past: enough for all but the strongest months."""
    load: dict[str, FloatArray] = {}
    for item, demand in zip(items, truth[:, :, :HISTORY].sum(axis=1), strict=True):
        load[item.family.line] = load.get(item.family.line, np.zeros(HISTORY)) + demand * item.hours
    return {line: float(np.quantile(hours, 0.93)) for line, hours in load.items()}


def _fit(items: list[Item], wanted: FloatArray, capacity: dict[str, float]) -> FloatArray:
    """The share of what is wanted that each item's line can make."""
    load: dict[str, float] = {}
    for item, quantity in zip(items, wanted, strict=True):
        load[item.family.line] = load.get(item.family.line, 0.0) + float(quantity) * item.hours
    return np.array([min(1.0, capacity[i.family.line] / max(load[i.family.line], 1e-9)) for i in items])
