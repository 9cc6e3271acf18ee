"""Propose an adjustment in a scenario: it counts at once as proposed, until somebody rules on it."""

import uuid
from collections.abc import Mapping
from typing import Any

from equipoise.codec import adjustment_as_json, adjustment_from_json
from equipoise.core.adjustment import Adjustment, WrongAdjustment
from equipoise.core.axes import Axes
from equipoise_web.access import Access, Right
from equipoise_web.actions.archive_scenario import check_open
from equipoise_web.actions.door import Entry, NotFound, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.expiry import check_expiry
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioEntry, ScenarioRecord
from equipoise_web.records.statements import append

OWN = ("id", "seq", "author", "function")
"""Fields that the server gives, whatever was sent."""


def read_proposal(who: Access, sent: Mapping[str, Any], axes: Axes) -> Adjustment:
    """The adjustment that was sent, if the engine can read it and the person may propose it on all of its scope.

    Raises WrongAdjustment, which names the field, and NotAllowed. The function is that of the person's role.
    """
    kind = str(sent.get("kind", ""))
    who.require(Right.PROPOSE, kind=kind)
    function = str(sent.get("function") or who.function_for(kind))
    if function not in who.functions:
        raise WrongAdjustment(f"{who.name} does not speak for {function}, but for {', '.join(who.functions)}")
    given = {name: value for name, value in sent.items() if name not in OWN}
    read = adjustment_from_json({**given, "id": str(uuid.uuid4()), "function": function, "author": who.name})
    who.require(Right.PROPOSE, kind=kind, scope=read.scope, axes=axes)
    if read.supersedes:
        who.require(Right.RULE)
    if not read.reason.strip():
        raise WrongAdjustment("reason is missing; say in a few words why this number should change")
    check_expiry(read)
    return read


def propose_adjustment(
    who: Access, sent: Mapping[str, Any], *, scenario: str, axes: Axes, key: str = ""
) -> dict[str, Any]:
    """Append the adjustment to a scenario; returns {id, seq, scenario, kind}."""
    read = read_proposal(who, sent, axes)
    with door(who, "propose_adjustment", key=key, asked={"sent": sent, "scenario": scenario}) as entry:
        if entry.repeat is None:
            home = ScenarioRecord.objects.filter(name=scenario).first()
            if home is None:
                raise NotFound(f"there is no scenario {scenario!r}")
            made = append_adjustment(entry, who, read, home)
            plan_next(who, scenario)
            answer = {"id": read.id, "seq": made.seq, "scenario": scenario, "kind": read.change.kind}
            entry.tell(f"adjustment:{read.id}", after=made.body, because=read.reason, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def append_adjustment(entry: Entry, who: Access, read: Adjustment, home: ScenarioRecord) -> AdjustmentRecord:
    """Append what was read, as proposed, inside the door; NotFound where it supersedes what is not there.

    StaleEdit where the scenario was put away.
    """
    check_open(home)
    _check_replaced(read)
    entry.head.adjustments += 1
    seq = entry.head.adjustments
    body = {**adjustment_as_json(read), "seq": seq}
    made = append(
        AdjustmentRecord(
            id=read.id, seq=seq, kind=read.change.kind, function=read.function, body=body, author_id=who.person
        )
    )
    append(ScenarioEntry(scenario=home, adjustment=made))
    ruling = append(RulingRecord(adjustment=made, verdict="proposed", by_id=who.person, because=read.reason))
    entry.last_ruling = ruling.pk
    return made


def _check_replaced(read: Adjustment) -> None:
    if not read.supersedes:
        return
    known = set(AdjustmentRecord.objects.filter(pk__in=read.supersedes).values_list("pk", flat=True))
    missing = sorted(set(read.supersedes) - known)
    if missing:
        raise NotFound(f"it supersedes adjustments that are not there: {', '.join(missing)}")
