"""Stage `finance`: the plan in money."""

import numpy as np

from equipoise.core.grid import MONEY_STEP, QUANTITY_STEP, FloatArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel, sum_rows
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.finance.budget import plan_budget
from equipoise.finance.measures import COST_PARTS, MEASURES

STATE_ROUNDING = 4
"""Flows in a bucket whose rounding one state takes up, generously."""


def plan_finance(inputs: Inputs) -> Section:
    """Costs, revenue, margin, stock value and the gap to budget, [N, T] of their grains, money on the grid.

    Unknown prices and standard costs leave NaN only where a quantity needs them: nothing served earns nothing.
    """
    measures: dict[Grain, dict[str, FloatArray]] = {grain: {} for grain in Grain}
    for measure in MEASURES:
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
    sales = measures[Grain.DEMAND]
    sales["cost_of_sales_amount"] = cost_of_sales(inputs)
    sales["margin_gross_amount"] = sales["revenue_amount"] - sales["cost_of_sales_amount"]
    budget = plan_budget(inputs)
    sales["budget_qty"], sales["budget_revenue_amount"] = budget.quantity, budget.revenue
    sales["budget_gap_amount"] = sales["revenue_amount"] - budget.revenue
    panels = tuple(Panel(inputs.keys(grain), values) for grain, values in measures.items())
    return Section("finance", panels, findings=budget.findings)


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
    objective = inputs.sections["supply"].facts["objective_amount"]
    assert isinstance(objective, float)
    assert abs(shown - objective) <= 1e-6 * abs(objective) + rounding, (
        f"the plan costs {shown:.6f} by its quantities, but the optimizer found {objective:.6f}"
    )
