"""Where the fiscal year lands: Red Tomato's by hand, the demo company's to the last bit."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from equipoise.codec import read_adjustments
from equipoise.core.adjustment import Adjustment, standing
from equipoise.core.policy_change import SetPolicy
from equipoise.demo import write_demo
from equipoise.gather import gather
from equipoise.intake import read_dataset
from equipoise.landing import COLUMNS, MEASURES, NoSuchSide, bridge_to_landing, land, landing
from equipoise.plan import Plan, compute_plan
from money_company import tomato

OCTOBER = ("horizon = 6", 'horizon = 6\nfiscal_year_start = "10-01"')  # FY27 is October 2026 to September 2027
JULY = ("horizon = 6", 'horizon = 6\nfiscal_year_start = "07-01"')  # FY27 is July 2026 to June 2027: all of it is seen


def history(*, cost: bool = True) -> str:
    """1,000 tools a month in 2025 and 1,200 in 2026, at 38 and 40, each at a cost of 25."""
    rows = "item,market,date,ordered_qty,shipped_qty,revenue_amount,cost_amount\n"
    for year, units, price in ((2025, 1000, 38), (2026, 1200, 40)):
        for month in range(1, 13):
            booked = units * 25 if cost else ""
            rows += f"tool,retail,{year}-{month:02d}-01,{units},{units},{units * price},{booked}\n"
    return rows


def budget(version: str, monthly: int, *, months: range = range(-6, 6)) -> str:
    """A version that earns the same each month, by month from January 2027 (0) on."""
    rows = ""
    for number in months:
        year, month = divmod(2027 * 12 + number, 12)
        amounts = f"{monthly // 40},{monthly},{monthly // 4},{monthly // 10}"
        rows += f"{version},tool,retail,{year}-{month + 1:02d}-01,{amounts}\n"
    return rows


HEAD = "version,item,market,date,quantity,revenue_amount,margin_amount,operating_expense_amount\n"


@pytest.fixture
def plan_of(tmp_path: Path):
    return lambda *adjustments, **tables: tomato(tmp_path / "dataset", *adjustments, **tables)


def row(plan: Plan, measure: str, *, year: str = "FY27", by: str = "") -> dict[str, float]:
    frame = landing(plan, by).filter((pl.col("measure") == measure) & (pl.col("fiscal_year") == year))
    (only,) = frame.iter_rows(named=True)
    return only


def codes(plan: Plan) -> list[str]:
    return [finding.code for finding in land(plan, by="").findings]


def test_a_whole_year_of_actuals_and_plan(plan_of):
    plan = plan_of(head=[JULY], sales_history=history(), budget=HEAD + budget("AOP", 80_000))
    revenue = row(plan, "revenue_amount")
    assert (revenue["actual"], revenue["to_date"], revenue["plan"]) == (6 * 48_000, 0, 640_000)
    assert revenue["landing"] == 928_000 and revenue["budget"] == 960_000 and revenue["gap"] == -32_000
    # Last year: July to December 2025 at 38,000, January to June 2026 at 48,000.
    assert revenue["last_year"] == 6 * 38_000 + 6 * 48_000
    units = row(plan, "demand_served_qty")
    assert (units["actual"], units["landing"], units["budget"]) == (7_200, 23_200, 24_000)
    margin = row(plan, "margin_gross_amount")
    assert (margin["actual"], margin["plan"]) == (6 * 1200 * 15, 16_000 * 14)
    assert margin["landing"] - margin["budget"] == margin["gap"] == 332_000 - 240_000
    assert codes(plan) == []


def test_a_year_that_ends_after_the_horizon_compares_the_buckets_that_are_seen(plan_of):
    plan = plan_of(head=[OCTOBER], sales_history=history(), budget=HEAD + budget("AOP", 80_000, months=range(-3, 9)))
    revenue = row(plan, "revenue_amount")
    assert (revenue["actual"], revenue["plan"], revenue["budget"]) == (3 * 48_000, 640_000, 9 * 80_000)
    assert revenue["last_year"] == 3 * 38_000 + 6 * 48_000
    assert codes(plan) == ["FI130"]
    (year,) = land(plan).years
    assert (year.label, year.first, year.end, year.is_complete) == ("FY27", -3, 6, False)


def test_a_budget_without_the_closed_months_is_unknown_not_smaller(plan_of):
    plan = plan_of(head=[JULY], sales_history=history(), budget=HEAD + budget("AOP", 80_000, months=range(6)))
    revenue = row(plan, "revenue_amount")
    assert revenue["budget"] is None and revenue["gap"] is None and revenue["landing"] == 928_000
    assert codes(plan) == ["FI133"]


def test_a_budget_by_year_and_one_by_month_land_beside_the_same_total(plan_of):
    yearly = "version,item,market,date,period,revenue_amount\nAOP,,,2026-09-01,year,960000\n"
    assert row(plan_of(head=[JULY], sales_history=history(), budget=yearly), "revenue_amount")["budget"] == 960_000


def test_the_newest_reforecast_is_the_last_forecast_and_closed_months_are_actual(plan_of):
    versions = budget("AOP", 80_000) + budget("RF9", 90_000) + budget("RF10", 100_000, months=range(6))
    plan = plan_of(head=[JULY], sales_history=history(), budget=HEAD + versions)
    assert land(plan).last_forecast == "RF10"
    assert row(plan, "revenue_amount")["last_forecast"] == 6 * 48_000 + 6 * 100_000


def test_the_knob_chooses_the_version(plan_of):
    tables = {"sales_history": history(), "budget": HEAD + budget("AOP", 80_000) + budget("RF1", 60_000)}
    chosen = Adjustment("v", SetPolicy("budget_version", "RF1"))
    plan = plan_of(chosen, head=[JULY], **tables)
    assert row(plan, "revenue_amount")["budget"] == 720_000
    assert plan.total("budget_revenue_amount") == 360_000 and plan.total("budget_margin_amount") == 90_000
    assert land(plan).last_forecast == ""  # neither the plan of the year nor the one chosen is a forecast beside it
    missing = plan_of(Adjustment("v", SetPolicy("budget_version", "RF7")), head=[JULY], **tables)
    assert "FI101" in {finding.code for finding in missing.findings}


def test_without_a_reforecast_the_newest_archived_plan_stands_there(plan_of):
    archive = "made_date,measure,item,market,date,quantity\n"
    archive += "2026-11-01,revenue_amount,,,2027-01-01,1\n"
    archive += "".join(f"2026-12-01,revenue_amount,,,2027-0{month}-01,70000\n" for month in range(1, 7))
    plan = plan_of(head=[JULY], sales_history=history(), plan_archive=archive)
    assert land(plan).last_forecast == "plan of 2026-12-01"
    assert row(plan, "revenue_amount")["last_forecast"] == 6 * 48_000 + 420_000
    assert row(plan, "demand_served_qty")["last_forecast"] is None


def test_sales_without_a_booked_cost_are_valued_at_standard(plan_of):
    plan = plan_of(head=[JULY], sales_history=history(cost=False))
    assert row(plan, "margin_gross_amount")["actual"] == 7200 * (40 - 26)
    assert codes(plan) == ["FI131"]


def test_no_history_means_no_landing_and_not_a_small_one(plan_of):
    plan = plan_of(head=[JULY])
    revenue = row(plan, "revenue_amount")
    assert revenue["actual"] is None and revenue["landing"] is None and revenue["plan"] == 640_000
    assert codes(plan) == ["FI134"]


def test_a_begun_month_is_to_date_and_to_go(plan_of):
    # The same January, half of it behind us: the year lands where it landed.
    whole = plan_of(head=[JULY], sales_history=history())
    begun = [JULY, ("start = 2027-01-01", "start = 2027-01-01\nas_of = 2027-01-15")]
    posted = history() + "tool,retail,2027-01-10,800,800,32000,20800\n"
    stock = "item,location,on_hand\ntool,plant,200\n"
    plan = plan_of(head=begun, sales_history=posted, inventory=stock)
    revenue = row(plan, "revenue_amount")
    assert revenue["to_date"] == 32_000 and revenue["plan"] == pytest.approx(608_000, abs=0.01)
    assert revenue["landing"] == pytest.approx(row(whole, "revenue_amount")["landing"], abs=0.01)
    assert row(plan, "margin_gross_amount")["to_date"] == 32_000 - 20_800


def test_the_time_between_the_data_and_the_plan_is_part_of_the_year(plan_of):
    early = [JULY, ("start = 2027-01-01", "start = 2027-01-01\nas_of = 2026-11-30")]
    until = history().replace("tool,retail,2026-12-01,1200,1200,48000,30000\n", "")
    december = "item,market,date,quantity\ntool,retail,2026-12-01,1000\n"
    forecast = december + "".join(f"tool,retail,2027-0{m}-01,2000\n" for m in range(1, 7))
    stock = "item,location,on_hand\ntool,plant,2500\n"
    plan = plan_of(head=early, sales_history=until, forecast=forecast, inventory=stock)
    revenue = row(plan, "revenue_amount")
    assert revenue["actual"] == 5 * 48_000
    assert revenue["plan"] == pytest.approx(40_000 + plan.total("revenue_amount"), abs=0.01)


def test_operating_expense_lands_from_the_ledger(plan_of):
    accounts = "account,version,company,item,market,date,amount\n"
    for number in range(-6, 6):
        year, month = divmod(2027 * 12 + number, 12)
        version, amount = ("actual", 1_000) if number < 0 else ("forecast", 1_500)
        accounts += f"6200 rent,{version},,,,{year}-{month + 1:02d}-01,{amount}\n"
        accounts += f"revenue,{version},,,,{year}-{month + 1:02d}-01,48000\n"
    plan = plan_of(head=[JULY], sales_history=history(), accounts=accounts, budget=HEAD + budget("AOP", 80_000))
    expense = row(plan, "operating_expense_amount")
    assert (expense["actual"], expense["plan"], expense["landing"]) == (6_000, 9_000, 15_000)
    assert (expense["budget"], expense["gap"]) == (12 * 8_000, 15_000 - 96_000)
    assert codes(plan) == []  # invoiced revenue is the ledger's
    off = plan_of(head=[JULY], sales_history=history(), accounts=accounts.replace("-01,48000", "-01,48001"))
    assert "FI132" in codes(off)


def test_from_budget_to_landing_with_nothing_left_over(plan_of):
    plan = plan_of(head=[JULY], sales_history=history(), budget=HEAD + budget("AOP", 80_000))
    found = bridge_to_landing(plan)
    # 24,000 at 40 become 23,200 at 40; margin of 10 becomes 15 where 25 was booked and 14 in the plan.
    assert found.revenue.residual == found.margin.residual == 0
    assert (found.revenue.budget, found.revenue.volume, found.revenue.actual) == (960_000, -32_000, 928_000)
    assert (found.margin.budget, found.margin.volume, found.margin.actual) == (240_000, -8_000, 332_000)
    assert found.margin.cost == pytest.approx(100_000, abs=0.01)
    assert (found.revenue.price, found.revenue.currency, found.revenue.mix) == (0, 0, 0)
    last = bridge_to_landing(plan, against="last_year", year=2027)
    assert (last.revenue.budget, last.revenue.actual, last.revenue.residual) == (516_000, 928_000, 0)
    assert bridge_to_landing(plan, against="last_forecast").revenue is None


def test_actuals_and_plan_are_told_apart_from_the_budgets_rate(plan_of):
    rates = "currency,rate_type,date,rate\nEUR,plan,2027-01-01,1.25\nEUR,budget,2026-07-01,1.2\n"
    rates += "EUR,actual,2026-01-01,1.5\nEUR,actual,2025-01-01,1.0\n"
    prices = "item,market,valid_from,price,currency\ntool,retail,2025-01-01,32,EUR\n"
    tables = {"sales_history": history(), "budget": HEAD + budget("AOP", 80_000)}
    plan = plan_of(head=[JULY], exchange_rates=rates, prices=prices, **tables)
    found = bridge_to_landing(plan).revenue
    # 288,000 at 1.50 and 640,000 at 1.25 are 230,400 and 614,400 at the budget's 1.20.
    assert found.currency == pytest.approx(288_000 - 230_400 + 640_000 - 614_400, abs=0.01)
    assert found.residual == 0
    last = bridge_to_landing(plan, against="last_year").revenue
    # A year before a euro was 1.00 until December 2025 and 1.50 after: 192,000 and 768,000.
    assert last.currency == pytest.approx(288_000 - 192_000 + 640_000 - 768_000, abs=0.01)


@pytest.mark.parametrize("asked", [{"against": "plan"}, {"year": 2035}])
def test_a_side_that_does_not_exist_is_refused(plan_of, asked):
    with pytest.raises(NoSuchSide, match=r"choose budget|it touches 2027"):
        bridge_to_landing(plan_of(head=[JULY]), **asked)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = write_demo(tmp_path_factory.mktemp("demo"))
    planned = pl.read_csv(folder / "budget.csv", try_parse_dates=True)
    closed = pl.DataFrame(
        {
            "version": ["AOP"] * 4,
            "item": ["Laundry care"] * 4,
            "date": [date(2026, month, 1) for month in range(7, 11)],
            "quantity": [100_000] * 4,
            "revenue_amount": [3_300_000.0] * 4,
            "margin_amount": [1_450_000.0] * 4,
        }
    )
    again = planned.filter(pl.col("version") == "AOP").with_columns(pl.lit("RF9").alias("version"))
    pl.concat([planned, closed, again], how="diagonal_relaxed").write_csv(folder / "budget.csv")
    accounts = "account,version,company,item,market,date,amount\n"
    for number in range(-4, 24):
        year, month = divmod(2026 * 12 + 10 + number, 12)
        version = "actual" if number < 0 else "forecast"
        accounts += f"6000 overhead,{version},,,,{year}-{month + 1:02d}-01,1234567.89\n"
    (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    adjustments, rulings = read_adjustments(folder / "adjustments.json")
    return compute_plan(gather(read_dataset(folder)), standing(adjustments, rulings))


@pytest.mark.parametrize("level", ["family", "item", "region", "market"])
def test_nodes_add_up_to_the_company_to_the_last_bit(demo, level):
    total, parts = landing(demo, ""), landing(demo, level)
    assert set(total["measure"]) == set(MEASURES)
    known = 0
    for want in total.iter_rows(named=True):
        same = (pl.col("measure") == want["measure"]) & (pl.col("fiscal_year") == want["fiscal_year"])
        mine = parts.filter(same)
        for column in COLUMNS:
            if want[column] is not None:
                known += 1
                assert mine[column].sum() == want[column], (want["measure"], column)
    assert known > 70


def test_the_demo_lands_beside_its_budget(demo):
    revenue = row(demo, "revenue_amount")
    assert revenue["landing"] == revenue["actual"] + revenue["to_date"] + revenue["plan"]
    assert revenue["gap"] == revenue["landing"] - revenue["budget"]
    both = bridge_to_landing(demo)
    assert both.revenue.residual == both.margin.residual == 0
    assert (both.revenue.budget, both.revenue.actual) == (revenue["budget"], revenue["landing"])
    assert revenue["last_forecast"] is not None and land(demo).last_forecast == "RF9"
    expense = row(demo, "operating_expense_amount")
    assert expense["landing"] == pytest.approx(12 * 1234567.89, abs=0.05)
