"""The forecast of a node is told by the plan's own functions: same points, and history that adds up."""

import numpy as np
import pytest

from equipoise.codec import read_adjustments
from equipoise.core.adjustment import Adjustment, Scope, standing
from equipoise.core.grid import QUANTITY_STEP, on_grid
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise.demand.forecast_method import ForecastMethod
from equipoise.demo import write_demo
from equipoise.explain import UnknownCell, explain
from equipoise.explain.forecast import NoCommonUnit, explain_forecast, training_of
from equipoise.explain.forecast_list import list_forecasts
from equipoise.gather import open_snapshot
from equipoise.plan import compute_plan

BASELINE = "demand_baseline_qty"
SPRAY = {"item": "SU-01", "market": "north-grocery"}
PIN = Adjustment(
    "pin-1", ForecastMethod("seasonal naive"), Scope(**SPRAY), author="paula", reason="Steady contract", seq=900
)


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """The demo month as it is, and with the kitchen spray of one market pinned to last year."""
    folder = write_demo(tmp_path_factory.mktemp("demo"))
    snapshot = open_snapshot(folder)
    adjustments = standing(*read_adjustments(folder / "adjustments.json"))
    return compute_plan(snapshot, adjustments), compute_plan(snapshot, (*adjustments, PIN))


@pytest.fixture(scope="module")
def plan(plans):
    return plans[0]


def test_points_are_the_plans_own(plan):
    """Series by series, to the last digit; where an item is launched or succeeded the plan says more."""
    active = plan.measure("demand_active_ratio").values
    section = plan.sections["baseline"]
    moved = {row for p in section.postings_of(BASELINE) if p.cause != "forecast" for row in np.unique(p.rows).tolist()}
    keys, compared = plan.axes.keys[Grain.DEMAND], 0
    for row in range(0, len(keys), 3):
        item, market = keys.labels(row)
        story = explain_forecast(plan, item=item, market=market)
        own = on_grid(story.node.point[-plan.axes.horizon :] * active[row], QUANTITY_STEP)
        if row not in moved:
            assert np.array_equal(own, plan.measure(BASELINE).values[row]), (item, market)
            compared += 1
    assert compared > 20


def test_a_sum_is_the_sum_of_its_series(plan):
    whole = explain_forecast(plan, item="family:Hair care", market="North")
    rows = plan.axes.rows(Grain.DEMAND, {"item": "family:Hair care", "market": "North"})
    labels = [plan.axes.keys[Grain.DEMAND].labels(row) for row in rows.tolist()]
    parts = [explain_forecast(plan, item=item, market=market) for item, market in labels]
    np.testing.assert_allclose(whole.node.point, sum(part.node.point for part in parts), rtol=1e-12)
    np.testing.assert_allclose(whole.delivered, sum(part.delivered for part in parts), rtol=1e-12)
    assert len(whole.node.segments) == len(labels) and whole.unit == "case"


@pytest.mark.parametrize("nodes", [SPRAY, {"item": "family:Surface cleaners"}, {}])
def test_history_as_sold_and_its_changes_add_up_to_what_was_learned_from(plan, nodes):
    story = explain_forecast(plan, **nodes)
    changed = sum(change.amount for change in story.changes)
    assert np.nansum(story.trained) == pytest.approx(story.delivered.sum() + changed, abs=0.01)
    by_rule = set() if any(nodes.values()) else {"outlier"}  # one cell of all that the demo sold
    assert {change.sort for change in story.changes} == {"promotion"} | by_rule
    events = {change.code for change in story.changes if change.sort == "promotion"}
    assert events == {"SPRING-2024", "SPRING-2025", "SPRING-2026"}


def test_a_family_without_events_was_learned_as_sold(plan):
    story = explain_forecast(plan, item="family:Hair care")
    assert story.changes == () and np.array_equal(story.trained, story.delivered)
    assert story.value_added_pct(0) > 0 and 0 < story.node.coverage_pct[0] <= story.node.coverage_pct[1] <= 100


