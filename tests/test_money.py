"""Money agrees with itself: families with totals, whatever the currencies; standard cost and budget decide nothing."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equipoise.catalog import MEASURES
from equipoise.core.measure import Grain, OverTime, Unit
from equipoise.demo import write_demo
from equipoise.explain import explain
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.landing import landing
from equipoise.plan import Plan, compute_plan
from equipoise.stages import STAGES
from money_company import RED_TOMATO, tomato

AMOUNTS = [m for m in MEASURES if m.unit is Unit.MONEY and m.grain is not None and m.grain is not Grain.RESOURCE]
RATES = "currency,rate_type,date,rate\nUSD,plan,2026-01-01,0.91\nUSD,plan,2027-03-01,0.937\nGBP,plan,2026-01-01,1.171\n"


@pytest.fixture(scope="module", params=["as it is", "three currencies"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = write_demo(tmp_path_factory.mktemp("demo"))
    if request.param == "three currencies":
        prices, costs = (pl.read_csv(folder / f"{name}.csv") for name in ("prices", "costs"))
        codes = ["", "USD", "GBP"]
        for name, table in (("prices", prices), ("costs", costs)):
            mixed = table.with_columns(pl.Series("currency", [codes[n % 3] for n in range(table.height)]))
            mixed.write_csv(folder / f"{name}.csv")
        (folder / "exchange_rates.csv").write_text(RATES, encoding="utf-8")
    terms = "company,date,receivable_days,payable_days,opening_cash\nkestrel,2026-11-01,42,35,2500000.01\n"
    (folder / "terms.csv").write_text(terms, encoding="utf-8")
    return compute_plan(gather(read_dataset(folder)))


@pytest.mark.parametrize("measure", AMOUNTS, ids=lambda measure: measure.name)
def test_families_add_up_to_the_total_to_the_last_bit(demo: Plan, measure):
    _, families = demo.grouped(measure.name, level="family")
    _, items = demo.grouped(measure.name, level="item")
    total = demo.by_bucket(measure.name)
    assert np.array_equal(families.sum(axis=0), total, equal_nan=True)
    assert np.array_equal(items.sum(axis=0), total, equal_nan=True)
    if measure.over_time is OverTime.SUM and np.isfinite(total).all():
        assert demo.total(measure.name) == families.sum()


def test_every_currency_became_the_datasets(demo: Plan):
    price, rate = (demo.measure(name).values for name in ("sales_net_price", "sales_exchange_ratio"))
    assert np.isfinite(price).all() and np.isfinite(rate).all()
    known = set(demo.snapshot.table("exchange_rates").filter(pl.col("rate_type") == "plan")["rate"].to_list())
    assert {1.0} < set(np.unique(rate).tolist()) <= {1.0} | known


def decided(plan: Plan) -> dict[str, str]:
    """Digests of the stages in which quantities are decided."""
    return {name: plan.sections[name].digest for name in ("baseline", "demand", "sourcing", "stock_targets")}


FLOWS = ("production_qty", "subcontract_qty", "shipment_qty", "demand_served_qty", "inventory_closing_qty")


def test_standard_cost_values_stock_and_sales_and_decides_nothing(tmp_path: Path):
    before = tomato(tmp_path / "a")
    costs = (RED_TOMATO / "costs.csv").read_text(encoding="utf-8")
    after = tomato(tmp_path / "b", costs=costs.replace(",26,", ",52,"))
    assert decided(before) == decided(after)
    for name in FLOWS:
        assert np.array_equal(before.measure(name).values, after.measure(name).values), name
    assert before.total("cost_total_amount") == after.total("cost_total_amount")
    assert after.total("cost_of_sales_amount") == pytest.approx(2 * before.total("cost_of_sales_amount"), abs=0.01)
    assert after.total("inventory_value_amount") == 2 * before.total("inventory_value_amount") == 500 * 52


def test_the_budget_is_never_an_input_to_demand_or_capacity(tmp_path: Path):
    budget = "version,item,market,date,period,quantity,revenue_amount\nAOP,,,2027-01-01,year,99000,4000000\n"
    before, after = tomato(tmp_path / "a"), tomato(tmp_path / "b", budget=budget)
    changed = [
        stage.name for stage in STAGES if before.sections[stage.name].digest != after.sections[stage.name].digest
    ]
    assert changed == ["finance"]
    assert [stage.name for stage in STAGES if {"budget", "accounts", "targets"} & set(stage.tables)] == ["finance"]


def test_the_gap_from_shipments_stands_beside_the_gap_of_demand(tmp_path: Path):
    budget = "version,item,market,date,revenue_amount\n"
    budget += "".join(f"AOP,tool,retail,2027-0{month}-01,150000\n" for month in range(1, 7))
    plan = tomato(tmp_path / "a", budget=budget)
    april = 3
    # 3,800 are asked for in April, 266.67 of them come in May.
    assert plan.by_bucket("budget_gap_unconstrained_amount")[april] == 3800 * 40 - 150_000
    gap = plan.by_bucket("budget_gap_amount")[april]
    assert gap == pytest.approx((3800 - 266.667) * 40 - 150_000, abs=0.02)
    for name in ("revenue_unconstrained_amount", "budget_gap_unconstrained_amount", "budget_gap_amount"):
        why = explain(plan, name, bucket=april)
        assert why.value == plan.by_bucket(name)[april]
        if why.node.type == "Postings":
            assert sum(child.value for child in why.node.children) == why.value


def test_the_price_of_a_market_wins_and_its_rebate_comes_off(tmp_path: Path):
    markets = "market,name,region,channel\nretail,Retailers,home,shops\nmail,Mail order,home,direct\n"
    prices = "item,market,valid_from,price,rebate_pct\n,,,30,\ntool,,,40,\ntool,direct,,42,10\ntool,mail,,45,\n"
    forecast = "item,market,date,quantity\ntool,retail,2027-01-01,100\ntool,mail,2027-01-01,100\n"
    lanes = "item,from_location,to,lead_time_days,unit_cost\ntool,plant,retail,0,0\ntool,plant,mail,0,0\n"
    plan = tomato(tmp_path / "a", markets=markets, prices=prices, forecast=forecast, lanes=lanes)
    keys = plan.measure("sales_net_price").keys
    price = plan.measure("sales_net_price").values[:, 0]
    # Each column from the most specific row that fills it: mail's own price, its channel's rebate.
    assert price[keys.rows["tool", "mail"]] == 45 * 0.9 and price[keys.rows["tool", "retail"]] == 40
    assert plan.total("revenue_amount", market="mail") == 100 * 40.5


def test_budget_columns_explain_themselves_with_the_chosen_version(tmp_path: Path):
    budget = "version,item,market,date,quantity,revenue_amount,margin_amount,operating_expense_amount\n"
    budget += "AOP,tool,retail,2027-01-01,1500,60000,20000,3000\nRF1,tool,retail,2027-01-01,1,2,3,4\n"
    plan = tomato(tmp_path / "a", budget=budget)
    for name, amount in (
        ("budget_qty", 1500),
        ("budget_margin_amount", 20_000),
        ("budget_operating_expense_amount", 3_000),
        ("operating_expense_amount", 3_000),
    ):
        why = explain(plan, name, bucket=0)
        assert why.value == amount
        words = " ".join(node.text for node in why.node.walk())
        assert "version AOP" in words and "RF1" not in words, name


def test_every_amount_explains_itself_at_every_level(demo: Plan):
    """One number of each, of the company, a family and one row: the tree is of the number that is shown."""
    for measure in (*AMOUNTS, *(m for m in MEASURES if m.unit is Unit.MONEY and m.grain is None)):
        for nodes in ({}, {"item": "Laundry care"}, {"item": "LA-01"}):
            if measure.grain is None and nodes:
                continue  # pay has no item
            why = explain(demo, measure.name, bucket=4, **nodes)
            shown = demo.by_bucket(measure.name, **nodes)[4]
            assert why.value == (None if np.isnan(shown) else shown), (measure.name, nodes)


TABLES = {
    "terms": "company,date,receivable_days,payable_days,opening_cash\nred,2026-01-01,40,20,\n"
    "red,2027-01-01,45,30,1000\nblue,2027-01-01,10,30,10\n",
    "accounts": "account,version,company,item,market,date,amount,currency\nrent,forecast,red,,,2027-01-01,10,\n"
    "rent,forecast,blue,,,2027-01-01,20,EUR\nrent,budget,red,tools,,2027-02-01,30,\n"
    "capex,budget,red,,,2027-02-01,5,\n",
    "exchange_rates": "currency,rate_type,date,rate\nEUR,plan,2026-01-01,1.25\nEUR,plan,2027-03-01,1.3\n"
    "EUR,budget,2026-01-01,1.2\nGBP,plan,2026-01-01,1.5\n",
    "budget": "version,item,market,date,period,quantity,revenue_amount\nRF1,,,2027-01-01,year,9000,4000\n"
    "AOP,,,2027-01-01,year,9000,400000\nAOP,tool,,2027-02-01,month,900,40000\n",
    "receipts": "reference,line,item,location,due_date,quantity,type,status,supplier,received_date\n"
    "P1,1,tool,plant,2027-02-10,100,purchase,released,subcontractor,\n"
    "P2,1,tool,plant,2027-02-11,10,purchase,released,,\nP0,1,tool,plant,2026-12-20,5,purchase,firm,,2026-12-21\n",
    "sales_history": "item,market,date,ordered_qty,shipped_qty,revenue_amount\ntool,retail,2026-11-01,15,15,601.1\n"
    "tool,retail,2026-12-01,16,16,640.2\ntool,retail,2026-12-09,1,1,40.3\n",
}


def test_the_order_of_rows_shows_in_no_number(tmp_path: Path):
    turned = {}
    for name, text in TABLES.items():
        head, *rows = text.strip().split("\n")
        turned[name] = "\n".join([head, *reversed(rows)]) + "\n"
    before, after = tomato(tmp_path / "a", **TABLES), tomato(tmp_path / "b", **turned)
    assert before.snapshot_id == after.snapshot_id and before.digest == after.digest
    assert landing(before, "family").equals(landing(after, "family"))
