"""Options on the resource itself: overtime and extra shifts that its data allow, and people who are hired.

What the plan's data allow, the optimizer may work at the data's price; what the option list gives beyond that is
another option, at the list's price, and needs an adjustment that allows it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from equipoise.balance.gaps import Gap
from equipoise.balance.option import Option, Step, renamed

HOURS = {"overtime": "overtime_hours", "extra_shift": "shift_hours"}
"""Levers that the model has as hours, and the measure of what the plan works of them."""
Row = dict[str, object]


def hour_levers(gap: Gap, listed: Sequence[Row]) -> Iterator[Option]:
    """Overtime and extra shifts of the resource, of the data and, beyond them, of the list."""
    network, r, t = gap.ground.network, gap.resource, gap.bucket
    rate = float(network.capacity.rate[r]) or 1.0
    rooms = {"overtime": float(network.capacity.overtime_room(r)[t]), "extra_shift": _shift_hours(gap)}
    prices = {"overtime": network.prices.overtime[r, t], "extra_shift": network.prices.shift[r, t]}
    for lever, measure in HOURS.items():
        rows = [row for row in listed if row["lever"] == lever and row["resource"] == gap.where]
        room = rooms[lever] * rate
        # The hour stands for a regular one, which a machine would have been paid for; a crew's hours are paid anyway.
        each = float(prices[lever]) / rate - float(gap.ground.pay[r, t])
        if room > 0:
            used = float(np.nan_to_num(gap.ground.plan.measure(measure).values[r, t])) * rate
            option = Option(lever, "", is_listed=False, work=(Step(room, each),), lead_days=0.0, works_in=t, used=used)
            yield renamed(option, rows[0]) if rows else option
        for row in rows:
            yield from _beyond(gap, row, room, rate)


def hires(gap: Gap) -> Iterator[Option]:
    """People hired for the bucket and laid off after it, where the data let a crew grow."""
    network, r, t = gap.ground.network, gap.resource, gap.bucket
    capacity, prices = network.capacity, network.prices
    hours = float(capacity.hours_per_worker[r, t] * capacity.rate[r])
    if not capacity.is_workforce[r] or hours <= 0 or capacity.max_workers[r] <= capacity.workers[r]:
        return
    room = float(capacity.max_workers[r] - capacity.workers[r]) * hours
    if np.isfinite(capacity.clock[r, t]):
        people = float(capacity.workers[r] * capacity.hours_per_worker[r, t])
        room = min(room, max(float(capacity.clock[r, t]) - people, 0.0) * float(capacity.rate[r]))
    if room <= 0:
        return
    planned = np.nan_to_num(gap.ground.plan.measure("workforce_count").values[r, t])
    used = max(float(planned) - float(capacity.workers[r]), 0.0) * hours
    pay = float(prices.regular[r, t]) / (float(capacity.rate[r]) or 1.0)
    once = float(prices.hire[r, t] + prices.layoff[r, t]) / hours
    yield Option(
        "hire",
        "",
        is_listed=False,
        work=(Step(room, pay),),
        lead_days=_hire_days(gap),
        works_in=t,
        once_each=once,
        used=used,
    )


def _beyond(gap: Gap, row: Row, room: float, rate: float) -> Iterator[Option]:
    """What the list gives of a lever beyond the `room` that the data allow."""
    most = np.inf if row["max_qty"] is None else float(row["max_qty"])  # type: ignore[arg-type]
    clock = 1.0 if row["unit"] == "hour" else _shift_hours(gap) if row["unit"] == "shift" else 0.0
    more = most * clock * rate - room if clock else np.inf
    if more <= 0:
        return
    pay = float(gap.ground.pay[gap.resource, gap.bucket])
    each = float(row["cost"] or 0.0) / (clock * rate) - pay if clock else None  # type: ignore[arg-type]
    yield Option(
        str(row["lever"]),
        str(row["option"]),
        is_listed=True,
        work=(Step(more, each),),
        lead_days=float(row["lead_time_days"] or 0.0),  # type: ignore[arg-type]
        works_in=gap.bucket,
        fixed_amount=float(row["fixed_cost"] or 0.0),  # type: ignore[arg-type]
        note=str(row.get("note") or ""),
    )


def _shift_hours(gap: Gap) -> float:
    """Clock hours of an extra shift; of a bucket that has begun the part to go."""
    capacity = gap.ground.network.capacity
    left = float(capacity.to_go[gap.resource]) if gap.bucket == 0 else 1.0
    return float(capacity.shift_hours[gap.resource]) * left


def _hire_days(gap: Gap) -> float:
    table = gap.ground.plan.snapshot.table("resources")
    days = table.filter(table["resource"] == gap.where)["hire_lead_days"].to_list()
    return float(days[0] or 0.0) if days else 0.0
