"""Beyond the horizon: the plan runs on, unseen, so that nothing has to be sold off or built up for its last bucket.

A model that ends with bucket T owes nothing to T + 1. It would run stock down and leave demand waiting, or, if the end
has a price, rush stock up to it. So the network is read for T + X buckets, X the longest cumulative lead time, and
everything that leaves the stage is cut back to T (docs/decisions/0002-end-of-horizon.md).

Where a closing_min_qty is stated, that stock is the end of its row, at T: beyond it nothing is asked for and nothing
costs. What only such rows reach, stock or demand, ends at T as well, and so do crews that work for it alone.
"""

from dataclasses import fields, replace

import numpy as np

from equipoise.core.grid import BoolArray, FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.stage import Inputs
from equipoise.supply.exact import ExactPlan
from equipoise.supply.network.chains import cumulative_lead_time
from equipoise.supply.network.hidden_inputs import longer_inputs
from equipoise.supply.network.network import Network, read_network
from equipoise.supply.strategies import read_strategies

LONGEST_RUN = 2
"""The run is at most a year over this. Every bucket more costs time, and a chain that long is led by purchases, which
the plan counts when they arrive: they do not fall away before the end."""


def run_on(inputs: Inputs, network: Network) -> Network:
    """The network of the horizon, read on for the buckets that the plan runs unseen; itself where it runs none."""
    ends = ended_rows(network)
    count = hidden_buckets(network, ends)
    if not count:
        return _with_strategies(inputs, network)
    inputs = longer_inputs(inputs, count)
    longer = read_network(inputs)
    longer = replace(
        longer,
        visible=network.horizon,
        ends=ends,
        closing_min=network.closing_min,
        end_stock=np.where(ends, network.end_stock, longer.end_stock),
        findings=network.findings,
    )
    return _with_strategies(inputs, _without_ended(longer))


def _with_strategies(inputs: Inputs, network: Network) -> Network:
    """The network with the strategies of production that are asked for, which what is needed in all buckets decides."""
    strategies, findings = read_strategies(inputs, network)
    if strategies == network.strategies and not findings:
        return network
    return replace(network, strategies=strategies, findings=(*network.findings, *findings))


def ended_rows(network: Network) -> BoolArray:
    """Stock rows whose plan ends at T, [S]: their closing stock is stated, or all that reaches them comes from such."""
    routes, flows = network.routes, network.flows
    lanes = np.flatnonzero((flows.from_stock >= 0) & (flows.to_stock >= 0))
    begin, end = flows.from_stock[lanes], flows.to_stock[lanes]
    is_source = np.ones(len(network.opening), dtype=np.bool_)
    is_source[end] = False
    is_source[routes.stock[routes.stock >= 0]] = True
    stays = is_source & ~network.ends
    while not stays[end[stays[begin] & ~network.ends[end]]].all():
        stays[end[stays[begin] & ~network.ends[end]]] = True
    return ~stays


def hidden_buckets(network: Network, ends: BoolArray) -> int:
    """X: the longest cumulative lead time, so that what begins in the last visible bucket still has its customer; at
    least 1, at most half a year. 0 where the knob says so or nothing goes on after T."""
    calendar = network.axes.calendar
    if not network.rules.meets_target or not goes_on(network, ends).any():
        return 0
    left = len(calendar.starts) - 1 - calendar.first - network.horizon
    most = min(calendar.periods_per_year // LONGEST_RUN, left)
    return min(max(cumulative_lead_time(network, most), 1), most)


def goes_on(network: Network, ends: BoolArray) -> BoolArray:
    """Demand rows that some stock serves whose plan does not end at T, [D]."""
    flows = network.flows
    lanes = np.flatnonzero((flows.to_demand >= 0) & (flows.from_stock >= 0))
    found = np.zeros(len(network.demand), dtype=np.bool_)
    found[flows.to_demand[lanes[~ends[flows.from_stock[lanes]]]]] = True
    return found


def _without_ended(network: Network) -> Network:
    """The longer network with nothing asked or paid beyond T for stock that ends there, nor for what only it serves."""
    visible, prices, stays = network.visible, network.prices, goes_on(network, network.ends)
    if stays.all() and not network.ends.any():
        return network
    ended = ~stays
    end_backlog = prices.end_backlog.copy()
    end_backlog[ended, visible - 1] = end_backlog[ended, -1]
    end_backlog[ended, -1] = 0.0
    idle = _idle_crews(network, stays)

    def until(values: FloatArray, rows: BoolArray) -> FloatArray:
        kept = values.copy()
        kept[rows, visible:] = 0.0
        return kept

    return replace(
        network,
        demand=until(network.demand, ended),
        required=until(network.required, ended),
        safety=until(network.safety, network.ends),
        prices=replace(
            prices,
            holding=until(prices.holding, network.ends),
            shortfall=until(prices.shortfall, network.ends),
            backlog=until(prices.backlog, ended),
            lost=until(prices.lost, ended),
            regular=until(prices.regular, idle),
            hire=until(prices.hire, idle),
            layoff=until(prices.layoff, idle),
            end_backlog=end_backlog,
        ),
    )


def _idle_crews(network: Network, stays: BoolArray) -> BoolArray:
    """Crews with work, but none on what is still asked for beyond T nor on parts of it, [R]."""
    keys, parts, routes = network.axes.keys, network.components, network.routes
    made = keys[Grain.MAKE].column("item")
    wanted = np.zeros(len(network.axes.items), dtype=np.bool_)
    wanted[keys[Grain.DEMAND].column("item")[stays]] = True
    part = keys[Grain.STOCK].column("item")[parts.stock]
    while not wanted[part[wanted[made[parts.route]]]].all():
        wanted[part[wanted[made[parts.route]]]] = True
    works, stays_busy = (np.zeros(len(network.capacity.rate), dtype=np.bool_) for _ in range(2))
    works[routes.load_resource] = True
    stays_busy[routes.load_resource[wanted[made[routes.load_route]]]] = True
    return network.capacity.is_workforce & works & ~stays_busy


def cut_panels(panels: tuple[Panel, ...], visible: int) -> tuple[Panel, ...]:
    """The panels without their hidden buckets."""
    return tuple(
        Panel(
            panel.keys,
            {name: np.ascontiguousarray(values[:, :visible]) for name, values in panel.measures.items()},
        )
        for panel in panels
    )


def cut_plan(plan: ExactPlan, visible: int) -> ExactPlan:
    """The plan without its hidden buckets: what happens in the others follows from what begins in them or before."""
    return ExactPlan(*(getattr(plan, field.name)[:, :visible] for field in fields(ExactPlan)))
