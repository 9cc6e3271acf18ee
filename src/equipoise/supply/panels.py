"""The measures of the supply plan, by grain, from the exact plan and the solver's hours, people and duals."""

import numpy as np

from equipoise.core.grid import QUANTITY_STEP, FloatArray, IntArray, on_grid
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.supply.constraints import market_balance, rate_changes, stock_balance, workforce
from equipoise.supply.exact import DUST, ExactPlan
from equipoise.supply.limit_prices import limit_prices, room_prices
from equipoise.supply.model import SupplyModel
from equipoise.supply.network.network import Network
from equipoise.supply.solving import Optimum


def supply_panels(model: SupplyModel, optimum: Optimum, plan: ExactPlan) -> tuple[Panel, ...]:
    """Every measure of stage supply (measures.py)."""
    network = model.network
    keys = network.axes.keys
    return (
        Panel(keys[Grain.MAKE], _make(model, optimum, plan)),
        Panel(keys[Grain.FLOW], _flow(model, optimum, plan)),
        Panel(keys[Grain.DEMAND], _demand(model, optimum, plan)),
        Panel(keys[Grain.STOCK], _stock(model, optimum, plan)),
        Panel(keys[Grain.RESOURCE], _resource(model, optimum, plan)),
    )


def _make(model: SupplyModel, optimum: Optimum, plan: ExactPlan) -> dict[str, FloatArray]:
    routes = model.network.routes
    own, subcontract, purchase = (kind[:, None].astype(np.float64) for kind in routes.kinds())
    return {
        "production_qty": shifted(plan.good, routes.arrival) * own,
        "production_started_qty": plan.started * own,
        "subcontract_qty": plan.good * subcontract,
        "purchase_qty": plan.good * purchase,
        "lot_number": lots_started(model, optimum),
        "make_limit_price": limit_prices(model, optimum, "make"),
    }


def lots_started(model: SupplyModel, optimum: Optimum) -> FloatArray:
    """Lots by source, [M, T]; zeros where they are not planned."""
    found = np.zeros((model.columns.make.rows, model.network.horizon))
    rows = model.network.lots.rows
    found[rows] = _tidy(model.columns.lots.of(optimum.solution.values)[: len(rows)])
    return found


def _flow(model: SupplyModel, optimum: Optimum, plan: ExactPlan) -> dict[str, FloatArray]:
    return {
        "shipment_qty": plan.shipped,
        "arrival_qty": shifted(plan.shipped, model.network.flows.arrival),
        "flow_limit_price": limit_prices(model, optimum, "ship"),
    }


def shifted(values: FloatArray, arrival: IntArray) -> FloatArray:
    """Values by the bucket in which they begin, as values by the bucket of `arrival`, both [N, T].

    >>> shifted(np.array([[5.0, 7.0, 1.0]]), np.array([[1, 2, 3]])).tolist()
    [[0.0, 5.0, 7.0]]
    """
    count, horizon = values.shape
    moved = np.zeros((count, horizon + 1))
    np.add.at(moved, (np.arange(count)[:, None], arrival), values)
    return np.ascontiguousarray(moved[:, :horizon])


def _demand(model: SupplyModel, optimum: Optimum, plan: ExactPlan) -> dict[str, FloatArray]:
    network = model.network
    before = np.concatenate([np.zeros((len(plan.backlog), 1)), plan.backlog[:, :-1]], axis=1) + network.overdue
    on_time = np.maximum(plan.served - before, 0.0)
    duals = optimum.solution.row_duals[model.rows[market_balance.NAME]].reshape(plan.served.shape)
    return {
        "demand_served_qty": plan.served,
        "demand_on_time_qty": on_time,
        "unmet_qty": network.required - on_time + 0.0,
        "lost_qty": plan.lost,
        "backlog_closing_qty": plan.backlog,
        "demand_shadow_price": duals + 0.0,
    }


def _stock(model: SupplyModel, optimum: Optimum, plan: ExactPlan) -> dict[str, FloatArray]:
    network = model.network
    duals = optimum.solution.row_duals[model.rows[stock_balance.NAME]].reshape(plan.closing.shape)
    return {
        "component_use_qty": plan.component_use,
        "production_byproduct_qty": plan.by_product,
        "inventory_scrap_qty": plan.scrapped,
        "receipt_scheduled_qty": network.receipts.scheduled,
        "production_to_date_qty": network.made,
        "inventory_shortfall_qty": np.maximum(on_grid(network.safety, QUANTITY_STEP) - plan.closing, 0.0) + 0.0,
        "inventory_shadow_price": 0.0 - duals,
        "inventory_room_price": room_prices(model, optimum),
    }


