"""The row of table launches that speaks for each item and market: the most specific market node wins, as a whole."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import IntArray
from equipoise.core.measure import Grain


@dataclass(frozen=True, eq=False)
class LaunchRows:
    """Rows of table launches, the least specific first, and whose they are."""

    rows: tuple[dict[str, Any], ...]
    of: IntArray
    """[N] number in `rows` for each row of grain demand, −1 for none."""
    reach: tuple[IntArray, ...]
    """Rows of grain demand below each, also those for which a more specific one speaks."""


def read_launches(axes: Axes, launches: pl.DataFrame) -> LaunchRows:
    """Table launches by row of grain demand; rows of unknown items or market nodes speak for nobody."""
    keys = axes.keys[Grain.DEMAND]
    items, markets = axes.items, axes.markets
    known = [
        row
        for row in launches.sort("item", "market").iter_rows(named=True)
        if row["item"] in items.position and markets.knows(row["market"])
    ]
    rows = tuple(sorted(known, key=lambda row: (markets.specificity(row["market"]), row["item"], row["market"])))
    of = np.full(len(keys), -1, dtype=np.int64)
    item, market = keys.column("item"), keys.column("market")
    order = np.argsort(item, kind="stable")
    starts = np.searchsorted(item[order], np.arange(len(items) + 1))
    reach = []
    for number, row in enumerate(rows):
        place = items.position[row["item"]]
        mine = order[starts[place] : starts[place + 1]]
        below = mine[np.isin(market[mine], markets.positions(row["market"]))]
        of[below] = number
        reach.append(below)
    return LaunchRows(rows, of, tuple(reach))
