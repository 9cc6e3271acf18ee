"""Cash: when revenue is received and purchases are paid, and what the plan owes and is owed at each close.

* receipts = revenue, `receivable_days` after it was invoiced; receivables = opening + revenue − receipts
* paid for purchases = purchases, subcontracting and purchase orders under way, `payable_days` after they arrive;
  payables = opening + those − paid
* pay, hiring, layoff, variable production cost and freight are paid in their bucket, and so are operating expense and
  capital expenditure, where the ledger or the budget gives them
* holding, backlog and lost sales are notional and never cash; neither is standard cost

A month that has begun is paid from the day after as_of on: receivables, payables and cash open on that day. The company
that invoices a market is the one whose locations serve it; with several, revenue goes by their arrivals.

Source: Brealey, Myers & Allen, Principles of Corporate Finance, short-term financial planning (sources and uses of
cash, lagged collections).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from equipoise.core.calendar import Calendar
from equipoise.core.finding import Finding
from equipoise.core.grid import MONEY_STEP, FloatArray, on_grid, split
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import sum_rows
from equipoise.core.stage import Inputs
from equipoise.finance.findings import NO_PURCHASE_HISTORY, NO_REVENUE_HISTORY
from equipoise.finance.payment_lag import Invoices, spans_of
from equipoise.finance.payment_terms import PaymentTerms, read_terms
from equipoise.finance.purchase_orders import PurchaseOrders, read_purchase_orders


@dataclass(frozen=True, eq=False)
class Cash:
    """Measures by grain, [N, T] each, and what was found; NaN without terms of payment."""

    demand: dict[str, FloatArray]
    make: dict[str, FloatArray]
    stock: dict[str, FloatArray]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class PayDays:
    """Day numbers between which money moves: bucket edges [T + 1] from the first day that is still to go."""

    edges: FloatArray
    begins: date

    @staticmethod
    def of(calendar: Calendar, as_of: date) -> "PayDays":
        """The plan's buckets; one that has begun starts on the day after as_of, at the latest on its last day."""
        begins = min(max(calendar.start_of(0), as_of + timedelta(days=1)), calendar.end_of(0))
        starts = [begins, *(calendar.start_of(bucket) for bucket in range(1, calendar.horizon + 1))]
        return PayDays(np.array([float(day.toordinal()) for day in starts]), begins)


def plan_cash(inputs: Inputs, *, revenue: FloatArray, purchases: FloatArray) -> Cash:
    """Receipts and receivables of the demand rows, payments and payables of the make rows, cash at the start.

    `revenue` [N, T] and `purchases` [M, T] (subcontracting and purchases together) are those of the plan.
    """
    pays = PayDays.of(inputs.axes.calendar, inputs.snapshot.head.as_of)
    orders = read_purchase_orders(inputs, begins=pays.begins)
    findings: list[Finding] = [*orders.findings]
    if inputs.has("terms"):
        terms = read_terms(inputs.axes, inputs.table("terms"), begins=pays.begins)
        sold, found = invoices_sent(inputs, terms, pays, revenue)
        received, owed = _settled(sold, pays, revenue)
        bought, noted = invoices_due(inputs, terms, pays, purchases, orders)
        paid, owing = _settled(bought, pays, purchases + orders.arriving)
        opening = _opening(inputs, terms)
        findings = [*terms.findings, *found, *noted, *findings]
    else:
        received = owed = np.full(revenue.shape, np.nan)
        paid = owing = np.full(purchases.shape, np.nan)
        opening = np.full((len(inputs.keys(Grain.STOCK)), inputs.axes.horizon), np.nan)
    return Cash(
        {"cash_receipts_amount": received, "receivable_closing_amount": owed},
        {
            "cash_purchases_amount": paid,
            "payable_closing_amount": owing,
            "purchase_order_amount": orders.arriving,
        },
        {"cash_opening_amount": opening},
        tuple(findings),
    )


