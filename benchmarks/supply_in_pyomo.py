"""The supply model as one would write it in Pyomo with many rows: sets, rules, and only the terms that are there.

The same variables and constraints as `equipoise.supply.model`, with the same symbols, from the same `Network`. A sum
over routes or lanes walks the few that belong to a row, listed beforehand, and makes one `LinearExpression` of them,
which is Pyomo's cheapest; no rule looks at pairs that do not exist. Pyomo is not installed with the other packages of
the project: `is_installed` says whether it is there.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from benchmarks.supply_in_linopy import refuse_others
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.network.network import Network

if TYPE_CHECKING:
    import pyomo.environ as pyo

Terms = Mapping[tuple[int, int], list[tuple[float, Any]]]
"""What stands in each row (i, t), as factor and variable."""


def is_installed() -> bool:
    """Whether Pyomo can be imported."""
    return find_spec("pyomo") is not None


def write_model(network: Network) -> "pyo.ConcreteModel":
    """The supply model of a network; NotInThePeer for what only other companies use."""
    import pyomo.environ as pyo

    refuse_others(network)
    model = pyo.ConcreteModel()
    _sets(model, network)
    _variables(model, network)
    _stock_balance(model, network)
    _market_balance(model, network)
    _load(model, network)
    _workforce(model, network)
    _limits(model, network)
    _horizon_end(model, network)
    _objective(model, network)
    return model


def to_highs(model: "pyo.ConcreteModel") -> highspy.Highs:
    """A HiGHS instance that holds the model, unsolved, by Pyomo's direct interface."""
    from pyomo.contrib.appsi.solvers.highs import Highs

    solver = Highs()
    solver.set_instance(model)
    return solver._solver_model  # Pyomo has no public name for it


def hand_over(network: Network) -> highspy.Highs:
    """The whole way of the peer: the model in Pyomo, then a HiGHS instance that holds it."""
    return to_highs(write_model(network))


def _sets(model: Any, network: Network) -> None:  # noqa: ANN401  # Pyomo's models have any component by its name
    import pyomo.environ as pyo

    model.bucket = pyo.RangeSet(0, network.horizon - 1)
    for name, count in (
        ("routes", network.count(Grain.MAKE)),
        ("lanes", network.count(Grain.FLOW)),
        ("stocks", network.count(Grain.STOCK)),
        ("markets", network.count(Grain.DEMAND)),
        ("resources", network.count(Grain.RESOURCE)),
        ("limit_numbers", len(network.limits)),
    ):
        setattr(model, name, pyo.RangeSet(0, count - 1))
    model.crews = pyo.Set(initialize=network.capacity.workforce.tolist())


def _variables(model: Any, network: Network) -> None:  # noqa: ANN401
    import pyomo.environ as pyo

    capacity, crews = network.capacity, network.capacity.workforce
    can_hire = np.arange(network.horizon)[None, :] >= capacity.hire_from[:, None]
    least = np.minimum(capacity.min_workers, np.maximum(capacity.max_workers, 0.0))[:, None]
    backlog = np.where(network.is_lost[:, None], 0.0, np.full(network.demand.shape, np.inf))
    if not network.rules.closing_backlog:
        backlog[:, network.visible - 1] = 0.0
    fewest = np.where(can_hire, least, np.minimum(least, capacity.workers[:, None]))
    everywhere = np.zeros((len(network.opening), network.horizon))
    hours = np.where(capacity.is_workforce[:, None], np.inf, capacity.clock)
    most: dict[str, tuple[Any, FloatArray]] = {
        "make": (model.routes, np.where(network.routes.is_open, np.inf, 0.0)),
        "ship": (model.lanes, np.where(network.flows.is_open, np.inf, 0.0)),
        "held": (model.stocks, network.safety),
        "excess": (model.stocks, everywhere + np.inf),
        "backlog": (model.markets, backlog),
        "lost": (model.markets, np.where(network.is_lost[:, None], np.inf, np.zeros(backlog.shape))),
        "regular": (model.resources, hours),
        "overtime": (model.resources, np.broadcast_to(capacity.overtime, hours.shape)),
        "workers": (model.crews, np.broadcast_to(capacity.max_workers[:, None], hours.shape)),
        "hired": (model.crews, np.where(can_hire, np.inf, 0.0)),
        "laid_off": (model.crews, np.full(hours.shape, np.inf)),
        "hours_slack": (model.resources, np.zeros(hours.shape)),
        "least_slack": (model.limit_numbers, np.zeros((len(network.limits), network.horizon))),
    }
    assert len(fewest) == len(hours) >= len(crews)
    for name, (index, values) in most.items():
        upper = [[None if value == np.inf else value for value in row] for row in values.tolist()]
        lower = fewest.tolist() if name == "workers" else None
        setattr(model, name, pyo.Var(index, model.bucket, bounds=_bounds(lower, upper)))
    model.end_short = pyo.Var(model.stocks, bounds=(0.0, None))
    model.closing_slack = pyo.Var(model.stocks, bounds=(0.0, 0.0))


