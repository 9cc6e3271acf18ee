"""The family sheet adds up to the plan bit for bit, and says nothing where nothing is known."""

import dataclasses
from datetime import date

import numpy as np
import polars as pl
import pytest

from equipoise.core.snapshot import conformed
from equipoise.core.table import UnknownName
from equipoise.core.tables import table
from equipoise.kpi import variance
from equipoise.landing import landing
from equipoise.pack.family_sheet import family_sheet
from equipoise.pack.scope import families
from equipoise.pack.sheet import RowKind
from equipoise.plan import compute_plan

MONTHS = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]
FORECAST, SALES = [200.0, 200.0, 220.0], [210.0, 190.0, 250.0]
PLANNED, MADE = [200.0, 210.0, 220.0], [195.0, 210.0, 215.0]
STOCK_PLANNED, STOCK = [500.0, 510.0, 510.0], [485.0, 505.0, 470.0]


def values(sheet, section, kind):
    return sheet.section(section).row(kind).values


def rows(name, **columns):
    return conformed(table(name), {key: list(column) for key, column in columns.items()})


def with_tables(snapshot, **tables):
    return dataclasses.replace(snapshot, tables={**snapshot.tables, **tables})


def archive(made, measure, quantities, months=MONTHS, item="tool"):
    count = len(months)
    return rows(
        "plan_archive",
        made_date=[made] * count,
        measure=[measure] * count,
        item=[item] * count,
        date=months,
        quantity=quantities,
    )


@pytest.fixture(scope="module")
def textbook(tomato_snapshot):
    """The worked example D10 as the past of a dataset that opens with what was counted."""
    ends = [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]
    item, three = ["tool"] * 3, 3
    made = date(2026, 10, 1)
    snapshot = with_tables(
        tomato_snapshot,
        sales_history=rows(
            "sales_history", item=item, market=["retail"] * three, date=MONTHS, ordered_qty=SALES, shipped_qty=SALES
        ),
        production_history=rows("production_history", item=item, date=MONTHS, quantity=MADE),
        inventory_history=rows("inventory_history", item=item, location=["plant"] * three, date=ends, on_hand=STOCK),
        plan_archive=pl.concat(
            [
                archive(made, "demand_consensus_qty", FORECAST),
                archive(made, "production_qty", PLANNED),
                archive(made, "inventory_closing_qty", STOCK_PLANNED),
            ]
        ),
    )
    return compute_plan(snapshot)


def test_worked_example_of_the_identity(textbook):
    sheet = family_sheet(textbook, "tools")
    closed = slice(0, 3)
    assert values(sheet, "sales", RowKind.DIFFERENCE)[closed] == (10.0, -10.0, 30.0)
    assert values(sheet, "sales", RowKind.CUMULATIVE)[closed] == (10.0, 0.0, 30.0)
    assert values(sheet, "production", RowKind.CUMULATIVE)[closed] == (-5.0, -5.0, -10.0)
    assert values(sheet, "inventory", RowKind.DIFFERENCE)[closed] == (-15.0, -5.0, -40.0)
    assert values(sheet, "inventory", RowKind.CUMULATIVE)[closed] == (-15.0, -5.0, -40.0)


def test_sheet_says_what_the_kpi_room_says(textbook):
    known = variance.family_sheet(
        500.0,
        forecast=np.array(FORECAST),
        sales=np.array(SALES),
        planned=np.array(PLANNED),
        made=np.array(MADE),
    )
    sheet = family_sheet(textbook, "tools")
    assert values(sheet, "sales", RowKind.CUMULATIVE)[:3] == tuple(known.sales_variance.tolist())
    assert values(sheet, "production", RowKind.CUMULATIVE)[:3] == tuple(known.production_variance.tolist())
    assert values(sheet, "inventory", RowKind.DIFFERENCE)[:3] == tuple(known.stock_variance.tolist())


def test_days_on_hand_are_of_the_next_bucket(textbook):
    days = values(family_sheet(textbook, "tools"), "inventory", RowKind.DAYS)
    assert days[2] == pytest.approx(470.0 / 1600.0 * 31)
    assert days[0] is None, "the demand plan of a closed bucket is not this plan's"


