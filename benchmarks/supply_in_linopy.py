"""The supply model as one would write it in linopy: labelled dimensions, whole blocks at once, no loop over cells.

The same variables and constraints as `equipoise.supply.model`, with the same symbols, from the same `Network`. The
layout is linopy's own advice for large models: `Model(sparse=True)` under its v1 semantics, sums of routes and lanes as
`groupby(...).sum()`, and integer labels, which are the cheapest.
"""

from dataclasses import dataclass
from typing import Any

import highspy
import linopy
import numpy as np
import pandas as pd
from xarray import DataArray

from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.supply.network.network import Network


@dataclass(frozen=True, eq=False)
class Labels:
    """An index for every dimension of the model."""

    make: pd.Index
    flow: pd.Index
    stock: pd.Index
    demand: pd.Index
    resource: pd.Index
    crew: pd.Index
    limit: pd.Index
    bucket: pd.Index

    @staticmethod
    def of(network: Network) -> "Labels":
        """Row numbers of the network's grains; crews carry the number of their resource."""

        def numbers(name: str, count: int) -> pd.Index:
            return pd.RangeIndex(count, name=name)

        return Labels(
            make=numbers("make", network.count(Grain.MAKE)),
            flow=numbers("flow", network.count(Grain.FLOW)),
            stock=numbers("stock", network.count(Grain.STOCK)),
            demand=numbers("demand", network.count(Grain.DEMAND)),
            resource=numbers("resource", network.count(Grain.RESOURCE)),
            crew=pd.Index(network.capacity.workforce, name="crew"),
            limit=numbers("limit", len(network.limits)),
            bucket=numbers("bucket", network.horizon),
        )


class NotInThePeer(ValueError):
    """A feature of the supply model that the peer does not write, because the demo company does not use it."""


def refuse_others(network: Network) -> None:
    """NotInThePeer for what only other companies use."""
    has_shares = not np.isnan(network.flows.share).all()
    if network.rules.is_integer or network.rules.is_infinite or has_shares or network.receipts.component_use.any():
        raise NotInThePeer("whole workers, an infinite plan, fixed shares and components of firm orders are left out")
    if network.ends.any() and network.visible < network.horizon:
        raise NotInThePeer("stock that ends with the visible buckets of a plan that runs on is left out")


def hand_over(network: Network, *, sparse: bool = True) -> highspy.Highs:
    """The whole way of the peer: the model in linopy, then a HiGHS instance that holds it, unsolved."""
    return write_model(network, sparse=sparse).to_highspy()


def write_model(network: Network, *, sparse: bool = True) -> linopy.Model:
    """The supply model of a network; NotInThePeer for what only other companies use."""
    refuse_others(network)
    linopy.options["semantics"] = "v1"
    model = linopy.Model(sparse=sparse)
    labels = Labels.of(network)
    columns = _variables(model, network, labels)
    _stock_balance(model, network, labels, columns)
    _market_balance(model, network, labels, columns)
    _load(model, network, labels, columns)
    _workforce(model, network, labels, columns)
    _limits(model, network, labels, columns)
    _horizon_end(model, network, labels, columns)
    _objective(model, network, labels, columns)
    return model


def _over(labels: Labels, dimensions: str, values: Any) -> DataArray:  # noqa: ANN401  # whatever numpy broadcasts
    """Values as a labelled array over named dimensions."""
    coords = [getattr(labels, name) for name in dimensions.split()]
    wide = np.broadcast_to(np.asarray(values, dtype=np.float64), [len(index) for index in coords])
    return DataArray(wide, coords=coords)


def _variables(model: linopy.Model, network: Network, labels: Labels) -> dict[str, linopy.Variable]:
    capacity = network.capacity
    crews = capacity.workforce
    times = np.arange(network.horizon)[None, :]
    can_hire = times >= capacity.hire_from[crews, None]
    least = np.minimum(capacity.min_workers[crews], np.maximum(capacity.max_workers[crews], 0.0))[:, None]
    there = np.minimum(least, capacity.workers[crews][:, None])
    backlog = np.where(network.is_lost[:, None], 0.0, np.full(network.demand.shape, np.inf))
    if not network.rules.closing_backlog:
        backlog[:, network.visible - 1] = 0.0
    most: dict[str, tuple[str, Any]] = {
        "make": ("make bucket", np.where(network.routes.is_open, np.inf, 0.0)),
        "ship": ("flow bucket", np.where(network.flows.is_open, np.inf, 0.0)),
        "held": ("stock bucket", network.safety),
        "excess": ("stock bucket", np.inf),
        "end_short": ("stock", np.inf),
        "backlog": ("demand bucket", backlog),
        "lost": ("demand bucket", np.where(network.is_lost, np.inf, 0.0)[:, None]),
        "regular": ("resource bucket", np.where(capacity.is_workforce[:, None], np.inf, capacity.clock)),
        "overtime": ("resource bucket", capacity.overtime),
        "workers": ("crew bucket", capacity.max_workers[crews][:, None]),
        "hired": ("crew bucket", np.where(can_hire, np.inf, 0.0)),
        "laid_off": ("crew bucket", np.inf),
        "closing_slack": ("stock", 0.0),
        "hours_slack": ("resource bucket", 0.0),
        "least_slack": ("limit bucket", 0.0),
    }
    lower = {"workers": _over(labels, "crew bucket", np.where(can_hire, least, there))}
    return {
        name: model.add_variables(
            lower=lower.get(name, 0.0),
            upper=_over(labels, dimensions, values),
            coords=[getattr(labels, dimension) for dimension in dimensions.split()],
            name=name,
        )
        for name, (dimensions, values) in most.items()
    }


