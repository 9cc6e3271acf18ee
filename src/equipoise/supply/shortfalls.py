"""What the plan cannot do, in words: unmet demand, overload, and every constraint that could not be kept."""

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.supply.constraints import most_stock, shelf_life, storage
from equipoise.supply.exact import ExactPlan
from equipoise.supply.findings import (
    CLOSING_BACKLOG,
    CLOSING_SHORT,
    COMPONENT_MISSING,
    GAP_LEFT,
    LATE,
    LEAST_NOT_MET,
    MOST_NOT_KEPT,
    OVERBOOKED,
    OVERLOAD,
    SCRAPPED,
    STORAGE_FULL,
    STORAGE_NOT_KEPT,
    UNMET,
)
from equipoise.supply.limit_prices import worth_of_rows
from equipoise.supply.model import SupplyModel
from equipoise.supply.network.network import Network
from equipoise.supply.production_findings import STRATEGY_NOT_KEPT
from equipoise.supply.solving import Optimum

SHOWN = 1e-3
"""Less than this is not worth a sentence."""


def shortfall_findings(
    model: SupplyModel, optimum: Optimum, plan: ExactPlan, panels: tuple[Panel, ...], *, sales_price: FloatArray
) -> list[Finding]:
    """Findings of the finished plan, slack apart; `sales_price` [D, T], NaN unknown, says what money an unmet unit
    stands for."""
    found = _unmet(model.network, plan, panels, sales_price) + _overload(model.network, panels)
    found += _scrap(model.network, plan) + _full(model, optimum, buckets=plan.closing.shape[1])
    if not optimum.is_proved:
        within = f"within {100 * optimum.gap:.2f} % of the best plan"
        text = f"the search over whole numbers stopped at its node limit, {within}"
        if not optimum.is_settled:
            text += " that breaks as much; whether a plan breaks less than what is named as not kept is not known"
        found.append(GAP_LEFT.found("supply plan", text))
    return found


def _panel(panels: tuple[Panel, ...], grain: Grain) -> Panel:
    (found,) = (panel for panel in panels if panel.grain is grain)
    return found


def _unmet(network: Network, plan: ExactPlan, panels: tuple[Panel, ...], sales_price: FloatArray) -> list[Finding]:
    """One finding for each item and market: what is never served is an error, what is late a warning."""
    unmet = _panel(panels, Grain.DEMAND)["unmet_qty"]
    found = []
    for row in np.flatnonzero(unmet.sum(axis=1) > SHOWN).tolist():
        item, market = network.axes.keys[Grain.DEMAND].labels(row)
        never = float(plan.lost[row].sum() + plan.backlog[row, -1])
        late = float(unmet[row].sum())
        first = network.axes.calendar.label(int(np.argmax(unmet[row] > SHOWN / 10)))
        code = UNMET if never > SHOWN else LATE
        amount, words = (never, "are not served") if never > SHOWN else (late, "are late")
        text = f"{amount:,.{0 if amount >= 100 else 1}f} {item} for {market} {words}, first in {first}"
        money = float((unmet[row] * sales_price[row]).sum())
        found.append(
            code.found(
                f"item {item} / market {market}",
                text,
                count=int((unmet[row] > 0).sum()),
                amount=None if np.isnan(money) else round(money, 2),
            )
        )
    return found


def _overload(network: Network, panels: tuple[Panel, ...]) -> list[Finding]:
    """Resources whose load exceeds what is available with overtime, with the worst bucket."""
    panel = _panel(panels, Grain.RESOURCE)
    capacity = network.capacity
    by_people = capacity.overtime_per_worker * panel["workforce_count"] + capacity.overtime_extra
    extra = np.where(capacity.is_workforce[:, None], np.minimum(by_people, capacity.overtime), capacity.overtime)
    extra = extra + panel["shift_hours"] + network.stock_rules.storage.relief
    most = panel["capacity_available_hours"] + extra * capacity.rate[:, None]
    over = np.nan_to_num(panel["capacity_load_hours"] - most)
    found = []
    for row in np.flatnonzero((over > SHOWN).any(axis=1)).tolist():
        worst = int(np.argmax(over[row]))
        load = float(panel["capacity_load_hours"][row, worst])
        code = network.axes.resources.leaves[row]
        available = float(most[row, worst])
        share = f" ({load / available * 100:,.0f} %)" if available > 0 else ""
        unit = "units of room" if capacity.is_storage[row] else "h"
        when = network.axes.calendar.label(worst)
        text = f"{code} is asked for {load:,.1f} {unit} of {available:,.1f} {unit}{share} in {when}"
        found.append(OVERLOAD.found(f"resource {code}", text, count=int((over[row] > SHOWN).sum())))
    return found


def _scrap(network: Network, plan: ExactPlan) -> list[Finding]:
    """One finding for each item and location of which something is scrapped."""
    axes, found = network.axes, []
    for row in np.flatnonzero(plan.scrapped.sum(axis=1) > SHOWN).tolist():
        item, location = axes.keys[Grain.STOCK].labels(row)
        first = axes.calendar.label(int(np.argmax(plan.scrapped[row] > SHOWN / 10)))
        text = f"{float(plan.scrapped[row].sum()):,.1f} {item} at {location} are scrapped, first in {first}"
        count = int((plan.scrapped[row] > 0).sum())
        found.append(SCRAPPED.found(f"item {item} / location {location}", text, count=count))
    return found


