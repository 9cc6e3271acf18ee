"""Correct what was delivered: mend a cell, leave a row out on purpose, or take a correction back."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from django.utils import timezone

from equipoise.core.correction import Correction, plain_cell, type_of
from equipoise.core.snapshot import FILE, LINE
from equipoise.core.tables import table as table_named
from equipoise.intake import Draft, correct, correction_as_json, correction_of_json, withdraw
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.open_draft import unsealed
from equipoise_web.actions.which_row import (
    Looked,
    Named,
    Place,
    WrongCorrection,
    cells_of,
    left_out,
    old_cell,
    places_of,
    rows_meant,
)
from equipoise_web.drafts import id_of, keep_contents, open_contents
from equipoise_web.records.models import CorrectionRecord, MonthDraft

NOT_APPLIED = ("IN311", "IN312", "IN313")
"""Findings that say that a correction does not do what its author meant."""


def correct_row(
    who: Access,
    draft: int,
    version: int,
    *,
    table: str,
    row: Named,
    column: str,
    old: str | None,
    new: str,
    reason: str,
    key: str = "",
) -> dict[str, Any]:
    """Put `new` in place of `old`; returns {draft, version, correction, is_in, still}.

    `row` is the place of a row that was left out, or cells that name any row; `is_in` says whether the row counts now,
    `still` what else is wrong with it. `version` is the draft that its author saw: where another has changed the cell
    since, StaleEdit has both values. With `old` None it is what stands in that version, and any change is a stale one.
    """
    who.require_whole(Right.GATHER)
    asked = {"column": column, "old": old, "new": new, "reason": reason}

    def make(standing: Draft, record: MonthDraft, rows: pl.DataFrame) -> Correction:
        declared = table_named(table)
        if column not in declared.names:
            declared.column(column)
        looked = Looked(record, version)
        stood = old_cell(rows, looked, table=table, row=row, column=column, old=old, new=new)
        return _correction(cells_of(standing, table, row, rows), table, column, stood, new, who.name, reason)

    return _change(who, "correct_row", draft, make, table=table, row=row, asked=asked, key=key)


def drop_row(
    who: Access, draft: int, version: int, *, table: str, row: Named, reason: str, key: str = ""
) -> dict[str, Any]:
    """Leave a row out on purpose; returns {draft, version, correction, is_in, still}.

    StaleEdit where another mended it since `version`; a row named by cells may not be of another version at all.
    """
    who.require_whole(Right.GATHER)

    def make(standing: Draft, record: MonthDraft, rows: pl.DataFrame) -> Correction:
        looked = Looked(record, version)
        if isinstance(row, Place) and not rows.height:
            raise looked.stale(table, row, "", mine="leave it out", theirs=None)
        if not isinstance(row, Place) and not looked.is_current:
            raise looked.moved(row, "", mine="leave it out", theirs=None)
        return _correction(cells_of(standing, table, row, rows), table, "", "", "", who.name, reason)

    return _change(who, "drop_row", draft, make, table=table, row=row, asked={"reason": reason}, key=key)


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
    make: Callable[[Draft, MonthDraft, pl.DataFrame], Correction],
    *,
    table: str,
    row: Named,
    asked: Mapping[str, Any],
    key: str,
) -> dict[str, Any]:
    named = {FILE: row.file, LINE: row.line} if isinstance(row, Place) else dict(row)
    with door(who, verb, key=key, asked={"draft": draft, "table": table, "row": named, **asked}) as entry:
        if entry.repeat is None:
            record = unsealed(draft)
            standing = _contents(record)
            rows = rows_meant(standing, table, row)
            correction = make(standing, record, rows)
            changed = correct(standing, [correction])
            _check_applied(standing, changed, correction)
            CorrectionRecord.objects.create(
                draft=record,
                table=correction.table,
                key=dict(correction.key),
                column=correction.column,
                old=correction.old,
                new=correction.new,
                reason=correction.reason,
                by_id=who.person,
            )
            _keep(record, changed)
            left = left_out(changed, table, places_of(rows))
            answer = {
                "draft": draft,
                "version": record.version,
                "correction": id_of(_in_force(changed, correction)),
                "is_in": left is None and not correction.is_exclusion,
                "still": "" if left is None else left.reason,
            }
            after = correction_as_json(correction)
            entry.tell(f"draft:{draft}", after=after, because=correction.reason, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


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
