"""Open a scenario: a branch on a parent, or the root of a cycle on a sealed snapshot."""

from typing import Any

from equipoise.core.scenario import WrongScenario
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.records.models import ScenarioRecord, SealedSnapshot


def open_scenario(
    who: Access, name: str, *, question: str = "", parent: str = "", snapshot: str = "", key: str = ""
) -> dict[str, Any]:
    """Append the scenario; returns {name, parent, snapshot}. A branch names its parent, a root its snapshot."""
    who.require(Right.BRANCH)
    title = name.strip()
    if not title:
        raise WrongScenario("a scenario needs a name, such as 'Second shift in March'")
    if bool(parent) == bool(snapshot):
        raise WrongScenario("a scenario stands either on a parent or, as the root of a cycle, on a snapshot")
    asked = {"name": title, "question": question, "parent": parent, "snapshot": snapshot}
    with door(who, "open_scenario", key=key, asked=asked) as entry:
        if entry.repeat is None:
            if ScenarioRecord.objects.filter(name=title).exists():
                raise StaleEdit(f"there is a scenario {title!r} already; choose another name", mine=title, theirs=title)
            above = ScenarioRecord.objects.filter(name=parent).first() if parent else None
            if parent and above is None:
                raise NotFound(f"there is no scenario {parent!r} to stand on")
            if snapshot and not SealedSnapshot.objects.filter(snapshot=snapshot).exists():
                raise NotFound(f"no snapshot {snapshot[:12]} was sealed here")
            ScenarioRecord.objects.create(
                name=title, question=question, parent=above, snapshot=snapshot, opened_by_id=who.person or None
            )
            answer = {"name": title, "parent": parent, "snapshot": snapshot}
            entry.tell(f"scenario:{title}", after={**asked}, because=question, answer=answer)
    found: dict[str, Any] = entry.answer
    return found
