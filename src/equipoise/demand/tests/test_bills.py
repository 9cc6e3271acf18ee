"""Planning bills: a parent's demand on its items, option over-planning included."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope, Spread
from equipoise.demand import DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.tests.company import forecast_of, months, planned
from equipoise.demand.tests.test_events import event, events_of

CONSENSUS, BASELINE, ABOVE = "demand_consensus_qty", "demand_baseline_qty", "demand_overplanned_qty"
JANUARY = {"first": date(2027, 1, 1), "last": date(2027, 1, 31)}
TOOLS = {"saw": "tools", "axe": "tools", "rake": "tools"}
MODEL = {"model": "models", "red": "options", "blue": "options"}


def bill(*rows):
    """Rows of parent, item, share, market, valid from."""
    full = [(*row, *("", None)[len(row) - 3 :]) for row in rows]
    names = ("parent", "item", "share_pct", "market", "valid_from")
    return {name: [row[n] for row in full] for n, name in enumerate(names)}


def plan(bills, rows, items=TOOLS, *, market="shop", **more):
    tables = {"forecast": forecast_of(rows, market), "planning_bills": bills, **more.pop("tables", {})}
    return planned(items=items, tables=tables, policy={"baseline": "imported"}, **more)


def cells(answer, measure=BASELINE, items=("saw", "axe", "rake"), bucket=0, market="shop"):
    return [float(answer[measure][answer.row(item, market), bucket]) for item in items]


def test_a_family_total_is_split_by_share():
    answer = plan(bill(("tools", "saw", 50), ("tools", "axe", 30), ("tools", "rake", 20)), {"tools": [1200] * 6})
    assert cells(answer) == [600, 360, 240]
    assert answer.findings("DE13") == [] and not answer[ABOVE].any()


def test_over_planning_raises_the_sum_and_says_by_how_much():
    # 1,000 of the family; shares of 120 % in all: 600 + 360 + 240, of which a sixth is above what is expected
    answer = plan(bill(("tools", "saw", 60), ("tools", "axe", 36), ("tools", "rake", 24)), {"tools": [1000] * 6})
    assert cells(answer) == [600, 360, 240]
    assert cells(answer, ABOVE) == pytest.approx([100, 60, 40], abs=2**-19)
    (found,) = answer.findings("DE13")
    assert (found.code, found.message) == (
        "DE136", "1 parents, first tools with 120.0 %, 1,200 units of the baseline above 100 %")  # fmt: skip


def test_shares_below_100_leave_a_part_on_no_item():
    answer = plan(bill(("tools", "saw", 40), ("tools", "axe", 20)), {"tools": [1000] * 6})
    assert cells(answer) == [400, 200, 0]
    assert [f.code for f in answer.findings("DE13")] == ["DE137"]


def test_the_most_specific_market_wins_and_then_the_latest_date():
    # south 30:70, elsewhere 50:50 until April, then 80:20; the total reaches markets by last year's sales, 3 to 1
    bills = bill(
        ("tools", "saw", 50), ("tools", "axe", 50),
        ("tools", "saw", 80, "", date(2027, 4, 1)), ("tools", "axe", 20, "", date(2027, 4, 1)),
        ("tools", "saw", 30, "south"), ("tools", "axe", 70, "south"),
    )  # fmt: skip
    days = months(-12)
    sales = {"item": ["saw"] * 24, "market": ["north"] * 12 + ["south"] * 12, "date": days * 2,
             "ordered_qty": [30] * 12 + [10] * 12}  # fmt: skip
    answer = plan(bills, {"tools": [1000] * 6}, market="", markets={"north": "home", "south": "home"},
                  tables={"sales_history": sales})  # fmt: skip
    assert [cells(answer, market="north", bucket=bucket)[:2] for bucket in (2, 3)] == [[375, 375], [600, 150]]
    assert [cells(answer, market="south", bucket=bucket)[:2] for bucket in (2, 3)] == [[75, 175]] * 2


def test_an_item_with_a_forecast_of_its_own_is_a_part_of_the_total():
    rows = forecast_of({"tools": [1000] * 6, "saw": [700] * 6})
    answer = planned(
        items=TOOLS,
        policy={"baseline": "imported"},
        tables={
            "forecast": rows,
            "planning_bills": bill(("tools", "saw", 50), ("tools", "axe", 30), ("tools", "rake", 20)),
        },
    )
    assert cells(answer) == [700, 180, 120]


def test_demand_of_a_model_is_handed_down_to_its_options():
    # 100 of the model: 70 red and 50 blue, 20 more than will be sold; 5 red are sold beside it
    answer = plan(bill(("model", "red", 70), ("model", "blue", 50)), {"model": [100] * 6, "red": [5] * 6}, MODEL)
    assert cells(answer, items=MODEL) == pytest.approx([0, 75, 50], abs=2**-20)
    assert cells(answer, ABOVE, items=MODEL) == pytest.approx([0, 70 / 6, 50 / 6], abs=2**-20)


def test_models_of_models_in_order():
    items = {**MODEL, "line": "models"}
    bills = bill(("model", "red", 50), ("model", "blue", 50), ("line", "model", 200))
    assert cells(plan(bills, {"line": [100] * 6}, items), items=items) == [0, 100, 100, 0]


def test_the_statistical_forecast_of_a_model_is_handed_down_too():
    sales = {"item": ["model"] * 24, "market": ["shop"] * 24, "date": months(-24), "ordered_qty": [100] * 24}
    tables = {"sales_history": sales, "planning_bills": bill(("model", "red", 60), ("model", "blue", 40))}
    answer = planned(items=MODEL, tables=tables)
    assert cells(answer, items=MODEL) == pytest.approx([0, 60, 40], abs=0.001)


def test_an_input_falls_back_to_the_bill_where_nothing_stands():
    bills = bill(("tools", "saw", 50), ("tools", "axe", 30), ("tools", "rake", 40))
    override = Adjustment("o", DemandOverride(Amount("set", 600.0)), Scope(item="tools", **JANUARY))
    empty = plan(bills, {"saw": [0] * 6, "axe": [0] * 6, "rake": [0] * 6}, adjustments=[override])
    assert empty.posted(CONSENSUS, "o")[:, 0].sum() == 600, "what was typed stands under its own name"
    assert cells(empty, CONSENSUS) == pytest.approx([300, 180, 240], abs=2**-19)
    assert empty.posted(CONSENSUS, "planning_bill:tools").sum() == pytest.approx(120, abs=2**-18)
    standing = plan(bills, {"saw": [100] * 6, "axe": [100] * 6, "rake": [0] * 6}, adjustments=[override])
    assert cells(standing, CONSENSUS) == [300, 300, 0], "what stands is the mix"
    equal = Adjustment("o", DemandOverride(Amount("set", 600.0), Spread("equal")), Scope(item="tools", **JANUARY))
    assert cells(plan(bills, {"saw": [0] * 6}, adjustments=[equal]), CONSENSUS) == [200, 200, 200]


def test_a_function_input_by_the_bill_is_weighted_as_a_whole():
    bills = bill(("tools", "saw", 60), ("tools", "axe", 60))
    sales = Adjustment("s", FunctionInput(Amount("set", 100.0)), Scope(item="tools", **JANUARY), function="sales")
    answer = plan(bills, {"saw": [0] * 6}, adjustments=[sales])
    assert cells(answer, "demand_sales_qty") == pytest.approx([60, 60, 0], abs=2**-19)
    assert cells(answer, CONSENSUS) == pytest.approx([18, 18, 0], abs=2**-19)
    assert answer.posted("demand_sales_qty", "s").sum() == 100


def test_what_is_said_of_a_model_reaches_its_options():
    bills = bill(("model", "red", 75), ("model", "blue", 25))
    override = Adjustment("o", DemandOverride(Amount("add", 40.0)), Scope(item="model", **JANUARY), seq=2)
    promotion = Adjustment("p", PromotionEffect(50), Scope(item="model", **JANUARY), seq=1)
    rows = {"model": [100] * 6}
    assert cells(plan(bills, rows, MODEL, adjustments=[override]), CONSENSUS, MODEL) == [0, 105, 35]
    assert cells(plan(bills, rows, MODEL, adjustments=[promotion]), CONSENSUS, MODEL) == [0, 112.5, 37.5]
    spring = {"events": events_of(event(item="model", uplift_pct=50))}
    assert cells(plan(bills, rows, MODEL, tables=spring), CONSENSUS, MODEL) == [0, 112.5, 37.5]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("tulls", "saw", 50), "parent 'tulls' is neither"),
        (("tools", "sow", 50), "'sow' of parent tools is not an item"),
        (("tools", "saw", 50, "moon"), "no market 'moon'"),
        (("paint", "saw", 50), "item saw does not lie below paint"),
    ],
)
def test_a_row_that_cannot_be_used_is_a_finding(row, says):
    answer = plan(bill(row), {"tools": [90] * 6}, {**TOOLS, "glue": "paint"})
    assert cells(answer) == [30, 30, 30]
    (found,) = answer.findings("DE13")
    assert found.code == "DE138" and says in found.message


def test_bills_in_a_circle_are_a_finding_and_the_others_hold():
    items = {**MODEL, "saw": "tools"}
    bills = bill(("red", "blue", 50), ("blue", "red", 50), ("tools", "saw", 200))
    answer = plan(bills, {"red": [10] * 6, "tools": [10] * 6}, items)
    assert cells(answer, items=("red", "blue", "saw")) == [10, 0, 20]
    assert [f.code for f in answer.findings("DE139")] == ["DE139"]


def test_shuffled_rows_give_the_same_bytes():
    rows = [("tools", "saw", 60), ("tools", "axe", 36), ("tools", "rake", 24), ("tools", "saw", 10, "shop")]
    one, other = (plan(bill(*order), {"tools": [1001] * 6}) for order in (rows, rows[::-1]))
    assert one.baseline.digest == other.baseline.digest
    assert np.array_equal(one[ABOVE], other[ABOVE])
