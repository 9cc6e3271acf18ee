"""History cleaned of known events: by hand, reversible, and the same forecast as if the event had never been."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.demand.tests.company import months, planned
from equipoise.demand.tests.test_events import event, events_of, of_items

CLEANSED = "history_cleansed_qty"
BASELINE = "demand_baseline_qty"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
STEP = 2**-20


def history(rows, column="ordered_qty", market="shop", **more):
    """Sales by item and month, the last in December 2026; `more` are columns of the single item's rows."""
    count = len(next(iter(rows.values())))
    cells = [(item, market, day, q) for item, qs in rows.items() for day, q in zip(months(-count), qs, strict=True)]
    table = {name: [cell[n] for cell in cells] for n, name in enumerate(("item", "market", "date", column))}
    return {**table, **more}


def plan(sales, *events, policy=None, **more):
    items = list(dict.fromkeys(sales["item"]))
    tables = {"sales_history": sales, "items": of_items(items, "each")}
    if events:
        tables["events"] = events_of(*events)
    return planned(items=dict.fromkeys(items, "tools"), tables=tables, policy=policy, **more)


def cleansed(answer, item="saw", market="shop"):
    return answer[CLEANSED][answer.row(item, market)].tolist()


def adjusted(answer, cause):
    shape = answer[CLEANSED].shape
    return sum((p.dense(shape) for p in answer.baseline.postings_of(CLEANSED) if p.cause == cause), np.zeros(shape))


def test_uplift_and_forward_buy_are_taken_back():
    # October: 100 × 1.5 + 0.2 × 100 bought ahead of November, which has 80 left
    answer = plan(
        history({"saw": [100, 100, 170, 80, 100]}),
        event(days=OCTOBER, uplift_pct=50, forward_buy_pct=20, forward_buy_buckets=1, status="done"),
    )
    assert cleansed(answer) == pytest.approx([100] * 5, abs=STEP)
    assert adjusted(answer, "event:E1")[0] == pytest.approx([0, 0, -70, 20, 0], abs=STEP)
    assert adjusted(answer, "history_ordered_qty")[0].tolist() == [100, 100, 170, 80, 100]
    assert answer["history_ordered_qty"][0].tolist() == [100, 100, 170, 80, 100], "history itself is never rewritten"
    assert [f.code for f in answer.findings("DE12")] == ["DE126"]


def test_a_part_of_a_month_is_cleaned_by_its_share_of_days():
    half = (date(2026, 11, 16), date(2026, 11, 30))
    answer = plan(history({"saw": [100, 100, 140, 100]}), event(days=half, uplift_pct=80))
    assert cleansed(answer) == [100, 100, 100, 100]


def test_what_another_item_lost_is_given_back():
    # the saw's 50 above its pattern took 20 from the axe and brought the rake 10
    answer = plan(
        history({"saw": [100, 150, 100], "axe": [60, 40, 60], "rake": [40, 50, 40]}),
        event(days=NOVEMBER, uplift_pct=50, cannibalized="axe", cannibalization_pct=40, halo_pct=20),
    )
    for item, usual in (("saw", 100), ("axe", 60), ("rake", 40)):
        assert cleansed(answer, item) == pytest.approx([usual] * 3, abs=STEP)
    assert adjusted(answer, "event:E1").sum() == pytest.approx(-50 + 20 - 10, abs=STEP)


def test_what_is_bought_ahead_of_buckets_not_closed_yet_is_taken_to_be_as_large():
    december = (date(2026, 12, 1), date(2026, 12, 31))
    answer = plan(
        history({"saw": [100, 100, 170]}),
        event(days=december, uplift_pct=50, forward_buy_pct=20, forward_buy_buckets=1),
    )
    assert cleansed(answer) == [100, 100, 100]


