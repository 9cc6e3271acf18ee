"""Proof: demand is counted once. No event twice, and a team known to be optimistic is read by its record.

The spring promotion stands in three places: in the history that the forecast learns from, in table events, and as what
marketing plans for next April. Sales North has over-forecast by 18 % every month of the last year; what it says of the
half year that is held out is corrected by what was known before, and comes true, without more safety stock.
"""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from equipoise import compute_plan, explain
from equipoise.codec import adjustment_from_json
from equipoise.core.measure import Grain
from equipoise.demand import bias_correction
from equipoise.demand.accuracy import bias_pct, wmape_pct
from equipoise.demo.history import PROMOTION
from equipoise.past import forecasts_of
from rolled_back import rolled_back

CLOSE = 0.05
"""How near the forecast of a family and month comes to the true demand."""
APRIL = 5


# The spring promotion


def once(truth):
    """True demand of April, May and June with one promotion: its uplift, and what it draws forward."""
    april, may, june = truth[APRIL : APRIL + 3]
    rise, ahead = float(PROMOTION["uplift_pct"]) / 100, float(PROMOTION["forward_buy_pct"]) / 100
    return np.array([april * (1 + rise) + ahead * (may + june), may * (1 - ahead), june * (1 - ahead)])


def prove_once(plan, truth):
    """The consensus of spring holds the promotion once."""
    planned = plan.by_bucket("demand_consensus_qty", family="Surface cleaners")[APRIL : APRIL + 3]
    off = planned / once(truth) - 1
    assert np.abs(off).max() < CLOSE, off.round(3)


@pytest.fixture(scope="module")
def truth(demo_folder, demo_plan):
    """True demand of the family by month, without the promotion to come and without the item that ends."""
    told = json.loads((demo_folder / "truth.json").read_text(encoding="utf-8"))["demand_next_months"]
    items = demo_plan.snapshot.table("items").filter(pl.col("family") == "Surface cleaners")["item"].to_list()
    return np.sum([told[item] for item in items], axis=0)


def test_the_spring_promotion_counts_once(demo_plan, truth):
    prove_once(demo_plan, truth)


def test_it_counts_twice_where_history_keeps_it(demo_snapshot, demo_adjustments, truth):
    """Broken on purpose: the forecast learns the promotions of the past, and marketing adds the next one."""
    kept = adjustment_from_json({"kind": "set_policy", "knob": "cleansing", "value": "none"})
    with pytest.raises(AssertionError):
        prove_once(compute_plan(demo_snapshot, [*demo_adjustments, kept]), truth)


def test_it_counts_not_at_all_where_nobody_plans_it(demo_snapshot, demo_adjustments, truth):
    others = [adjustment for adjustment in demo_adjustments if adjustment.id != "spring-promotion"]
    with pytest.raises(AssertionError):
        prove_once(compute_plan(demo_snapshot, others), truth)


def test_an_input_that_knows_of_the_promotion_adds_it_no_second_time(demo_snapshot, demo_adjustments, demo_plan):
    """Sales says the whole number of April, promotion included, and it is the one that already stands."""
    scope = {"item": "Surface cleaners", "first": "2027-04-01", "last": "2027-04-30"}
    whole = demo_plan.by_bucket("demand_sales_qty", family="Surface cleaners")[APRIL]
    entry = {"id": "april", "kind": "demand_input", "function": "sales", "amount": f"{whole:.6f}", "scope": scope}
    told = compute_plan(demo_snapshot, [*demo_adjustments, adjustment_from_json({**entry, "includes": None})])
    name = "demand_consensus_qty"
    assert told.by_bucket(name)[APRIL] == pytest.approx(demo_plan.by_bucket(name)[APRIL], abs=0.01)


