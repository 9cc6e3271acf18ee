"""The variables of the model: one block of columns per decision, each [rows of a grain, buckets] in row-major order.

The blocks depend on the snapshot alone: a lever, a closure or another demand changes bounds and costs, never the shape.
"""

from dataclasses import dataclass, fields

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.network.network import Network


@dataclass(frozen=True)
class Block:
    """Columns offset .. offset + rows × buckets."""

    offset: int
    rows: int
    buckets: int

    def at(self, rows: IntArray | int, buckets: IntArray | int) -> IntArray:
        """Column of each row and bucket (broadcast)."""
        return np.asarray(self.offset + np.asarray(rows) * self.buckets + np.asarray(buckets), dtype=np.int64)

    @property
    def all(self) -> IntArray:
        """All columns, [rows, buckets]."""
        return self.offset + np.arange(self.rows * self.buckets, dtype=np.int64).reshape(self.rows, self.buckets)

    @property
    def span(self) -> slice:
        """The block in an array of all columns."""
        return slice(self.offset, self.offset + self.rows * self.buckets)

    def of(self, values: FloatArray) -> FloatArray:
        """The block's part of an array of all columns, [rows, buckets]."""
        return values[self.span].reshape(self.rows, self.buckets)


@dataclass(frozen=True)
class Columns:
    """Every block of the model."""

    make: Block
    """Units started (own routes), or delivered (subcontract and purchase)."""
    ship: Block
    """Units that leave along a lane."""
    held: Block
    """Closing stock up to the safety stock."""
    excess: Block
    """Closing stock above it."""
    end_short: Block
    """Units short of the safety stock at the end."""
    backlog: Block
    """Closing backlog."""
    lost: Block
    """Lost sales."""
    regular: Block
    """Regular clock hours used."""
    overtime: Block
    """Overtime clock hours."""
    workers: Block
    hired: Block
    laid_off: Block
    """Workers, of the resources that are a workforce."""
    closing_slack: Block
    """Units short of closing_min_qty."""
    hours_slack: Block
    """Standard hours that firm production asks for beyond all capacity."""
    least_slack: Block
    """Units short of a least quantity."""
    component_slack: Block
    """Components that firm production needs and that are not there."""
    scrap: Block
    """Units scrapped, of the stock rows that may be."""
    most_slack: Block
    """Units above the most stock."""
    storage_slack: Block
    """Room taken beyond a storage capacity."""
    shift: Block
    """Share of an extra shift, of the resources that can work one."""
    rate_up: Block
    rate_down: Block
    """Clock hours more, and less, than in the bucket before, of the resources whose change costs money."""
    lots: Block
    """Lots of the sources that are planned in lots."""
    multiples: Block
    """Lot multiples of the same sources."""
    rate: Block
    """Units a working day, of the levels that a strategy asks for."""
    arrived: Block
    """All good units so far, of the chases."""
    strategy_slack: Block
    """Units below a rate, above it, and ahead of need."""
    plan_up: Block
    plan_down: Block
    """Good units more, and less, than the plan of record, of the groups of routes that are to stay near it."""

    @property
    def count(self) -> int:
        """Number of columns."""
        last = self.plan_down
        return last.offset + last.rows * last.buckets

    def hidden(self, network: Network) -> BoolArray:
        """Columns of buckets after the last visible one, [columns]."""
        found = np.zeros(self.count, dtype=np.bool_)
        for field in fields(self):
            block: Block = getattr(self, field.name)
            found[block.all[:, network.visible :].ravel()] = True
        return found


NAMES = tuple(field.name for field in fields(Columns))
"""The blocks in their order."""


def lay_out(network: Network) -> Columns:
    """Number the columns of a network."""
    horizon = network.horizon
    make, flow, stock, demand, resource = (
        network.count(grain) for grain in (Grain.MAKE, Grain.FLOW, Grain.STOCK, Grain.DEMAND, Grain.RESOURCE)
    )
    crews = len(network.capacity.workforce)
    shapes = {
        "make": (make, horizon),
        "ship": (flow, horizon),
        "held": (stock, horizon),
        "excess": (stock, horizon),
        "end_short": (stock, 1),
        "backlog": (demand, horizon),
        "lost": (demand, horizon),
        "regular": (resource, horizon),
        "overtime": (resource, horizon),
        "workers": (crews, horizon),
        "hired": (crews, horizon),
        "laid_off": (crews, horizon),
        "closing_slack": (stock, 1),
        "hours_slack": (resource, horizon),
        "least_slack": (len(network.limits), horizon),
        "component_slack": (stock if network.takes_by_decree else 0, horizon),
        # What few companies use stands last: without it the columns before are all there are.
        "scrap": (len(network.stock_rules.scrap_rows), horizon),
        "most_slack": (len(network.stock_rules.most.rows), horizon),
        "storage_slack": (len(network.stock_rules.storage.places), horizon),
        "shift": (len(network.capacity.shifts), horizon),
        "rate_up": (len(network.rate_changes.rows), horizon),
        "rate_down": (len(network.rate_changes.rows), horizon),
        "lots": (network.lots.count, horizon),
        "multiples": (network.lots.count, horizon),
        "rate": (len(network.strategies.levels), 1),
        "arrived": (len(network.strategies.chases), horizon),
        "strategy_slack": (len(network.strategies.slack_names), horizon),
        "plan_up": (len(network.stability.planned), horizon),
        "plan_down": (len(network.stability.planned), horizon),
    }
    assert tuple(shapes) == NAMES
    blocks, offset = {}, 0
    for name, (rows, buckets) in shapes.items():
        blocks[name] = Block(offset, rows, buckets)
        offset += rows * buckets
    return Columns(**blocks)
