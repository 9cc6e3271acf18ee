"""The fast finite plan: infinite loading, levelled back in time to what fits, then carried out bucket by bucket.

1. *Wanted*: level by level of the product structure, each item from its first source (`infinite_plan`), just in time
   with safety stock. What does not fit into a bucket's regular hours or a supplier's limit goes to another source that
   costs little more (`sources`), else it is built ahead, one bucket earlier at a time, first what costs least
   to hold (backward loading; ASCM dictionary: backward scheduling, finite loading).
2. *Carried out*: from the first bucket on, nothing is started beyond the hours with overtime and extra shifts, and
   nothing without its components. First what demand waits for, then safety stock, then what is early; where hours are
   short, first who loses most by waiting for the hours that he takes (`worth`; the rule that fills a knapsack
   with divisible goods). What cannot be started waits for the next bucket. Markets of first priority are served first,
   what is short goes along other lanes that have stock to spare, the rest waits or is lost, as the market does. What is
   too old is scrapped, first in, first out (`scrap`).
3. *People* are chosen last, by dynamic programming over a grid of workers for the hours that the plan asks for
   (`people`).
4. While that promises to save something, all is done again with shares of lanes that lean away from late sources
   (`shift`); the cheapest plan counts.
5. Stock for which there is no room is brought later, as far as that costs less than it is worth; of what comes beside
   other items that is scrapped which nobody takes later (`storage`).

The loops of steps 1 to 3 have a compiled twin (`kernel`); what follows from the network alone is worked out
once (`ground`), what follows from the ways once in a round (`ways`).

The plan stands in the columns of the supply model (`columns`), so that its whole cost is the model's own and every row
can be checked. It is a plan of its own, not the optimum: tier heuristic. Lots are not rounded to, as in the optimum.
What `unheeded` names of a network is not looked ahead to; what the plan breaks of it stands in columns of slack, or is
found by whoever checks the rows (`fast_plan`).
"""

from dataclasses import dataclass, replace

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.supply.columns import Columns
from equipoise.supply.fast.ground import Ground, read_ground
from equipoise.supply.fast.kernel import Kernel, kernel_named
from equipoise.supply.fast.people import People, choose_people
from equipoise.supply.fast.run import Run
from equipoise.supply.fast.shift import STEPS, shifted
from equipoise.supply.fast.stability import measure_changes
from equipoise.supply.fast.storage import ROUNDS, crowding, held_back, overfull, without_leftovers
from equipoise.supply.fast.wanted import Wanted, with_idle_stock
from equipoise.supply.fast.ways import Round, Ways, read_round
from equipoise.supply.fast.worth import Orders, starting_orders
from equipoise.supply.loading.infinite_plan import first_sources
from equipoise.supply.loading.product_structure import WrongStructure
from equipoise.supply.network.network import Network
from equipoise.supply.network.strategy_rules import NO_STRATEGIES

WORTH_MOVING = 0.001
"""Part of the cost that other lanes must promise to save before they are tried."""


@dataclass(frozen=True, eq=False)
class HeuristicPlan:
    """The fast finite plan in the columns of the supply model."""

    columns: Columns
    values: FloatArray
    """[columns]"""
    cost: float
    """What the model's objective says of it, with what all that is short costs."""
    unheeded: tuple[str, ...]
    """Rules of the network that the plan was made without."""


def plan_by_heuristic(network: Network, share: FloatArray, *, kernel: str = "numpy") -> HeuristicPlan:
    """The fast finite plan of a network, `share` [F, T] the part of its market's demand that each lane carries
    (measure sourcing_share_ratio); always feasible but for what `unheeded` names.

    `kernel` numpy is the reference, numba the same to 1e-9 many times as fast. Raises `NoSuchKernel`.
    """
    by = kernel_named(kernel)
    ground = read_ground(network, by.walks)
    route, lanes = first_sources(network, ground.source_cost)
    weight = np.zeros(share.shape)
    fixed = network.flows.share[lanes]
    weight[lanes] = np.where(np.isnan(fixed), 1.0, fixed)
    leaving = ground.leaving(share)
    moved_share = with_idle_stock(ground, share, leaving)
    ways = Ways(route, moved_share, weight, leaving if moved_share is share else None)
    tried = _carried_out(by, ground, ways)
    best, failed = _in_columns(by, ground, tried.run), 0
    for step in STEPS:
        moved = shifted(tried.now, tried.run, step, WORTH_MOVING * best.cost)
        if moved is None or failed > 1:
            break
        failed += 1
        try:
            following = _carried_out(by, ground, moved)
        except WrongStructure:  # these lanes lead round in a circle
            continue
        plan = _in_columns(by, ground, following.run)
        if _dearness(ground, plan) < _dearness(ground, best):
            best, tried, failed = plan, following, 0
    return _where_there_is_room(by, best, tried)


@dataclass(frozen=True, eq=False)
class _Tried:
    """A plan, the ways that it goes and what it was to start."""

    now: Round
    wanted: Wanted
    orders: Orders
    run: Run


def _carried_out(by: Kernel, ground: Ground, ways: Ways) -> _Tried:
    """The plan that goes certain ways."""
    now = read_round(ground, ways)
    wanted, orders = by.wanted_starts(now), starting_orders(ground, now.structure, now.sourcing, now.waiting)
    return _Tried(now, wanted, orders, _run(by, now, wanted, orders))


def _run(by: Kernel, now: Round, wanted: Wanted, orders: Orders) -> Run:
    return without_leftovers(now.ground.network, by.carry_out(now, wanted, orders))