def _resource(model: SupplyModel, optimum: Optimum, plan: ExactPlan) -> dict[str, FloatArray]:
    network, values = model.network, optimum.solution.values
    capacity, columns = network.capacity, model.columns
    load = _load(network, plan, lots_started(model, optimum))
    overtime = _tidy(columns.overtime.of(values))
    rate = np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None]
    count, hired, laid_off = _people(model, values)
    crews = capacity.is_workforce[:, None]
    crew_hours = on_grid(count * capacity.hours_per_worker, QUANTITY_STEP)
    shift = np.zeros(load.shape)
    shift[capacity.shifts] = _tidy(columns.shift.of(values) * capacity.shift_hours[capacity.shifts, None])
    clock = on_grid(load / rate, QUANTITY_STEP)
    # Hours that firm receipts ask for beyond all capacity are not worked: no rate changes for them.
    worked = clock - on_grid(np.maximum(columns.hours_slack.of(optimum.slack), 0.0) / rate, QUANTITY_STEP)
    changes = np.zeros(load.shape)
    changes[network.rate_changes.rows] = _tidied(network.rate_changes.changes(worked))
    room = capacity.clock + network.stock_rules.storage.relief
    used = np.clip(clock - overtime - shift, 0.0, room)
    if network.rules.is_infinite:
        used = clock
    idle = np.where(crews, np.maximum(crew_hours - on_grid(used, QUANTITY_STEP), 0.0), 0.0)
    if network.rules.is_infinite:
        idle = np.zeros(load.shape)
    rated = np.where(crews, np.minimum(crew_hours, capacity.clock), capacity.clock) * capacity.rate[:, None]
    known = np.isfinite(rated)
    return {
        "capacity_available_hours": np.where(known, on_grid(np.where(known, rated, 0.0), QUANTITY_STEP), np.nan),
        "capacity_demonstrated_hours": np.broadcast_to(network.demonstrated[:, None], load.shape).copy(),
        "capacity_load_hours": load,
        "capacity_paid_hours": np.where(crews, crew_hours, on_grid(used, QUANTITY_STEP)),
        "idle_hours": idle,
        "overtime_hours": overtime,
        "shift_hours": shift,
        "rate_up_hours": np.maximum(changes, 0.0),
        "rate_down_hours": np.maximum(-changes, 0.0) + 0.0,
        "workforce_count": count,
        "hire_count": hired,
        "layoff_count": laid_off,
        "capacity_pace_price": _pace_prices(model, optimum),
        "capacity_shadow_price": hour_prices(model, optimum),
    }


def _load(network: Network, plan: ExactPlan, lots: FloatArray) -> FloatArray:
    """Standard hours of what is started, where they fall, of setups, firm receipts and room, [R, T]."""
    routes = network.routes
    load = network.receipts.load.copy()
    hours = plan.started[routes.load_route] * routes.load_hours[:, None]
    np.add.at(load, (routes.load_resource[:, None], routes.load_bucket), hours)
    rule = network.lots
    set_up = lots[rule.rows][rule.setup_lot] * rule.setup_hours[:, None]
    np.add.at(load, (routes.load_resource[rule.setup_use][:, None], routes.load_bucket[rule.setup_use]), set_up)
    load += network.stock_rules.storage.at_resource.of(plan.closing, len(load))
    return on_grid(load, QUANTITY_STEP)


def _people(model: SupplyModel, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Workers, hired and laid off, [R, T]; workers are recomputed as those before + hired − laid off."""
    network, columns = model.network, model.columns
    capacity = network.capacity
    crews = capacity.workforce
    found = [np.zeros(capacity.clock.shape) for _ in range(3)]
    hired, laid_off = _tidy(columns.hired.of(values)), _tidy(columns.laid_off.of(values))
    workers = capacity.workers[crews, None] + np.cumsum(hired - laid_off, axis=1)
    # A layoff rounded up by a step must not leave less than nobody.
    below = np.maximum.accumulate(np.maximum(-workers, 0.0), axis=1)
    laid_off = laid_off - np.diff(below, axis=1, prepend=0.0)
    workers = capacity.workers[crews, None] + np.cumsum(hired - laid_off, axis=1)
    assert (workers >= 0).all() and (laid_off >= 0).all()
    for target, part in zip(found, (workers, hired, laid_off), strict=True):
        target[crews] = part + 0.0
    return found[0], found[1], found[2]


def _tidy(values: FloatArray) -> FloatArray:
    return on_grid(np.where(values < DUST, 0.0, values), QUANTITY_STEP)


def _tidied(changes: FloatArray) -> FloatArray:
    """Hours more or less on the grid, without dust."""
    return on_grid(np.where(np.abs(changes) < DUST, 0.0, changes), QUANTITY_STEP)


def _pace_prices(model: SupplyModel, optimum: Optimum) -> FloatArray:
    """Cost of one more clock hour by changes of rate, [R, T]: k of the next bucket's row, less this one's."""
    network = model.network
    rule = network.rate_changes
    price = np.zeros(network.capacity.clock.shape)
    duals = optimum.solution.row_duals[model.rows[rate_changes.NAME]].reshape(len(rule.rows), network.horizon)
    after = np.zeros(duals.shape)
    after[:, :-1] = np.nan_to_num(rule.factor[:, 1:]) * duals[:, 1:]
    price[rule.rows] = after - duals
    return price + 0.0


def hour_prices(model: SupplyModel, optimum: Optimum) -> FloatArray:
    """Worth of one more standard hour of regular capacity, [R, T].

    Of a machine, minus the reduced cost of regular hours at their bound; of a workforce, minus the dual of the limit of
    its machine where it has one, else of the people's regular hours; over standard hours per clock hour.
    """
    network, columns = model.network, model.columns
    capacity = network.capacity
    duals = optimum.solution.row_duals
    price = np.maximum(-columns.regular.of(optimum.solution.reduced_costs), 0.0)
    price[~np.isfinite(capacity.clock)] = 0.0
    crews = capacity.workforce
    by_people = np.maximum(-duals[model.rows[workforce.REGULAR]].reshape(len(crews), network.horizon), 0.0)
    by_machine = np.maximum(-duals[model.rows[workforce.MACHINE]].reshape(len(crews), network.horizon), 0.0)
    price[crews] = np.where(np.isfinite(capacity.clock[crews]), by_machine, by_people)
    return price / np.where(capacity.rate > 0, capacity.rate, 1.0)[:, None] + 0.0
