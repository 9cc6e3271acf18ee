import openpyxl
import pytest

from equipoise.core.knob import KNOBS
from equipoise.core.tables import TABLES
from equipoise.gather import gather, open_snapshot
from equipoise.intake import read_dataset
from equipoise.template import write_workbook
from equipoise.template.workbook import HEAD_KEYS


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "new" / "company.xlsx"
    write_workbook(path)
    return path


def test_every_table_has_its_sheet_and_heading(cli, tmp_path):
    answer = cli("template", "--xlsx", tmp_path / "company.xlsx", "--json")
    assert answer.code == 0
    assert answer.json["sheets"] == ["dataset", *(table.name for table in TABLES), "help"]
    sheets = openpyxl.load_workbook(tmp_path / "company.xlsx")
    assert sheets.sheetnames == answer.json["sheets"]
    for table in TABLES:
        heading = sheets[table.name][1]
        assert [cell.value for cell in heading] == list(table.names)
        for cell, column in zip(heading, table.columns, strict=True):
            assert cell.font.bold is column.required, (table.name, column.name)
            assert column.meaning in cell.comment.text and str(column.type) in cell.comment.text


def test_possible_words_are_offered(book):
    sheets = openpyxl.load_workbook(book)
    for table in TABLES:
        offered = {
            cells.coord.split(":")[0]: rule.formula1
            for rule in sheets[table.name].data_validations.dataValidation
            for cells in rule.sqref.ranges
        }
        for cell, column in zip(sheets[table.name][1], table.columns, strict=True):
            if column.choices:
                assert offered[f"{cell.column_letter}2"] == f'"{",".join(column.choices)}"'


def test_the_template_is_a_valid_dataset(book):
    draft = read_dataset(book)
    assert draft.quarantine == ()
    assert {f.code for f in draft.findings} == {"IN202"}, "nothing but defaults for the empty tables"
    assert draft.tables["forecast"]["quantity"].sum() == 16000.0
    assert dict(draft.head.policy) == {"baseline": "imported", "safety_stock": "none"}


def test_the_template_can_be_planned(cli, book, tmp_path):
    answer = cli("plan", book, "--out", tmp_path / "plan", "--json")
    assert answer.code == 0
    assert not [f for f in answer.json["findings"] if f["severity"] in ("blocker", "error")]


def test_the_head_offers_every_key_and_knob(book):
    sheet = openpyxl.load_workbook(book)["dataset"]
    keys = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert keys == [*(key for key, _, _ in HEAD_KEYS), *(f"policy.{knob.name}" for knob in KNOBS)]


def test_help_explains_every_column(book):
    rows = {row[:2]: row[2:] for row in openpyxl.load_workbook(book)["help"].iter_rows(values_only=True)}
    for table in TABLES:
        for column in table.columns:
            assert rows[table.name, column.name][0] == str(column.type)


def test_no_cell_is_a_formula(book):
    sheets = openpyxl.load_workbook(book)
    kinds = {cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n", "d"}, "n is also blank"


def test_the_same_bytes_on_every_day(book, tmp_path):
    write_workbook(tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_an_existing_workbook_is_never_overwritten(cli, tmp_path):
    path = tmp_path / "company.xlsx"
    path.write_bytes(b"mine")
    answer = cli("template", "--xlsx", path)
    assert answer.code == 2 and "company.xlsx is there already" in answer.err
    assert path.read_bytes() == b"mine"


def test_what_to_write_must_be_said(cli, tmp_path):
    assert "DIR" in cli("template").err
    answer = cli("template", "--xlsx", tmp_path / "company.csv")
    assert answer.code == 2 and "must end in .xlsx" in answer.err


def test_both_at_once(cli, tmp_path):
    answer = cli("template", tmp_path / "new", "--xlsx", tmp_path / "company.xlsx", "--json")
    assert answer.code == 0 and "items.csv" in answer.json["files"] and "items" in answer.json["sheets"]


def test_check_and_gather_take_the_workbook(cli, book, tmp_path):
    assert cli("check", book, "--strict").code == 0
    answer = cli("gather", book, "--out", tmp_path / "sealed", "--json")
    assert answer.json["snapshot"] == gather(read_dataset(book)).id == open_snapshot(tmp_path / "sealed").id