def _bounds(lower: list[list[float]] | None, upper: list[list[float | None]]) -> Callable[..., Any]:
    if lower is None:
        return lambda _model, i, t: (0.0, upper[i][t])
    return lambda _model, i, t: (lower[i][t], upper[i][t])


def _put(  # one sum over routes, lanes or uses
    terms: dict[tuple[int, int], list[tuple[float, Any]]],
    variable: Any,  # noqa: ANN401
    rows: Iterable[int],
    *,
    weight: FloatArray,
    target: IntArray,
    arrival: IntArray,
) -> None:
    """Add weight × variable[row, t] to what stands in the row (target, arrival[t])."""
    horizon = arrival.shape[1]
    wide = np.broadcast_to(weight, arrival.shape).tolist()
    for number, (row, to, arrives) in enumerate(zip(rows, target.tolist(), arrival.tolist(), strict=True)):
        if to < 0:
            continue
        factor = wide[number]
        for t, at in enumerate(arrives):
            if at < horizon and factor[t]:
                terms[to, at].append((factor[t], variable[row, t]))


def _sum(terms: Iterable[tuple[float, Any]]) -> Any:  # noqa: ANN401
    from pyomo.core.expr import LinearExpression

    factors, variables = zip(*terms, strict=True)
    return LinearExpression(linear_coefs=factors, linear_vars=variables)


