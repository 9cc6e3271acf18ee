"""Read a dataset: files to a draft of clean tables. The order of the steps stands in `read_dataset`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.snapshot import SourceFile
from equipoise.core.tables import TABLES, table
from equipoise.intake.conform import conform, without_impossible_dates
from equipoise.intake.delivery import Delivery, delivery_of
from equipoise.intake.draft import DatasetRefused, Draft
from equipoise.intake.duplicates import add_up, keep_single
from equipoise.intake.findings import DEFAULT_TAKEN, NOTHING_USABLE, TABLE_REQUIRED, quarantine_findings
from equipoise.intake.folder import Folder
from equipoise.intake.head import read_head
from equipoise.intake.mapping import Mapped
from equipoise.intake.order_book import OrderBook, derived_tables
from equipoise.intake.order_lines import NAME as ORDER_LINES
from equipoise.intake.order_lines import keep_possible, without_replaced
from equipoise.intake.origin import Origin
from equipoise.intake.parse_mapping import read_mapping
from equipoise.intake.references import keep_resolved
from equipoise.intake.reshape import Reshaper
from equipoise.intake.sieve import ROW, Sieve
from equipoise.intake.sums import table_sums
from equipoise.intake.units import in_base_units, with_days, with_decimal_points
from equipoise.intake.workbook import Workbook, is_workbook, only_workbook

REQUIRED = ("items", "markets")
DEMAND = ("sales_history", "order_lines", "forecast", "open_orders", "launches")
"""One of these must be given: without demand there is nothing to plan."""


def read_dataset(path: Path | str, mapping: Path | str | None = None) -> Draft:
    """The dataset at `path`, with foreign files turned by the mapping file into tables of the contract.

    `path` is a folder of files, a workbook (.xlsx) with a sheet per table, or a folder with one workbook in it. Cells
    are typed, keys and references checked; what fails goes to quarantine with file, line and reason, and is reported
    once per table and reason. Raises DatasetRefused only where nothing usable is left: no head, no required table, a
    file that is no table. Nothing is written.
    """
    mapped = read_mapping(Path(mapping)) if mapping is not None else Mapped()
    return draft_of(origin_at(Path(path)), mapped)


def origin_at(path: Path) -> Origin:
    """The folder or workbook at `path`; DatasetRefused where there is neither."""
    book = path if is_workbook(path) else only_workbook(path)
    return Workbook.at(book) if book is not None else Folder.at(path)


def draft_of(origin: Origin, mapped: Mapped) -> Draft:
    """The dataset that an origin holds, read, conformed and checked; see `read_dataset`."""
    head = _head(origin, mapped)
    delivered, sources, findings = _deliveries(origin, mapped, head)
    delivered, replaced = without_replaced(delivered)
    findings += replaced
    _check_required(delivered, origin)
    sieves: dict[str, Sieve] = {}
    refused: list[Finding] = []
    for name, delivery in delivered.items():
        try:
            sieve, notes = conform(table(name), delivery)
        except DatasetRefused as error:
            refused += error.findings
            continue
        sieve = keep_possible(without_impossible_dates(sieve, head.calendar), head.calendar)
        sieves[name] = keep_single(sieve)
        findings += notes
    if refused:
        raise DatasetRefused(refused)
    sieves, converted = in_base_units(sieves)
    sieves, noticed = keep_resolved(sieves)
    quarantine = tuple(row for name in sorted(sieves) for row in sieves[name].quarantine())
    findings += [*converted, *noticed, *quarantine_findings(quarantine)]
    _check_usable(sieves, findings)
    sums = {name: table_sums(sieve) for name, sieve in sieves.items()}
    tables = {}
    for name in sorted(sieves):
        summed, notes = add_up(sieves[name])
        findings += notes
        tables[name] = in_order(summed.rows.drop(ROW))
    if ORDER_LINES in tables and tables[ORDER_LINES].height:
        book = OrderBook(tables[ORDER_LINES], sieves[ORDER_LINES].given, head.as_of, head.currency)
        derived, notes = derived_tables(book)
        findings += notes
        tables |= {name: in_order(frame) for name, frame in derived.items()}
    findings += _defaults(tables)
    return Draft(head, tables, quarantine, sort_findings(findings), sources, sums)


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows in canonical order: by all columns from the left, blanks last."""
    return frame.sort(frame.columns, nulls_last=True)


