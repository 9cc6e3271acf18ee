"""KPIs that stand ready for stage `finance` to tell receivables, payables, excess stock and the budget's margin.

They are not in the dictionary yet. Once finance declares the measures of WAITS_FOR, add `*waiting.MEASURES` in
`measures.py` and `*waiting.KPIS` in `catalogue.py`, and nothing else; then WAITS_FOR has done its work.
"""

from equipoise.core.measure import Grain, Measure, OverTime, Per, Term, Unit
from equipoise.kpi.declare import ratio
from equipoise.kpi.entry import Direction, Kind, Kpi

WAITS_FOR = (
    "receivable_closing_amount",
    "payable_closing_amount",
    "inventory_excess_amount",
    "budget_margin_amount",
)
"""Measures that these are made of and that finance is to declare."""

MEASURES: tuple[Measure, ...] = (
    ratio(
        "receivable_outstanding_days",
        Grain.DEMAND,
        Unit.DAYS,
        "Days sales outstanding (DSO)",
        "Closing receivables / revenue × days of the buckets.",
        of=("receivable_closing_amount", "revenue_amount"),
        per=Per.DAYS,
    ),
    ratio(
        "payable_outstanding_days",
        Grain.MAKE,
        Unit.DAYS,
        "Days payables outstanding (DPO)",
        "Closing payables / cost of sales × days of the buckets.",
        of=("payable_closing_amount", "cost_of_sales_amount"),
        per=Per.DAYS,
    ),
    Measure(
        "cash_to_cash_days",
        None,
        Unit.DAYS,
        "kpis",
        "Cash-to-cash cycle",
        "DIO + DSO − DPO: days from paying for material to being paid for goods.",
        OverTime.NONE,
        terms=(
            Term("inventory_outstanding_days"),
            Term("receivable_outstanding_days"),
            Term("payable_outstanding_days", -1),
        ),
        nullable=True,
    ),
    ratio(
        "inventory_excess_pct",
        Grain.STOCK,
        Unit.PERCENT,
        "Excess share",
        "Excess stock / closing stock, both at standard cost.",
        of=("inventory_excess_amount", "inventory_value_amount"),
    ),
    Measure(
        "margin_gap_amount",
        None,
        Unit.MONEY,
        "kpis",
        "Margin gap to budget",
        "Gross margin less budget margin; below 0 where the plan falls short.",
        terms=(Term("margin_gross_amount"), Term("budget_margin_amount", -1)),
        nullable=True,
    ),
    ratio(
        "margin_variance_pct",
        Grain.DEMAND,
        Unit.PERCENT,
        "Margin variance",
        "(Gross margin of the plan − budget margin) / budget margin: below 0 where the plan falls short.",
        of=("margin_gap_amount", "budget_margin_amount"),
    ),
)

_TERMS = "table terms, what was invoiced before (sales_history), and tables inventory, costs and prices"

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "Days sales outstanding",
        "receivable_outstanding_days",
        "closing receivables / revenue × days",
        "finance",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "company",
        Unit.DAYS,
        shared_with=("sales",),
        needs=_TERMS,
    ),
    Kpi(
        "Days payables outstanding",
        "payable_outstanding_days",
        "closing payables / cost of sales × days",
        "finance",
        None,
        Direction.UP,
        Kind.LEADING,
        "company",
        Unit.DAYS,
        shared_with=("procurement",),
        needs=_TERMS,
    ),
    Kpi(
        "Cash-to-cash cycle",
        "cash_to_cash_days",
        "DIO + DSO − DPO",
        "finance",
        None,
        Direction.DOWN,
        Kind.LEADING,
        "company",
        Unit.DAYS,
        sign="days of own money in the chain: below 0 where customers pay before suppliers are paid",
        shared_with=("executive", "sales", "procurement", "supply"),
        needs=_TERMS,
    ),
    Kpi(
        "Excess stock",
        "inventory_excess_pct",
        "stock above its maximum or beyond what can still be sold / closing stock, at standard cost",
        "product",
        5.0,
        Direction.DOWN,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        shared_with=("supply", "finance"),
        needs="tables inventory and costs, and a maximum, shelf life or end date",
    ),
    Kpi(
        "Margin variance",
        "margin_variance_pct",
        "(gross margin of the plan − budget margin) / budget margin",
        "finance",
        0.0,
        Direction.UP,
        Kind.LEADING,
        "family",
        Unit.PERCENT,
        sign="plan − budget: above 0 where the plan is higher",
        shared_with=("product", "sales", "executive"),
        needs="column margin_amount in table budget, and tables prices and costs",
    ),
)
