"""The plan in force with another regular capacity of one resource, solved at once from the plan's own basis.

The model is the one that the plan was solved with, only the limit of hours differs, so the basis is a few steps from
the new optimum. The answer is the optimum of that model in the solver's numbers; the exact run puts it on the grid and
adds what later stages make of it. A model too large for a request, one with whole workers and a plan without an optimum
are not solved here.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.grid import FloatArray
from equipoise.core.stage import Inputs
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise.supply.beyond import run_on
from equipoise.supply.binding import Binding, binding
from equipoise.supply.capacity_changes import apply_changes
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.highs import Basis
from equipoise.supply.model import SupplyModel, build_model
from equipoise.supply.network import Network
from equipoise.supply.panels import hour_prices
from equipoise.supply.solving import Optimum, find_optimum
from equipoise.supply.tie_break import break_ties
from equipoise_web.reads.capacity_load import rough_cut_of
from equipoise_web.reads.plans import open_plan

MOST_COLUMNS = 40_000
"""Columns of a model that is still solved while somebody waits: the demo month has 19,000 and takes up to 0.8
seconds, most of it for the ties among plans of one cost."""


@dataclass(frozen=True)
class Lever:
    """Another regular capacity: percent more or less of a resource's hours in some buckets."""

    resource: str
    percent: float
    first: int
    end: int
    """Buckets first..end−1."""

    def adjustment(self, plan: Plan) -> Adjustment:
        """The same as an adjustment, after all others."""
        calendar = plan.axes.calendar
        scope = Scope(resource=self.resource, first=calendar.start_of(self.first), last=calendar.end_of(self.end - 1))
        return Adjustment("what-if", ChangeCapacity(Amount("scale", self.percent)), scope, seq=2**31)


@dataclass(frozen=True, eq=False)
class Solved:
    """What a solve says of R resources and D demand rows over the T visible buckets."""

    load: FloatArray
    """[R, T] standard hours."""
    rated: FloatArray
    """[R, T] standard hours without overtime; inf: no limit. Of a workforce those of the planned workers."""
    overtime: FloatArray
    """[R, T] clock hours of overtime and extra shifts."""
    price: FloatArray
    """[R, T] what one more standard hour saves."""
    served: FloatArray
    on_time: FloatArray
    """[D, T] units."""
    binding: tuple[Binding, ...]
    cost: float
    """What the optimizer minimizes: pay, materials, freight, holding and waiting, with all that is priced beside it."""


def can_solve(plan: Plan) -> bool:
    """Whether a solve is quick enough to wait for, and says what a plan would."""
    arrays = plan.sections["supply"].arrays
    if plan.tier != "optimum" or "basis_columns" not in arrays:
        return False
    return len(arrays["basis_columns"]) <= MOST_COLUMNS and not rough_cut_of(plan.digest).network.rules.is_integer


@lru_cache(maxsize=64)
def solve_with(digest: str, lever: Lever) -> Solved:
    """The plan of a digest with a lever."""
    longer, basis = _start(digest)
    capacity, _ = apply_changes(longer.axes, longer.capacity, [lever.adjustment(open_plan(digest))])
    model = build_model(replace(longer, capacity=capacity))
    return _said(model, break_ties(model, find_optimum(model, basis, devex=True)))


@lru_cache(maxsize=4)
def solved_as_planned(digest: str) -> Solved:
    """The plan itself: its own numbers, and what binds it. Ties move no price, so they are not looked for again."""
    longer, basis = _start(digest)
    model = build_model(longer)
    optimum = find_optimum(model, basis, devex=True)
    plan = open_plan(digest)
    load, rated, overtime, shift, price, served, on_time = (
        np.asarray(plan.measure(name).values)
        for name in (
            "capacity_load_hours",
            "capacity_available_hours",
            "overtime_hours",
            "shift_hours",
            "capacity_shadow_price",
            "demand_served_qty",
            "demand_on_time_qty",
        )
    )
    return Solved(
        load=load,
        rated=np.where(np.isnan(rated), np.inf, rated),
        overtime=overtime + shift,
        price=np.nan_to_num(price),
        served=served,
        on_time=on_time,
        binding=binding(model, optimum),
        cost=optimum.solution.objective,
    )


@lru_cache(maxsize=2)
def _start(digest: str) -> tuple[Network, Basis]:
    """The network of a plan with the buckets that it runs unseen, and the basis at which it was solved."""
    plan = open_plan(digest)
    (stage,) = (each for each in STAGES if each.name == "supply")
    mine = tuple(each for each in plan.adjustments if each.change.kind in stage.kinds)
    inputs = Inputs(stage, plan.snapshot, plan.axes, plan.policy, mine, plan.sections)
    arrays = plan.sections["supply"].arrays
    longer = run_on(inputs, rough_cut_of(digest).network)
    return longer, Basis(np.asarray(arrays["basis_columns"]), np.asarray(arrays["basis_rows"]))


def _said(model: SupplyModel, optimum: Optimum) -> Solved:
    network, columns, values = model.network, model.columns, optimum.solution.values
    routes, seen, capacity = network.routes, network.visible, network.capacity
    made = np.maximum(columns.make.of(values), 0.0)
    load = network.receipts.load.copy()
    np.add.at(
        load,
        (routes.load_resource[:, None], routes.load_bucket),
        made[routes.load_route] * routes.load_hours[:, None],
    )
    closing = np.maximum(columns.held.of(values) + columns.excess.of(values), 0.0)
    load += network.stock_rules.storage.at_resource.of(closing, len(load))
    overtime = np.maximum(columns.overtime.of(values), 0.0)
    overtime[capacity.shifts] += columns.shift.of(values) * capacity.shift_hours[capacity.shifts, None]
    clock = capacity.clock.copy()
    crews = capacity.workforce
    clock[crews] = np.minimum(columns.workers.of(values) * capacity.hours_per_worker[crews], clock[crews])
    rated = np.where(np.isinf(clock), np.inf, clock * capacity.rate[:, None])
    backlog, lost = (np.maximum(block.of(values), 0.0) for block in (columns.backlog, columns.lost))
    before = np.concatenate([np.zeros((len(backlog), 1)), backlog[:, :-1]], axis=1)
    served = np.maximum(network.demand + before - backlog - lost, 0.0)
    on_time = np.minimum(np.maximum(served - before - network.overdue, 0.0), network.required)
    return Solved(
        load=load[:, :seen],
        rated=rated[:, :seen],
        overtime=overtime[:, :seen],
        price=np.maximum(hour_prices(model, optimum), 0.0)[:, :seen],
        served=served[:, :seen],
        on_time=on_time[:, :seen],
        binding=binding(model, optimum),
        cost=optimum.solution.objective,
    )