def test_totals_are_those_of_the_plan(tomato):
    sheet = family_sheet(tomato, "tools")
    assert values(sheet, "sales", RowKind.PLAN)[-1] == tomato.total("demand_consensus_qty", family="tools")
    assert values(sheet, "sales", RowKind.SHIPPED)[-1] == tomato.total("demand_served_qty", family="tools")
    assert values(sheet, "production", RowKind.PLAN)[-1] == tomato.total("production_qty", family="tools")
    assert values(sheet, "inventory", RowKind.PLAN)[-1] == tomato.total("inventory_closing_qty", family="tools")
    money = family_sheet(tomato, None)
    assert values(money, "sales", RowKind.SHIPPED)[-1] == tomato.total("revenue_amount")
    assert values(money, "inventory", RowKind.PLAN)[-1] == tomato.total("inventory_value_amount")


def test_families_add_up_to_all_families_in_money(demo):
    whole = family_sheet(demo, None)
    parts = [family_sheet(demo, family, unit="amount") for family in families(demo)]
    for kind in (RowKind.PLAN, RowKind.LAST, RowKind.ACTUAL, RowKind.DIFFERENCE):
        for column, total in enumerate(values(whole, "sales", kind)):
            summed = [values(part, "sales", kind)[column] for part in parts]
            assert (None in summed) == (total is None)
            assert total is None or sum(summed) == total


def test_actuals_are_the_rows_of_the_tables(demo):
    sheet = family_sheet(demo, "Laundry care")
    items = demo.snapshot.table("items").filter(pl.col("family") == "Laundry care")["item"].to_list()
    for name, column, section, kind in (
        ("sales_history", "ordered_qty", "sales", RowKind.ACTUAL),
        ("sales_history", "shipped_qty", "sales", RowKind.SHIPPED),
        ("production_history", "quantity", "production", RowKind.ACTUAL),
    ):
        frame = demo.snapshot.table(name).filter(pl.col("item").is_in(items))
        expected = [
            frame.filter(pl.col("date").dt.year() == 2026, pl.col("date").dt.month() == month)[column].sum()
            for month in (8, 9, 10)
        ]
        assert list(values(sheet, section, kind)[:3]) == expected


def test_columns_are_three_closed_and_twelve_coming_a_total_and_the_fiscal_year(demo):
    columns = family_sheet(demo, "Oral care").columns
    assert [column.bucket for column in columns] == [*range(-3, 12), None, None]
    assert (columns[-1].label, columns[-1].group, columns[-1].is_landing) == ("FY27", "Landing", True)
    assert [column.is_actual for column in columns[:4]] == [True, True, True, False]
    assert (columns[0].label, columns[3].group, columns[-2].label) == ("Aug", "Q2 FY27", "12 months")


def test_nothing_known_is_never_zero(tomato):
    sheet = family_sheet(tomato, "tools")
    assert sheet.last_made is None
    assert set(values(sheet, "sales", RowKind.LAST)) == {None}
    assert set(values(sheet, "production", RowKind.CUMULATIVE)) == {None}
    assert values(sheet, "sales", RowKind.ACTUAL)[0] is None
    assert "no earlier plan" in sheet.lead
    assert any("No earlier plan" in note for note in sheet.notes)


def test_stock_counted_last_is_the_opening_stock(tomato):
    sheet = family_sheet(tomato, "tools")
    assert sheet.columns[0].bucket == -1, "nothing is known of earlier buckets"
    assert values(sheet, "inventory", RowKind.ACTUAL)[0] == 1000.0


def test_title_is_what_is_short(tomato):
    assert family_sheet(tomato, "tools").title == "tools: 267 units short in Apr"
    assert family_sheet(tomato, None).title == "All families: $11\u00a0k of demand not served in Apr"


def test_title_says_when_all_is_served(demo):
    for family in families(demo):
        sheet = family_sheet(demo, family)
        is_short = bool(demo.by_bucket("unmet_qty", family=family)[:12].sum() > 0)
        assert sheet.title.endswith("served in every month") is not is_short
        assert (sheet.section("sales").row(RowKind.SHORT) is not None) is is_short


