"""KPIs: how good the process and the plan are, in numbers that all functions share.

Inputs: archives of forecasts and plans, histories of orders, order lines and production; the measures of demand,
supply, inventory and finance. Outputs: stored parts, and ratios, which are declared measures taken anew from sums at
every level. One file for each family of KPIs holds its formulas with their sources, its measures and its catalogue
entries:

* `accuracy` WMAPE, MAPE, RMSE, MASE, bias, value added; `one_sided` tracking signal and t-test
* `service` fill rate, on time in full, perfect order, backlog
* `inventory` turns, DIO, DOS, GMROI, band; `variance` the identity of the family sheet
* `capacity` load, utilization, efficiency, overtime · `adherence` adherence to the plan, stability of the plan
* `money` margin, variance to budget; `working_capital` days outstanding, cash-to-cash, excess stock

The sign of an error is that of F − A: above 0 means too high a forecast. A tracking signal uses A − F. Each catalogue
entry says its own sign.

>>> from equipoise.kpi.catalogue import KPIS
>>> [kpi.name for kpi in KPIS if kpi.owner == "procurement"]
['Purchases']
"""

from equipoise.kpi.catalogue import KPIS, Kpi, card, kpi_named
from equipoise.kpi.conflicts import CONFLICTS, Conflict
from equipoise.kpi.plan_kpis import plan_kpis

__all__ = ["CONFLICTS", "KPIS", "Conflict", "Kpi", "card", "kpi_named", "plan_kpis"]
