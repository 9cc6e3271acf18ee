"""How sensitive a plan is: each lever moved down and up by the same percentage, everything re-planned each time.

A lever is two adjustments that lie on top of those of the plan; a swing is the exact difference of two plans, so what
capacity takes back of a rise in demand is in it. It is a batch of two plans for each lever: seconds for a small
company, a coffee for a large one. Stages that a lever does not touch are computed once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from equipoise.core.adjustment import Adjustment, Amount, Change
from equipoise.core.errors import EquipoiseError
from equipoise.demand.changes import DemandOverride
from equipoise.finance.changes import ChangeExchangeRate, ChangePrice
from equipoise.pack.headline import LEAST_TOLD, money, signed_money
from equipoise.pack.tornado import Swing, Tornado, points
from equipoise.plan import MemoryShelf, Plan, Shelf, compute_plan
from equipoise.supply.changes import ChangeCapacity

MARGIN, REVENUE, FILL = "margin_gross_amount", "revenue_amount", "service_fill_pct"


class MarginUnknown(EquipoiseError):
    """A plan whose margin is not known cannot be told how sensitive it is."""


@dataclass(frozen=True)
class Lever:
    """Something that may turn out lower or higher than planned: the adjustment for either case."""

    name: str
    lower: Adjustment
    higher: Adjustment

    @staticmethod
    def of(name: str, lower: Change, higher: Change) -> "Lever":
        """A lever that acts on the whole company and horizon."""
        return Lever(name, Adjustment(f"{name} lower", lower), Adjustment(f"{name} higher", higher))


def standard_levers(plan: Plan, by: float = 10.0) -> tuple[Lever, ...]:
    """Demand, net prices, the capacity of every resource and the rate of every currency, `by` percent either way.

    Demand that is held stays as it is held.
    """
    down, up = Amount("scale", -by), Amount("scale", by)
    rates = plan.snapshot.table("exchange_rates")["currency"].unique().sort().to_list()
    return (
        Lever.of("Demand", DemandOverride(down), DemandOverride(up)),
        Lever.of("Net price", ChangePrice(down), ChangePrice(up)),
        *([Lever.of("Capacity", ChangeCapacity(down), ChangeCapacity(up))] if len(plan.axes.resources) else []),
        *(
            Lever.of(f"Rate of {code}", ChangeExchangeRate(code, down), ChangeExchangeRate(code, up))
            for code in rates
            if code != plan.head.currency
        ),
    )


def sensitivity(
    plan: Plan, levers: Sequence[Lever] | None = None, *, by: float = 10.0, shelf: Shelf | None = None
) -> Tornado:
    """Gross margin when each lever is moved by ∓`by` percent, the widest swing first; revenue and fill rate beside it.

    `levers` may be others than the standard ones; then `by` is only what the sides are called. A lever that moves
    nothing is left out. Raises MarginUnknown.
    """
    base = plan.total(MARGIN)
    if isnan(base):
        raise MarginUnknown("some price or cost of the plan is unknown, so is its margin; the findings say which")
    asked = standard_levers(plan, by) if levers is None else levers
    kept = shelf or MemoryShelf()
    found = [swing for lever in asked if (swing := _swing(plan, lever, kept)).span >= LEAST_TOLD]
    swings = tuple(sorted(found, key=lambda swing: (-swing.span, swing.name)))
    sides = (f"{by:g}% lower", f"{by:g}% higher")
    currency = plan.head.currency
    return Tornado(
        title=_finding(swings, sides, currency),
        subtitle=f"Gross margin over the horizon, {money(currency, base)} as planned, each lever alone {by:g}% lower "
        "and higher, everything re-planned",
        currency=currency,
        base=money(currency, base),
        sides=sides,
        swings=swings,
        has_net=False,
        beside=tuple(f"{what} {side}" for what in ("Revenue", "Fill rate, points,") for side in ("lower", "higher")),
    )


def _swing(plan: Plan, lever: Lever, shelf: Shelf) -> Swing:
    """The exact differences of margin, revenue and fill rate for the two sides of a lever."""
    others = [
        compute_plan(plan.snapshot, (*plan.adjustments, _last(plan, side)), shelf=shelf) for side in _sides(lever)
    ]
    margin, revenue, fill = (
        tuple(other.total(measure) - plan.total(measure) for other in others) for measure in (MARGIN, REVENUE, FILL)
    )
    told = (*(signed_money(plan.head.currency, change) for change in revenue), *(points(change) for change in fill))
    return Swing(lever.name, margin[0], margin[1], told)


def _sides(lever: Lever) -> tuple[Adjustment, Adjustment]:
    return lever.lower, lever.higher


def _last(plan: Plan, adjustment: Adjustment) -> Adjustment:
    """The adjustment, applied after all others of its kind."""
    seq = max((each.seq for each in plan.adjustments), default=0) + 1
    return Adjustment(
        adjustment.id, adjustment.change, adjustment.scope, adjustment.function, seq=max(seq, adjustment.seq)
    )


def _finding(swings: Sequence[Swing], sides: tuple[str, str], currency: str) -> str:
    if not swings:
        return "No lever moves margin"
    first = swings[0]
    lower, higher = (signed_money(currency, change) for change in (first.down, first.up))
    return f"{first.name} moves margin most: {lower} where {sides[0]}, {higher} where {sides[1]}"
