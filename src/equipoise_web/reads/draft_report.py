"""A draft in plain facts, as the API gives them and the board puts them into words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from equipoise.core.dataset import DatasetHead
from equipoise.core.finding import Finding
from equipoise.core.table import ColumnType, Inheritance
from equipoise.core.tables import TABLES, table
from equipoise.intake import Draft
from equipoise_web.access import Access
from equipoise_web.reads.deliveries import Delivered, Reading, brought_by, read_deliveries, read_reading
from equipoise_web.reads.drafts import DraftRow
from equipoise_web.reads.drafts_judged import Judged, draft_for, judged

STATES = ("inventory", "open_orders", "receipts")
"""Tables that say how things stand on a day: carried over they are out of date."""
ON_PURPOSE = "IN308"
"""Code of rows that a person left out."""


@dataclass(frozen=True)
class TableFacts:
    """One table of a draft: how much of it counts, how old it is, who brought it, how good it is."""

    name: str
    rows: int
    left_out: int
    """Not those left out on purpose."""
    true_to: date | None
    """Day to which it is true, or the last day of a history; None for master data."""
    age_days: int
    """Days from there to the draft's as_of, 0 where it is not older."""
    carried: date | None
    """The as_of for which its rows were delivered in an earlier month; None where it was delivered to this draft."""
    by: str
    at: datetime | None
    files: tuple[str, ...]
    score: float | None
    """0 to 100."""


@dataclass(frozen=True)
class DraftReport:
    """A draft: what it holds, what was found in it, what was delivered to it and what is being read."""

    draft: DraftRow
    head: DatasetHead | None
    """None where nothing was delivered yet; then there are no tables either."""
    tables: tuple[TableFacts, ...]
    findings: tuple[Finding, ...]
    deliveries: tuple[Delivered, ...]
    reading: tuple[Reading, ...]
    on_purpose: int
    """Rows that people left out."""
    corrections: int
    """Those in force."""
    score: float | None
    """0 to 100."""

    @property
    def left_out(self) -> int:
        """Rows that nobody left out on purpose."""
        return sum(each.left_out for each in self.tables)


def read_draft_report(who: Access, id: int = 0) -> DraftReport:
    """The facts of a draft, of the open one if none is named. Raises NotAllowed and DraftNotFound."""
    row = draft_for(who, id)
    found = judged(row)
    if found is None:
        return DraftReport(row, None, (), (), (), read_reading(row.id), 0, 0, None)
    draft, by_table = found.draft, brought_by(row.id)
    left_out = Counter(each.table for each in draft.quarantine if each.code != ON_PURPOSE)
    held = {name for name, frame in draft.tables.items() if frame.height} | {each.table for each in draft.quarantine}
    tables = (
        _facts(each.name, found, left_out[each.name], by_table.get(each.name, {}))
        for each in TABLES
        if each.name in held
    )
    return DraftReport(
        row,
        draft.head,
        tuple(tables),
        found.snapshot.findings,
        read_deliveries(row.id),
        read_reading(row.id),
        sum(each.code == ON_PURPOSE for each in draft.quarantine),
        len(draft.corrections),
        found.quality.score,
    )


def _facts(name: str, found: Judged, left_out: int, by: Mapping[str, Any]) -> TableFacts:
    draft = found.draft
    true_to = _true_to(name, draft)
    age = (draft.head.as_of - true_to).days if true_to is not None else 0
    stack = draft.given.deliveries.get(name, ())
    return TableFacts(
        name,
        draft.tables[name].height,
        left_out,
        true_to,
        max(age, 0),
        draft.given.carried.get(name),
        str(by.get("by", "")),
        by.get("at"),
        stack[-1].files if stack else (),
        found.quality.scores.get(name),
    )


def _true_to(name: str, draft: Draft) -> date | None:
    """The last day of a history, the day to which a state is true, else None: master data have no day."""
    declared, frame = table(name), draft.tables[name]
    is_dated = "date" in declared.names and declared.column("date").type is ColumnType.DATE
    if declared.inheritance is Inheritance.HISTORY and is_dated:
        last = frame["date"].max()
        if not isinstance(last, date):
            return None
        calendar = draft.head.calendar
        days = {day for day in frame["date"].unique().to_list() if calendar.start_of(calendar.index_of(day)) != day}
        # Rows that all stand on the first day of a bucket are totals of whole buckets.
        return last if days else calendar.end_of(calendar.index_of(last))
    return draft.given.carried.get(name, draft.head.as_of) if name in STATES else None
