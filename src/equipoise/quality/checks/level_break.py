"""Sales that have moved to another level: a forecast from the whole history would lie between the two."""

import numpy as np
import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import faults, named, shown

CODE = FindingCode(
    "QU147",
    Severity.WARNING,
    "Sales have moved to another level",
    "Find the cause (a listing won or lost, another unit, another code); enter it as an event or adjust the forecast.",
)
SHIFT = 0.5


def look(facts: Facts) -> pl.DataFrame:
    """Items and markets whose last half year differs by more than 50 % both from the year before it and from its
    own season a year ago; medians by bucket, so single outliers do not count. Launches and ended items are left out.

    The money is the difference of the half year to the one a year ago.
    """
    half, year = facts.year // 2, facts.year
    series = facts.series
    count = series.values.shape[1]
    if count < year + half:
        return faults("sales_history", series.pairs.clear(), named("item", "market"), "")
    last = np.median(series.values[:, count - half :], axis=1)
    before = np.median(series.values[:, count - half - year : count - half], axis=1)
    season = np.median(series.values[:, count - half - year : count - year], axis=1)
    is_old = series.begins <= count - half - year
    is_off = (np.abs(last - before) > SHIFT * before) & (np.abs(last - season) > SHIFT * season)
    chosen = np.flatnonzero(is_old & is_off & (before > 0.0) & (season > 0.0) & (last > 0.0))
    wrong = series.pairs[chosen.tolist()].with_columns(
        last=pl.Series(last[chosen], dtype=pl.Float64), season=pl.Series(season[chosen], dtype=pl.Float64)
    )
    leaving = facts.items.filter(pl.col("lifecycle").is_in(["launch", "phase_out", "obsolete"])).select("item")
    wrong = facts.priced(wrong.join(leaving, on="item", how="anti", maintain_order="left"))
    says = pl.format("{} a bucket, {} in the season a year ago", shown("last"), shown("season"))
    amount = (pl.col("last") - pl.col("season")) * half * pl.col("price")
    return faults("sales_history", wrong, named("item", "market"), says, rows=half, amount=amount)


CHECK = Check(
    CODE,
    "Level break",
    (),
    look,
    one_of=("sales_history", "order_lines"),
    example="sales_history: saw-2 / west: 180 a bucket, 100 in the season a year ago",
)
