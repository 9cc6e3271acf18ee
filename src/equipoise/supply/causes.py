"""Why a demand is short: the chain of causes from the market back to the limits that bind, in words and numbers.

An optimal plan prices every row (dual values). From the market row the way is followed back by which one more unit
would come at least cost: a lane, a route, its components, stock carried from a bucket before; each takes a quantity of
other rows, whose prices explain its own. The way ends at causes: money that is paid on the way, hours and limits that
are used up, with what they are worth, and stock that nothing can bring in time. By linear programming duality they add
up: Σ quantity × worth of the causes = the marginal cost of the demand + what this way costs more than that (`gap`, 0
where the plan uses it: then the way is the one taken, and what it lacks is what its tight rows are worth).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.constraints import limits, load, market_balance, stock_balance
from equipoise.supply.constraints.most_stock import NAME as MOST_STOCK
from equipoise.supply.constraints.storage import NAME as STORAGE
from equipoise.supply.model import SupplyModel
from equipoise.supply.solving import Optimum

Kind = Literal["paid", "hours", "limit", "room", "rule", "missing"]
NOTHING = 1e-9
"""Money or a quantity below this is no cause."""
SHOWN = 1e-3
"""Less short than this is not worth a sentence."""
SUPPLIES = ("make", "ship", "held", "excess")


@dataclass(frozen=True)
class Cause:
    """One end of the chain: `quantity` of something for each unit short, at `worth` each."""

    kind: Kind
    where: str
    bucket: int
    quantity: float
    worth: float
    """Money per unit of it: of `paid` its price; of all others what one more would save, pay included for hours."""

    @property
    def amount(self) -> float:
        """Money per unit of the demand."""
        return self.quantity * self.worth


@dataclass(frozen=True)
class Chain:
    """One shortage and what it comes from."""

    row: int
    bucket: int
    short: float
    """Units not served by the end of the bucket, waiting or lost."""
    marginal: float
    """What one more unit of this demand costs."""
    gap: float
    """What the way followed would cost beyond that."""
    steps: tuple[str, ...]
    """The way, from the market back."""
    causes: tuple[Cause, ...]
    """The dearest first."""

    def words(self, who: str, when: str, currency: str) -> str:
        """The chain in a paragraph; `who` names the demand, `when` its bucket."""
        way = " ← ".join(self.steps)
        ends = "; ".join(
            f"{cause.quantity:,.4g} × {cause.where} at {cause.worth:,.2f} = {cause.amount:,.2f}"
            for cause in self.causes
        )
        text = f"{self.short:,.1f} {who} are short in {when}; one more unit costs {self.marginal:,.2f} {currency}. "
        text += f"It would come by {way}. " if way else "No listed source can bring it in time. "
        text += f"That takes {ends}." if ends else ""
        return text + (f" That is {self.gap:,.2f} more than to go without." if self.gap > SHOWN else "")


def shortages(model: SupplyModel, optimum: Optimum) -> list[tuple[int, int, float]]:
    """Demand row, bucket and units of everything that waits or is lost within the horizon, in order."""
    columns, seen = model.columns, model.network.visible
    values = np.maximum(optimum.solution.values, optimum.slack)
    short = (columns.backlog.of(values) + columns.lost.of(values))[:, :seen]
    return [(row, bucket, float(short[row, bucket])) for row, bucket in np.argwhere(short > SHOWN).tolist()]


class Causes:
    """The prices of an optimum, ready to be followed back."""

    def __init__(self, model: SupplyModel, optimum: Optimum) -> None:
        """Nothing is computed yet."""
        self.model, self.optimum = model, optimum
        self._names = {name: span for name, span in model.rows.items() if span.stop > span.start}

    @cached_property
    def _by_row(self) -> tuple[IntArray, IntArray]:
        """Where each row's entries begin, and the columns of all entries by row."""
        program = self.model.program
        column = np.repeat(np.arange(len(program.cost)), np.diff(program.starts))
        order = np.argsort(program.indices, kind="stable")
        starts = np.searchsorted(program.indices[order], np.arange(program.shape[0] + 1))
        return starts, column[order]

    @cached_property
    def _supplies(self) -> tuple[FloatArray, FloatArray]:
        """Of every column that supplies rows its reduced cost, inf where it can bring no more; and their values."""
        program, columns = self.model.program, self.model.columns
        cost = np.full(len(program.cost), np.inf)
        for name in SUPPLIES:
            span = getattr(columns, name).span
            cost[span] = self.optimum.solution.reduced_costs[span]
        # What is shut or fixed, or stands at its upper bound, brings nothing more.
        cost[program.upper <= program.lower] = np.inf
        cost[cost < -NOTHING] = np.inf
        return cost, self.optimum.solution.values

    def of(self, row: int, bucket: int, short: float = 0.0) -> Chain:
        """The chain of one demand row and bucket."""
        begin = self._names[market_balance.NAME].start + row * self.model.network.horizon + bucket
        marginal = float(self.optimum.solution.row_duals[begin])
        causes, steps, gap = list[Cause](), list[str](), 0.0
        waiting, seen = [(begin, 1.0)], set[int]()
        while waiting:
            at, quantity = waiting.pop()
            column = -1 if at in seen else self._cheapest(at, seen)
            seen.add(at)
            if column < 0:
                price = self._price(at)
                causes.append(Cause("missing", self._missing(at), self._bucket(at), quantity, price))
                continue
            entry, taken = self._entries(column)
            units = quantity / abs(float(taken[entry == at][0]))
            gap += units * float(self.optimum.solution.reduced_costs[column])
            steps.append(self._step(column))
            paid = float(self.model.program.cost[column])
            causes.append(Cause("paid", self._paid(column), self._column(column)[2], units, paid))
            for other, value in zip(entry.tolist(), taken.tolist(), strict=True):
                if other == at:
                    continue
                worth = -float(self.optimum.solution.row_duals[other]) * np.sign(value)
                if abs(worth) <= NOTHING:
                    continue
                if self._name(other) == stock_balance.NAME and value > 0:
                    waiting.append((other, units * value))
                else:
                    causes.append(self._end(other, units * abs(value), float(worth)))
        return Chain(row, bucket, short, marginal, gap, tuple(steps), _together(causes))

    def _price(self, at: int) -> float:
        """What one more unit in a balance row is worth."""
        dual = float(self.optimum.solution.row_duals[at])
        return dual if self._name(at) == market_balance.NAME else -dual

    def _cheapest(self, at: int, seen: set[int]) -> int:
        """The column that would bring one more unit into a row at least cost, used ones before others; −1: none."""
        starts, columns = self._by_row
        cost, values = self._supplies
        sign = 1.0 if self._name(at) == market_balance.NAME else -1.0
        best, found = (np.inf, 0.0), -1
        for column in columns[starts[at] : starts[at + 1]].tolist():
            entry, taken = self._entries(column)
            coefficient = float(taken[entry == at][0])
            if not np.isfinite(cost[column]) or coefficient * sign <= 0:
                continue
            if any(other in seen for other in entry.tolist() if other != at):
                continue
            rank = (round(float(cost[column]) / abs(coefficient), 9), -float(values[column]))
            if rank < best:
                best, found = rank, column
        return found

    def _entries(self, column: int) -> tuple[IntArray, FloatArray]:
        program = self.model.program
        span = slice(int(program.starts[column]), int(program.starts[column + 1]))
        return program.indices[span], program.values[span]

    def _name(self, row: int) -> str:
        """The family of a row."""
        return next(name for name, span in self._names.items() if span.start <= row < span.stop)

    def _bucket(self, row: int) -> int:
        return int((row - self._names[self._name(row)].start) % self.model.network.horizon)

    def _column(self, column: int) -> tuple[str, int, int]:
        """Block, row and bucket of a column that supplies."""
        for name in SUPPLIES:
            block = getattr(self.model.columns, name)
            if block.span.start <= column < block.span.stop:
                return name, *divmod(column - block.offset, block.buckets)
        raise AssertionError(f"column {column} supplies nothing")

    def _step(self, column: int) -> str:
        name, row, bucket = self._column(column)
        keys, when = self.model.network.axes.keys, self.model.network.axes.calendar.label(bucket)
        if name == "make":
            item, place, route = keys[Grain.MAKE].labels(row)
            return f"{item} at {place}{f' by {route}' if route else ''} in {when}"
        if name == "ship":
            item, begin, end = keys[Grain.FLOW].labels(row)
            return f"{item} from {begin} to {end} in {when}"
        item, place = keys[Grain.STOCK].labels(row)
        return f"{item} kept at {place} since {when}"

    def _paid(self, column: int) -> str:
        name, row, _ = self._column(column)
        keys = self.model.network.axes.keys
        if name == "make":
            return f"cost of a unit of {' / '.join(part for part in keys[Grain.MAKE].labels(row) if part)}"
        if name == "ship":
            item, begin, end = keys[Grain.FLOW].labels(row)
            return f"freight of {item} from {begin} to {end}"
        item, place = keys[Grain.STOCK].labels(row)
        # Up to the safety stock a unit kept earns what a unit missing costs.
        words = "holding" if name == "excess" else "holding, less what a unit of safety stock is worth,"
        return f"{words} of {item} at {place}"

    def _missing(self, row: int) -> str:
        name = self._name(row)
        number = (row - self._names[name].start) // self.model.network.horizon
        when = self.model.network.axes.calendar.label(self._bucket(row))
        grain = Grain.DEMAND if name == market_balance.NAME else Grain.STOCK
        item, place = self.model.network.axes.keys[grain].labels(number)
        firm, routes = self.model.network.firm, self.model.network.routes
        if grain is Grain.STOCK and firm is not None and not np.isnan(firm[routes.stock == number]).all():
            return f"{item} at {place} by {when}, where what is made was firmed"
        return f"{item} at {place} by {when}, where nothing ordered now arrives in time"

    def _end(self, row: int, quantity: float, worth: float) -> Cause:
        """A row that is no stock: what is taken of it and what one more is worth."""
        network, name = self.model.network, self._name(row)
        number, bucket = divmod(row - self._names[name].start, network.horizon)
        when = network.axes.calendar.label(bucket)
        if name == load.NAME:
            return Cause(
                "hours", f"standard hour of {network.axes.resources.leaves[number]} in {when}", bucket, quantity, worth
            )
        if name == limits.NAME:
            return Cause(
                "limit", f"unit of the limit of {network.limits[number // 2].where} in {when}", bucket, quantity, worth
            )
        if name == STORAGE:
            place = network.stock_rules.storage.places[number]
            return Cause("room", f"unit of room at {place} in {when}", bucket, quantity, worth)
        if name == MOST_STOCK:
            item, place = network.axes.keys[Grain.STOCK].labels(int(network.stock_rules.most.rows[number]))
            return Cause("room", f"unit of the most stock of {item} at {place} in {when}", bucket, quantity, worth)
        if name == stock_balance.NAME:
            item, place = network.axes.keys[Grain.STOCK].labels(number)
            return Cause(
                "paid", f"unit of {item} that comes out beside it at {place} in {when}", bucket, quantity, worth
            )
        return Cause(
            "rule", f"rule {name} in {when}" if bucket < network.horizon else f"rule {name}", bucket, quantity, worth
        )


def _together(causes: list[Cause]) -> tuple[Cause, ...]:
    """Causes of the same kind, place and price as one, those that cost nothing left out, the dearest first."""
    found: dict[tuple[str, str, float], Cause] = {}
    for cause in causes:
        key = (cause.kind, cause.where, cause.worth)
        known = found.get(key)
        found[key] = replace(cause, quantity=cause.quantity + (known.quantity if known else 0.0))
    kept = [cause for cause in found.values() if abs(cause.amount) > NOTHING]
    return tuple(sorted(kept, key=lambda cause: (-cause.amount, cause.where)))
