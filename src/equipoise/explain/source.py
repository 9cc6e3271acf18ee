"""Rows of the snapshot's tables: the leaves of every explanation, with the file they came from."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import Any

import polars as pl

from equipoise.core.correction import is_row_of
from equipoise.core.hierarchy import Hierarchy
from equipoise.core.snapshot import FILE, LINE
from equipoise.core.table import Inheritance
from equipoise.core.tables import table
from equipoise.explain.node import Node, number
from equipoise.explain.supply_tables import SupplyTables
from equipoise.plan import Plan

MOST_ROWS = 8
"""Rows of a table shown one by one."""
MOST_FILES = 4
"""Files named of many rows."""
Asked = Mapping[str, tuple[Hierarchy | None, Sequence[str]]]
"""For each column of a table the leaves that are meant; with a hierarchy the column holds nodes, else codes."""


def ancestors(hierarchy: Hierarchy, leaves: Sequence[str]) -> set[str]:
    """Every way a table may name a node at or above the leaves, blank included."""
    found = {""}
    for leaf in leaves:
        path = hierarchy.paths[hierarchy.position[leaf]]
        for level, code in zip(hierarchy.levels, path, strict=True):
            if code:
                found.add(f"{level}:{code}")
                if hierarchy.level_of(code) == level:
                    found.add(code)
    return found


def matching(plan: Plan, name: str, asked: Asked) -> pl.DataFrame:
    """Rows of a table whose nodes lie at or above the leaves that are meant."""
    named = {
        column: sorted(ancestors(hierarchy, leaves) if hierarchy else set(leaves))
        for column, (hierarchy, leaves) in asked.items()
    }
    return plan.snapshot.traced(name).filter(*(pl.col(column).is_in(codes) for column, codes in named.items()))


def rate_row(supply: SupplyTables, name: str, value: str, asked: Asked, day: date) -> dict[str, Any] | None:
    """The row of a rate in force on a day: the most specific by the columns in their order, then the latest."""
    key = ("rows", name, *((column, *leaves) for column, (_, leaves) in asked.items()))
    rows = supply.once(key, lambda: matching(supply.plan, name, asked).rows(named=True))
    stated = [row for row in rows if row[value] is not None and (row.get("valid_from") or date.min) <= day]
    nodes = [(column, hierarchy) for column, (hierarchy, _) in asked.items() if hierarchy]

    def rank(row: dict[str, Any]) -> tuple[object, ...]:
        depth = tuple(hierarchy.specificity(row[column]) for column, hierarchy in nodes)
        return (depth, row.get("valid_from") or date.min)

    return max(stated, key=rank, default=None)


def row_node(plan: Plan, name: str, row: Mapping[str, Any], value: str) -> Node:
    """One row as a leaf: its keys and the number in column `value`, where it stands and who corrected it."""
    declared = table(name)
    keys = [key for key in declared.keys if row.get(key) not in (None, "")]
    amount = None if row.get(value) is None else float(row[value])
    words = ", ".join([*(f"{column} {row[column]}" for column in keys), f"{value} {number(amount)}"])
    place = _stands(plan, name, row)
    corrections = [c for c in plan.snapshot.corrections if c.table == name and not c.is_exclusion]
    mended = [c.words for c in corrections if is_row_of(c, corrections, row, declared)]
    return Node("Source", amount, "; ".join([f"table {name}{place}: {words}", *mended]))


def _place(row: Mapping[str, Any]) -> str:
    """`prices.csv line 12`; the file alone where the row was made of several."""
    return f"{row[FILE]} line {row[LINE]}" if row.get(LINE) else str(row[FILE])


def rows_node(plan: Plan, name: str, frame: pl.DataFrame, value: str, *, text: str, amount: float | None) -> Node:
    """Several rows as one node of value `amount`: how many, their sum in column `value`, and the first of them."""
    summed = number(float(frame[value].sum()))
    declared = table(name)
    shown = frame.sort([key for key in declared.keys if key in frame.columns], nulls_last=False).head(MOST_ROWS)
    children = tuple(row_node(plan, name, row, value) for row in shown.iter_rows(named=True))
    rows = "1 row" if frame.height == 1 else f"{frame.height} rows"
    files = frame[FILE].unique().sort().to_list() if FILE in frame.columns else []
    place = f" ({_listed(files)})" if any(files) else file_words(plan, name)
    words = f"{text}: {rows} of table {name}{place}, {value} {summed} in all"
    if declared.inheritance is Inheritance.TOTAL and amount is not None and float(frame[value].sum()) != amount:
        words += "; a row that covers more than this cell is a total of which it gets a part"
    return Node("Source", amount, words, children)


CAUSES = {
    "event": ("events", "event"),
    "commitment": ("commitments", "contract"),
    "planning_bill": ("planning_bills", "parent"),
}
"""Causes of postings that name a row: prefix, then the table and the column that holds the rest of the cause."""


def cause_node(plan: Plan, cause: str, amount: float) -> Node | None:
    """The rows of a table that a cause such as `event:EVT1` names, as one leaf; None for any other cause."""
    prefix, _, code = cause.partition(":")
    if prefix not in CAUSES:
        return None
    name, column = CAUSES[prefix]
    rows = plan.snapshot.traced(name).filter(pl.col(column) == code)
    if rows.height == 1:
        row = rows.row(0, named=True)
        return Node("Source", amount, f"table {name}{_stands(plan, name, row)}: {row_words(row)}")
    shown = rows.sort(rows.columns, nulls_last=False).head(MOST_ROWS).iter_rows(named=True)
    children = tuple(Node("Source", None, f"table {name}{_stands(plan, name, row)}: {row_words(row)}") for row in shown)
    return Node(
        "Source", amount, f"table {name}{file_words(plan, name)}: {rows.height} rows of {column} {code}", children
    )


def _stands(plan: Plan, name: str, row: Mapping[str, Any]) -> str:
    """Where a row stands, in brackets; the table's file where its line is not known."""
    return f" ({_place(row)})" if row.get(FILE) else file_words(plan, name)


def row_words(row: Mapping[str, Any]) -> str:
    """All that a row says: `event EVT1, type promotion, start_date 2027-04-01, uplift_pct 10`."""
    given = ((name, value) for name, value in row.items() if name not in (FILE, LINE))
    said = ((name, number(value) if isinstance(value, float) else value) for name, value in given)
    return ", ".join(f"{name} {value}" for name, value in said if value not in ("", "unknown", None))


def _listed(files: Sequence[str]) -> str:
    more = len(files) - MOST_FILES
    return ", ".join(files[:MOST_FILES]) + (f" and {more} more" if more > 0 else "")


def file_words(plan: Plan, name: str) -> str:
    """` (prices.csv)`, or nothing where no file of the table's name is known."""
    sources = plan.snapshot.sources
    files = [source.name for source in sources if len(sources) == 1 or PurePath(source.name).stem == name]
    return f" ({', '.join(files)})" if files else ""
