"""Adjustments that somebody might type: every kind of change, on scopes and with amounts of every sort."""

from datetime import date, timedelta
from typing import get_args

from equipoise.catalog import CHANGES, MEASURES
from equipoise.core.adjustment import FUNCTIONS, Adjustment, Amount, Scope, Spread, WrongAdjustment
from equipoise.core.knob import KNOBS
from equipoise.demand.forecast_method import Method, Season
from equipoise.testing.sketch import Draw
from hostile_wider import knob_value

MOST = 6
VALUES = {
    "set": (0.0, 1e-6, 1.0, 37.5, 1200.0, 1e6, 3e9, -5.0),
    "add": (0.0, 1e-6, -1e-6, 25.0, -25.0, 1e6, -1e9),
    "scale": (0.0, -100.0, -250.0, 1e-4, 10.0, -10.0, 900.0, 1e6),
}
RULES = ("as_is", "as_is", "equal", "last_year", "like")
LIKES = tuple(m.name for m in MEASURES if m.grain is not None and not m.parts)


def drawn_adjustments(seed, snapshot):
    """Up to `MOST` adjustments of a seed, those that can be typed; the same whenever they are asked for."""
    draw = Draw(seed, "adjustments")
    found = []
    for number in range(draw.whole(1, MOST)):
        kind = draw.one_of(CHANGES)
        try:
            change = _change(draw, kind, snapshot)
        except WrongAdjustment as refused:
            assert len(str(refused)) > 20
            continue
        function = draw.one_of(FUNCTIONS)
        scope = _scope(draw, snapshot, history=kind.kind == "history_hold")
        found.append(Adjustment(f"a{number}", change, scope, function, author="ann", reason="drawn", seq=number))
    return tuple(found)


def _change(draw, kind, snapshot):
    start = snapshot.head.start
    makes = {
        "set_policy": lambda: kind(*_knob(draw)),
        "launch_date": lambda: kind(_day(draw, start)),
        "launch": lambda: kind(_amount(draw), draw.one_of(("", "20;50;100", "0", "0;0;0", "1e5;3"))),
        "end_date": lambda: kind(_day(draw, start)),
        "price": lambda: kind(_amount(draw)),
        "exchange_rate": lambda: kind(draw.one_of(("CHF", "EUR", "XXX", "")), _amount(draw)),
        "history_hold": lambda: kind(_amount(draw)),
        "forecast_method": lambda: kind(draw.one_of(get_args(Method)), draw.one_of(get_args(Season))),
        "promotion": lambda: kind(
            draw.one_of((0.0, -100.0, 35.0, 1e6)),
            draw.one_of((0.0, 20.0, 100.0)),
            draw.one_of((0, 1, 3, 500)),
            draw.one_of(("", *_codes(snapshot, "item"))),
            draw.one_of((0.0, 40.0, 100.0)),
            draw.one_of((0.0, 10.0, 1e5)),
        ),
        "demand_input": lambda: kind(
            _amount(draw),
            _spread(draw),
            draw.one_of(("total", "delta")),
            draw.one_of((None, (), ("a0", "none such"), ("promo-1",))),
        ),
        "demand_override": lambda: kind(_amount(draw), _spread(draw)),
        "demand_hold": lambda: kind(_amount(draw)) if draw.chance(0.6) else kind(),
        "capacity": lambda: kind(_amount(draw)),
        "overtime": lambda: kind(_amount(draw)),
        "production_override": lambda: kind(Amount("set", draw.one_of(VALUES["set"])), _spread(draw)),
        "production_strategy": lambda: kind(*draw.one_of((("level", 0.0), ("chase", 0.0), ("hybrid", 10.0)))),
    }
    return makes[kind.kind]()


def _knob(draw):
    knob = draw.one_of(KNOBS)
    return knob.name, knob_value(draw, knob)


def _amount(draw):
    operation = draw.one_of(("set", "add", "scale"))
    return Amount(operation, draw.one_of(VALUES[operation]))


def _spread(draw):
    rule = draw.one_of(RULES)
    return Spread(rule, draw.one_of((*LIKES, "")) if rule == "like" else "")


def _scope(draw, snapshot, *, history):
    nodes = {
        dimension: draw.one_of(_codes(snapshot, dimension)) if draw.chance(0.5) else ""
        for dimension in ("item", "market", "location", "resource")
    }
    begin = snapshot.head.start - timedelta(days=300) if history else snapshot.head.start
    first, last = (_day(draw, begin) if draw.chance(0.4) else None for _ in range(2))
    return Scope(**nodes, first=first, last=last)


def _codes(snapshot, dimension):
    """Codes of a dimension and of its levels, and one that does not exist."""
    columns = {
        "item": ("items", ("item", "family", "category")),
        "market": ("markets", ("market", "region", "channel")),
        "location": ("locations", ("location", "region")),
        "resource": ("resources", ("resource",)),
    }
    name, asked = columns[dimension]
    frame = snapshot.table(name)
    codes = {code for column in asked for code in frame[column].drop_nulls().to_list()}
    return (*sorted(codes), "none-such")


def _day(draw, start):
    far = (date(1900, 1, 1), date(2199, 12, 31), start)
    return draw.one_of((*(start + timedelta(days=draw.whole(-60, 200)) for _ in range(6)), *far))
