"""Spans that end before they begin: they hold on no day."""

import polars as pl

from equipoise.core.finding import FindingCode, Severity
from equipoise.quality.check import Check
from equipoise.quality.facts import Facts
from equipoise.quality.faults import all_faults, faults, named

CODE = FindingCode(
    "QU166",
    Severity.ERROR,
    "A span ends before it begins",
    "Swap or correct the two dates.",
)
SPANS = (
    ("items", "launch_date", "end_date", ("item",)),
    ("events", "start_date", "end_date", ("event",)),
    ("commitments", "valid_from", "valid_to", ("contract",)),
    ("bom", "valid_from", "valid_to", ("item", "component")),
    ("levers", "valid_from", "valid_to", ("option",)),
    ("order_lines", "ordered_date", "shipped_date", ("order", "line", "schedule")),
    ("receipts", "ordered_date", "received_date", ("reference", "line")),
    ("receipts", "ship_date", "due_date", ("reference", "line")),
)


def look(facts: Facts) -> pl.DataFrame:
    """Rows with both dates filled and the later one first."""
    found = []
    for name, first, last, key in SPANS:
        wrong = facts.table(name).filter(pl.col(first) > pl.col(last))
        says = pl.format(f"{first} {{}} after {last} {{}}", first, last)
        found.append(faults(name, wrong, named(*key), says))
    return all_faults(found)


CHECK = Check(
    CODE,
    "Reversed dates",
    (),
    look,
    one_of=("items", "events", "commitments", "bom", "levers", "order_lines", "receipts"),
    example="commitments: K-1: valid_from 2027-01-01 after valid_to 2026-06-30",
)
