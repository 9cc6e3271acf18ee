"""Explain: why is this number so? A tree from any cell of a plan down to people and source rows.

No tracer runs while a plan is computed. The data dictionary says of every measure where it comes from, and the tree is
read from that (algebra.md section 9):

* `Postings`: a sum; the children add up to it exactly, on the grid. A measure kept by double entry has one child per
  cause, a balance has its signed terms, a rolled-up cell has its parts.
* `Product`: its operands; of several cells the weighted average of the rate is shown.
* `Share`: what one cell got of an amount that somebody gave for more than this cell.
* `Optimum`: the optimizer chose it. The routes that were used, the marginal cost, and where demand is short or late
  each route that could have served it, cheapest first, with the tight row that blocks it and that row's shadow price.
* `Person`: an adjustment, with its author, function and reason.
* `Source`: rows of a table of the snapshot, and the file they came from.

A value of None is unknown, never 0.

`explain_forecast` says where the baseline of a node comes from: history as it was sold and as it was learned from, the
methods, the fan, how it fared at earlier dates.
"""

from equipoise.explain.ask import explain
from equipoise.explain.forecast import ForecastStory, explain_forecast
from equipoise.explain.node import Explanation, Node
from equipoise.explain.where import UnknownCell

__all__ = ["Explanation", "ForecastStory", "Node", "UnknownCell", "explain", "explain_forecast"]
