"""Balancing demand and supply: what may go wrong with a plan, how likely that is, and what it would cost.

* `risk`: families and stocking points that may run short, ranked by gap × probability × money (materiality)
* `fans`: P10, P50 and P90 of a family's demand, and of the company's revenue and gross margin
* `cover`: what a family has to meet more demand than planned: stock, planned receipts, regular hours that are free
* `together`: gaps of capacity with what closes each, at what cost and by when; `ladder`: the rungs of a resource

Optimistic is not the sum of all P90s: fans of sums are learned from past errors of the sums.
"""

from equipoise.balance.risk import CellRisk, FamilyRisk, Risks, assess_risk

__all__ = ["CellRisk", "FamilyRisk", "Risks", "assess_risk"]