def _where_there_is_room(by: Kernel, best: HeuristicPlan, tried: _Tried) -> HeuristicPlan:
    """The plan with stock brought later where there is no room for it, as far as that costs less than it is worth."""
    now, wanted = tried.now, tried.wanted
    over = overfull(now.ground.network, tried.run.closing)
    if not over.any():
        return best
    least = _dearness(now.ground, best) + crowding(now, over)
    for _ in range(ROUNDS):
        if not over.any():
            break
        wanted = held_back(now, wanted, tried.run, over)
        tried = replace(tried, run=_run(by, now, wanted, tried.orders))
        over = overfull(now.ground.network, tried.run.closing)
        plan = _in_columns(by, now.ground, tried.run)
        dearness = _dearness(now.ground, plan) + crowding(now, over)
        if dearness >= least:
            break
        best, least = plan, dearness
    return best


def _dearness(ground: Ground, plan: HeuristicPlan) -> float:
    """What ranks plans: their cost, with what they leave of rules priced as the model prices it."""
    columns, price = ground.slack
    return plan.cost + float((plan.values[columns] * price).sum())


def _in_columns(by: Kernel, ground: Ground, run: Run) -> HeuristicPlan:
    """The plan in the columns of the model, with hours, people and what is missing at the end."""
    network, columns = ground.network, ground.columns
    values = np.zeros(columns.count)
    routes, rules = network.routes, network.stock_rules
    closing = np.maximum(run.closing, 0.0)
    load = network.receipts.load.copy()
    hours = run.make[routes.load_route] * routes.load_hours[:, None]
    cells = routes.load_resource[:, None] * network.horizon + routes.load_bucket
    np.add.at(load.reshape(-1), cells.ravel(), hours.ravel())
    if len(rules.storage.at_resource.stock):
        load += rules.storage.at_resource.of(closing, len(load))
    people = choose_people(network, load, by.choose_workers)
    held = np.minimum(closing, network.safety)
    last = np.where(network.ends, network.visible - 1, network.horizon - 1)
    end = closing[np.arange(len(closing)), last]
    least = network.closing_min - closing[:, network.visible - 1]
    for block, part in (
        (columns.make, run.make),
        (columns.ship, run.ship),
        (columns.held, held),
        (columns.excess, closing - held),
        (columns.end_short, np.maximum(network.end_stock - end, 0.0)),
        (columns.closing_slack, np.maximum(least, 0.0)),
        (columns.backlog, run.backlog),
        (columns.lost, run.lost),
        (columns.scrap, run.scrapped[rules.scrap_rows]),
        (columns.component_slack, run.missed[: columns.component_slack.rows]),
        (columns.most_slack, np.maximum(closing[rules.most.rows] - rules.most.most, 0.0)),
        (columns.storage_slack, _room_missing(network, closing)),
        *people.blocks(columns),
    ):
        values[block.span] = part.ravel()
    _say_least_missing(ground, values)
    _pace(network, columns, values, people)
    return HeuristicPlan(columns, values, float((ground.cost * values).sum()) + ground.offset, unheeded(ground))


def _room_missing(network: Network, closing: FloatArray) -> FloatArray:
    """Room that stock takes beyond the storage capacity of each place, [P, T]."""
    storage = network.stock_rules.storage
    if network.rules.is_infinite or not len(storage.places):
        return np.zeros(storage.capacity.shape)
    return np.maximum(storage.at_place.of(closing, len(storage.places)) - storage.capacity, 0.0)


def _say_least_missing(ground: Ground, values: FloatArray) -> None:
    """Units missing to the least quantity of each limit, in place; nobody owes what cannot arrive yet."""
    network, columns = ground.network, ground.columns
    found = columns.least_slack.of(values)
    for number in ground.asks_least.nonzero()[0].tolist():
        limit = network.limits[number]
        opened = network.routes.is_open if limit.block == "make" else network.flows.is_open
        units = limit.per_unit @ getattr(columns, limit.block).of(values)[limit.members]
        found[number] = np.where(opened[limit.members].any(axis=0), np.maximum(limit.least - units, 0.0), 0.0)


def _pace(network: Network, columns: Columns, values: FloatArray, people: People) -> None:
    """Hours more and less than in the bucket before, of the resources whose change costs money, and units more and less
    than the plan of record."""
    rule = network.rate_changes
    if len(rule.rows):
        changes = rule.changes(people.worked)
        values[columns.rate_up.span] = np.maximum(changes, 0.0).ravel()
        values[columns.rate_down.span] = np.maximum(-changes, 0.0).ravel()
    measure_changes(network, columns, values)


def unheeded(ground: Ground) -> tuple[str, ...]:
    """Rules of a network that the heuristic does not look at."""
    network, rules = ground.network, ground.network.stock_rules
    # What comes beside another item comes whether or not its room has place for it.
    beside = network.outputs.stock
    stored = np.concatenate([rules.storage.at_place.stock, rules.storage.at_resource.stock])
    found = {
        "shelf life and scrap": bool(len(rules.scrap_rows)),
        "storage": bool(len(beside)) and bool(np.isin(stored, beside).any()),
        "by-products": bool(len(network.outputs.route)),
        "least quantities": bool(ground.asks_least.any()),
        "components of firm receipts": bool(network.receipts.component_use.any()),
        "whole workers": network.rules.is_integer,
        "production strategies": network.strategies != NO_STRATEGIES,
        "stability": bool(len(network.stability.planned)),
    }
    return tuple(words for words, is_there in found.items() if is_there)