def test_two_events_of_one_bucket_add():
    answer = plan(
        history({"saw": [100, 180, 100]}),
        event("A", days=NOVEMBER, uplift_pct=50),
        event("B", days=NOVEMBER, uplift_pct=30),
    )
    assert cleansed(answer) == [100, 100, 100]
    assert [adjusted(answer, f"event:{code}")[0, 1] for code in "AB"] == [-50, -30]


def test_the_forecast_is_that_of_a_history_without_the_event():
    usual = [60, 70, 90, 100, 110, 120, 130, 140, 120, 100, 80, 80] * 3
    lifted = [*usual]
    lifted[-3] *= 2
    clean, known = plan(history({"saw": usual})), plan(history({"saw": lifted}), event(days=OCTOBER, uplift_pct=100))
    unknown = plan(history({"saw": lifted}), policy={"outliers": "keep"})  # else it is cleaned as one that nobody knows
    left = plan(history({"saw": lifted}), event(days=OCTOBER, uplift_pct=100), policy={"cleansing": "none"})
    assert np.array_equal(known[BASELINE], clean[BASELINE])
    assert np.array_equal(known["demand_error_sd"], clean["demand_error_sd"])
    assert np.array_equal(left[BASELINE], unknown[BASELINE])
    assert not np.array_equal(unknown[BASELINE], clean[BASELINE])


def test_without_events_history_stands_and_has_no_postings():
    answer = plan(history({"saw": [100, 90, 80]}))
    assert cleansed(answer) == [100, 90, 80]
    assert answer.baseline.postings == ()


def test_an_event_ahead_cleans_nothing():
    with_it = plan(history({"saw": [100, 90, 80]}), event(uplift_pct=50))
    without = plan(history({"saw": [100, 90, 80]}))
    assert with_it.baseline.digest == without.baseline.digest


def test_a_past_event_that_is_still_planned_is_told():
    answer = plan(history({"saw": [100, 150, 100]}), event(days=NOVEMBER, uplift_pct=50, status="planned"))
    assert [(f.code, f.message) for f in answer.findings("DE122")] == [("DE122", "1 events, first E1")]


SHIPPED = {"demand_capture": "shipments"}


def test_a_stockout_is_restored_for_shipments_and_not_for_orders():
    flags = {"stockout": [0, 0, 1, 0]}
    shipped = plan(history({"saw": [100, 100, 20, 120]}, "shipped_qty", **flags), policy=SHIPPED)
    assert cleansed(shipped) == [100, 100, 110, 120], "the line between its neighbors"
    assert adjusted(shipped, "stockout")[0].tolist() == [0, 0, 90, 0]
    assert [f.code for f in shipped.findings("DE12")] == ["DE125"]
    ordered = plan(history({"saw": [100, 100, 20, 120]}, **flags))
    assert cleansed(ordered) == [100, 100, 20, 120]
    assert [f.code for f in ordered.findings("DE12")] == ["DE124"]


def test_a_stockout_never_lowers_what_was_sold():
    sales = history({"saw": [100, 150, 100]}, "shipped_qty", stockout=[0, 1, 0])
    assert cleansed(plan(sales, policy=SHIPPED)) == [100, 150, 100]


@pytest.mark.parametrize(
    ("sold", "days", "columns", "restored"),
    [
        (50, (date(2026, 11, 16), date(2026, 11, 30)), {}, 100),
        (20, NOVEMBER, {}, 100),
        (60, NOVEMBER, {"uplift_pct": -40}, 100),
    ],
    ids=["half of the days", "all of the days", "as much as it says"],
)
def test_a_stockout_event(sold, days, columns, restored):
    sales = history({"saw": [100, sold, 100]}, "shipped_qty")
    answer = plan(sales, event(days=days, type="stockout", **columns), policy=SHIPPED)
    assert cleansed(answer) == pytest.approx([100, restored, 100], abs=STEP)
    assert adjusted(answer, "event:E1")[0, 1] == pytest.approx(restored - sold, abs=STEP)


