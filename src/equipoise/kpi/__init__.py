"""KPIs: how good the process and the plan are, in numbers that all functions share.

Inputs: forecast_archive and the history of orders; the measures of demand, supply, inventory and finance. Outputs: the
error of archived forecasts, and ratios, which are declared measures taken anew from sums at every level.

* forecast error (WAPE) = Σ|F − A| / ΣA, bias = Σ(F − A) / ΣA, accuracy = 1 − WAPE; F made one bucket ahead, A what was
  ordered, only closed buckets (Kolassa & Schütz, Foresight 6, 2007)
* fill rate = served in the bucket requested / requested · load = standard hours / hours available
* inventory variance = Σ(made − planned) − Σ(sold − forecast), the identity of the family sheet

The sign of an error is that of F − A: above 0 means too high a forecast. A tracking signal uses A − F.

>>> from equipoise.kpi.catalogue import KPIS
>>> [kpi.name for kpi in KPIS if kpi.owner == "demand"]
['Forecast accuracy', 'Forecast error']
"""

from equipoise.kpi.catalogue import KPIS, Kpi, kpi_named
from equipoise.kpi.plan_kpis import plan_kpis

__all__ = ["KPIS", "Kpi", "kpi_named", "plan_kpis"]
