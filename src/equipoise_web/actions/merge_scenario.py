"""Merge a scenario into another one: the other gains what it does not hold yet, unless both speak of one cell."""

from typing import Any

from equipoise.core.axes import Axes
from equipoise.core.merge import Merge, stands_on
from equipoise_web.access import Access, Right
from equipoise_web.actions.archive_scenario import check_open, find_scenario
from equipoise_web.actions.door import Entry, StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.records.models import ScenarioEntry, ScenarioRecord
from equipoise_web.scenarios import Merging, read_merging, read_scenarios


def merge_scenario(
    who: Access, source: str, *, into: str, axes: Axes, because: str = "", seen: str = "", key: str = ""
) -> dict[str, Any]:
    """Merge into a branch; returns {source, into, gained}. A root is merged into by `promote_scenario`.

    `seen` is the mark of the merge that the caller looked at: StaleEdit if either scenario changed since, or while
    conflicts wait to be settled. Needs the right to branch on every cell that the target gains.
    """
    who.require(Right.BRANCH)
    asked = {"source": source, "into": into, "because": because, "seen": seen}
    with door(who, "merge_scenario", key=key, asked=asked) as entry:
        if entry.repeat is None:
            target = find_scenario(into)
            if target.parent is None:
                who.require_whole(Right.PUBLISH)
            do_merge(entry, who, source, target, axes, seen=seen, because=because)
    found: dict[str, Any] = entry.answer
    return found


def do_merge(
    entry: Entry, who: Access, source: str, target: ScenarioRecord, axes: Axes, *, seen: str, because: str
) -> None:
    """Append what the target gains; its caller stands in the door and has checked the right to change the target."""
    check_open(find_scenario(source))
    check_open(target)
    found = read_merging(source, target.name, axes)
    _check(found, seen)
    for adjustment in found.merge.gains:
        who.require(Right.BRANCH, scope=adjustment.scope, axes=axes)
    gained = in_order(found.merge)
    for id in gained:
        ScenarioEntry.objects.create(scenario=target, adjustment_id=id)
    plan_next(who, target.name)
    for branch in _branches_moved(target.name):
        plan_next(who, branch)
    answer = {"source": source, "into": target.name, "gained": gained}
    entry.tell(f"scenario:{target.name}", after=answer, because=because, answer=answer)


def _branches_moved(target: str) -> list[str]:
    """Open branches that stand on the target and say something themselves: what they ask has changed with it."""
    scenarios = read_scenarios()
    away = set(ScenarioRecord.objects.filter(archived_at__isnull=False).values_list("name", flat=True))
    return sorted(
        name
        for name, scenario in scenarios.items()
        if (scenario.adds or scenario.drops) and name not in away and stands_on(scenarios, name, target) is not None
    )


def _check(found: Merging, seen: str) -> None:
    merge = found.merge
    if seen and seen != found.mark:
        raise StaleEdit(
            f"{merge.source} or {merge.target} changed since you looked; look again", mine=seen, theirs=found.mark
        )
    if merge.conflicts:
        pairs = [[conflict.earlier.id, conflict.later.id] for conflict in merge.conflicts]
        said = f"{len(pairs)} conflicts" if len(pairs) > 1 else "one conflict"
        raise StaleEdit(
            f"{merge.source} and {merge.target} have {said}; settle each by an adjustment that supersedes both",
            mine=merge.source,
            theirs=pairs,
        )
    if not merge.brings:
        raise StaleEdit(f"{merge.target} holds all of {merge.source} already", mine=merge.source, theirs=merge.target)


def in_order(merge: Merge) -> list[str]:
    """Ids that the target gains: those that stand in order of seq, then the others."""
    standing = [adjustment.id for adjustment in merge.gains]
    return [*standing, *sorted(merge.brings - set(standing))]
