"""What supply offers when it cannot deliver what was asked: a quantity, a bucket, and what it costs more.

For one demand row and bucket: what the plan brings in it, what it brings later and when, what never comes; and, where
it can be had at all, what more could come by then, earlier requests first, and at what extra cost of the whole plan.
The last is solved, not estimated: first the least that must stay short, then the cheapest plan with no more than that,
both from the plan's own basis.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.highs import Basis, solve
from equipoise.supply.program.program import LinearProgram
from equipoise.supply.solving import DUST, Optimum

SHOWN = 1e-3
"""Less than this is not worth an offer."""
Sort = Literal["on_time", "late", "never", "for_more"]


@dataclass(frozen=True)
class CounterOffer:
    """One offer that demand accepts or refuses."""

    sort: Sort
    quantity: float
    bucket: int
    """Bucket of arrival; of what never comes the bucket asked for."""
    extra_cost: float
    """What the whole plan costs more than it does, the penalties that this saves taken off; 0 for what is planned."""

    def words(self, label: str, currency: str) -> str:
        """The offer in a sentence; `label` names its bucket.

        >>> CounterOffer("for_more", 120.0, 3, 960.0).words("2027-04", "EUR")
        '120.0 more by 2027-04 for 960.00 EUR, 8.00 a unit'
        >>> CounterOffer("late", 80.0, 4, 0.0).words("2027-05", "EUR")
        '80.0 in 2027-05, as planned'
        """
        if self.sort == "never":
            return f"{self.quantity:,.1f} not at all"
        if self.sort == "for_more":
            each = self.extra_cost / self.quantity
            return f"{self.quantity:,.1f} more by {label} for {self.extra_cost:,.2f} {currency}, {each:,.2f} a unit"
        return f"{self.quantity:,.1f} in {label}, as planned"


def counter_offers(model: SupplyModel, optimum: Optimum, *, row: int, bucket: int) -> tuple[CounterOffer, ...]:
    """Offers for what one demand row asks for in one bucket: planned ones in time order, then those for more money.

    Demand of a bucket is served first come, first served: earlier backlog goes first. The planned offers add up to the
    demand.
    """
    planned = planned_offers(model, optimum, row=row, bucket=bucket)
    rest = sum(offer.quantity for offer in planned if offer.sort != "on_time")
    if rest <= SHOWN:
        return planned
    more = offer_for_more(model, optimum, row=row, bucket=bucket)
    return planned if more is None else (*planned, more)


def planned_offers(model: SupplyModel, optimum: Optimum, *, row: int, bucket: int) -> tuple[CounterOffer, ...]:
    """When the plan serves what is asked for in a bucket: Σ served to u against Σ asked before and in the bucket."""
    network, columns = model.network, model.columns
    values = np.maximum(optimum.solution.values, 0.0)
    backlog, lost = (np.maximum(block.of(values)[row], 0.0) for block in (columns.backlog, columns.lost))
    asked = network.demand[row] - lost
    served = np.maximum(asked - np.diff(backlog, prepend=0.0), 0.0)
    so_far, begin = np.cumsum(served), float(asked[:bucket].sum())
    mine = np.clip(so_far, begin, begin + asked[bucket]) - begin
    parts = np.diff(mine, prepend=0.0)
    found = [
        CounterOffer("on_time" if at <= bucket else "late", float(quantity), max(at, bucket), 0.0)
        for at, quantity in enumerate(parts[: network.visible].tolist())
        if quantity > SHOWN
    ]
    never = float(asked[bucket] + lost[bucket] - parts[: network.visible].sum())
    return tuple(found) if never <= SHOWN else (*found, CounterOffer("never", never, bucket, 0.0))


def offer_for_more(model: SupplyModel, optimum: Optimum, *, row: int, bucket: int) -> CounterOffer | None:
    """What more could come by the end of the bucket whatever it costs, and what it costs; None if nothing more can.

    Units of earlier requests that still wait are served first and are among them. With whole workers the answer is the
    one at the plan's workers.
    """
    columns = model.columns
    short = np.array([columns.backlog.at(row, bucket), columns.lost.at(row, bucket)])
    now = float(np.maximum(optimum.solution.values[short], 0.0).sum())
    program = _with_its_workers(model.program, optimum)
    # What the plan already goes beyond stays open: it is no new shortage.
    upper = program.upper.copy()
    slack = model.slack[optimum.slack[model.slack] > 0]
    upper[slack] = np.maximum(upper[slack], optimum.slack[slack] * (1 + 1e-9) + DUST)
    first_cost = np.zeros(len(program.cost))
    first_cost[short] = 1.0
    least = solve(replace(program, upper=upper, cost=first_cost, offset=0.0), optimum.solution.basis, devex=True)
    missing = np.maximum(least.values[short], 0.0)
    gained = now - float(missing.sum())
    if gained <= SHOWN:
        return None
    cost = _cost(replace(program, upper=_at_most(upper, short, missing)), least.basis)
    return CounterOffer("for_more", gained, bucket, max(cost - optimum.solution.objective, 0.0))


def _with_its_workers(program: LinearProgram, optimum: Optimum) -> LinearProgram:
    """The program without whole numbers to search for: they are those of the plan."""
    if not program.is_integer.any():
        return program
    fixed = np.rint(optimum.solution.values)
    return replace(
        program,
        lower=np.where(program.is_integer, fixed, program.lower),
        upper=np.where(program.is_integer, fixed, program.upper),
        is_integer=np.zeros_like(program.is_integer),
    )


def _at_most(upper: FloatArray, columns: np.ndarray, values: FloatArray) -> FloatArray:
    """Upper bounds with those of some columns lowered to values, with a hair of room for the solver's tolerance."""
    kept = upper.copy()
    kept[columns] = np.minimum(upper[columns], values * (1 + 1e-9) + DUST)
    return kept


def _cost(program: LinearProgram, basis: Basis) -> float:
    """Least cost of a program that has a plan."""
    found = solve(program, basis, devex=True)
    assert found.status == "optimal", "what the first solve found has no plan"
    return found.objective
