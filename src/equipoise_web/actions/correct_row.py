"""Correct what was delivered: mend a cell, leave a row out on purpose, or take a correction back.

A correction names its row by cells as they were delivered, so that it finds the row again next month: by the table's
key where that names one row, else by all its filled cells, and only rows that are wholly equal by file and line.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils import timezone

from equipoise.core.correction import Correction, plain_cell, type_of
from equipoise.core.errors import EquipoiseError
from equipoise.core.snapshot import FILE, LINE
from equipoise.core.tables import table as table_named
from equipoise.intake import Draft, Quarantined, correct, correction_as_json, correction_of_json, withdraw
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.open_draft import unsealed
from equipoise_web.drafts import id_of, keep_contents, open_contents
from equipoise_web.records.models import CorrectionRecord, MonthDraft

NOT_APPLIED = ("IN311", "IN312", "IN313")
"""Findings that say that a correction does not do what its author meant."""
LEFT_OUT_ON_PURPOSE = "IN308"


class WrongCorrection(EquipoiseError):
    """A correction that would change nothing, or that names no row."""


@dataclass(frozen=True)
class Place:
    """Where a row stands in what was delivered."""

    file: str
    line: int


def correct_row(
    who: Access,
    draft: int,
    version: int,
    *,
    table: str,
    row: Place | Mapping[str, str],
    column: str,
    old: str,
    new: str,
    reason: str,
    key: str = "",
) -> dict[str, Any]:
    """Put `new` in place of `old`; returns {draft, version, correction, is_in, still}.

    `row` is the place of a row that was left out, or cells that name any row; `is_in` says whether the row counts now,
    `still` what else is wrong with it. `version` is the draft that its author saw: where another has changed the cell
    since, StaleEdit has both values.
    """
    who.require_whole(Right.GATHER)

    def make(standing: Draft, record: MonthDraft) -> Correction:
        declared = table_named(table)
        if column not in declared.names:
            declared.column(column)
        kind = type_of(declared, column)
        if isinstance(row, Place):
            left_out = _left_out(standing, table, row)
            stands = None if left_out is None else left_out.values.get(column, "")
            if stands is None or plain_cell(kind, stands) != plain_cell(kind, old):
                raise _stale(record, table, row, column, mine=new, theirs=stands, version=version)
        return _correction(_cells_of(standing, table, row), table, column, old, new, who.name, reason)

    return _change(who, "correct_row", draft, make, table=table, place=row, key=key)


def drop_row(
    who: Access, draft: int, version: int, *, table: str, row: Place | Mapping[str, str], reason: str, key: str = ""
) -> dict[str, Any]:
    """Leave a row out on purpose; returns {draft, version, correction, is_in, still}."""
    who.require_whole(Right.GATHER)

    def make(standing: Draft, record: MonthDraft) -> Correction:
        if isinstance(row, Place) and _left_out(standing, table, row) is None:
            raise _stale(record, table, row, "", mine="leave it out", theirs=None, version=version)
        return _correction(_cells_of(standing, table, row), table, "", "", "", who.name, reason)

    return _change(who, "drop_row", draft, make, table=table, place=row, key=key)


def undo_correction(who: Access, draft: int, correction: str, *, because: str = "", key: str = "") -> dict[str, Any]:
    """Take a correction back, so that the delivered cell counts again; returns {draft, version}.

    `correction` is its id (`id_of`). Raises StaleEdit where it is in force no more.
    """
    who.require_whole(Right.GATHER)
    asked = {"draft": draft, "correction": correction}
    with door(who, "undo_correction", key=key, asked=asked) as entry:
        if entry.repeat is None:
            row = unsealed(draft)
            standing = _contents(row)
            found = next((each for each in standing.corrections if id_of(each) == correction), None)
            if found is None:
                raise StaleEdit(
                    "that correction is in force no more",
                    mine="take it back",
                    theirs="taken back, or the source is mended",
                )
            _keep(row, withdraw(standing, [found]))
            same = {"draft": row, "table": found.table, "column": found.column, "undone_at__isnull": True}
            for record in CorrectionRecord.objects.filter(**same):
                if record.key == dict(found.key):
                    record.undone_at = timezone.now()
                    record.save(update_fields=["undone_at"])
            answer = {"draft": draft, "version": row.version}
            entry.tell(f"draft:{draft}", before=correction_as_json(found), because=because, answer=answer)
    told: dict[str, Any] = entry.answer
    return told


def _correction(
    cells: Mapping[str, str], table: str, column: str, old: str, new: str, author: str, reason: str
) -> Correction:
    """The correction as the engine reads it; WrongCorrection where it says nothing."""
    if not reason.strip():
        raise WrongCorrection("a reason is missing; say in a few words why, so that the source can be mended")
    entry: dict[str, Any] = {"table": table, "key": dict(cells), "author": author, "reason": reason.strip()[:500]}
    if column and plain_cell(type_of(table_named(table), column), old) == plain_cell(
        type_of(table_named(table), column), new
    ):
        raise WrongCorrection(f"{column} is {old or 'blank'} already; give another value")
    entry |= {"column": column, "old": old, "new": new} if column else {"exclude": True}
    return correction_of_json(entry, f"table {table}")


def _change(
    who: Access,
    verb: str,
    draft: int,
    make: Callable[[Draft, MonthDraft], Correction],
    *,
    table: str,
    place: Place | Mapping[str, str],
    key: str,
) -> dict[str, Any]:
    with door(who, verb, key=key, asked={"draft": draft, "table": table, "row": _as_asked(place)}) as entry:
        if entry.repeat is None:
            row = unsealed(draft)
            standing = _contents(row)
            correction = make(standing, row)
            changed = correct(standing, [correction])
            _check_applied(standing, changed, correction)
            CorrectionRecord.objects.create(
                draft=row,
                table=correction.table,
                key=dict(correction.key),
                column=correction.column,
                old=correction.old,
                new=correction.new,
                reason=correction.reason,
                by_id=who.person,
            )
            _keep(row, changed)
            left = _left_out(changed, table, place) if isinstance(place, Place) else None
            answer = {
                "draft": draft,
                "version": row.version,
                "correction": id_of(_in_force(changed, correction)),
                "is_in": left is None and not correction.is_exclusion,
                "still": "" if left is None else left.reason,
            }
            after = correction_as_json(correction)
            entry.tell(f"draft:{draft}", after=after, because=correction.reason, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def _as_asked(place: Place | Mapping[str, str]) -> dict[str, Any]:
    return {FILE: place.file, LINE: place.line} if isinstance(place, Place) else dict(place)


def _contents(row: MonthDraft) -> Draft:
    contents = open_contents(row.pk, row.version)
    if contents is None:
        raise NotFound(f"nothing was delivered to draft {row.pk} yet; deliver a file first")
    return contents


def _keep(row: MonthDraft, contents: Draft) -> None:
    row.version += 1
    row.save(update_fields=["version"])
    keep_contents(row.pk, row.version, contents)


def _check_applied(before: Draft, after: Draft, correction: Correction) -> None:
    """Refuse a correction that finds no row, or a cell that another has corrected otherwise."""
    known = {(finding.code, finding.message) for finding in before.findings}
    for finding in after.findings:
        if finding.code in NOT_APPLIED and (finding.code, finding.message) not in known:
            raise WrongCorrection(f"{finding.message} {finding.remedy}")
    if all(each.key != correction.key or each.column != correction.column for each in after.corrections):
        raise WrongCorrection(f"{correction.row_words}: {correction.column or 'the row'} is delivered so already")


def _in_force(draft: Draft, correction: Correction) -> Correction:
    """What became of a correction: itself, or the one that it was joined with because it went on from it."""
    same = [each for each in draft.corrections if each.key == correction.key and each.column == correction.column]
    return next((each for each in same if each == correction), same[-1])


def _left_out(draft: Draft, table: str, place: Place) -> Quarantined | None:
    """The row at a place, if it is left out and not on purpose."""
    return next(
        (
            row
            for row in draft.quarantined(table)
            if (row.file, row.line) == (place.file, place.line) and row.code != LEFT_OUT_ON_PURPOSE
        ),
        None,
    )


def _stale(
    record: MonthDraft, table: str, place: Place, column: str, *, mine: str, theirs: str | None, version: int
) -> StaleEdit:
    """What another person did to the row since, where that is known."""
    last = CorrectionRecord.objects.filter(draft=record, table=table, undone_at__isnull=True).last()
    what = f"{column} of {place.file} line {place.line}" if column else f"{place.file} line {place.line}"
    by = last.by.get_username() if last is not None and record.version != version else "somebody"
    value = None if theirs is None else theirs.removesuffix(".0")
    if value is None:
        value = last.new or "left out" if last is not None and last.column == column else "the row counts now"
    return StaleEdit(f"{what} was changed by {by} meanwhile; look at it again", mine=mine or "blank", theirs=value)


def _cells_of(draft: Draft, table: str, row: Place | Mapping[str, str]) -> dict[str, str]:
    """Cells that name a row of what was delivered, as durably as they can."""
    if not isinstance(row, Place):
        return dict(row)
    frames = [delivery.rows for delivery in draft.given.deliveries.get(table, ())]
    here = [frame.filter((pl.col(FILE) == row.file) & (pl.col(LINE) == row.line)) for frame in frames]
    found = next((frame.row(0, named=True) for frame in here if frame.height), None)
    if found is None:
        left_out = _left_out(draft, table, row)
        filled = {} if left_out is None else {name: cell for name, cell in left_out.values.items() if cell.strip()}
        if not filled:
            raise NotFound(f"{row.file} line {row.line} cannot be named by its cells; mend it in the file")
        return filled
    keys = [column for column in table_named(table).keys if column in found]
    cells = {name: str(cell) for name, cell in found.items() if not name.startswith("@") and str(cell or "").strip()}
    for names in (keys, [*keys, *(name for name in cells if name not in keys)]):
        named = {name: str(found[name] or "") for name in names}
        if named and _count(frames, named) == 1:
            return named
    return {**{name: str(found[name] or "") for name in keys}, FILE: row.file, LINE: str(row.line)}


def _count(frames: Iterable[pl.DataFrame], cells: Mapping[str, str]) -> int:
    """Delivered rows with these cells."""
    total = 0
    for frame in frames:
        if all(name in frame.columns or not cell for name, cell in cells.items()):
            agree = [
                pl.col(name).fill_null("").str.strip_chars() == cell.strip()
                for name, cell in cells.items()
                if name in frame.columns
            ]
            total += frame.filter(pl.all_horizontal(agree)).height if agree else frame.height
    return total
