"""A view as a workbook: what is locked, what is a sum, what is hidden, and that no text becomes a formula."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import numpy as np
import openpyxl
import pytest

from equipoise_web.access import access_of
from equipoise_web.reads import grid_workbook
from equipoise_web.reads.grid_numbers import numbers_now
from equipoise_web.reads.grid_rows import read_rows
from equipoise_web.reads.grid_view import GridView
from equipoise_web.reads.grid_workbook import TooLargeForWorkbook, readme_lines, write_workbook
from equipoise_web.reads.grid_workbook_changes import Change
from equipoise_web.reads.grid_workbook_diff import read_diff
from equipoise_web.reads.grid_workbook_layout import FIRST_COLUMN, reference, rows_of_sheet, sums_of_sheet
from equipoise_web.reads.grid_workbook_parts import totals_of
from equipoise_web.reads.grid_workbook_ticket import WorkbookRefused, from_cells, ticket_of, to_cells

CONSENSUS = "demand_consensus_qty"
AT = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)


@pytest.fixture
def view(person, demo_digest):
    """Rows of a query, as a demand planner sees them."""
    who = access_of(person("me", "demand_planner"))

    def read(query=f"rows=family,item&measures=demand_baseline_qty,{CONSENSUS},demand_load_pct"):
        return read_rows(numbers_now(who), GridView.of_query(dict(parse_qsl(query))), who=who)

    read.who = who
    return read


def book_of(rows, who, **more):
    return openpyxl.load_workbook(io.BytesIO(write_workbook(rows, who, seen=7, at=AT, company="Acme")), **more)


def test_it_has_a_plan_a_page_to_read_and_a_sheet_that_no_menu_shows(view):
    book = book_of(view(), view.who)
    assert [(sheet.title, sheet.sheet_state) for sheet in book] == [
        ("Plan", "visible"),
        ("Read me", "visible"),
        ("equipoise", "veryHidden"),
    ]
    plan = book["Plan"]
    assert plan.protection.sheet and not plan.protection.password
    assert plan.freeze_panes == "E7"
    assert plan.column_dimensions["A"].hidden and plan.row_dimensions[4].hidden
    (rule,) = plan.data_validations.dataValidation
    assert (rule.type, rule.operator, rule.formula1) == ("decimal", "greaterThanOrEqual", "0")
    said = {each.name: each.value for each in book.custom_doc_props.props}
    assert said["equipoise_base_revision"] == 7
    assert said["equipoise_downloaded_by"] == "me"
    assert [book["Read me"].cell(row, 1).value for row in range(3, 8)] == [1, 2, 3, 4, 5]


def test_months_stand_under_quarters_and_rows_below_each_other(view):
    plan = book_of(view(), view.who)["Plan"]
    assert [plan.cell(6, column).value for column in (3, 4, 5, 6, 7)] == ["Item", "Measure", "Nov", "Dec", "Jan"]
    quarters = [cell.value for cell in plan[5] if cell.value]
    assert len(quarters) == len(set(quarters)) > 3
    names = [(plan.cell(row, 3).value, plan.row_dimensions[row].outline_level) for row in range(7, 16)]
    assert names[0][1] == 0 and names[3][1] == 1
    assert plan.cell(plan.max_row, 3).value == "Total"


@pytest.mark.parametrize("more", ["", "&quarters=1", "&quarters=1&past=1"])
def test_every_sum_is_that_of_its_cells_and_of_lines_to_type_in_only(view, more):
    rows = view(f"rows=family,item&measures=demand_baseline_qty,{CONSENSUS},demand_load_pct{more}")
    plan = book_of(rows, view.who)["Plan"]
    shown = book_of(rows, view.who, data_only=True)["Plan"]
    ticket = ticket_of(rows, view.who, seen=7, at=AT)
    sums = sums_of_sheet(ticket)
    at = rows_of_sheet(ticket)
    assert {line for line, _node, _column in sums} == {ticket.lines.index(CONSENSUS)}
    assert len(sums) > 100
    for (line, node, column), formula in sums.items():
        place = reference(at[line, node], FIRST_COLUMN + column)
        assert plan[place].value == formula
        inside = formula.removeprefix("=SUM(").removesuffix(")").split(",")
        cells = [c for ref in inside for row in np.atleast_2d(np.array(shown[ref], dtype=object)) for c in row]
        assert len({cell.coordinate for cell in cells}) == len(cells)
        assert sum(cell.value for cell in cells) == pytest.approx(ticket.values[line, node, column], rel=1e-12)
        assert shown[place].value == pytest.approx(ticket.values[line, node, column], rel=1e-12)


def test_a_total_of_a_quarter_stands_behind_its_months_and_the_year_does_not_add_it_again(view):
    rows = view(f"rows=family,item&measures={CONSENSUS}&quarters=1")
    plan = book_of(rows, view.who)["Plan"]
    heads = [cell.value for cell in plan[6] if cell.value][2:]
    assert heads[:13] == [
        *("Nov", "Dec", "Q2 FY27", "Jan", "Feb", "Mar", "Q3 FY27"),
        *("Apr", "May", "Jun", "Q4 FY27", "FY27", "Jul"),
    ]
    quarters = [cell.value for cell in plan[5] if cell.value]
    assert len(quarters) == len(set(quarters)) > 3
    row = next(row for row in range(7, plan.max_row) if plan.cell(row, 1).value == "Oral care/OR-01")
    assert [plan.cell(row, 5 + n).value for n in (2, 6)] == [f"=SUM(E{row}:F{row})", f"=SUM(H{row}:J{row})"]
    assert plan.cell(row, 5 + 11).value == f"=SUM(E{row}:F{row},H{row}:J{row},L{row}:N{row})"


def test_texts_never_become_formulas(view):
    rows = view()
    hostile = tuple(f"{sign}cmd|' /C calc'!A{n}" for n, sign in enumerate("=+-@\t=" * 20))[: len(rows.labels)]
    rows = replace(rows, header={**rows.header, "labels": hostile})
    plan = book_of(rows, view.who)["Plan"]
    labels = [plan.cell(row, 3) for row in range(7, plan.max_row + 1)]
    assert {cell.value for cell in labels} <= set(hostile)
    raw = write_workbook(rows, view.who, seen=7, at=AT, company="=1+1")
    import zipfile

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "calc" not in sheet, "texts stand among the shared strings, never in a cell or a formula"
    assert "<f>" in sheet


def test_cells_are_open_where_the_person_may_type_and_shaded_elsewhere(view):
    rows = view()
    plan = book_of(rows, view.who)["Plan"]
    at = {(plan.cell(row, 1).value, plan.cell(row, 2).value): row for row in range(7, plan.max_row + 1)}
    typed, baseline = (plan.cell(at["Oral care/OR-01", line], 9) for line in (CONSENSUS, "demand_baseline_qty"))
    assert (typed.protection.locked, typed.fill.fill_type) == (False, None)
    assert (baseline.protection.locked, baseline.fill.fgColor.rgb) == (True, "FFF1F3F5")
    assert readme_lines(ticket_of(rows, view.who, seen=7, at=AT))[0].startswith("White cells are yours to edit: Consen")


def test_a_view_of_too_many_cells_says_by_how_much(view, monkeypatch):
    monkeypatch.setattr(grid_workbook, "MOST_CELLS", 100)
    with pytest.raises(TooLargeForWorkbook, match=r"This view has [\d,]+ cells; a workbook holds 100"):
        write_workbook(view(), view.who, seen=7, at=AT, company="Acme")


def test_a_ticket_comes_back_bit_by_bit(view):
    ticket = ticket_of(view(), view.who, seen=7, at=AT)
    back = from_cells(to_cells(ticket))
    assert back.values.tobytes() == ticket.values.tobytes()
    assert {n: v for n, v in vars(back).items() if n in ("lines", "keys", "depth", "columns", "seen", "query")} == {
        n: v for n, v in vars(ticket).items() if n in ("lines", "keys", "depth", "columns", "seen", "query")
    }
    assert all(len(cell) <= 32_767 and not cell.startswith("=") for cell in to_cells(ticket))


def test_cells_of_rows_and_months_that_are_gone_are_named(view):
    rows = view()
    ticket = ticket_of(rows, view.who, seen=7, at=AT)
    keys = ("all", *(f"{key}!" if key == "Oral care" else key for key in ticket.keys[1:]))
    late = replace(ticket.columns[0], first="2026-10-01")
    ticket = replace(ticket, keys=keys, columns=(late, *ticket.columns[1:]))
    line, node = ticket.lines.index(CONSENSUS), ticket.keys.index("Oral care!")
    changes = [Change(line, node, 3, 5.0), Change(line, node + 1, 0, 5.0), Change(line, node + 1, 3, 5.0)]
    found = read_diff(ticket, _changes(changes), view.who)
    assert [cell.state for cell in found.cells] == ["mine", "gone", "gone"]
    assert {cell.because for cell in found.cells[1:]} == {"The plan has no such row or column any more."}


def test_a_view_that_is_gone_is_refused(view):
    ticket = replace(ticket_of(view(), view.who, seen=7, at=AT), query="rows=shelf&measures=demand_consensus_qty")
    with pytest.raises(
        WorkbookRefused, match="The view it was made of is not there any more: there is no level 'shelf'"
    ):
        read_diff(ticket, _changes([]), view.who)


def test_of_typed_totals_only_the_topmost_parts_count(view):
    ticket = ticket_of(view(), view.who, seen=7, at=AT)
    line, node = ticket.lines.index(CONSENSUS), ticket.keys.index("Oral care")
    year = next(n for n, column in enumerate(ticket.columns) if column.is_total)

    def change(node, column, more):
        return Change(line, node, column, float(ticket.values[line, node, column]) + more)

    whole, item, month = change(node, year, 100), change(node + 1, year, 60), change(node + 1, 0, 60)
    other = change(node + 2, 1, 40)
    found = totals_of(ticket, [month, whole, other, item])
    assert set(found) == {whole, item}
    assert set(found[whole].parts) == {item, other}
    assert found[whole].agrees(whole) and found[item].agrees(item)
    assert not totals_of(ticket, [whole, month])[whole].agrees(whole)


def _changes(cells):
    from equipoise_web.reads.grid_workbook_changes import Changes

    return Changes(tuple(cells), 0, 0)