def test_a_one_off_that_left_nothing_is_read_off_its_neighbors():
    answer = plan(history({"saw": [100, 0, 120]}), event(days=NOVEMBER, type="one_off", uplift_pct=-100))
    assert cleansed(answer) == [100, 110, 120]


def test_sell_out_is_shipped_less_returned():
    sales = history({"saw": [100, 100, 100]}, "shipped_qty", returned_qty=[0, 30, None])
    answer = plan(sales, policy={"demand_capture": "sell_out"})
    assert cleansed(answer) == [100, 70, 100]
    assert adjusted(answer, "returned")[0].tolist() == [0, -30, 0]
    assert adjusted(answer, "history_shipped_qty")[0].tolist() == [100, 100, 100]
    alike = plan(history({"saw": [100, 70, 100]}))
    assert np.array_equal(answer[BASELINE], alike[BASELINE])


def test_sell_out_restores_stockouts():
    sales = history({"saw": [100, 40, 100]}, "shipped_qty", returned_qty=[0, 30, 0], stockout=[0, 1, 0])
    assert cleansed(plan(sales, policy={"demand_capture": "sell_out"})) == [100, 100, 100]


ITEMS = ("saw", "axe", "rake")
PAST = st.dates(date(2026, 4, 1), date(2027, 2, 28))
EVENTS = st.builds(
    lambda item, days, numbers, eaten, sort: event(
        item=item, days=(min(days), max(days)), uplift_pct=numbers[0], forward_buy_pct=numbers[1], type=sort,
        forward_buy_buckets=numbers[2], cannibalized=eaten, cannibalization_pct=50 if eaten else None, halo_pct=10,
    ),
    st.sampled_from((*ITEMS, "tools")),
    st.tuples(PAST, PAST),
    st.tuples(st.integers(-100, 200), st.integers(0, 100), st.integers(0, 3)),
    st.sampled_from(("", *ITEMS)),
    st.sampled_from(("promotion", "stockout", "one_off")),
)  # fmt: skip
SOLD = st.lists(st.integers(-20, 500), min_size=9, max_size=9)


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=4), st.tuples(SOLD, SOLD, SOLD), st.sampled_from(("orders", "shipments")))
def test_postings_sum_to_the_cleansed_history_in_any_order_of_rows(events, sold, capture):
    named = [{**entry, "event": f"E{number}"} for number, entry in enumerate(events)]
    sales = history(dict(zip(ITEMS, sold, strict=True)), "ordered_qty" if capture == "orders" else "shipped_qty")
    answer, shuffled = (plan(sales, *order, policy={"demand_capture": capture}) for order in (named, named[::-1]))
    assert answer.baseline.digest == shuffled.baseline.digest
    if answer.baseline.postings:
        total = sum(posting.dense(answer[CLEANSED].shape) for posting in answer.baseline.postings_of(CLEANSED))
        assert np.array_equal(total, answer[CLEANSED])
    assert np.isfinite(answer[CLEANSED]).all()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(50, 500), min_size=8, max_size=8),
    st.integers(-50, 150),
    st.integers(0, 60),
    st.integers(0, 2),
)
def test_cleansing_undoes_what_the_plan_would_do(pattern, uplift, ahead, buckets):
    """An event applied to the plan and then seen in history gives the pattern back."""
    days = (date(2026, 8, 1), date(2026, 8, 31))
    promotion = {"uplift_pct": uplift, "forward_buy_pct": ahead, "forward_buy_buckets": buckets}
    seen = [float(q) for q in pattern]
    bought = [ahead / 100 * q for q in pattern[4 : 4 + buckets]]
    seen[3] += pattern[3] * uplift / 100 + sum(bought)
    for number, quantity in enumerate(bought):
        seen[4 + number] -= quantity
    answer = plan(history({"saw": seen}), event(days=days, **promotion))
    assert cleansed(answer) == pytest.approx(pattern, abs=0.001)
