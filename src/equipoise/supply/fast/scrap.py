"""What the fast finite plan scraps: first in, first out, whatever nobody has taken when its life ends.

With A all that has come in, Z all that has gone out and L the buckets of life, a unit that came by u − L must be gone
at the end of u: Z[u] ≥ A[u − L], and Z[u] ≥ the opening stock good until u (the rows of constraints/shelf_life.py, read
bucket by bucket). The same for an item at all its locations together where lanes join them: it gets no younger on the
way.
"""

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.network.network import Network
from equipoise.supply.network.shelf_life import FOREVER

NOTHING = 1e-9


class Scrap:
    """Units scrapped so far, and what has come in, by stock row and by item, of what ages."""

    def __init__(self, network: Network, units: FloatArray) -> None:
        """Nothing is scrapped yet; `units` [S, T] is filled bucket by bucket."""
        shelf, flows = network.stock_rules.shelf, network.flows
        stocks, horizon = len(network.opening), network.horizon
        self.network, self.life = network, shelf.life
        self.units = units
        self.good_until = np.cumsum(shelf.expiring, axis=1)
        self.rows = np.flatnonzero((shelf.life != FOREVER) | (shelf.expiring > 0).any(axis=1))
        self.came, self.left = np.zeros((stocks, horizon)), np.zeros(stocks)
        item = network.axes.keys[Grain.STOCK].column("item")
        self.item = item
        count = len(network.axes.items)
        moves, ages = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.bool_)
        ages[item[self.rows]] = True
        # Of all lanes those that carry what ages.
        self.leaving = np.flatnonzero(ages[item[flows.from_stock]] & (flows.from_stock >= 0))
        is_between = flows.to_stock[self.leaving] >= 0
        self.between, self.sold = self.leaving[is_between], self.leaving[~is_between]
        moves[item[flows.from_stock[self.between]]] = True
        self.items = np.flatnonzero(moves)
        self.item_came = np.zeros((count, horizon))
        self.item_left = np.zeros(count)

    def begin(self, stock: FloatArray) -> FloatArray:
        """What had expired before the start goes in the first bucket."""
        gone = np.minimum(self.network.stock_rules.shelf.expired, stock)
        self.units[:, 0] = gone
        return stock - gone

    def take(self, stock: FloatArray, make: FloatArray, ship: FloatArray, missed: FloatArray, at: int) -> None:
        """Take what is too old out of the stock at the end of bucket `at`, in place."""
        if not len(self.rows):
            return
        network = self.network
        flows, parts = network.flows, network.components
        use = network.receipts.component_use[:, at] - missed[:, at] + self.units[:, at]
        use += np.bincount(parts.stock, parts.quantity[:, at] * make[parts.route, at], minlength=len(stock))
        gone = np.bincount(flows.from_stock[self.leaving], ship[self.leaving, at], minlength=len(stock))
        self.left += use + gone
        self.came[:, at] = stock + self.left
        rows = self.rows
        old = np.maximum(self._owed(self.life[rows], self.came[rows], at), self.good_until[rows, at]) - self.left[rows]
        self._scrap(rows, np.clip(old, 0.0, stock[rows]), stock, at)
        if len(self.items):
            self._by_item(stock, use, ship, at)

    def _owed(self, life: IntArray, came: FloatArray, at: int) -> FloatArray:
        """All that came so long ago that it must be gone by the end of bucket `at`, [n]."""
        ends = (life != FOREVER) & (life <= at)
        return np.where(ends, came[np.arange(len(life)), np.maximum(at - np.maximum(life, 0), 0)], 0.0)

    def _by_item(self, stock: FloatArray, use: FloatArray, ship: FloatArray, at: int) -> None:
        """The same for items at all locations together: stock and what is on the way, out of which markets take."""
        flows, count = self.network.flows, len(self.item_left)
        item_of = self.item[flows.from_stock[self.sold]]
        self.item_left += np.bincount(self.item, use, minlength=count)
        self.item_left += np.bincount(item_of, ship[self.sold, at], minlength=count)
        sent = self.between
        on_way = np.where(flows.arrival[sent] > at, ship[sent], 0.0)[:, : at + 1].sum(axis=1)
        held = np.bincount(self.item, stock, minlength=count)
        held += np.bincount(self.item[flows.from_stock[sent]], on_way, minlength=count)
        scrapped = np.bincount(self.item[self.rows], self.scrapped_now, minlength=count)
        self.item_left += scrapped
        self.item_came[:, at] = held + self.item_left
        good = np.bincount(self.item, self.good_until[:, at], minlength=count)
        life = np.full(count, FOREVER, dtype=np.int64)
        life[self.item] = self.life
        old = np.maximum(self._owed(life, self.item_came, at), good) - self.item_left
        there = np.bincount(self.item[self.rows], stock[self.rows], minlength=count)
        chosen = np.zeros(count, dtype=np.bool_)
        chosen[self.items] = True
        part = np.where(chosen & (there > NOTHING), np.clip(old / np.maximum(there, NOTHING), 0.0, 1.0), 0.0)
        gone = stock[self.rows] * part[self.item[self.rows]]
        self.item_left += np.bincount(self.item[self.rows], gone, minlength=count)
        self._scrap(self.rows, gone, stock, at)

    def _scrap(self, rows: IntArray, units: FloatArray, stock: FloatArray, at: int) -> None:
        units = np.where(units > NOTHING, units, 0.0)
        stock[rows] -= units
        self.units[rows, at] += units
        self.left[rows] += units
        self.scrapped_now = units
