"""Carry over: next month's draft is opened from last month's sealed snapshot.

Master data, rates and totals stand until they are delivered again, histories until they are appended to. States (stock,
open orders, receipts) stand too, because a plan on old stock is better than one on none, and are reported as stale.
Every row keeps the file and line it came from; the file's name tells the as_of for which it was delivered. Corrections
that are still in force come along, and the cells they mended are those that were delivered.

The head is rolled on by one bucket: what fell on the last day of a bucket falls on the last day of the next.
"""

import re
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from equipoise.core.calendar import Calendar, WrongCalendar
from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import FILE, LINE, Snapshot
from equipoise.core.tables import table
from equipoise.intake.assemble import assemble
from equipoise.intake.correct import put_back
from equipoise.intake.delivery import Delivery
from equipoise.intake.draft import DatasetRefused, Draft, Given
from equipoise.intake.findings import WRONG_HEAD


def carry_over(snapshot: Snapshot, *, head: DatasetHead | None = None) -> Draft:
    """The draft of the bucket after the snapshot's; `head` stands in place of the one rolled on.

    Raises DatasetRefused where the head cannot be rolled on: the calendar ends.
    """
    days = {name: snapshot.carried.get(name, snapshot.head.as_of) for name in snapshot.tables}
    stacks = {name: (_carried(snapshot, name, day),) for name, day in days.items()}
    given = Given(stacks, snapshot.corrections, days)
    return assemble(head or rolled_on(snapshot.head), given)


def rolled_on(head: DatasetHead) -> DatasetHead:
    """The head one bucket later."""
    calendar = head.calendar
    try:
        rolled = replace(
            head,
            start=calendar.start_of(1),
            as_of=_a_bucket_later(calendar, head.as_of),
            history_to=_a_bucket_later(calendar, head.history_to),
        )
        _ = rolled.calendar
    except (WrongCalendar, IndexError) as error:
        text = f"The head of {head.start} cannot be rolled on: {error}. Deliver a head of its own."
        raise DatasetRefused([WRONG_HEAD.found("head", text)]) from error
    return rolled


def _a_bucket_later(calendar: Calendar, day: date) -> date:
    """The same place in the next bucket, the last day for the last.

    >>> months = Calendar.build(bucket="month", start=date(2027, 1, 1), horizon=6)
    >>> [_a_bucket_later(months, day).isoformat() for day in (date(2026, 12, 31), date(2027, 1, 30), date(2027, 1, 9))]
    ['2027-01-31', '2027-02-28', '2027-02-09']
    """
    bucket = calendar.index_of(day)
    last = calendar.end_of(bucket + 1)
    if day == calendar.end_of(bucket):
        return last
    return min(last, calendar.start_of(bucket + 1) + timedelta(days=(day - calendar.start_of(bucket)).days))


def _carried(snapshot: Snapshot, name: str, day: date) -> Delivery:
    """A sealed table as text again, so that it goes through the same steps; columns that say nothing are left out."""
    declared, frame = table(name), snapshot.table(name)
    said = [c for c in frame.columns if c not in declared.names or declared.column(c).required or _says(frame[c])]
    texts = frame.select(pl.col(column).cast(pl.String).fill_null("") for column in said)
    places = snapshot.lineage.get(name)
    if places is None or places.height != frame.height:
        numbers = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True)
        places = pl.DataFrame({FILE: [f"table {name}"] * frame.height, LINE: numbers})
    files = sorted(places[FILE].unique().to_list())
    used = {part for file in files for part in file.split(", ")}
    sources = tuple(source for source in snapshot.sources if source.name in used)
    sealed = Delivery(texts.hstack(places), files=tuple(files), sources=sources, is_carried=True)
    delivery = put_back(declared, sealed, snapshot.corrections)
    return delivery.with_files_renamed({file: _as_of(file, day) for file in (*files, *used)})


def _says(column: pl.Series) -> bool:
    return bool((column.cast(pl.String).fill_null("") != "").any())


def _as_of(file: str, day: date) -> str:
    """`sales_history.csv (as of 2026-12-31)`; a file that was carried over before keeps its day."""
    parts = file.split(", ")
    if len(parts) > 1:
        return ", ".join(_as_of(part, day) for part in parts)
    return file if re.search(r" [(]as of [0-9-]{10}[)]$", file) else f"{file} (as of {day})"