def _before(variable: linopy.Variable) -> linopy.LinearExpression:
    """The variable one bucket earlier, nothing before the first."""
    return variable.shift(bucket=1).fillna(0)


def _grouped(  # one sum over routes, lanes or uses
    variable: linopy.Variable,
    dimension: str,
    rows: IntArray,
    *,
    weight: FloatArray,
    target: IntArray,
    arrival: IntArray,
    index: pd.Index,
) -> linopy.LinearExpression | None:
    """Σ weight × variable[rows] of what falls to each target in each bucket, [index, bucket]; None if nothing does.

    What is counted in bucket t and falls in bucket t + lag is shifted by its lag, one lag after the other.
    """
    horizon = arrival.shape[1]
    lag = arrival - np.arange(horizon)[None, :]
    falls = (target >= 0)[:, None] & (arrival < horizon)
    weight = np.where(falls, weight, 0.0)
    total = None
    for step in np.unique(lag[falls]).tolist():
        arcs = np.flatnonzero((falls & (lag == step)).any(axis=1))
        chosen = variable.isel({dimension: rows[arcs]})
        arc = chosen.indexes[dimension]
        factor = DataArray(np.where(lag[arcs] == step, weight[arcs], 0.0), coords=[arc, chosen.indexes["bucket"]])
        summed = (chosen * factor).groupby(pd.Series(target[arcs], index=arc, name=index.name)).sum()
        if step:
            summed = summed.shift(bucket=step).fillna(0)
        summed = summed.reindex({index.name: index}).fillna(0)
        total = summed if total is None else total + summed
    return total


def _arriving(
    variable: linopy.Variable,
    dimension: str,
    *,
    weight: FloatArray,
    target: IntArray,
    arrival: IntArray,
    index: pd.Index,
) -> linopy.LinearExpression | None:
    rows = np.arange(len(target))
    return _grouped(variable, dimension, rows, weight=weight, target=target, arrival=arrival, index=index)


def _plus(*terms: linopy.LinearExpression | None) -> linopy.LinearExpression:
    """All terms that exist, merged at once: quicker than one + after the other."""
    return linopy.merge([term for term in terms if term is not None], cls=linopy.LinearExpression)


