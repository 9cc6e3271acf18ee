"""Bias of the functions measured on closed buckets, and taken out of what they enter (cases.md D13, rules.md)."""

from datetime import date

import numpy as np
import pytest

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.demand import DemandHold, DemandOverride, FunctionInput, PromotionEffect
from equipoise.demand.bias_correction import Bias
from equipoise.demand.tests.company import forecast_of, months, planned

CONSENSUS, SALES = "demand_consensus_qty", "demand_sales_qty"
JANUARY = {"first": date(2027, 1, 1), "last": date(2027, 1, 31)}
ITEMS = {"axe": "tools", "saw": "tools", "glue": "paint"}
MARKETS = {"shop": "home", "web": "home", "dealer": "abroad"}
ON = {"bias_correction_sales": "on", "bias_correction_marketing": "on"}


def archive(*rows):
    """Rows (source, item, market, month 1..12 of 2026, quantity), made in the month before."""
    made = {n: date(2025, 12, 20) if n == 1 else date(2026, n - 1, 20) for n in range(1, 13)}
    columns = ("source", "item", "market", "date", "quantity", "made_date")
    cells = [(*row[:3], date(2026, row[3], 1), row[4], row[5] if len(row) > 5 else made[row[3]]) for row in rows]
    return {name: [cell[n] for cell in cells] for n, name in enumerate(columns)}


def over(percents, *, source="sales", item="saw", market="shop", actual=100.0):
    """Forecasts of the last months of 2026 that were off by so many percent."""
    first = 13 - len(percents)
    return [(source, item, market, first + n, actual * (1 + p / 100)) for n, p in enumerate(percents)]


def plan(rows, adjustments, *, policy=ON, ordered=100.0, column="ordered_qty", **more):
    days = months(-12)
    cells = [(item, market, day, ordered) for item in ITEMS for market in MARKETS for day in days]
    sales = {name: [cell[n] for cell in cells] for n, name in enumerate(("item", "market", "date", column))}
    parts = [forecast_of({item: [100.0] * 6 for item in ITEMS}, market) for market in MARKETS]
    forecast = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    tables = {"sales_history": sales, "forecast": forecast, "forecast_archive": archive(*rows)}
    rules = {"baseline": "imported", **policy}
    return planned(items=ITEMS, markets=MARKETS, tables=tables, adjustments=adjustments, policy=rules, **more)


def entered(quantity, *, function="sales", seq=1, includes=None, basis="total", **scope):
    change = FunctionInput(Amount("set" if basis == "total" else "add", quantity), includes=includes, basis=basis)
    return Adjustment(f"{function}-{seq}", change, Scope(**{**JANUARY, **scope}), function=function, seq=seq)


def january(answer, measure=CONSENSUS, item="saw", market="shop"):
    return float(answer[measure][answer.row(item, market), 0])


STEADY = [18, 22, 20, 19, 21, 20]
"""Mean 20, so b = 0.2 exactly."""


def test_case_d13_corrected():
    rows = [*over(STEADY), *over([9, 11, 10, 10, 9, 11], source="marketing")]
    inputs = [
        entered(130.0, item="saw", market="shop"),
        entered(120.0, function="marketing", item="saw", market="shop"),
    ]
    raw, corrected = plan(rows, inputs, policy={}), plan(rows, inputs)
    assert january(raw) == 113.0
    assert january(corrected) == pytest.approx(104.318, abs=0.001)
    assert january(corrected, SALES) == pytest.approx(130 / 1.2, abs=0.001)
    at = corrected.row("saw", "shop"), 0
    assert corrected.posted(SALES, "bias:sales")[at] == pytest.approx(130 / 1.2 - 130, abs=0.001)
    assert corrected.posted(CONSENSUS, "bias:sales")[at] == pytest.approx(0.3 * (130 / 1.2 - 130), abs=0.001)
    assert corrected.posted(CONSENSUS, "sales-1")[at] == 9.0, "what the person entered stays as it was posted"


def test_the_finding_says_who_how_much_and_on_which_evidence():
    rows, inputs = over(STEADY), [entered(130.0, item="saw", market="shop")]
    (found,) = plan(rows, inputs).findings("DE150")
    assert found.where == "function sales"
    for word in ("tools in home", "20.0 % too high", "6 closed buckets", "takes 22 units"):
        assert word in found.message, found.message
    (stands,) = plan(rows, inputs, policy={}).findings("DE151")
    assert "a correction would be -22 units" in stands.message
    assert "bias_correction_FUNCTION" in stands.remedy


@pytest.mark.parametrize(
    ("percents", "why"),
    [
        pytest.param([20] * 5, "five buckets are too few", id="few"),
        pytest.param([60, -2, 55, -3, 60, -1], "the mean may be chance", id="noise"),
        pytest.param([30, 30, 30, 30, 30, 30, 30, -1], "the last error has the other sign", id="turned"),
    ],
)
def test_no_correction_without_evidence(percents, why):
    answer = plan(over(percents), [entered(130.0, item="saw", market="shop")])
    assert january(answer) == 109.0, why
    assert not answer.findings("DE15")


def test_evidence_is_the_last_twelve_buckets():
    bias = Bias("sales", "saw", "shop", np.array([0]), np.full(12, 110.0), np.full(12, 100.0))
    assert bias.is_significant and bias.t == np.inf
    assert bias.factor == pytest.approx(1 / 1.1)


