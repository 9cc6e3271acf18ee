"""History by bucket and the statistical baseline: what trains a forecast and what never does."""

from datetime import date, timedelta

import numpy as np
import pytest

from equipoise.core.measure import Grain
from equipoise.demand import forecast_series
from equipoise.demand.tests.company import forecast_of, months, planned

BASELINE = "demand_baseline_qty"
YEAR = [60, 70, 90, 100, 110, 120, 130, 140, 120, 100, 80, 80]


def sales(quantities, item="saw", market="shop", last=date(2026, 12, 1), column="ordered_qty"):
    """A row a month, the last of them in the month of `last`; None leaves the month out."""
    days = months(-len(quantities), (last + timedelta(days=31)).replace(day=1))
    rows = [(day, q) for day, q in zip(days, quantities, strict=True) if q is not None]
    return {
        "item": [item] * len(rows),
        "market": [market] * len(rows),
        "date": [day for day, _ in rows],
        column: [q for _, q in rows],
    }


def joined(*tables):
    names = {name for table in tables for name in table}
    return {name: [v for t in tables for v in t.get(name, [None] * len(t["item"]))] for name in sorted(names)}


def plan(history, items=("saw",), **more):
    return planned(items=dict.fromkeys(items, "tools"), tables={"sales_history": history}, **more)


def test_history_stands_in_its_buckets():
    answer = plan(joined(sales([5, None, 7]), sales([4, 6], column="shipped_qty")))
    panel = answer.baseline.panel_of("history_ordered_qty")
    assert panel.first == -3
    assert panel["history_ordered_qty"].tolist() == [[5, 0, 7]]
    assert panel["history_shipped_qty"].tolist() == [[0, 4, 6]]


def test_baseline_is_the_forecast_of_the_history():
    answer = plan(sales(YEAR * 3))
    expected = forecast_series(np.array([YEAR * 3], dtype=float), 12, 6, levels=(), family=np.array([0]))
    assert answer[BASELINE] == pytest.approx(expected.point, abs=2**-20)
    assert np.array_equal(answer["demand_error_sd"], np.repeat(expected.sigma[:, None], 6, axis=1))
    assert answer.findings() == []


def test_several_rows_of_a_bucket_and_locations_add_up():
    rows = joined(sales([10] * 12), sales([20] * 12))
    rows["location"] = ["north"] * 12 + ["south"] * 12
    assert plan(rows)["history_ordered_qty"].tolist() == [[30] * 12]


def test_between_first_sale_and_history_to_a_missing_row_is_zero_and_before_it_unknown():
    late = plan(joined(sales([9] * 8 + [None, 9], item="saw"), sales([50] * 30, item="axe")), items=("saw", "axe"))
    alone = plan(sales([9] * 8 + [0, 9], item="saw"))
    assert late[BASELINE][late.row("saw", "shop")] == pytest.approx(alone[BASELINE][0], rel=0.2)
    assert late["demand_error_sd"][late.row("saw", "shop"), 0] < 9
    stored = late["history_ordered_qty"][late.row("saw", "shop")]
    assert stored.tolist() == [0] * 20 + [9] * 8 + [0, 9]


def test_a_bucket_that_has_not_ended_never_trains():
    full = plan(sales([100] * 24, last=date(2026, 11, 1)), history_to=date(2026, 11, 30))
    partial = plan(
        joined(sales([100] * 24, last=date(2026, 11, 1)), sales([7], last=date(2026, 12, 1))),
        history_to=date(2026, 12, 30),
    )
    assert np.array_equal(full[BASELINE], partial[BASELINE])
    assert partial.baseline.panel_of("history_ordered_qty")["history_ordered_qty"].tolist() == [[100] * 24]
    assert [f.code for f in partial.findings()] == ["DE115", "DE116"]
    ended = plan(sales([100] * 24 + [7]), history_to=date(2026, 12, 31))
    assert ended["history_ordered_qty"][0, -1] == 7


def test_buckets_between_history_and_start_are_forecast_and_dropped():
    three_years_to_october = (YEAR * 4)[10:46]
    answer = plan(sales(three_years_to_october, last=date(2026, 10, 1)), history_to=date(2026, 10, 31))
    assert answer.baseline.panel_of("history_ordered_qty").first == -38
    expected = forecast_series(np.array([three_years_to_october], dtype=float), 12, 8, levels=(), family=np.array([0]))
    assert answer[BASELINE] == pytest.approx(expected.point[:, 2:], abs=2**-20)
    assert answer[BASELINE][0] == pytest.approx(YEAR[:6], rel=0.02)
    assert [(f.code, f.count) for f in answer.findings()] == [("DE116", 2)]


def test_actuals_of_the_horizon_do_not_train():
    history = joined(sales([100] * 24), sales([900], last=date(2027, 1, 1)))
    answer = plan(history, history_to=date(2027, 1, 20))
    assert answer[BASELINE] == pytest.approx(np.full((1, 6), 100.0))