def test_the_promotion_entered_twice_is_told(demo_snapshot, demo_adjustments, demo_plan, truth):
    """Broken on purpose: the coming promotion is also a row of table events."""
    assert not [finding for finding in demo_plan.findings if finding.code == "DE153"]
    events = demo_snapshot.table("events")
    days = {"start_date": date(2027, 4, 1), "end_date": date(2027, 4, 30), "status": "confirmed"}
    again = events.filter(pl.col("event") == "SPRING-2026").with_columns(
        event=pl.lit("SPRING-2027"), **{name: pl.lit(value) for name, value in days.items()}
    )
    tables = {**demo_snapshot.tables, "events": pl.concat([events, again])}
    twice = compute_plan(type(demo_snapshot)(demo_snapshot.head, tables), demo_adjustments)
    with pytest.raises(AssertionError):
        prove_once(twice, truth)
    (found,) = [finding for finding in twice.findings if finding.code == "DE153"]
    assert found.where == "adjustment spring-promotion"
    assert found.message.startswith("event SPRING-2027 raises")


# The biased team

START, MONTHS = date(2026, 5, 1), 6
REGIONS = ("North", "South")


@pytest.fixture(scope="module")
def back(demo_snapshot):
    return rolled_back(demo_snapshot, START)


def archived(snapshot):
    """What sales said of the half year that is held out, a month ahead, by family, region and month."""
    paths = snapshot.table("items").select("item", "family")
    places = snapshot.table("markets").select("market", "region")
    rows = snapshot.table("forecast_archive").filter(
        pl.col("source") == "sales",
        pl.col("date") >= START,
        pl.col("made_date") >= pl.col("date").dt.offset_by("-1mo"),
    )
    rows = rows.join(paths, on="item").join(places, on="market")
    return rows.group_by("family", "region", "date").agg(pl.col("quantity").sum()).sort("family", "region", "date")


def entered(snapshot):
    """The same as inputs of sales."""
    return [
        adjustment_from_json(
            {
                "id": f"{family}-{region}-{day}",
                "kind": "demand_input",
                "function": "sales",
                "amount": f"{quantity}",
                "scope": {"item": family, "market": region, "first": day.isoformat(), "last": day.isoformat()},
            }
        )
        for family, region, day, quantity in archived(snapshot).iter_rows()
    ]


def switched(value):
    return adjustment_from_json({"kind": "set_policy", "knob": "bias_correction_sales", "value": value})


def rows_of(plan, region):
    return plan.axes.rows(Grain.DEMAND, {"item": "", "market": region})


def orders(snapshot, plan):
    keys = plan.axes.keys[Grain.DEMAND]
    found = np.zeros((len(keys), MONTHS))
    sales = snapshot.table("sales_history").filter(pl.col("date") >= START)
    for item, market, day, quantity in sales.select("item", "market", "date", "ordered_qty").iter_rows():
        found[keys.rows[item, market], day.month - START.month] += quantity
    return found


def said(plan, region, name="demand_sales_qty"):
    return plan.measure(name).values[rows_of(plan, region), :MONTHS]


def prove_corrected(snapshot, raw, corrected):
    """Sales North comes true on the hold-out, Sales South is left alone, safety stock does not rise."""
    actual = orders(snapshot, raw)
    north, south = (actual[rows_of(raw, region)] for region in REGIONS)
    seen = {
        "raw": bias_pct(north, said(raw, "North")),
        "corrected": bias_pct(north, said(corrected, "North")),
        "raw_wmape": wmape_pct(north, said(raw, "North")),
        "corrected_wmape": wmape_pct(north, said(corrected, "North")),
        "consensus_raw": bias_pct(actual, raw.measure("demand_consensus_qty").values[:, :MONTHS]),
        "consensus": bias_pct(actual, corrected.measure("demand_consensus_qty").values[:, :MONTHS]),
        "south": bias_pct(south, said(corrected, "South")),
    }
    seen = {name: round(value, 2) for name, value in seen.items()}
    assert abs(seen["raw"] - 18) < 1, seen
    assert abs(seen["corrected"]) < 1.5, seen
    assert seen["corrected_wmape"] < seen["raw_wmape"] / 2, seen
    assert abs(seen["consensus"]) < abs(seen["consensus_raw"]) / 2, seen
    assert np.array_equal(said(raw, "South"), said(corrected, "South")), seen
    safety = [plan.measure("inventory_safety_qty").values for plan in (raw, corrected)]
    assert (safety[1] <= safety[0] + 1.0).all(), "units are whole"
    assert safety[1].sum() <= safety[0].sum()
    return seen


