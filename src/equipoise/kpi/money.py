"""Money: what the plan earns, how far it is from the budget, and how long cash is tied up.

* financial variance = plan − budget, in percent of the budget: above 0 where the plan is higher
* DSO = closing receivables / revenue × days · DPO = closing payables / cost of sales × days · DIO see `inventory`
* cash-to-cash cycle = DIO + DSO − DPO: days from paying for material to being paid for goods

Sources: Brealey, Myers & Allen, Principles of Corporate Finance, working capital; Richards & Laughlin, Financial
Management 9 (1980) 32-38 (cash conversion cycle).

>>> dso = days_outstanding(balance=45_000.0, flow=90_000.0, days=90.0)
>>> dpo = days_outstanding(balance=20_000.0, flow=60_000.0, days=90.0)
>>> dso, dpo, cash_to_cash_days(dio=60.0, dso=dso, dpo=dpo)
(45.0, 30.0, 75.0)
"""

from equipoise.core.measure import Grain, Measure, Unit
from equipoise.kpi.declare import percent
from equipoise.kpi.entry import Direction, Kind, Kpi


def days_outstanding(*, balance: float, flow: float, days: float) -> float:
    """Days of a flow that a closing balance holds: DSO of receivables and revenue, DPO of payables and cost of sales.

    `days` is what the flow covers; NaN unless the flow is above 0.
    """
    return balance / flow * days if flow > 0 else float("nan")


def cash_to_cash_days(*, dio: float, dso: float, dpo: float) -> float:
    """DIO + DSO − DPO, days."""
    return dio + dso - dpo


def financial_variance_pct(*, plan: float, budget: float) -> float:
    """100 (plan − budget) / |budget|; NaN for a budget of 0.

    >>> financial_variance_pct(plan=95.0, budget=100.0), financial_variance_pct(plan=-5.0, budget=-10.0)
    (-5.0, 50.0)
    """
    return 100.0 * (plan - budget) / abs(budget) if budget else float("nan")


def gmroi(*, gross_margin: float, average_stock: float, years: float = 1.0) -> float:
    """Gross margin of a year / average stock at cost; `years` is what the margin covers.

    >>> gmroi(gross_margin=300.0, average_stock=400.0, years=0.5)
    1.5
    """
    return gross_margin / years / average_stock if average_stock > 0 else float("nan")


MEASURES: tuple[Measure, ...] = (
    percent(
        "margin_gross_pct",
        Grain.DEMAND,
        "Gross margin",
        "Gross margin at standard cost / revenue.",
        of=("margin_gross_amount", "revenue_amount"),
    ),
    percent(
        "budget_attainment_pct",
        Grain.DEMAND,
        "Revenue to budget",
        "Revenue of the plan / budget revenue.",
        of=("revenue_amount", "budget_revenue_amount"),
    ),
    percent(
        "budget_variance_pct",
        Grain.DEMAND,
        "Revenue variance",
        "(Revenue of the plan − budget revenue) / budget revenue: below 0 where the plan falls short.",
        of=("budget_gap_amount", "budget_revenue_amount"),
    ),
)

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Gross margin",
        "margin_gross_pct",
        "(revenue − cost of sales at standard) / revenue",
        "finance",
        None,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        shared_with=("product", "sales", "marketing"),
        needs="tables prices and costs (standard_cost)",
    ),
    Kpi(
        "Revenue to budget",
        "budget_attainment_pct",
        "revenue of the plan / revenue of the annual operating plan",
        "executive",
        100.0,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        shared_with=("finance", "sales"),
        needs="tables budget and prices",
    ),
    Kpi(
        "Revenue variance",
        "budget_variance_pct",
        "(revenue of the plan − budget revenue) / budget revenue",
        "finance",
        0.0,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        sign="plan − budget: above 0 where the plan is higher",
        shared_with=("sales", "executive"),
        needs="tables budget and prices",
    ),
    Kpi(
        "Total cost",
        "cost_total_amount",
        "pay, hiring, layoff, production, subcontracting, purchases, transport, holding, backlog, lost sales",
        "operations",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "company",
        Unit.MONEY,
        shared_with=("supply", "procurement", "finance"),
    ),
    Kpi(
        "Purchases",
        "cost_purchase_amount",
        "Σ units bought × unit cost",
        "procurement",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.MONEY,
        shared_with=("finance",),
    ),
    Kpi(
        "Plan margin",
        "margin_plan_amount",
        "revenue − total cost",
        "executive",
        None,
        Direction.UP,
        Kind.LEADING,
        "company",
        Unit.MONEY,
        shared_with=("finance", "sales", "operations"),
        needs="table prices",
    ),
)
