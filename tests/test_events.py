"""Events, commitments and planning bills through the whole plan: money, reasons, files."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.codec import adjustment_as_json, adjustment_from_json
from equipoise.core.adjustment import WrongAdjustment
from equipoise.core.snapshot import conformed
from equipoise.core.tables import table
from equipoise.explain import explain
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"
COLUMNS = "event,type,item,market,start_date,end_date,discount_pct,uplift_pct,forward_buy_pct,forward_buy_buckets"
JANUARY = "SPRING,promotion,tool,retail,2027-01-01,2027-01-31,2.5,10,20,2"


@pytest.fixture
def planned(tmp_path: Path):
    """The plan of Red Tomato with tables added or replaced."""

    def make(*adjustments, **tables: str) -> Plan:
        folder = tmp_path / f"dataset{len(list(tmp_path.iterdir()))}"
        shutil.copytree(RED_TOMATO, folder)
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
        return compute_plan(gather(read_dataset(folder)), adjustments)

    return make


def events(*rows: str) -> str:
    return "\n".join((COLUMNS, *rows))


def price_of(plan: Plan) -> list[float]:
    return plan.measure("sales_net_price").values[0].tolist()


def test_the_promotion_in_january_is_the_textbook_s(planned):
    """Chopra & Meindl: 1 off the price of 40 in January, before the season: profit 221,485."""
    plan = planned(events=events(JANUARY))
    assert plan.by_bucket("demand_consensus_qty").tolist() == [3000, 2400, 2560, 3800, 2200, 2200]
    assert price_of(plan) == [39, 40, 40, 40, 40, 40]
    assert plan.total("cost_total_amount") == pytest.approx(421_915, abs=0.01)
    assert plan.total("revenue_amount") == pytest.approx(643_400, abs=0.01)
    assert plan.total("margin_plan_amount") == pytest.approx(221_485, abs=0.01)
    assert not [f for f in plan.findings if f.code == "PL101"]


PRICES = "item,market,valid_from,price\ntool,retail,,40\ntool,retail,2027-02-01,39\ntool,retail,2027-03-01,41"


def test_a_price_lowered_for_the_event_is_not_discounted_again(planned):
    # In force from February: 39 instead of 40, entered for the event; from March 41, which the event's days lower
    february = "SPRING,promotion,tool,retail,2027-02-01,2027-03-16,10,,,"
    plan = planned(events=events(february), prices=PRICES)
    assert price_of(plan) == pytest.approx([40, 39, 41 * (1 - 0.1 * 16 / 31), 41, 41, 41])


def test_a_discount_of_a_part_of_a_bucket_is_the_average_of_its_days(planned):
    half = "SPRING,price,tool,retail,2027-04-16,2027-05-31,10,,,,"
    done = "OLD,price,tool,retail,2027-06-01,2027-06-30,10,,,,done"
    plan = planned(events="\n".join((f"{COLUMNS},status", half, done)))
    assert price_of(plan) == pytest.approx([40, 40, 40, 38, 36, 40])


def test_explain_ends_at_the_row_of_the_event(planned):
    plan = planned(events=events(JANUARY))
    why = explain(plan, "demand_consensus_qty", bucket="Jan 2027", item="tool", market="retail")
    baseline, event = why.node.children
    assert (baseline.value, event.value, why.value) == (1600, 1400, 3000)
    assert event.type == "Source"
    assert event.text.startswith(
        "table events (events.csv line 2): event SPRING, type promotion, item tool, market retail"
    )
    assert "uplift_pct 10, forward_buy_pct 20" in event.text
    price = explain(plan, "sales_net_price", bucket="Jan 2027", item="tool", market="retail")
    assert any("discount_pct 2.5" in node.text for node in price.node.walk())


def test_explain_ends_at_the_row_of_the_commitment(planned):
    text = ("contract,market,item,valid_from,valid_to,min_qty,penalty\n"
            "K1,retail,tool,2027-01-01,2027-01-31,2000,3")  # fmt: skip
    plan = planned(commitments=text)
    why = explain(plan, "demand_consensus_qty", bucket="Jan 2027", item="tool", market="retail")
    assert [child.value for child in why.node.children] == [1600, 400]
    assert "table commitments (commitments.csv line 2): contract K1" in why.node.children[1].text
    (found,) = [f for f in plan.findings if f.code == "DE130"]
    assert found.amount == 1200


def test_explain_shows_how_history_was_cleansed(planned):
    sales = ["item,market,date,ordered_qty"] + [f"tool,retail,2026-{month:02d}-10,100" for month in range(1, 12)]
    text = "\n".join([*sales, "tool,retail,2026-12-10,150"])
    december = "XMAS,promotion,tool,retail,2026-12-01,2026-12-31,,50,,"
    plan = planned(events=events(december), sales_history=text)
    assert plan.by_bucket("history_cleansed_qty")[-1] == 100
    why = explain(plan, "history_cleansed_qty", bucket="Dec 2026", item="tool", market="retail")
    ordered, event = why.node.children
    assert (ordered.value, event.value) == (150, -50)
    assert "table sales_history" in ordered.text and "event XMAS" in event.text
    before = explain(plan, "history_cleansed_qty", bucket="Nov 2026", item="tool", market="retail")
    assert before.value == 100 and [child.value for child in before.node.children] == [100]


def test_taking_the_rows_out_gives_the_former_plan(planned):
    base = planned()
    with_it = planned(events=events(JANUARY))
    header_only = planned(events=COLUMNS)
    assert with_it.digest != base.digest
    assert header_only.digest == base.digest


def test_items_of_a_bill_are_planned_though_no_other_table_sells_them(planned):
    items = "item,name,family,uom\ntool,Tool,tools,unit\nred,Red tool,tools,unit\nblue,Blue tool,tools,unit"
    bills = "parent,item,market,valid_from,share_pct\ntool,red,,,70\ntool,blue,retail,,50"
    plan = planned(items=items, planning_bills=bills)
    codes, values = plan.grouped("demand_consensus_qty", level="item")
    demand = {code: row[0] for code, row in zip(codes, values.tolist(), strict=True)}
    assert demand == pytest.approx({"blue": 800, "red": 1120, "tool": 0}, abs=0.001)
    assert plan.by_bucket("demand_overplanned_qty")[0] == pytest.approx(320, abs=0.001)


def test_past_promotions_of_the_demo_company_no_longer_come_back_as_demand(demo_snapshot, demo_folder):
    """Its history holds three spring promotions that draw on the next two months; its truth ahead holds none."""
    truth = json.loads((demo_folder / "truth.json").read_text(encoding="utf-8"))
    planted = truth["promotion"]
    tree = demo_snapshot.table("items").filter(pl.col("item").str.starts_with(planted["family"]))
    (family,) = tree["family"].unique()
    years = (2024, 2025, 2026)
    columns = {
        "event": [f"SPRING-{year}" for year in years],
        "type": ["promotion"] * 3,
        "item": [family] * 3,
        "market": [""] * 3,
        "start_date": [date(year, planted["month"], 1) for year in years],
        "end_date": [date(year, planted["month"], 30) for year in years],
        "status": ["done"] * 3,
        **{name: [planted[name]] * 3 for name in ("uplift_pct", "forward_buy_pct", "forward_buy_buckets")},
    }

    def error(events: pl.DataFrame) -> float:
        """WAPE of the family's baseline in April, May and June against the truth, per item."""
        plan = compute_plan(replace(demo_snapshot, tables={**demo_snapshot.tables, "events": events}))
        first = plan.axes.calendar.index_of(date(2027, planted["month"], 1))
        codes, baseline = plan.grouped("demand_baseline_qty", level="item")
        spring = {code: values[first : first + 3] for code, values in zip(codes, baseline, strict=True)}
        actual = {
            code: np.array(path[first : first + 3])
            for code, path in truth["demand_next_months"].items()
            if code.startswith(planted["family"]) and code not in (truth["launch"], truth["phase_out"])
        }
        missed = sum(np.abs(spring[code] - path).sum() for code, path in actual.items())
        return float(missed / sum(path.sum() for path in actual.values()))

    known, unknown = error(conformed(table("events"), columns)), error(conformed(table("events"), {}))
    assert known < 0.05 < 0.15 < unknown


INPUT = {
    "id": "s",
    "kind": "demand_input",
    "function": "sales",
    "amount": "+100",
    "basis": "delta",
    "includes": ["SPRING"],
    "scope": {"item": "tool", "first": "2027-01-01", "last": "2027-01-31"},
}


def test_an_input_names_its_events_in_files(planned):
    adjustment = adjustment_from_json(INPUT)
    assert adjustment.change.includes == ("SPRING",)
    assert adjustment_from_json(adjustment_as_json(adjustment)) == adjustment
    plan = planned(adjustment, events=events(JANUARY))
    # 3,000 with the event, of which 1,400 is the event: sales says 1,600 + 100
    assert plan.by_bucket("demand_sales_qty")[0] == 1700
    assert plan.by_bucket("demand_consensus_qty")[0] == pytest.approx(3000 + 0.3 * (1700 - 3000), abs=0.001)
    with pytest.raises(WrongAdjustment, match="list of codes"):
        adjustment_from_json({**INPUT, "includes": "SPRING"})