def test_what_cannot_be_told_is_said(plan):
    with pytest.raises(UnknownName):
        explain_forecast(plan, item="no-such-item")
    with pytest.raises(UnknownCell, match="no item is sold"):
        explain_forecast(plan, item="BULK-DISH")
    training_of.cache_clear()
    kilos = {"HA-01": "kg"}
    mixed = {code: kilos.get(code, uom) for code, uom in plan.base_uoms.items()}
    vars(plan)["base_uoms"] = mixed
    try:
        with pytest.raises(NoCommonUnit, match="case, kg"):
            explain_forecast(plan, item="family:Hair care")
    finally:
        del vars(plan)["base_uoms"]


def test_a_launch_has_no_history_to_tell(plan):
    story = explain_forecast(plan, item="LA-REFILL", market="north-drug")
    assert story.growth_pct is None and story.value_added_pct(1) is None
    assert not story.node.point.any() and story.baseline.any()


def test_a_pin_is_told_and_explained_down_to_its_author(plans):
    free, pinned = plans
    story = explain_forecast(pinned, **SPRAY)
    assert [pin.id for pin in story.pins] == ["pin-1"]
    assert story.value_added_pct(1) == 0.0 and explain_forecast(free, **SPRAY).pins == ()
    assert np.array_equal(story.node.point[:12], story.trained[-12:])
    answer = explain(pinned, BASELINE, bucket=0, **SPRAY)
    assert sum(child.value for child in answer.node.children) == answer.value
    (leaf,) = [node for node in answer.node.walk() if node.type == "Person"]
    assert leaf.ref == "pin-1" and leaf.value == answer.value - explain(free, BASELINE, bucket=0, **SPRAY).value
    assert leaf.text == (
        "Demand (paula): forecast method seasonal naive for SU-01, north-grocery; Steady contract [pin-1]"
    )


def test_the_list_says_of_each_series_what_its_page_says(plan):
    found = list_forecasts(plan)
    keys = plan.axes.keys[Grain.DEMAND]
    assert found.rows.tolist() == list(range(len(keys)))
    for row in (0, 37, 88):
        item, market = keys.labels(row)
        story = explain_forecast(plan, item=item, market=market)
        np.testing.assert_allclose(found.mae[row], story.node.backtest.mae[0], rtol=1e-9)
        assert found.segment[row] == story.node.segments[0]
        assert found.value_added_pct[row] == pytest.approx(story.value_added_pct(1))
    family = list_forecasts(plan, "Oral care")
    np.testing.assert_allclose(family.mae, found.mae[family.rows], rtol=1e-12)
    with pytest.raises(UnknownName):
        list_forecasts(plan, "No such family")


def test_touchless_is_where_people_made_it_worse(plan):
    found = list_forecasts(plan)
    assert np.array_equal(found.is_touchless, np.nan_to_num(found.people_pct) < 0)
    assert 0 < found.is_touchless.sum() < 10
    archive = plan.snapshot.table("forecast_archive")
    assert {"statistical", "consensus"} <= set(archive["source"].unique().to_list())
    pinned = list_forecasts(plan).is_pinned
    assert not pinned.any()


def test_whose_changes_made_it_worse_is_told_of_each_function(plan):
    """Sales of the north over-forecast for a year: their zone is larger than that of all together, and lies there."""
    found = list_forecasts(plan)
    assert set(found.people) == {"consensus", "sales"}
    assert np.isnan(found.added_by("finance")).all() and not found.worsened_by("finance").any(), "nobody was judged"
    keys = plan.axes.keys[Grain.DEMAND]
    worse = [keys.labels(row)[1] for row in found.rows[found.worsened_by("sales")].tolist()]
    assert len(worse) > found.is_touchless.sum()
    assert sum(market.startswith("north") for market in worse) > 0.7 * len(worse)