def _head(origin: Origin, mapped: Mapped) -> DatasetHead:
    """The head of the origin, with the mapping's [dataset] over it, key by key."""
    own = origin.head()
    if not own and not mapped.dataset:
        raise DatasetRefused([origin.no_head()])
    policy = {**_section(own), **_section(mapped.dataset)}
    given: dict[str, Any] = {**own, **mapped.dataset}
    if isinstance(given.get("policy"), Mapping):
        given["policy"] = policy
    return read_head(given, mapped.file if mapped.dataset else origin.head_name)


def _section(given: Mapping[str, Any]) -> Mapping[str, Any]:
    policy = given.get("policy", {})
    return policy if isinstance(policy, Mapping) else {}


def _deliveries(
    origin: Origin, mapped: Mapped, head: DatasetHead
) -> tuple[dict[str, Delivery], tuple[SourceFile, ...], list[Finding]]:
    """Rows by table in the order of `TABLES`; all files that cannot be read are refused together."""
    reshaper = Reshaper(origin, mapped)
    files, findings = origin.tables(reshaper.spoken_for)
    found: dict[str, Delivery] = {}
    sources: dict[str, SourceFile] = {}
    refused: list[Finding] = []
    for declared in TABLES:
        name = declared.name
        try:
            if name in mapped.tables:
                delivery, notes = reshaper.table(name)
                separator = ","
            elif name in files:
                raw, sources[files[name]] = origin.read_table(files[name])
                delivery, notes = delivery_of(raw, files[name])
                separator = raw.separator
            else:
                continue
        except DatasetRefused as error:
            refused += error.findings
            continue
        delivery, decimal = with_decimal_points(declared, delivery, separator)
        found[name], days = with_days(declared, delivery, head.bucket)
        findings += [*notes, *decimal, *days]
    if refused:
        raise DatasetRefused(dict.fromkeys(refused))
    sources |= reshaper.sources
    return found, tuple(sources[name] for name in sorted(sources)), findings


def _check_required(delivered: Mapping[str, Delivery], origin: Origin) -> None:
    missing = [
        TABLE_REQUIRED.found(f"table {name}", origin.no_table(name)) for name in REQUIRED if name not in delivered
    ]
    if not any(name in delivered for name in DEMAND):
        missing.append(TABLE_REQUIRED.found("demand", f"No source of demand: one of {', '.join(DEMAND)}."))
    if missing:
        raise DatasetRefused(missing)


def _check_usable(sieves: Mapping[str, Sieve], findings: list[Finding]) -> None:
    """Refuse where no item, no market or no demand is left; the reasons come along."""
    empty = [name for name in REQUIRED if not sieves[name].rows.height]
    given = [name for name in DEMAND if name in sieves]
    if not any(sieves[name].rows.height for name in given):
        empty += given
    if empty:
        reasons = [f for f in sort_findings(findings) if f.where in {f"table {name}" for name in empty}]
        texts = [NOTHING_USABLE.found(f"table {name}", _counted(sieves[name])) for name in empty]
        raise DatasetRefused([*texts, *(f for f in reasons if f.severity.rank < 2)])


def _counted(sieve: Sieve) -> str:
    out = len(sieve.rejected) + len(sieve.broken)
    return f"All {out} rows were left out." if out else "It has a heading and no rows."


def _defaults(tables: Mapping[str, pl.DataFrame]) -> list[Finding]:
    found = []
    for declared in TABLES:
        if declared.default and (declared.name not in tables or not tables[declared.name].height):
            state = "It has no rows." if declared.name in tables else "Not given."
            found.append(DEFAULT_TAKEN.found(f"table {declared.name}", f"{state} {declared.default}"))
    return found
