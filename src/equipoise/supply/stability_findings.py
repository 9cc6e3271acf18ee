"""How far production moves from the plan of record where it is to stay near it: one finding in words and numbers.

The fast plan (tier heuristic) is made without a look at the plan of record: what it changes is counted afterwards, and
the finding says that nobody looked.
"""

from collections.abc import Sequence

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.supply.findings import FAST_UNHEEDED
from equipoise.supply.network.network import Network
from equipoise.supply.production_findings import PLAN_OF_RECORD_CHANGED, PLAN_OF_RECORD_UNHEEDED
from equipoise.supply.shortfalls import SHOWN


def is_unheeded(found: Sequence[Finding]) -> bool:
    """True if the plan was made by rules that do not look at the plan of record; planned item by item it does look."""
    return any(finding.code == FAST_UNHEEDED.code and finding.where == "rule stability" for finding in found)


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
