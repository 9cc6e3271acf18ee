"""What planned production that people firmed asks for and is not there: a finding for each adjustment, in words."""

from collections.abc import Iterable, Iterator

import numpy as np

from equipoise.core.adjustment import Adjustment
from equipoise.core.finding import Finding
from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.supply.firm_production import Firm, overrides_of
from equipoise.supply.model import SupplyModel
from equipoise.supply.network.network import Network
from equipoise.supply.production_findings import PRODUCTION_BEYOND
from equipoise.supply.shortfalls import SHOWN
from equipoise.supply.solving import Optimum

NAMED = 3
"""Shortages that one finding names; of more the rest are counted."""


def firm_findings(model: SupplyModel, optimum: Optimum, firm: Firm, adjustments: Iterable[Adjustment]) -> list[Finding]:
    """One finding for each adjustment that firmed production for which hours or components are missing.

    A cell that lacks something names all whose orders take of it: which of them has to move is theirs to settle.
    """
    network = model.network
    if network.firm is None or not optimum.slack.any():
        return []
    seen = firm.by.shape[1]
    hours = model.columns.hours_slack.of(optimum.slack)[:, :seen]
    parts = model.columns.component_slack.of(optimum.slack)[:, :seen]
    found = []
    for number, adjustment in enumerate(overrides_of(adjustments)):
        mine = _starts(network, firm.by == number)
        said = [*_hours(network, mine, hours), *_components(network, mine, parts)]
        if said:
            more = f", and {len(said) - NAMED} more" if len(said) > NAMED else ""
            text = f"{'; '.join(said[:NAMED])}{more}"
            found.append(PRODUCTION_BEYOND.found(f"adjustment {adjustment.id}", text, count=len(said)))
    return found


def _starts(network: Network, arriving: BoolArray) -> BoolArray:
    """Cells by bucket of arrival as cells by bucket of start, [M, t] of t visible buckets."""
    assert network.firm is not None
    arrival, seen = network.routes.arrival[:, : arriving.shape[1]], arriving.shape[1]
    inside = arrival < seen
    rows = np.arange(len(arrival))[:, None]
    found: BoolArray = inside & arriving[rows, np.minimum(arrival, seen - 1)]
    return found & (network.firm[:, :seen] > 0)


def _hours(network: Network, mine: BoolArray, missing: FloatArray) -> Iterator[str]:
    """`line lacks 20.0 of the 120.0 standard hours asked for in Mar 2027`."""
    routes, seen = network.routes, mine.shape[1]
    taken = np.zeros(missing.shape, dtype=np.bool_)
    falls = routes.load_bucket[:, :seen]
    uses, starts = np.nonzero(mine[routes.load_route] & (falls < seen) & (routes.load_hours > 0)[:, None])
    taken[routes.load_resource[uses], falls[uses, starts]] = True
    for row, bucket in np.argwhere(taken & (missing > SHOWN)).tolist():
        code, when = network.axes.resources.leaves[row], network.axes.calendar.label(bucket)
        what = "units of room" if network.capacity.is_storage[row] else "standard hours"
        yield f"{code} lacks {missing[row, bucket]:,.1f} {what} in {when}"


def _components(network: Network, mine: BoolArray, missing: FloatArray) -> Iterator[str]:
    """`40.0 blade at plant are missing in Mar 2027`."""
    parts, seen = network.components, mine.shape[1]
    taken = np.zeros((len(network.opening), seen), dtype=np.bool_)
    pairs, starts = np.nonzero(mine[parts.route] & (parts.quantity[:, :seen] > 0))
    taken[parts.stock[pairs], starts] = True
    if not len(missing):
        return
    for row, bucket in np.argwhere(taken & (missing > SHOWN)).tolist():
        item, place = network.axes.keys[Grain.STOCK].labels(row)
        yield f"{missing[row, bucket]:,.1f} {item} at {place} are missing in {network.axes.calendar.label(bucket)}"
