"""Stage `prices`: every price and cost rate of the plan, inherited, in force by bucket, in the dataset's currency."""

import numpy as np

from equipoise.core.finding import Finding
from equipoise.core.grid import FloatArray, IntArray
from equipoise.core.measure import Grain
from equipoise.core.panel import Panel
from equipoise.core.section import Section
from equipoise.core.stage import Inputs
from equipoise.finance.changes import ChangeExchangeRate, apply_rate_change
from equipoise.finance.currency import ExchangeRates
from equipoise.finance.resource_cost import resource_prices
from equipoise.finance.sales_price import demand_cells, price_sales
from equipoise.finance.service_cost import service_costs
from equipoise.finance.source_cost import flow_prices, make_prices, order_prices
from equipoise.finance.stock_cost import holding_costs, shortfall_prices, standard_costs, stock_cells


def plan_prices(inputs: Inputs) -> Section:
    """Prices are rates: money per unit, hour or person, [N, T] of their grain, never summed.

    Only `sales_net_price` and `cost_standard_price` may be NaN: unknown. All others have defaults (tables.md,
    section 3), each taken with a finding.
    """
    axes = inputs.axes
    exchange, found_rates = exchange_rates(inputs)
    sold, kept = inputs.keys(Grain.DEMAND).column("item"), inputs.keys(Grain.STOCK).column("item")
    price, found_price = price_sales(inputs, exchange)
    standard, found_standard = standard_costs(inputs, exchange)
    make, dearest, found_make = make_prices(inputs)
    backlog, lost, found_service = service_costs(
        inputs,
        exchange,
        price=price,
        item_standard=_by_item(np.fmax, standard, kept, len(axes.items)),
        item_source=dearest,
    )
    holding, found_holding = holding_costs(
        inputs, exchange, standard=standard, item_price=_mean_by_item(price, sold, len(axes.items))
    )
    shortfall, found_shortfall = shortfall_prices(
        inputs,
        holding=holding,
        standard=standard,
        item_backlog=_by_item(np.fmin, backlog, sold, len(axes.items)),
    )
    capacity, found_capacity = resource_prices(inputs)
    panels = {
        Grain.DEMAND: {
            "sales_net_price": price,
            "cost_backlog_price": backlog,
            "cost_lost_price": lost,
            "sales_exchange_ratio": exchange.rate_of(
                exchange.numbers(axes, inputs.table("prices"), "price", *demand_cells(axes))
            ),
        },
        Grain.STOCK: {
            "cost_standard_price": standard,
            "cost_holding_price": holding,
            "cost_shortfall_price": shortfall,
            "cost_exchange_ratio": exchange.rate_of(
                exchange.numbers(axes, inputs.table("costs"), "standard_cost", *stock_cells(axes))
            ),
        },
        Grain.MAKE: {"make_unit_price": make, "make_order_price": order_prices(inputs)},
        Grain.FLOW: {"flow_unit_price": flow_prices(inputs)},
        Grain.RESOURCE: capacity,
    }
    findings = [
        *found_rates,
        *found_price,
        *found_standard,
        *found_make,
        *found_service,
        *found_holding,
        *found_shortfall,
    ]
    return Section(
        "prices",
        tuple(Panel(inputs.keys(grain), measures) for grain, measures in panels.items()),
        findings=(*findings, *found_capacity),
        arrays={"exchange_rates": exchange.rates},
    )


def exchange_rates(inputs: Inputs) -> tuple[ExchangeRates, list[Finding]]:
    """Planning rates by bucket, after people's changes."""
    calendar = inputs.axes.calendar
    exchange = ExchangeRates.of(calendar, inputs.table("exchange_rates"), inputs.snapshot.head.currency)
    findings: list[Finding] = []
    for adjustment in inputs.adjustments:
        if isinstance(adjustment.change, ChangeExchangeRate):
            exchange, found = apply_rate_change(calendar, exchange, adjustment)
            findings += found
    return exchange, findings


def _by_item(choose: np.ufunc, values: FloatArray, items: IntArray, count: int) -> FloatArray:
    """Largest (fmax) or smallest (fmin) known value over the rows of each item, [count, T]; NaN where none is."""
    found = np.full((count, values.shape[1]), np.nan)
    choose.at(found, items, values)
    return found


def _mean_by_item(values: FloatArray, items: IntArray, count: int) -> FloatArray:
    """Mean of the known values over the rows of each item, [count, T]; NaN where none is."""
    total, number = np.zeros((count, values.shape[1])), np.zeros((count, values.shape[1]))
    np.add.at(total, items, np.nan_to_num(values))
    np.add.at(number, items, ~np.isnan(values))
    mean: FloatArray = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return mean
