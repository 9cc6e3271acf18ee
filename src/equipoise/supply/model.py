"""The supply model: bounds and prices of every column, and all constraints, as one linear program.

Minimize the money of `cost_total_amount` (pay, hiring, layoff, variable production, subcontracting, purchases, lanes,
extra shifts, changes of rate, orders, idle hours, holding, backlog, lost sales) plus the notional prices of safety
stock shortfall, of scrap (standard cost: the money was spent when the unit was made or bought), of changes of the plan
of record and of the horizon's end. Holding stock up to the safety stock earns its shortfall price, so the shortfall
needs neither columns nor rows.
Priorities of markets and preferences of sources are no prices: they choose among the plans of least cost (`tie_break`).
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from equipoise.core.grid import FloatArray, IntArray
from equipoise.supply.columns import Columns, lay_out
from equipoise.supply.constraints.horizon_end import horizon_end
from equipoise.supply.constraints.limits import limits
from equipoise.supply.constraints.load import load
from equipoise.supply.constraints.lots import lots
from equipoise.supply.constraints.market_balance import market_balance
from equipoise.supply.constraints.most_stock import most_stock
from equipoise.supply.constraints.rate_changes import rate_changes
from equipoise.supply.constraints.shares import shares
from equipoise.supply.constraints.shelf_life import shelf_life
from equipoise.supply.constraints.stability import stability
from equipoise.supply.constraints.stock_balance import stock_balance
from equipoise.supply.constraints.storage import storage
from equipoise.supply.constraints.strategies import strategies
from equipoise.supply.constraints.workforce import workforce
from equipoise.supply.network.firm_use import firm_hours, firm_use
from equipoise.supply.network.network import Network
from equipoise.supply.program.program import LinearProgram, stack

HAIR = 1e-7
"""What lies this far from a whole number is one."""
NOTIONAL = ("shortfall", "scrap", "end_stock", "end_backlog")
"""Prices of the objective that are no money."""
SLACK = (
    "closing_slack",
    "hours_slack",
    "least_slack",
    "component_slack",
    "most_slack",
    "storage_slack",
    "strategy_slack",
)
"""Blocks of columns that are shut while a plan exists."""


@dataclass(frozen=True, eq=False)
class SupplyModel:
    """The program with the meaning of its columns and rows."""

    network: Network
    columns: Columns
    program: LinearProgram
    rows: dict[str, slice]
    slack: IntArray
    """Columns that are shut while a plan exists and opened, at `slack_price`, when none does."""
    slack_price: FloatArray
    slack_most: FloatArray
    """How far each may open: firm production misses no more than it asks for, or goods would come from nowhere."""


def build_model(network: Network) -> SupplyModel:
    """Arrays of the whole model; numpy index arithmetic throughout, no loop over cells."""
    columns = lay_out(network)
    lower, upper = _bounds(network, columns)
    cost, offset = costs(network, columns)
    is_integer = np.zeros(columns.count, dtype=np.bool_)
    # Whole workers make whole hires and layoffs, unless the workers at the start are not whole.
    # An infinite plan keeps whoever is there.
    is_whole = network.rules.is_integer and not network.rules.is_infinite
    is_integer[columns.workers.all[:, : network.visible].ravel()] = is_whole
    # Where no whole number of people is allowed, as before anybody can be hired, the fraction stays.
    is_integer &= np.ceil(lower - HAIR) <= np.floor(upper + HAIR)
    # Of a bucket that has begun no whole shift is left.
    whole = _shifts_left(network)[:, : network.visible] == 1.0
    is_integer[columns.shift.all[:, : network.visible].ravel()] = network.rules.is_integer & whole.ravel()
    for block in (columns.lots, columns.multiples):
        is_integer[block.all[:, : network.visible].ravel()] = True
    families = (
        stock_balance(network, columns),
        market_balance(network, columns),
        load(network, columns),
        *workforce(network, columns),
        limits(network, columns),
        shares(network, columns),
        *horizon_end(network, columns),
        most_stock(network, columns),
        storage(network, columns),
        *shelf_life(network, columns),
        rate_changes(network, columns),
        *lots(network, columns),
        *strategies(network, columns),
        stability(network, columns),
    )
    program, rows = stack(families, cost=cost, lower=lower, upper=upper, is_integer=is_integer, offset=offset)
    slack, price = slack_columns(network, columns)
    most = np.full(columns.count, np.inf)
    most[columns.component_slack.span] = firm_use(network)[: columns.component_slack.rows].ravel()
    most[columns.hours_slack.span] = firm_hours(network).ravel()
    return SupplyModel(network, columns, program, rows, slack, price, most[slack])


def _bounds(network: Network, columns: Columns) -> tuple[FloatArray, FloatArray]:
    capacity, rules = network.capacity, network.rules
    lower, upper = np.zeros(columns.count), np.full(columns.count, np.inf)

    def most(block_name: str, values: FloatArray) -> None:
        block = getattr(columns, block_name)
        upper[block.span] = np.broadcast_to(values, (block.rows, block.buckets)).ravel()

    most("make", np.where(network.routes.is_open, np.inf, 0.0))
    most("ship", np.where(network.flows.is_open, np.inf, 0.0))
    most("held", network.safety)
    waits = np.where(network.is_lost, 0.0, np.inf)[:, None]
    backlog = np.broadcast_to(waits, network.demand.shape).copy()
    if not rules.closing_backlog:
        backlog[:, network.visible - 1] = 0.0
    most("backlog", backlog)
    most("lost", np.where(network.is_lost, np.inf, 0.0)[:, None])
    crews = capacity.is_workforce[:, None]
    room = capacity.clock + network.stock_rules.storage.relief
    most("regular", np.where(crews | rules.is_infinite, np.inf, room))
    most("overtime", np.zeros(1) if rules.is_infinite else capacity.overtime)
    _bound_workers(network, columns, lower, upper)
    for name in SLACK:
        most(name, np.zeros(1))
    most("shift", np.zeros(1) if rules.is_infinite else _shifts_left(network))
    expired = network.stock_rules.shelf.expired[network.stock_rules.scrap_rows]
    most("lots", np.where(np.isinf(network.lots.most), 1.0, np.inf))
    lower[columns.scrap.at(np.arange(len(expired)), 0)] = expired
    if network.firm is not None:
        started = (network.firm / network.routes.yield_ratio[:, None]).ravel()
        is_firm = ~np.isnan(started)
        for bound in (lower, upper):
            bound[columns.make.span] = np.where(is_firm, started, bound[columns.make.span])
    return lower, upper


def _shifts_left(network: Network) -> FloatArray:
    """Extra shifts that a bucket still has room for, 1 or the part to go of one that has begun, [X, T]."""
    left = np.ones((len(network.capacity.shifts), network.horizon))
    left[:, 0] = network.capacity.to_go[network.capacity.shifts]
    return left


def _bound_workers(network: Network, columns: Columns, lower: FloatArray, upper: FloatArray) -> None:
    """Least and most workers; before anybody can be hired the least is what is there. An infinite plan keeps them."""
    capacity = network.capacity
    crews = capacity.workforce
    times = np.arange(network.horizon)[None, :]
    can_hire = times >= capacity.hire_from[crews, None]
    if network.rules.is_infinite:
        upper[columns.hired.span] = upper[columns.laid_off.span] = 0.0
        return
    upper[columns.hired.span] = np.where(can_hire, np.inf, 0.0).ravel()
    least = np.minimum(capacity.min_workers[crews], np.maximum(capacity.max_workers[crews], 0.0))[:, None]
    there = np.minimum(least, capacity.workers[crews][:, None])
    lower[columns.workers.span] = np.where(can_hire, least, there).ravel()
    most = np.broadcast_to(capacity.max_workers[crews][:, None], can_hire.shape)
    if network.rules.is_integer:
        # Said here as well, so that rounding knows it: nobody can be hired yet.
        most = np.where(can_hire, most, np.minimum(most, capacity.workers[crews][:, None]))
    upper[columns.workers.span] = most.ravel()


def costs(network: Network, columns: Columns) -> tuple[FloatArray, float]:
    """Price of every column, and the part of the objective that no column moves."""
    prices, capacity = network.prices, network.capacity
    cost = np.zeros(columns.count)
    crews = capacity.workforce
    holding, offset = prices.holding, 0.0
    if network.rules.is_average_holding:
        # (I[t−1] + I[t]) / 2 in every bucket: a closing stock is charged in two of them, the opening stock in one.
        after = np.concatenate([prices.holding[:, 1:], np.zeros((len(prices.holding), 1))], axis=1)
        holding = (prices.holding + after) / 2
        offset += float((prices.holding[:, 0] * network.opening / 2).sum())
    offset += float((prices.shortfall * network.safety).sum())
    # A workforce is paid by its workers, and idle in the hours that it is paid for and does not work.
    idle = np.zeros(prices.idle.shape) if network.rules.is_infinite else prices.idle
    regular = np.where(capacity.is_workforce[:, None], -idle, prices.regular)
    pay = (prices.regular + idle)[crews] * capacity.hours_per_worker[crews]
    for block, values in (
        (columns.make, prices.make),
        (columns.ship, prices.flow),
        (columns.held, holding - prices.shortfall),
        (columns.excess, holding),
        (columns.end_short, prices.end_stock),
        (columns.backlog, prices.backlog + prices.end_backlog),
        (columns.lost, prices.lost),
        (columns.regular, regular),
        (columns.overtime, prices.overtime),
        (columns.workers, pay),
        (columns.hired, prices.hire[crews]),
        (columns.laid_off, prices.layoff[crews]),
        (columns.scrap, prices.scrap[network.stock_rules.scrap_rows]),
        (columns.shift, prices.shift[capacity.shifts] * capacity.shift_hours[capacity.shifts, None]),
        (columns.rate_up, prices.rate_up[network.rate_changes.rows]),
        (columns.rate_down, prices.rate_down[network.rate_changes.rows]),
        (columns.plan_up, network.stability.price),
        (columns.plan_down, network.stability.price),
        (
            columns.lots,
            np.concatenate([prices.order[network.lots.rows], np.zeros((len(network.lots.lanes), network.horizon))]),
        ),
    ):
        cost[block.span] = values.ravel()
    return cost, offset


def notional_amount(model: SupplyModel, values: FloatArray) -> float:
    """What the objective holds beside the plan's money: safety stock shortfall, scrap, changes of the plan of record,
    the prices of the horizon's end, and all that the hidden buckets cost."""
    prices, columns = model.network.prices, model.columns
    short = model.network.safety - columns.held.of(values)
    amount = float((prices.shortfall * short).sum())
    amount += float((prices.scrap[model.network.stock_rules.scrap_rows] * columns.scrap.of(values)).sum())
    amount += float(prices.end_stock @ columns.end_short.of(values)[:, 0])
    amount += float((prices.end_backlog * columns.backlog.of(values)).sum())
    changed = columns.plan_up.of(values) + columns.plan_down.of(values)
    amount += float((model.network.stability.price * changed).sum())
    return amount + _hidden_amount(model.network, columns, values)


