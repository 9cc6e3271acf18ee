"""Settle a conflict of a merge: a new adjustment in the branch that supersedes both, and says what holds."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from equipoise.codec import adjustment_as_json
from equipoise.core.adjustment import Adjustment, WrongAdjustment
from equipoise.core.axes import Axes
from equipoise.core.scenario import Conflict
from equipoise_web.access import Access, Right
from equipoise_web.actions.archive_scenario import find_scenario
from equipoise_web.actions.door import StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.propose_adjustment import append_adjustment, read_proposal
from equipoise_web.scenarios import Merging, read_merging


def settle_conflict(
    who: Access,
    source: str,
    *,
    into: str,
    pair: tuple[str, str],
    take: str,
    reason: str,
    axes: Axes,
    amount: str = "",
    key: str = "",
) -> dict[str, Any]:
    """Propose in `source` what one of the `pair` of adjustments says (`take` is its id), or that with another
    `amount`; it supersedes both. Returns {id, seq, scenario, kind}.

    Needs the right to rule, and to propose that kind on all of its scope. StaleEdit where the two no longer conflict.
    """
    who.require(Right.RULE)
    asked = {"source": source, "into": into, "pair": list(pair), "take": take, "reason": reason, "amount": amount}
    with door(who, "settle_conflict", key=key, asked=asked) as entry:
        if entry.repeat is None:
            home = find_scenario(source)
            conflict = _conflict(read_merging(source, into, axes), pair)
            read = _settled(who, conflict, axes, take=take, reason=reason, amount=amount)
            made = append_adjustment(entry, who, read, home)
            plan_next(who, source)
            answer = {"id": read.id, "seq": made.seq, "scenario": source, "kind": read.change.kind}
            entry.tell(
                f"adjustment:{read.id}", before={"pair": sorted(pair)}, after=made.body, because=reason, answer=answer
            )
    found_answer: dict[str, Any] = entry.answer
    return found_answer


def _conflict(found: Merging, pair: tuple[str, str]) -> Conflict:
    for conflict in found.merge.conflicts:
        if {conflict.earlier.id, conflict.later.id} == set(pair):
            return conflict
    raise StaleEdit("the two do not conflict, or somebody has settled it already", mine=sorted(pair), theirs="settled")


def _settled(who: Access, conflict: Conflict, axes: Axes, *, take: str, reason: str, amount: str) -> Adjustment:
    """The adjustment that supersedes both, as the person may propose it."""
    sides = {conflict.earlier.id: conflict.earlier, conflict.later.id: conflict.later}
    if take not in sides:
        raise WrongAdjustment(f"take {take!r} must be one of the two: {', '.join(sorted(sides))}")
    chosen = sides[take]
    body = adjustment_as_json(replace(chosen, id=str(uuid4()), reason=reason, supersedes=tuple(sorted(sides))))
    if amount.strip():
        if "amount" not in body:
            raise WrongAdjustment(f"{chosen.change.kind} has no amount; take one of the two as it is")
        body["amount"] = amount.strip()
    if chosen.change.kind != "demand_input":  # inputs move the number of their function; others speak as who settles
        body["function"] = who.function_for(chosen.change.kind)
    return read_proposal(who, body, axes)