def _full(model: SupplyModel, optimum: Optimum, *, buckets: int) -> list[Finding]:
    """Locations whose storage binds, with what one more unit of room would save at most."""
    axes, found = model.network.axes, []
    worth = storage_prices(model, optimum)[:, :buckets]
    for number, place in enumerate(model.network.stock_rules.storage.places):
        tight = np.flatnonzero(worth[number] > SHOWN)
        if tight.size:
            best = int(np.argmax(worth[number]))
            text = (
                f"the storage of {place} is full in {tight.size} buckets, first in {axes.calendar.label(int(tight[0]))}"
            )
            text += f"; one more unit of room is worth {worth[number, best]:,.2f} in {axes.calendar.label(best)}"
            found.append(STORAGE_FULL.found(f"location {place}", text, count=int(tight.size)))
    return found


def storage_prices(model: SupplyModel, optimum: Optimum) -> FloatArray:
    """What one more unit of room would save at each location with a storage capacity, [P, T] (dual values)."""
    return worth_of_rows(model, optimum, storage.NAME, len(model.network.stock_rules.storage.places))


def stock_prices(model: SupplyModel, optimum: Optimum) -> dict[str, FloatArray]:
    """Dual values of the rows that limit stock, for explaining: what one more unit, or unit of room, would save.

    By location with a storage capacity [P, T], by stock row with a most stock [n, T], by stock row [S, T] for shelf
    life; a sort that the plan has no rows of is left out.
    """
    network = model.network
    found = {"price_storage": storage_prices(model, optimum)}
    found["price_most_stock"] = worth_of_rows(model, optimum, most_stock.NAME, len(network.stock_rules.most.rows))
    limited = shelf_life.limited_rows(network)
    if len(limited):
        rows = model.rows[shelf_life.LIFE]
        groups = worth_of_rows(model, optimum, shelf_life.LIFE, (rows.stop - rows.start) // network.horizon)
        found["price_shelf_life"] = np.zeros((len(network.opening), network.horizon))
        found["price_shelf_life"][limited] = groups[: len(limited)]
    return {name: values for name, values in found.items() if len(values)}


def slack_findings(model: SupplyModel, optimum: Optimum) -> list[Finding]:
    """Constraints that no plan keeps, with how much is missing."""
    network, columns = model.network, model.columns
    axes = network.axes
    if not optimum.slack.any():
        return []
    found = []
    for row, missing in _totals(columns.closing_slack.of(optimum.slack)):
        item, location = axes.keys[Grain.STOCK].labels(row)
        asked = float(network.closing_min[row])
        text = f"closing stock of {item} at {location} stays {missing:,.1f} below the {asked:,.1f} asked for"
        found.append(CLOSING_SHORT.found(f"item {item} / location {location}", text))
    for row, missing in _totals(columns.hours_slack.of(optimum.slack)):
        code = axes.resources.leaves[row]
        firm = "firm receipts" if network.firm is None else "firm production"
        takers = f"{firm} and whole lots" if network.lots.count else firm
        text = f"{code} lacks {missing:,.1f} standard hours for its {takers}"
        if network.capacity.is_storage[row]:
            found.append(STORAGE_NOT_KEPT.found(f"resource {code}", f"{code} lacks {missing:,.1f} units of room"))
            continue
        found.append(OVERBOOKED.found(f"resource {code}", text))
    for number, missing in _totals(columns.least_slack.of(optimum.slack)):
        where = network.limits[number].where
        found.append(LEAST_NOT_MET.found(where, f"{missing:,.1f} less than the least quantity of {where}"))
    for row, missing in _totals(columns.component_slack.of(optimum.slack)):
        item, location = axes.keys[Grain.STOCK].labels(row)
        text = f"firm production lacks {missing:,.1f} {item} at {location}"
        found.append(COMPONENT_MISSING.found(f"item {item} / location {location}", text))
    for number, above in _totals(columns.most_slack.of(optimum.slack)):
        item, location = axes.keys[Grain.STOCK].labels(int(network.stock_rules.most.rows[number]))
        text = f"stock of {item} at {location} stays {above:,.1f} above its most stock, added over the buckets"
        found.append(MOST_NOT_KEPT.found(f"item {item} / location {location}", text))
    for number, above in _totals(columns.storage_slack.of(optimum.slack)):
        place = network.stock_rules.storage.places[number]
        text = f"stock at {place} takes {above:,.1f} more room than there is, added over the buckets"
        found.append(STORAGE_NOT_KEPT.found(f"location {place}", text))
    names = network.strategies.slack_names
    for number, amount in _totals(columns.strategy_slack.of(optimum.slack)):
        first = axes.calendar.label(int(np.argmax(columns.strategy_slack.of(optimum.slack)[number] > SHOWN / 10)))
        text = f"{amount:,.1f} units {names[number]}, first in {first}"
        found.append(STRATEGY_NOT_KEPT.found("supply plan", text))
    for row, missing in _totals(columns.backlog.of(optimum.slack)):
        item, market = axes.keys[Grain.DEMAND].labels(row)
        text = f"{missing:,.1f} {item} for {market} remain in backlog at the horizon's end"
        found.append(CLOSING_BACKLOG.found(f"item {item} / market {market}", text))
    return found


def _totals(slack: FloatArray) -> list[tuple[int, float]]:
    """Rows with slack and their total."""
    totals = slack.sum(axis=1)
    return [(row, float(totals[row])) for row in np.flatnonzero(totals > SHOWN).tolist()]
