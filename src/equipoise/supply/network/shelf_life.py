"""Shelf life: what may not grow older, and what can no longer be used, at items and locations.

Stock is used oldest first (FIFO), lots by their date (FEFO). In buckets: a unit can be used in a bucket if it is still
good on the bucket's middle day, so what is made in t can be used until t + L, L = ⌊shelf_life_days / days of a bucket⌋,
and a lot until the last bucket whose middle day is not after its expiry_date. Opening stock without a date counts as
fresh when the plan begins. Demand between the count and the start has used the lots that expire first.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.finding import Finding
from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.supply.findings import AGE_UNKNOWN
from equipoise.supply.network.lead_times import SAME_LENGTH

FOREVER = -1


@dataclass(frozen=True, eq=False)
class ShelfLife:
    """Lives of S stock rows, and the n rows of which something may be scrapped."""

    rows: IntArray
    """[n] stock rows that may be scrapped: those with a life, with dated lots, or filled by by-products."""
    life: IntArray
    """[S] buckets after the one in which a unit was made until it can no longer be used; FOREVER: no limit."""
    expiring: FloatArray
    """[S, T] units of the opening stock that can be used until this bucket."""
    expired: FloatArray
    """[S] units of the opening stock that cannot be used at all."""


def read_shelf_life(
    axes: Axes, *, items: pl.DataFrame, inventory: pl.DataFrame, opening: FloatArray, by_products: IntArray
) -> tuple[ShelfLife, list[Finding]]:
    """Lives and dated lots; `opening` [S] is the stock at the start, `by_products` stock rows that outputs fill."""
    keys = axes.keys[Grain.STOCK]
    days = dict(items.select("item", "shelf_life_days").iter_rows())
    stated = np.array([np.nan if days.get(code) is None else float(days[code]) for code in axes.items.leaves])
    # Over all years of the calendar: a longer horizon makes no life shorter.
    starts = axes.calendar.starts
    length = (starts[-1] - starts[0]).days / (len(starts) - 1)
    buckets = np.where(np.isnan(stated), FOREVER, np.floor(np.nan_to_num(stated) / length + SAME_LENGTH))
    life = buckets.astype(np.int64)[keys.column("item")]
    dated, expired, total = _lots(axes, inventory, len(opening))
    # What is no longer there was used by its date; what has come since is fresh.
    gone = np.maximum(total - opening, 0.0)
    from_good = np.minimum(gone, total - expired)
    dated = np.maximum(dated - from_good[:, None], 0.0)
    expired = np.maximum(expired - (gone - from_good), 0.0)
    has_dates = (dated[:, -1] > 0) | (expired > 0)
    fresh = np.maximum(opening - dated[:, -1] - expired, 0.0)
    lives = life != FOREVER
    inside = np.flatnonzero(lives & (life <= axes.horizon) & (fresh > 0))
    # A life of 0 buckets does not bar stock at the start from serving the first one.
    is_over = lives[:, None] & (np.arange(axes.horizon)[None, :] >= np.maximum(life - 1, 0)[:, None])
    cumulative = dated[:, : axes.horizon] + np.where(is_over, fresh[:, None], 0.0)
    rows = np.unique(np.concatenate([np.flatnonzero(lives | has_dates), by_products]))
    findings: list[Finding] = []
    if inside.size:
        item, location = keys.labels(int(inside[0]))
        text = f"{inside.size} opening stocks have a shelf life and no expiry_date; the first is {item} at {location}"
        findings.append(AGE_UNKNOWN.found("table inventory", text, count=int(inside.size)))
    expiring = np.diff(cumulative, axis=1, prepend=0.0)
    return ShelfLife(rows.astype(np.int64), life, expiring, expired), findings


def _lots(axes: Axes, inventory: pl.DataFrame, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Usable units in dated lots good until each bucket or an earlier one, [S, T + 1], those past it, and all, [S]."""
    by_bucket = np.zeros((count, axes.horizon + 1))
    expired, total = np.zeros(count), np.zeros(count)
    lots = inventory.sort("item", "location", "lot")
    if lots.height == 0:
        return by_bucket, expired, total
    rows = row_numbers(axes.keys[Grain.STOCK], lots, ("item", "location"))
    usable = on_grid((lots["on_hand"] - lots["blocked"].fill_null(0.0)).to_numpy().astype(np.float64), QUANTITY_STEP)
    # A lot below zero is stock that has been taken from others: it is part of what is gone.
    is_there = (rows >= 0) & (usable > 0)
    np.add.at(total, rows[is_there], usable[is_there])
    # The bucket after the horizon is taken to be as long as the last one: a lot that outlives it expires in none.
    lengths = [*axes.calendar.horizon_days.tolist(), axes.calendar.days(axes.horizon - 1)]
    middles = [axes.calendar.start_of(bucket).toordinal() + (days - 1) // 2 for bucket, days in enumerate(lengths)]
    day = np.array([0 if value is None else value.toordinal() for value in lots["expiry_date"].to_list()])
    last = np.searchsorted(np.array(middles), day, side="right") - 1
    is_dated = (rows >= 0) & lots["expiry_date"].is_not_null().to_numpy() & (usable > 0)
    past, good = is_dated & (last < 0), is_dated & (last >= 0)
    np.add.at(expired, rows[past], usable[past])
    np.add.at(by_bucket, (rows[good], last[good]), usable[good])
    return np.cumsum(by_bucket, axis=1), expired, total
