"""Which earlier plan counts, and that totals of the archive are never added to their parts."""

import dataclasses
from datetime import date

import pytest

from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.pack.family_sheet import family_sheet
from equipoise.pack.sheet import RowKind
from equipoise.plan import compute_plan

OCTOBER, DECEMBER, JANUARY = date(2026, 10, 1), date(2026, 12, 1), date(2027, 1, 1)


@pytest.fixture
def last(tomato_snapshot):
    """The row of the last plan's demand, by month, for rows of the archive (made, item, location, date, quantity)."""

    def read(*given):
        made, item, location, day, quantity = zip(*given, strict=True)
        frame = conformed(
            table("plan_archive"),
            {
                "made_date": list(made),
                "measure": ["demand_consensus_qty"] * len(given),
                "item": list(item),
                "location": list(location),
                "date": list(day),
                "quantity": list(quantity),
            },
        )
        tables = {**tomato_snapshot.tables, "plan_archive": frame}
        sheet = family_sheet(compute_plan(dataclasses.replace(tomato_snapshot, tables=tables)), "tools")
        row = sheet.section("sales").row(RowKind.LAST)
        return {column.bucket: value for column, value in zip(sheet.columns, row.values, strict=True)}

    return read


def test_latest_plan_before_the_start_counts_ahead(last):
    row = last((OCTOBER, "tool", "", JANUARY, 5.0), (DECEMBER, "tool", "", JANUARY, 7.0))
    assert (row[0], row[1]) == (7.0, None)


def test_plan_made_after_the_start_is_no_last_plan(last):
    row = last((DECEMBER, "tool", "", JANUARY, 7.0), (date(2027, 1, 15), "tool", "", JANUARY, 9.0))
    assert row[0] == 7.0


def test_closed_bucket_is_held_against_the_plan_then_in_force(last):
    november = date(2026, 11, 1)
    row = last((OCTOBER, "tool", "", november, 5.0), (DECEMBER, "tool", "", november, 7.0))
    assert row[-2] == 5.0, "the plan of December came after November had begun"


def test_closed_bucket_takes_a_later_plan_where_none_was_kept(last):
    assert last((DECEMBER, "tool", "", date(2026, 11, 1), 7.0))[-2] == 7.0


def test_part_is_not_added_to_its_total(last):
    row = last((DECEMBER, "tools", "", JANUARY, 9.0), (DECEMBER, "tool", "", JANUARY, 4.0))
    assert row[0] == 9.0


def test_locations_of_an_item_add_up_unless_their_total_is_given(last):
    parts = [(DECEMBER, "tool", "plant", JANUARY, 4.0), (DECEMBER, "tool", "elsewhere", JANUARY, 3.0)]
    assert last(*parts)[0] == 7.0
    assert last(*parts, (DECEMBER, "tool", "", JANUARY, 8.0))[0] == 8.0


def test_total_above_the_family_is_not_the_familys(last):
    row = last((DECEMBER, "", "", JANUARY, 90.0), (DECEMBER, "tool", "", JANUARY, 4.0))
    assert row[0] == 90.0, "the only family of the company is the company"
