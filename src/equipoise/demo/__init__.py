"""Kestrel Home Care: a seeded, made-up company with a story, in fixed months, and the truth behind it.

Three years of history to October 2026 and a plan from November 2026. Its story: the capsule line overloads every
winter; a promotion of surface cleaners is planned for April 2027; Sales North has over-forecast by a known percentage
for a year and does it again; refill pouches are launched in March 2027 while an old liquid ends in June; the
surfactant supplier delivers only so much a month; and the budget is higher than the market.

`write_demo(folder, size=...)` writes the dataset (tables.md), `adjustments.json` with what people contributed this
month, and `truth.json` with the parameters the numbers were made from, so that tests can ask whether the plan finds
them. Nothing of the engine reads the truth.
"""

from equipoise.demo.company import SIZES
from equipoise.demo.write import write_demo

__all__ = ["SIZES", "write_demo"]
