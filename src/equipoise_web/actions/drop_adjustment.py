"""Leave an adjustment of the parent out of a branch, to see the plan without it; or take it in again."""

from typing import Any

from equipoise.core.scenario import effective_set
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.archive_scenario import check_open, find_scenario
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.records.models import ScenarioEntry
from equipoise_web.scenarios import read_scenarios


def drop_adjustment(
    who: Access, scenario: str, adjustment: str, *, is_dropped: bool = True, because: str = "", key: str = ""
) -> dict[str, Any]:
    """Drop it from the branch, or with `is_dropped` false take it in again; returns {scenario, adjustment, is_dropped}.

    It goes on counting where it came from, and a merge does not carry the drop. In a root nothing is dropped: reject or
    withdraw the adjustment.
    """
    who.require(Right.BRANCH)
    asked = {"scenario": scenario, "adjustment": adjustment, "is_dropped": is_dropped, "because": because}
    with door(who, "drop_adjustment", key=key, asked=asked) as entry:
        if entry.repeat is None:
            record = find_scenario(scenario)
            check_open(record)
            if record.parent is None:
                raise NotAllowed(f"{scenario} is the plan of its cycle: reject or withdraw the adjustment instead")
            known = read_scenarios()
            holds = adjustment in effective_set(known, scenario)
            if not holds and adjustment not in known[scenario].drops:
                raise NotFound(f"{scenario} does not hold adjustment {adjustment!r}")
            if holds != is_dropped:
                theirs = "in it" if holds else "left out"
                raise StaleEdit(f"the adjustment is {theirs} already", mine=is_dropped, theirs=not holds)
            ScenarioEntry.objects.create(scenario=record, adjustment_id=adjustment, is_drop=is_dropped)
            plan_next(who, scenario)
            answer = {"scenario": scenario, "adjustment": adjustment, "is_dropped": is_dropped}
            entry.tell(f"scenario:{scenario}", after=answer, because=because, answer=answer)
    found: dict[str, Any] = entry.answer
    return found
