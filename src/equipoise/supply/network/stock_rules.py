"""The rules that limit stock from above: most stock, storage and shelf life, read together."""

from dataclasses import dataclass

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import IntArray
from equipoise.core.stage import Inputs
from equipoise.supply.capacity.capacity import Capacity
from equipoise.supply.network.components import Components
from equipoise.supply.network.flows import Flows
from equipoise.supply.network.most_stock import MostStock, left_over, read_most_stock, sent_to_markets
from equipoise.supply.network.receipts import Receipts
from equipoise.supply.network.shelf_life import ShelfLife, read_shelf_life
from equipoise.supply.network.storage import Storage, read_storage


@dataclass(frozen=True, eq=False)
class StockRules:
    """Limits of stock, and which of it may be scrapped."""

    most: MostStock
    storage: Storage
    shelf: ShelfLife

    @property
    def scrap_rows(self) -> IntArray:
        """Stock rows that may be scrapped, [n]."""
        return self.shelf.rows


def read_stock_rules(
    inputs: Inputs, *, outputs: Components, flows: Flows, receipts: Receipts, capacity: Capacity
) -> tuple[StockRules, list[Finding]]:
    """The rules of a network and what had to be assumed for them."""
    axes, items = inputs.axes, inputs.table("items")
    opening = inputs.measure("inventory_start_qty")[:, 0]
    sourced = inputs.measure("demand_sourced_qty")
    share, required = inputs.measure("sourcing_share_ratio"), inputs.measure("demand_required_qty")
    sent = sent_to_markets(flows, share, required, len(opening))
    left = left_over(opening, receipts.scheduled, receipts.component_use + sent)
    most, found = read_most_stock(axes, inputs.table("inventory_policy"), left=left, sourced=sourced)
    storage, more = read_storage(
        axes,
        locations=inputs.table("locations"),
        items=items,
        uoms=inputs.table("uoms"),
        capacity=capacity,
        left=left,
    )
    shelf, unknown = read_shelf_life(
        axes,
        items=items,
        inventory=inputs.table("inventory"),
        opening=opening,
        by_products=np.unique(outputs.stock),
    )
    return StockRules(most, storage, shelf), [*found, *more, *unknown]
