"""Month after month: a sealed snapshot is carried over, our own plans become its past, and explain names the source."""

from datetime import date
from pathlib import Path

import pytest

from equipoise import compute_plan, explain
from equipoise.core.correction import Correction
from equipoise.gather import gather
from equipoise.intake import carry_over, deliver, read_dataset
from equipoise.past import FUNCTIONS, MEASURES, forecasts_of, past_of, plans_of
from equipoise.store import read_snapshot, write_snapshot

ROOT = Path(__file__).parents[2]
RED_TOMATO = ROOT / "examples" / "red_tomato"
FIX = Correction("forecast", (("date", "2027-04-01"), ("item", "tool")), "quantity", "3800", "3900", "ann", "typo")


def of(frame, **cells):
    for column, value in cells.items():
        frame = frame.filter(frame[column] == value)
    return frame["quantity"].to_list()


def test_carried_over_with_nothing_new_every_table_keeps_its_rows(demo_snapshot):
    draft = carry_over(demo_snapshot)
    again = gather(draft)
    assert again.tables.keys() == demo_snapshot.tables.keys()
    for name, frame in demo_snapshot.tables.items():
        assert again.tables[name].equals(frame), name
    assert draft.quarantine == ()
    assert again.id != demo_snapshot.id, "it stands a month later"
    assert again.head.start == date(2026, 12, 1)


def test_the_same_files_again_are_the_same_snapshot(demo_snapshot, demo_folder):
    draft = carry_over(demo_snapshot)
    once = deliver(draft, demo_folder)
    twice = deliver(once, demo_folder)
    assert gather(once).id == gather(twice).id == demo_snapshot.id
    assert [source.digest for source in once.sources] == [source.digest for source in demo_snapshot.sources]


def test_what_explains_a_row_is_sealed_with_it(tmp_path):
    sealed = gather(read_dataset(RED_TOMATO, corrections=[FIX]))
    write_snapshot(sealed, tmp_path / "s")
    again = read_snapshot(tmp_path / "s")
    assert again.corrections == (FIX,)
    assert again.carried == {}
    assert all(again.lineage[name].equals(places) for name, places in sealed.lineage.items())
    february = gather(carry_over(again))
    write_snapshot(february, tmp_path / "f")
    read = read_snapshot(tmp_path / "f")
    assert read.carried == february.carried and set(read.carried) == set(sealed.tables)
    assert read.id == february.id
    plain = gather(read_dataset(RED_TOMATO))
    assert plain.id != sealed.id
    assert "head.json" in {path.name for path in (tmp_path / "s").iterdir()}


def leaf(plan, bucket):
    why = explain(plan, "demand_baseline_qty", bucket=bucket, item="tool", market="retail")
    return [node.text for node in why.node.walk() if node.type == "Source"][-1]


def test_explain_names_file_and_line_and_who_corrected_it():
    sealed = gather(read_dataset(RED_TOMATO, corrections=[FIX]))
    plan = compute_plan(sealed)
    assert leaf(plan, "Apr 2027") == (
        "table forecast (forecast.csv line 5): item tool, market retail, date 2027-04-01, quantity 3,900; "
        "corrected by ann: typo (quantity was 3800)"
    )
    assert leaf(plan, "Mar 2027").endswith(
        "(forecast.csv line 4): item tool, market retail, date 2027-03-01, quantity 3,200"
    )
    february = compute_plan(gather(carry_over(sealed)))
    assert leaf(february, "Apr 2027").startswith("table forecast (forecast.csv (as of 2026-12-31) line 5): item tool")
    assert leaf(february, "Apr 2027").endswith("corrected by ann: typo (quantity was 3800)")


def test_explain_names_the_sheet_and_row_of_a_workbook(tmp_path, save_workbook):
    plan = compute_plan(gather(read_dataset(save_workbook(RED_TOMATO, tmp_path / "company.xlsx"))))
    assert leaf(plan, "Apr 2027").startswith("table forecast (company.xlsx/forecast line 5): item tool")