def _stock_balance(model: Any, network: Network) -> None:  # noqa: ANN401
    """I[t] − I[t−1] − arriving + leaving + used = scheduled (+ opening)."""
    import pyomo.environ as pyo

    routes, flows, parts = network.routes, network.flows, network.components
    terms: dict[tuple[int, int], list[tuple[float, Any]]] = defaultdict(list)
    now = np.broadcast_to(np.arange(network.horizon), flows.arrival.shape)
    made, sent = range(len(routes.stock)), range(len(flows.to_stock))
    _put(
        terms,
        model.make,
        made,
        weight=-routes.yield_ratio[:, None],
        target=routes.stock,
        arrival=routes.arrival,
    )
    _put(terms, model.ship, sent, weight=np.array([[-1.0]]), target=flows.to_stock, arrival=flows.arrival)
    _put(terms, model.ship, sent, weight=np.array([[1.0]]), target=flows.from_stock, arrival=now)
    used = np.broadcast_to(np.arange(network.horizon), parts.quantity.shape)
    _put(terms, model.make, parts.route.tolist(), weight=parts.quantity, target=parts.stock, arrival=used)
    right = network.receipts.scheduled.copy()
    right[:, 0] += network.opening
    wanted = right.tolist()

    def balance(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        here = [(1.0, model.held[i, t]), (1.0, model.excess[i, t])]
        if t:
            here += [(-1.0, model.held[i, t - 1]), (-1.0, model.excess[i, t - 1])]
        return _sum(here + terms.get((i, t), [])) == wanted[i][t]

    model.stock_balance = pyo.Constraint(model.stocks, model.bucket, rule=balance)


def _market_balance(model: Any, network: Network) -> None:  # noqa: ANN401
    """Arriving + B[t] − B[t−1] + L[t] = d[t]."""
    import pyomo.environ as pyo

    flows = network.flows
    terms: dict[tuple[int, int], list[tuple[float, Any]]] = defaultdict(list)
    sent = range(len(flows.to_demand))
    _put(terms, model.ship, sent, weight=np.array([[1.0]]), target=flows.to_demand, arrival=flows.arrival)
    demand = network.demand.tolist()

    def balance(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        here = [(1.0, model.backlog[i, t]), (1.0, model.lost[i, t])]
        if t:
            here.append((-1.0, model.backlog[i, t - 1]))
        return _sum(here + terms.get((i, t), [])) == demand[i][t]

    model.market_balance = pyo.Constraint(model.markets, model.bucket, rule=balance)


def _load(model: Any, network: Network) -> None:  # noqa: ANN401
    """Σ a·x − e·(r[t] + o[t]) − q[t] = −(firm receipts)."""
    import pyomo.environ as pyo

    routes = network.routes
    terms: dict[tuple[int, int], list[tuple[float, Any]]] = defaultdict(list)
    _put(
        terms,
        model.make,
        routes.load_route.tolist(),
        weight=routes.load_hours[:, None],
        target=routes.load_resource,
        arrival=routes.load_bucket,
    )
    rate, firm = network.capacity.rate.tolist(), network.receipts.load.tolist()

    def balance(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        here = [
            (-rate[i], model.regular[i, t]),
            (-rate[i], model.overtime[i, t]),
            (-1.0, model.hours_slack[i, t]),
        ]
        return _sum(here + terms.get((i, t), [])) == -firm[i][t]

    model.load_balance = pyo.Constraint(model.resources, model.bucket, rule=balance)


def _workforce(model: Any, network: Network) -> None:  # noqa: ANN401
    """The four families of `equipoise.supply.constraints.workforce`."""
    import pyomo.environ as pyo

    capacity = network.capacity
    opening, clock = capacity.workers.tolist(), capacity.clock.tolist()
    hours, more = capacity.hours_per_worker.tolist(), capacity.overtime_per_worker.tolist()
    extra = capacity.overtime_extra.tolist()

    def workers(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        here = [(1.0, model.workers[i, t]), (-1.0, model.hired[i, t]), (1.0, model.laid_off[i, t])]
        if t:
            here.append((-1.0, model.workers[i, t - 1]))
        return _sum(here) == (0.0 if t else opening[i])

    def regular(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        return _sum([(1.0, model.regular[i, t]), (-hours[i][t], model.workers[i, t])]) <= 0.0

    def overtime(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        return _sum([(1.0, model.overtime[i, t]), (-more[i][t], model.workers[i, t])]) <= extra[i][t]

    def machine(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        if clock[i][t] == np.inf:
            return pyo.Constraint.Skip
        return _sum([(1.0, model.regular[i, t]), (1.0, model.overtime[i, t])]) <= clock[i][t]

    for name, rule in (
        ("workers_balance", workers),
        ("regular_hours", regular),
        ("overtime_hours", overtime),
        ("machine_hours", machine),
    ):
        setattr(model, name, pyo.Constraint(model.crews, model.bucket, rule=rule))


def _limits(model: Any, network: Network) -> None:  # noqa: ANN401
    """Σ of the members ≤ most[t], and + slack ≥ least[t], where there is such a limit."""
    import pyomo.environ as pyo

    limits = network.limits
    blocks = [model.make if limit.block == "make" else model.ship for limit in limits]
    opened = [network.routes.is_open if limit.block == "make" else network.flows.is_open for limit in limits]
    members = [limit.members.tolist() for limit in limits]
    weights = [limit.per_unit.tolist() for limit in limits]
    owed = [
        (limit.least > 0) & is_open[limit.members].any(axis=0) for limit, is_open in zip(limits, opened, strict=True)
    ]

    def used(i: int, t: int) -> list[tuple[float, Any]]:
        return [(weight, blocks[i][row, t]) for row, weight in zip(members[i], weights[i], strict=True)]

    def most(_model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        return _sum(used(i, t)) <= float(limits[i].most[t]) if np.isfinite(limits[i].most[t]) else pyo.Constraint.Skip

    def least(model: Any, i: int, t: int) -> Any:  # noqa: ANN401
        if not owed[i][t]:
            return pyo.Constraint.Skip
        return _sum([*used(i, t), (1.0, model.least_slack[i, t])]) >= float(limits[i].least[t])

    model.most = pyo.Constraint(model.limit_numbers, model.bucket, rule=most)
    model.least = pyo.Constraint(model.limit_numbers, model.bucket, rule=least)


def _horizon_end(model: Any, network: Network) -> None:  # noqa: ANN401
    """I[T] + u ≥ closing minimum, I[T + X] + g ≥ safety stock."""
    import pyomo.environ as pyo

    closing, safety = network.closing_min.tolist(), network.end_stock.tolist()
    seen, last = network.visible - 1, network.horizon - 1

    def stock(model: Any, i: int, t: int) -> list[tuple[float, Any]]:  # noqa: ANN401
        return [(1.0, model.held[i, t]), (1.0, model.excess[i, t])]

    model.closing_min = pyo.Constraint(
        model.stocks, rule=lambda m, i: _sum([*stock(m, i, seen), (1.0, m.closing_slack[i])]) >= closing[i]
    )
    model.end_safety_stock = pyo.Constraint(
        model.stocks, rule=lambda m, i: _sum([*stock(m, i, last), (1.0, m.end_short[i])]) >= safety[i]
    )


def _objective(model: Any, network: Network) -> None:  # noqa: ANN401
    """Money and notional prices; the constant part is `supply_in_linopy.constant`, as for that peer."""
    import pyomo.environ as pyo

    prices, capacity = network.prices, network.capacity
    holding = prices.holding
    if network.rules.is_average_holding:
        holding = (holding + np.concatenate([holding[:, 1:], np.zeros((len(holding), 1))], axis=1)) / 2
    regular = np.where(capacity.is_workforce[:, None], 0.0, prices.regular)
    shape = (len(capacity.clock), network.horizon)
    parts: tuple[tuple[Any, Any], ...] = (
        (model.make, prices.make),
        (model.ship, prices.flow),
        (model.held, holding - prices.shortfall),
        (model.excess, holding),
        (model.backlog, prices.backlog + prices.end_backlog),
        (model.lost, prices.lost),
        (model.regular, regular),
        (model.overtime, np.broadcast_to(prices.overtime, shape)),
        (model.workers, prices.regular * capacity.hours_per_worker),
        (model.hired, np.broadcast_to(prices.hire, shape)),
        (model.laid_off, np.broadcast_to(prices.layoff, shape)),
    )
    terms: list[tuple[float, Any]] = []
    for variable, price in parts:
        wide = price.tolist()
        terms += [(wide[i][t], cell) for (i, t), cell in variable.items()]
    terms += [(price, model.end_short[i]) for i, price in enumerate(prices.end_stock.tolist())]
    model.cost = pyo.Objective(expr=_sum(terms))
