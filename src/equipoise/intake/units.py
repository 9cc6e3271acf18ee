"""Units that files may use instead of the contract's: decimal commas, buckets for days, another unit of measure."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from equipoise.core.correction import NUMBER
from equipoise.core.finding import Finding
from equipoise.core.hierarchy import ITEM_LEVELS, Hierarchy
from equipoise.core.table import ColumnType, Table
from equipoise.intake.cells import numbers_of
from equipoise.intake.delivery import Delivery
from equipoise.intake.findings import NO_UNIT_FACTOR, READ_AS, UNITS_CONVERTED
from equipoise.intake.sieve import Sieve

BUCKET_DAYS = {"week": 7.0, "month": 365.25 / 12, "4-4-5": 364 / 12, "4-5-4": 364 / 12, "5-4-4": 364 / 12}
"""Average calendar days in a bucket."""
_COMMA = r"^[+-]?[0-9]*,[0-9]+$"
_POINT = r"^[+-]?[0-9]*\.[0-9]+$"
_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"
_TOTALS = ("sales_history", "order_lines", "open_orders", "forecast", "forecast_archive", "plan_archive", "inventory",
           "inventory_history", "production_history", "receipts", "budget", "pipeline", "commitments")  # fmt: skip
"""Tables whose quantities are amounts of an item; elsewhere they stand beside rates per base unit."""


def with_decimal_points(declared: Table, delivery: Delivery, separator: str) -> tuple[Delivery, list[Finding]]:
    """Numbers of a `;`-separated file with points for commas, where the whole file says that commas are decimal.

    It says so if some number has a comma, none has a point, and not all could be thousands (1,250).
    """
    names = [c.name for c in declared.columns if c.type.is_number and c.name in delivery.rows.columns]
    if separator != ";" or not names or not delivery.rows.height:
        return delivery, []
    cells = pl.concat([delivery.rows[name].str.strip_chars().rename("cell") for name in names])
    commas = cells.filter(cells.str.contains(_COMMA))
    if not len(commas) or cells.str.contains(_POINT).any() or commas.str.contains(_THOUSANDS).all():
        return delivery, []
    swapped = [
        pl.when(pl.col(name).str.strip_chars().str.contains(_COMMA))
        .then(pl.col(name).str.replace(",", ".", literal=True))
        .otherwise(pl.col(name))
        .alias(name)
        for name in names
    ]
    text = f"{len(commas)} numbers have a decimal comma, such as {commas[0]}."
    found = READ_AS.found(f"file {', '.join(delivery.files)}", text, count=len(commas))
    return replace(delivery, rows=delivery.rows.with_columns(swapped)), [found]


def with_days(declared: Table, delivery: Delivery, bucket: str) -> tuple[Delivery, list[Finding]]:
    """Columns `x_buckets` as the table's `x_days`, by the average length of a bucket."""
    findings = []
    rows = delivery.rows
    for column in declared.columns:
        other = column.name.removesuffix("_days") + "_buckets"
        if not column.name.endswith("_days") or other not in rows.columns or column.name in rows.columns:
            continue
        texts = rows[other].str.strip_chars()
        days = pl.when(texts.str.contains(NUMBER)).then((numbers_of(texts) * BUCKET_DAYS[bucket]).cast(pl.String))
        rows = rows.with_columns(days.otherwise(texts).alias(column.name)).drop(other)
        text = f"{other} became {column.name}: a {bucket} has {BUCKET_DAYS[bucket]:g} days."
        findings.append(UNITS_CONVERTED.found(f"table {declared.name}", text))
    return replace(delivery, rows=rows), findings


def in_base_units(sieves: Mapping[str, Sieve]) -> tuple[dict[str, Sieve], list[Finding]]:
    """Quantities of tables with a column `uom` in base units, by table uoms; without a factor the row is out."""
    items = sieves["items"].rows
    paths = items.select(*ITEM_LEVELS).unique("item", keep="none", maintain_order=True).rows()
    factors = _Factors(
        Hierarchy.build("item", ITEM_LEVELS, paths), dict(items.select("item", "uom").rows()), sieves.get("uoms")
    )
    result, findings = dict(sieves), []
    for name, sieve in sieves.items():
        if "uom" in sieve.declared.names or "uom" not in sieve.given or "item" not in sieve.declared.names:
            continue
        pairs = sieve.rows.select("item", "uom").unique().rows()
        found = {pair: factors.of(*pair) for pair in pairs}
        if name not in _TOTALS:
            found = {pair: factor if factor == 1.0 else None for pair, factor in found.items()}
        result[name], changed = _converted(sieve, found)
        if changed:
            text = f"{changed} rows were brought to base units by table uoms."
            findings.append(UNITS_CONVERTED.found(f"table {name}", text, count=changed))
    return result, findings


class _Factors:
    """Base units in one unit, for an item or for a node whose items all have the same factor."""

    def __init__(self, items: Hierarchy, base: Mapping[str, str], uoms: Sieve | None) -> None:
        self.items, self.base = items, base
        rows = uoms.rows.select("item", "uom", "factor").rows() if uoms else []
        self.by_node: dict[tuple[str, str], float] = {(item, uom): factor for item, uom, factor in rows}

    def of(self, node: str, uom: str) -> float | None:
        """The factor, or None where there is none or items below the node differ."""
        if uom == "":
            return 1.0
        if not self.items.knows(node):
            return 1.0  # an unknown code is reported as such, not as a missing factor
        found = {self._of_item(int(position), uom) for position in self.items.positions(node)}
        return found.pop() if len(found) == 1 else None

    def _of_item(self, position: int, uom: str) -> float | None:
        path = self.items.paths[position]
        if self.base.get(path[0]) == uom:
            return 1.0
        for level, code in zip(ITEM_LEVELS, path, strict=True):
            for node in (code, f"{level}:{code}"):
                if code and (node, uom) in self.by_node:
                    return self.by_node[node, uom]
        return self.by_node.get(("", uom))


def _converted(sieve: Sieve, found: Mapping[tuple[str, str], float | None]) -> tuple[Sieve, int]:
    factors = pl.Series("f", [found[pair] for pair in sieve.rows.select("item", "uom").rows()], dtype=pl.Float64)
    missing = factors.is_null()
    reasons = [f"no factor for item {item or '(all)'} in {uom!r}" for item, uom in
               sieve.rows.filter(missing).select("item", "uom").rows()]  # fmt: skip
    sieve, factors = sieve.reject(missing, NO_UNIT_FACTOR, reasons), factors.filter(~missing)
    names = [c.name for c in sieve.declared.columns if c.type is ColumnType.QUANTITY]
    # What was converted is in base units now: a row that kept its unit would be converted again next month.
    unit = pl.when(factors != 1.0).then(pl.lit("")).otherwise(pl.col("uom")).alias("uom")
    rows = sieve.rows.with_columns(*((pl.col(name) * factors).alias(name) for name in names), unit)
    return replace(sieve, rows=rows), int((factors != 1.0).sum())
