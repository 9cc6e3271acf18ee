"""Gaps and their options as plain numbers: the same for the command line, the API and programs; None is unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.balance.about import about
from equipoise.balance.early import Stop
from equipoise.balance.gap_options import GapOptions, Given, Taken
from equipoise.balance.ground import Ground
from equipoise.balance.option import Answer


@dataclass(frozen=True)
class StopNumbers:
    """What keeps work from being done earlier."""

    sort: str
    """line, supplier, lead_time, no_source, storage, most_stock or shelf_life."""
    what: str
    """Code of the resource, item, or location, or the limit's name; blank where it may not be told."""
    location: str
    bucket: str
    """In which the work would have been done."""
    kept_qty: float
    """Hours, or units, of the gap that it keeps back there."""


@dataclass(frozen=True)
class GivenNumbers:
    """What a gap answered before took of what this gap's options could have used."""

    sort: str
    """hours, limit, stock, place, most, shelf, or list."""
    what: str
    location: str
    bucket: str
    taken_qty: float
    """In hours of the resource, else in units."""
    by_where: str
    by_bucket: str


@dataclass(frozen=True)
class OptionNumbers:
    """An option against a gap; quantities in hours of the resource, or units of the limit."""

    lever: str
    option: str
    """Code in table levers, else of the route, supplier or location; blank where the lever says it all."""
    is_listed: bool
    item: str
    most_qty: float | None
    """All it can give; None: no limit is stated."""
    closes_qty: float
    left_qty: float
    used_qty: float
    """Of it in the plan in force."""
    amount: float | None
    variable_amount: float | None
    fixed_amount: float
    hour_price: float | None
    """Money for each hour (or unit of the limit) closed."""
    unit_price: float | None
    """Money for each good unit."""
    lead_time_days: float
    earliest_bucket: str | None
    decide_by: str
    late_days: int
    gives_up_demand: bool
    saves_margin_amount: float | None
    mix_qty: float
    """What the cheapest mix takes of it."""
    mix_amount: float
    alone_closes_qty: float
    """What it would close if this gap were the only one; 0 also where it is an option only together."""
    stops: tuple[StopNumbers, ...]
    note: str


@dataclass(frozen=True)
class GapNumbers:
    """A gap and what closes it."""

    kind: str
    """hours, room, or limit."""
    where: str
    location: str
    bucket: str
    unit: str
    asked_qty: float
    available_qty: float
    short_qty: float
    relieved_qty: float
    """Of it gone because gaps answered before move their items away."""
    unserved_qty: float
    """Units of the items behind it that the plan in force leaves unserved at the end of the bucket."""
    margin_at_stake_amount: float | None
    mix_closes_qty: float
    mix_amount: float
    mix_saves_amount: float | None
    is_closed: bool
    decide_by: str | None
    turn: int
    """When it was answered, from 1 on: hours, limits, stock and room are given out in this order."""
    alone_mix_closes_qty: float
    alone_mix_amount: float
    """The cheapest mix if this gap were the only one."""
    given: tuple[GivenNumbers, ...]
    options: tuple[OptionNumbers, ...]


def tell_gap(found: GapOptions, *, location: str = "", sees_margin: bool = True) -> GapNumbers:
    """One gap; without the right to margins they are None."""
    gap, alone = found.gap, found.alone or found
    taken = {part.number: part for part in found.mix}
    by_itself = {(each.option.lever, each.option.name): each.closes for each in alone.answers}
    options = [
        _option(gap.ground, each, taken.get(number), by_itself, sees_margin=sees_margin)
        for number, each in enumerate(found.answers)
    ]
    return GapNumbers(
        kind=gap.kind,
        where=gap.where,
        location=location,
        bucket=gap.ground.plan.axes.calendar.label(gap.bucket),
        unit=gap.unit,
        asked_qty=gap.asked,
        available_qty=gap.available,
        short_qty=gap.short,
        relieved_qty=found.relieved,
        unserved_qty=gap.unserved_qty,
        margin_at_stake_amount=gap.at_stake if sees_margin else None,
        mix_closes_qty=found.covered,
        mix_amount=found.amount,
        mix_saves_amount=found.saves_amount if sees_margin else None,
        is_closed=found.is_closed,
        decide_by=None if found.decide_by is None else found.decide_by.isoformat(),
        turn=found.turn,
        alone_mix_closes_qty=alone.covered,
        alone_mix_amount=alone.amount,
        given=tuple(_given(gap.ground, each) for each in found.given),
        options=tuple(options),
    )


def tell_gaps(found: Iterable[GapOptions], *, sees_margin: bool = True) -> tuple[GapNumbers, ...]:
    """Gaps in the order given, with the place where each resource stands."""
    return tuple(tell_gap(each, location=location_of(each), sees_margin=sees_margin) for each in found)


def location_of(found: GapOptions) -> str:
    """Where the resource of a gap stands; blank of a limit."""
    gap = found.gap
    return gap.ground.network.capacity.location[gap.resource] if gap.resource >= 0 else ""


def _option(
    ground: Ground, each: Answer, part: Taken | None, alone: Mapping[tuple[str, str], float], *, sees_margin: bool
) -> OptionNumbers:
    option, plan = each.option, ground.plan
    return OptionNumbers(
        lever=option.lever,
        option=option.name,
        is_listed=option.is_listed,
        item=option.item,
        most_qty=known(option.most),
        closes_qty=each.closes,
        left_qty=each.left,
        used_qty=option.used,
        amount=each.amount,
        variable_amount=each.variable_amount if option.is_priced else None,
        fixed_amount=each.fixed_amount,
        hour_price=each.per_hour,
        unit_price=each.per_unit,
        lead_time_days=option.lead_days,
        earliest_bucket=None if each.earliest is None else plan.axes.calendar.label(each.earliest),
        decide_by=each.decide_by.isoformat(),
        late_days=each.late_days,
        gives_up_demand=option.gives_up,
        saves_margin_amount=each.saves_amount if sees_margin else None,
        mix_qty=part.closes if part else 0.0,
        mix_amount=part.amount if part else 0.0,
        alone_closes_qty=alone.get((option.lever, option.name), 0.0),
        stops=tuple(_stop(ground, stop) for stop in option.stops),
        note=option.note,
    )


def _stop(ground: Ground, stop: Stop) -> StopNumbers:
    named = about(ground, stop.cell)
    bucket = ground.plan.axes.calendar.label(stop.bucket)
    return StopNumbers(stop.sort, named.what, named.location, bucket, stop.hours)


def _given(ground: Ground, given: Given) -> GivenNumbers:
    named, label = about(ground, given.cell), ground.plan.axes.calendar.label
    return GivenNumbers(
        given.cell[0],
        named.what,
        named.location,
        label(given.cell[2]),
        given.quantity,
        given.where,
        label(given.bucket),
    )


def known(value: float) -> float | None:
    """A number, None where it has no limit or is unknown."""
    return value if np.isfinite(value) else None
