"""Archive a scenario: it leaves the lists and takes no more changes, and stays what it is; or take it back."""

from typing import Any

from django.utils import timezone

from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.reason import checked_reason
from equipoise_web.records.models import ScenarioRecord


def archive_scenario(
    who: Access, scenario: str, *, because: str, is_archived: bool = True, key: str = ""
) -> dict[str, Any]:
    """Archive it, or with `is_archived` false take it back; returns {scenario, is_archived}.

    Whoever opened it may, and who may publish plans. A root is the plan of its cycle and stays.
    """
    who.require(Right.BRANCH)
    words = checked_reason(because, "The second shift was decided")
    asked = {"scenario": scenario, "because": words, "is_archived": is_archived}
    with door(who, "archive_scenario", key=key, asked=asked) as entry:
        if entry.repeat is None:
            record = find_scenario(scenario)
            if record.parent is None:
                raise NotAllowed(f"{scenario} is the plan of its cycle; only a branch can be archived")
            is_own = record.opened_by is not None and record.opened_by.pk == who.person
            if not is_own and not who.may_whole(Right.PUBLISH):
                raise NotAllowed(f"{who.name} did not open {scenario} and has no right to publish plans")
            was = record.archived_at is not None
            if was == is_archived:
                stands = "archived" if was else "open"
                raise StaleEdit(f"{scenario} is {stands} already", mine=is_archived, theirs=was)
            record.archived_at = timezone.now() if is_archived else None
            record.save(update_fields=["archived_at"])
            entry.tell(
                f"scenario:{scenario}",
                before={"is_archived": was},
                after={"is_archived": is_archived},
                because=words,
                answer={"scenario": scenario, "is_archived": is_archived},
            )
    found: dict[str, Any] = entry.answer
    return found


def find_scenario(name: str) -> ScenarioRecord:
    """The record of a scenario; NotFound if there is none of that name."""
    record = ScenarioRecord.objects.filter(name=name).select_related("parent", "opened_by").first()
    if record is None:
        raise NotFound(f"there is no scenario {name!r}")
    return record


def check_open(record: ScenarioRecord) -> None:
    """StaleEdit where it is archived: nothing is changed in what was put away."""
    if record.archived_at is not None:
        raise StaleEdit(
            f"{record.name} was archived on {record.archived_at:%d %b %Y}; take it back, or branch from it",
            mine="a change",
            theirs="archived",
        )