def test_all_families_are_always_money(demo):
    assert family_sheet(demo, None, unit="qty").unit == "amount"


def test_family_of_mixed_units_is_not_added_up(tomato_snapshot):
    items = tomato_snapshot.table("items")
    other = items.with_columns(item=pl.lit("oil"), uom=pl.lit("liter"))
    forecast = tomato_snapshot.table("forecast")
    plan = compute_plan(
        with_tables(
            tomato_snapshot,
            items=pl.concat([items, other]),
            forecast=pl.concat([forecast, forecast.with_columns(item=pl.lit("oil"))]),
        )
    )
    sheet = family_sheet(plan, "tools")
    assert set(values(sheet, "sales", RowKind.PLAN)) == {None}
    assert any("share no unit" in note for note in sheet.notes)


def test_volume_unit_holds_for_the_plan_and_the_past_alike(textbook):
    snapshot = dataclasses.replace(
        with_tables(textbook.snapshot, uoms=rows("uoms", item=["tool"], uom=["case"], factor=[10.0])),
        head=dataclasses.replace(textbook.head, volume_uom="case"),
    )
    sheet = family_sheet(compute_plan(snapshot), "tools")
    assert sheet.subtitle.startswith("Cases per month")
    assert values(sheet, "sales", RowKind.PLAN)[3] == 160.0
    assert values(sheet, "sales", RowKind.LAST)[:3] == pytest.approx((20.0, 20.0, 22.0))
    assert values(sheet, "production", RowKind.ACTUAL)[:3] == pytest.approx((19.5, 21.0, 21.5))
    assert values(sheet, "inventory", RowKind.DIFFERENCE)[2] == pytest.approx(-4.0)


def test_money_values_volume_at_this_plans_prices(textbook):
    sheet = family_sheet(textbook, "tools", unit="amount")
    assert values(sheet, "sales", RowKind.DIFFERENCE)[:3] == (400.0, -400.0, 1200.0)
    assert values(sheet, "production", RowKind.CUMULATIVE)[2] == -10.0 * 26.0
    assert values(sheet, "sales", RowKind.SHIPPED)[0] is None, "no invoiced revenue was delivered"


@pytest.mark.parametrize(("family", "unit"), [("tool", "qty"), ("tools", "hours")])
def test_unknown_family_or_unit_is_refused(tomato, family, unit):
    with pytest.raises(UnknownName):
        family_sheet(tomato, family, unit=unit)


HALF = [date(2026, month, 1) for month in range(7, 13)]
"""The first half of fiscal year 2027, which ends in June."""
MIDDLE = date(2027, 1, 15)


@pytest.fixture(scope="module")
def begun(tomato_snapshot):
    """200 a month sold and made until December; by 15 January 700 are shipped, invoiced at 41, and 900 made."""
    days, n = [*HALF, date(2027, 1, 10)], 7
    shipped, made, invoiced = [200.0] * 6 + [700.0], [200.0] * 6 + [900.0], [8_000.0] * 6 + [28_700.0]
    head = dataclasses.replace(tomato_snapshot.head, as_of=MIDDLE, history_to=MIDDLE, fiscal_year_start="07-01")
    snapshot = dataclasses.replace(
        with_tables(
            tomato_snapshot,
            sales_history=rows(
                "sales_history",
                item=["tool"] * n,
                market=["retail"] * n,
                date=days,
                ordered_qty=shipped,
                shipped_qty=shipped,
                revenue_amount=invoiced,
            ),
            production_history=rows(
                "production_history", item=["tool"] * n, location=["plant"] * n, date=days, quantity=made
            ),
            plan_archive=archive(date(2026, 12, 31), "production_qty", [1000.0], months=[date(2027, 1, 1)]),
        ),
        head=head,
    )
    return compute_plan(snapshot)


