"""The demo company: the same bytes every time, valid to the last row, and a story that the plan finds again."""

import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from equipoise import gather, read_dataset
from equipoise.core.finding import Severity
from equipoise.core.measure import Grain
from equipoise.demo import write_demo
from equipoise.demo.company import UnknownSize


@pytest.fixture(scope="module")
def truth(demo_folder):
    return json.loads((demo_folder / "truth.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(demo_folder, tmp_path):
    again = write_demo(tmp_path / "again")
    other = write_demo(tmp_path / "other", seed=7)
    names = sorted(path.name for path in demo_folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert all((demo_folder / name).read_bytes() == (again / name).read_bytes() for name in names)
    assert (demo_folder / "sales_history.csv").read_bytes() != (other / "sales_history.csv").read_bytes()


@pytest.mark.parametrize("size", ["small", "medium"])
def test_every_row_is_accepted(size, tmp_path):
    draft = read_dataset(write_demo(tmp_path / size, size=size))
    assert draft.quarantine == ()
    assert not [f for f in gather(draft).findings if f.severity in (Severity.BLOCKER, Severity.ERROR)]


def test_an_unknown_size_is_refused(tmp_path):
    with pytest.raises(UnknownSize, match="small, medium, large"):
        write_demo(tmp_path / "vast", size="vast")
    assert not (tmp_path / "vast").exists()


def test_stock_identity_holds_in_the_history(demo_snapshot):
    """Closing = opening + produced − shipped, to the case, in every month and for every item of the last year."""
    stock = demo_snapshot.table("inventory_history").sort("item", "date")
    made = demo_snapshot.table("production_history").group_by("item", "date").agg(quantity=pl.col("quantity").sum())
    sold = demo_snapshot.table("sales_history").group_by("item", "date").agg(shipped=pl.col("shipped_qty").sum())
    made_by = {(i, d): q for i, d, q in made.iter_rows()}
    sold_by = {(i, d): q for i, d, q in sold.iter_rows()}
    rows = list(stock.select("item", "date", "on_hand").iter_rows())
    checked = 0
    for (item, _, before), (same, day, after) in pairwise(rows):
        if item == same:
            month = day.replace(day=1)
            assert after == before + made_by.get((item, month), 0.0) - sold_by.get((item, month), 0.0), (item, day)
            checked += 1
    assert checked == 24 * 11


def test_sales_north_is_as_biased_as_the_truth_says(demo_snapshot, truth):
    archive = demo_snapshot.table("forecast_archive")
    ordered = demo_snapshot.table("sales_history").select("item", "market", "date", "ordered_qty")
    seen = (
        archive.filter((pl.col("source") == "sales") & pl.col("market").str.starts_with("north"))
        .join(ordered, on=["item", "market", "date"])
        .select(pl.col("quantity").sum(), pl.col("ordered_qty").sum())
        .row(0)
    )
    assert 100 * (seen[0] / seen[1] - 1) == pytest.approx(truth["sales_bias_pct"]["value"], abs=0.5)


def test_the_consensus_of_the_past_was_too_high(demo_plan):
    """30 % of the bias of Sales North reached the consensus; the KPI shows it."""
    assert 1.0 < demo_plan.total("forecast_bias_pct") < 5.0
    assert demo_plan.total("forecast_bias_pct", region="North") > demo_plan.total("forecast_bias_pct", region="South")


def test_the_baseline_is_near_the_true_demand(demo_plan, truth):
    baseline = demo_plan.measure("demand_baseline_qty")
    by_item = {}
    for row in range(len(baseline.keys)):
        item = baseline.keys.labels(row)[0]
        by_item[item] = by_item.get(item, 0.0) + baseline.values[row, :12]
    errors, volume = 0.0, 0.0
    for item, path in truth["demand_next_months"].items():
        if item not in (truth["launch"], truth["phase_out"]):
            actual = np.array(path[:12])
            errors += np.abs(by_item[item] - actual).sum()
            volume += actual.sum()
    assert errors / volume < 0.06


def test_the_capsule_line_is_full_in_its_peak_and_every_hour_is_worth_money(demo_plan, truth):
    assert "capsule-line" in truth["overloaded"]
    row = demo_plan.axes.keys[Grain.RESOURCE].rows[("capsule-line",)]
    assert (demo_plan.measure("capacity_shadow_price").values[row, 1:4] > 0).all()
    rated = demo_plan.measure("capacity_available_hours").values[row]
    assert rated[3] == pytest.approx(20 * truth["capacity_hours_per_working_day"]["capsule-line"])  # February 2027
    assert demo_plan.measure("capacity_load_hours").values[row, 3] >= rated[3] - 1e-6


def test_demand_is_short_where_the_story_says(demo_plan):
    unmet = dict(zip(*demo_plan.grouped("unmet_qty", level="family"), strict=True))
    assert unmet["Laundry care"].sum() > 10_000
    assert sum(values.sum() for family, values in unmet.items() if family != "Laundry care") < 1


def test_the_supplier_never_delivers_more_than_its_limit(demo_plan, truth):
    bought = demo_plan.measure("purchase_qty").values.sum(axis=0)
    assert (bought <= truth["surfactant_limit_kg"] + 1e-3).all()
    assert bought.max() == pytest.approx(truth["surfactant_limit_kg"])


def test_the_launch_starts_and_the_old_item_ends(demo_plan, truth):
    launch = demo_plan.by_bucket("demand_consensus_qty", item=truth["launch"])
    assert launch[:4].sum() == 0
    assert (np.diff(launch[4:8]) > 0).all()  # the ramp
    assert 5_000 < launch[7:].mean() < 8_000  # 7,000 cases, with the seasons of the item it is like
    ended = demo_plan.by_bucket("demand_consensus_qty", item=truth["phase_out"])
    assert ended[7] > 0
    assert ended[8:].sum() == 0


def test_the_promotion_lifts_april_and_borrows_from_may_and_june(demo_plan):
    posted = {p.cause: p for p in demo_plan.sections["demand"].postings_of("demand_consensus_qty")}
    moved = posted["spring-promotion"].dense(demo_plan.measure("demand_consensus_qty").values.shape).sum(axis=0)
    assert moved[5] > 0 > moved[6]
    assert moved[7] < 0
    assert moved[[0, 1, 2, 3, 4, 8]].tolist() == [0.0] * 6


def test_revenue_misses_the_budget(demo_plan, truth):
    gap = demo_plan.total("budget_gap_amount") / demo_plan.total("budget_revenue_amount")
    assert -0.08 < gap < -truth["budget_above_truth_pct"] / 100 / 2
