"""The first step of a large model, carried out: plans and bounds are told as they come, its basis starts the second.

Of a very large one a plan is made item by item beforehand, from nothing, and its distance from the best bounded by the
prices that this gives (`item_by_item`, `item_bound`): seconds instead of minutes. Of one that takes many minutes a plan
within a thousandth follows, by interior points that know of the items (`close_plan`). What is told never changes the
basis, and so never the answer.
"""

from contextlib import suppress

import numpy as np

from equipoise.core.stage import Watch
from equipoise.supply.large.item_bound import bound_at, consistent_prices
from equipoise.supply.large.item_by_item import improve, in_groups
from equipoise.supply.large.repair import repaired
from equipoise.supply.large.two_steps import extend, reduce
from equipoise.supply.model import SupplyModel
from equipoise.supply.program.highs import Basis, SolverStopped, solve
from equipoise.supply.program.program import LinearProgram

TOLD_EARLY = 150_000
"""Columns from which on a plan is made before the first step."""
CLOSED_IN = 500_000
"""Columns from which on the plan is also brought within a thousandth of the best before the first step."""
SWEEPS = ((1, 0), (5, 2))
"""Items planned at once, and how the groups are shifted, in each round of the early plan."""


class Standing:
    """What is known of an optimum that is being looked for: the cheapest plan, the highest bound, and who is told."""

    def __init__(self, watch: Watch | None) -> None:
        """Nothing is known yet."""
        self.told, self.cost, self.bound = watch, np.inf, -np.inf

    def learn(self, *, cost: float = np.inf, bound: float = -np.inf) -> None:
        """Take in another plan or bound, and tell it."""
        self.cost, self.bound = min(self.cost, cost), max(self.bound, bound)
        self.watch("")

    def watch(self, note: str) -> None:
        """To be called by whoever solves: passes the note on, or what is known if there is none."""
        if self.told is not None:
            self.told(note or in_words(self.cost, self.bound))


def basis_of_first_step(
    model: SupplyModel, program: LinearProgram, *, watch: Watch | None = None
) -> tuple[Basis | None, Watch | None]:
    """A dual feasible basis of a model's program, and a watcher that goes on to tell what is known by now.

    No basis if there is no plan, or if the interior point method ends without one: then the whole is solved cold.
    """
    known = Standing(watch)
    if watch is not None and program.shape[1] >= TOLD_EARLY:
        with suppress(SolverStopped):  # without an early plan there is less to tell
            tell_early(model, program, known)
    reduced = reduce(model, program)
    try:
        first = solve(reduced.program, interior=True, watch=known.watch)
    except SolverStopped:
        return None, watch
    if first.status == "infeasible":
        return None, watch
    known.learn(bound=first.objective)
    if watch is not None:
        with suppress(SolverStopped):
            plan = repaired(model, program, reduced, first.values, watch=known.watch)
            if plan is not None:
                known.learn(cost=plan.objective)
    return extend(model, program, reduced, first.basis), known.watch


def tell_early(model: SupplyModel, program: LinearProgram, known: Standing) -> None:
    """Make a plan item by item and bound its distance from the best; of a very large model, then one close to it."""
    is_closed_in = program.shape[1] >= CLOSED_IN
    values, duals = np.zeros(program.shape[1]), np.zeros(program.shape[0])
    for count, shift in SWEEPS[:1] if is_closed_in else SWEEPS:
        found = improve(model, program, values, in_groups(model, count, shift), watch=known.watch)
        values, duals = found.values, np.where(found.duals != 0.0, found.duals, duals)
        if found.is_plan:
            known.learn(cost=float((program.cost * values).sum()) + program.offset)
    if is_closed_in:
        from equipoise.supply.large.close_plan import close_plan, near_optimum  # it loads SciPy

        near = near_optimum(model, program, watch=known.watch)
        known.learn(bound=near.bound)
        plan = close_plan(model, program, near, watch=known.watch)
        if plan is not None:
            known.learn(cost=float((program.cost * plan).sum()) + program.offset)
    elif np.isfinite(known.cost):
        prices = consistent_prices(model, program, values, duals)
        known.learn(bound=bound_at(model, program, prices))


def in_words(cost: float, bound: float) -> str:
    """What is known of an optimum.

    >>> in_words(np.inf, 1234567.8), in_words(1_002_000.0, -np.inf)
    ('every plan costs at least 1,234,568', 'a plan is here that costs 1,002,000')
    >>> in_words(1_002_000.0, 1_000_000.0), in_words(np.inf, -np.inf)
    ('a plan is here, at most 0.20 % above the best', '')
    """
    if np.isinf(cost):
        return f"every plan costs at least {bound:,.0f}" if np.isfinite(bound) else ""
    if np.isinf(bound) or bound <= 0:
        return f"a plan is here that costs {cost:,.0f}"
    return f"a plan is here, at most {100 * max(0.0, cost / bound - 1):.2f} % above the best"
