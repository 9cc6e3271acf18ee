"""Nodes of a hierarchy as a frame, so that tables whose rows name nodes can be joined with leaves.

>>> tools = pl.DataFrame({"item": ["saw", "axe"], "family": ["tools", "tools"]})
>>> nodes_of(tools, ("item", "family")).filter(pl.col("node") == "tools").rows()
[('tools', 'axe', 1), ('tools', 'saw', 1)]
"""

from collections.abc import Sequence

import polars as pl


def nodes_of(frame: pl.DataFrame, levels: Sequence[str]) -> pl.DataFrame:
    """`node`, leaf, `level` for every code of every level, plain and with its level's name, and for blank: all.

    A plain code that stands at two levels means the lowest (tables.md).
    """
    leaf = levels[0]
    plain = [
        frame.select(pl.col(level).alias("node"), pl.col(leaf).alias("leaf"), pl.lit(number).alias("level"))
        for number, level in enumerate(levels)
    ]
    stacked = pl.concat(plain).filter(pl.col("node") != "")
    lowest = stacked.filter(pl.col("level") == pl.col("level").min().over("node"))
    texts = {number: f"{level}:" for number, level in enumerate(levels)}
    prefix = pl.col("level").replace_strict(texts, return_dtype=pl.String)
    outright = stacked.with_columns(node=pl.concat_str([prefix, pl.col("node")]))
    everything = frame.select(pl.lit("").alias("node"), pl.col(leaf).alias("leaf"), pl.lit(len(levels)).alias("level"))
    return pl.concat([lowest, outright, everything]).rename({"leaf": leaf}).sort("node", leaf)
