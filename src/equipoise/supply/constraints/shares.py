"""Fixed split: a lane with share_pct carries that share of all that reaches its receiver.

Σ s (of the lane, arriving in t) − share · Σ s (of all lanes of the receiver, arriving in t) = 0

for every lane with a share and every bucket in which it can deliver. Where every lane that can deliver has a share,
the shares are scaled to 100 %; a lane that cannot deliver yet binds nobody.
"""

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.supply.columns import Columns
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import Family, entries, family

NAME = "shares"


def shares(network: Network, columns: Columns) -> Family:
    """One row for every lane with a share in some bucket, and every bucket; not binding where the share is not."""
    flows, horizon = network.flows, network.horizon
    receiver = np.where(flows.to_demand >= 0, flows.to_demand + len(network.opening), flows.to_stock)
    fixed = np.flatnonzero(~np.isnan(flows.share).all(axis=1) & (receiver >= 0))
    share, is_bound = effective_shares(flows.share, flows.arrival, flows.is_open, receiver, horizon)
    shape = (len(fixed), horizon)
    lower = np.where(is_bound[fixed], 0.0, -np.inf)
    upper = np.where(is_bound[fixed], 0.0, np.inf)
    mate, lane = _pairs(receiver, fixed)
    sent = flows.is_open & (flows.arrival < horizon)
    terms = [entries(np.zeros(0), np.zeros(0), np.zeros(0))]
    for members, factor in (((np.arange(len(fixed)), fixed), 1.0), ((lane, mate), None)):
        row, flow = members
        inside = sent[flow]
        arrives = flows.arrival[flow]
        values = factor if factor is not None else -share[fixed[row][:, None], np.minimum(arrives, horizon - 1)]
        cells = (row[:, None] * horizon + arrives)[inside]
        wide = np.broadcast_to(values, inside.shape)[inside]
        terms.append(entries(cells, columns.ship.at(flow[:, None], np.arange(horizon)[None, :])[inside], wide))
    assert lower.shape == shape
    return family(NAME, lower, upper, *terms)


def effective_shares(
    share: FloatArray, arrival: IntArray, is_open: BoolArray, receiver: IntArray, horizon: int
) -> tuple[FloatArray, BoolArray]:
    """Share of each lane by bucket of arrival and where it binds, both [F, T].

    The share in force when goods leave counts; with several departures arriving together, the last one's.
    """
    count = len(receiver)
    by_arrival = np.full((count, horizon), np.nan)
    can = np.zeros((count, horizon), dtype=np.bool_)
    lanes = np.arange(count)
    for bucket in range(horizon):
        ok = is_open[:, bucket] & (receiver >= 0)
        by_arrival[lanes[ok], arrival[ok, bucket]] = share[ok, bucket]
        can[lanes[ok], arrival[ok, bucket]] = True
    known = np.maximum(receiver, 0)
    groups = int(receiver.max()) + 1 if count and receiver.max() >= 0 else 0
    total, free = np.zeros((groups, horizon)), np.zeros((groups, horizon))
    is_fixed = can & ~np.isnan(by_arrival)
    np.add.at(total, known, np.where(is_fixed, by_arrival, 0.0))
    np.add.at(free, known, (can & ~is_fixed).astype(np.float64))
    if not groups:
        return np.zeros((count, horizon)), np.zeros((count, horizon), dtype=np.bool_)
    scale = np.where((free[known] > 0) & (total[known] <= 1), 1.0, np.where(total[known] > 0, total[known], 1.0))
    # A receiver whose shares are all zero is left to the optimizer: scaling would divide by zero.
    binds = is_fixed & ((total[known] > 0) | (free[known] > 0))
    return np.where(is_fixed, np.nan_to_num(by_arrival) / scale, 0.0), binds


def _pairs(receiver: IntArray, fixed: IntArray) -> tuple[IntArray, IntArray]:
    """Every (flow of the same receiver, number within `fixed`) pair."""
    order = np.argsort(receiver, kind="stable")
    left = np.searchsorted(receiver[order], receiver[fixed], side="left")
    right = np.searchsorted(receiver[order], receiver[fixed], side="right")
    counts = right - left
    lane = np.repeat(np.arange(len(fixed)), counts)
    start = np.repeat(left - np.concatenate([[0], np.cumsum(counts)[:-1]]) if len(fixed) else left, counts)
    return order[start + np.arange(len(lane))], lane