def test_a_begun_month_says_so_and_shows_both_parts(begun):
    sheet = family_sheet(begun, "tools")
    column = sheet.columns[3]
    assert (column.bucket, column.head, column.is_actual) == (0, "Jan act. to 15 + plan", False)
    assert sheet.columns[4].head == "Feb"
    served, produced = begun.by_bucket("demand_served_qty")[0], begun.by_bucket("production_qty")[0]
    for section, kind, to_date, to_go in (
        ("sales", RowKind.SHIPPED, 700.0, served),
        ("production", RowKind.PLAN, 900.0, produced),
    ):
        assert values(sheet, section, RowKind.TO_DATE)[3] == to_date
        assert values(sheet, section, RowKind.TO_GO)[3] == to_go > 0
        assert values(sheet, section, kind)[3] == to_date + to_go
        alone = [value for value in values(sheet, section, RowKind.TO_DATE) if value is not None]
        assert alone == [to_date], "only the begun month has two parts"
        assert sheet.section(section).row(kind).is_split
    assert values(sheet, "sales", RowKind.PLAN)[3] == 1600.0, "demand is of the whole month"
    assert values(sheet, "production", RowKind.DIFFERENCE)[3] == 900.0 + produced - 1000.0, (
        "the whole month's, not to go"
    )
    assert sheet.subtitle.endswith("actuals to 15 Jan 2027")
    assert any(note.startswith("Jan 2027 has begun") for note in sheet.notes)


def test_stock_of_a_begun_month_differs_by_what_is_made_and_sold_in_all_of_it(begun):
    """The books balance: counted on the 15th, plus made to go less served to go."""
    sheet = family_sheet(begun, "tools")
    closing = values(sheet, "inventory", RowKind.PLAN)[3]
    made, sold = values(sheet, "production", RowKind.TO_GO)[3], values(sheet, "sales", RowKind.TO_GO)[3]
    outside = begun.by_bucket("subcontract_qty")[0]
    assert closing == pytest.approx(1000.0 + made + outside - sold)


def test_the_fiscal_year_lands_on_actuals_to_date_and_plan(begun):
    sheet = family_sheet(begun, "tools")
    assert (sheet.columns[-1].label, sheet.columns[-1].group) == ("FY27", "Landing")
    assert values(sheet, "sales", RowKind.SHIPPED)[-1] == 6 * 200 + 700 + begun.total("demand_served_qty")
    assert values(sheet, "sales", RowKind.PLAN)[-1] == 6 * 200 + 16_000
    assert values(sheet, "production", RowKind.PLAN)[-1] == 6 * 200 + 900 + begun.total("production_qty")
    assert values(sheet, "inventory", RowKind.PLAN)[-1] == begun.total("inventory_closing_qty")
    for kind in (RowKind.LAST, RowKind.DIFFERENCE, RowKind.TO_DATE):
        assert values(sheet, "sales", kind)[-1] is None


def test_revenue_lands_where_the_landing_says(begun, demo):
    for plan in (begun, demo):
        (want,) = landing(plan, "").filter(pl.col("measure") == "revenue_amount", pl.col("fiscal_year") == "FY27")[
            "landing"
        ]
        assert values(family_sheet(plan, None), "sales", RowKind.SHIPPED)[-1] == pytest.approx(want, abs=0.05)
    money = values(family_sheet(begun, None), "sales", RowKind.SHIPPED)
    assert money[-1] == pytest.approx(6 * 8_000 + 28_700 + begun.total("revenue_amount"))


def test_a_year_of_which_a_part_is_unknown_lands_nowhere(begun):
    snapshot = begun.snapshot
    late = snapshot.table("sales_history").filter(pl.col("date") > date(2026, 8, 31))
    sheet = family_sheet(compute_plan(with_tables(snapshot, sales_history=late)), "tools")
    assert values(sheet, "sales", RowKind.SHIPPED)[-1] is None, "July and August are not 0"


def test_a_sheet_of_a_year_to_come_has_no_landing(tomato, begun):
    assert not any(column.is_landing for column in family_sheet(tomato, "tools").columns), "nothing of it is behind us"
    head = dataclasses.replace(begun.head, fiscal_year_start="01-01")
    cut = family_sheet(compute_plan(dataclasses.replace(begun.snapshot, head=head)), "tools")
    assert not any(column.is_landing for column in cut.columns), "the horizon ends in June, the year in December"
