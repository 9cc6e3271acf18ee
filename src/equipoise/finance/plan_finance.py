"""Stage `finance`: the plan in money."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import bucketed, row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel, sum_rows
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.finance.budget import Profile, plan_budget
from equipoise.finance.budget_measures import BUDGET_MEASURES
from equipoise.finance.cash import PayDays, plan_cash
from equipoise.finance.cash_measures import CASH_MEASURES
from equipoise.finance.expense import plan_expense
from equipoise.finance.measures import COST_PARTS, MEASURES

ALL_MEASURES = (*MEASURES, *BUDGET_MEASURES, *CASH_MEASURES)
"""All that the stage makes, and the sums without rows."""

STATE_ROUNDING = 4
"""Flows in a bucket whose rounding one state takes up, generously."""


def plan_finance(inputs: Inputs) -> Section:
    """Costs, revenue, margin, stock value, budget and cash, [N, T] of their grains, money on the grid.

    Unknown prices and standard costs leave NaN only where a quantity needs them: nothing served earns nothing.
    """
    measures: dict[Grain, dict[str, FloatArray]] = {grain: {} for grain in Grain}
    for measure in ALL_MEASURES:
        if measure.factors:
            assert measure.grain is not None
            quantity, price = (inputs.measure(factor) for factor in measure.factors)
            measures[measure.grain][measure.name] = money(quantity, price)
    hours = measures[Grain.RESOURCE]
    hours["cost_rate_change_amount"] = hours["cost_rate_up_amount"] + hours["cost_rate_down_amount"]
    measures[Grain.STOCK]["cost_holding_amount"] = money(stock_held(inputs), inputs.measure("cost_holding_price"))
    if inputs.sections["inventory"].facts["start"] == "assumed":
        # Without a count of stock its value would be money nobody has seen (tables.md, Defaults).
        measures[Grain.STOCK]["inventory_value_amount"][:] = np.nan
        measures[Grain.STOCK]["inventory_excess_amount"][:] = np.nan
    sales = measures[Grain.DEMAND]
    sales["cost_of_sales_amount"] = cost_of_sales(inputs)
    sales["margin_gross_amount"] = sales["revenue_amount"] - sales["cost_of_sales_amount"]
    sales["revenue_to_date_amount"] = revenue_to_date(inputs)
    profile = Profile.of(
        baseline=inputs.measure("demand_baseline_qty"),
        price=inputs.measure("sales_net_price"),
        active_ratio=inputs.measure("demand_active_ratio"),
    )
    budget = plan_budget(inputs, profile)
    expense = plan_expense(
        inputs, profile, budgeted=budget.amounts["operating_expense_amount"], to_go=share_to_go(inputs)
    )
    sales |= {
        "budget_qty": budget.amounts["quantity"],
        "budget_revenue_amount": budget.amounts["revenue_amount"],
        "budget_margin_amount": budget.amounts["margin_amount"],
        "budget_operating_expense_amount": expense.budget,
        "operating_expense_amount": expense.operating,
        "cash_expense_amount": expense.paid,
        "cash_capex_amount": expense.capex,
    }
    for name in ("budget_gap_amount", "budget_gap_unconstrained_amount"):
        sales[name] = sum_of_terms(name, sales)
    bought = measures[Grain.MAKE]["cost_purchase_amount"] + measures[Grain.MAKE]["cost_subcontract_amount"]
    cash = plan_cash(inputs, revenue=sales["revenue_amount"], purchases=bought)
    for grain, made in ((Grain.DEMAND, cash.demand), (Grain.MAKE, cash.make), (Grain.STOCK, cash.stock)):
        measures[grain] |= made
    panels = tuple(Panel(inputs.keys(grain), values) for grain, values in measures.items())
    return Section("finance", panels, findings=(*budget.findings, *expense.findings, *cash.findings))


def sum_of_terms(name: str, values: Mapping[str, FloatArray]) -> FloatArray:
    """A measure from its declared terms, all of one grain and bucket."""
    (measure,) = (measure for measure in ALL_MEASURES if measure.name == name)
    total: FloatArray = np.sum([term.sign * values[term.measure] for term in measure.terms], axis=0) + 0.0
    return total


def revenue_to_date(inputs: Inputs) -> FloatArray:
    """What was invoiced in the first bucket by as_of, in the first bucket, [N, T]; at net price where nobody says."""
    axes, as_of = inputs.axes, inputs.snapshot.head.as_of
    to_date = np.zeros((len(inputs.keys(Grain.DEMAND)), axes.horizon))
    if as_of < axes.calendar.start_of(0):
        return to_date
    rows = inputs.table("sales_history").filter(
        (pl.col("date") >= axes.calendar.start_of(0)) & (pl.col("date") <= as_of)
    )
    if rows["revenue_amount"].is_null().all():
        return money(inputs.measure("demand_to_date_qty"), inputs.measure("sales_net_price"))
    numbers = row_numbers(inputs.keys(Grain.DEMAND), rows, ("item", "market"))
    invoiced = bucketed(axes, rows, "revenue_amount", numbers, len(to_date), first=0, last=1)
    to_date[:, 0] = on_grid(invoiced[:, 0], MONEY_STEP)
    return to_date


def share_to_go(inputs: Inputs) -> float:
    """Share of the first bucket's days that lies after as_of, above 0 and at most 1."""
    calendar = inputs.axes.calendar
    edges = PayDays.of(calendar, inputs.snapshot.head.as_of).edges
    return float(edges[1] - edges[0]) / calendar.days(0)


