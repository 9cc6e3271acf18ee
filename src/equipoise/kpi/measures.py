"""What the KPI room adds to the data dictionary: stored parts and the ratios taken from them, family by family.

A ratio is never stored and never averaged: at every level it is taken anew from the sums of its parts.
"""

from equipoise.core.measure import Measure
from equipoise.kpi import accuracy, adherence, capacity, inventory, money, service, working_capital

MEASURES: tuple[Measure, ...] = (
    *accuracy.MEASURES,
    *service.MEASURES,
    *capacity.MEASURES,
    *adherence.MEASURES,
    *inventory.MEASURES,
    *money.MEASURES,
    *working_capital.MEASURES,
)
