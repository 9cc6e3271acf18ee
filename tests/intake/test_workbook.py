"""A workbook means the same as the folder of CSV files it was written from."""

import shutil
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from equipoise.demo import write_demo
from equipoise.gather import gather, open_snapshot
from equipoise.intake import DatasetRefused, read_dataset

RED_TOMATO = Path(__file__).parents[2] / "examples" / "red_tomato"
HEAD = {"name": "A", "currency": "EUR", "bucket": "month", "start": date(2027, 1, 1), "horizon": 6}
SHEETS = {
    "items": [["item", "name", "family", "uom"], ["saw", "Saw", "tools", "unit"], [7, "Axe", "tools", "unit"]],
    "markets": [["market", "name", "region"], ["shop", "Shop", "north"]],
    "sales_history": [["item", "market", "date", "ordered_qty"], ["saw", "shop", date(2026, 12, 1), 5]],
}


@pytest.fixture
def company(tmp_path):
    """Writes SHEETS with others over them; a sheet that is None is left out."""

    def write(head=HEAD, **others):
        book = openpyxl.Workbook()
        book.remove(book.active)
        sheets = {"dataset": [list(pair) for pair in head.items()], **SHEETS, **others}
        for name, rows in sheets.items():
            if rows is not None:
                sheet = book.create_sheet(name)
                for row in rows:
                    sheet.append(row)
        path = tmp_path / "company.xlsx"
        book.save(path)
        return path

    return write


def test_red_tomato_as_a_workbook_is_the_same_snapshot(tmp_path, save_workbook):
    path = save_workbook(RED_TOMATO, tmp_path / "red_tomato.xlsx")
    assert open_snapshot(path).id == open_snapshot(RED_TOMATO).id


def test_the_demo_as_a_workbook_is_the_same_snapshot(tmp_path, save_workbook):
    folder = write_demo(tmp_path / "demo", size="small")
    draft = read_dataset(save_workbook(folder, tmp_path / "demo.xlsx"))
    assert gather(draft).id == open_snapshot(folder).id
    assert draft.quarantine == ()


def test_a_folder_with_one_workbook_is_that_workbook(company, tmp_path):
    path = company()
    (tmp_path / "~$company.xlsx").write_bytes(b"lock")
    assert open_snapshot(tmp_path).id == open_snapshot(path).id
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(DatasetRefused, match=r"holds 3 files but no dataset\.toml"):
        read_dataset(tmp_path)


def test_a_workbook_beside_other_files_is_not_read(company, tmp_path):
    folder = tmp_path / "folder"
    shutil.copytree(RED_TOMATO, folder)
    shutil.copy(company(), folder / "items.xlsx")
    draft = read_dataset(folder)
    assert [f.message for f in draft.findings if f.code == "IN207"] == [
        "Files of kind .xlsx are not read; save it as CSV."
    ]


def test_cells_are_read_by_what_they_are(company):
    draft = read_dataset(
        company(
            sales_history=[
                [],
                ["item", "market", "date", "ordered_qty", "note"],
                ["saw", "shop", datetime(2026, 11, 1), 0.1, None],
                [None, " "],
                ["7", "shop", "2026-11-02", "4.5", "=late"],
                [7, "shop", date(2026, 11, 3), 1e-7, 12.50],
            ]
        )
    )
    assert draft.tables["items"]["item"].to_list() == ["7", "saw"]
    assert draft.tables["sales_history"].select("item", "date", "ordered_qty", "note").rows() == [
        ("7", date(2026, 11, 3), 1e-7, "12.5"),
        ("saw", date(2026, 11, 1), 0.1, ""),
    ]
    (left,) = draft.quarantine  # openpyxl stores a text that begins with = as a formula, without a value
    assert (left.file, left.line, left.code) == ("company.xlsx/sales_history", 5, "IN116")
    assert left.reason == "cell E5 holds a formula without a stored value"


def test_bad_cells_are_left_out_with_sheet_row_and_reason(company):
    rows = [
        SHEETS["sales_history"][0],
        ["saw", "shop", datetime(2026, 12, 1, 8, 30), 5],
        ["saw", "shop", 46357, 5],
        ["saw", "shop", date(2026, 12, 1), "1,000.5"],
        ["saw", "shop", date(2026, 12, 1), date(1900, 1, 5)],
        ["saw", "shop", date(2026, 12, 1), 5, "x"],
        ["saw", "shop", date(2026, 12, 1), "#REF!"],
        ["saw", "shop", date(2026, 12, 1), 5],
    ]
    path = company(sales_history=rows)
    book = openpyxl.load_workbook(path)
    book["sales_history"]["D7"].data_type = "e"
    book.save(path)
    draft = read_dataset(path)
    assert [(q.line, q.code) for q in draft.quarantine] == [
        (2, "IN107"),
        (3, "IN107"),
        (4, "IN106"),
        (5, "IN104"),
        (6, "IN101"),
        (7, "IN116"),
    ]
    assert draft.quarantine[4].reason == "cell E6 stands right of the last heading"
    assert draft.quarantine[5].reason == "cell D7 holds the error #REF!"
    assert draft.tables["sales_history"].height == 1
    read = draft.sums["sales_history"]
    assert (read.sums["ordered_qty"], read.sums_quarantined["ordered_qty"]) == (5.0, 15.0)


