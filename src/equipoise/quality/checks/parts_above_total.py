"""Parts that add up to more than their total: rows below a node are parts of the node's row."""

from itertools import combinations

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named, shown

CODE = FindingCode(
    "QU182",
    Severity.WARNING,
    "Parts add up to more than their total",
    "Raise the total or lower the parts; rows below a node are never added to it.",
)
TOLERANCE = 0.005
MEASURES = {
    ("budget", "quantity"): ["version", "date", "period"],
    ("budget", "revenue_amount"): ["version", "date", "period"],
    ("forecast", "quantity"): ["date", "period"],
}


def look(facts: Facts) -> pl.DataFrame:
    """Rows at a node below the sum of the rows of one lower level of items, or of markets, by more than 0.5 %.

    The other dimension, day and period are the same. The money is the excess, where the parts are money.
    """
    found = []
    for (name, column), keys in MEASURES.items():
        rows = facts.table(name).filter(pl.col(column).is_not_null()).select("item", "market", *keys, column)
        for dimension, other, nodes in (
            ("item", "market", facts.item_nodes),
            ("market", "item", facts.market_nodes),
        ):
            parts = _parts(rows, nodes, dimension, [other, *keys], column)
            wrong = parts.filter(pl.col("parts") > pl.col(column) * (1.0 + TOLERANCE))
            says = pl.format(f"{column} {{}}, its {{}} parts {{}}", shown(column), "count", shown("parts"))
            amount = pl.col("parts") - pl.col(column) if column.endswith("amount") else None
            found.append(
                faults(name, wrong, named(*dict.fromkeys(["item", "market", "date", *keys])), says, amount=amount)
            )
    return all_faults(found)


def _parts(rows: pl.DataFrame, nodes: pl.DataFrame, dimension: str, same: list[str], column: str) -> pl.DataFrame:
    """Each row beside the sum of the rows one level or more below it, one line for every pair of levels."""
    known = nodes.select(pl.col("node").alias(dimension), "level").unique()
    levelled = rows.join(known, on=dimension, how="inner")
    named_levels = levelled["level"].unique().sort().to_list()
    pairs = list(combinations(named_levels, 2))
    found = []
    for low, high in pairs:
        above = _ancestors(nodes, dimension, low, high)
        below = levelled.filter(pl.col("level") == low).join(above, on=dimension, how="inner").sort(pl.all())
        sums = below.group_by([*same, "above"], maintain_order=True).agg(parts=pl.col(column).sum(), count=pl.len())
        totals = levelled.filter(pl.col("level") == high)
        found.append(totals.join(sums.rename({"above": dimension}), on=[*same, dimension], how="inner"))
    none = levelled.clear().with_columns(parts=pl.lit(0.0), count=pl.lit(0, dtype=pl.UInt32))
    return pl.concat([none, *(frame.select(none.columns) for frame in found)])


def _ancestors(nodes: pl.DataFrame, dimension: str, low: int, high: int) -> pl.DataFrame:
    """Each node of level `low` with its node of level `high`."""
    leaf = nodes.columns[1]
    bottom = nodes.filter(pl.col("level") == low).select(pl.col("node").alias(dimension), pl.col(leaf).alias("leaf"))
    top = nodes.filter(pl.col("level") == high).select(above="node", leaf=leaf)
    return bottom.join(top, on="leaf", how="inner").select(dimension, "above").unique()


CHECK = Check(
    CODE,
    "Parts above total",
    (),
    look,
    one_of=("budget", "forecast"),
    example="budget: saws / 2027-01-01 / AOP: quantity 1100, its 2 parts 1170",
)
