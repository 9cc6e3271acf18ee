"""How far production moves from the plan of record where it is to stay near it: one finding in words and numbers."""

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.supply.findings import PLAN_OF_RECORD_CHANGED
from equipoise.supply.network.network import Network
from equipoise.supply.shortfalls import SHOWN


def stability_findings(network: Network, good: FloatArray) -> list[Finding]:
    """What changes in the buckets that are compared, of good units by bucket of start [M, T]; none if nobody asked."""
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
        return [PLAN_OF_RECORD_CHANGED.found("plan of record", f"nothing of {total:,.1f} units is another", count=0)]
    group, bucket = np.unravel_index(int(np.abs(changes).argmax()), changes.shape)
    where = np.unique(network.routes.stock[rule.route[rule.group == group]])
    item, place = network.axes.keys[Grain.STOCK].labels(int(where[0]))
    at = f" at {place}" if len(where) == 1 else ""
    most = f"{changes[group, bucket]:+,.1f} {item}{at} in {network.axes.calendar.label(int(bucket))}"
    count = int((np.abs(changes) > SHOWN).any(axis=1).sum())
    return [PLAN_OF_RECORD_CHANGED.found("plan of record", f"{text}, most {most}", count=count)]