def test_stored_values_of_formulas_are_read(tmp_path):
    import xlsxwriter

    path = tmp_path / "company.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, rows in {"dataset": [[k, str(v)] for k, v in HEAD.items()], **SHEETS}.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, [str(cell) if isinstance(cell, date) else cell for cell in row])
        sheet.write_formula("D2", "=2*21", None, 42)
    draft = read_dataset(path)
    assert draft.tables["sales_history"].select("date", "ordered_qty").rows() == [(date(2026, 12, 1), 42.0)]
    assert draft.quarantine == ()


def test_sheets_of_remarks_are_passed_over_and_unknown_ones_said(company):
    notes = [["what we think of it"]]
    draft = read_dataset(company(help=notes, README=notes, _lists=notes, Sheet1=[], prize=[["item"], ["saw"]]))
    said = [(f.where, f.message) for f in draft.findings if f.code == "IN207"]
    assert said == [("file company.xlsx/prize", "No table is called 'prize'. Did you mean prices?")]


def test_names_of_sheets_are_compared_without_case_and_blanks(company):
    path = company(items=None, **{"Items ": SHEETS["items"]})
    assert read_dataset(path).sums["items"].rows == 2
    with pytest.raises(DatasetRefused, match=r"company.xlsx/Items  and company.xlsx/items hold the same table"):
        read_dataset(company(**{"Items ": SHEETS["items"]}))


def test_the_head_of_a_workbook(company):
    head = {
        "key": "value",
        **HEAD,
        "bucket": "4-4-5",
        "start": "2027-01-04",
        "fiscal_year_start": "2026-01-05; 2027-01-04",
        "as_of": None,
        "horizon": 6.0,
        "policy.workforce": "integer",
        "policy.closing_backlog": False,
        "policy.service_level_pct": 97.5,
    }
    read = read_dataset(company(head)).head
    assert (read.start, read.as_of, read.horizon) == (date(2027, 1, 4), date(2027, 1, 3), 6)
    assert read.fiscal_year_start == (date(2026, 1, 5), date(2027, 1, 4))
    assert dict(read.policy) == {"closing_backlog": False, "service_level_pct": 97.5, "workforce": "integer"}


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ({}, "It has no sheet dataset with keys and values; its sheets are dataset, items, markets, sales_history"),
        ({**HEAD, "policy.workforse": "integer"}, "company.xlsx/dataset: .*no knob 'workforse'; did you mean"),
        ({**HEAD, "horizon": "6 months"}, "company.xlsx/dataset: horizon = 6 months must be a whole number"),
        ({**HEAD, "": "lost"}, "company.xlsx/dataset: line 6: value 'lost' has no key"),
        ({**HEAD, "name ": "twice"}, "company.xlsx/dataset: line 6: key name stands already on line 1"),
        ({**HEAD, "start": datetime(2027, 1, 1, 6)}, "start = 2027-01-01 06:00:00 must be a day"),
        ({**HEAD, "name": "=A1"}, "company.xlsx/dataset: line 1 holds a formula without a stored value"),
    ],
)
def test_wrong_heads_of_workbooks(company, head, message):
    with pytest.raises(DatasetRefused, match=message):
        read_dataset(company(head))


def test_missing_sheets_and_headings_are_named(company):
    with pytest.raises(DatasetRefused, match="table items: No sheet items"):
        read_dataset(company(items=None))
    with pytest.raises(DatasetRefused, match=r"company.xlsx/items line 1: no column item; it has code"):
        read_dataset(company(items=[["code", "name", "family", "uom"], ["x", "X", "f", "u"]]))
    with pytest.raises(DatasetRefused, match=r"company.xlsx/items: line 1: column 'item' stands twice"):
        read_dataset(company(items=[["item", "item"], ["x", "X"]]))


def test_margins_of_a_sheet_are_no_columns(company):
    rows = [[None, *row] for row in SHEETS["items"]]
    assert read_dataset(company(items=rows)).tables["items"].columns == read_dataset(company()).tables["items"].columns


def test_a_mapping_reads_sheets(company, tmp_path):
    orders = [["Artikel", "Kunde", "Tag", "Menge"], ["saw", "shop", "31.12.2026", 3]]
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[tables.sales_history]\nfile = "*/Orders"\ndates = {date = "%d.%m.%Y"}\n'
        'rename = {Artikel = "item", Kunde = "market", Tag = "date", Menge = "ordered_qty"}\n'
    )
    draft = read_dataset(company(sales_history=None, Orders=orders), mapping)
    assert draft.tables["sales_history"].select("date", "ordered_qty").rows() == [(date(2026, 12, 31), 3.0)]
    assert not [f for f in draft.findings if f.code == "IN207"]