@pytest.fixture(scope="module")
def plans(demo_snapshot, back):
    inputs = entered(demo_snapshot)
    return compute_plan(back, inputs), compute_plan(back, [*inputs, switched("on")])


def test_the_biased_team_is_corrected_on_what_was_held_out(demo_snapshot, plans):
    prove_corrected(demo_snapshot, *plans)


def test_the_findings_name_the_team_and_its_record(plans):
    raw, corrected = plans
    stands = [finding.message for finding in raw.findings if finding.code == "DE151"]
    done = [finding.message for finding in corrected.findings if finding.code == "DE150"]
    assert len(done) == len(stands) == 6, "six families in the North, none in the South"
    assert all("in North" in text and "6 closed buckets" in text for text in (*stands, *done))
    assert sum("too high" in text for text in done) == 6


def test_the_correction_explains_itself(plans):
    why = explain(plans[1], "demand_consensus_qty", bucket="May 2026", item="LA-01", market="north-grocery").node
    (node,) = [child for child in why.children if "weight of sales" in child.text and "Sales" not in child.text]
    posted = plans[1].sections["demand"].postings_of("demand_consensus_qty")
    (bias,) = [posting for posting in posted if posting.cause == "bias:sales"]
    row = plans[1].axes.keys[Grain.DEMAND].rows["LA-01", "north-grocery"]
    assert node.value == bias.dense((row + 1000, 18))[row, 0] < 0
    evidence = node.children[0].children[0].text
    assert "Laundry care in North" in evidence and "too high in 6 closed buckets" in evidence


def test_who_sees_a_part_of_the_plan_is_told_of_the_correction_and_not_of_others_numbers(plans):
    """A plan narrowed to one person's scope comes without findings."""
    narrowed = replace(plans[1], findings=())
    why = explain(narrowed, "demand_sales_qty", bucket="May 2026", item="LA-01", market="north-grocery").node
    (node,) = [child for child in why.children if "corrected for the bias" in child.text]
    assert node.value < 0 and node.children == ()


def test_another_future_corrects_the_same(demo_snapshot, back):
    """What is held out teaches nothing: the record is that of the months before."""
    archive = demo_snapshot.table("forecast_archive")
    later = pl.when(pl.col("date") >= START).then(pl.col("quantity") * 3).otherwise(pl.col("quantity"))
    tables = {**back.tables, "forecast_archive": back.table("forecast_archive").with_columns(quantity=later)}
    assert archive.height
    told = [change for change in entered(demo_snapshot) if change.scope.item == "Hair care"] + [switched("on")]
    one, two = (compute_plan(type(back)(back.head, kept), told) for kept in (back.tables, tables))
    for name in ("demand_sales_qty", "demand_consensus_qty"):
        assert np.array_equal(one.measure(name).values, two.measure(name).values)


def test_a_correction_that_does_nothing_fails(demo_snapshot, back, plans, monkeypatch):
    monkeypatch.setattr(bias_correction, "factor_of", np.ones_like)
    broken = compute_plan(back, [*entered(demo_snapshot), switched("on")])
    with pytest.raises(AssertionError, match="'corrected': 1"):
        prove_corrected(demo_snapshot, plans[0], broken)


def test_a_correction_the_wrong_way_round_fails(demo_snapshot, back, plans, monkeypatch):
    monkeypatch.setattr(bias_correction, "factor_of", lambda bias: 1.0 + bias)
    broken = compute_plan(back, [*entered(demo_snapshot), switched("on")])
    with pytest.raises(AssertionError, match="'corrected': 3"):
        prove_corrected(demo_snapshot, plans[0], broken)


def test_the_record_of_the_team_is_what_it_said_not_what_was_made_of_it(plans):
    """Otherwise a corrected bias would seem gone next month, and the correction would end."""
    raw, corrected = (forecasts_of(plan).filter(pl.col("source") == "sales") for plan in plans)
    assert raw.height == corrected.height > 100
    assert raw["quantity"].to_list() == pytest.approx(corrected["quantity"].to_list(), abs=1e-6)
    assert plans[0].total("demand_sales_qty") > plans[1].total("demand_sales_qty") * 1.01
