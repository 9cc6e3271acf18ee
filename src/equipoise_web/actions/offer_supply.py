"""Offer what supply can do about demand that it cannot serve as asked; demand answers by `answer_offer`.

An offer is an override of demand in a branch of the cycle's plan, the supply response: less in the bucket asked for,
and as much in the bucket in which it comes. It moves no number of the plan before demand accepts it, and the branch
shows at any time what the plan would be if all offers were.
"""

import uuid
from typing import Any

from equipoise.core.adjustment import Adjustment, Amount, Scope, WrongAdjustment
from equipoise.core.axes import Axes
from equipoise.core.grid import QUANTITY_STEP
from equipoise.demand.changes import DemandOverride
from equipoise.pack.headline import price
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, door
from equipoise_web.actions.open_scenario import LONGEST_NAME, append_scenario
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.propose_adjustment import append_adjustment
from equipoise_web.actions.reason import checked_reason
from equipoise_web.records.models import ScenarioRecord

SPEAKS_FOR_SUPPLY = "capacity"
"""The kind of adjustment that who speaks for supply may propose."""
REASON_CODE = "supply_response"
"""Marks the adjustments that are offers: one that takes demand away, and right after it the one that adds it later."""


def offer_supply(
    who: Access,
    *,
    axes: Axes,
    item: str,
    market: str,
    bucket: int,
    quantity: float,
    arrives: int | None,
    cost: float,
    currency: str,
    short: float,
    because: str,
    key: str = "",
) -> dict[str, Any]:
    """Append the offer: `quantity` units of what is `short` in `bucket` come in bucket `arrives`, None: not at all.

    `cost` is money of the `currency` that it costs more, told to demand in the words of the offer. Returns {offer,
    scenario}. Needs the right to propose for supply and to see the demand. Raises WrongAdjustment for amounts that
    are none, WrongReason.
    """
    scope = Scope(item=item, market=market)
    who.require(Right.PROPOSE, kind=SPEAKS_FOR_SUPPLY)
    who.require(Right.READ, measure="unmet_qty", scope=scope, axes=axes)
    units = _checked(axes, bucket, quantity, arrives, cost, short)
    words = checked_reason(because, "The second shift starts in May")
    said = f"{words} (costs {price(currency, cost)} more)" if cost else words
    asked = {
        "item": item,
        "market": market,
        "bucket": axes.calendar.start_of(bucket).isoformat(),
        "quantity": units,
        "arrives": None if arrives is None else axes.calendar.start_of(arrives).isoformat(),
        "cost": cost,
    }
    with door(who, "offer_supply", key=key, asked=asked | {"because": words}) as entry:
        if entry.repeat is None:
            home = _response(who)
            legs = [(bucket, -units)] if arrives is None else [(bucket, -units), (arrives, units)]
            made = [
                append_adjustment(entry, who, _leg(who, axes, scope, at, amount, said), home) for at, amount in legs
            ]
            plan_next(who, home.name)
            answer = {"offer": made[0].pk, "scenario": home.name}
            entry.tell(f"adjustment:{made[0].pk}", after=asked | answer, because=words, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def response_name(root: str) -> str:
    """The name of the branch that holds the offers of a cycle.

    >>> response_name("November 2026")
    'Supply response to November 2026'
    """
    return f"Supply response to {root}"[:LONGEST_NAME]


def _checked(axes: Axes, bucket: int, quantity: float, arrives: int | None, cost: float, short: float) -> float:
    """The units on the grid of quantities."""
    units = round(quantity / QUANTITY_STEP) * QUANTITY_STEP
    if not 0 < units <= short + QUANTITY_STEP:
        raise WrongAdjustment(f"quantity: {quantity:g} is not between 0 and the {short:,.1f} units that are short")
    if arrives is not None and not bucket < arrives < axes.horizon:
        raise WrongAdjustment("arrives: choose a bucket after the one that was asked for, inside the horizon")
    if not 0 <= cost < 1e15:
        raise WrongAdjustment(f"cost: {cost:g} is no cost; give 0 where it costs nothing more")
    return min(units, short)


def _response(who: Access) -> ScenarioRecord:
    """The branch of the cycle's root that holds offers, opened with the first of them."""
    root = ScenarioRecord.objects.filter(parent__isnull=True).first()
    if root is None:
        raise NotFound("there is no scenario to answer: publish a first plan")
    name = response_name(root.name)
    found = ScenarioRecord.objects.filter(name=name, parent=root).first()
    return found or append_scenario(
        who, name, question="What can supply deliver of what it cannot serve as asked?", parent=root.name
    )


def _leg(who: Access, axes: Axes, scope: Scope, bucket: int, amount: float, said: str) -> Adjustment:
    calendar = axes.calendar
    return Adjustment(
        id=str(uuid.uuid4()),
        change=DemandOverride(Amount("add", amount)),
        scope=Scope(scope.item, scope.market, first=calendar.start_of(bucket), last=calendar.end_of(bucket)),
        function=who.function_for(SPEAKS_FOR_SUPPLY),
        author=who.name,
        reason_code=REASON_CODE,
        reason=said,
    )
