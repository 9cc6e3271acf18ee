"""What looks strange and is right is left in peace."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from equipoise.core.dataset import DatasetHead
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.tables import TABLES, table
from equipoise.quality import judge


def cells(company, item, market):
    rows = [row for row in company["sales_history"] if row["item"] == item and row["market"] == market]
    return sorted(rows, key=lambda row: row["date"])


def test_a_christmas_peak_of_every_year_is_no_outlier(company):
    for row in cells(company, "saw-1", "east"):
        if row["date"].month == 12:
            row["ordered_qty"] = 900
    assert not company.finds("QU146")


def test_the_same_peak_in_one_year_only_is_one(company):
    cells(company, "saw-1", "east")[11]["ordered_qty"] = 900
    assert company.finds("QU146")


def test_a_ramp_from_nothing_is_no_row_of_outliers(company):
    for step, row in enumerate(cells(company, "saw-1", "east")[:4]):
        row["ordered_qty"] = (2, 6, 15, 40)[step]
        row["on_time_qty"] = 0
    assert not company.finds("QU146")


def test_noise_is_no_level_break_and_no_outlier(company):
    rng = np.random.default_rng(7)
    for saw in ("saw-1", "saw-2", "saw-3"):
        for row in cells(company, saw, "east"):
            row["ordered_qty"] = round(100 * float(np.exp(0.3 * rng.standard_normal())))
            row["on_time_qty"] = 0
    assert not company.finds("QU146", "QU147", "QU148")


def test_a_season_is_no_level_break(company):
    for row in cells(company, "saw-2", "west"):
        row["ordered_qty"] = 400 if row["date"].month > 6 else 100
    assert not company.finds("QU147")


def test_an_item_on_its_way_out_may_fall_and_stop(company):
    company.change("items", where={"item": "saw-2"}, lifecycle="phase_out")
    for row in cells(company, "saw-2", "west")[-6:]:
        row["ordered_qty"] = 10
        row["on_time_qty"] = 0
    assert not company.finds("QU147")


def test_an_intermittent_seller_has_no_gaps(company):
    for row in cells(company, "saw-1", "east")[1:-1:2]:
        company["sales_history"].remove(row)
    assert not company.finds("QU142")


def test_bought_items_need_not_follow_from_production(company):
    company.change("inventory_history", where={"item": "saw-4", "date": date(2026, 11, 30)}, on_hand=70)
    assert company.finds("QU106")
    company.add("purchasing", item="saw-4", supplier="friend", location="plant", unit_cost=9, lead_time_days=5)
    assert not company.finds("QU106")


def test_a_bill_that_branches_and_meets_again_is_no_loop(company):
    company.add("bom", item="saw-1", component="saw-2", quantity_per=1)
    company.add("bom", item="saw-1", component="saw-3", quantity_per=1)
    company.add("bom", item="saw-2", component="saw-3", quantity_per=1)
    assert not company.finds("QU123")


def test_what_comes_out_beside_is_no_loop(company):
    company.add("bom", item="saw-1", component="saw-1", quantity_per=0.1, type="by_product")
    assert not company.finds("QU123")


def test_a_successor_may_have_the_same_name(company):
    company.change("items", where={"item": "saw-1"}, successor="saw-2")
    company.change("items", where={"item": "saw-2"}, name="Saw number 1", predecessor="saw-1")
    assert not company.finds("QU161")


def test_a_budget_by_year_is_compared_by_the_year(company):
    company.rows["budget"] = [
        {"version": "AOP", "item": "saws", "market": "", "date": date(2027, 1, 1), "period": "year", "quantity": 13000}
    ]
    assert not company.finds("QU181")


def test_prices_in_another_currency_are_compared_in_ours(company):
    for row in company["prices"]:
        row.update(price=22, currency="USD")  # 22 × 0.9 = 19.8, invoiced 20, cost 10
    assert not company.finds("QU113", "QU117", "QU118")


def test_columns_of_the_company_s_own_do_not_disturb(company):
    snapshot = company.snapshot()
    own = pl.lit("theirs")
    names = ("rate", "cost", "revenue", "bucket", "price_x", "rows", "level")
    frames = {
        name: frame.with_columns(own.alias(column) for column in names if column not in frame.columns)
        for name, frame in snapshot.tables.items()
    }
    assert judge(Snapshot(snapshot.head, frames)).findings == ()


@pytest.mark.parametrize("bucket", ["month", "week"])
def test_hardly_any_data_are_judged_too(bucket):
    head = DatasetHead.of(name="x", currency="EUR", bucket=bucket, start=date(2027, 2, 1), horizon=4)
    rows = {
        "items": {"item": ["a"], "name": ["A"], "family": ["f"], "uom": ["piece"]},
        "markets": {"market": ["m"], "name": ["M"], "region": ["r"]},
        "forecast": {"item": ["a"], "market": ["m"], "date": [date(2027, 2, 1)], "quantity": [5]},
    }
    quality = judge(Snapshot(head, {name: conformed(table(name), given) for name, given in rows.items()}))
    assert (quality.findings, quality.score, quality.money) == ((), 100.0, 0.0)
    assert next(run.code for run in quality.checks if run.has_passed) == "QU161"
    assert not next(run for run in quality.checks if run.code == "QU101").was_run


@pytest.mark.parametrize("emptied", [declared.name for declared in TABLES if declared.name not in ("items", "markets")])
def test_any_table_may_be_missing(company, emptied):
    company.rows.pop(emptied, None)
    quality = judge(company.snapshot())
    assert emptied not in quality.scores
    assert all(finding.where != "table " + emptied or emptied in ("prices", "costs") for finding in quality.findings)


def test_an_item_that_has_ended_needs_neither_source_nor_price(company):
    company.change("items", where={"item": "saw-5"}, lifecycle="obsolete", end_date=date(2026, 12, 31))
    for name in ("routings", "prices", "costs", "open_orders"):
        company.drop(name, item="saw-5")
    company.rows["subcontracting"] = []
    company.rows["launches"] = []
    assert not company.finds("QU115", "QU116", "QU121")


def test_an_order_book_stands_for_the_history_where_there_is_none(company):
    company.rows["order_lines"] = [
        {
            "order": f"{row['item']} {row['market']} {row['date']}",
            "line": "1",
            "ordered_date": row["date"],
            "requested_date": row["date"],
            "net_amount": row["revenue_amount"],
            **{name: row[name] for name in ("item", "market", "ordered_qty", "shipped_qty")},
        }
        for row in company.rows.pop("sales_history")
    ]
    company.change("order_lines", ordered_qty=10_000, cancelled_qty=0)
    quality = judge(company.snapshot())
    assert quality.money == 240_000.0
    far = next(finding for finding in quality.findings if finding.code == "QU146")
    assert far.message.startswith("1 row: saw-1 / east / Jan 2025: 10000 sold")


@pytest.mark.parametrize(("item", "market"), [("saw-1", "east"), ("saws", ""), ("", "all-over")])
def test_an_outlier_that_an_event_explains_is_left_in_peace(company, item, market):
    cells(company, "saw-1", "east")[16]["ordered_qty"] = 900
    event = {"event": "E1", "type": "one_off", "start_date": date(2026, 5, 10), "end_date": date(2026, 5, 12)}
    company.add("events", item="saw-1", market="west", **event)
    assert company.finds("QU146")
    company.add("events", item=item, market=market, **event)
    assert not company.finds("QU146")


def test_a_low_bucket_that_is_a_stockout_is_left_in_peace(company):
    cells(company, "saw-1", "east")[16].update(ordered_qty=10, on_time_qty=0, stockout=1)
    assert not company.finds("QU146")


@pytest.mark.parametrize(("working", "found"), [(1, {"QU126", "QU130"}), (8, set())])
def test_a_calendar_is_capacity_only_where_it_states_hours(company, working, found):
    company.add("calendars", calendar="shift", date=date(2027, 1, 4), working=working)
    company.change("resources", where={"resource": "press"}, capacity_hours=None, calendar="shift")
    company.change("resources", where={"resource": "crew"}, hours_per_worker=None, calendar="shift")
    assert company.finds("QU126", "QU130") == found


@pytest.mark.parametrize(("account", "found"), [("Sales expenses", False), ("Net sales", True), ("TURNOVER EU", True)])
def test_only_revenue_is_held_against_revenue(company, account, found):
    company.rows["accounts"] = [
        {"account": account, "version": "actual", "date": date(2026, 12, 1), "amount": 7000},
    ]
    assert bool(company.finds("QU184")) is found


def test_a_bill_that_follows_another_does_not_overlap(company):
    company.change("bom", where={"item": "saw-1"}, valid_to=date(2026, 12, 31))
    company.add("bom", item="saw-1", component="steel", quantity_per=1.4, valid_from=date(2027, 1, 1))
    company.add("bom", item="saw-1", component="steel", location="plant", quantity_per=1.4)  # the location's own bill
    assert not company.finds("QU200")


def test_events_of_other_types_markets_or_days_may_meet(company):
    days = {"start_date": date(2027, 4, 1), "end_date": date(2027, 4, 30)}
    company.add("events", event="A", type="promotion", item="saw-1", market="east", **days)
    company.add("events", event="B", type="promotion", item="saw-1", market="west", **days)
    company.add("events", event="C", type="promotion", item="saw-2", market="", **days)
    company.add("events", event="D", type="campaign", item="saws", market="", **days)
    for code in ("OUT-1", "OUT-2"):
        company.add("events", event=code, type="stockout", item="saw-1", market="east", **days)
    assert not company.finds("QU201")


def test_contracts_that_follow_each_other_or_bind_other_nodes_do_not_overlap(company):
    later = {"valid_from": date(2027, 7, 1), "valid_to": date(2027, 12, 31)}
    company.add("commitments", contract="K-2", item="saws", market="east", min_qty=50, **later)
    now = {"valid_from": date(2027, 1, 1), "valid_to": date(2027, 6, 30)}
    company.add("commitments", contract="K-3", item="saw-1", market="east", min_qty=50, **now)
    assert not company.finds("QU202")


def test_a_budget_by_quarter_has_no_gaps(company):
    for month in (1, 4, 10):
        day = date(2027, month, 1)
        company.add("budget", version="RF", item="saws", market="", date=day, period="quarter", quantity=3300)
    assert not company.finds("QU204")


def test_a_function_that_said_nothing_last_month_has_not_stopped(company):
    for row in company["forecast_archive"]:
        row.update(made_date=date(2026, 10, 1), date=date(2026, 11, 1))
    assert not company.finds("QU205")


def test_an_archive_of_several_lags_has_not_stopped(company):
    """A forecast three months ahead and one of the bucket itself, made in it, are beside the point."""
    for made, month in ((date(2026, 9, 1), 12), (date(2026, 12, 5), 12)):
        company.add(
            "forecast_archive",
            made_date=made,
            source="consensus",
            item="saw-1",
            market="east",
            date=date(2026, month, 1),
            quantity=90,
        )
    assert not company.finds("QU205")


def test_the_last_year_of_the_horizon_needs_holidays_only_if_half_of_it_is_planned(company):
    company.head["horizon"] = 17  # to May 2028
    assert not company.finds("QU206")
    company.head["horizon"] = 18
    assert company.finds("QU206")


def test_without_last_months_snapshot_nobody_says_what_changed(company):
    runs = {run.code: run for run in judge(company.snapshot()).checks}
    assert not runs["QU207"].was_run and not runs["QU208"].was_run


def test_a_new_item_has_not_moved(company):
    last = company.snapshot()
    company.add("items", item="saw-9", name="New saw", family="saws", subfamily="hand", uom="piece")
    told = {finding.code for finding in judge(company.snapshot(), last=last).findings}
    assert not told & {"QU207", "QU208"}
