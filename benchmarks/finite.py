"""The fast finite plan beside the optimum of the same network, at several loads of the same company."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.company import supply_inputs
from benchmarks.measure import Disagreement, measure
from benchmarks.plan import made_snapshot
from benchmarks.subject import Comparison, Table
from equipoise.core.grid import FloatArray
from equipoise.plan import compute_plan
from equipoise.supply.beyond import run_on
from equipoise.supply.heuristic import HeuristicPlan, plan_by_heuristic
from equipoise.supply.model import SupplyModel, build_model
from equipoise.supply.network import Network, read_network
from equipoise.supply.solving import Optimum, find_optimum

TIGHTNESS = (0.9, 1.0, 1.1, 1.2)
"""Load over capacity as the company states it, times this."""
HEAD = ("load of lines, times", "cost of the optimum", "of the heuristic", "gap", "short, optimum", "short, heuristic")
TOLERANCE = 1e-5
"""Units or hours by which a row may be off."""


def made_network(size: str) -> tuple[Network, FloatArray]:
    """The supply network of the made-up company, run on past the horizon, and its sourcing shares."""
    inputs = supply_inputs(compute_plan(made_snapshot(size)))
    network, share = run_on(inputs, read_network(inputs)), inputs.measure("sourcing_share_ratio")
    beyond = np.repeat(share[:, -1:], network.horizon - share.shape[1], axis=1)
    return network, np.concatenate([share, beyond], axis=1)


def tightened(network: Network, factor: float) -> Network:
    """The network with the hours of its machines divided by a factor."""
    clock = np.where(network.capacity.is_workforce[:, None], 1.0, 1.0 / factor) * network.capacity.clock
    return replace(network, capacity=replace(network.capacity, clock=clock))


def optimum_of(network: Network) -> tuple[SupplyModel, Optimum]:
    """The optimum, model and all, without a basis to start from."""
    model = build_model(network)
    return model, find_optimum(model, None, devex=False)


def check_feasible(model: SupplyModel, plan: HeuristicPlan) -> None:
    """Disagreement unless the plan keeps every row and bound of the model."""
    program, values = model.program, plan.values
    activity = np.bincount(
        program.indices, program.values * np.repeat(values, np.diff(program.starts)), minlength=program.shape[0]
    )
    rows = np.maximum(program.row_lower - activity, activity - program.row_upper).max(initial=0.0)
    bounds = np.maximum(program.lower - values, values - program.upper).max(initial=0.0)
    if not max(rows, bounds) <= TOLERANCE:
        raise Disagreement(f"the heuristic's plan misses a row by {rows:.3g} or a bound by {bounds:.3g}")


def compare_heuristic(size: str, repeat: int) -> tuple[list[Comparison], Table]:
    """The time of both at the company's own load, and the gap at each."""
    network, share = made_network(size)
    rows = []
    for factor in TIGHTNESS:
        tight = tightened(network, factor)
        model, optimum = optimum_of(tight)
        plan = plan_by_heuristic(tight, share)
        check_feasible(model, plan)
        best = optimum.solution.objective
        short = (model.columns.backlog.of(values).sum() for values in (optimum.solution.values, plan.values))
        gap = 100.0 * (plan.cost / best - 1.0)
        rows.append(
            [f"{factor:g}", f"{best:,.0f}", f"{plan.cost:,.0f}", f"{gap:.2f} %", *(f"{units:,.0f}" for units in short)]
        )
    sides: dict[str, list[Callable[[], object]]] = {
        "ours": [partial(plan_by_heuristic, network, share)],
        "optimum": [partial(optimum_of, network)],
    }
    took = measure(sides, repeat)
    what = f"finite heuristic, {network.axes.horizon} buckets"
    table = Table(f"The heuristic beside the optimum, {build_model(network).program.shape[1]:,} columns", HEAD, rows)
    return [Comparison(what, took["ours"].whole, "our own optimum, cold", took["optimum"].whole)], table
