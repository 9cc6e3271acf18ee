"""Bridges that lead to a landing: from the budget, the last forecast, last year."""

from equipoise.bridges import PlanBridge, Sold, bridge_sides
from equipoise.core.errors import EquipoiseError
from equipoise.core.grid import FloatArray
from equipoise.landing.sides import Sides, of_year
from equipoise.plan import Plan


class NoSuchSide(EquipoiseError):
    """A landing has no such side or fiscal year."""


def bridge_to_landing(
    plan: Plan, *, against: str = "budget", year: int | None = None, mix_level: str = "item"
) -> PlanBridge:
    """From the budget, the last forecast or last year of a fiscal year to its landing, over the buckets that are seen.

    `against` is budget, last_forecast or last_year; `year` a fiscal year the horizon touches, the first where left out.
    Past sales are in the currency of the first planning bucket, at the actual rate; the budget is at its own rates and
    last year at the actual ones of its days. The rates of a forecast are not known: it has no bar of currency.
    """
    if against not in ("budget", "last_forecast", "last_year"):
        raise NoSuchSide(f"a landing is not compared with {against!r}; choose budget, last_forecast or last_year")
    sides = Sides(plan)
    chosen = [one for one in sides.years if year in (None, one.year)]
    if not chosen:
        touched = ", ".join(str(one.year) for one in sides.years)
        raise NoSuchSide(f"the horizon does not touch fiscal year {year}; it touches {touched}")
    numbers: dict[str, dict[str, FloatArray]] = {}
    for measure in ("demand_served_qty", "revenue_amount", "margin_gross_amount"):
        for column, values in sides.columns(measure):
            if column in (against, "landing"):
                numbers.setdefault(column, {})[measure] = of_year(sides, values, chosen[0], column)
    before, after = (
        (side["demand_served_qty"], side["revenue_amount"], side["revenue_amount"] - side["margin_gross_amount"])
        for side in (numbers[against], numbers["landing"])
    )
    revenue_at, cost_at = sides.at_rates_of(against, chosen[0])
    keys = sides.keys.frame
    return bridge_sides(
        plan,
        Sold(keys, *before, revenue_at=before[1], cost_at=before[2]),
        Sold(keys, *after, revenue_at=after[1] + revenue_at, cost_at=after[2] + cost_at),
        mix_level,
    )
