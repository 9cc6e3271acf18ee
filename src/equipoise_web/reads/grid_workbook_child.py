"""The child process that reads a planning workbook: `python -m equipoise_web.reads.grid_workbook_child MEMORY SECONDS`.

Bytes in, JSON out. It limits itself before it touches them, and knows no database and no secret. The answer is
{refused, detail} or {ticket: [texts], marks: [...], rows: [...], nameless}, a row {at, row, line, label, measure,
cells: {mark: cell}}. A cell is a number, or [sort, text, value] of what is none: a sort of SORTS, what stands
there, and the stored value of a formula.
"""

import io
import json
import resource
import sys
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import Any

from equipoise_web.reads.grid_workbook_marks import COLUMN_MARK, LINE_MARK, ROW_MARK, TICKET_SHEET

SORTS = ("text", "error", "formula", "percent", "date", "truth")
MOST_CELLS = 400_000
"""Far more than are ever downloaded: people add columns."""
HEAD_ROWS = 20
"""Rows among which the hidden names of the columns must stand."""
LONGEST = 120
"""Characters kept of a text."""
_DAMAGE = (KeyError, ValueError, TypeError, IndexError, AttributeError, SyntaxError, OSError, zipfile.BadZipFile)


class NotOurs(Exception):
    """A workbook that is no planning grid, or is no more: `foreign`, `nameless` or `large`."""


def main() -> None:
    """Limit this process, then read."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout)


def answer(data: bytes) -> dict[str, Any]:
    """What the bytes hold, or why they are refused."""
    from equipoise.intake.draft import DatasetRefused
    from equipoise.intake.readers.archive import check_archive

    try:
        check_archive(data, "")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions that are of no matter to the cells
            return _read(data)
    except DatasetRefused as refused:
        return {"refused": "unread", "detail": " ".join(finding.message for finding in refused.findings)}
    except NotOurs as error:
        return {"refused": str(error), "detail": ""}
    except _DAMAGE as error:
        return {"refused": "unread", "detail": f"It is damaged: {type(error).__name__} {str(error)[:LONGEST]}."}


def _read(data: bytes) -> dict[str, Any]:
    from openpyxl import load_workbook

    formulas, values = (
        load_workbook(io.BytesIO(data), read_only=True, data_only=is_value, keep_links=False)
        for is_value in (False, True)
    )
    if TICKET_SHEET not in values.sheetnames:
        raise NotOurs("foreign")
    ticket = [str(row[0].value) for row in values[TICKET_SHEET].iter_rows(max_col=1) if row and row[0].value]
    for sheet in values.worksheets:
        if sheet.title == TICKET_SHEET:
            continue
        found = _rows_of(formulas[sheet.title], sheet)
        if found is not None:
            return {"ticket": ticket, **found}
    raise NotOurs("nameless")


def _rows_of(formulas: Any, values: Any) -> dict[str, Any] | None:  # noqa: ANN401 - openpyxl has no types
    """The named cells of a sheet; None of one whose first rows name none."""
    columns: dict[int, str] = {}
    found: dict[str, Any] = {"marks": [], "rows": [], "nameless": 0}
    key = line = count = 0
    formulas.reset_dimensions()
    values.reset_dimensions()
    for at, (texts, cells) in enumerate(zip(formulas.iter_rows(), values.iter_rows(), strict=False), start=1):
        if not columns:
            if at > HEAD_ROWS:
                return None
            names = {str(cell.value): n for n, cell in enumerate(cells) if isinstance(cell.value, str)}
            if ROW_MARK in names and LINE_MARK in names:
                key, line = names[ROW_MARK], names[LINE_MARK]
                columns = {n: t.removeprefix(COLUMN_MARK) for t, n in names.items() if t.startswith(COLUMN_MARK)}
                found["marks"] = list(columns.values())
            continue
        count += len(cells)
        if count > MOST_CELLS:
            raise NotOurs("large")
        row, name = (_text(cells, n) for n in (key, line))
        numbers = dict(_cells(columns, texts, cells))
        if row and name:
            about = {"label": _text(cells, line + 1), "measure": _text(cells, line + 2)}
            found["rows"].append({"at": at, "row": row, "line": name, **about, "cells": numbers})
        elif any(isinstance(cell, float) for cell in numbers.values()):
            found["nameless"] += 1
    return found if columns else None


def _text(cells: Sequence[Any], number: int) -> str:
    value = cells[number].value if number < len(cells) else None
    return "" if value is None else str(value)


def _cells(columns: dict[int, str], texts: Sequence[Any], cells: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for number, mark in columns.items():
        if number < len(cells):
            formula = texts[number] if number < len(texts) else None
            said = _cell(formula, cells[number])
            if said is not None:
                yield mark, said


def _cell(formula: Any, cell: Any) -> Any:  # noqa: ANN401
    """A number; None where nothing stands; or what stands there instead of one."""
    value = cell.value
    if formula is not None and formula.data_type == "f":
        stored = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        text = formula.value if isinstance(formula.value, str) else getattr(formula.value, "text", "")
        return ["formula", str(text)[:2000] or str(value)[:LONGEST], stored]
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        return ["truth", str(value).upper(), None]
    if isinstance(value, int | float):
        return ["percent", f"{100 * value:g}%", None] if "%" in str(cell.number_format) else float(value)
    if isinstance(value, date | time):
        return ["date", str(value), None]
    return ["error" if cell.data_type == "e" else "text", str(value)[:LONGEST], None]


if __name__ == "__main__":
    main()
