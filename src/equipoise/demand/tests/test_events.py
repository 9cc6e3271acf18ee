"""Table events ahead: what each column does to demand, with numbers worked by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.core.adjustment import Adjustment, Amount, Scope, WrongAdjustment
from equipoise.demand import FUNCTION_MEASURES, DemandHold, FunctionInput, PromotionEffect
from equipoise.demand.tests.company import forecast_of, planned

CONSENSUS = "demand_consensus_qty"
RED_TOMATO = [1600, 3000, 3200, 3800, 2200, 2200]
JANUARY = (date(2027, 1, 1), date(2027, 1, 31))
COLUMNS = ("event", "type", "item", "market", "start_date", "end_date", "uplift_pct", "forward_buy_pct",
           "forward_buy_buckets", "cannibalized", "cannibalization_pct", "halo_pct", "spend_amount", "funding_amount",
           "status")  # fmt: skip


def event(code="E1", item="saw", days=JANUARY, *, type="promotion", market="", **columns):
    return {"event": code, "type": type, "item": item, "market": market, "start_date": days[0], "end_date": days[1],
            **columns}  # fmt: skip


def events_of(*events):
    return {name: [entry.get(name, "" if name in ("cannibalized", "status") else None) for entry in events]
            for name in COLUMNS}  # fmt: skip


def plan(*events, rows, items=None, markets=None, adjustments=(), policy=None, tables=None, **more):
    forecast = {"item": [], "market": [], "date": [], "quantity": []}
    for market in markets or {"shop": "home"}:
        for name, values in forecast_of(rows, market).items():
            forecast[name] += values
    given = {"forecast": forecast, "items": of_items(rows, "each"), **(tables or {})}
    if events:
        given["events"] = events_of(*events)
    return planned(items=items or dict.fromkeys(rows, "tools"), markets=markets, tables=given,
                   adjustments=adjustments, policy={"baseline": "imported", **(policy or {})}, **more)  # fmt: skip


def of_items(items, uom):
    units = uom if isinstance(uom, dict) else dict.fromkeys(items, uom)
    return {"item": list(items), "name": list(items), "family": ["tools"] * len(items),
            "uom": [units[item] for item in items]}  # fmt: skip


def row(answer, item, market="shop", measure=CONSENSUS):
    return answer[measure][answer.row(item, market)].tolist()


@pytest.mark.parametrize(
    ("days", "demand"),
    [
        (JANUARY, [3000, 2400, 2560, 3800, 2200, 2200]),
        ((date(2027, 4, 1), date(2027, 4, 30)), [1600, 3000, 3200, 5060, 1760, 1760]),
    ],
)
def test_case_d3_from_the_table(days, demand):
    promotion = event(days=days, uplift_pct=10, forward_buy_pct=20, forward_buy_buckets=2)
    answer = plan(promotion, rows={"saw": RED_TOMATO})
    assert row(answer, "saw") == demand
    for measure in FUNCTION_MEASURES.values():
        assert row(answer, "saw", measure=measure) == demand, "an event is what every function starts from"
    assert [p.cause for p in answer.demand.postings_of(CONSENSUS)] == ["demand_baseline_qty", "event:E1"]
    assert answer.posted(CONSENSUS, "event:E1")[0].tolist() == (np.array(demand) - RED_TOMATO).tolist()


def test_a_part_of_a_bucket_counts_by_its_share_of_days():
    # 16 to 30 April is half of April, 1 to 31 May all of May: 50 % of 100 × 1/2, and of 200
    spring = event(days=(date(2027, 4, 16), date(2027, 5, 31)), uplift_pct=50)
    answer = plan(spring, rows={"saw": [100, 100, 100, 100, 200, 100]})
    assert row(answer, "saw") == [100, 100, 100, 125, 300, 100]


def test_uplift_is_over_the_baseline_so_events_add_and_do_not_compound():
    answer = plan(event("A", uplift_pct=50), event("B", uplift_pct=20), rows={"saw": [100] * 6})
    assert row(answer, "saw")[0] == 170
    assert answer.posted(CONSENSUS, "event:B")[0, 0] == 20


def test_two_events_cannot_take_more_than_there_is():
    answer = plan(event("A", uplift_pct=-70), event("B", uplift_pct=-60), rows={"saw": [100] * 6})
    assert row(answer, "saw")[0] == 0
    assert [answer.posted(CONSENSUS, f"event:{code}")[0, 0] for code in "AB"] == [-70, -30]


def test_two_events_cannot_buy_the_same_demand_ahead_twice():
    both = [event(code, forward_buy_pct=60, forward_buy_buckets=1) for code in "AB"]
    answer = plan(*both, rows={"saw": [100] * 6})
    assert row(answer, "saw") == [200, 0, 100, 100, 100, 100]


def test_cannibalized_items_lose_by_market_in_proportion_to_their_demand():
    # north: uplift 0.5 × 100 = 50, 40 % of it is 20: axe 60/80 of it, rake 20/80; an item does not eat itself
    promotion = event(market="north", uplift_pct=50, cannibalized="tools", cannibalization_pct=40)
    rows = {"saw": [100] * 6, "axe": [60] * 6, "rake": [20] * 6}
    answer = plan(promotion, rows=rows, markets={"north": "home", "south": "home"})
    assert [row(answer, item, "north")[:2] for item in rows] == [[150, 100], [45, 60], [15, 20]]
    assert [row(answer, item, "south")[0] for item in rows] == [100, 60, 20]


def test_halo_reaches_the_other_items_of_the_family_that_lose_nothing():
    promotion = event(uplift_pct=50, cannibalized="axe", cannibalization_pct=20, halo_pct=30)
    rows = {"saw": [100] * 6, "axe": [60] * 6, "rake": [20] * 6, "glue": [10] * 6}
    answer = plan(promotion, rows=rows, items={"saw": "tools", "axe": "tools", "rake": "tools", "glue": "paint"})
    assert [row(answer, item)[0] for item in rows] == [150, 50, 35, 10]


def test_units_are_not_carried_over_to_items_of_another_unit():
    promotion = event(uplift_pct=50, cannibalized="tools", cannibalization_pct=40)
    rows = {"saw": [100] * 6, "axe": [60] * 6, "oil": [30] * 6}
    units = {"items": of_items(rows, {"saw": "each", "axe": "each", "oil": "litre"})}
    answer = plan(promotion, rows=rows, tables=units)
    assert [row(answer, item)[0] for item in rows] == [150, 40, 30]


def test_a_promotion_that_a_person_enters_has_the_same_effects():
    rows = {"saw": [100, 80, 60, 50, 50, 50], "axe": [60] * 6, "rake": [20] * 6}
    columns = {"uplift_pct": 50, "forward_buy_pct": 10, "forward_buy_buckets": 2, "cannibalized": "axe",
               "cannibalization_pct": 20, "halo_pct": 30}  # fmt: skip
    imported = plan(event(**columns), rows=rows)
    typed = Adjustment("p", PromotionEffect(**columns), Scope(item="saw", first=JANUARY[0], last=JANUARY[1]))
    entered = plan(rows=rows, adjustments=[typed])
    assert row(imported, "saw") == [164, 72, 54, 50, 50, 50]
    assert np.array_equal(imported[CONSENSUS], entered[CONSENSUS])
    assert np.array_equal(imported.posted(CONSENSUS, "event:E1"), entered.posted(CONSENSUS, "p"))


def test_an_event_that_has_passed_is_history_but_what_was_bought_ahead_is_lacking():
    december = event(days=(date(2026, 12, 1), date(2026, 12, 31)), uplift_pct=80, forward_buy_pct=25,
                     forward_buy_buckets=1, status="done")  # fmt: skip
    assert row(plan(december, rows={"saw": [100] * 6}), "saw") == [75, 100, 100, 100, 100, 100]


def test_of_a_running_event_the_rest_lands_ahead():
    # 17 December to 15 January: 15 of 30 days ahead; half of what is bought ahead of February lands in January
    running = event(days=(date(2026, 12, 17), date(2027, 1, 15)), uplift_pct=31, forward_buy_pct=40,
                    forward_buy_buckets=1)  # fmt: skip
    answer = plan(running, rows={"saw": [100] * 6})
    assert row(answer, "saw") == pytest.approx([100 + 31 * 15 / 31 + 20, 60, 100, 100, 100, 100], abs=2**-19)


def test_done_adds_nothing_more():
    answer = plan(event(uplift_pct=50, status="done"), rows={"saw": [100] * 6})
    assert row(answer, "saw") == [100] * 6
    assert [(f.code, f.message) for f in answer.findings("DE12")] == [("DE123", "1 events, first E1")]


def test_an_event_before_the_plan_and_after_the_history_counts_in_the_demand_until_start():
    # History ends in November; December is open: its forecast of 100 is lifted by half, January lacks a tenth.
    rows = {"item": ["saw"] * 7, "market": ["shop"] * 7, "quantity": [100] * 7,
            "date": [date(2026, 12, 1), *forecast_of({"saw": [0] * 6})["date"]]}  # fmt: skip
    december = event(days=(date(2026, 12, 1), date(2026, 12, 31)), uplift_pct=50, forward_buy_pct=10,
                     forward_buy_buckets=1)  # fmt: skip
    tables = {"forecast": rows, "items": of_items(["saw"], "each")}
    head = {"as_of": date(2026, 11, 30), "policy": {"baseline": "imported"}}
    without = planned(items={"saw": "tools"}, tables=tables, **head)
    answer = planned(items={"saw": "tools"}, tables={**tables, "events": events_of(december)}, **head)
    assert without["demand_until_start_qty"][0, 0] == 100
    assert answer["demand_until_start_qty"][0, 0] == 160
    assert row(answer, "saw")[:2] == [90, 100]


def test_the_money_of_an_event_falls_on_its_days_and_items():
    # 31 of 62 days lie in January, 31 before: half of 1,000 is ahead, 3 to 1 over saw and axe
    running = event(item="tools", days=(date(2026, 12, 1), date(2027, 1, 31)), spend_amount=1000, funding_amount=200)
    rows = {"saw": [300] * 6, "axe": [100] * 6}
    answer = plan(running, rows=rows)
    assert [row(answer, item, measure="event_spend_amount")[:2] for item in rows] == [[375, 0], [125, 0]]
    assert answer["event_funding_amount"].sum() == 100
    assert answer.posted("event_spend_amount", "event:E1").sum() == 500
    assert not plan({**running, "status": "done"}, rows=rows)["event_spend_amount"].any()


def test_thirds_of_money_sum_to_the_whole():
    spring = event(item="tools", days=(date(2027, 1, 1), date(2027, 3, 31)), spend_amount=100)
    answer = plan(spring, rows={"saw": [0] * 6, "axe": [0] * 6, "rake": [0] * 6})
    assert answer["event_spend_amount"].sum() == 100


def test_a_held_cell_takes_no_event():
    hold = Adjustment("h", DemandHold(), Scope(item="axe", first=JANUARY[0], last=JANUARY[1]))
    rows = {"saw": [100] * 6, "axe": [100] * 6}
    answer = plan(event(item="tools", uplift_pct=50), rows=rows, adjustments=[hold])
    assert [row(answer, item)[0] for item in rows] == [150, 100]


def test_an_item_that_may_not_be_sold_takes_no_event():
    answer = plan(event(uplift_pct=50), rows={"saw": [100] * 6}, active=np.zeros((1, 6)))
    assert not answer[CONSENSUS].any()
    assert [f.code for f in answer.findings("DE12")] == ["DE121"]


def test_a_stockout_ahead_is_no_change_of_demand():
    answer = plan(event(type="stockout"), rows={"saw": [100] * 6})
    assert row(answer, "saw") == [100] * 6
    assert [f.code for f in answer.findings("DE12")] == ["DE121"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"item": "sow"}, "there is no item 'sow'"),
        ({"market": "moon"}, "there is no market 'moon'"),
        ({"cannibalized": "sow"}, "there is no item 'sow'"),
        ({"uplift_pct": -120}, "uplift_pct -120.0 must be -100 or more"),
        ({"days": (JANUARY[1], JANUARY[0])}, "ends on 2027-01-01, before it starts on 2027-01-31"),
    ],
)
def test_a_row_that_cannot_be_used_is_a_finding_and_the_plan_goes_on(wrong, says):
    answer = plan(event(**{"uplift_pct": 50, **wrong}), rows={"saw": [100] * 6})
    assert row(answer, "saw") == [100] * 6
    (found,) = answer.findings("DE120")
    assert found.where == "event E1" and says in found.message


def test_what_is_odd_is_told():
    promotion = event(days=(date(2027, 6, 1), date(2027, 6, 30)), uplift_pct=10, forward_buy_pct=10,
                      forward_buy_buckets=2, cannibalized="saw", cannibalization_pct=50)  # fmt: skip
    answer = plan(promotion, rows={"saw": [100] * 6})
    assert row(answer, "saw")[5] == 110
    assert [f.code for f in answer.findings("DE")] == ["DE127", "DE208"]


def test_an_impossible_promotion_is_refused_where_it_is_typed():
    for wrong in ({"cannibalization_pct": 10}, {"cannibalized": "axe", "cannibalization_pct": 101}, {"halo_pct": -1}):
        with pytest.raises(WrongAdjustment):
            PromotionEffect(10, **wrong)


INPUTS = {
    "a total of everything": ("set", 180, "total", None, 180),
    "a total without the event": ("set", 180, "total", (), 180 + 50),
    "a total with the event named": ("set", 180, "total", ("E1",), 180),
    "a percentage of everything": ("scale", 10, "total", None, 165),
    "a percentage of all but the event": ("scale", 10, "total", (), 100 * 1.1 + 50),
    "a delta beside the event": ("add", 60, "delta", None, 150 + 60),
    "a delta that is partly the event": ("add", 60, "delta", ("E1",), 150 + 60 - 50),
    "a percentage of the baseline": ("scale", 10, "delta", None, 150 + 10),
}


@pytest.mark.parametrize(("operation", "value", "basis", "includes", "expected"), INPUTS.values(), ids=INPUTS)
def test_an_input_says_what_it_includes_and_an_event_counts_once(operation, value, basis, includes, expected):
    change = FunctionInput(Amount(operation, float(value)), basis=basis, includes=includes)
    sales = Adjustment("s", change, Scope(item="saw", first=JANUARY[0], last=JANUARY[1]), function="sales")
    answer = plan(event(uplift_pct=50), rows={"saw": [100] * 6}, adjustments=[sales])
    assert row(answer, "saw", measure="demand_sales_qty")[0] == pytest.approx(expected, abs=2**-20)
    assert row(answer, "saw")[0] == pytest.approx(150 + 0.3 * (expected - 150), abs=2**-19)
    assert answer.posted(CONSENSUS, "event:E1")[0, 0] == 50, "the event stands as it is"


def test_an_input_may_include_a_promotion_that_a_person_entered():
    scope = Scope(item="saw", first=JANUARY[0], last=JANUARY[1])
    promotion = Adjustment("p", PromotionEffect(50), scope)
    change = FunctionInput(Amount("add", 60.0), basis="delta", includes=("p", "E9"))
    sales = Adjustment("s", change, scope, function="sales", seq=1)
    answer = plan(rows={"saw": [100] * 6}, adjustments=[promotion, sales])
    assert row(answer, "saw", measure="demand_sales_qty")[0] == 160
    assert [(f.code, f.message) for f in answer.findings("DE12")] == [("DE128", "E9")]


@pytest.mark.parametrize("scope", [Scope(resource="line"), Scope(location="dc"), Scope(item="none such")])
def test_a_promotion_whose_scope_is_not_of_demand_is_refused_in_words(scope):
    answer = plan(rows={"saw": [100] * 6}, adjustments=[Adjustment("p", PromotionEffect(50), scope)])
    assert row(answer, "saw") == [100] * 6
    assert [(f.where, f.code) for f in answer.findings("DE2")] == [("adjustment p", "DE201")]


def test_a_delta_is_not_set():
    with pytest.raises(WrongAdjustment, match="with its sign"):
        FunctionInput(Amount("set", 60.0), basis="delta")
    with pytest.raises(WrongAdjustment, match="total or delta"):
        FunctionInput(Amount("add", 60.0), basis="both")


ITEMS = ("saw", "axe", "rake")
DAYS = st.dates(date(2026, 10, 1), date(2027, 8, 31))
EVENTS = st.builds(
    lambda item, days, numbers, eaten, halo, status: event(
        item=item, days=(min(days), max(days)), uplift_pct=numbers[0], forward_buy_pct=numbers[1],
        forward_buy_buckets=numbers[2], cannibalized=eaten, cannibalization_pct=numbers[3] if eaten else None,
        halo_pct=halo, status=status,
    ),
    st.sampled_from((*ITEMS, "tools", "")),
    st.tuples(DAYS, DAYS),
    st.tuples(st.integers(-100, 200), st.integers(0, 100), st.integers(0, 4), st.integers(0, 100)),
    st.sampled_from(("", *ITEMS, "tools")),
    st.integers(0, 80),
    st.sampled_from(("", "planned", "done")),
)  # fmt: skip
QUANTITIES = st.lists(st.integers(0, 900).map(float), min_size=6, max_size=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, min_size=1, max_size=5), st.tuples(QUANTITIES, QUANTITIES, QUANTITIES))
def test_postings_sum_to_their_measure_and_nothing_falls_below_zero_in_any_order_of_rows(events, quantities):
    named = [{**entry, "event": f"E{number}"} for number, entry in enumerate(events)]
    rows = dict(zip(ITEMS, quantities, strict=True))
    answer, shuffled = plan(*named, rows=rows), plan(*reversed(named), rows=rows)
    assert answer.demand.digest == shuffled.demand.digest
    for name in (CONSENSUS, *FUNCTION_MEASURES.values()):
        total = sum(posting.dense(answer[name].shape) for posting in answer.demand.postings_of(name))
        assert np.array_equal(total, answer[name])
        assert (answer[name] >= 0).all()


@pytest.mark.parametrize("year", [2019, 2035])
def test_an_event_far_outside_the_horizon_changes_nothing(year):
    far = event(days=(date(year, 3, 1), date(year, 3, 31)), uplift_pct=50, forward_buy_pct=50, forward_buy_buckets=3)
    assert plan(far, rows={"saw": [100] * 6}).demand.digest == plan(rows={"saw": [100] * 6}).demand.digest


def promoted(id="p", uplift=20.0, *, item="saw", market="", days=JANUARY):
    scope = Scope(item=item, market=market, first=days[0], last=days[1])
    return Adjustment(id, PromotionEffect(uplift), scope, function="marketing")


def test_a_promotion_that_stands_in_the_table_too_is_told():
    answer = plan(event("E1", uplift_pct=50), rows={"saw": [100] * 6, "axe": [100] * 6}, adjustments=[promoted()])
    (found,) = answer.findings("DE153")
    assert found.where == "adjustment p"
    assert found.message == "event E1 raises 1 of its items and markets too, first saw in shop, Jan 2027"
    assert row(answer, "saw")[0] == 180, "100 + 50, and 20 % of what stands: nothing is taken away unasked"


def test_two_promotions_of_the_same_demand_are_told_once():
    both = [promoted("a", item="tools"), promoted("b", item="saw", days=(date(2027, 1, 20), date(2027, 2, 28)))]
    answer = plan(rows={"saw": [100] * 6, "axe": [100] * 6}, adjustments=both)
    (found,) = answer.findings("DE153")
    assert (found.where, found.message[:11]) == ("adjustment b", "promotion a")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"item": "axe"}, id="another item"),
        pytest.param({"days": (date(2027, 2, 1), date(2027, 2, 28))}, id="another month"),
        pytest.param({"market": "south"}, id="another market"),
        pytest.param({"uplift_pct": -30}, id="a fall"),
        pytest.param({"status": "done"}, id="done"),
        pytest.param({"type": "stockout"}, id="a stockout"),
    ],
)
def test_what_shares_no_cell_or_raises_nothing_is_no_second_time(other):
    columns = {"uplift_pct": 50, "item": "saw", "market": "north", **other}
    answer = plan(
        event("E1", **columns),
        rows={"saw": [100] * 6, "axe": [100] * 6},
        markets={"north": "home", "south": "home"},
        adjustments=[promoted(market="north")],
    )
    assert not answer.findings("DE153")
