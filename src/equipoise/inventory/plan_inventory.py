"""Stage `inventory`: stock projected through the plan, opening + inbound − outbound = closing, bit for bit."""

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.history import row_numbers
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel, sum_rows
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.inventory.excess import excess_stock
from equipoise.inventory.findings import BELOW_ZERO
from equipoise.inventory.run_out import exposure
from equipoise.inventory.stockout_risk import stockout_risk

PRODUCED = ("production_qty", "subcontract_qty", "purchase_qty")
SMALLEST_SHORT = 1e-3
"""Units below zero that are worth a finding; less is the rounding of flows to the grid."""


def plan_inventory(inputs: Inputs) -> Section:
    """Opening, inbound, outbound, closing stock, what of it is excess and what has no demand left, how likely it is to
    run out and how short it would be, [N, T] each.

    All on the grid of quantities but the chance.

    Fact `start` is counted or assumed: without table inventory stock opens at its target and has no known value.
    """
    keys = inputs.keys(Grain.STOCK)
    count = len(keys)
    start = inputs.measure("inventory_start_qty")[:, 0]
    make, flow = inputs.keys(Grain.MAKE).frame, inputs.keys(Grain.FLOW).frame
    made = sum((inputs.measure(name) for name in PRODUCED), start=np.zeros((make.height, inputs.axes.horizon)))
    inbound = (
        sum_rows(made, row_numbers(keys, make, ("item", "location")), count)
        + sum_rows(inputs.measure("arrival_qty"), row_numbers(keys, flow, ("item", "to")), count)
        + inputs.measure("receipt_scheduled_qty")
        + inputs.measure("production_byproduct_qty")
    )
    outbound = (
        sum_rows(inputs.measure("shipment_qty"), row_numbers(keys, flow, ("item", "from")), count)
        + inputs.measure("component_use_qty")
        + inputs.measure("inventory_scrap_qty")
    )
    closing = start[:, None] + np.cumsum(inbound - outbound, axis=1)
    opening = np.concatenate([start[:, None], closing[:, :-1]], axis=1)
    measures = {
        "inventory_opening_qty": opening,
        "inventory_inbound_qty": inbound,
        "inventory_outbound_qty": outbound,
        "inventory_closing_qty": closing,
        "inventory_runout_qty": exposure(inputs, closing=closing, outbound=outbound),
        "inventory_excess_qty": excess_stock(inputs, closing),
        **stockout_risk(inputs, closing),
    }
    return Section(
        "inventory",
        (Panel(keys, measures),),
        findings=_below_zero(inputs, closing),
        facts={"start": "counted" if inputs.has("inventory") else "assumed"},
    )


def check_inventory(inputs: Inputs, section: Section) -> None:
    """Stock opens as it stood, opens where it closed, and closes at opening + inbound − outbound, with no tolerance."""
    panel = section.panel_of("inventory_closing_qty")
    opening, closing = panel["inventory_opening_qty"], panel["inventory_closing_qty"]
    moved = opening + panel["inventory_inbound_qty"] - panel["inventory_outbound_qty"]
    assert np.array_equal(moved, closing), "closing stock is not opening + inbound − outbound"
    assert np.array_equal(opening[:, 1:], closing[:, :-1]), "stock does not open where it closed"
    assert np.array_equal(opening[:, 0], inputs.measure("inventory_start_qty")[:, 0]), "stock does not open as it stood"


def _below_zero(inputs: Inputs, closing: FloatArray) -> tuple[Finding, ...]:
    short = closing < -SMALLEST_SHORT
    rows = np.flatnonzero(short.any(axis=1))
    if rows.size == 0:
        return ()
    row = int(rows[0])
    bucket = int(np.argmax(short[row]))
    item, location = inputs.keys(Grain.STOCK).labels(row)
    message = (
        f"stock falls below zero for {rows.size} pairs of item and location; the first is {item} at {location}, "
        f"{closing[row, bucket]:g} in {inputs.axes.calendar.label(bucket)}"
    )
    return (BELOW_ZERO.found("inventory", message, count=int(rows.size)),)
