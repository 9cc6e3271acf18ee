"""Consensus, overrides, holds, events and spreads against worked examples (cases.md D3, D13, D15)."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Ruling, Scope, Spread, WrongAdjustment, standing
from equipoise.core.grid import QUANTITY_STEP
from equipoise.demand import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.tests.company import forecast_of, months, planned

CONSENSUS = "demand_consensus_qty"
JANUARY = {"first": date(2027, 1, 1), "last": date(2027, 1, 31)}
TOOLS = {"saw": "tools", "axe": "tools", "rake": "tools"}
RED_TOMATO = [1600, 3000, 3200, 3800, 2200, 2200]


def plan(adjustments, *, rows, policy=None, items=None, **more):
    tables = {"forecast": forecast_of(rows), **more.pop("tables", {})}
    items = items or dict.fromkeys(rows, "tools")
    rules = {"baseline": "imported", **(policy or {})}
    return planned(items=items, tables=tables, adjustments=adjustments, policy=rules, **more)


def change(change, id="a1", function="demand", seq=1, **scope):
    return Adjustment(id, change, Scope(**scope), function=function, seq=seq)


def cells(answer, measure, items=("saw", "axe", "rake"), bucket=0):
    return [float(answer[measure][answer.row(item, "shop"), bucket]) for item in items]


def test_case_d13_weighted_differences():
    inputs = [
        change(FunctionInput(Amount("set", 130.0)), "s", "sales", 1, item="saw", **JANUARY),
        change(FunctionInput(Amount("set", 120.0)), "m", "marketing", 2, item="saw", **JANUARY),
    ]
    answer = plan(inputs, rows={"saw": [100] * 6}, policy={"weight_sales_pct": 30, "weight_marketing_pct": 20})
    assert answer[CONSENSUS].tolist() == [[113.0, 100, 100, 100, 100, 100]]
    assert answer["demand_sales_qty"][0, 0] == 130 and answer["demand_marketing_qty"][0, 0] == 120
    assert answer.posted(CONSENSUS, "s")[0, 0] == 9 and answer.posted(CONSENSUS, "m")[0, 0] == 4
    assert np.array_equal(answer["demand_product_qty"], answer["demand_baseline_qty"])


def test_an_input_of_weight_0_moves_its_own_measure_only():
    answer = plan(
        [change(FunctionInput(Amount("add", 60.0)), function="finance", item="saw", **JANUARY)],
        rows={"saw": [100] * 6},
    )
    assert answer["demand_finance_qty"][0, 0] == 160
    assert not answer.posted(CONSENSUS, "a1").any()


@pytest.mark.parametrize(
    ("effects", "demand"),
    [
        pytest.param([], RED_TOMATO, id="base"),
        pytest.param([(date(2027, 1, 1), 10)], [3000, 2400, 2560, 3800, 2200, 2200], id="January"),
        pytest.param([(date(2027, 4, 1), 10)], [1600, 3000, 3200, 5060, 1760, 1760], id="April"),
    ],
)
def test_case_d3_promotions(effects, demand):
    events = [change(PromotionEffect(uplift, 20, 2), first=day, last=day) for day, uplift in effects]
    answer = plan(events, rows={"tool": RED_TOMATO})
    assert answer[CONSENSUS].tolist() == [demand]
    assert answer["demand_required_qty"].tolist() == [demand]
    for function in ("sales", "marketing", "product", "finance"):
        assert answer[f"demand_{function}_qty"].tolist() == [demand], "an event is what every function starts from"


def test_an_event_counts_once_beside_an_input():
    event = change(PromotionEffect(50), "e", item="saw", **JANUARY)
    sales = change(FunctionInput(Amount("set", 180.0)), "s", "sales", 2, item="saw", **JANUARY)
    answer = plan([event, sales], rows={"saw": [100] * 6})
    assert answer[CONSENSUS][0, 0] == 150 + 0.3 * 30


def test_forward_buy_ends_with_the_horizon_and_says_so():
    answer = plan([change(PromotionEffect(10, 20, 2), first=date(2027, 5, 1), last=date(2027, 5, 31))],
                  rows={"tool": RED_TOMATO})  # fmt: skip
    assert answer[CONSENSUS][0, 4:].tolist() == [2200 + 220 + 440, 1760]
    assert [(f.code, f.count) for f in answer.findings("DE2")] == [("DE208", 1)]


def test_forward_buy_into_several_buckets_keeps_the_total():
    event = change(PromotionEffect(0, 30, 2), first=date(2027, 1, 1), last=date(2027, 2, 28))
    answer = plan([event], rows={"tool": RED_TOMATO})
    assert answer[CONSENSUS].sum() == sum(RED_TOMATO)
    bought = 0.3 * (3200 + 3800)
    assert answer[CONSENSUS][0, :2] == pytest.approx([1600 + bought * 1600 / 4600, 3000 + bought * 3000 / 4600])


@pytest.mark.parametrize(
    "wrong", [(-101, 0, 0), (10, 101, 1), (10, -1, 1), (10, 20, -1), (10, 20, 1.5), (float("nan"), 0, 0)]
)
def test_an_impossible_event_is_refused_where_it_is_typed(wrong):
    with pytest.raises(WrongAdjustment):
        PromotionEffect(*wrong)


def test_case_d15_parent_in_proportion():
    override = change(DemandOverride(Amount("set", 1200.0)), item="tools", **JANUARY)
    answer = plan([override], rows={"saw": [300] * 6, "axe": [500] * 6, "rake": [200] * 6})
    assert cells(answer, CONSENSUS) == [360, 600, 240]
    assert cells(answer, CONSENSUS, bucket=1) == [300, 500, 200]


def test_case_d15_three_equals_to_the_last_grid_step():
    override = change(DemandOverride(Amount("set", 100.0)), item="tools", **JANUARY)
    answer = plan([override], rows={item: [50] * 6 for item in TOOLS})
    column = np.sort(answer[CONSENSUS][:, 0])
    assert column.sum() == 100
    assert column[2] - column[0] == QUANTITY_STEP


SPREADS = {
    "as_is": (Spread("as_is"), [50, 25, 25]),
    "equal": (Spread("equal"), [100 / 3, 100 / 3, 100 / 3]),
    "last_year": (Spread("last_year"), [10, 30, 60]),
    "like": (Spread("like", "demand_baseline_qty"), [50, 25, 25]),
    "like_sales": (Spread("like", "demand_sales_qty"), [0, 50, 50]),
}


@pytest.mark.parametrize(("spread", "parts"), SPREADS.values(), ids=SPREADS)
def test_an_amount_reaches_the_cells_by_its_rule(spread, parts):
    last_january = {
        "item": list(TOOLS),
        "market": ["shop"] * 3,
        "date": [date(2026, 1, 9)] * 3,
        "ordered_qty": [1, 3, 6],
    }
    adjustments = [
        change(FunctionInput(Amount("set", 0.0)), "s", "sales", 1, item="saw", **JANUARY),
        change(DemandOverride(Amount("add", 100.0), spread), "o", seq=2, item="tools", **JANUARY),
    ]
    rows = {"saw": [200] * 6, "axe": [100] * 6, "rake": [100] * 6}
    answer = plan(adjustments, rows=rows, policy={"weight_sales_pct": 0}, tables={"sales_history": last_january})
    posted = answer.posted(CONSENSUS, "o")[:, 0]
    assert posted.sum() == 100
    assert [posted[answer.row(item, "shop")] for item in TOOLS] == pytest.approx(parts, abs=QUANTITY_STEP)


def test_all_weights_zero_means_equal_over_active_items():
    active = np.ones((3, 6))
    override = change(DemandOverride(Amount("set", 90.0)), item="tools", **JANUARY)
    rows = {item: [0] * 6 for item in TOOLS}
    assert cells(plan([override], rows=rows), CONSENSUS) == [30, 30, 30]
    active[plan([], rows=rows).row("axe", "shop")] = 0
    assert cells(plan([override], rows=rows, active=active), CONSENSUS) == [45, 0, 45]


def test_a_hold_is_left_out_by_every_other_change():
    rows = {"saw": [100] * 6, "axe": [100] * 6, "rake": [100] * 6}
    changes = [
        change(PromotionEffect(10), "e", seq=1, item="tools", **JANUARY),
        change(FunctionInput(Amount("add", 100.0)), "s", "sales", 2, item="tools", **JANUARY),
        change(DemandOverride(Amount("add", 20.0)), "o", seq=3, item="tools", **JANUARY),
        change(DemandHold(), "h", seq=4, item="axe", **JANUARY),
    ]
    answer = plan(changes, rows=rows)
    assert cells(answer, CONSENSUS) == [110 + 15 + 10, 100, 110 + 15 + 10]
    assert cells(answer, "demand_sales_qty") == [160, 100, 160]
    assert answer.findings("DE2") == []


def test_a_held_value_counts_in_the_total_of_its_family():
    rows = {"saw": [100] * 6, "axe": [100] * 6, "rake": [100] * 6}
    changes = [
        change(DemandOverride(Amount("set", 600.0)), "o", seq=1, item="tools", **JANUARY),
        change(DemandHold(Amount("set", 400.0)), "h", seq=2, item="axe", **JANUARY),
    ]
    answer = plan(changes, rows=rows)
    assert cells(answer, CONSENSUS) == [100, 400, 100]
    assert answer.posted(CONSENSUS, "h")[answer.row("axe", "shop"), 0] == 300
    assert [p.cause for p in answer.demand.postings_of(CONSENSUS)] == ["demand_baseline_qty", "h"]
    assert [f.code for f in answer.findings("DE2")] == ["DE202"], "the override had nothing left to move"


def refused(answer, adjustment="a1"):
    (found,) = answer.findings("DE201")
    assert found.where == f"adjustment {adjustment}"
    return found.message


@pytest.mark.parametrize(
    ("adjustment", "says"),
    [
        (change(DemandOverride(Amount("add", 5.0)), item="sow"), "did you mean saw?"),
        (change(DemandOverride(Amount("add", 5.0)), location="plant"), "no location 'plant'"),
        (change(DemandOverride(Amount("add", -700.0))), "would fall to -100"),
        (change(DemandOverride(Amount("add", 5.0), Spread("like", "cost")), item="saw"), "'cost' to spread like"),
        (change(DemandOverride(Amount("add", 5.0)), last=date(2026, 12, 31)), "no bucket of the horizon"),
        (change(DemandOverride(Amount("add", 5.0)), first=date(2027, 7, 1)), "no bucket of the horizon"),
        (change(FunctionInput(Amount("add", 5.0)), function="operations"), "operations gives no demand input"),
    ],
)
def test_what_cannot_be_applied_is_a_finding_and_the_plan_goes_on(adjustment, says):
    good = change(DemandOverride(Amount("set", 111.0)), "good", seq=9, item="saw", **JANUARY)
    answer = plan([adjustment, good], rows={"saw": [100] * 6})
    assert says in refused(answer)
    assert answer[CONSENSUS].tolist() == [[111, 100, 100, 100, 100, 100]]


def test_all_held_is_refused():
    hold = change(DemandHold(), "h", item="tools")
    over = change(DemandOverride(Amount("add", 5.0)), "o", item="saw")
    assert "held" in refused(plan([hold, over], rows={"saw": [100] * 6}), "o")


def test_an_inactive_item_takes_no_demand():
    over = change(DemandOverride(Amount("set", 5.0)), item="saw")
    answer = plan([over], rows={"saw": [100] * 6}, active=np.zeros((1, 6)))
    assert "may be sold" in refused(answer)
    assert not answer[CONSENSUS].any()


def test_an_item_launched_within_the_bucket_takes_demand():
    over = change(DemandOverride(Amount("set", 70.0)), item="saw", **JANUARY)
    assert plan([over], rows={"saw": [100] * 6}, active=np.full((1, 6), 0.5))[CONSENSUS][0, 0] == 70


def test_a_scope_that_has_partly_passed_says_where_its_amount_stands():
    over = change(DemandOverride(Amount("add", 30.0)), item="saw", first=date(2026, 12, 1), last=date(2027, 2, 28))
    answer = plan([over], rows={"saw": [100] * 6})
    assert answer[CONSENSUS][0, :3].tolist() == [115, 115, 100]
    assert [(f.code, f.message) for f in answer.findings("DE2")] == [("DE203", "Jan 2027 to Feb 2027")]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"first": date(2028, 1, 1)}, "from 2028-01-01 on"),
        ({"last": date(2026, 1, 1)}, "up to 2026-01-01"),
        ({"first": date(2028, 1, 1), "last": date(2028, 2, 1)}, "between 2028-01-01 and 2028-02-01"),
    ],
)
def test_a_scope_outside_the_horizon_says_of_which_days_it_is(days, words):
    answer = plan([change(DemandOverride(Amount("add", 30.0)), **days)], rows={"saw": [100] * 6})
    assert [f.message for f in answer.findings("DE201")] == [f"no bucket of the horizon lies {words}"]


def test_a_percentage_stays_one():
    over = change(DemandOverride(Amount("scale", 10.0)), item="saw")
    for base in (100, 250):
        assert plan([over], rows={"saw": [base] * 6})[CONSENSUS][0, 0] == pytest.approx(base * 1.1, abs=QUANTITY_STEP)


def test_phases_decide_before_seq_and_seq_before_id():
    override = change(DemandOverride(Amount("set", 500.0)), "a", seq=1, item="saw", **JANUARY)
    sales = change(FunctionInput(Amount("set", 200.0)), "b", "sales", 2, item="saw", **JANUARY)
    answer = plan([sales, override], rows={"saw": [100] * 6})
    assert answer[CONSENSUS][0, 0] == 500, "the signature comes after every input"
    later = change(FunctionInput(Amount("set", 300.0)), "a", "sales", 3, item="saw", **JANUARY)
    for order in ([sales, later], [later, sales]):
        assert plan(order, rows={"saw": [100] * 6})["demand_sales_qty"][0, 0] == 300


def test_withdrawn_is_as_if_it_had_never_been():
    adjustments = [change(DemandOverride(Amount("add", 40.0)), item="saw")]
    with_it = plan(adjustments, rows={"saw": [100] * 6})
    without = plan([], rows={"saw": [100] * 6})
    withdrawn = plan(standing(adjustments, [Ruling("a1", "withdrawn")]), rows={"saw": [100] * 6})
    assert withdrawn.demand.digest == without.demand.digest != with_it.demand.digest


def test_weights_above_100_cannot_take_the_consensus_below_zero():
    down = [
        change(FunctionInput(Amount("scale", -100.0)), function, function, n, item="saw", **JANUARY)
        for n, function in enumerate(("sales", "marketing"))
    ]
    up = change(FunctionInput(Amount("add", 100.0)), "product", "product", 9, item="saw", **JANUARY)
    policy = {f"weight_{function}_pct": 80 for function in ("sales", "marketing", "product")}
    answer = plan(down, rows={"saw": [100] * 6}, policy=policy)
    assert answer[CONSENSUS][0, 0] == 0
    assert answer.posted(CONSENSUS, "sales")[0, 0] == pytest.approx(-80, abs=QUANTITY_STEP)
    assert answer.posted(CONSENSUS, "marketing")[0, 0] == pytest.approx(-20, abs=QUANTITY_STEP)
    assert [f.code for f in answer.findings("DE2")] == ["DE204"]
    lifted = plan([*down, up], rows={"saw": [100] * 6}, policy=policy)
    assert lifted[CONSENSUS][0, 0] == pytest.approx(20, abs=4 * QUANTITY_STEP)
    assert lifted.findings("DE2") == []


def test_last_year_looks_back_as_many_years_as_closed_history_needs():
    days = months(-12)
    history = {
        "item": ["saw"] * 12 + ["axe"] * 12,
        "market": ["shop"] * 24,
        "date": days * 2,
        "ordered_qty": [*([1] * 12), *(n + 1 for n in range(12))],
    }
    scope = {"first": date(2028, 3, 1), "last": date(2028, 3, 31)}
    over = change(DemandOverride(Amount("add", 8.0), Spread("last_year")), item="tools", **scope)
    answer = planned(
        items={"saw": "tools", "axe": "tools"}, tables={"sales_history": history}, adjustments=[over], horizon=18
    )
    posted = answer.posted(CONSENSUS, "a1")
    assert [posted[answer.row(item, "shop"), 14] for item in ("saw", "axe")] == [2, 6]


def test_conflicts_need_a_total_that_is_set():
    set_, add = FunctionInput(Amount("set", 1.0)), FunctionInput(Amount("add", 1.0))
    assert set_.conflicts_with(add) and add.conflicts_with(set_)
    assert not add.conflicts_with(add)
    assert not set_.conflicts_with(DemandOverride(Amount("set", 1.0)))
    assert not PromotionEffect(10).conflicts_with(PromotionEffect(20))