def test_a_plan_becomes_the_past(demo_plan):
    archive = dict(past_of([demo_plan]))
    forecasts, plans = archive["forecast_archive"], archive["plan_archive"]
    made = demo_plan.head.as_of
    assert set(forecasts["made_date"]) == set(plans["made_date"]) == {made}
    for measure in MEASURES:
        found = plans.filter(plans["measure"] == measure)
        panel = demo_plan.measure(measure)
        values = panel.values
        if measure == "shipment_qty":
            markets = set(demo_plan.axes.markets.leaves)
            values = values[[to in markets for to in panel.keys.frame["to"]]]
        for bucket in (0, 5, 17):
            day = demo_plan.axes.calendar.start_of(bucket)
            assert sum(of(found, date=day)) == values[:, bucket].sum(), (measure, bucket)
        assert found.select("item", "location", "market", "date").is_unique().all()
    total = demo_plan.by_bucket("demand_consensus_qty")
    for bucket in (0, 7):
        day = demo_plan.axes.calendar.start_of(bucket)
        assert (
            sum(of(forecasts, source="consensus", date=day)) == pytest.approx(total[bucket])
            or total[bucket] != total[bucket]
        )
    assert set(forecasts["source"]) <= {"consensus", "statistical", *FUNCTIONS}


def test_only_functions_that_said_something_are_archived(demo_plan):
    forecasts = forecasts_of(demo_plan)
    spoke = {a.function for a in demo_plan.adjustments if a.change.kind == "demand_input"}
    assert spoke & set(FUNCTIONS)
    assert set(forecasts["source"]) & set(FUNCTIONS) >= spoke & set(FUNCTIONS)
    silent = set(FUNCTIONS) - {a.function for a in demo_plan.adjustments}
    assert not silent & set(forecasts["source"])
    quiet = forecasts_of(compute_plan(demo_plan.snapshot))
    assert set(quiet["source"]) == {"consensus", "statistical"}


def test_an_imported_baseline_is_no_statistical_forecast(red_tomato):
    assert set(forecasts_of(compute_plan(red_tomato))["source"]) == {"consensus"}


def test_red_tomato_by_hand(red_tomato):
    plan = compute_plan(red_tomato)
    plans = plans_of(plan)
    april = date(2027, 4, 1)
    assert of(forecasts_of(plan), source="consensus", date=april) == [3800.0]
    assert of(plans, measure="demand_consensus_qty", item="tool", market="retail", date=april) == [3800.0]
    assert of(plans, measure="production_qty", item="tool", location="plant", date=april) == [
        plan.by_bucket("production_qty")[3]
    ]
    assert of(plans, measure="capacity_load_hours", item="", location="plant", date=april) == [
        plan.by_bucket("capacity_load_hours")[3]
    ]
    assert set(plans.filter(plans["measure"] == "shipment_qty")["market"]) == {"retail"}


def test_next_month_reads_its_own_past(red_tomato):
    plan = compute_plan(red_tomato)
    february = gather(carry_over(red_tomato), past=past_of([plan]))
    assert february.table("forecast_archive").height == 6
    places = set(february.lineage["plan_archive"]["@file"])
    assert places == {"published plan of 2026-12-31"}
    march = gather(carry_over(february), past=past_of([plan, compute_plan(february)]))
    assert march.table("forecast_archive")["made_date"].unique().sort().to_list() == [
        date(2026, 12, 31),
        date(2027, 1, 31),
    ]
    assert march.table("forecast_archive").height == 12
    scored = compute_plan(march)
    assert "KP101" not in {f.code for f in scored.findings if f.message == "no forecast is archived"}


def test_of_two_plans_of_one_day_the_last_stands(red_tomato):
    plan = compute_plan(red_tomato)
    assert [name for name, _ in past_of([plan, plan])] == ["forecast_archive", "plan_archive"]
