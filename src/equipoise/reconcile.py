"""From standard margin to plan margin: what the plan costs beyond, or below, what its sales cost at standard.

Gross margin takes sales at standard cost; plan margin takes revenue less the total cost of the plan. Between them, each
as its effect on margin (d: standard cost of the location in the bucket, ΔI: change of stock at standard):

* production variance = production at standard − (variable cost + regular pay of all hours used + components)
* overtime premium = −overtime hours × (overtime pay − regular pay)
* under-absorption = −regular hours paid and not used × regular pay
* hiring, layoff and other changes of capacity, at cost
* subcontract premium = subcontracted units at standard − what they cost
* purchase price difference = units bought at standard − what they cost
* freight = −transport
* inventory change = −ΔI: what is built into stock is paid for and not sold
* purchase orders and receipts under way = units that arrive at standard: they fill stock and are no cost of the plan
* transit and revaluation: goods on the way, other standards at the other end of a lane, standards that change, scrap
* holding, backlog, lost sales: notional, in plan margin only

Source: Horngren, Datar & Rajan, Cost Accounting, chapters 7 to 9 (variances; absorption and inventory change).
"""

from dataclasses import dataclass

import numpy as np

from equipoise.core.grid import MONEY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.finance.cash_measures import NOTIONAL
from equipoise.finance.measures import COST_PARTS
from equipoise.plan import Plan
from equipoise.supply.capacity.capacity import read_capacity

VALUED = (
    "cost_regular_amount",
    "cost_overtime_amount",
    "cost_material_amount",
    "cost_subcontract_amount",
    "cost_purchase_amount",
    "cost_transport_amount",
)
"""Parts of the cost with a step of their own; the other real ones are changes of capacity."""


@dataclass(frozen=True)
class Reconciliation:
    """Steps from standard margin to plan margin over the horizon, money on the grid; above 0 raises margin."""

    standard_margin: float
    steps: tuple[tuple[str, float], ...]
    plan_margin: float

    @property
    def residual(self) -> float:
        """What the steps leave unexplained: 0."""
        return self.plan_margin - self.standard_margin - sum(amount for _, amount in self.steps)

    def step(self, name: str) -> float:
        """The amount of a named step."""
        return dict(self.steps)[name]


def reconcile_margin(plan: Plan) -> Reconciliation | None:
    """Why plan margin is not standard margin; None where a price or a standard cost that is needed is unknown."""
    start, end = plan.total("margin_gross_amount"), plan.total("margin_plan_amount")
    stock = _Valued(plan)
    if not np.isfinite([start, end, stock.change, *stock.parts.values()]).all():
        return None
    cost = {part.name: plan.total(part.name) for part in COST_PARTS}
    used, unused, overtime_at_regular = _pay(plan)
    made = cost["cost_material_amount"] + used + overtime_at_regular + stock.parts["components"]
    capacity = sum(amount for name, amount in cost.items() if name not in (*VALUED, *NOTIONAL))
    steps = {
        "production variance": stock.parts["production"] - made,
        "overtime premium": overtime_at_regular - cost["cost_overtime_amount"],
        "under-absorption": -unused,
        "hiring, layoff and changes of capacity": -capacity,
        "subcontract premium": stock.parts["subcontract"] - cost["cost_subcontract_amount"],
        "purchase price difference": stock.parts["purchase"] - cost["cost_purchase_amount"],
        "freight": -cost["cost_transport_amount"],
        "inventory change": -stock.change,
        "receipts under way": stock.parts["receipts"],
        "holding (notional)": -cost["cost_holding_amount"],
        "backlog (notional)": -cost["cost_backlog_amount"],
        "lost sales (notional)": -cost["cost_lost_amount"],
    }
    # What is left is worked out on its own too: the two must meet, then it takes up the rounding of the others.
    left = end - start - sum(steps.values())
    assert abs(left - stock.moved) <= stock.rounding, (
        f"{left:.3f} is left over, transit and revaluation {stock.moved:.3f}"
    )
    steps["transit and revaluation"] = left
    return Reconciliation(start, tuple((name, amount + 0.0) for name, amount in steps.items()), end)


class _Valued:
    """Movements of stock at the standard cost of the location in the bucket, summed over the horizon."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.standard = plan.measure("cost_standard_price").values
        axes = plan.axes
        stock, make, flow = (axes.keys[grain] for grain in (Grain.STOCK, Grain.MAKE, Grain.FLOW))
        fills = row_numbers(stock, make.frame, ("item", "location"))
        leaves = row_numbers(stock, flow.frame, ("item", "from"))
        enters = row_numbers(stock, flow.frame, ("item", "to"))
        self.parts = {
            "production": self._value("production_qty", self._at(fills)),
            "subcontract": self._value("subcontract_qty", self._at(fills)),
            "purchase": self._value("purchase_qty", self._at(fills)),
            "components": self._value("component_use_qty", self.standard),
            "receipts": self._value("receipt_scheduled_qty", self.standard),
        }
        opening, closing = (plan.measure(f"inventory_{side}_qty").values for side in ("opening", "closing"))
        first, last = self._money(opening, self.standard), self._money(closing, self.standard)
        self.change = float(last[:, -1].sum() - first[:, 0].sum())
        # Standards that change revalue what lies in stock at the turn of the bucket.
        revalued = self._money(opening[:, 1:], np.diff(self.standard, axis=1)).sum()
        arrived = self._money(plan.measure("arrival_qty").values, np.where(enters[:, None] >= 0, self._at(enters), 0.0))
        shipped = self._value("shipment_qty", self._at(leaves))
        inside = sum(self.parts.values()) - 2 * self.parts["components"] + float(arrived.sum()) - shipped
        other = float(self._money(closing - opening, self.standard).sum()) - inside
        sold = plan.total("cost_of_sales_amount")
        self.moved = float(revalued) + float(arrived.sum()) - shipped + other + sold
        cells = len(make) * 3 + len(flow) * 3 + len(stock) * 6
        self.rounding = cells * axes.horizon * MONEY_STEP

    def _at(self, rows: IntArray) -> FloatArray:
        """Standard cost of the stock row of each row, [n, T]; unknown where there is none."""
        return np.where((rows >= 0)[:, None], self.standard[rows], np.nan)

    def _value(self, name: str, price: FloatArray) -> float:
        return float(self._money(self.plan.measure(name).values, price).sum())

    @staticmethod
    def _money(quantity: FloatArray, price: FloatArray) -> FloatArray:
        return on_grid(np.where(quantity == 0, 0.0, quantity * price), MONEY_STEP)


def _pay(plan: Plan) -> tuple[float, float, float]:
    """Regular pay of the regular hours used, of those not used, and of the overtime hours, as money on the grid.

    Hours used are load over standard hours per clock hour; overtime counts first where it is worked at all.
    """
    table = plan.snapshot.table
    capacity, _ = read_capacity(
        plan.axes, table("resources"), table("resource_calendar"), table("calendars"), plan.head.as_of
    )
    rate = plan.measure("resource_regular_price").values
    overtime, paid = plan.measure("overtime_hours").values, plan.measure("capacity_paid_hours").values
    worked = plan.measure("capacity_load_hours").values / np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None]
    idle = np.maximum(paid + overtime - worked, 0.0)
    unused = float(on_grid(np.minimum(idle, paid) * rate, MONEY_STEP).sum())
    regular = plan.total("cost_regular_amount")
    return regular - unused, unused, float(on_grid(overtime * rate, MONEY_STEP).sum())
