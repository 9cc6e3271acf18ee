"""Levers of the supply model: from the base plan's basis, beside linopy's rebuild and cold solve."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import highspy
import numpy as np

from benchmarks import supply_in_linopy
from benchmarks.company import demo_network
from benchmarks.measure import Disagreement, measure
from benchmarks.subject import Comparison, Table
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.stage import Watch
from equipoise.supply.model import SupplyModel, build_model
from equipoise.supply.network.network import Network
from equipoise.supply.program.highs import Basis
from equipoise.supply.program.watching import Watched
from equipoise.supply.solving import Optimum, find_optimum

TOLERANCE = 1e-6
"""Relative difference of the two objectives that still is the same optimum."""
HEAD = ("lever", "cost before", "cost after", "pivots from the basis")


@dataclass(frozen=True)
class Lever:
    """One change of the network, and how the product prices its pivots (`plan_supply`)."""

    words: str
    change: Callable[[Network], Network]
    devex: bool


def levers(model: SupplyModel, base: Optimum) -> tuple[Lever, ...]:
    """Less of the scarcest machine hour, more demand of one market, a place shut for a bucket."""
    network = model.network
    worth = -model.columns.regular.of(base.solution.reduced_costs)[:, : network.visible]
    worth[network.capacity.is_workforce] = -np.inf
    resource, bucket = (int(k) for k in np.unravel_index(np.argmax(worth), worth.shape))
    where = network.capacity.location[resource]
    place = [row for row, name in enumerate(network.capacity.location) if name == where]
    return (
        Lever("capacity −10 % of one line for a month", _capacity([resource], bucket, 0.9), True),
        Lever("demand +10 % of one market", _more_demand, True),
        Lever("a plant shut for a month", _capacity(place, bucket, 0.0), False),
    )


def _capacity(resources: list[int], bucket: int, factor: float) -> Callable[[Network], Network]:
    def change(network: Network) -> Network:
        clock, overtime = network.capacity.clock.copy(), network.capacity.overtime.copy()
        finite = [row for row in resources if np.isfinite(clock[row, bucket])]
        clock[finite, bucket] *= factor
        overtime[finite, bucket] *= factor
        return replace(network, capacity=replace(network.capacity, clock=clock, overtime=overtime))

    return change


def _more_demand(network: Network) -> Network:
    first = network.axes.keys[Grain.DEMAND].column("market") == 0
    factor: FloatArray = np.where(first, 1.1, 1.0)[:, None]
    return replace(network, demand=network.demand * factor, required=network.required * factor)


def from_basis(network: Network, basis: Basis, *, devex: bool) -> Optimum:
    """Our whole way: arrays of the model, a fresh solver, the basis, values and duals read."""
    return find_optimum(build_model(network), basis, devex=devex)


def cold_in_linopy(
    network: Network, solver: str = "choose", *, watch: Watch | None = None
) -> tuple[float, FloatArray, FloatArray]:
    """The peer's whole way: the model written, handed over, solved by HiGHS as it comes or by one of its ways, read.

    `watch` ends the solve by raising.
    """
    highs = supply_in_linopy.hand_over(network)
    for name, value in (("output_flag", False), ("threads", 1), ("solver", solver)):
        highs.setOptionValue(name, value)
    watched = None if watch is None else Watched(highs, watch)
    highs.run()
    if watched is not None:
        watched.raise_again()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Disagreement(f"HiGHS ended with {highs.modelStatusToString(highs.getModelStatus())}")
    found = highs.getSolution()
    objective = float(highs.getInfo().objective_function_value) + supply_in_linopy.constant(network)
    return objective, np.array(found.col_value), np.array(found.row_dual)


def check_same_optimum(words: str, ours: Optimum, theirs: float) -> None:
    """Disagreement unless both found the same least cost."""
    if abs(ours.solution.objective - theirs) > TOLERANCE * max(1.0, abs(theirs)):
        raise Disagreement(f"{words}: optima differ: {ours.solution.objective:.6f} and {theirs:.6f}")


def compare_levers(size: str, repeat: int) -> tuple[list[Comparison], Table]:
    """Each lever of the demo company's model in both ways."""
    network = demo_network(size)
    model = build_model(network)
    base = find_optimum(model, None, devex=False)
    basis, rows, comparisons = base.solution.basis, [], []
    for lever in levers(model, base):
        changed = lever.change(network)
        ours = from_basis(changed, basis, devex=lever.devex)
        check_same_optimum(lever.words, ours, cold_in_linopy(changed)[0])
        ask, rebuild = partial(from_basis, changed, basis, devex=lever.devex), partial(cold_in_linopy, changed)
        took = measure({"ours": [ask], "theirs": [rebuild]}, repeat)
        peer = "linopy, rebuild and cold solve"
        comparisons.append(Comparison(lever.words, took["ours"].whole, peer, took["theirs"].whole))
        costs = (f"{optimum.solution.objective:,.0f}" for optimum in (base, ours))
        rows.append([lever.words, *costs, f"{ours.solution.iterations:,}"])
    table = Table(f"Levers of the demo company's model, {model.program.shape[1]:,} columns", HEAD, rows)
    return comparisons, table
