"""What the budget, the ledger and the month that has begun add to the data dictionary."""

from equipoise.core.measure import Grain, Measure, Term, Unit


def _money(
    name: str, label: str, meaning: str, *, terms: tuple[Term, ...] = (), factors: tuple[str, ...] = ()
) -> Measure:
    return Measure(
        name, Grain.DEMAND, Unit.MONEY, "finance", label, meaning, terms=terms, factors=factors, nullable=True
    )


BUDGET_MEASURES: tuple[Measure, ...] = (
    _money(
        "budget_margin_amount",
        "Budget margin",
        "Gross margin in the chosen budget version, spread like its revenue.",
    ),
    _money(
        "budget_operating_expense_amount",
        "Budget operating expense",
        "Operating expense in the budget: accounts of version budget, else the chosen version of table budget; spread "
        "by the profile of the baseline at net price.",
    ),
    _money(
        "operating_expense_amount",
        "Operating expense",
        "Operating expense of the plan, bucket by bucket from the first that says: accounts of version forecast, "
        "accounts of version budget, table budget. It is no part of the total cost.",
    ),
    _money(
        "revenue_to_date_amount",
        "Revenue to date",
        "Invoiced in the first bucket by as_of, in the first bucket: a fact beside the revenue to go; at net price "
        "where the history gives no revenue.",
    ),
    _money(
        "revenue_unconstrained_amount",
        "Unconstrained revenue",
        "Consensus demand × net price: revenue if supply had no limit.",
        factors=("demand_consensus_qty", "sales_net_price"),
    ),
    _money(
        "budget_gap_unconstrained_amount",
        "Unconstrained gap to budget",
        "Unconstrained revenue less budget revenue: what demand alone leaves open.",
        terms=(Term("revenue_unconstrained_amount"), Term("budget_revenue_amount", -1)),
    ),
)
"""Beside those of `measures.MEASURES`."""
