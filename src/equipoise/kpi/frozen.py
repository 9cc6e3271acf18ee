"""Earlier plans (table plan_archive) in the cells of this one: as they were frozen, and as they were last.

A cell is item and place (location or market) where the earlier plan names the place. Where it names only the item, that
row is the item's total and the item is one cell, which stands on its first row; rows by place beside it are its parts.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from equipoise.core.axes import Axes
from equipoise.core.grid import QUANTITY_STEP, BoolArray, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.panel import Keys, sum_rows


@dataclass(frozen=True, eq=False)
class Earlier:
    """What an earlier plan said of a measure, [N, T] of a grain; NaN where it said nothing."""

    quantity: FloatArray
    is_whole_item: BoolArray
    """True where the cell is its item as a whole, [N, T]; then it stands on the item's first row."""
    above: int
    """Rows at nodes above item and place, which have no cell."""

    def beside(self, actual: FloatArray, keys: Keys) -> FloatArray:
        """What happened, or is planned now [N, T], in the same cells; 0 where the earlier plan said nothing."""
        items = keys.column("item")
        whole = sum_rows(actual, items, int(items.max(initial=-1)) + 1)[items]
        of_cell = np.where(self.is_whole_item, whole, actual)
        return np.where(np.isfinite(self.quantity), of_cell, 0.0)


def frozen_plan(
    axes: Axes,
    archive: pl.DataFrame,
    measure: str,
    keys: Keys,
    home: IntArray,
    *,
    fence_days: FloatArray,
    first: int,
    last: int,
) -> Earlier:
    """The plan of each cell as it stood when its bucket entered the fence, for buckets first..last − 1.

    That is the latest plan made at least `fence_days` [items] before the bucket begins; without a fence, the one in
    force when it begins. A plan made later was not frozen and does not count.
    """
    begins = pl.Series("begins", [axes.calendar.start_of(t) for t in range(first, last)], dtype=pl.Date)
    days = np.nan_to_num(fence_days)
    lag = pl.DataFrame({"item": axes.items.leaves, "fence": days}, schema={"item": pl.String, "fence": pl.Float64})
    rows = _of(axes, archive, measure, first, last)
    rows = rows.with_columns(begins.gather(rows["bucket"] - first)).join(
        lag, on="item", how="left", maintain_order="left"
    )
    ahead = pl.duration(days=pl.col("fence").fill_null(0.0).ceil().cast(pl.Int64))
    rows = rows.filter(pl.col("made_date") <= pl.col("begins") - ahead)
    newest = rows.filter(pl.col("made_date") == pl.col("made_date").max().over("item", "bucket"))
    return _in_cells(axes, keys, newest, home, first, last)


def last_plan(
    axes: Axes, archive: pl.DataFrame, measure: str, keys: Keys, inside: BoolArray, home: IntArray
) -> Earlier:
    """The newest plan of the planning buckets `inside` the fence [N, T]; of a whole item: inside on every row."""
    rows = _of(axes, archive, measure, 0, axes.horizon)
    newest = rows.filter(pl.col("made_date") == pl.col("made_date").max())
    found = _in_cells(axes, keys, newest, home, 0, axes.horizon)
    items = keys.column("item")
    outside = sum_rows((~inside).astype(np.float64), items, len(axes.items))[items] > 0
    counts = np.where(found.is_whole_item, ~outside, inside)
    return Earlier(np.where(counts, found.quantity, np.nan), found.is_whole_item & counts, found.above)


def first_rows(keys: Keys, preferred: BoolArray) -> IntArray:
    """Row on which each item stands as a whole, [items]: its first preferred row, else its first; −1 without rows.

    >>> from equipoise.core.measure import Grain
    >>> columns = (np.array([0, 0, 1]), np.array([0, 1, 0]))
    >>> keys = Keys(Grain.STOCK, ("item", "location"), columns, (("a", "b"), ("x", "y")))
    >>> first_rows(keys, np.array([False, True, False])).tolist()
    [1, 2]
    """
    items = keys.column("item")
    order = np.lexsort((np.arange(len(items)), ~preferred, items))
    found = np.full(len(keys.codes[0]), -1, dtype=np.int64)
    numbers, at = np.unique(items[order], return_index=True)
    found[numbers] = order[at]
    return found


def _of(axes: Axes, archive: pl.DataFrame, measure: str, first: int, last: int) -> pl.DataFrame:
    """Rows of a measure that lie in the buckets first..last − 1, with their `bucket`; made before the plan begins."""
    rows = archive.filter((pl.col("measure") == measure) & (pl.col("made_date") < axes.calendar.start_of(0)))
    bucket = pl.Series("bucket", axes.calendar.index_dates(rows["date"]), dtype=pl.Int64)
    return rows.with_columns(bucket).filter(pl.col("bucket").is_between(first, last - 1))


def _in_cells(axes: Axes, keys: Keys, rows: pl.DataFrame, home: IntArray, first: int, last: int) -> Earlier:
    """Rows [n] summed into cells [N, T]; a row of an item without place makes the item a whole and its parts void."""
    place = keys.dimensions[1]
    quantity = np.full((len(keys), last - first), np.nan)
    is_whole = np.zeros(quantity.shape, dtype=np.bool_)
    other = "market" if place == "location" else "location"
    rows = rows.sort("item", place, "date", "quantity")
    number = row_numbers(keys, rows, ("item", place))
    item = np.array([axes.items.position.get(code, -1) for code in rows["item"].to_list()], dtype=np.int64)
    named = np.array([code != "" for code in rows[place].to_list()], dtype=np.bool_)
    plain = np.array([code == "" for code in rows[other].to_list()], dtype=np.bool_)
    whole = plain & ~named & (item >= 0)
    whole[whole] = home[item[whole]] >= 0
    is_cell = plain & named & (number >= 0)
    column = rows["bucket"].to_numpy() - first
    is_total = np.zeros((len(axes.items), last - first), dtype=np.bool_)
    is_total[item[whole], column[whole]] = True
    is_cell &= ~is_total[np.maximum(item, 0), column]
    amounts = rows["quantity"].to_numpy()
    for chosen, target in ((is_cell, number), (whole, home[np.maximum(item, 0)])):
        cells = target[chosen], column[chosen]
        quantity[cells] = np.nan_to_num(quantity[cells])
        np.add.at(quantity, cells, amounts[chosen])
    is_whole[home[item[whole]], column[whole]] = True
    above = int((~whole & ~(named & (number >= 0))).sum())
    return Earlier(on_grid(quantity, QUANTITY_STEP), is_whole, above)
