"""The plan in force with another regular capacity of one resource, solved at once from the plan's own basis.

The model is the one that the plan was solved with, only the limit of hours differs, so the basis is a few steps from
the new optimum. The answer is the optimum of that model in the solver's numbers; the exact run puts it on the grid and
adds what later stages make of it. A model too large for a request, or one with whole workers, is planned by the fast
finite heuristic instead, on both sides: it shares what is missing on a line among its items, so service falls faster
than in the optimum. A plan made as if capacity had no limit has only its load to compare.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from equipoise.core.adjustment import Adjustment, Amount, Scope
from equipoise.core.grid import FloatArray
from equipoise.core.stage import Inputs
from equipoise.plan import Plan
from equipoise.stages import STAGES
from equipoise.supply.beyond import run_on
from equipoise.supply.binding import Binding, binding
from equipoise.supply.capacity.capacity_changes import apply_changes
from equipoise.supply.changes import ChangeCapacity
from equipoise.supply.columns import Columns
from equipoise.supply.fast.firm_receipts import as_receipts
from equipoise.supply.fast.heuristic import plan_by_heuristic
from equipoise.supply.firm_production import firmed
from equipoise.supply.model import build_model
from equipoise.supply.network.network import Network
from equipoise.supply.panels import hour_prices
from equipoise.supply.program.highs import Basis
from equipoise.supply.solving import find_optimum
from equipoise.supply.tie_break import break_ties
from equipoise_web.reads.capacity_load import rough_cut_of
from equipoise_web.reads.plans import open_plan

Tier = Literal["optimum", "heuristic", "rough"]
MOST_SOLVED, MOST_PLANNED = 40_000, 2_000_000
"""Columns of a model that is still solved, or planned by the heuristic, while somebody waits: the small demo month has
19,000 and is solved in up to 0.8 seconds, ties among plans of one cost included; the medium one has 146,000, takes 1 to
8 seconds to solve and 0.2 for the heuristic."""


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


def tier_of(plan: Plan) -> Tier:
    """How a change of capacity is answered at once."""
    arrays = plan.sections["supply"].arrays
    if plan.tier != "optimum" or "basis_columns" not in arrays:
        return "rough"
    count = len(arrays["basis_columns"])
    if count <= MOST_SOLVED and not rough_cut_of(plan.digest).network.rules.is_integer:
        return "optimum"
    return "heuristic" if count <= MOST_PLANNED else "rough"


def at_once(plan: Plan, lever: Lever) -> tuple[Solved, Solved]:
    """The plan as it is and with a lever, both by the tier of `tier_of`, which must not be rough."""
    digest = plan.digest
    if tier_of(plan) == "optimum":
        planned = solved_as_planned(digest)
        return planned, solve_with(digest, lever) if lever.percent else planned
    nothing = replace(lever, percent=0.0, first=0, end=1)
    return planned_with(digest, nothing), planned_with(digest, lever if lever.percent else nothing)


@lru_cache(maxsize=64)
def planned_with(digest: str, lever: Lever) -> Solved:
    """The fast finite plan with a lever; of what binds it says nothing, for it has no prices."""
    plan, network = open_plan(digest), rough_cut_of(digest).network
    changes = [lever.adjustment(plan)] if lever.percent else []
    capacity, _ = apply_changes(network.axes, network.capacity, changes)
    network = as_receipts(firmed(replace(network, capacity=capacity), plan.sections["supply"].arrays))
    found = plan_by_heuristic(network, plan.measure("sourcing_share_ratio").values)
    price = np.zeros(network.receipts.load.shape)
    return _said(network, found.columns, found.values, price=price, binding=(), cost=found.cost)


@lru_cache(maxsize=64)
def solve_with(digest: str, lever: Lever) -> Solved:
    """The plan of a digest with a lever."""
    longer, basis = _start(digest)
    capacity, _ = apply_changes(longer.axes, longer.capacity, [lever.adjustment(open_plan(digest))])
    model = build_model(replace(longer, capacity=capacity))
    optimum = break_ties(model, find_optimum(model, basis, devex=True))
    return _said(
        model.network,
        model.columns,
        optimum.solution.values,
        price=np.maximum(hour_prices(model, optimum), 0.0),
        binding=binding(model, optimum),
        cost=optimum.solution.objective,
    )


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
    longer = firmed(run_on(inputs, rough_cut_of(digest).network), arrays)
    return longer, Basis(np.asarray(arrays["basis_columns"]), np.asarray(arrays["basis_rows"]))


def _said(
    network: Network,
    columns: Columns,
    values: FloatArray,
    *,
    price: FloatArray,
    binding: tuple[Binding, ...],
    cost: float,
) -> Solved:
    routes, seen, capacity = network.routes, network.visible, network.capacity
    made = np.maximum(columns.make.of(values), 0.0)
    load = network.receipts.load.copy()
    np.add.at(
        load,
        (routes.load_resource[:, None], routes.load_bucket),
        made[routes.load_route] * routes.load_hours[:, None],
    )
    rule = network.lots
    set_up = columns.lots.of(values)[rule.setup_lot] * rule.setup_hours[:, None]
    np.add.at(load, (routes.load_resource[rule.setup_use][:, None], routes.load_bucket[rule.setup_use]), set_up)
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
        price=price[:, :seen],
        served=served[:, :seen],
        on_time=on_time[:, :seen],
        binding=binding,
        cost=cost,
    )
