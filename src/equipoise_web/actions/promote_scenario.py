"""Promote a scenario: merge it into the root it stands on, so that it is the plan of the cycle."""

from typing import Any

from equipoise.core.axes import Axes
from equipoise.core.scenario import WrongScenario, lineage
from equipoise_web.access import Access, Right
from equipoise_web.actions.archive_scenario import find_scenario
from equipoise_web.actions.door import door
from equipoise_web.actions.merge_scenario import do_merge
from equipoise_web.actions.reason import checked_reason
from equipoise_web.scenarios import read_scenarios


def promote_scenario(
    who: Access, scenario: str, *, axes: Axes, because: str, seen: str = "", key: str = ""
) -> dict[str, Any]:
    """Merge it into its root; returns {source, into, gained}. Needs the right to publish plans, and a reason.

    Refused as a merge is: StaleEdit where it changed since `seen`, or where conflicts wait to be settled.
    """
    who.require_whole(Right.PUBLISH)
    words = checked_reason(because, "Decided in the November meeting")
    with door(who, "promote_scenario", key=key, asked={"scenario": scenario, "because": words, "seen": seen}) as entry:
        if entry.repeat is None:
            find_scenario(scenario)
            root = lineage(read_scenarios(), scenario)[-1].name
            if root == scenario:
                raise WrongScenario(f"{scenario} is the plan of its cycle already")
            do_merge(entry, who, scenario, find_scenario(root), axes, seen=seen, because=words)
    found: dict[str, Any] = entry.answer
    return found
