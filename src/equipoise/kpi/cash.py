"""Cash KPIs that stand ready for stage `finance` to tell closing receivables and payables.

They are not in the dictionary yet. Once finance declares `receivable_closing_amount` and `payable_closing_amount`, add
`*cash.MEASURES` in `measures.py` and `*cash.KPIS` in `catalogue.py`, and nothing else; then delete WAITS_FOR.
"""

from equipoise.core.measure import Grain, Measure, OverTime, Per, Term, Unit
from equipoise.kpi.declare import ratio
from equipoise.kpi.entry import Direction, Kind, Kpi

WAITS_FOR = ("receivable_closing_amount", "payable_closing_amount")
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
)

_TERMS = "table terms, and tables inventory, costs and prices"

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
)
