"""A random company's money: prices, costs, budgets, accounts, rates, targets, options."""

from datetime import timedelta

from equipoise.testing.company_demand import sold
from equipoise.testing.sketch import ABROAD, Row, Sketch

WORTH = {"product": 1.0, "assembly": 0.4, "part": 0.12, "by": 0.2}
"""Standard cost of an item as a part of a product's."""


def money_tables(sketch: Sketch) -> dict[str, list[Row]]:
    """Tables of money."""
    return {
        "prices": _prices(sketch),
        "costs": _costs(sketch),
        "service_costs": _service_costs(sketch),
        "budget": _budget(sketch),
        "accounts": _accounts(sketch),
        "terms": _terms(sketch),
        "exchange_rates": _rates(sketch),
        "targets": _targets(sketch),
        "levers": _levers(sketch),
    }


def _prices(sketch: Sketch) -> list[Row]:
    draw, rows = sketch.draw("prices"), list[Row]()
    for item in [*sketch.products, *sketch.by_products]:
        row: Row = {"item": item, "market": "", "price": draw.number(28, 45)}
        rows.append(row)
        if sketch.has("market_prices"):
            rows.append(row | {"valid_from": sketch.day(2), "price": draw.number(28, 45)})
            rows.append(row | {"market": sketch.markets[0], "price": draw.number(28, 45), "rebate_pct": 3})
        if sketch.has("currencies"):
            rows.append(row | {"market": sketch.markets[-1], "price": draw.number(28, 45), "currency": ABROAD})
    return rows


def _costs(sketch: Sketch) -> list[Row]:
    """Costs of every item, by item; holding by rate or by amount, or not stated."""
    draw, rows = sketch.draw("costs"), list[Row]()
    for item in sketch.items:
        worth = WORTH[item.partition("-")[0]]
        row: Row = {"item": item, "location": "", "standard_cost": round(draw.number(15, 24) * worth, 2)}
        stated = draw.one_of(("holding_cost", "holding_rate_pct"))
        row[stated] = draw.number(0.1, 1.2) * worth if stated == "holding_cost" else draw.whole(10, 30)
        row |= {"backlog_cost": draw.number(3, 40), "lost_sale_cost": draw.number(20, 80)}
        if sketch.has("cost_gaps") and draw.chance(0.5):
            row |= {stated: None, "backlog_cost": None, "lost_sale_cost": None}
        if sketch.has("currencies") and draw.chance(0.3):
            row["currency"] = ABROAD
        rows.append(row)
    return rows


def _service_costs(sketch: Sketch) -> list[Row]:
    if not sketch.has("market_costs"):
        return []
    draw = sketch.draw("service_costs")
    first: Row = {"item": sketch.families[0], "market": sketch.markets[0], "backlog_cost": draw.number(5, 50)}
    second: Row = {"item": sketch.products[0], "market": "South", "lost_sale_cost": draw.number(20, 90)}
    return [first, second | {"backlog_cost": draw.number(5, 50)}]


def _budget(sketch: Sketch) -> list[Row]:
    """The operating plan by family, and a reforecast by region, by quarter where buckets are months."""
    if not sketch.has("budget"):
        return []
    draw, rows = sketch.draw("budget"), list[Row]()
    for version, step, period in (("AOP", 1, "bucket"), ("RF1", 3, "quarter")):
        for family in sketch.families:
            for market in ("",) if version == "AOP" else ("North", "South"):
                for bucket in range(0, sketch.size.horizon, step):
                    if period == "quarter" and sketch.bucket == "week":
                        continue
                    quantity = draw.whole(100, 500) * step
                    row: Row = {"version": version, "item": family, "market": market, "date": sketch.day(bucket)}
                    row |= {"period": period, "quantity": quantity, "revenue_amount": quantity * 33}
                    rows.append(row | {"margin_amount": quantity * 12, "operating_expense_amount": quantity * 4})
    return rows


def _accounts(sketch: Sketch) -> list[Row]:
    if not sketch.has("budget"):
        return []
    draw = sketch.draw("accounts")
    rows: list[Row] = [
        {"account": "operating_expense", "version": "budget", "company": "C1", "date": sketch.day(bucket)}
        | {"amount": draw.whole(500, 900)}
        for bucket in range(sketch.size.horizon)
    ]
    return [*rows, {**rows[0], "account": "capital_expenditure", "date": sketch.day(1), "amount": 4000}]


def _terms(sketch: Sketch) -> list[Row]:
    if not sketch.has("budget"):
        return []
    row: Row = {"company": "C1", "date": sketch.start, "receivable_days": 30, "payable_days": 45}
    return [row | {"opening_cash": 100_000}]


def _rates(sketch: Sketch) -> list[Row]:
    if not sketch.has("currencies"):
        return []
    draw, since = sketch.draw("rates"), sketch.start - timedelta(days=1500)
    rows: list[Row] = [
        {"currency": ABROAD, "rate_type": kind, "date": since, "rate": draw.number(1.0, 1.1, 3)}
        for kind in ("budget", "plan", "actual")
    ]
    return [*rows, {"currency": ABROAD, "rate_type": "plan", "date": sketch.day(2), "rate": draw.number(1.0, 1.1, 3)}]


def _targets(sketch: Sketch) -> list[Row]:
    if not sketch.has("outlook"):
        return []
    return [{"measure": "service_fill_pct", "item": "", "market": "", "year": sketch.start.year, "value": 97}]


def _levers(sketch: Sketch) -> list[Row]:
    """Options to close a gap; the second is for what sells most."""
    if not sketch.has("outlook"):
        return []
    most = max(sold(sketch).items(), key=lambda entry: entry[1])[0][0]
    return [
        {"option": "OVERTIME", "lever": "overtime", "resource": f"line-{sketch.plants[0]}", "cost": 9, "unit": "hour"}
        | {"lead_time_days": 7, "max_qty": 20},
        {"option": "PREBUILD", "lever": "prebuild", "item": most, "cost": 0.3, "unit": "unit", "lead_time_days": 30},
    ]