def _settled(invoices: list[Invoices], pays: PayDays, invoiced: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Paid in each bucket, and owed at its end: opening + invoiced − paid, [N, T] each."""
    paid, owed = np.zeros(invoiced.shape), np.zeros(len(invoiced))
    for sent in invoices:
        paid += sent.paid(pays.edges)
        owed += sent.owed(float(pays.edges[0]))
    return paid, owed[:, None] + np.cumsum(invoiced - paid, axis=1)


def invoices_sent(
    inputs: Inputs, terms: PaymentTerms, pays: PayDays, revenue: FloatArray
) -> tuple[list[Invoices], list[Finding]]:
    """Revenue of the plan and of the days before it, by the company that invoices it."""
    past, spans, findings = _past_revenue(inputs, pays, revenue, terms.longest("receivable_days"))
    invoices = []
    for company, invoiced, before in _by_company(revenue, past, company_shares(inputs, terms)):
        for amounts, over in ((invoiced, spans_of(pays.edges)), (before, spans)):
            days = terms.in_force(company, "receivable_days", _first_days(over))
            invoices.append(Invoices(amounts, over, days))
    return invoices, findings


def _by_company(revenue: FloatArray, past: FloatArray, shares: FloatArray) -> list[tuple[int, FloatArray, FloatArray]]:
    """Revenue [N, T] and past revenue [N, K] of each company, whose parts sum to the whole on the grid."""
    if len(shares) == 1:
        return [(0, revenue, past)]
    until = np.cumsum(shares, axis=0)
    until[-1] = 1.0
    mean = until.mean(axis=2, keepdims=True)
    now = [np.zeros(revenue.shape), *(on_grid(revenue * share, MONEY_STEP) for share in until)]
    then = [np.zeros(past.shape), *(on_grid(past * share, MONEY_STEP) for share in mean)]
    return [(c, now[c + 1] - now[c], then[c + 1] - then[c]) for c in range(len(shares))]


def company_shares(inputs: Inputs, terms: PaymentTerms) -> FloatArray:
    """Share of each company in the arrivals of each demand row, [C, N, T]; the first company where nothing arrives."""
    count = len(terms.companies)
    keys, horizon = inputs.keys(Grain.DEMAND), inputs.axes.horizon
    if count == 1:
        return np.ones((1, len(keys), horizon))
    flow = inputs.keys(Grain.FLOW)
    sold = row_numbers(keys, flow.frame, ("item", "to"))
    company = terms.of_location[flow.column("from")]
    arrivals = np.maximum(inputs.measure("arrival_qty"), 0.0)
    parts = np.stack([sum_rows(arrivals, np.where(company == c, sold, -1), len(keys)) for c in range(count)])
    total = parts.sum(axis=0)
    parts[0] = np.where(total == 0, 1.0, parts[0])
    share: FloatArray = parts / np.where(total == 0, 1.0, total)
    return share


def _past_revenue(
    inputs: Inputs, pays: PayDays, revenue: FloatArray, longest: float
) -> tuple[FloatArray, FloatArray, list[Finding]]:
    """What was invoiced before the plan begins and may still be owed: [N, K] over spans of days [K, 2].

    Closed buckets and the days to date from sales_history; days that it does not reach, and all of them where it gives
    no revenue, at the plan's mean daily revenue.
    """
    axes, as_of = inputs.axes, inputs.snapshot.head.as_of
    keys, begins = inputs.keys(Grain.DEMAND), pays.begins
    daily = np.nan_to_num(revenue).sum(axis=1) / float(pays.edges[-1] - pays.edges[0])
    from_day = begins - timedelta(days=int(np.ceil(longest)))
    first, last = axes.calendar.index_of(from_day), axes.calendar.index_of(begins - timedelta(days=1))
    if from_day >= begins:
        return np.zeros((len(keys), 0)), np.zeros((0, 2)), []
    history = inputs.table("sales_history").filter(
        (pl.col("date") <= as_of) & (pl.col("date") >= axes.calendar.start_of(first))
    )
    if history["revenue_amount"].is_null().all():
        spans = np.array([[float(from_day.toordinal()), pays.edges[0]]])
        message = f"{longest:g} days of revenue before {begins} are taken at the plan's mean daily revenue"
        found = [NO_REVENUE_HISTORY.found("table sales_history", message)]
        return on_grid(daily[:, None] * float(spans[0, 1] - spans[0, 0]), MONEY_STEP), spans, found
    rows = row_numbers(keys, history, ("item", "market"))
    invoiced = bucketed(axes, history, "revenue_amount", rows, len(keys), first=first, last=last + 1)
    known = min(as_of + timedelta(days=1), begins)
    spans_, amounts = [], []
    for number, bucket in enumerate(range(first, last + 1)):
        start = axes.calendar.start_of(bucket)
        end = min(axes.calendar.start_of(bucket + 1), known)
        if start < end:
            spans_.append((start, end))
            amounts.append(on_grid(invoiced[:, number], MONEY_STEP))
    if known < begins:
        spans_.append((known, begins))
        amounts.append(on_grid(daily * (begins - known).days, MONEY_STEP))
    spans = np.array([[float(start.toordinal()), float(end.toordinal())] for start, end in spans_])
    return np.stack(amounts, axis=1), spans, []


def invoices_due(
    inputs: Inputs, terms: PaymentTerms, pays: PayDays, purchases: FloatArray, orders: PurchaseOrders
) -> tuple[list[Invoices], list[Finding]]:
    """Purchases of the plan and of the days before it, each make row at the terms of its location's company.

    Where no order received lately is listed, the days before are at the plan's mean daily purchases.
    """
    company = terms.of_location[inputs.keys(Grain.MAKE).column("location")]
    longest = int(np.ceil(terms.longest("payable_days")))
    past, spans, findings = orders.past, orders.past_spans, []
    if not orders.is_known:
        spans = np.array([[pays.edges[0] - longest, pays.edges[0]]]) if longest else np.zeros((0, 2))
        daily = purchases.sum(axis=1) / float(pays.edges[-1] - pays.edges[0])
        past = on_grid(daily[:, None] * longest, MONEY_STEP)[:, : len(spans)]
        if past.any():
            message = f"{longest} days of purchases before {pays.begins} are taken at the plan's mean daily purchases"
            findings = [NO_PURCHASE_HISTORY.found("table receipts", message)]
    invoices = []
    for number in sorted(set(company.tolist())):
        mine = (company == number)[:, None]
        for amounts, over in ((purchases + orders.arriving, spans_of(pays.edges)), (past, spans)):
            days = terms.in_force(number, "payable_days", _first_days(over))
            invoices.append(Invoices(np.where(mine, amounts, 0.0), over, days))
    return invoices, findings


def _first_days(spans: FloatArray) -> list[date]:
    return [date.fromordinal(int(begin)) for begin in spans[:, 0].tolist()]


def _opening(inputs: Inputs, terms: PaymentTerms) -> FloatArray:
    """Cash at the start in the first bucket, in equal parts over the stock rows of each company, [N, T]."""
    company = terms.of_location[inputs.keys(Grain.STOCK).column("location")]
    opening = np.zeros((len(company), inputs.axes.horizon))
    if np.isnan(terms.opening).any():
        opening[:, 0] = np.nan
        return opening
    for number, cash in enumerate(terms.opening.tolist()):
        mine = company == number
        rows = mine if mine.any() else np.ones(len(company), dtype=np.bool_)  # its cash is the group's all the same
        opening[:, 0] += split(cash, rows.astype(np.float64), step=MONEY_STEP)
    return opening