def test_a_forecast_too_low_is_raised_and_never_by_more_than_the_cap():
    low = plan(over([-19, -21, -20, -20, -21, -19]), [entered(80.0, item="saw", market="shop")])
    assert january(low, SALES) == pytest.approx(100.0, abs=0.001)
    far = plan(over([99, 101, 100, 100, 99, 101]), [entered(200.0, item="saw", market="shop")])
    assert january(far, SALES) == 140.0
    (capped,) = far.findings("DE152")
    assert "-50 % would be the whole correction, -30 % was made" in capped.message


def test_only_cells_the_function_spoke_of_are_corrected():
    answer = plan(over(STEADY), [entered(130.0, item="saw", market="shop")])
    moved = answer.posted(SALES, "bias:sales")
    assert np.count_nonzero(moved) == 1
    assert january(answer, item="axe") == 100.0


def test_the_bias_of_a_family_and_region_holds_for_all_below_it_and_for_nothing_else():
    rows = over(STEADY, item="tools", market="home", actual=400.0)  # two items in two markets
    inputs = [
        entered(120.0, seq=n, item=i, market=m) for n, (i, m) in enumerate((i, m) for i in ITEMS for m in MARKETS)
    ]
    answer = plan(rows, inputs)
    for item, family in ITEMS.items():
        for market, region in MARKETS.items():
            expected = 100.0 if (family, region) == ("tools", "home") else 120.0
            assert january(answer, SALES, item, market) == pytest.approx(expected, abs=0.001)


def test_a_total_and_its_parts_count_once():
    total = over(STEADY, item="tools", market="home", actual=400.0)
    parts = over([80] * 6, item="saw", market="shop")
    answer = plan([*total, *parts], [entered(120.0, item="saw", market="shop")])
    assert january(answer, SALES) == pytest.approx(100.0, abs=0.001)


def test_a_fallback_is_not_scored():
    """Where sales repeats the statistical forecast it has said nothing; its own words alone are measured."""
    fallback = over([-50] * 6, item="axe")
    said = over(STEADY, item="saw")
    rows = [*fallback, *[("statistical", *row[1:]) for row in fallback], *said]
    answer = plan(rows, [entered(120.0, item="saw", market="shop")])
    assert january(answer, SALES) == pytest.approx(100.0, abs=0.001)
    (found,) = answer.findings("DE150")
    assert "F 720, A 600" in found.message


def test_forecasts_of_open_buckets_and_of_other_lags_are_no_evidence():
    ahead = [("sales", "saw", "shop", n, 500.0, date(2026, n - 2, 20)) for n in range(3, 13)]
    answer = plan([*over(STEADY), *ahead], [entered(120.0, item="saw", market="shop")])
    assert january(answer, SALES) == pytest.approx(100.0, abs=0.001)
    early = plan(over(STEADY), [entered(120.0, item="saw", market="shop")], history_to=date(2026, 11, 30))
    assert not early.findings("DE15"), "December is not closed: five buckets are left"


def test_shipments_do_not_stand_for_orders():
    answer = plan(over(STEADY), [entered(120.0, item="saw", market="shop")], column="shipped_qty")
    assert january(answer, SALES) == 120.0


def test_events_that_a_total_leaves_aside_are_not_the_functions_words():
    event = Adjustment("e", PromotionEffect(50), Scope(item="saw", market="shop", **JANUARY), function="marketing")
    inputs = [event, entered(120.0, seq=2, includes=(), item="saw", market="shop")]
    answer = plan(over(STEADY), inputs)
    assert january(answer, SALES) == pytest.approx(150.0, abs=0.001), "100 of its 120, and the event as it is"
    told = plan(over(STEADY), [event, entered(180.0, seq=2, item="saw", market="shop")])
    assert january(told, SALES) == pytest.approx(150.0, abs=0.001), "an input of the whole is corrected as a whole"


def test_held_cells_and_the_signature_of_the_demand_manager_stand():
    hold = Adjustment("h", DemandHold(Amount("set", 90.0)), Scope(item="saw", market="shop", **JANUARY))
    both = {"item": "tools", "market": "shop"}
    answer = plan(over(STEADY), [hold, entered(240.0, seq=2, **both)])
    assert january(answer) == 90.0
    signed = Adjustment("o", DemandOverride(Amount("set", 111.0)), Scope(item="saw", market="shop", **JANUARY), seq=3)
    assert january(plan(over(STEADY), [entered(130.0, item="saw", market="shop"), signed])) == 111.0


def test_each_function_is_switched_alone():
    rows = [*over(STEADY), *over(STEADY, source="marketing")]
    inputs = [
        entered(120.0, item="saw", market="shop"),
        entered(120.0, function="marketing", item="saw", market="shop"),
    ]
    answer = plan(rows, inputs, policy={"bias_correction_marketing": "on"})
    assert january(answer, SALES) == 120.0
    assert january(answer, "demand_marketing_qty") == pytest.approx(100.0, abs=0.001)
    assert [f.where for f in answer.findings("DE151")] == ["function sales"]


def test_the_order_of_rows_does_not_matter():
    rows = [*over([18.3, 22.1, 20.7, 19, 21, 20]), *over([7.7, 9.1, 8.3, 8, 9, 8.1], item="axe")]
    inputs = [entered(120.0, item="saw", market="shop")]
    one, two = plan(rows, inputs), plan(rows[::-1], inputs)
    assert one.demand.digest == two.demand.digest
