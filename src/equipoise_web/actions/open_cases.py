"""Open the three cases of a question in one step: optimistic, most likely and pessimistic, a branch each."""

from collections.abc import Mapping
from typing import Any

from equipoise.core.axes import Axes
from equipoise.core.scenario import WrongScenario
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.door import door
from equipoise_web.actions.open_scenario import append_scenario, checked_name
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.propose_adjustment import append_adjustment, read_proposal

CASES = ("optimistic", "most likely", "pessimistic")
KINDS = ("demand_override", "demand_input")
"""Kinds that move demand by a percentage; the first that the person may propose is taken."""
MOST_PCT = 900.0


def open_cases(
    who: Access,
    name: str,
    *,
    parent: str,
    scope: Mapping[str, str],
    up_pct: float,
    down_pct: float,
    reason: str,
    axes: Axes,
    key: str = "",
) -> dict[str, Any]:
    """Open `NAME, optimistic` (demand of the scope + `up_pct` %), `NAME, most likely` (as the parent) and `NAME,
    pessimistic` (− `down_pct` %); returns {scenarios, adjustments}. All three, or none.
    """
    who.require(Right.BRANCH)
    title = checked_name(name, reason)
    if not 0 < up_pct <= MOST_PCT or not 0 < down_pct <= 100:
        raise WrongScenario(
            f"the optimistic case adds above 0 to {MOST_PCT:g} %, the pessimistic one takes above 0 to 100 %; "
            f"these are {up_pct:g} and {down_pct:g}"
        )
    kind = kind_of_cases(who)
    amounts = {"optimistic": f"+{up_pct:g}%", "pessimistic": f"-{down_pct:g}%"}
    read = {
        case: read_proposal(who, {"kind": kind, "amount": amount, "scope": dict(scope), "reason": reason}, axes)
        for case, amount in amounts.items()
    }
    asked = {"name": title, "parent": parent, "scope": dict(scope), "amounts": amounts, "reason": reason}
    with door(who, "open_cases", key=key, asked=asked) as entry:
        if entry.repeat is None:
            for case in CASES:
                home = append_scenario(who, f"{title}, {case}", question=reason, parent=parent)
                if case in read:
                    append_adjustment(entry, who, read[case], home)
                    plan_next(who, home.name)
            answer = {
                "scenarios": [f"{title}, {case}" for case in CASES],
                "adjustments": {case: adjustment.id for case, adjustment in read.items()},
            }
            entry.tell(f"scenario:{title}, {CASES[0]}", after={**asked, **answer}, because=reason, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def kind_of_cases(who: Access) -> str:
    """The kind of adjustment by which the person moves demand; NotAllowed where there is none."""
    for kind in KINDS:
        if who.may(Right.PROPOSE, kind=kind):
            return kind
    raise NotAllowed(f"{who.name} may not propose a change of demand, which the cases consist of")
