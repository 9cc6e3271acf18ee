"""Working days, Easter and an indicator through the whole plan: explained down to the tables."""

from datetime import date

import numpy as np
import pytest

from equipoise import compute_plan, explain
from equipoise.core.dataset import DatasetHead
from equipoise.core.grid import QUANTITY_STEP, on_grid
from equipoise.core.snapshot import Snapshot, conformed
from equipoise.core.tables import table
from equipoise.demand.effects import HOLIDAY, INDICATOR, WORKING_DAYS
from equipoise.demand.tests.effects_company import START, make
from equipoise.explain.forecast import explain_forecast

BASELINE, CLEANSED = "demand_baseline_qty", "history_cleansed_qty"
ROW = {"item": "item-0-0", "market": "shop"}


@pytest.fixture(scope="module")
def plan():
    made = make(5, history=84, working_days=0.8, easter=0.25, indicators=2, elasticity=2.0)
    items = list(made.items)
    tables = {
        **made.tables,
        "items": {"item": items, "family": list(made.items.values()), "uom": ["piece"] * len(items)},
        "markets": {"market": ["shop"], "name": ["Shop"], "region": ["home"]},
    }
    head = DatasetHead.of(name="t", currency="EUR", bucket="month", start=START, horizon=12)
    return compute_plan(Snapshot(head, {name: conformed(table(name), rows) for name, rows in tables.items()}))


def leaves(node):
    return [node] if not node.children else [leaf for child in node.children for leaf in leaves(child)]


def test_the_baseline_is_its_forecast_and_what_the_calendar_and_the_indicator_do_to_it(plan):
    why = explain(plan, BASELINE, bucket="Mar 2027", **ROW)
    said = {
        child.text.split(":")[0].split(" and the week")[0].split(",")[0]: child.value for child in why.node.children
    }
    assert sum(said.values()) == why.value
    assert said["Easter"] > 0, "the window of Easter 2027 lies in March"
    assert {"Easter", "indicator index-0", "working days more or less than usual in this bucket"} < set(said)


def test_cleansed_history_names_the_tables(plan):
    why = explain(plan, CLEANSED, bucket="Apr 2025", **ROW)
    assert sum(child.value for child in why.node.children) == why.value
    texts = " ".join(child.text for child in why.node.children)
    assert "table calendars" in texts
    assert "values up to 2026-12-31: table indicators" in texts


def test_the_forecast_that_is_told_is_the_plans(plan):
    for item in ("item-0-0", "item-1-3"):
        story = explain_forecast(plan, item=item, market="shop")
        row = plan.axes.keys[plan.measure(BASELINE).grain].rows[item, "shop"]
        assert np.array_equal(on_grid(story.node.point, QUANTITY_STEP), plan.measure(BASELINE).values[row])
        q = story.node.quantiles
        assert (q[:, 1] <= story.node.point).all()
        assert (story.node.point <= q[:, -2]).all()
        sorts = {(change.sort, change.code) for change in story.changes}
        assert sorts == {("working days", ""), ("holiday", "Easter"), ("indicator", "index-0")}


def test_a_sum_is_the_sum_of_its_series(plan):
    story = explain_forecast(plan, item="family-0", market="shop")
    assert story.node.point == pytest.approx(story.baseline, abs=len(story.rows) * QUANTITY_STEP)


def test_causes_are_those_of_the_data_dictionary(plan):
    causes = {posting.cause for posting in plan.sections["baseline"].postings}
    assert causes == {"forecast", "history_ordered_qty", WORKING_DAYS, f"{HOLIDAY}Easter", f"{INDICATOR}index-0"}
    assert plan.head.history_to == date(2026, 12, 31)
