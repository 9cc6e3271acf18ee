"""What is asked of a random company: history, forecasts, orders, and what will change them."""

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from equipoise.testing.sketch import HISTORY, Row, Sketch

PERIODS = {"month": 12, "week": 52, "4-4-5": 12}


def demand_tables(sketch: Sketch) -> dict[str, list[Row]]:
    """Tables of demand."""
    return {
        "sales_history": _sales(sketch),
        "forecast": _forecast(sketch),
        "open_orders": _orders(sketch),
        "events": _events(sketch),
        "launches": _launches(sketch),
        "commitments": _commitments(sketch),
        "forecast_archive": _forecasts_made(sketch),
        "plan_archive": _plans_made(sketch),
        "pipeline": _pipeline(sketch),
        "indicators": _indicators(sketch),
    }


def sold(sketch: Sketch) -> dict[tuple[str, str], float]:
    """Mean demand by product and market, of what has been sold before."""
    return {key: level for key, level in sketch.wanted.items() if key[0] != "product-new"}


def _sales(sketch: Sketch) -> list[Row]:
    """Closed buckets of sales with a season, and what was shipped since."""
    if not sketch.has("history"):
        return []
    draw, rows = sketch.draw("sales"), list[Row]()
    year = PERIODS[sketch.bucket]
    for (item, market), level in sold(sketch).items():
        season = draw.number(0, 0.4)
        for bucket in range(sketch.history_end - HISTORY[sketch.bucket], sketch.history_end):
            wave = 1 + season * np.cos(2 * np.pi * bucket / year)
            ordered = int(level * wave * draw.number(0.8, 1.2))
            shipped = int(ordered * draw.one_of((1, 1, 0.95)))
            row: Row = {"item": item, "market": market, "date": sketch.day(bucket), "ordered_qty": ordered}
            row |= {"shipped_qty": shipped, "on_time_qty": int(shipped * 0.97), "revenue_amount": shipped * 30}
            rows.append(row)
        if sketch.as_of >= sketch.start:
            row = {"item": item, "market": market, "date": sketch.as_of, "ordered_qty": int(level / 5)}
            rows.append(row | {"shipped_qty": int(level / 5), "revenue_amount": int(level / 5) * 30})
    return rows


def _forecast(sketch: Sketch) -> list[Row]:
    """An outside forecast by item and market; of one family by region and quarter where it has a profile to follow."""
    draw, rows = sketch.draw("forecast"), list[Row]()
    above = sketch.families[-1] if sketch.has("profile") else ""
    for (item, market), level in sold(sketch).items():
        if sketch.family(item) == above and item != sketch.products[0]:
            continue
        for bucket in range(sketch.history_end if sketch.as_of < sketch.start else 0, sketch.size.horizon):
            row: Row = {"item": item, "market": market, "date": sketch.day(bucket)}
            rows.append(row | {"quantity": int(level * draw.number(0.6, 1.4))})
    if above:
        for bucket in range(0, sketch.size.horizon, 3):
            row = {"item": above, "market": "", "date": sketch.day(bucket), "period": "quarter"}
            if sketch.bucket == "week":
                row["period"] = "bucket"
            rows.append(row | {"quantity": draw.whole(300, 900)})
    return rows


def _orders(sketch: Sketch) -> list[Row]:
    """Orders due before and after as_of, some above what is forecast, one abnormal."""
    if not sketch.has("orders"):
        return []
    draw, rows = sketch.draw("orders"), list[Row]()
    number = 0
    for (item, market), level in sold(sketch).items():
        for due, share in ((-4, 0.05), (2, 0.4), (sketch.days(0) + 3, 1.3)):
            number += 1
            if draw.chance(0.6):
                row: Row = {"order": f"SO-{number}", "line": "10", "item": item, "market": market}
                row |= {"requested_date": sketch.as_of + timedelta(days=due), "quantity": max(1, int(level * share))}
                rows.append(row | {"abnormal": 1 if draw.chance(0.15) else None, "price": draw.maybe(0.2, 25, 35)})
    return rows


