"""What the company sells and what its functions said: history, orders in hand, past forecasts, prices and budget."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from equipoise.core.grid import FloatArray
from equipoise.demo.company import (
    BULK,
    COMPONENT,
    CURRENCY,
    ENDED,
    FAMILIES,
    FOREIGN,
    HISTORY,
    HORIZON,
    LAUNCH,
    RATE,
    START,
    Item,
    Size,
    materials,
    month_start,
)
from equipoise.demo.frames import Axes, Rows, cell_frame
from equipoise.demo.history import Past

SALES_BIAS_PCT = 18.0
"""By how much Sales North has over-forecast, every month of the last year."""
BUDGET_ABOVE_TRUTH_PCT = 4.0
"""By how much the budget stands above what the market will truly ask for."""
AGENCY_ABOVE_TRUTH_PCT = 3.0
"""By how much the outside forecast of table forecast stands above it."""
PRICE_RISE_PCT = 2.0
PRICE_RISE = date(2027, 1, 1)
END_DATE = date(2027, 6, 30)
STANDARD_COST_SHARE = 0.56
YEAR_BEGUN = 4
"""Months of the fiscal year that are closed when the plan begins."""
LAGS = 3
"""Forecasts are archived one to this many months ahead."""
PLANS_KEPT = 6
"""Closed months for which the plan that was in force is kept."""


def market_tables(items: list[Item], size: Size, past: Past, rng: np.random.Generator) -> dict[str, Rows]:
    """Every table of the demand side, as rows."""
    statistical = _statistical(past)
    return {
        "items": _items(items, size),
        "uoms": iter([{"item": "", "uom": "pallet", "factor": 48}]),
        "markets": (
            {"market": m.code, "name": m.name, "region": m.region, "priority": m.priority, "unmet": "backlog"}
            for m in size.markets
        ),
        "sales_history": _sales_history(items, size, past),
        "open_orders": _open_orders(items, size, past, rng),
        "forecast": _outside_forecast(items, past),
        "forecast_archive": _forecast_archive(items, size, past, statistical, rng),
        "plan_archive": _plan_archive(items, past, statistical),
        "prices": _prices(items),
        "costs": _costs(items, size),
        "budget": _budget(items, past),
        "launches": _launch(size),
    }


def _items(items: list[Item], size: Size) -> Iterator[dict[str, object]]:
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
            "unit_volume_m3": 0.025,
            "unit_weight_kg": 9,
        }
        if item.family.code == "OR":
            row["shelf_life_days"] = 540
        if item.code == LAUNCH:
            row |= {"lifecycle": "launch", "launch_date": date(2027, 3, 1)}
        if item.code == ENDED:
            row |= {"lifecycle": "phase_out", "end_date": END_DATE, "successor": "SU-01"}
        yield row
    for code, name in [(m, "Surfactant") for m in materials(COMPONENT, size)] + [
        (m, "Dish liquid, bulk") for m in materials(BULK, size)
    ]:
        yield {
            "item": code,
            "name": name,
            "family": "Raw materials",
            "subfamily": "Chemicals",
            "category": "Materials",
            "uom": "kg",
            "lifecycle": "active",
            "fulfillment": "make_to_stock",
        }


def _launch(size: Size) -> Iterator[dict[str, object]]:
    yield {
        "item": LAUNCH,
        "market": "",
        "launch_date": date(2027, 3, 1),
        "steady_qty": 6000,
        "like_item": "LA-03" if size.lines == 1 else "LA01-03",
        "ramp": "30;60;85",
        "gate": "approved",
        "cannibalized": "Laundry care",
        "cannibalization_pct": 20,
    }


def _months(first: int, last: int) -> list[date]:
    return [month_start(month) for month in range(first, last)]


def _codes(items: list[Item], size: Size) -> dict[str, list[str]]:
    return {"item": [item.code for item in items], "market": [market.code for market in size.markets]}


def _sales_history(items: list[Item], size: Size, past: Past) -> pl.DataFrame:
    prices = np.array([item.price for item in items])[:, None, None]
    values = {
        "ordered_qty": past.ordered,
        "on_time_qty": np.minimum(past.ordered, past.shipped),
        "shipped_qty": past.shipped,
        "revenue_amount": np.round(past.shipped * prices, 2),
        "cost_amount": np.round(past.shipped * np.round(prices * STANDARD_COST_SHARE, 2), 2),
    }
    return cell_frame(
        {**_codes(items, size), "date": _months(-HISTORY, 0)}, values, (past.ordered > 0) | (past.shipped > 0)
    )


def _open_orders(items: list[Item], size: Size, past: Past, rng: np.random.Generator) -> Iterator[dict[str, object]]:
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


def _family_totals(items: list[Item], values: FloatArray) -> FloatArray:
    """Sums of [items, ...] by family, in the order of FAMILIES."""
    return np.stack([values[[i.family.code == f.code for i in items]].sum(axis=0) for f in FAMILIES])


def _outside_forecast(items: list[Item], past: Past) -> pl.DataFrame:
    """What a market research agency expects of each family; the baseline where policy.baseline is imported."""
    totals = _family_totals(items, past.truth[:, :, HISTORY:].sum(axis=1)) * (1 + AGENCY_ABOVE_TRUTH_PCT / 100)
    axes: Axes = {"item": [family.name for family in FAMILIES], "date": _months(0, HORIZON)}
    return cell_frame(axes, {"quantity": np.rint(totals)}, totals > 0).with_columns(market=pl.lit(""))


def _forecast_archive(
    items: list[Item], size: Size, past: Past, statistical: FloatArray, rng: np.random.Generator
) -> pl.DataFrame:
    """Forecasts one to three months ahead for the last twelve closed months, by source.

    A company of many lines keeps them by subfamily: a row at a node is the node's total.
    """
    actual = past.ordered[:, :, HISTORY - 12 :]
    is_north = np.array([market.region == "North" for market in size.markets])
    bias = np.where(is_north, SALES_BIAS_PCT / 100, 0.0)[None, :, None]
    codes = _codes(items, size)
    groups = codes["item"] if size.lines == 1 else [item.subfamily for item in items]
    names = list(dict.fromkeys(groups))
    place = {name: number for number, name in enumerate(names)}
    number = np.array([place[group] for group in groups])
    frames = []
    for lag in range(1, LAGS + 1):
        blur = 0.05 * np.sqrt(lag)
        sales = np.rint(actual * (1.0 + bias + rng.normal(0.0, blur, actual.shape)))
        stat = np.rint(statistical * (1.0 + (0.0 if lag == 1 else rng.normal(0.0, 0.02 * lag, actual.shape))))
        sources = {
            "naive": past.ordered[:, :, HISTORY - 12 - lag : HISTORY - lag],
            "statistical": stat,
            "sales": sales,
            "consensus": np.rint(0.7 * stat + 0.3 * sales),
        }
        for source, values in sources.items():
            summed = np.zeros((len(names), *values.shape[1:]))
            np.add.at(summed, number, values)
            axes: Axes = {"item": names, "market": codes["market"], "date": _months(-12, 0)}
            is_sold = np.zeros(len(names), dtype=np.bool_)
            np.logical_or.at(is_sold, number, np.array([item.level > 0 for item in items]))
            keep = np.broadcast_to(is_sold[:, None, None], summed.shape)
            made = pl.col("date").dt.offset_by(f"-{lag}mo")
            frames.append(
                cell_frame(axes, {"quantity": summed}, keep).with_columns(source=pl.lit(source), made_date=made)
            )
    return pl.concat(frames)


def _plan_archive(items: list[Item], past: Past, statistical: FloatArray) -> pl.DataFrame:
    """Plans of earlier cycles: for closed months the one in force when they began, and the last one's view ahead."""
    closed = statistical[:, :, 12 - PLANS_KEPT :].sum(axis=1)
    ahead = past.truth[:, :, HISTORY : HISTORY + 12].sum(axis=1) * 1.015
    demand = np.concatenate([closed, ahead], axis=1)
    sold = np.array([item.level > 0 for item in items])
    axes: Axes = {"item": [item.code for item in items], "date": _months(-PLANS_KEPT, 12)}
    frames = [
        cell_frame(axes, {"quantity": np.rint(values)}, np.broadcast_to(sold[:, None], values.shape)).with_columns(
            measure=pl.lit(measure),
            made_date=pl.min_horizontal(pl.col("date"), pl.lit(START)).dt.offset_by("-1mo"),
        )
        for measure, values in (
            ("demand_consensus_qty", demand),
            ("production_qty", demand * 1.005),
            ("inventory_closing_qty", demand * 0.9),
        )
    ]
    return pl.concat(frames)