def test_returns_above_orders_train_as_zero():
    answer = plan(sales([10, 10, -4, 10, 10, 10]))
    zero = plan(sales([10, 10, 0, 10, 10, 10]))
    assert answer["history_ordered_qty"][0, 2] == -4
    assert np.array_equal(answer[BASELINE], zero[BASELINE])
    assert [(f.code, f.count) for f in answer.findings()] == [("DE104", 1)]


@pytest.mark.parametrize(
    ("capture", "column", "code"),
    [
        ("orders", "ordered_qty", None),
        ("orders", "shipped_qty", "DE102"),
        ("shipments", "shipped_qty", None),
        ("shipments", "ordered_qty", "DE103"),
    ],
)
def test_demand_capture(capture, column, code):
    answer = plan(sales([40] * 12, column=column), policy={"demand_capture": capture})
    assert answer[BASELINE] == pytest.approx(np.full((1, 6), 40.0))
    assert [f.code for f in answer.findings()] == ([code] if code else [])


def test_demand_capture_chooses_between_both():
    history = joined(sales([40] * 12), sales([30] * 12, column="shipped_qty"))
    by = {how: plan(history, policy={"demand_capture": how})[BASELINE][0, 0] for how in ("orders", "shipments")}
    assert by == {"orders": pytest.approx(40), "shipments": pytest.approx(30)}


def test_an_inactive_item_has_no_baseline_and_a_launch_month_its_share():
    active = np.array([[1, 0.5, 0, 0, 0, 0]])
    answer = plan(sales([40] * 24), active=active)
    assert answer[BASELINE].round(9).tolist() == [[40, 20, 0, 0, 0, 0]]
    assert (answer["demand_error_sd"][0, 2:] == 0).all()
    (found,) = answer.findings()
    assert (found.code, found.message) == ("DE106", "160 units of 1 series, first saw in shop")


def test_a_series_that_never_sold_is_named():
    answer = plan(sales([40] * 24), items=("saw", "axe"))
    row = answer.row("axe", "shop")
    assert not answer[BASELINE][row].any()
    assert np.isnan(answer["demand_error_sd"][row]).all()
    assert [f.message for f in answer.findings("DE101")] == ["1 series never sold, first axe in shop"]


def test_history_of_strangers_is_told():
    answer = plan(joined(sales([40] * 24), sales([5] * 24, item="hoe")))
    assert [(f.code, f.message) for f in answer.findings()] == [("DE105", "no such series, first hoe in shop")]


@pytest.mark.parametrize("source", ["statistical", "imported"])
def test_no_source_of_demand_at_all(source):
    answer = planned(items={"saw": "tools"}, policy={"baseline": source})
    assert not answer[BASELINE].any() and not answer["demand_required_qty"].any()
    assert "DE109" in [f.code for f in answer.findings()]
    assert answer["history_ordered_qty"].shape == (1, 0)


def test_each_source_stands_in_for_the_other():
    from_history = plan(sales([40] * 24), policy={"baseline": "imported"})
    assert from_history[BASELINE][0, 0] == pytest.approx(40)
    assert [f.code for f in from_history.findings()] == ["DE107"]
    from_import = planned(items={"saw": "tools"}, tables={"forecast": forecast_of({"saw": [3] * 6})})
    assert from_import[BASELINE].tolist() == [[3] * 6]
    assert [f.code for f in from_import.findings()] == ["DE108"]


def test_weekly_history():
    days = [date(2026, 12, 31) - timedelta(weeks=n) for n in range(120)]
    history = {"item": ["saw"] * 120, "market": ["shop"] * 120, "date": days, "ordered_qty": [70] * 120}
    answer = plan(history, bucket="week", start=date(2027, 1, 4), horizon=10, history_to=date(2027, 1, 3))
    assert answer[BASELINE] == pytest.approx(np.full((1, 10), 70.0))


def test_no_items_at_all():
    answer = planned(items={})
    assert answer["demand_required_qty"].shape == (0, 6)


def test_rows_in_any_order_give_the_same_answer():
    rng = np.random.default_rng(7)
    items = {"saw": "tools", "axe": "tools", "glue": "paint"}
    history = joined(*(sales(list(rng.gamma(2, 20, 30)), item=item) for item in items for _ in range(3)))
    order = rng.permutation(len(history["item"]))
    shuffled = {name: [column[n] for n in order] for name, column in history.items()}
    digests = [planned(items=items, tables={"sales_history": table}).baseline.digest for table in (history, shuffled)]
    assert digests[0] == digests[1]


def test_panels_share_the_keys_of_the_plan():
    answer = plan(sales([40] * 24))
    assert all(panel.keys is answer.axes.keys[Grain.DEMAND] for panel in answer.baseline.panels)
