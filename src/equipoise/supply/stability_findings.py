"""How far production moves from the plan of record where it is to stay near it: one finding in words and numbers.

The fast plan (tier heuristic) is made without a look at the plan of record: what it changes is counted afterwards, and
the finding says that nobody looked.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.supply.findings import FAST_UNHEEDED
from equipoise.supply.model import SupplyModel
from equipoise.supply.network.network import Network
from equipoise.supply.production_findings import PLAN_OF_RECORD_CHANGED, PLAN_OF_RECORD_UNHEEDED
from equipoise.supply.shortfalls import SHOWN
from equipoise.supply.solving import Optimum


def is_unheeded(found: Sequence[Finding]) -> bool:
    """True if the plan was made by rules that do not look at the plan of record; planned item by item it does look."""
    return any(finding.code == FAST_UNHEEDED.code and finding.where == "rule stability" for finding in found)


def with_changes(model: SupplyModel, optimum: Optimum) -> Optimum:
    """The fast plan with what it changes counted of all that is made: rules see what people firmed as receipts, and
    took it for production that fails the plan of record."""
    network, columns, solution = model.network, model.columns, optimum.solution
    if not len(network.stability.planned):
        return optimum
    good = columns.make.of(solution.values) * network.routes.yield_ratio[:, None]
    beside = network.stability.changes(network.routes.arriving(good))
    values = solution.values.copy()
    values[columns.plan_up.span] = np.maximum(beside, 0.0).ravel()
    values[columns.plan_down.span] = np.maximum(-beside, 0.0).ravel()
    more = float(model.program.cost @ (values - solution.values))
    return replace(optimum, solution=replace(solution, values=values, objective=solution.objective + more))


def stability_findings(network: Network, good: FloatArray, *, is_unheeded: bool = False) -> list[Finding]:
    """What changes in the buckets that are compared, of good units by bucket of start [M, T]; none if nobody asked."""
    code = PLAN_OF_RECORD_UNHEEDED if is_unheeded else PLAN_OF_RECORD_CHANGED
    rule = network.stability
    if not len(rule.planned):
        return []
    changes = rule.changes(network.routes.arriving(good))
    compared = ~np.isnan(rule.planned)
    buckets = int(np.flatnonzero(compared.any(axis=0))[-1]) + 1
    total, moved = float(np.nansum(rule.planned)), float(np.abs(changes).sum())
    share = f" ({moved / total:.1%})" if total > 0 else ""
    text = f"{moved:,.1f} units{share} of {total:,.1f} to come are others in the first {buckets} buckets"
    if moved <= SHOWN:
        return [code.found("plan of record", f"nothing of {total:,.1f} units is another", count=0)]
    group, bucket = np.unravel_index(int(np.abs(changes).argmax()), changes.shape)
    where = np.unique(network.routes.stock[rule.route[rule.group == group]])
    item, place = network.axes.keys[Grain.STOCK].labels(int(where[0]))
    at = f" at {place}" if len(where) == 1 else ""
    most = f"{changes[group, bucket]:+,.1f} {item}{at} in {network.axes.calendar.label(int(bucket))}"
    count = int((np.abs(changes) > SHOWN).any(axis=1).sum())
    return [code.found("plan of record", f"{text}, most {most}", count=count)]
