"""Rates of tables keyed by an item node and exact codes: lanes (from, to), subcontracting (location, supplier)."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.rates import Asked, painted_rates

SEPARATOR = "\x1f"


def keyed_rates(
    axes: Axes, frame: pl.DataFrame, value: str, *, items: IntArray, columns: Sequence[str], codes: Sequence[str]
) -> FloatArray:
    """The rate in force for each asked row and bucket, [N, T]; NaN where no row of the table says.

    `items`: leaf number of each asked row. `codes`: its codes of `columns`, joined by SEPARATOR.
    """
    names = sorted(set(codes))
    if frame.height == 0 or not names:
        return np.full((len(items), axes.horizon), np.nan)
    known = Hierarchy.build("key", ("key",), [(name,) for name in names])
    keyed = frame.with_columns(pl.concat_str([pl.col(c) for c in columns], separator=SEPARATOR).alias("key"))
    keyed = keyed.filter(pl.col("key").is_in(names))
    leaves = np.array([known.position[code] for code in codes], dtype=np.int64)
    return painted_rates(axes, keyed, value, Asked("item", axes.items, items), Asked("key", known, leaves))
