"""Cash and expense: the months in which what is paid was invoiced, and the ledger's rows."""

from datetime import date

import polars as pl

from equipoise.core.stage import Inputs
from equipoise.explain.cell import Cell, Why
from equipoise.explain.node import MOST_CHILDREN, Node, known, number, shortened
from equipoise.explain.rows import asked_of, in_bucket, rows_of
from equipoise.explain.source import matching, row_node, rows_node
from equipoise.finance.accounts import sort_of
from equipoise.finance.cash import PayDays, invoices_due, invoices_sent
from equipoise.finance.expense import EXPENSES
from equipoise.finance.payment_lag import Invoices
from equipoise.finance.payment_terms import read_terms
from equipoise.finance.purchase_orders import read_purchase_orders
from equipoise.plan import Plan
from equipoise.stages import STAGES


def _inputs(plan: Plan) -> Inputs:
    (stage,) = (stage for stage in STAGES if stage.name == "finance")
    return Inputs(stage, plan.snapshot, plan.axes, plan.policy, (), plan.sections)


def received(cell: Cell, why: Why) -> Node:
    """Receipts by the span in which they were invoiced."""
    inputs = _inputs(cell.plan)
    if not inputs.has("terms"):
        return _without_terms(cell)
    pays = PayDays.of(inputs.axes.calendar, inputs.snapshot.head.as_of)
    terms = read_terms(inputs.axes, inputs.table("terms"), begins=pays.begins)
    revenue = cell.plan.measure("revenue_amount").values
    return _paid(cell, why, pays, invoices_sent(inputs, terms, pays, revenue)[0], "revenue_amount")


def paid(cell: Cell, why: Why) -> Node:
    """Payments to suppliers by the span in which they invoiced."""
    inputs = _inputs(cell.plan)
    if not inputs.has("terms"):
        return _without_terms(cell)
    pays = PayDays.of(inputs.axes.calendar, inputs.snapshot.head.as_of)
    terms = read_terms(inputs.axes, inputs.table("terms"), begins=pays.begins)
    bought = [cell.plan.measure(name).values for name in ("cost_purchase_amount", "cost_subcontract_amount")]
    orders = read_purchase_orders(inputs, begins=pays.begins)
    return _paid(cell, why, pays, invoices_due(inputs, terms, pays, bought[0] + bought[1], orders)[0], "")


def _without_terms(cell: Cell) -> Node:
    return Node("Source", cell.value, f"{cell.text}: table terms says nothing. {cell.measure.meaning}")


def _paid(cell: Cell, why: Why, pays: PayDays, invoices: list[Invoices], invoiced: str) -> Node:
    """One child for each span and terms of which something is paid in the bucket; `invoiced` is what they are of."""
    calendar, children = cell.plan.axes.calendar, []
    column = "receivable_days" if invoiced else "payable_days"
    rows = cell.plan.snapshot.traced("terms").sort("company", "date").head(MOST_CHILDREN)
    terms = tuple(row_node(cell.plan, "terms", row, column) for row in rows.iter_rows(named=True))
    for sent in invoices:
        mine = Invoices(sent.amounts[cell.rows], sent.spans, sent.days)
        for place, (span, days) in enumerate(zip(sent.spans, sent.days.tolist(), strict=True)):
            one = Invoices(mine.amounts[:, [place]], sent.spans[[place]], sent.days[[place]])
            amount = float(one.paid(pays.edges)[:, cell.bucket].sum())
            if amount == 0:
                continue
            month = calendar.index_of(date.fromordinal(int(span[0])))
            when = calendar.label(month) if month >= 0 else f"{calendar.label(month)}, before the plan"
            of = cell.words(known(float(mine.amounts[:, place].sum())))
            text = f"part of {of} invoiced in {when}, paid {number(days)} days later"
            below = (why(cell.of(invoiced, lag=cell.bucket - month)),) if invoiced and month >= 0 else terms
            children.append(Node("Product", known(amount), text, below))
    return Node("Postings", cell.value, cell.text, shortened(children, "other invoices"))


def opening_cash(cell: Cell, why: Why) -> Node:
    """The balances of table terms."""
    frame = cell.plan.snapshot.table("terms").filter(pl.col("opening_cash").is_not_null())
    if frame.height == 0:
        return Node("Source", cell.value, f"{cell.text}: table terms gives no opening_cash")
    return rows_node(cell.plan, "terms", frame, "opening_cash", text=cell.text, amount=cell.value)


LEDGER = {
    "operating_expense_amount": (EXPENSES, ("forecast", "budget")),
    "cash_expense_amount": (("operating_expense",), ("forecast", "budget")),
    "cash_capex_amount": (("capex",), ("forecast", "budget")),
    "budget_operating_expense_amount": (EXPENSES, ("budget",)),
}
"""Sorts of accounts behind a measure, and the versions of which the first that speaks of the bucket holds."""


def ledger(cell: Cell, why: Why) -> Node:
    """The rows of the ledger behind an expense, else the budget's."""
    sorts, versions = LEDGER[cell.name]
    frame = in_bucket(cell, "accounts", matching(cell.plan, "accounts", asked_of(cell, "accounts")))
    mine = [sort_of(account) in sorts for account in frame["account"].to_list()]
    frame = frame.filter(pl.Series(mine, dtype=pl.Boolean))
    for version in versions:
        rows = frame.filter(pl.col("version") == version)
        if rows.height:
            return rows_node(cell.plan, "accounts", rows, "amount", text=cell.text, amount=cell.value)
    if cell.name == "cash_capex_amount":
        return Node("Source", cell.value, f"{cell.text}: no account says. {cell.measure.meaning}")
    return rows_of(cell, "budget", "operating_expense_amount")