def _stock_balance(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """I[t] − I[t−1] − arriving + leaving + used = scheduled (+ opening)."""
    routes, flows, parts = network.routes, network.flows, network.components
    now = np.broadcast_to(np.arange(network.horizon), flows.arrival.shape)
    right = network.receipts.scheduled.copy()
    right[:, 0] += network.opening
    balance = _plus(
        *(1.0 * v[name] for name in ("held", "excess")),
        *(-_before(v[name]) for name in ("held", "excess")),
        _arriving(
            v["make"],
            "make",
            weight=-routes.yield_ratio[:, None],
            target=routes.stock,
            arrival=routes.arrival,
            index=labels.stock,
        ),
        _arriving(
            v["ship"],
            "flow",
            weight=np.array([[-1.0]]),
            target=flows.to_stock,
            arrival=flows.arrival,
            index=labels.stock,
        ),
        _arriving(
            v["ship"], "flow", weight=np.array([[1.0]]), target=flows.from_stock, arrival=now, index=labels.stock
        ),
        _grouped(
            v["make"],
            "make",
            parts.route,
            weight=parts.quantity,
            target=parts.stock,
            arrival=np.broadcast_to(np.arange(network.horizon), parts.quantity.shape),
            index=labels.stock,
        ),
    )
    model.add_constraints(balance == _over(labels, "stock bucket", right), name="stock_balance")


def _market_balance(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """Arriving + B[t] − B[t−1] + L[t] = d[t]."""
    flows = network.flows
    served = _arriving(
        v["ship"],
        "flow",
        weight=np.array([[1.0]]),
        target=flows.to_demand,
        arrival=flows.arrival,
        index=labels.demand,
    )
    balance = _plus(1.0 * v["backlog"], -_before(v["backlog"]), 1.0 * v["lost"], served)
    model.add_constraints(balance == _over(labels, "demand bucket", network.demand), name="market_balance")


def _load(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """Σ a·x − e·(r[t] + o[t]) − q[t] = −(firm receipts)."""
    routes = network.routes
    rate = _over(labels, "resource", network.capacity.rate)
    used = _grouped(
        v["make"],
        "make",
        routes.load_route,
        weight=routes.load_hours[:, None],
        target=routes.load_resource,
        arrival=routes.load_bucket,
        index=labels.resource,
    )
    balance = _plus(used, -rate * v["regular"], -rate * v["overtime"], -v["hours_slack"])
    right = _over(labels, "resource bucket", -network.receipts.load)
    model.add_constraints(balance == right, name="load")


def _workforce(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """The four families of `equipoise.supply.constraints.workforce`."""
    capacity = network.capacity
    crews = capacity.workforce
    if not len(crews):
        return
    opening = np.zeros((len(crews), network.horizon))
    opening[:, 0] = capacity.workers[crews]
    people = v["workers"] - _before(v["workers"]) - v["hired"] + v["laid_off"]
    model.add_constraints(people == _over(labels, "crew bucket", opening), name="workers")

    def of_crews(name: str) -> linopy.LinearExpression:
        return (1.0 * v[name].sel(resource=crews)).rename({"resource": "crew"})

    regular, overtime = of_crews("regular"), of_crews("overtime")
    hours = _over(labels, "crew bucket", capacity.hours_per_worker[crews])
    extra_hours = _over(labels, "crew bucket", capacity.overtime_per_worker[crews])
    model.add_constraints(regular - hours * v["workers"] <= 0, name="regular_hours")
    extra = _over(labels, "crew bucket", capacity.overtime_extra[crews])
    model.add_constraints(overtime - extra_hours * v["workers"] <= extra, name="overtime_hours")
    clock = _over(labels, "crew bucket", capacity.clock[crews])
    model.add_constraints(regular + overtime <= clock, name="machine_hours")


def _limits(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """Σ of the members ≤ most[t], and + slack ≥ least[t]; few, so one after the other."""
    for number, limit in enumerate(network.limits):
        block, dimension = ("make", "make") if limit.block == "make" else ("ship", "flow")
        opened = network.routes.is_open if limit.block == "make" else network.flows.is_open
        used = v[block].isel({dimension: limit.members}).sum(dimension)
        short = v["least_slack"].isel(limit=number, drop=True)
        owed = (limit.least > 0) & opened[limit.members].any(axis=0)
        model.add_constraints(used <= _over(labels, "bucket", limit.most), name=f"most_{number}")
        least = _over(labels, "bucket", np.where(owed, limit.least, -np.inf))
        model.add_constraints(used + short >= least, name=f"least_{number}")


def _horizon_end(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """I[T] + u ≥ closing minimum, I[T + X] + g ≥ safety stock."""
    least, safety = (_over(labels, "stock", values) for values in (network.closing_min, network.end_stock))
    seen, last = (
        v["held"].isel(bucket=bucket, drop=True) + v["excess"].isel(bucket=bucket, drop=True)
        for bucket in (network.visible - 1, -1)
    )
    model.add_constraints(seen + v["closing_slack"] >= least, name="closing_min")
    model.add_constraints(last + v["end_short"] >= safety, name="end_safety_stock")


def _objective(model: linopy.Model, network: Network, labels: Labels, v: dict[str, linopy.Variable]) -> None:
    """Money and notional prices; the constant part is `constant`, which linopy's objective has no place for."""
    prices, capacity = network.prices, network.capacity
    crews = capacity.workforce
    holding = prices.holding
    if network.rules.is_average_holding:
        holding = (holding + np.concatenate([holding[:, 1:], np.zeros((len(holding), 1))], axis=1)) / 2
    regular = np.where(capacity.is_workforce[:, None], 0.0, prices.regular)
    parts = {
        "make": ("make bucket", prices.make),
        "ship": ("flow bucket", prices.flow),
        "held": ("stock bucket", holding - prices.shortfall),
        "excess": ("stock bucket", holding),
        "end_short": ("stock", prices.end_stock),
        "backlog": ("demand bucket", prices.backlog + prices.end_backlog),
        "lost": ("demand bucket", prices.lost),
        "regular": ("resource bucket", regular),
        "overtime": ("resource bucket", prices.overtime),
        "workers": ("crew bucket", prices.regular[crews] * capacity.hours_per_worker[crews]),
        "hired": ("crew bucket", prices.hire[crews]),
        "laid_off": ("crew bucket", prices.layoff[crews]),
    }
    terms = [(v[name] * _over(labels, dimensions, values)).sum() for name, (dimensions, values) in parts.items()]
    model.add_objective(linopy.merge(terms, cls=linopy.LinearExpression))


def constant(network: Network) -> float:
    """The part of the objective that no variable moves."""
    prices = network.prices
    amount = float((prices.shortfall * network.safety).sum())
    if network.rules.is_average_holding:
        amount += float((prices.holding[:, 0] * network.opening / 2).sum())
    return amount
