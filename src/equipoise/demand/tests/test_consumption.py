"""Open orders consume the forecast, so that demand counts once (rules.md, forecast consumption)."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.demand import consume_forecast
from equipoise.demand.tests.company import forecast_of, planned

MONTHS = {"first": date(2027, 1, 15), "second": date(2027, 2, 15), "overdue": date(2026, 12, 20)}


def demand(*orders, policy=None):
    """Forecast 100 a month, and orders (date, quantity, abnormal)."""
    columns = {
        "order": [f"so{n}" for n in range(len(orders))],
        "line": ["1"] * len(orders),
        "item": ["saw"] * len(orders),
        "market": ["shop"] * len(orders),
        "requested_date": [day for day, _, _ in orders],
        "quantity": [quantity for _, quantity, _ in orders],
        "abnormal": [flag for _, _, flag in orders],
    }
    return planned(
        items={"saw": "tools"},
        tables={"forecast": forecast_of({"saw": [100] * 6}), "open_orders": columns},
        policy={"baseline": "imported", **(policy or {})},
    )


@pytest.mark.parametrize(
    ("orders", "required"),
    [
        pytest.param([], [100, 100, 100], id="no orders"),
        pytest.param([("first", 60, 0)], [100, 100, 100], id="inside the forecast: nothing changes"),
        pytest.param([("first", 60, 0), ("first", 40, 0)], [100, 100, 100], id="exactly the forecast"),
        pytest.param([("first", 130, 0)], [130, 100, 100], id="above: only the excess"),
        pytest.param([("first", 30, 1)], [130, 100, 100], id="abnormal: added"),
        pytest.param([("first", 120, 0), ("first", 30, 1)], [150, 100, 100], id="both"),
        pytest.param([("overdue", 70, 0)], [100, 100, 100], id="overdue consumes nothing"),
    ],
)
def test_required(orders, required):
    answer = demand(*((MONTHS[when], quantity, flag) for when, quantity, flag in orders))
    assert answer["demand_required_qty"][0, :3].tolist() == required
    total = answer["demand_orders_qty"] + answer["demand_unconsumed_qty"]
    assert np.array_equal(answer["demand_required_qty"], total)


def test_overdue_orders_are_opening_backlog():
    answer = demand((MONTHS["overdue"], 70, 0), (date(2020, 5, 1), 5, 1))
    assert answer["demand_overdue_qty"].tolist() == [[75, 0, 0, 0, 0, 0]]
    assert not answer["demand_orders_qty"].any()
    assert [(f.code, f.count) for f in answer.findings("DE2")] == [("DE207", 2)]


@pytest.mark.parametrize(
    ("policy", "required"),
    [
        pytest.param({}, [100, 150, 100], id="own bucket only"),
        pytest.param({"consume_back": 1}, [50, 150, 100], id="back"),
        pytest.param({"consume_forward": 1}, [100, 150, 50], id="forward"),
        pytest.param({"consume_back": 1, "consume_forward": 1}, [50, 150, 100], id="back before forward"),
    ],
)
def test_excess_reaches_other_buckets(policy, required):
    answer = demand((MONTHS["second"], 150, 0), policy=policy)
    assert answer["demand_required_qty"][0, :3].tolist() == required


def test_a_bucket_keeps_its_forecast_for_its_own_orders():
    unused = consume_forecast(np.array([[10.0, 10.0]]), np.array([[15.0, 10.0]]), forward=1)
    assert unused.tolist() == [[0.0, 0.0]]


def test_the_nearest_bucket_gives_first():
    forecast, orders = np.full((1, 5), 10.0), np.array([[0.0, 0.0, 25.0, 0.0, 0.0]])
    assert consume_forecast(forecast, orders, back=2).tolist() == [[5, 0, 0, 10, 10]]
    assert consume_forecast(forecast, orders, forward=2).tolist() == [[10, 10, 0, 0, 5]]


def test_unknown_items_and_orders_past_the_horizon_are_told():
    rows = {
        "order": ["1", "2"],
        "line": ["1", "1"],
        "item": ["axe", "saw"],
        "market": ["shop", "shop"],
        "requested_date": [date(2027, 1, 5), date(2028, 1, 5)],
        "quantity": [7, 9],
    }
    answer = planned(
        items={"saw": "tools"},
        tables={"forecast": forecast_of({"saw": [100] * 6}), "open_orders": rows},
        policy={"baseline": "imported"},
    )
    assert [(f.code, f.message) for f in answer.findings("DE20")] == [
        ("DE205", "1 lines, 7 units"),
        ("DE206", "1 lines, 9 units"),
    ]
    assert not answer["demand_orders_qty"].any()


CELLS = st.lists(st.integers(0, 50), min_size=6, max_size=6)


@given(CELLS, CELLS, st.integers(0, 6), st.integers(0, 6))
def test_consuming_never_creates_or_loses_units(forecast, orders, back, forward):
    f, o = np.array([forecast], dtype=float), np.array([orders], dtype=float)
    unused = consume_forecast(f, o, back=back, forward=forward)
    own = np.maximum(f - o, 0)
    assert np.all((unused >= 0) & (unused <= own))
    wide = consume_forecast(f, o, back=6, forward=6)
    assert (o + wide).sum() == max(o.sum(), f.sum())
