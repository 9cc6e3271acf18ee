"""What working capital and cash add to the data dictionary."""

from equipoise.core.measure import Grain, Measure, OverTime, Term, Unit
from equipoise.finance.measures import COST_PARTS

NOTIONAL = ("cost_holding_amount", "cost_backlog_amount", "cost_lost_amount")
"""Parts of the total cost that nobody pays: never cash, never in the profit and loss statement."""
LAGGED = ("cost_purchase_amount", "cost_subcontract_amount")
"""Parts that suppliers are paid for some days later."""
PAID_AT_ONCE = tuple(part.name for part in COST_PARTS if part.name not in (*NOTIONAL, *LAGGED))
"""Parts that are paid in their bucket."""


def _money(
    name: str,
    grain: Grain | None,
    label: str,
    meaning: str,
    over_time: OverTime = OverTime.SUM,
    *,
    terms: tuple[Term, ...] = (),
    factors: tuple[str, ...] = (),
    nullable: bool = True,
) -> Measure:
    return Measure(
        name, grain, Unit.MONEY, "finance", label, meaning, over_time, terms=terms, factors=factors, nullable=nullable
    )


CASH_MEASURES: tuple[Measure, ...] = (
    _money(
        "cash_receipts_amount",
        Grain.DEMAND,
        "Cash received",
        "Revenue by the bucket in which customers pay: receivable_days after it was invoiced, split by days; unknown "
        "without terms of payment.",
    ),
    _money(
        "receivable_closing_amount",
        Grain.DEMAND,
        "Receivables",
        "Invoiced and not yet paid by customers at the end of the bucket: opening + revenue − cash received, exactly.",
        OverTime.LAST,
        terms=(
            Term("receivable_closing_amount", 1, 1),
            Term("revenue_amount"),
            Term("cash_receipts_amount", -1),
        ),
    ),
    _money(
        "purchase_order_amount",
        Grain.MAKE,
        "Purchase orders arriving",
        "Purchase orders that were under way before the plan, at the unit cost of their supplier, by the bucket in "
        "which they are due: owed, and no part of the plan's cost.",
        nullable=False,
    ),
    _money(
        "cash_purchases_amount",
        Grain.MAKE,
        "Paid for purchases",
        "Purchases, subcontracting and arriving purchase orders by the bucket in which suppliers are paid: "
        "payable_days after they arrive, split by days; unknown without terms of payment.",
    ),
    _money(
        "payable_closing_amount",
        Grain.MAKE,
        "Payables",
        "Owed to suppliers at the end of the bucket: opening + purchases, subcontracting and arriving purchase orders "
        "− paid for purchases, exactly.",
        OverTime.LAST,
        terms=(
            Term("payable_closing_amount", 1, 1),
            Term("cost_purchase_amount"),
            Term("cost_subcontract_amount"),
            Term("purchase_order_amount"),
            Term("cash_purchases_amount", -1),
        ),
    ),
    _money(
        "cash_expense_amount",
        Grain.DEMAND,
        "Operating expense paid",
        "Operating expense without depreciation, paid in its bucket; of a bucket that has begun the days to go. 0 "
        "where none is given.",
        nullable=False,
    ),
    _money(
        "cash_capex_amount",
        Grain.DEMAND,
        "Capital expenditure",
        "Capital expenditure of the ledger, version forecast, else budget, paid in its bucket. 0 where none is given.",
        nullable=False,
    ),
    _money(
        "cash_opening_amount",
        Grain.STOCK,
        "Cash at the start",
        "Opening cash of each company in the first bucket, 0 in all others; in equal parts over its stock rows, which "
        "mean nothing one by one. Unknown where a company does not say.",
    ),
    _money(
        "cash_flow_amount",
        None,
        "Cash flow",
        "Cash received less what is paid: purchases, pay, hiring, layoff, variable production cost, freight, operating "
        "expense and capital expenditure. Holding, backlog and lost sales are notional and never cash.",
        terms=(
            Term("cash_receipts_amount"),
            Term("cash_purchases_amount", -1),
            *(Term(name, -1) for name in PAID_AT_ONCE),
            Term("cash_expense_amount", -1),
            Term("cash_capex_amount", -1),
        ),
    ),
    _money(
        "cash_closing_amount",
        None,
        "Cash",
        "Cash at the end of the bucket: cash at the start and all cash flows so far; unknown without opening cash.",
        OverTime.LAST,
        terms=(Term("cash_opening_amount"), Term("cash_flow_amount")),
    ),
    _money(
        "inventory_excess_amount",
        Grain.STOCK,
        "Excess stock value",
        "Excess stock × standard cost; unknown where it has no standard cost, and without a count of stock.",
        OverTime.LAST,
        factors=("inventory_excess_qty", "cost_standard_price"),
    ),
)
"""Working capital and cash."""
