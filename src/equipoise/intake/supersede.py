"""Appended rows take the place of earlier rows of their key, so that no day counts twice.

In a history the key is every code, text and date of the row: a day that is delivered again replaces itself item by
item, what happened at another location stays a row of its own. Within one delivery rows of a key are still added up.
A row that is left out takes no other's place. Which rows win never depends on their order in a file.

What this rule cannot see is said: earlier rows that agree with a later one in the table's key and differ in another
code, and earlier rows of a day that was delivered again without them.
"""

from dataclasses import replace

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.table import Inheritance
from equipoise.intake.findings import DELIVERED_AGAIN, DELIVERED_BESIDE, DELIVERED_WITHOUT, places
from equipoise.intake.readers.raw import LAYER
from equipoise.intake.sieve import ROW, Sieve

_NEWEST = "@newest"


def keep_latest(sieve: Sieve) -> tuple[Sieve, list[Finding]]:
    """Of the rows of one key those that were delivered last."""
    layers = sieve.raw[LAYER]
    if not sieve.rows.height or layers.max() == layers.min():
        return sieve, []
    is_history = sieve.declared.inheritance is Inheritance.HISTORY
    keys = list(sieve.declared.keys)
    same = [c.name for c in sieve.declared.columns if not c.type.is_number] if is_history else keys
    same += [key for key in keys if key not in same]
    rows = sieve.rows.with_columns(layers.gather(sieve.rows[ROW]).alias(LAYER))
    rows = rows.with_columns(pl.col(LAYER).max().over(same).alias(_NEWEST))
    is_old = rows[LAYER] < rows[_NEWEST]
    kept = replace(sieve, rows=sieve.rows.filter(~is_old))
    if not is_old.any():
        return kept, _beside(kept, rows, keys) if is_history else []
    where = f"table {sieve.name}"
    text = f"{int(is_old.sum())} earlier rows gave way to rows of the same key that were delivered later."
    findings = [DELIVERED_AGAIN.found(where, text, count=int(is_old.sum()))]
    if is_history:
        standing = rows.filter(~is_old)
        again = rows.filter(is_old)["date"].unique()
        latest = rows[LAYER].max()
        without = standing.filter((pl.col(LAYER) < latest) & pl.col("date").is_in(again.implode()))
        if without.height:
            spots = sieve.spots(without[ROW].to_list())
            text = f"{without.height} earlier rows of days that were delivered again stay ({places(spots)})."
            findings.append(DELIVERED_WITHOUT.found(where, text, count=without.height))
        findings += _beside(kept, standing, keys)
    return kept, findings


def _beside(sieve: Sieve, rows: pl.DataFrame, keys: list[str]) -> list[Finding]:
    """Rows of two deliveries that agree in the table's key but in no other code: both count."""
    earlier = rows.filter(pl.col(LAYER) < pl.col(LAYER).max().over(keys))
    if not earlier.height:
        return []
    text = (
        f"{earlier.height} earlier rows have the key of a later one and another location, resource or currency: "
        f"both count ({places(sieve.spots(earlier[ROW].to_list()))})."
    )
    return [DELIVERED_BESIDE.found(f"table {sieve.name}", text, count=earlier.height)]