def money(quantity: FloatArray, price: FloatArray) -> FloatArray:
    """quantity × price on the grid of money; 0 of something costs 0 even where its price is not known.

    >>> money(np.array([2.0, 0.0, 1.0]), np.array([1.5, np.nan, np.nan])).tolist()
    [3.0, 0.0, nan]
    """
    return on_grid(np.where(quantity == 0, 0.0, quantity * price), MONEY_STEP)


def stock_held(inputs: Inputs) -> FloatArray:
    """The stock on which holding cost is taken, [N, T]."""
    closing = inputs.measure("inventory_closing_qty")
    if inputs.knob("holding_on") == "closing":
        return closing
    return (inputs.measure("inventory_opening_qty") + closing) / 2


def cost_of_sales(inputs: Inputs) -> FloatArray:
    """Arrivals at each market at the standard cost of where they came from, [demand rows, T]."""
    flows = inputs.keys(Grain.FLOW).frame
    source = row_numbers(inputs.keys(Grain.STOCK), flows, ("item", "from"))
    sold = row_numbers(inputs.keys(Grain.DEMAND), flows, ("item", "to"))
    standard = inputs.measure("cost_standard_price")[source]
    standard[source < 0] = np.nan
    return sum_rows(money(inputs.measure("arrival_qty"), standard), sold, len(inputs.keys(Grain.DEMAND)))


def check_finance(inputs: Inputs, section: Section) -> None:
    """The money that is shown, summed from the plan's quantities on the grid, is what the optimizer minimized.

    The cost parts, without penalties, equal `objective_amount` to 1e-6 relative, beyond what rounding of quantities and
    money to the grid can make.
    """
    shown, rounding = 0.0, 0.0
    for measure in COST_PARTS:
        amounts = section.panel_of(measure.name)[measure.name]
        shown += float(amounts.sum())
        rounding += amounts.size * MONEY_STEP / 2
        if measure.factors:
            rounding += float(inputs.measure(measure.factors[1]).sum()) * QUANTITY_STEP
    for name in ("resource_rate_up_price", "resource_rate_down_price"):
        rounding += float(inputs.measure(name).sum()) * QUANTITY_STEP * STATE_ROUNDING
    # Stock and backlog are recomputed from flows, so they take up the rounding of every flow before them.
    for price in ("cost_holding_price", "cost_backlog_price"):
        rounding += float(inputs.measure(price).sum()) * QUANTITY_STEP * STATE_ROUNDING * inputs.axes.horizon
    # So is a workforce, from those hired and laid off, each to the nearest step: a worker is the pay of all its hours.
    hours, workers = inputs.measure("capacity_paid_hours"), inputs.measure("workforce_count")
    each = np.divide(hours, workers, out=np.zeros(hours.shape), where=workers > 0)
    rounding += float((each * inputs.measure("resource_regular_price")).sum()) * QUANTITY_STEP * inputs.axes.horizon
    facts = inputs.sections["supply"].facts
    objective, of_hours = facts["objective_amount"], facts["rounding_amount"]
    assert isinstance(objective, float) and isinstance(of_hours, float)
    rounding += of_hours
    assert abs(shown - objective) <= 1e-6 * abs(objective) + rounding, (
        f"the plan costs {shown:.6f} by its quantities, but the optimizer found {objective:.6f}"
    )


def check_cash(inputs: Inputs, section: Section) -> None:
    """Receivables and payables move by what is invoiced less what is paid, bit for bit.

    Where what is invoiced is not known, for a price is missing, what is owed is not known from that bucket on: the sums
    after it hold the unknown, also in buckets whose own movement is known.
    """
    sides = (
        ("receivable_closing_amount", ("revenue_amount",), "cash_receipts_amount"),
        (
            "payable_closing_amount",
            ("cost_purchase_amount", "cost_subcontract_amount", "purchase_order_amount"),
            "cash_purchases_amount",
        ),
    )
    for name, invoiced, paid in sides:
        panel = section.panel_of(name)
        moved = np.sum([panel[part] for part in invoiced], axis=0) - panel[paid]
        change = np.diff(panel[name], axis=1)
        unknown = np.logical_or.accumulate(np.isnan(moved), axis=1)
        assert np.array_equal(np.isnan(panel[name]), unknown), f"{name} is not unknown just from the first unknown on"
        known = ~unknown[:, 1:]
        assert np.array_equal(change[known], moved[:, 1:][known]), f"{name} does not move by what is invoiced and paid"
