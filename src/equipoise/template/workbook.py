"""The workbook to fill in: a sheet per table with a company of one item, so that it is a dataset as it stands."""

import csv
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from equipoise.core.calendar import BUCKETS, WEEKDAYS
from equipoise.core.errors import EquipoiseError
from equipoise.core.knob import KNOBS
from equipoise.core.table import ColumnType, Table
from equipoise.core.tables import TABLES
from equipoise.template.words import ROW_MEANS, meaning_of, need, possible

HEAD_KEYS: tuple[tuple[str, str, str], ...] = (
    ("name", "My company", "what the company is called"),
    ("currency", "EUR", "all money is in it unless a row has a currency of its own"),
    ("bucket", "month", f"length of a planning bucket: {', '.join(BUCKETS)}"),
    ("start", "2027-01-01", "first day of the first planning bucket"),
    ("horizon", "6", "number of planning buckets"),
    ("as_of", "", "day to whose end stock, open orders and receipts are true; blank for the day before start"),
    ("history_to", "", "last day of complete actuals; blank for as_of"),
    ("fiscal_year_start", "", "MM-DD, or for 4-4-5 and 53-week years first days such as 2026-12-28; 2028-01-03"),
    ("week_start", "", f"first day of the week: {', '.join(WEEKDAYS)}"),
    ("volume_uom", "", "unit in which quantities of different base units are added up (see sheet uoms)"),
)
"""Keys of the head as the workbook shows them: key, value in the example, meaning."""

EXAMPLE_POLICY = {"baseline": "imported", "safety_stock": "none"}
EXAMPLE: Mapping[str, tuple[str, ...]] = {
    "items": ("item,name,family,uom", "tool,Gardening tool,tools,unit"),
    "locations": ("location,name,type", "plant,Plant,plant"),
    "markets": ("market,name,region", "retail,Retailers,home"),
    "forecast": (
        "item,market,date,quantity",
        *(f"tool,retail,2027-0{n}-01,{q}" for n, q in enumerate((1600, 3000, 3200, 3800, 2200, 2200), start=1)),
    ),
    "inventory": ("item,location,on_hand", "tool,plant,1000"),
    "inventory_policy": ("item,location,closing_min_qty", "tool,plant,500"),
    "resources": (
        "resource,location,name,workers,hours_per_worker,max_overtime_hours_per_worker,regular_cost_per_hour,"
        "overtime_cost_per_hour,hire_cost,layoff_cost",
        "assembly,plant,Assembly,80,160,10,4,6,300,500",
    ),
    "routings": ("item,location,resource,hours_per_unit,variable_cost", "tool,plant,assembly,4,10"),
    "subcontracting": ("item,location,supplier,unit_cost", "tool,plant,subcontractor,30"),
    "lanes": ("item,from_location,to,lead_time_days,unit_cost", "tool,plant,retail,0,0"),
    "prices": ("item,market,valid_from,price", "tool,retail,2027-01-01,40"),
    "costs": ("item,valid_from,standard_cost,holding_cost,backlog_cost", "tool,2027-01-01,26,2,5"),
}
"""Rows of the workbook: the company of examples/red_tomato (Chopra & Meindl, Supply Chain Management)."""

FILLED_ROWS = 10_000
"""Rows for which the workbook offers the possible words of a column."""


class FileExists(EquipoiseError):
    """A template is only written where nothing stands yet."""


def write_workbook(file: Path | str) -> tuple[str, ...]:
    """Write the workbook to fill in, a valid dataset as it stands; the names of its sheets in order.

    Sheet `dataset` has the head, then comes a sheet per table and `help`. Required headings are bold, possible words
    are offered as lists. Texts are written as texts, so none is ever a formula. Raises FileExists if the file is there.
    """
    import xlsxwriter  # slow to import, and only needed here

    path = Path(file)
    if path.exists():
        raise FileExists(f"{path.name} is there already; give the name of a new file")
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2027, 1, 1)})  # the same bytes on every day
        _head_sheet(book)
        for table in TABLES:
            _table_sheet(book, table)
        _help_sheet(book)
        return tuple(sheet.get_name() for sheet in book.worksheets())


def _head_sheet(book: Any) -> None:  # noqa: ANN401 - xlsxwriter has no types
    sheet = book.add_worksheet("dataset")
    sheet.set_column(0, 0, 32, book.add_format({"bold": True}))
    sheet.set_column(1, 1, 20, book.add_format({"num_format": "@"}))  # as text, 01-01 stays what was typed
    sheet.set_column(2, 2, 110)
    sheet.freeze_panes(1, 0)
    words: dict[str, tuple[str, ...]] = {"bucket": BUCKETS, "week_start": WEEKDAYS}
    rows = [("key", "value", "meaning"), *HEAD_KEYS]
    for knob in KNOBS:
        choices, value = possible(knob)
        meaning = f"{knob.meaning} ({choices}); blank for {value}"
        rows.append((f"policy.{knob.name}", EXAMPLE_POLICY.get(knob.name, ""), meaning))
        if knob.choices or isinstance(knob.default, bool):
            words[f"policy.{knob.name}"] = knob.choices or ("true", "false")
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text:
                sheet.write_string(number, column, text)
        if cells[0] in words:
            sheet.data_validation(number, 1, number, 1, {"validate": "list", "source": list(words[cells[0]])})


def _table_sheet(book: Any, table: Table) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@"})
    bold, plain = book.add_format({"bold": True, "bottom": 1}), book.add_format({"italic": True, "bottom": 1})
    for place, column in enumerate(table.columns):
        style = day if column.type is ColumnType.DATE else None if column.type.is_number else text
        sheet.set_column(place, place, max(12, len(column.name) + 2), style)
        sheet.write_string(0, place, column.name, bold if column.required else plain)
        sheet.write_comment(0, place, f"{column.type}; required: {need(column)}. {meaning_of(column)}", {"x_scale": 2})
        choices = ["0", "1"] if column.type is ColumnType.FLAG else list(column.choices)
        if choices:
            sheet.data_validation(1, place, FILLED_ROWS, place, {"validate": "list", "source": choices})
        for number, row in enumerate(csv.DictReader(EXAMPLE.get(table.name, ())), start=1):
            if value := row.get(column.name):
                if column.type is ColumnType.DATE:
                    sheet.write_datetime(number, place, date.fromisoformat(value), day)
                elif column.type.is_number:
                    sheet.write_number(number, place, float(value))
                else:
                    sheet.write_string(number, place, value)


def _help_sheet(book: Any) -> None:  # noqa: ANN401
    sheet = book.add_worksheet("help")
    sheet.freeze_panes(1, 0)
    for place, width in enumerate((20, 30, 20, 14, 120)):
        sheet.set_column(place, place, width)
    lines = [("table", "column", "type", "required", "what to put there")]
    for table in TABLES:
        lines.append((table.name, "", "", "", f"{table.meaning} {ROW_MEANS[table.inheritance].capitalize()}."))
        lines += [(table.name, c.name, c.type.value, need(c), meaning_of(c)) for c in table.columns]
    for number, cells in enumerate(lines):
        for place, text in enumerate(cells):
            sheet.write_string(number, place, text)
