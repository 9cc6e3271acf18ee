"""Faults: the rows of a table that a check found wrong, in one shape, so that each becomes part of a finding.

A frame of faults has one line per thing wrong: `table`, `where` (its key in words), `says` (what is wrong and by how
much), `rows` (rows of the table it touches) and `amount` (money it touches, null where that cannot be told).

>>> stock = pl.DataFrame({"item": ["saw", "axe"], "location": ["east", ""], "on_hand": [-4.0, -2.5]})
>>> found = faults("inventory", stock, named("item", "location"), pl.format("on hand {}", shown("on_hand")))
>>> found.select("where", "says").rows()
[('saw / east', 'on hand -4'), ('axe', 'on hand -2.5')]
"""

from collections.abc import Iterable

import polars as pl

SCHEMA = {"table": pl.String, "where": pl.String, "says": pl.String, "rows": pl.Int64, "amount": pl.Float64}
NO_FAULTS = pl.DataFrame(schema=SCHEMA)
"""A frame of faults without any."""


def faults(
    table: str,
    wrong: pl.DataFrame,
    where: pl.Expr,
    says: pl.Expr | str,
    *,
    rows: pl.Expr | int = 1,
    amount: pl.Expr | None = None,
) -> pl.DataFrame:
    """One fault for each row of `wrong`, with the schema `SCHEMA`; `amount` is money, taken without its sign."""
    if not wrong.height:  # nearly always
        return NO_FAULTS
    return wrong.select(
        table=pl.lit(table, dtype=pl.String),
        where=where,
        says=pl.lit(says, dtype=pl.String) if isinstance(says, str) else says,
        rows=pl.lit(rows, dtype=pl.Int64) if isinstance(rows, int) else rows.cast(pl.Int64),
        amount=pl.lit(None, dtype=pl.Float64) if amount is None else amount.cast(pl.Float64).fill_nan(None).abs(),
    )


def all_faults(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Faults of several tables or sorts, one under the other."""
    return pl.concat([NO_FAULTS, *found])


def named(*columns: str) -> pl.Expr:
    """The key of a row in words: its filled cells with strokes between; `all` where every cell is blank."""
    cells = [pl.col(column).cast(pl.String).replace("", None) for column in columns]
    return pl.concat_str(cells, separator=" / ", ignore_nulls=True).replace("", "all")


def shown(value: str | pl.Expr, decimals: int = 2) -> pl.Expr:
    """A number as text without needless zeros; `?` where it is unknown."""
    number = pl.col(value) if isinstance(value, str) else value
    return number.round(decimals).cast(pl.String).str.strip_suffix(".0").fill_null("?")


def shared(value: str, key: str = "item") -> pl.Expr:
    """A number that belongs to the key, in equal parts over the key's rows, so that it is not counted twice."""
    return pl.col(value) / pl.len().over(key)
