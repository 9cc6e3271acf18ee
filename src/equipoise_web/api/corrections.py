"""Rows left out of a draft, and corrections: cells mended by a person with a reason until their source is mended."""

from datetime import datetime
from typing import Any, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from ninja.params import functions as params
from pydantic import Field, model_validator

from equipoise_web.actions.correct_row import correct_row, drop_row, undo_correction
from equipoise_web.actions.which_row import Named, Place
from equipoise_web.api.answers import JSON, as_json, immutable
from equipoise_web.api.auth import access
from equipoise_web.api.schemas import AFTER_NUMBER, KEY, LIMIT, MOST_NUMBER, NOT_SEEN, NUMBER, REFUSALS, Page, Strict
from equipoise_web.reads.corrections import CorrectionRow, read_corrections
from equipoise_web.reads.quarantine import LeftOut, read_left_out

router = Router(tags=["drafts"])
CELL = 32_767
"""Characters of a cell: what a spreadsheet can hold."""
ROWS = params.Query(50, ge=1, le=5_000, description="Rows of a page.")


class LeftOutOut(Schema):
    """A row left out: where it stands, why, its cells as corrected so far, and which of them are wrong."""

    file: str
    line: int
    code: str = Field(examples=["IN104"])
    reason: str = Field(examples=["quantity = '16OO' is not a number"])
    cells: dict[str, str]
    wrong: list[str] = Field(description="Columns that the reason is about.", examples=[["quantity"]])
    suggestion: str = Field(description="What was probably meant for the wrong cell; blank if nothing.")
    is_broken: bool = Field(description="It is no row of the table: mend it in its file, or leave it out.")


class QuarantineOut(Page):
    """A page of rows left out of a table of a version."""

    version: int
    table: str
    rows: list[LeftOutOut]


class CorrectionOut(Schema):
    """A correction in force; `column` is blank where the row is left out, `at` null where it is of an earlier month."""

    id: str
    table: str
    key: dict[str, str] = Field(description="Cells that name the row, as they were delivered.")
    column: str
    old: str
    new: str
    author: str
    reason: str
    at: datetime | None
    state: str = Field(description="needed, waits (for its table) or stuck: it does not do what was meant.")


class CorrectionsOut(Page):
    """A page of corrections in force in a version, newest first, and what is said of those that retire."""

    version: int
    corrections: list[CorrectionOut]
    retired: list[str]


class CorrectionIn(Strict):
    """A cell of a row and its right value. The row: where it stands, if it is left out, or cells that name it."""

    table: str = Field(max_length=60, examples=["forecast"])
    version: int = Field(ge=0, le=MOST_NUMBER, description="Of the draft you looked at.")
    file: str = Field("", max_length=255, examples=["forecast.csv"])
    line: int = Field(0, ge=0, le=MOST_NUMBER, examples=[2])
    key: dict[str, str] = Field(default_factory=dict, max_length=100, examples=[{}])
    column: str = Field("", max_length=60, description="Blank: leave the row out on purpose.", examples=["quantity"])
    old: str | None = Field(
        None, max_length=CELL, description="The cell you saw; without it any change since `version` is a stale one."
    )
    new: str = Field("", max_length=CELL, examples=["1600"])
    reason: str = Field(min_length=1, max_length=500, examples=["letters O in the ERP"])

    @model_validator(mode="after")
    def _names_a_row(self) -> Self:
        if bool(self.file) == bool(self.key):
            raise ValueError("name the row by file and line, or by key")
        return self

    @property
    def row(self) -> Named:
        """The row that is meant."""
        return Place(self.file, self.line) if self.file else self.key


class CorrectedOut(Schema):
    """The correction and the new version; whether the row counts now, else what is wrong with it still."""

    version: int
    correction: str
    is_in: bool
    still: str


class TakenBackOut(Schema):
    """The new version."""

    version: int


@router.get("/{id}/tables/{table}/quarantine", response={200: QuarantineOut, 304: None, **NOT_SEEN})
def list_quarantine(
    request: HttpRequest, table: str, id: int = NUMBER, after: int = AFTER_NUMBER, limit: int = ROWS
) -> HttpResponse:
    """Rows left out of a table, but for those that people left out."""
    who = access(request)
    row, rows = read_left_out(who, id, table, first=after, limit=limit)
    page = {
        "version": row.version,
        "table": table,
        "rows": [_left_out_out(each) for each in rows],
        "next": str(after + limit) if len(rows) == limit else None,
    }
    return immutable(request, who, f"draft {id} {row.version}", lambda: as_json(page), JSON)


@router.get("/{id}/corrections", response={200: CorrectionsOut, 304: None, **NOT_SEEN})
def list_corrections(
    request: HttpRequest, id: int = NUMBER, after: int = AFTER_NUMBER, limit: int = LIMIT
) -> HttpResponse:
    """Corrections in force: who, why, and whether they are still needed."""
    who = access(request)
    found = read_corrections(who, id)
    page = {
        "version": found.draft.version,
        "corrections": [_correction_out(each) for each in found.rows[after : after + limit]],
        "retired": found.retired,
        "next": str(after + limit) if len(found.rows) > after + limit else None,
    }
    return immutable(request, who, f"draft {id} {found.draft.version}", lambda: as_json(page), JSON)


@router.post("/{id}/corrections", response={201: CorrectedOut, **REFUSALS})
def correct(request: HttpRequest, sent: CorrectionIn, id: int = NUMBER, key: str = KEY) -> Status[Any]:
    """Mend a cell, or leave a row out on purpose. 409 with both values if another was faster.

    Cells of `key` and `old` are texts as the source delivered them; numbers and days are compared as such. All rows
    with the cells of `key` and the old value are mended, next month's too, until the source says the new value.
    """
    who = access(request)
    if not sent.column:
        return Status(201, drop_row(who, id, sent.version, table=sent.table, row=sent.row, reason=sent.reason, key=key))
    cell = {"column": sent.column, "old": sent.old, "new": sent.new, "reason": sent.reason}
    return Status(201, correct_row(who, id, sent.version, table=sent.table, row=sent.row, **cell, key=key))  # type: ignore[arg-type]


@router.delete("/{id}/corrections/{correction}", response={200: TakenBackOut, **REFUSALS})
def take_back(request: HttpRequest, correction: str, id: int = NUMBER, key: str = KEY) -> dict[str, Any]:
    """Take a correction back: the delivered value counts again. 409 if it is in force no more."""
    return undo_correction(access(request), id, correction, key=key)


def _left_out_out(row: LeftOut) -> dict[str, Any]:
    names = ("file", "line", "code", "reason", "suggestion", "is_broken")
    cells = {cell.column: cell.value for cell in row.cells}
    wrong = [cell.column for cell in row.cells if cell.is_wrong]
    return {**{name: getattr(row, name) for name in names}, "cells": cells, "wrong": wrong}


def _correction_out(row: CorrectionRow) -> dict[str, Any]:
    names = ("id", "table", "key", "column", "old", "new", "author", "reason", "state")
    return {**{name: getattr(row, name) for name in names}, "at": row.at and row.at.isoformat()}
