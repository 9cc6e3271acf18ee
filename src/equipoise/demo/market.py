"""What the company sells and what its functions said: history, orders in hand, past forecasts, prices and budget."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from equipoise.core.grid import FloatArray
from equipoise.demo.company import COMPONENT, ENDED, HISTORY, HORIZON, LAUNCH, START, Item, Size, month_start
from equipoise.demo.history import Past

SALES_BIAS_PCT = 18.0
"""By how much Sales North has over-forecast, every month of the last year."""
BUDGET_ABOVE_TRUTH_PCT = 4.0
"""By how much the budget stands above what the market will truly ask for."""
PRICE_RISE_PCT = 2.0
END_DATE = date(2027, 6, 30)
Rows = Iterator[dict[str, object]]


def market_tables(items: list[Item], size: Size, past: Past, rng: np.random.Generator) -> dict[str, Rows]:
    """Every table of the demand side, as rows."""
    statistical = _statistical(past)
    return {
        "items": _items(items),
        "markets": (
            {"market": m.code, "name": m.name, "region": m.region, "priority": m.priority, "unmet": "backlog"}
            for m in size.markets
        ),
        "sales_history": _sales_history(items, size, past),
        "open_orders": _open_orders(items, size, past, rng),
        "forecast_archive": _forecast_archive(items, size, past, statistical, rng),
        "plan_archive": _plan_archive(items, past, statistical),
        "prices": _prices(items),
        "costs": _costs(items),
        "budget": _budget(items, past),
        "launches": iter(
            [{"item": LAUNCH, "market": "", "launch_date": date(2027, 3, 1), "steady_qty": 6000, "gate": "approved"}]
        ),
    }


def _items(items: list[Item]) -> Rows:
    for item in items:
        row: dict[str, object] = {
            "item": item.code,
            "name": item.name,
            "family": item.family.name,
            "subfamily": item.subfamily,
            "category": "Home care" if item.family.plant == "plant-west" else "Body care",
            "uom": "case",
            "lifecycle": "active",
            "fulfillment": "make_to_stock",
            "decimals": 0,
        }
        if item.code == LAUNCH:
            row |= {"lifecycle": "launch", "launch_date": date(2027, 3, 1)}
        if item.code == ENDED:
            row |= {"lifecycle": "phase_out", "end_date": END_DATE, "successor": "SU-01"}
        yield row
    yield {
        "item": COMPONENT,
        "name": "Surfactant",
        "family": "Raw materials",
        "subfamily": "Chemicals",
        "category": "Materials",
        "uom": "kg",
        "lifecycle": "active",
        "fulfillment": "make_to_stock",
    }


def _sales_history(items: list[Item], size: Size, past: Past) -> Rows:
    for row, item in enumerate(items):
        for column, market in enumerate(size.markets):
            for month in range(HISTORY):
                ordered, shipped = int(past.ordered[row, column, month]), int(past.shipped[row, column, month])
                if ordered or shipped:
                    yield {
                        "item": item.code,
                        "market": market.code,
                        "date": month_start(month - HISTORY),
                        "ordered_qty": ordered,
                        "on_time_qty": min(ordered, shipped),
                        "shipped_qty": shipped,
                        "revenue_amount": round(shipped * item.price, 2),
                    }


def _open_orders(items: list[Item], size: Size, past: Past, rng: np.random.Generator) -> Rows:
    """Orders in hand for the next two months: 60 % and 20 % of what is expected, all inside the forecast."""
    number = 4000
    for row, item in enumerate(items):
        for column, market in enumerate(size.markets):
            for month, share in ((0, 0.6), (1, 0.2)):
                quantity = int(past.truth[row, column, HISTORY + month] * share * rng.uniform(0.8, 1.0))
                number += 1
                if quantity:
                    yield {
                        "order": f"SO-{number}",
                        "line": "10",
                        "item": item.code,
                        "market": market.code,
                        "requested_date": month_start(month).replace(day=15),
                        "quantity": quantity,
                    }


def _statistical(past: Past) -> FloatArray:
    """A plain forecast one month ahead for the last year: same month last year, moved by the year's growth."""
    year = past.ordered[:, :, HISTORY - 12 : HISTORY]
    before = past.ordered[:, :, HISTORY - 24 : HISTORY - 12]
    growth = year.sum(axis=2, keepdims=True) / np.maximum(before.sum(axis=2, keepdims=True), 1.0)
    forecast: FloatArray = np.rint(before * np.sqrt(growth))
    return forecast


