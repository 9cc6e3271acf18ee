"""Quality on the demo company: its data are without fault, and faults put into them are found, with their money."""

import polars as pl
import pytest

from equipoise import gather, read_dataset
from equipoise.core.snapshot import Snapshot
from equipoise.demo import write_demo
from equipoise.quality import judge


def with_table(snapshot, name, frame):
    return Snapshot(snapshot.head, {**snapshot.tables, name: frame})


@pytest.mark.parametrize("size", ["small", "medium"])
def test_the_demo_company_s_data_are_without_fault(size, tmp_path):
    quality = judge(gather(read_dataset(write_demo(tmp_path / size, size=size))))
    assert [(finding.code, finding.message) for finding in quality.findings] == []
    assert quality.score == 100.0
    not_run = [run.code for run in quality.checks if not run.was_run]
    assert not_run == ["QU173", "QU207", "QU208"]  # it has no order lines, and no month before


def test_red_tomato_is_without_fault(red_tomato):
    assert judge(red_tomato).findings == ()


def test_money_is_the_last_year_s_revenue(demo_snapshot):
    sales = demo_snapshot.table("sales_history")
    year = sales.filter(pl.col("date") >= pl.date(2025, 11, 1))
    assert judge(demo_snapshot).money == pytest.approx(year["revenue_amount"].sum())


def test_a_bill_in_grams_costs_what_it_moves(demo_snapshot):
    bom = demo_snapshot.table("bom")
    wrong = pl.when(pl.col("item") == "DI-01").then(pl.col("quantity_per") * 1000.0).otherwise(pl.col("quantity_per"))
    quality = judge(with_table(demo_snapshot, "bom", bom.with_columns(quantity_per=wrong)))
    assert [finding.code for finding in quality.findings] == ["QU124"]
    assert "DI-01 / BULK-DISH: 6480 where" in quality.findings[0].message
    assert "perhaps × 1000" in quality.findings[0].message
    assert quality.findings[0].amount > 100_000.0
    assert quality.scores["bom"] < 100.0 == quality.scores["prices"]


def test_a_month_left_out_of_the_extract_is_found(demo_snapshot):
    sales = demo_snapshot.table("sales_history")
    quality = judge(with_table(demo_snapshot, "sales_history", sales.filter(pl.col("date") != pl.date(2026, 3, 1))))
    hole = next(finding for finding in quality.findings if finding.code == "QU141")
    assert "Mar 2026" in hole.message
    assert hole.count == sales.filter(pl.col("date") == pl.date(2026, 3, 1)).height
    assert quality.amount >= hole.amount > 0.0


def test_what_changed_since_last_month_is_told_when_a_month_is_gathered_on_another(demo_folder, demo_snapshot):
    items = demo_snapshot.table("items")
    was = pl.when(pl.col("item") == "LA-01").then(pl.lit("Dish care")).otherwise(pl.col("family"))
    last = with_table(demo_snapshot, "items", items.with_columns(family=was))
    told = gather(read_dataset(demo_folder), last=last)
    (moved,) = [finding for finding in told.findings if finding.code == "QU207"]
    assert "LA-01: family Laundry care, last month Dish care" in moved.message
    assert told.id == demo_snapshot.id, "what was before is no part of the data"
