"""Finance: what the plan costs and earns, beside what was budgeted.

In S&OP words: one set of numbers in units and in money. Stage `prices` comes early, because price moves demand and cost
moves supply; stage `finance` comes late and values what was planned.

Inputs: prices, costs, service_costs, exchange_rates, budget, accounts, terms; the cost columns of resources, routings,
subcontracting, purchasing and lanes. Outputs: the rates of stage prices (`measures.PRICE_MEASURES`) and the amounts of
stage finance (`plan_finance.ALL_MEASURES`).

* revenue = Σ served × net price; net price = price × (1 − rebate)
* cost of sales = Σ arrivals × standard cost where they came from; gross margin = revenue − cost of sales
* total cost = regular and overtime pay + hiring + layoff + variable production cost + subcontracting + purchases +
  transport + holding + backlog + lost sales: the optimizer's objective, from the quantities of the plan. Standard cost
  is not in it: it values stock and sales. Holding, backlog and lost sales are notional and stay out of the profit and
  loss statement (Chopra & Meindl, Supply Chain Management, aggregate planning).
* gap to budget = revenue − budget; the bridge to budget splits it by price, volume, mix, currency and cost and leaves
  nothing
* cash = cash at the start + receipts lagged by receivable_days − payments lagged by payable_days − pay, freight,
  operating expense and capital expenditure; receivables and payables are what is invoiced and not yet paid

>>> import numpy as np
>>> from equipoise.finance.bridge import Sales, price_volume_mix
>>> none = np.zeros(1)
>>> budget, actual = Sales(np.array([100.0]), np.array([10.0]), none), Sales(np.array([120.0]), np.array([9.5]), none)
>>> price_volume_mix(budget, actual).revenue.bars()["price"]
-60.0
"""

from equipoise.finance.bridge import Bridge, Sales, Steps, price_volume_mix
from equipoise.finance.changes import ChangeExchangeRate, ChangePrice
from equipoise.finance.plan_finance import check_cash, check_finance, plan_finance
from equipoise.finance.plan_prices import plan_prices

__all__ = [
    "Bridge",
    "ChangeExchangeRate",
    "ChangePrice",
    "Sales",
    "Steps",
    "check_cash",
    "check_finance",
    "plan_finance",
    "plan_prices",
    "price_volume_mix",
]