def _hidden_amount(network: Network, columns: Columns, values: FloatArray) -> float:
    """Money of the hidden buckets: what the same plan would cost if the visible ones were free."""
    if network.visible == network.horizon:
        return 0.0
    cost, offset = _costs_of(network, columns, slice(network.visible))
    return offset + float((cost * values).sum())


def money_in_sight(model: SupplyModel) -> FloatArray:
    """What each column costs within the horizon, without what is notional, [columns]."""
    return _costs_of(model.network, model.columns, slice(model.network.visible, None))[0]


def _costs_of(network: Network, columns: Columns, free: slice) -> tuple[FloatArray, float]:
    """Costs if some buckets were free, and all that is notional."""
    changed: dict[str, FloatArray] = {}
    for field in fields(network.prices):
        price = getattr(network.prices, field.name).copy()
        price[..., slice(None) if field.name in NOTIONAL else free] = 0.0
        changed[field.name] = price
    settled = replace(network.stability, price=np.zeros(network.stability.price.shape))
    return costs(replace(network, prices=replace(network.prices, **changed), stability=settled), columns)


def slack_columns(network: Network, columns: Columns) -> tuple[IntArray, FloatArray]:
    """Columns opened when no plan exists, with their penalty per unit or hour (at least 1, so that it counts; only
    strategies count less)."""
    prices = network.prices
    last = network.visible - 1
    waits = np.flatnonzero(~network.is_lost) if not network.rules.closing_backlog else np.zeros(0, dtype=np.int64)
    parts = [
        (columns.closing_slack.all, prices.shortfall[:, last : last + 1]),
        (columns.hours_slack.all, np.maximum(prices.overtime, prices.regular)),
        (columns.least_slack.all, np.ones(1)),
        (columns.component_slack.all, prices.shortfall[: columns.component_slack.rows]),
        (columns.backlog.at(waits, last), np.maximum(prices.backlog, prices.lost)[waits, last]),
        (columns.most_slack.all, prices.shortfall[network.stock_rules.most.rows]),
        (columns.storage_slack.all, np.ones(1)),
    ]
    parts = [(block, np.maximum(values, 1.0)) for block, values in parts]
    # A strategy gives way to everything that is firm, even if a unit of that counts against it in all buckets.
    parts.append((columns.strategy_slack.all, np.full(1, 0.5 / network.horizon)))
    slack = np.concatenate([block.ravel() for block, _ in parts])
    price = np.concatenate([np.broadcast_to(values, block.shape).ravel() for block, values in parts])
    return slack, price
