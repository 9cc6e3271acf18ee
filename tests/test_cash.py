"""Cash of whole plans: Red Tomato with terms of payment, worked by hand, and the demo company."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from equipoise.explain import explain
from equipoise.finance.cash_measures import NOTIONAL, PAID_AT_ONCE
from equipoise.finance.measures import COST_PARTS
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.plan import Plan, compute_plan

RED_TOMATO = Path(__file__).parents[1] / "examples" / "red_tomato"
TERMS = "company,date,receivable_days,payable_days,opening_cash\nred,2027-01-01,45,30,100000\n"
DECEMBER = "item,market,date,ordered_qty,shipped_qty,revenue_amount\n"
DECEMBER += "tool,retail,2026-11-01,1500,1500,60000\ntool,retail,2026-12-01,1550,1550,62000\n"
REVENUE = np.array([64_000, 120_000, 128_000, 141_333.333, 98_666.667, 88_000])
PAY = 64.58333 * 640


@pytest.fixture
def plan_of(tmp_path: Path):
    """Red Tomato with more tables."""

    def make(*, head: tuple[str, str] = ("", ""), **tables: str) -> Plan:
        folder = tmp_path / "dataset"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(RED_TOMATO, folder)
        toml = folder / "dataset.toml"
        toml.write_text(toml.read_text(encoding="utf-8").replace(*head), encoding="utf-8")
        for name, text in tables.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return compute_plan(gather(read_dataset(folder)))

    return make


def codes(plan: Plan) -> set[str]:
    return {finding.code for finding in plan.findings}


def test_receipts_lag_revenue_by_45_days(plan_of):
    plan = plan_of(terms=TERMS, sales_history=DECEMBER)
    # A month's revenue is paid from 45 days after its first day on. November's 30 days are paid from 16 December to
    # 15 January: 15/30 are still owed at the start; December's 31 from 15 January to 15 February: 17/31 in January.
    owed = 60_000 * 14 / 30 + 62_000
    january = 60_000 * 14 / 30 + 62_000 * 17 / 31
    february = 62_000 * 14 / 31 + 64_000 * 14 / 31
    march = 64_000 * 17 / 31 + 120_000 * 14 / 28
    april = 120_000 * 14 / 28 + 128_000 * 16 / 31
    received = plan.by_bucket("cash_receipts_amount")
    assert received[:4] == pytest.approx([january, february, march, april], abs=0.01)
    closing = plan.by_bucket("receivable_closing_amount")
    assert closing[0] == pytest.approx(owed + 64_000 - january, abs=0.01)
    assert "FI120" not in codes(plan)


def test_what_is_owed_moves_by_revenue_less_receipts_bit_for_bit(plan_of):
    plan = plan_of(terms=TERMS, sales_history=DECEMBER)
    closing, revenue = plan.by_bucket("receivable_closing_amount"), plan.by_bucket("revenue_amount")
    assert np.array_equal(np.diff(closing), (revenue - plan.by_bucket("cash_receipts_amount"))[1:])


def test_what_is_owed_is_unknown_from_the_first_price_that_is_not_known(plan_of):
    later = "item,market,valid_from,price\ntool,retail,2027-03-01,40\n"
    plan = plan_of(terms=TERMS, sales_history=DECEMBER, prices=later)
    assert np.isnan(plan.by_bucket("revenue_amount")).tolist() == [True, True, False, False, False, False]
    assert np.isnan(plan.by_bucket("receivable_closing_amount")).all()
    assert np.isfinite(plan.by_bucket("payable_closing_amount")).all()
    # January and February are paid by mid-April: what comes in afterwards is known again.
    assert np.isfinite(plan.by_bucket("cash_receipts_amount")[4:]).all()


def test_without_a_history_of_revenue_the_plans_rate_stands_for_it(plan_of):
    plan = plan_of(terms=TERMS)
    rate = 640_000 / 181  # a day
    closing, received = plan.by_bucket("receivable_closing_amount"), plan.by_bucket("cash_receipts_amount")
    assert closing[0] + received[0] - 64_000 == pytest.approx(45 * rate, abs=0.01)
    # Of 45 days before the start 31 are received in January, of January nothing.
    assert received[0] == pytest.approx(31 * rate, abs=0.01)
    assert "FI120" in codes(plan)


def test_cash_flow_is_receipts_less_what_is_paid_and_cash_is_its_sum(plan_of):
    plan = plan_of(terms=TERMS, sales_history=DECEMBER)
    flow, cash = plan.by_bucket("cash_flow_amount"), plan.by_bucket("cash_closing_amount")
    received = plan.by_bucket("cash_receipts_amount")
    made = 2583.33333 * 10
    assert flow[0] == pytest.approx(received[0] - PAY - 15.41667 * 500 - made, abs=0.02)
    assert flow[1] == pytest.approx(received[1] - PAY - made, abs=0.02)
    assert cash[0] == 100_000 + flow[0]
    assert np.array_equal(np.diff(cash), flow[1:])
    assert plan.total("cash_closing_amount") == 100_000 + plan.total("cash_flow_amount") == cash[-1]


def test_notional_costs_are_never_cash():
    assert set(PAID_AT_ONCE).isdisjoint(NOTIONAL) and set(NOTIONAL) <= {part.name for part in COST_PARTS}


def test_without_terms_cash_is_unknown_and_the_plan_as_before(plan_of):
    plan = plan_of()
    for name in ("cash_receipts_amount", "receivable_closing_amount", "cash_flow_amount", "cash_closing_amount"):
        assert np.isnan(plan.by_bucket(name)).all(), name
    assert plan.total("cost_total_amount") == pytest.approx(422_275, abs=0.01)
    assert {"FI120", "FI121", "FI127"}.isdisjoint(codes(plan))


def test_without_opening_cash_only_the_flow_is_known(plan_of):
    plan = plan_of(terms=TERMS.replace("100000", ""))
    assert np.isfinite(plan.by_bucket("cash_flow_amount")).all()
    assert np.isnan(plan.by_bucket("cash_closing_amount")).all()


def test_subcontracting_is_paid_after_payable_days(plan_of):
    # Whole people: 140 units are subcontracted in one month for 30 each.
    plan = plan_of(terms=TERMS, head=('workforce = "continuous"', 'workforce = "integer"'))
    bought, paid = plan.by_bucket("cost_subcontract_amount"), plan.by_bucket("cash_purchases_amount")
    assert bought.sum() > 0 and "FI121" in codes(plan)
    daily = bought.sum() / 181
    month = int(np.flatnonzero(bought)[0])
    days = [31, 28, 31, 30, 31, 30]
    expected = np.zeros(6)
    expected[0] += 30 * daily  # owed at the start, paid within 30 days
    late = max(days[month] - 30, 0)
    expected[month] += bought[month] * late / days[month]
    following = min(30, days[month]) if month == 5 else min(days[month] - late, days[month + 1])
    if month < 5:
        expected[month + 1] += bought[month] * following / days[month]
        if month < 4:
            expected[month + 2] += bought[month] * (days[month] - late - following) / days[month]
    assert paid == pytest.approx(expected, abs=0.01)
    owing = plan.by_bucket("payable_closing_amount")
    assert np.array_equal(np.diff(owing), (bought - paid)[1:])


def test_a_purchase_order_under_way_is_owed_when_it_arrives(plan_of):
    receipts = "reference,line,item,location,due_date,quantity,type,status,supplier,received_date\n"
    receipts += "PO1,1,tool,plant,2027-02-10,100,purchase,released,subcontractor,\n"
    receipts += "PO0,1,tool,plant,2026-12-20,50,purchase,released,subcontractor,2026-12-21\n"
    plan = plan_of(terms=TERMS, receipts=receipts)
    assert plan.by_bucket("purchase_order_amount").tolist() == [0, 3000, 0, 0, 0, 0]
    paid = plan.by_bucket("cash_purchases_amount")
    # 50 × 30 received on 21 December are paid on 20 January; February's 3,000 from 3 March to 30 March.
    assert paid[:3].tolist() == [1500, 0, 3000]
    assert plan.by_bucket("payable_closing_amount").tolist()[:3] == [0, 3000, 0]
    assert "FI121" not in codes(plan)
    nameless = receipts.replace("subcontractor", "nobody").replace("PO0,1,tool", "PO0,1,tool")
    assert plan_of(terms=TERMS, receipts=nameless).by_bucket("purchase_order_amount")[1] == 3000
    without = plan_of(terms=TERMS, receipts=receipts, subcontracting="item,location,supplier,unit_cost\n")
    assert without.total("purchase_order_amount") == 0 and "FI122" in codes(without)
    nothing = {
        "subcontracting": "item,location,supplier,unit_cost\n",
        "routings": "item,location,resource,hours_per_unit\n",
    }
    of_no_source = plan_of(terms=TERMS, receipts=receipts, **nothing)
    assert of_no_source.total("purchase_order_amount") == 0 and "FI122" in codes(of_no_source)


def test_expense_and_expenditure_are_paid_and_depreciation_is_not(plan_of):
    accounts = "account,version,company,item,market,date,amount\n"
    accounts += "6200 rent,forecast,red,,,2027-01-01,5000\nDepreciation,forecast,red,,,2027-01-01,900\n"
    accounts += "capex press,forecast,red,,,2027-03-01,20000\n6200 rent,budget,red,,,2027-02-01,4000\n"
    with_accounts, without = plan_of(terms=TERMS, accounts=accounts), plan_of(terms=TERMS)
    expense = with_accounts.by_bucket("operating_expense_amount")
    assert expense[:2].tolist() == [5900, 4000] and np.isnan(expense[2:]).all()
    less = without.by_bucket("cash_flow_amount") - with_accounts.by_bucket("cash_flow_amount")
    assert less.tolist() == [5000, 4000, 20000, 0, 0, 0]
    assert "FI126" in codes(with_accounts)


def test_a_month_that_has_begun_opens_on_the_day_after_as_of(plan_of):
    history = DECEMBER + "tool,retail,2027-01-10,800,800,32000\n"
    begun = ("start = 2027-01-01", "start = 2027-01-01\nas_of = 2027-01-15")
    plan = plan_of(terms=TERMS, sales_history=history, head=begun)
    # Owed on 16 January: of November 30 days' sales none after 15 January; of December 62,000 × 30/31; and January's.
    closing, received = plan.by_bucket("receivable_closing_amount"), plan.by_bucket("cash_receipts_amount")
    revenue = plan.by_bucket("revenue_amount")
    assert closing[0] + received[0] - revenue[0] == pytest.approx(62_000 * 30 / 31 + 32_000, abs=0.01)
    assert plan.by_bucket("revenue_to_date_amount").tolist() == [32_000, 0, 0, 0, 0, 0]


def test_what_came_as_planned_changes_no_receipt_when_the_month_moves_on(plan_of):
    forecast = "item,market,date,quantity\ntool,retail,2027-01-01,1550\ntool,retail,2027-02-01,1000\n"
    before = plan_of(terms=TERMS, sales_history=DECEMBER, forecast=forecast)
    # 50 a day were sold until 15 January.
    posted = DECEMBER + "tool,retail,2027-01-10,750,750,30000\n"
    begun = ("start = 2027-01-01", "start = 2027-01-01\nas_of = 2027-01-15")
    after = plan_of(terms=TERMS, sales_history=posted, forecast=forecast, head=begun)
    for name in ("receivable_closing_amount", "cash_receipts_amount"):
        assert after.by_bucket(name)[1:] == pytest.approx(before.by_bucket(name)[1:], abs=0.01), name
    closing = "receivable_closing_amount"
    assert after.by_bucket(closing)[0] == pytest.approx(before.by_bucket(closing)[0], abs=0.01)


def test_weeks_and_months_receive_the_same(plan_of, tmp_path):
    weekly = "item,market,date,quantity\n"
    days = [date(2027, 1, 4) + timedelta(weeks=week) for week in range(12)]
    weekly += "".join(f"tool,retail,{day},700\n" for day in days)
    stock = "item,location,on_hand\ntool,plant,20000\n"
    head = ('bucket = "month"\nstart = 2027-01-01\nhorizon = 6', 'bucket = "week"\nstart = 2027-01-04\nhorizon = 12')
    history = "item,market,date,ordered_qty,shipped_qty,revenue_amount\n"
    history += "".join(f"tool,retail,{date(2027, 1, 4) - timedelta(weeks=w)},700,700,28000\n" for w in range(1, 9))
    plan = plan_of(terms=TERMS, forecast=weekly, inventory=stock, head=head, sales_history=history)
    # 4,000 a day, always: 45 days of it are owed, and 28,000 come in every week.
    assert plan.by_bucket("cash_receipts_amount") == pytest.approx([28_000] * 12, abs=0.01)
    assert plan.by_bucket("receivable_closing_amount") == pytest.approx([45 * 4_000] * 12, abs=0.01)


def test_each_company_waits_its_own_days(plan_of):
    locations = "location,name,type,company\nplant,Plant,plant,red\ndepot,Depot,dc,blue\n"
    terms = "company,date,receivable_days,payable_days,opening_cash\n"
    terms += "blue,2027-01-01,0,0,500\nred,2027-01-01,31,0,1500\n"
    lanes = "item,from_location,to,lead_time_days,unit_cost,share_pct\n"
    lanes += "tool,plant,retail,0,0,75\ntool,depot,retail,0,0,25\ntool,plant,depot,0,0,\n"
    plan = plan_of(locations=locations, terms=terms, lanes=lanes, sales_history=DECEMBER)
    revenue, received = plan.by_bucket("revenue_amount"), plan.by_bucket("cash_receipts_amount")
    # A quarter is invoiced by the depot and received at once; three quarters 31 days later, a January in February + 3.
    assert received[1] == pytest.approx(revenue[1] / 4 + revenue[0] * 0.75 * 28 / 31, abs=0.02)
    assert plan.by_bucket("cash_opening_amount")[0] == 2000


def test_every_number_of_cash_explains_itself(plan_of):
    plan = plan_of(terms=TERMS, sales_history=DECEMBER)
    for name in (
        "cash_receipts_amount",
        "receivable_closing_amount",
        "cash_purchases_amount",
        "payable_closing_amount",
        "purchase_order_amount",
        "cash_expense_amount",
        "cash_capex_amount",
        "cash_opening_amount",
        "cash_flow_amount",
        "cash_closing_amount",
        "inventory_excess_amount",
        "inventory_excess_qty",
    ):
        for bucket in (0, 3):
            why = explain(plan, name, bucket=bucket)
            assert why.value == pytest.approx(plan.by_bucket(name)[bucket], abs=1e-9), name
            if why.node.type == "Postings" and why.node.children:
                parts = [child.value for child in why.node.children]
                assert sum(parts) == pytest.approx(why.value, abs=1e-9), name


def test_excess_is_closing_stock_less_what_may_lie_there(plan_of):
    """9,000 on hand where 1,500 may lie: production stops, and what demand has not taken yet is too much."""
    policy = "item,location,closing_min_qty,max_qty\ntool,plant,500,1500\n"
    plan = plan_of(inventory_policy=policy, inventory="item,location,on_hand\ntool,plant,9000\n")
    assert plan.by_bucket("inventory_excess_qty")[:4] == pytest.approx([5900, 2900, 0, 0], abs=0.01)
    assert plan.by_bucket("inventory_excess_amount")[0] == pytest.approx(5900 * 26, abs=0.05)
    why = explain(plan, "inventory_excess_qty", bucket=0)
    closing, allowed = why.node.children
    assert closing.value + allowed.value == why.value and "maximum stock" in allowed.text
    none = explain(plan, "inventory_excess_qty", bucket=2)
    assert "1,350 in stock, 1,500 allowed by maximum stock" in none.node.text


def test_a_receipt_names_the_months_it_was_invoiced_in(plan_of):
    why = explain(plan_of(terms=TERMS, sales_history=DECEMBER), "cash_receipts_amount", bucket="Feb 2027")
    words = " ".join(node.text for node in why.node.walk())
    assert "invoiced in Dec 2026" in words and "invoiced in Jan 2027" in words and "45 days" in words


def test_the_demo_company_balances(demo_with_terms):
    plan = demo_with_terms
    flow, cash = plan.by_bucket("cash_flow_amount"), plan.by_bucket("cash_closing_amount")
    assert np.array_equal(np.diff(cash), flow[1:]) and np.isfinite(cash).all()
    families = plan.frame("receivable_closing_amount", by=("family", "bucket"))["receivable_closing_amount"]
    assert (
        families.to_numpy().reshape(-1, 24).sum(axis=0).tolist() == plan.by_bucket("receivable_closing_amount").tolist()
    )
    assert plan.total("purchase_order_amount") > 0


@pytest.fixture(scope="module")
def demo_with_terms(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    from equipoise.demo import write_demo

    folder = write_demo(tmp_path_factory.mktemp("demo"))
    terms = "company,date,receivable_days,payable_days,opening_cash\nkestrel,2026-11-01,42,35,2500000\n"
    (folder / "terms.csv").write_text(terms, encoding="utf-8")
    return compute_plan(gather(read_dataset(folder)))


def test_what_is_paid_of_an_unknown_revenue_is_unknown(plan_of):
    """Demand without a price: neither the sum nor its parts are a number, and JSON has no NaN."""
    plan = plan_of(terms=TERMS, prices="item,market,price\nnail,,40\n")
    why = explain(plan, "cash_receipts_amount", bucket="Mar 2027")
    assert why.value is None and {child.value for child in why.node.children} == {None}
    assert json.loads(json.dumps(why.as_json(), allow_nan=False))["value"] is None
