"""Assemble: what was delivered, carried over and corrected becomes clean tables, step by step."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from equipoise.core.correction import Correction
from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding, sort_findings
from equipoise.core.snapshot import FILE, LINE
from equipoise.core.tables import TABLES
from equipoise.intake.conform import conform, without_impossible_dates
from equipoise.intake.correct import corrected, folded
from equipoise.intake.delivery import stacked
from equipoise.intake.draft import DatasetRefused, Draft, Given
from equipoise.intake.duplicates import add_up, keep_single
from equipoise.intake.findings import (
    CARRIED_OVER,
    DEFAULT_TAKEN,
    NO_SUCH_ROW,
    NOTHING_USABLE,
    STALE_STATE,
    quarantine_findings,
)
from equipoise.intake.order_book import OrderBook, derived_tables
from equipoise.intake.order_lines import NAME as ORDER_LINES
from equipoise.intake.order_lines import keep_possible, without_replaced
from equipoise.intake.references import keep_resolved
from equipoise.intake.sieve import ROW, Sieve
from equipoise.intake.sums import table_sums
from equipoise.intake.supersede import keep_latest
from equipoise.intake.units import in_base_units

REQUIRED = ("items", "markets")
DEMAND = ("sales_history", "order_lines", "forecast", "open_orders", "launches")
"""One of these must be given: without demand there is nothing to plan."""
STATES = ("inventory", "open_orders", "receipts")
"""Tables that say how things stand at the end of as_of: carried over they are old news."""


def assemble(head: DatasetHead, given: Given) -> Draft:
    """The draft of what was given; DatasetRefused where nothing usable is left of a table that is required."""
    deliveries, findings = without_replaced(given.deliveries)
    corrections = folded(given.corrections)
    in_force: list[Correction] = []
    sieves: dict[str, Sieve] = {}
    refused: list[Finding] = []
    for declared in TABLES:
        name = declared.name
        if name not in deliveries:
            continue
        mine = [correction for correction in corrections if correction.table == name]
        carried = sum(delivery.is_carried for delivery in deliveries[name])
        mended = corrected(declared, stacked(deliveries[name]), mine, carried)
        in_force += mended.in_force
        try:
            sieve, notes = conform(declared, mended.delivery, mended.excluded)
        except DatasetRefused as error:
            refused += error.findings
            continue
        sieve = keep_possible(without_impossible_dates(sieve, head.calendar), head.calendar)
        sieve, again = keep_latest(sieve)
        sieves[name] = keep_single(sieve)
        findings += [*mended.delivery.findings, *mended.findings, *notes, *again]
    if refused:
        raise DatasetRefused(refused)
    idle = [correction for correction in corrections if correction.table not in deliveries]
    in_force += idle
    for name in sorted({correction.table for correction in idle}):
        count = sum(correction.table == name for correction in idle)
        text = f"{count} corrections wait for rows: the table was not delivered, or is computed from order_lines."
        findings.append(NO_SUCH_ROW.found(f"table {name}", text, count=count))
    sieves, converted = in_base_units(sieves)
    sieves, noticed = keep_resolved(sieves)
    quarantine = tuple(row for name in sorted(sieves) for row in sieves[name].quarantine())
    findings += [*given.notes, *converted, *noticed, *quarantine_findings(quarantine)]
    _check_usable(sieves, findings)
    tables, lineage = {}, {}
    for name in sorted(sieves):
        summed, notes = add_up(sieves[name])
        findings += notes
        tables[name], lineage[name] = _placed(summed)
    if any(not delivery.is_carried for delivery in deliveries.get(ORDER_LINES, ())) and tables[ORDER_LINES].height:
        book = OrderBook(tables[ORDER_LINES], sieves[ORDER_LINES].given, head.as_of, head.currency)
        derived, notes = derived_tables(book)
        findings += notes
        files = ", ".join(sorted(lineage[ORDER_LINES][FILE].unique().to_list()))
        for name, frame in derived.items():
            tables[name] = in_order(frame)
            lineage[name] = pl.select(
                pl.repeat(files, frame.height, dtype=pl.String).alias(FILE),
                pl.repeat(0, frame.height, dtype=pl.Int64).alias(LINE),
            )
    findings += [*_defaults(tables), *_carried(given.carried, tables, head.as_of)]
    sources = {source for stack in given.deliveries.values() for delivery in stack for source in delivery.sources}
    return Draft(
        head,
        tables,
        quarantine,
        sort_findings(findings),
        tuple(sorted(sources, key=lambda source: (source.name, source.digest))),
        {name: table_sums(sieve) for name, sieve in sieves.items()},
        given,
        lineage,
        tuple(correction for correction in corrections if correction in set(in_force)),
    )


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows in canonical order: by all columns from the left, blanks last."""
    return frame.sort(frame.columns, nulls_last=True)


def _placed(sieve: Sieve) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows in canonical order, and beside each its place; of rows that were added up the first one's."""
    cells = [column for column in sieve.rows.columns if column != ROW]
    rows = sieve.rows.sort([*cells, ROW], nulls_last=True)
    return rows.select(cells), sieve.raw.select(FILE, LINE)[rows[ROW]]


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


def _carried(carried: Mapping[str, date], tables: Mapping[str, pl.DataFrame], as_of: date) -> list[Finding]:
    """Which tables nobody delivered this month, and which of them say how things stood on an earlier day."""
    names = [declared.name for declared in TABLES if declared.name in carried]
    if not names:
        return []
    found = [CARRIED_OVER.found("draft", f"{', '.join(names)}.", count=len(names))]
    for name in STATES:
        if name in carried and carried[name] < as_of and tables[name].height:
            text = f"{tables[name].height} rows are true to {carried[name]}, the plan stands at {as_of}."
            found.append(STALE_STATE.found(f"table {name}", text, count=tables[name].height))
    return found