def _forecast_archive(
    items: list[Item], size: Size, past: Past, statistical: FloatArray, rng: np.random.Generator
) -> Rows:
    """Forecasts one month ahead for the last twelve closed months, by source."""
    error = rng.normal(0.0, 0.05, statistical.shape)
    actual = past.ordered[:, :, HISTORY - 12 :]
    is_north = np.array([market.region == "North" for market in size.markets])
    bias = np.where(is_north, SALES_BIAS_PCT / 100, 0.0)[None, :, None]
    sales = np.rint(actual * (1.0 + bias + error))
    consensus = np.rint(0.7 * statistical + 0.3 * sales)
    naive = np.rint(past.ordered[:, :, HISTORY - 13 : HISTORY - 1])
    for source, values in (("naive", naive), ("statistical", statistical), ("sales", sales), ("consensus", consensus)):
        for row, item in enumerate(items):
            for column, market in enumerate(size.markets):
                for month in range(12):
                    if item.level > 0:
                        yield {
                            "made_date": month_start(month - 13),
                            "source": source,
                            "item": item.code,
                            "market": market.code,
                            "date": month_start(month - 12),
                            "quantity": int(values[row, column, month]),
                        }


def _plan_archive(items: list[Item], past: Past, statistical: FloatArray) -> Rows:
    """Last month's plan: for three closed months what had been planned, and its view of the months to come."""
    made = month_start(-1)
    for row, item in enumerate(items):
        if item.level == 0:
            continue
        closed = statistical[row, :, 9:].sum(axis=0)
        ahead = past.truth[row, :, HISTORY : HISTORY + 12].sum(axis=0) * 1.015
        for month, demand in enumerate([*closed, *ahead], start=-3):
            stock = 0.9 * demand
            for measure, value in (
                ("demand_consensus_qty", demand),
                ("production_qty", demand * 1.005),
                ("inventory_closing_qty", stock),
            ):
                yield {
                    "made_date": made,
                    "measure": measure,
                    "item": item.code,
                    "date": month_start(month),
                    "quantity": round(float(value)),
                }


def _prices(items: list[Item]) -> Rows:
    for item in items:
        for begins, factor in ((month_start(-HISTORY), 1.0), (date(2027, 1, 1), 1.0 + PRICE_RISE_PCT / 100)):
            yield {"item": item.code, "market": "", "valid_from": begins, "price": round(item.price * factor, 2)}


def _costs(items: list[Item]) -> Rows:
    for item in items:
        yield {
            "item": item.code,
            "location": "",
            "valid_from": month_start(-HISTORY),
            "standard_cost": round(item.price * 0.56, 2),
            "holding_rate_pct": 18,
            "backlog_cost": round(item.price * 0.22, 2),
        }
    yield {
        "item": COMPONENT,
        "location": "",
        "valid_from": month_start(-HISTORY),
        "standard_cost": 2.1,
        "holding_rate_pct": 18,
    }


def _budget(items: list[Item], past: Past) -> Rows:
    """The annual operating plan by family and month, higher than the market by a known percentage."""
    families = list(dict.fromkeys(item.family.name for item in items))
    for family in families:
        rows = [row for row, item in enumerate(items) if item.family.name == family]
        for month in range(HORIZON):
            quantities = past.truth[rows, :, HISTORY + month].sum(axis=1) * (1 + BUDGET_ABOVE_TRUTH_PCT / 100)
            if month_start(month) > END_DATE:
                quantities = np.where([items[row].code == ENDED for row in rows], 0.0, quantities)
            rise = 1 + PRICE_RISE_PCT / 100 if month_start(month) >= date(2027, 1, 1) else 1.0
            revenue = sum(q * items[row].price * rise for q, row in zip(quantities, rows, strict=True))
            yield {
                "version": "AOP",
                "item": family,
                "market": "",
                "date": month_start(month),
                "quantity": int(quantities.sum()),
                "revenue_amount": round(float(revenue), 2),
                "margin_amount": round(float(revenue) * 0.44, 2),
            }


def contributions() -> list[dict[str, object]]:
    """What people put in this month, as adjustments (codec.py)."""
    return [
        {
            "id": "sales-north-laundry",
            "kind": "demand_input",
            "function": "sales",
            "author": "sales.north",
            "amount": f"+{SALES_BIAS_PCT:g}%",
            "scope": {"item": "Laundry care", "market": "North", "first": "2026-12-01", "last": "2027-03-31"},
            "reason": "Drugstore chain promises a second shelf for capsules",
        },
        {
            "id": "spring-promotion",
            "kind": "promotion",
            "function": "marketing",
            "author": "marketing",
            "uplift_pct": 25,
            "forward_buy_pct": 10,
            "forward_buy_buckets": 2,
            "scope": {"item": "Surface cleaners", "first": "2027-04-01", "last": "2027-04-30"},
            "reason": "Spring cleaning weeks, as in the last three years",
        },
        {
            "id": "launch-refill",
            "kind": "demand_override",
            "function": "product",
            "author": "product",
            "amount": 36000,
            "spread": "equal",
            "scope": {"item": LAUNCH, "first": "2027-03-01", "last": "2027-08-31"},
            "reason": "Launch curve of refill pouches, half range, first six months",
        },
        {
            "id": "wholesale-dish",
            "kind": "demand_override",
            "function": "demand",
            "author": "demand.manager",
            "amount": "-4%",
            "scope": {
                "item": "Dish care",
                "market": "south-wholesale",
                "first": START.isoformat(),
                "last": "2027-01-31",
            },
            "reason": "Discounter leaves dish liquid over the winter",
        },
    ]
