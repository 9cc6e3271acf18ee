"""Sales far from everything else the item sold in the market: a mistake of unit, a typing error, a one-off."""

import numpy as np
import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts, Series
from equipoise.quality.faults import faults, named, shown
from equipoise.quality.outlier import likely_unit

CODE = FindingCode(
    "QU146",
    Severity.WARNING,
    "Sales of a bucket are far from all others",
    "Correct the unit or the number; if it was real, enter an event of type one_off.",
)
FACTOR = 5.0
Z_LIMIT = 6.0
SOLD_BUCKETS = 12


def look(facts: Facts) -> pl.DataFrame:
    """Buckets with |ln(x / median)| above both ln 5 and 6 robust standard deviations (1.4826 × MAD of ln x).

    Of items and markets that sold in 12 buckets or more. A bucket is left out if the one a year away is as far out (a
    season), if an event or a stockout explains it, and a low one if its neighbors are low too (a ramp, a level break).
    The money is the distance from the median × price.
    """
    series = facts.series
    far, usual = _far(series, facts.year)
    rows, columns = np.nonzero(far)
    wrong = series.pairs[rows.tolist()].with_columns(
        bucket=pl.Series(columns + series.first, dtype=pl.Int64),
        sold=pl.Series(series.values[rows, columns], dtype=pl.Float64),
        usual=pl.Series(usual[rows], dtype=pl.Float64),
    )
    wrong = _unexplained(facts, wrong)
    sold, middle = pl.col("sold"), pl.col("usual")
    says = pl.format("{} sold, {} is usual{}", shown(sold), shown(middle), likely_unit(sold, middle))
    amount = (sold - middle) * pl.col("price")
    return faults(
        "sales_history", facts.labelled(facts.priced(wrong)), named("item", "market", "label"), says, amount=amount
    )


def _far(series: Series, year: int) -> tuple[BoolArray, FloatArray]:
    """Which cells are far out [N, H], and the median of each row's positive cells [N]."""
    sold = series.values > 0.0
    logs = np.log(np.where(sold, series.values, 1.0))
    masked = np.where(sold, logs, np.nan)
    enough = sold.sum(axis=1) >= SOLD_BUCKETS
    middle = np.zeros(len(logs))
    spread = np.zeros(len(logs))
    middle[enough] = np.nanmedian(masked[enough], axis=1)
    spread[enough] = 1.4826 * np.nanmedian(np.abs(masked[enough] - middle[enough, None]), axis=1)
    distance = np.where(sold & enough[:, None], logs - middle[:, None], 0.0)
    limit = np.maximum(np.log(FACTOR), Z_LIMIT * spread)[:, None]
    far = np.abs(distance) > limit
    is_alike = np.zeros_like(far)
    if far.shape[1] > year:
        later, earlier = distance[:, year:], distance[:, :-year]
        is_season = (later * earlier > 0.0) & (np.minimum(np.abs(later), np.abs(earlier)) > limit / 2.0)
        is_alike[:, :-year] |= is_season
        is_alike[:, year:] |= is_season
    low = series.values < np.exp(middle)[:, None] / 2.0
    before = np.pad(low, ((0, 0), (1, 0)), constant_values=True)[:, :-1]
    after = np.pad(low, ((0, 0), (0, 1)), constant_values=True)[:, 1:]
    return far & ~is_alike & ~((distance < 0.0) & (before | after)), np.exp(middle)


def _unexplained(facts: Facts, far: pl.DataFrame) -> pl.DataFrame:
    """Without the buckets that an event of the item and market touches, or in which history says stockout."""
    cells = ["item", "market", "bucket"]
    begun = facts.bucketed(facts.table("events"), "start_date").rename({"bucket": "begin"})
    events = facts.bucketed(begun, "end_date").select("begin", end="bucket", node="item", place="market")
    items = facts.item_nodes.join(far, on="item", how="semi").select("node", "item")
    markets = facts.market_nodes.join(far, on="market", how="semi").select("market", place="node")
    spans = events.join(items, on="node", how="inner").join(markets, on="place", how="inner")
    touched = far.join(spans, on=["item", "market"], how="inner")
    explained = touched.filter(pl.col("bucket").is_between("begin", "end")).select(cells)
    out = facts.bucketed(facts.table("sales_history").filter(pl.col("stockout") > 0.0)).select(cells)
    return far.join(pl.concat([explained, out]).unique(), on=cells, how="anti", maintain_order="left")


CHECK = Check(
    CODE,
    "Outliers in history",
    (),
    look,
    one_of=("sales_history", "order_lines"),
    example="sales_history: saw-1 / east / May 2026: 10000 sold, 100 is usual, perhaps × 100",
)