def _prices(items: list[Item]) -> Iterator[dict[str, object]]:
    """One price everywhere, and the wholesaler's own in its currency, both raised in January."""
    for item in items:
        for begins, factor in ((month_start(-HISTORY), 1.0), (PRICE_RISE, 1.0 + PRICE_RISE_PCT / 100)):
            row = {"item": item.code, "valid_from": begins}
            yield {**row, "market": "", "price": round(item.price * factor, 2)}
            yield {**row, "market": FOREIGN, "price": round(item.price * factor / RATE, 2), "currency": CURRENCY}


def _costs(items: list[Item], size: Size) -> Iterator[dict[str, object]]:
    since = month_start(-HISTORY)
    for item in items:
        yield {
            "item": item.code,
            "location": "",
            "valid_from": since,
            "standard_cost": round(item.price * STANDARD_COST_SHARE, 2),
            "holding_rate_pct": 18,
            "backlog_cost": round(item.price * 0.22, 2),
        }
    for name, cost in ((COMPONENT, 2.1), (BULK, 0.42)):
        for code in materials(name, size):
            yield {"item": code, "location": "", "valid_from": since, "standard_cost": cost, "holding_rate_pct": 18}


def _budget(items: list[Item], past: Past) -> Iterator[dict[str, object]]:
    """The annual operating plan by family and month, above the market by a known percentage, and a reforecast."""
    prices = np.array([item.price for item in items])[:, None]
    quantities = past.truth[:, :, HISTORY - YEAR_BEGUN :].sum(axis=1)
    ended = np.array([item.code == ENDED for item in items])[:, None]
    months = [month_start(month) for month in range(-YEAR_BEGUN, HORIZON)]
    quantities = np.where(ended & np.array([month > END_DATE for month in months]), 0.0, quantities)
    rise = np.array([1 + PRICE_RISE_PCT / 100 if month >= PRICE_RISE else 1.0 for month in months])
    units, revenue = _family_totals(items, quantities), _family_totals(items, quantities * prices * rise)
    for version, above, width in (("AOP", BUDGET_ABOVE_TRUTH_PCT, 1), ("RF2", BUDGET_ABOVE_TRUTH_PCT / 2, 3)):
        for row, family in enumerate(FAMILIES):
            for month in range(0, len(months) - width + 1, width):
                span = slice(month, month + width)
                money = float(revenue[row, span].sum()) * (1 + above / 100)
                yield {
                    "version": version,
                    "item": family.name,
                    "market": "",
                    "date": months[month],
                    "period": "month" if width == 1 else "quarter",
                    "quantity": int(units[row, span].sum() * (1 + above / 100)),
                    "revenue_amount": round(money, 2),
                    "margin_amount": round(money * (1 - STANDARD_COST_SHARE), 2),
                    "operating_expense_amount": round(money * 0.21, 2),
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
            "kind": "launch",
            "function": "product",
            "author": "product",
            "amount": 7000,
            "scope": {"item": LAUNCH},
            "reason": "Second retailer has listed the refill pouches",
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
