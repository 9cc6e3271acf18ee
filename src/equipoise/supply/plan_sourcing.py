"""Stage sourcing: which location serves which market, and so what demand each location faces."""

import numpy as np

from equipoise.core.finding import Finding, bounded, sort_findings
from equipoise.core.grid import BoolArray, FloatArray, IntArray, split_columns
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.supply.findings import NO_LANE, NO_LANES, SHARES_NOT_WHOLE
from equipoise.supply.network.flows import flow_ends, lane_rates

WHOLE = 1e-9


def plan_sourcing(inputs: Inputs) -> Section:
    """Shares of lanes into markets and demand by stocking location.

    A lane with share_pct carries that share. The rest goes to the lanes of the lowest preference, of these to the
    cheapest, in equal parts among ties. Demand by location sums to demand by market bit for bit.
    """
    axes = inputs.axes
    from_stock, _, to_demand = flow_ends(axes)
    usable = (to_demand >= 0) & (from_stock >= 0)
    fixed, preference, is_open = _stated(inputs, usable)
    share, findings = _shares(inputs, to_demand, fixed, preference, is_open)
    required = inputs.measure("demand_required_qty")
    sourced, without = _sourced(required, share, to_demand, from_stock, len(axes.keys[Grain.STOCK]))
    keys = axes.keys[Grain.DEMAND]
    for row in without.tolist():
        item, market = keys.labels(row)
        total = float(required[row].sum())
        text = f"{total:,.1f} {item} for {market} have no lane"
        findings.append(NO_LANE.found(f"item {item} / market {market}", text))
    panels = (
        Panel(axes.keys[Grain.FLOW], {"sourcing_share_ratio": share}),
        Panel(axes.keys[Grain.STOCK], {"demand_sourced_qty": sourced}),
    )
    return Section("sourcing", panels=panels, findings=sort_findings(bounded(findings)))


def _stated(inputs: Inputs, usable: BoolArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Fixed share (NaN none), preference (inf none) and whether the lane is offered, each [F, T]."""
    shape = (len(usable), inputs.axes.horizon)
    if not inputs.has("lanes"):
        return np.full(shape, np.nan), np.zeros(shape), np.broadcast_to(usable[:, None], shape)
    lanes = inputs.table("lanes")
    fixed = lane_rates(inputs.axes, lanes, "share_pct") / 100
    preference = lane_rates(inputs.axes, lanes, "preference")
    offered = ~np.isnan(lane_rates(inputs.axes, lanes, "unit_cost"))
    return fixed, np.where(np.isnan(preference), np.inf, preference), offered & usable[:, None]


def _shares(
    inputs: Inputs, to_demand: IntArray, fixed: FloatArray, preference: FloatArray, is_open: BoolArray
) -> tuple[FloatArray, list[Finding]]:
    """Share of each lane in its market's demand, [F, T]."""
    keys = inputs.axes.keys[Grain.DEMAND]
    count = len(keys)
    row = np.maximum(to_demand, 0)
    price = np.zeros(fixed.shape) if not inputs.has("lanes") else inputs.measure("flow_unit_price")
    is_fixed = is_open & ~np.isnan(fixed)
    chosen = is_open & ~is_fixed
    for rank in (preference, price):
        chosen &= rank <= _lowest(np.where(chosen, rank, np.inf), row, count)[row]
    stated = _sum(np.where(is_fixed, fixed, 0.0), row, count)
    ties = _sum(chosen.astype(np.float64), row, count)
    rest = np.where(ties > 0, np.maximum(1.0 - stated, 0.0), 0.0)
    whole = np.where(stated + rest > 0, stated + rest, 1.0)[row]
    share = np.where(is_fixed, fixed, 0.0) / whole
    share += np.where(chosen, rest[row] / np.maximum(ties[row], 1.0), 0.0) / whole
    findings = []
    if not inputs.has("lanes"):
        lanes = int(is_open.any(axis=1).sum())
        text = f"{lanes} ways are assumed, in zero days at no cost"
        findings.append(NO_LANES.found("table lanes", text, count=lanes))
    odd = (_sum(is_fixed.astype(np.float64), row, count) > 0) & (np.abs(stated - 1.0) > 1e-6)
    for demand in np.flatnonzero(odd.any(axis=1)).tolist():
        item, market = keys.labels(demand)
        given = float(stated[demand, int(np.argmax(odd[demand]))]) * 100
        text = f"fixed shares of {item} into {market} add up to {given:g} %"
        findings.append(SHARES_NOT_WHOLE.found(f"item {item} / market {market}", text))
    return share + 0.0, findings


def _lowest(values: FloatArray, row: IntArray, count: int) -> FloatArray:
    lowest = np.full((count, values.shape[1]), np.inf)
    np.minimum.at(lowest, row, values)
    return lowest


def _sum(values: FloatArray, row: IntArray, count: int) -> FloatArray:
    total = np.zeros((count, values.shape[1]))
    np.add.at(total, row, values)
    return total


def _sourced(
    required: FloatArray, share: FloatArray, to_demand: IntArray, from_stock: IntArray, stocks: int
) -> tuple[FloatArray, IntArray]:
    """Demand by stock row, [S, T], and the demand rows that no lane reaches in some bucket with demand."""
    horizon = required.shape[1]
    part = np.zeros(share.shape)
    lanes = np.flatnonzero(to_demand >= 0)
    reached = _sum(share[lanes], to_demand[lanes], len(required)) > 0
    asked = np.where(reached, required, 0.0)
    # Most markets have one lane per bucket: it carries all, without any splitting.
    part[lanes] = np.where(share[lanes] >= 1.0 - WHOLE, asked[to_demand[lanes]], 0.0)
    is_split = (share[lanes] > 0) & (share[lanes] < 1.0 - WHOLE)
    order = np.argsort(to_demand, kind="stable")
    starts = np.searchsorted(to_demand[order], np.arange(len(required) + 1))
    for row in np.unique(to_demand[lanes][is_split.any(axis=1)]).tolist():
        mine = order[starts[row] : starts[row + 1]]
        part[mine] = split_columns(asked[row], share[mine])
    sourced = np.zeros((stocks, horizon))
    inside = lanes[from_stock[lanes] >= 0]
    np.add.at(sourced, from_stock[inside], part[inside])
    return sourced, np.flatnonzero(((required > 0) & ~reached).any(axis=1))
