"""An imported forecast: totals of nodes and periods reach items, markets and buckets, and nothing is lost."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.core.grid import QUANTITY_STEP
from equipoise.demand.tests.company import months, planned

BASELINE = "demand_baseline_qty"
ITEMS = {"saw": "tools", "axe": "tools", "glue": "paint"}
MARKETS = {"north": "home", "south": "home", "export": "world"}
LAST_YEAR = {("saw", "north"): 30, ("saw", "south"): 10, ("axe", "north"): 20, ("axe", "south"): 0}


def imported(rows, *, history=None, **more):
    """rows: (item node, market node, date, quantity, period)."""
    names = ("item", "market", "date", "quantity", "period")
    columns = {name: [row[n] for row in rows] for n, name in enumerate(names)}
    past = {
        "item": [item for item, _ in history or {}],
        "market": [market for _, market in history or {}],
        "date": [date(2026, 8, 1)] * len(history or {}),
        "ordered_qty": list((history or {}).values()),
    }
    tables = {"forecast": columns, "sales_history": past}
    more = {"items": ITEMS, "markets": MARKETS, "policy": {"baseline": "imported"}, **more}
    return planned(tables=tables, **more)


def cell(answer, item, market, bucket=0):
    return float(answer[BASELINE][answer.row(item, market), bucket])


def codes(answer):
    return [f.code for f in answer.findings("DE11") if f.code not in ("DE113", "DE114", "DE116")]


def test_leaf_rows_stand_in_their_bucket_and_add_up_within_it():
    answer = imported([("saw", "north", date(2027, 2, day), 10.0, "") for day in (1, 8, 28)])
    assert answer[BASELINE].sum() == 30 == cell(answer, "saw", "north", 1)


def test_a_family_total_goes_to_its_series_like_last_year():
    answer = imported([("tools", "home", date(2027, 1, 1), 120.0, "")], history=LAST_YEAR)
    assert [cell(answer, *series) for series in LAST_YEAR] == [60, 20, 40, 0]
    assert answer[BASELINE].sum() == 120


def test_without_history_a_total_goes_in_equal_parts():
    answer = imported([("tools", "home", date(2027, 1, 1), 120.0, "")])
    assert [cell(answer, *series) for series in LAST_YEAR] == [30, 30, 30, 30]


def test_an_inactive_item_takes_no_part():
    active = np.ones((9, 6))
    active[imported([]).row("saw", "north")] = 0
    answer = imported([("tools", "home", date(2027, 1, 1), 120.0, "")], history=LAST_YEAR, active=active)
    assert [cell(answer, *series) for series in LAST_YEAR] == [0, 40, 80, 0]


def test_parts_below_are_part_of_the_total():
    rows = [("tools", "home", date(2027, 1, 1), 120.0, ""), ("saw", "north", date(2027, 1, 1), 90.0, "")]
    answer = imported(rows, history=LAST_YEAR)
    assert [cell(answer, *series) for series in LAST_YEAR] == [90, 10, 20, 0]
    assert codes(answer) == []


def test_totals_at_three_levels():
    rows = [
        ("", "", date(2027, 1, 1), 1000.0, ""),
        ("tools", "", date(2027, 1, 1), 600.0, ""),
        ("tools", "home", date(2027, 1, 1), 400.0, ""),
        ("saw", "north", date(2027, 1, 1), 100.0, ""),
    ]
    answer = imported(rows)
    assert cell(answer, "saw", "north") == 100
    assert [cell(answer, i, m) for i, m in (("saw", "south"), ("axe", "north"), ("axe", "south"))] == [100] * 3
    assert [cell(answer, i, "export") for i in ("saw", "axe")] == [100, 100]
    assert sum(cell(answer, "glue", market) for market in MARKETS) == 400
    assert answer[BASELINE].sum() == 1000
    assert codes(answer) == []


def test_parts_above_the_total_are_kept_and_told():
    rows = [("saw", "", date(2027, 1, 1), 50.0, ""), ("saw", "north", date(2027, 1, 1), 90.0, "")]
    answer = imported(rows)
    assert answer[BASELINE].sum() == 90
    assert [f.message for f in answer.findings("DE111")] == ["1 nodes, first saw in all markets"]


def test_parts_that_are_all_given_and_sum_to_less_are_raised():
    rows = [
        ("saw", market, date(2027, 1, 1), quantity, "") for market, quantity in zip(MARKETS, (10, 20, 30), strict=True)
    ]
    answer = imported([*rows, ("saw", "", date(2027, 1, 1), 120.0, "")])
    assert [cell(answer, "saw", market) for market in MARKETS] == [20, 40, 60]
    assert codes(answer) == ["DE112"]


def test_a_quarter_is_spread_by_days_and_conserved():
    answer = imported([("tools", "home", date(2027, 2, 14), 1000.0, "quarter")], history=LAST_YEAR)
    by_month = answer[BASELINE].sum(axis=0)
    assert by_month.sum() == 1000
    assert by_month[:3] == pytest.approx(1000 * np.array([31, 28, 31]) / 90, abs=2 * QUANTITY_STEP)
    assert not by_month[3:].any()


def test_a_month_within_a_quarter_is_part_of_it():
    rows = [("saw", "north", date(2027, 1, 1), 400.0, ""), ("saw", "north", date(2027, 1, 1), 1000.0, "quarter")]
    answer = imported(rows)
    row = answer[BASELINE][answer.row("saw", "north")]
    assert row[0] == 400 and row.sum() == 1000
    assert row[1] == pytest.approx(600 * 28 / 59, abs=QUANTITY_STEP)


def test_quarters_and_years_are_fiscal():
    answer = imported([("saw", "north", date(2027, 1, 1), 900.0, "quarter")], fiscal_year_start="02-01")
    # The fiscal quarter November to January has 92 days, of which the horizon holds January's 31.
    assert answer[BASELINE].sum() == pytest.approx(900 * 31 / 92, abs=QUANTITY_STEP)


def test_a_year_gives_the_horizon_its_share_of_days_and_past_parts_count():
    year = ("saw", "north", date(2027, 1, 1), 3650.0, "year")
    assert imported([year])[BASELINE].sum() == pytest.approx(10 * 181, abs=6 * QUANTITY_STEP)
    begun = imported([("saw", "north", date(2026, 7, 1), 650.0, ""), year], fiscal_year_start="07-01", horizon=6)
    # Fiscal 2027 began in July: 650 of 3650 are booked there, the rest is spread over the other 334 days.
    assert begun[BASELINE].sum() == pytest.approx(3000 * 181 / 334, abs=6 * QUANTITY_STEP)


def test_months_on_a_weekly_calendar_go_by_days_and_are_conserved():
    answer = imported(
        [("saw", "north", day, 310.0, "month") for day in months(2, date(2027, 2, 1))],
        bucket="week",
        start=date(2027, 1, 4),
        horizon=20,
    )
    assert answer[BASELINE].sum() == 620
    first = answer.axes.calendar.index_of(date(2027, 2, 1))
    assert cell(answer, "saw", "north", first) == pytest.approx(310 / 4, abs=QUANTITY_STEP)
    shared = answer.axes.calendar.index_of(date(2027, 3, 31))
    assert cell(answer, "saw", "north", shared) == pytest.approx(310 * 3 / 31, abs=QUANTITY_STEP)


def test_a_row_that_reaches_nobody_is_told():
    rows = [("hoe", "", date(2027, 1, 1), 5.0, ""), ("saw", "", date(2027, 1, 1), 30.0, "")]
    answer = imported(rows)
    assert answer[BASELINE].sum() == 30
    assert [f.message for f in answer.findings("DE110")] == ["1 nodes, first hoe in all markets"]


def test_holes_are_counted():
    answer = imported([("", "", date(2027, 1, 1), 90.0, "")])
    (found,) = answer.findings("DE113")
    assert found.count == 9 * 5 and "Feb 2027" in found.message


def test_a_launch_month_keeps_its_imported_forecast():
    answer = imported([("saw", "north", date(2027, 1, 1), 90.0, "")], active=np.full((9, 6), 0.5))
    assert answer[BASELINE].sum() == 90


NODES = st.tuples(st.sampled_from(["", "tools", "paint", *ITEMS]), st.sampled_from(["", "home", "world", *MARKETS]))
DAYS = st.sampled_from(months(6))
ROWS = st.lists(
    st.tuples(NODES, DAYS, st.floats(0, 1e5), st.sampled_from(["", "month", "quarter", "year"])),
    max_size=8,
    unique_by=lambda row: (row[0], row[1], row[3]),
)


@given(ROWS, st.randoms(use_true_random=False))
def test_rows_in_any_order_give_the_same_answer(rows, random):
    flat = [(*nodes, day, quantity, period) for nodes, day, quantity, period in rows]
    straight = imported(flat, history=LAST_YEAR, horizon=12)
    random.shuffle(flat)
    assert imported(flat, history=LAST_YEAR, horizon=12).baseline.digest == straight.baseline.digest
    assert (straight[BASELINE] >= 0).all()


@given(ROWS, st.floats(0, 1e6))
def test_the_total_of_all_is_the_total_unless_its_parts_are_above_it(rows, everything):
    flat = [(*nodes, day, quantity, period) for nodes, day, quantity, period in rows if nodes != ("", "")]
    answer = imported([*flat, ("", "", date(2027, 1, 1), everything, "year")], horizon=12)
    exact = np.rint(everything / QUANTITY_STEP) * QUANTITY_STEP
    if answer.findings("DE111"):
        assert answer[BASELINE].sum() >= exact
    else:
        assert answer[BASELINE].sum() == exact
