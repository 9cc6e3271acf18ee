"""A folder of CSV files written as a workbook, typed as a person would type it: numbers, days, text."""

import csv
import tomllib
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from equipoise.core.table import ColumnType
from equipoise.core.tables import table


@pytest.fixture
def save_workbook():
    """Writes every table of a dataset folder as a sheet of the workbook at a path, and returns the path."""
    return _save


def _save(folder: Path, path: Path) -> Path:
    book = openpyxl.Workbook()
    head = book.active
    head.title = "dataset"
    given = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    policy = given.pop("policy", {})
    for key, value in {**given, **{f"policy.{knob}": value for knob, value in policy.items()}}.items():
        head.append([key, value])
    for file in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        with file.open(encoding="utf-8", newline="") as stream:
            heading, *rows = csv.reader(stream)
        sheet.append(heading)
        for row in rows:
            sheet.append([typed(file.stem, name, text) for name, text in zip(heading, row, strict=True)])
    book.save(path)
    return path


def typed(name: str, column: str, text: str) -> object:
    """A cell of a planning table as the value of its type."""
    kind = table(name).column(column).type
    if not text:
        return None
    if kind is ColumnType.DATE:
        return date.fromisoformat(text)
    return float(text) if kind.is_number else text
