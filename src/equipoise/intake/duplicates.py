"""Rows of one key: taken out, all of them, except in histories, where they are added up.

What happened at another location, on another resource or in another currency stays a row of its own: only rows that
agree in every code, text and date are one total. Numbers are added by `math.fsum`, so no order of rows changes a
digit; a flag stands where any of the rows has it; texts of unknown columns are listed.
"""

from dataclasses import replace
from math import fsum

import polars as pl

from equipoise.core.finding import Finding
from equipoise.core.table import ColumnType, Inheritance
from equipoise.intake.findings import ADDED_UP, DUPLICATE_KEY, places
from equipoise.intake.sieve import ROW, Sieve

NAMED = 3
"""Codes named in a finding; the others are counted."""


def keep_single(sieve: Sieve) -> Sieve:
    """Rows whose key stands once; histories are left as they are."""
    keys = list(sieve.declared.keys)
    if sieve.declared.inheritance is Inheritance.HISTORY or not keys or not sieve.rows.height:
        return sieve
    twice = sieve.rows.select(pl.struct(keys).is_duplicated().alias("d"))["d"]
    if not twice.any():
        return sieve
    reasons = [f"key {_shown(keys, row)} stands more than once" for row in sieve.rows.filter(twice).select(keys).rows()]
    return sieve.reject(twice, DUPLICATE_KEY, reasons)


def _shown(keys: list[str], row: tuple[object, ...]) -> str:
    return ", ".join(
        f"{key} {'(blank)' if value in ('', None) else value}" for key, value in zip(keys, row, strict=True)
    )


def add_up(sieve: Sieve) -> tuple[Sieve, list[Finding]]:
    """A history with one row for each key (and location, resource ...); a finding says how many rows were joined."""
    if sieve.declared.inheritance is not Inheritance.HISTORY or not sieve.rows.height:
        return sieve, []
    numbers = [c.name for c in sieve.declared.columns if c.type.is_number and not c.is_key]
    flags = {c.name for c in sieve.declared.columns if c.type is ColumnType.FLAG}
    same = [c.name for c in sieve.declared.columns if c.name not in numbers]
    unknown = [c for c in sieve.rows.columns if c not in sieve.declared.names and c != ROW]
    twice = sieve.rows.select(pl.struct(same).is_duplicated().alias("d"))["d"]
    if not twice.any():
        return sieve, []
    parts = sieve.rows.filter(twice)
    groups = parts.group_by(same, maintain_order=True).agg(pl.col(*numbers, *unknown), pl.col(ROW).min())
    columns = [groups[name] for name in same]
    for name in numbers:
        total = _largest if name in flags else _sum
        columns.append(pl.Series(name, [total(values) for values in groups[name].to_list()], dtype=pl.Float64))
    for name in unknown:
        texts = [" | ".join(sorted(set(values) - {""})) for values in groups[name].to_list()]
        columns.append(pl.Series(name, texts, dtype=pl.String))
    joined = pl.DataFrame([*columns, groups[ROW]]).select(sieve.rows.columns)
    rows = pl.concat([sieve.rows.filter(~twice), joined])
    spots = sieve.spots(parts[ROW].to_list())
    codes = parts[same[0]].unique().sort().to_list()
    of = ", ".join(str(code) for code in codes[:NAMED]) + (
        f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
    )
    keys = ", ".join(same)
    text = f"{parts.height} rows became {groups.height}, one for each {keys}: {same[0]} {of} ({places(spots)})."
    return replace(sieve, rows=rows), [ADDED_UP.found(f"table {sieve.name}", text, count=parts.height)]


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fsum(known) + 0.0 if known else None


def _largest(values: list[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
