"""Open a scenario: a branch on a parent, or the root of a cycle on a sealed snapshot."""

from collections.abc import Sequence
from typing import Any

from equipoise.core.scenario import WrongScenario
from equipoise_web.access import Access, Right
from equipoise_web.actions.archive_scenario import check_open, find_scenario
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.records.models import ScenarioEntry, ScenarioRecord, SealedSnapshot

LONGEST_NAME, LONGEST_QUESTION = 120, 500
MOST_ASSUMPTIONS = 20


def open_scenario(
    who: Access,
    name: str,
    *,
    question: str = "",
    parent: str = "",
    snapshot: str = "",
    assumptions: Sequence[str] = (),
    key: str = "",
) -> dict[str, Any]:
    """Append the scenario; returns {name, parent, snapshot}. A branch names its parent, a root its snapshot."""
    who.require(Right.BRANCH)
    if bool(parent) == bool(snapshot):
        raise WrongScenario("a scenario stands either on a parent or, as the root of a cycle, on a snapshot")
    title, sure = checked_name(name, question), checked_assumptions(assumptions)
    asked = {"name": title, "question": question, "parent": parent, "snapshot": snapshot, "assumptions": sure}
    with door(who, "open_scenario", key=key, asked=asked) as entry:
        if entry.repeat is None:
            if snapshot and not SealedSnapshot.objects.filter(snapshot=snapshot).exists():
                raise NotFound(f"no snapshot {snapshot[:12]} was sealed here")
            append_scenario(who, title, question=question, parent=parent, snapshot=snapshot, assumptions=sure)
            answer = {"name": title, "parent": parent, "snapshot": snapshot}
            entry.tell(f"scenario:{title}", after={**asked}, because=question, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def append_scenario(
    who: Access, name: str, *, question: str, parent: str = "", snapshot: str = "", assumptions: Sequence[str] = ()
) -> ScenarioRecord:
    """Append the row; its caller stands in the door. StaleEdit where the name is taken, NotFound without the parent."""
    if ScenarioRecord.objects.filter(name=name).exists():
        raise StaleEdit(f"there is a scenario {name!r} already; choose another name", mine=name, theirs=name)
    above = find_scenario(parent) if parent else None
    if above is not None:
        check_open(above)
    last = ScenarioEntry.objects.order_by("-id").values_list("id", flat=True).first()
    return ScenarioRecord.objects.create(
        name=name,
        question=question,
        parent=above,
        snapshot=snapshot,
        opened_by_id=who.person or None,
        assumptions=list(assumptions),
        parted_after=last or 0,
    )


def checked_name(name: str, question: str) -> str:
    """The name without blanks around it; WrongScenario where there is none, or it or the question is too long."""
    title = name.strip()
    if not title:
        raise WrongScenario("a scenario needs a name, such as 'Second shift in March'")
    for what, text, most in (("name", title, LONGEST_NAME), ("question", question, LONGEST_QUESTION)):
        if len(text) > most:
            raise WrongScenario(f"the {what} has {len(text):,} characters; at most {most} are kept")
    return title


def checked_assumptions(assumptions: Sequence[str]) -> list[str]:
    """Assumptions without blanks and empty ones; WrongScenario where there are too many or one is too long."""
    sure = [words.strip() for words in assumptions if words.strip()]
    if len(sure) > MOST_ASSUMPTIONS or any(len(words) > LONGEST_QUESTION for words in sure):
        raise WrongScenario(f"at most {MOST_ASSUMPTIONS} assumptions of {LONGEST_QUESTION} characters are kept")
    return sure
