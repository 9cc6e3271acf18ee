"""Bridges with other currencies, from budget and from last year: bars by hand, residual exactly 0."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from equipoise.bridges import BUDGET_REVENUE, NoSuchLevel, bridge_from_budget, bridge_from_last_year, bridge_plans
from equipoise.codec import adjustment_as_json, adjustment_from_json
from equipoise.compare import compare
from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.explain import explain
from equipoise.finance.bridge import Steps
from equipoise.finance.changes import ChangeExchangeRate, ChangePrice
from money_company import tomato

# Retailers pay 32 euros; a euro is 1.25 dollars, 1.20 in the budget and 1.00 a year ago: the price is 40 dollars.
EUROS = {
    "prices": "item,market,valid_from,price,currency\ntool,retail,2025-01-01,32,EUR\n",
    "exchange_rates": "currency,rate_type,date,rate\nEUR,plan,2026-01-01,1.25\nEUR,budget,2026-01-01,1.2\n"
    "EUR,actual,2025-01-01,1.0\n",
}
DEARER = Adjustment("rate", ChangeExchangeRate("EUR", Amount.parse("+10%")), function="finance")
RAISED = Adjustment("price", ChangePrice(Amount.parse("+1")), Scope(item="tools"), seq=1)


def bars(steps: Steps | None) -> dict[str, float]:
    assert steps is not None and steps.residual == 0
    return {name: amount for name, amount in asdict(steps).items() if amount}


@pytest.fixture
def euros(tmp_path: Path):
    def make(*adjustments: Adjustment, **more) -> object:
        return tomato(tmp_path / "dataset", *adjustments, **{**EUROS, **more})

    return make


def test_a_rate_alone_is_currency_and_nothing_else(euros):
    a, b = euros(), euros(DEARER)
    assert (a.total("revenue_amount"), b.total("revenue_amount")) == pytest.approx((640_000, 704_000), abs=0.01)
    answer = compare(a, b)
    found = bars(answer.revenue)
    assert found == pytest.approx({"budget": 640_000, "currency": 64_000, "actual": 704_000}, abs=0.01)
    assert bars(answer.margin)["currency"] == pytest.approx(64_000, abs=0.01)
    assert a.measure("demand_served_qty").values.tolist() == b.measure("demand_served_qty").values.tolist()


def test_price_and_rate_are_told_apart(euros):
    # 44 dollars at the new rate and 1 more: 45, of which 45 / 1.1 = 40.909 at the old rate.
    found = bars(compare(euros(), euros(DEARER, RAISED)).revenue)
    assert found["price"] == pytest.approx(16_000 * (45 / 1.1 - 40), abs=0.01)
    assert found["currency"] == pytest.approx(16_000 * (45 - 45 / 1.1), abs=0.01)
    assert set(found) == {"budget", "price", "currency", "actual"}


def test_a_rate_changes_only_in_its_buckets(euros):
    march = Adjustment("r", ChangeExchangeRate("EUR", Amount.parse("1.5")), Scope(first=date(2027, 3, 1)))
    revenue = euros(march).by_bucket("revenue_amount")
    assert revenue[:3] == pytest.approx([64_000, 120_000, 3200 * 48], abs=0.01)


def test_cost_in_another_currency_is_currency_too(euros):
    costs = "item,location,valid_from,standard_cost,holding_cost,backlog_cost,currency\ntool,,2027-01-01,20,2,5,EUR\n"
    margin = bars(compare(euros(costs=costs), euros(DEARER, costs=costs)).margin)
    # 16,000 tools at 12 euros of margin, each euro 12.5 cents dearer.
    assert margin == pytest.approx({"budget": 240_000, "currency": 24_000, "actual": 264_000}, abs=0.01)


def test_a_price_that_moves_to_another_currency_is_price_not_currency(euros):
    dollars = "item,market,valid_from,price,currency\ntool,retail,2025-01-01,41,\n"
    found = bars(compare(euros(), euros(prices=dollars)).revenue)
    assert found == pytest.approx({"budget": 640_000, "price": 16_000, "actual": 656_000}, abs=0.01)


@pytest.mark.parametrize(
    ("change", "scope", "code"),
    [
        (ChangeExchangeRate("GBP", Amount.parse("2")), Scope(), "FI129"),
        (ChangeExchangeRate("EUR", Amount.parse("2")), Scope(item="tools"), "FI129"),
        (ChangeExchangeRate("EUR", Amount.parse("2")), Scope(first=date(2031, 1, 1)), "FI129"),
        (ChangeExchangeRate("EUR", Amount.parse("-5")), Scope(), "FI128"),
    ],
)
def test_a_rate_that_cannot_change_says_so_and_changes_nothing(euros, change, scope, code):
    plan = euros(Adjustment("r", change, scope))
    assert plan.total("revenue_amount") == pytest.approx(640_000, abs=0.01)
    assert code in {finding.code for finding in plan.findings}


def test_an_exchange_rate_is_written_and_read_as_an_adjustment():
    assert adjustment_from_json(adjustment_as_json(DEARER)) == DEARER
    other = ChangeExchangeRate("EUR", Amount.parse("1.3"))
    assert DEARER.change.conflicts_with(other)
    assert not DEARER.change.conflicts_with(ChangeExchangeRate("GBP", Amount.parse("1.3")))
    assert not DEARER.change.conflicts_with(DEARER.change)


def test_a_price_names_the_person_who_changed_its_rate(euros):
    why = explain(euros(DEARER), "sales_net_price", bucket=0, item="tool", market="retail")
    assert any(node.type == "Person" and "exchange rate" in node.text for node in why.node.walk())
    ratio = explain(euros(DEARER), "sales_exchange_ratio", bucket=0, item="tool", market="retail")
    assert ratio.value == pytest.approx(1.375)
    assert any(node.type == "Person" for node in ratio.node.walk())


BUDGET = "version,item,market,date,period,quantity,revenue_amount,margin_amount\n"
BUDGET += "AOP,tool,retail,2027-01-01,,1500,57000,18000\nAOP,tool,retail,2027-02-01,,2500,95000,30000\n"


def test_from_budget_to_plan_at_the_budgets_rate(euros):
    found = bridge_from_budget(euros(budget=BUDGET))
    # Two months: budget 4,000 at 38, plan 4,600 at 40, which is 38.40 at the budget's 1.20 a euro.
    assert bars(found.revenue) == pytest.approx(
        {"budget": 152_000, "price": 1_840, "currency": 7_360, "volume": 22_800, "actual": 184_000}, abs=0.01
    )
    # Unit cost 26 in both; margin 12 a unit in the budget.
    assert bars(found.margin) == pytest.approx(
        {"budget": 48_000, "price": 1_840, "currency": 7_360, "volume": 7_200, "actual": 64_400}, abs=0.01
    )
    assert (found.mix_level, found.volume_in) == ("item", "unit")


def test_without_a_margin_in_the_budget_there_is_a_bridge_of_revenue_only(euros):
    bare = "version,item,market,date,quantity,revenue_amount\nAOP,tool,retail,2027-01-01,1500,57000\n"
    found = bridge_from_budget(euros(budget=bare))
    assert found.margin is None and bars(found.revenue)["actual"] == pytest.approx(64_000, abs=0.01)


LAST_YEAR = "item,market,date,ordered_qty,shipped_qty,revenue_amount,cost_amount\n"
LAST_YEAR += "".join(f"tool,retail,2026-{month:02d}-01,2000,2000,66000,50000\n" for month in range(1, 13))


def test_from_last_year_to_plan_at_last_years_rate(euros):
    found = bridge_from_last_year(euros(sales_history=LAST_YEAR))
    # Six months: 12,000 at 33 and 25; the plan 16,000 at 32 euros, which were 32 dollars at 1.00, and 26.
    assert bars(found.revenue) == pytest.approx(
        {"budget": 396_000, "price": -16_000, "currency": 128_000, "volume": 132_000, "actual": 640_000}, abs=0.01
    )
    assert bars(found.margin) == pytest.approx(
        {
            "budget": 96_000,
            "price": -16_000,
            "cost": -16_000,
            "currency": 128_000,
            "volume": 32_000,
            "actual": 224_000,
        },
        abs=0.01,
    )


TWO = {
    "items": "item,name,family,uom\ntool,Tool,tools,unit\nrake,Rake,tools,{uom}\n",
    "inventory": "item,location,on_hand\ntool,plant,1000\nrake,plant,2000\n",
    "lanes": "item,from_location,to,lead_time_days,unit_cost\n,plant,retail,0,0\n",
    "costs": "item,location,valid_from,standard_cost,holding_cost,backlog_cost\n,,2027-01-01,5,2,5\n",
}
FORECAST = "item,market,date,quantity\ntool,retail,2027-01-01,{tool}\nrake,retail,2027-01-01,{rake}\n"
PRICES = "item,market,valid_from,price\ntool,retail,,40\nrake,retail,,10\n"


@pytest.mark.parametrize(
    ("uom", "level", "volume_in", "volume", "mix"),
    [
        # 100 and 300 become 150 and 250: as many units, 50 of them at 40 instead of 10.
        ("unit", "item", "unit", 0, 1_500),
        ("unit", "family", "unit", 0, 0),
        # Bags do not add up with units: in budget revenue 7,000 become 8,500, and mix is in it.
        ("bag", "item", BUDGET_REVENUE, 1_500, 0),
    ],
)
def test_the_level_of_mix_and_what_volume_is_counted_in_are_stated(tmp_path, uom, level, volume_in, volume, mix):
    tables = {**TWO, "items": TWO["items"].format(uom=uom), "prices": PRICES}
    a, b = (
        tomato(tmp_path / "d", forecast=FORECAST.format(tool=tool, rake=rake), **tables)
        for tool, rake in ((100, 300), (150, 250))
    )
    found = bridge_plans(a, b, mix_level=level)
    assert found.revenue.residual == found.margin.residual == 0
    assert (found.revenue.budget, found.revenue.actual) == (7_000, 8_500)
    assert (found.mix_level, found.volume_in) == (level, volume_in)
    assert (found.revenue.volume, found.revenue.mix) == (volume, mix)
    # At family level the mean price rises: what is mix below is price there.
    assert found.revenue.price == pytest.approx(1_500 - volume - mix, abs=0.01)
    assert compare(a, b, mix_level=level).as_json()["bridge_basis"] == {"mix_level": level, "volume_in": volume_in}


def test_a_level_that_does_not_exist_is_refused(euros):
    with pytest.raises(NoSuchLevel, match="choose one of market, item"):
        bridge_plans(euros(), euros(), mix_level="brand")
