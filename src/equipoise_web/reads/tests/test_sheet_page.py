"""The page of a family sheet: words, widths, marks and the questions its numbers lead to."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs

import pytest

from equipoise.core.snapshot import conformed
from equipoise.core.table import UnknownName
from equipoise.core.tables import table
from equipoise.plan import compute_plan
from equipoise_web.reads.numbers import UNKNOWN
from equipoise_web.reads.sheet import read_sheet


def cells(page, section, kind):
    (found,) = (row for part in page.sections if part.name == section for row in part.rows if row.kind == kind)
    return found.cells


def test_number_mark_and_question_of_a_cell(tomato):
    cell = cells(read_sheet(tomato, "tools", unit="qty"), "sales", "plan")[4]
    assert (cell.text, cell.testid) == ("3,800", "cell:demand_consensus_qty:plan:3")
    assert parse_qs(cell.query) == {"measure": ["demand_consensus_qty"], "family": ["tools"], "bucket": ["3"]}


def test_total_is_shown_and_asks_nothing(tomato):
    total = cells(read_sheet(tomato, "tools", unit="qty"), "production", "plan")[-1]
    assert (total.text, total.css, total.query) == ("15,500", "num total", "")


def test_differences_are_always_signed(demo):
    for section in ("sales", "production", "inventory"):
        *compared, landing = cells(read_sheet(demo, "Oral care", unit="qty"), section, "diff")
        assert landing.text == "", "a year has no last plan beside it"
        for cell in compared:
            assert cell.text[0] in "+−" or cell.text in ("0", UNKNOWN)
            assert "-" not in cell.text


def test_what_does_not_apply_is_blank_and_what_is_missing_is_a_dash(tomato):
    page = read_sheet(tomato, "tools", unit="qty")
    assert cells(page, "sales", "plan")[0].text == ""
    assert cells(page, "sales", "actual")[0].text == UNKNOWN
    assert cells(page, "sales", "actual")[1].text == ""


def test_differences_from_no_plan_are_no_rows(tomato, demo):
    kinds = [row.kind for part in read_sheet(tomato, "tools", unit="qty").sections for row in part.rows]
    assert "diff" not in kinds
    assert "cum" not in kinds
    assert "diff" in [row.kind for part in read_sheet(demo, "Oral care", unit="qty").sections for row in part.rows]


def test_no_number_is_wider_than_its_column(demo):
    for unit in ("qty", "amount"):
        page = read_sheet(demo, "Laundry care", unit=unit)
        for section in page.sections:
            for row in section.rows:
                for column, cell in zip(page.columns, row.cells, strict=True):
                    assert len(cell.text) <= int(column.width.removeprefix("w-"))


def test_heads_span_all_columns_and_the_plan_begins_with_a_line(demo):
    page = read_sheet(demo, "Oral care", unit="qty")
    assert sum(head.span for head in page.heads) == len(page.columns) == 17
    assert [column.css for column in page.columns[:5]] == ["act", "act", "act", "now", ""]
    assert [column.css for column in page.columns[-2:]] == ["total", "total"]
    assert [head.label for head in page.heads[-2:]] == ["", "Landing"]


def test_the_fiscal_year_lands_beside_the_total(demo):
    page = read_sheet(demo, "Oral care", unit="qty")
    *_, total, landing = cells(page, "sales", "shipped")
    assert (total.testid, landing.testid) == (
        "cell:demand_served_qty:shipped:total",
        "cell:demand_served_qty:shipped:landing",
    )
    assert landing.text not in ("", UNKNOWN, total.text)
    assert landing.query == ""


def test_money_is_in_millions_or_thousands_and_says_so(demo):
    page = read_sheet(demo, None, unit="qty")
    assert page.unit == "amount"
    assert page.unit_label == "EUR M"
    assert page.subtitle.startswith("EUR M per month")
    assert page.is_rounded


def test_nearest_buckets_are_the_next_six(demo):
    page = read_sheet(demo, "Oral care", unit="qty")
    nearest = page.sections[0].nearest
    assert [bucket.label for bucket in nearest] == ["Nov", "Dec", "Jan", "Feb", "Mar", "Apr"]
    assert nearest[0].plan == cells(page, "sales", "plan")[3].text
    assert nearest[0].difference == cells(page, "sales", "diff")[3].text


def test_all_families_of_the_plan_can_be_chosen(demo):
    families = read_sheet(demo, None, unit="qty").families
    assert "Laundry care" in families
    assert "Raw materials" not in families, "nobody buys a component"


def test_same_question_is_drawn_once(demo):
    assert read_sheet(demo, "Oral care", unit="qty") is read_sheet(demo, "Oral care", unit="qty")


def test_unknown_family_is_refused(tomato):
    with pytest.raises(UnknownName):
        read_sheet(tomato, "toys", unit="qty")


def test_a_begun_month_is_to_date_and_to_go(tomato):
    day = date(2027, 1, 15)
    shipped = {"item": ["tool"], "market": ["retail"], "date": [day], "shipped_qty": [700.0]}
    snapshot = replace(
        tomato.snapshot,
        head=replace(tomato.head, as_of=day, history_to=day),
        tables={**tomato.snapshot.tables, "sales_history": conformed(table("sales_history"), shipped)},
    )
    page = read_sheet(compute_plan(snapshot), "tools", unit="qty")
    (number,) = (n for n, column in enumerate(page.columns) if column.label == "Jan act. to 15 + plan")
    to_date, to_go, whole = (cells(page, "sales", kind)[number] for kind in ("to_date", "to_go", "shipped"))
    assert (to_date.text, to_go.text, whole.text) == ("700", "900", "1,600")
    assert whole.query == "" and parse_qs(to_go.query)["measure"] == ["demand_served_qty"]
    assert cells(page, "sales", "to_date")[number + 1].text == "", "only the begun month has two parts"
