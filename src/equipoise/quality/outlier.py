"""Numbers far from those of their own kind, above all mistakes of unit: 10, 100 or 1000 times too much or too little.

>>> bills = pl.DataFrame({"family": ["soap"] * 5, "quantity_per": [1.0, 1.1, 0.9, 1.2, 1000.0]})
>>> far_from_median(bills, ["family"], "quantity_per", factor=5.0).select("quantity_per", "usual").rows()
[(1000.0, 1.1)]
"""

import polars as pl

from equipoise.quality.faults import shown

SMALLEST_GROUP = 4
NEAR_POWER = 0.2
"""log10 of a ratio within this of 1, 2 or 3 looks like a mistake of unit: 10^0.2 is a factor of 1.6."""


def far_from_median(frame: pl.DataFrame, by: list[str], value: str, *, factor: float) -> pl.DataFrame:
    """Rows above `factor` × or below 1/`factor` of the median of their group, in column `usual`; groups of 4 or more.

    A median is not moved by the few mistakes that are looked for (Hampel 1974).
    """
    rows = frame.filter(pl.col(value) > 0.0)
    rows = rows.with_columns(usual=pl.col(value).median().over(by), members=pl.len().over(by))
    ratio = pl.col(value) / pl.col("usual")
    outside = (ratio > factor) | (ratio < 1.0 / factor)
    return rows.filter((pl.col("members") >= SMALLEST_GROUP) & outside).drop("members")


def likely_unit(value: pl.Expr, usual: pl.Expr) -> pl.Expr:
    """`, perhaps × 100`: the power of ten by which a number is off, blank where it is none."""
    power = (value / usual).log10()
    whole = power.round()
    sign = pl.when(whole > 0).then(pl.lit("×")).otherwise(pl.lit("÷"))
    hint = pl.format(", perhaps {} {}", sign, shown(pl.lit(10.0) ** whole.abs(), 0))
    is_near = ((power - whole).abs() <= NEAR_POWER) & (whole.abs() >= 1.0)
    return pl.when(is_near).then(hint).otherwise(pl.lit(""))
