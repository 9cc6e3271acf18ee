"""Landing: where each fiscal year ends up, beside budget, last forecast and last year.

landing = actuals of closed buckets + the begun month to date + plan, for every fiscal year that the horizon touches.
Actuals of units, revenue and cost come from sales_history, operating expense from accounts of version actual.

* budget: the version that the policy knob budget_version names
* last forecast: the newest reforecast, which is the last version by name beside AOP and the chosen one; without any
  the newest plan in plan_archive; closed buckets that it does not speak of are actuals
* last year: the same buckets of the fiscal year before, actual where they are closed, else landing themselves
* gap = landing − budget

Where the horizon ends before the fiscal year does, all columns are of the buckets up to there, and a finding says so.
Unknown is null, never 0; every column adds up over nodes to the last bit.
"""

from equipoise.landing.land import COLUMNS, Landing, land, landing
from equipoise.landing.sides import MEASURES, Year
from equipoise.landing.to_landing import NoSuchSide, bridge_to_landing

__all__ = ["COLUMNS", "MEASURES", "Landing", "NoSuchSide", "Year", "bridge_to_landing", "land", "landing"]
