"""What binds a plan, and what one more of it is worth: hours, overtime, shifts, people, suppliers, lanes, room, stock.

The worth of one more unit is the dual value of its limit: what the whole plan would cost less, at the margin. It is
money of the objective, safety stock priced, and holds until another limit binds.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.columns import Block
from equipoise.supply.constraints import limits, workforce
from equipoise.supply.model import SupplyModel
from equipoise.supply.panels import hour_prices
from equipoise.supply.shortfalls import stock_prices
from equipoise.supply.solving import Optimum

Kind = Literal["hours", "overtime", "shift", "workers", "limit", "storage", "most_stock"]
UNITS: dict[Kind, str] = {
    "hours": "standard hours",
    "overtime": "clock hours of overtime",
    "shift": "extra shifts",
    "workers": "workers",
    "limit": "units",
    "storage": "units of room",
    "most_stock": "units in stock",
}
TIGHT = 1e-6
"""A dual value below this is zero."""


@dataclass(frozen=True)
class Binding:
    """One limit that binds in one bucket."""

    kind: Kind
    row: int
    """Row of the resource, limit, place with a storage capacity, or stock row with a most stock."""
    bucket: int
    where: str
    most: float
    """The limit, in `unit`."""
    worth: float
    """What one more unit of it saves."""

    @property
    def unit(self) -> str:
        """What the limit is counted in."""
        return UNITS[self.kind]

    @property
    def money(self) -> float:
        """What one percent more of the limit saves: what ranks limits of different units."""
        return self.worth * self.most / 100.0

    def words(self, when: str, currency: str) -> str:
        """The limit in a sentence; `when` is the label of its bucket.

        >>> Binding("hours", 0, 2, "line", 160.0, 12.5).words("2027-03", "EUR")
        'line, 2027-03: all 160.0 standard hours are used; one more is worth 12.50 EUR'
        """
        used = f"{self.where}, {when}: all {self.most:,.1f} {self.unit} are used"
        return f"{used}; one more is worth {self.worth:,.2f} {currency}"


def binding(model: SupplyModel, optimum: Optimum) -> tuple[Binding, ...]:
    """Every limit of a visible bucket that binds, those first of which one percent more saves most."""
    network, columns, seen = model.network, model.columns, model.network.visible
    capacity, names = network.capacity, network.axes.resources.leaves
    crews, every = capacity.workforce, np.arange(len(names))
    prices = stock_prices(model, optimum)
    rules, keys = network.stock_rules, network.axes.keys[Grain.STOCK]
    room = [f"storage of {place}" for place in rules.storage.places]
    stocks = [" at ".join(keys.labels(row)) for row in rules.most.rows.tolist()]
    extra = _bound(columns.overtime, optimum)
    extra[crews] = _rows(model, optimum, workforce.OVERTIME, len(crews))
    paid = capacity.overtime.copy()
    people = columns.workers.of(optimum.solution.values)
    paid[crews] = capacity.overtime_per_worker[crews] * people + capacity.overtime_extra[crews]
    hours = np.where(np.isinf(capacity.clock), 0.0, capacity.clock)
    hours[crews] = np.minimum(capacity.hours_per_worker[crews] * people, capacity.clock[crews])
    limit = _rows(model, optimum, limits.NAME, 2 * len(network.limits))[::2]
    most = np.array([one.most for one in network.limits]).reshape(len(network.limits), network.horizon)
    worker_room = np.broadcast_to(capacity.max_workers[crews, None], people.shape)
    shifts = np.broadcast_to(np.ones(1), (len(capacity.shifts), network.horizon))
    parts: tuple[tuple[Kind, IntArray, list[str], FloatArray, FloatArray], ...] = (
        ("hours", every, [*names], hours * capacity.rate[:, None], hour_prices(model, optimum)),
        ("overtime", every, [*names], paid, extra),
        ("shift", capacity.shifts, [*names], shifts, _bound(columns.shift, optimum)),
        ("workers", crews, [*names], worker_room, _bound(columns.workers, optimum)),
        ("limit", np.arange(len(most)), [one.where for one in network.limits], most, limit),
        ("storage", np.arange(len(room)), room, rules.storage.capacity, prices.get("price_storage", np.zeros((0, 1)))),
        (
            "most_stock",
            np.arange(len(stocks)),
            stocks,
            rules.most.most,
            prices.get("price_most_stock", np.zeros((0, 1))),
        ),
    )
    found = [
        Binding(kind, int(rows[k]), int(t), where[rows[k]], float(limit_of[k, t]), float(worth[k, t]))
        for kind, rows, where, limit_of, worth in parts
        for k, t in np.argwhere(worth[:, :seen] > TIGHT).tolist()
        if np.isfinite(limit_of[k, t])
    ]
    return tuple(sorted(found, key=lambda b: (-b.money, -b.worth, b.kind, b.row, b.bucket)))


def _bound(block: Block, optimum: Optimum) -> FloatArray:
    """What one more at the upper bound of each column would save, [rows, T]."""
    found: FloatArray = np.maximum(-block.of(optimum.solution.reduced_costs), 0.0)
    return found


def _rows(model: SupplyModel, optimum: Optimum, name: str, count: int) -> FloatArray:
    """What one more on the right of each row of a family would save, [count, T]."""
    duals = optimum.solution.row_duals[model.rows[name]].reshape(count, model.network.horizon)
    found: FloatArray = np.maximum(-duals, 0.0)
    return found
