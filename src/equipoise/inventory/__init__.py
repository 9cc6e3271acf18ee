"""Inventory: how much stock is right, and how much there will be.

In S&OP words: safety stock stands against the error of the forecast over lead time and review period, cycle stock
against the size of lots, and the projection says month by month whether stock stays in its band.

Inputs: inventory, inventory_policy; lead times of routings, purchasing and lanes; the forecast's error and the demand
by location. Outputs: `inventory_start_qty`, `inventory_safety_qty`, `inventory_target_qty` (stage stock_targets, before
supply), opening, inbound, outbound and closing stock, how likely it runs out and how short (stage inventory, after it).

* safety stock, the first that is given: safety_stock_qty; safety_days of coming demand; fill_rate_pct;
  service_level_pct; the policy knob service_level_pct. The last three are statistical, only where customers are served
  from stock: z·√((L + R)·σ² + d²·σ_LT²), Heizer, Render & Munson chapter 12, Chopra & Meindl chapter 12
* target stock = safety stock + half a lot or half the use of a review period, or target_days of coming demand
* stock at start = counted + receipts until start − demand until start, where it was counted before the plan's eve
* closing = opening + inbound − outbound, bit for bit
* chance of a stockout = P(error of the forecast > closing stock less what markets wait for), `stockout_risk`

>>> from equipoise.inventory.safety_stock import safety_stock, service_factor
>>> round(float(safety_stock(z=service_factor(90.0), sigma_d=500.0, L=2.0)))
906
"""

from equipoise.inventory.plan_inventory import check_inventory, plan_inventory
from equipoise.inventory.plan_targets import plan_targets

__all__ = ["check_inventory", "plan_inventory", "plan_targets"]