def _events(sketch: Sketch) -> list[Row]:
    if not sketch.has("events"):
        return []
    draw = sketch.draw("events")
    base: Row = {"item": sketch.products[0], "market": ""}
    ahead: Row = {"event": "AHEAD", "type": "promotion", "start_date": sketch.day(1), "status": "confirmed"}
    ahead |= {"end_date": sketch.calendar.end_of(1), "uplift_pct": draw.whole(5, 60), "spend_amount": 500}
    ahead |= {
        "forward_buy_pct": draw.maybe(0.5, 2, 20),
        "forward_buy_buckets": 2,
        "discount_pct": draw.maybe(0.5, 2, 15),
    }
    if len(sketch.families) > 1:
        ahead |= {"cannibalized": sketch.families[-1], "cannibalization_pct": draw.whole(0, 30)}
    past: Row = {"event": "BEHIND", "type": "campaign", "start_date": sketch.day(sketch.history_end - 5)}
    past |= {"end_date": sketch.calendar.end_of(sketch.history_end - 5), "uplift_pct": 20, "status": "done"}
    price: Row = {"event": "PRICE", "type": "price", "start_date": sketch.day(2), "end_date": sketch.calendar.end_of(2)}
    price |= {"uplift_pct": -5, "discount_pct": -4, "status": "planned", "item": sketch.families[0], "market": "North"}
    return [base | ahead, base | past, price]


def _launches(sketch: Sketch) -> list[Row]:
    if not sketch.has("launches"):
        return []
    draw = sketch.draw("launches")
    row: Row = {"item": "product-new", "market": "", "launch_date": sketch.day(1), "ramp": "40;70", "gate": "approved"}
    row |= {"steady_qty": draw.whole(20, 90), "cannibalized": sketch.family(sketch.products[0])}
    return [row | {"cannibalization_pct": draw.whole(0, 30)}]


def _commitments(sketch: Sketch) -> list[Row]:
    if not sketch.has("commitments"):
        return []
    draw = sketch.draw("commitments")
    days: Row = {"valid_from": sketch.day(0), "valid_to": sketch.calendar.end_of(sketch.size.horizon - 1)}
    first, last = sketch.products[0], sketch.markets[-1]
    level = sketch.wanted[first, last]
    floor: Row = {"contract": "C-1", "item": first, "market": last, "min_qty": round(level * draw.number(0.8, 1.2))}
    cap: Row = {
        "contract": "C-2",
        "item": sketch.families[0],
        "market": sketch.markets[0],
        "max_qty": draw.whole(80, 400),
    }
    return [floor | days | {"penalty": 2}, cap | days]


def _forecasts_made(sketch: Sketch) -> list[Row]:
    """Forecasts of the last seven closed buckets, made a bucket before."""
    if not (sketch.has("archives") and sketch.has("history")):
        return []
    draw = sketch.draw("forecasts_made")
    return [
        {"made_date": sketch.day(bucket - 1), "source": source, "item": item, "market": market}
        | {"date": sketch.day(bucket), "quantity": round(level * draw.number(0.8, 1.3))}
        for (item, market), level in sold(sketch).items()
        for source in ("statistical", "sales", "consensus")
        for bucket in range(sketch.history_end - 7, sketch.history_end)
    ]


def _plans_made(sketch: Sketch) -> list[Row]:
    """The plan of record, which a fence holds, and plans of earlier cycles."""
    return [*_fenced_plan(sketch), *_older_plans(sketch)]


def _fenced_plan(sketch: Sketch) -> Iterator[Row]:
    if sketch.has("fences"):
        item = sketch.products[-1] if sketch.products[-1] != "product-new" else sketch.products[-2]
        row: Row = {"made_date": sketch.day(sketch.history_end - 1), "measure": "production_qty", "item": item}
        yield row | {"date": sketch.day(0), "quantity": sketch.draw("fenced").whole(5, 40)}


def _older_plans(sketch: Sketch) -> Iterator[Row]:
    if sketch.has("archives"):
        draw = sketch.draw("older_plans")
        for item in dict.fromkeys(item for item, _ in sold(sketch)):
            for bucket in range(sketch.history_end - 3, sketch.history_end):
                row: Row = {"made_date": sketch.day(bucket - 1), "item": item, "date": sketch.day(bucket)}
                yield row | {"measure": "demand_consensus_qty", "quantity": draw.whole(50, 300)}


def _pipeline(sketch: Sketch) -> list[Row]:
    if not sketch.has("outlook"):
        return []
    row: Row = {"opportunity": "O-1", "market": sketch.markets[0], "item": sketch.products[0], "quantity": 200}
    row |= {"stage": "offer", "probability_pct": 40, "delivery_start": sketch.day(2), "delivery_buckets": 2}
    return [row | {"close_date": sketch.as_of + timedelta(days=20)}]


def _indicators(sketch: Sketch) -> list[Row]:
    draw = sketch.draw("indicators")
    buckets = range(sketch.history_end - 12, sketch.history_end) if sketch.has("outlook") else ()
    return [{"indicator": "index", "date": sketch.day(bucket), "value": draw.number(90, 110)} for bucket in buckets]
