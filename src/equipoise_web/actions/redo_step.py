"""Do again what one took back last in the grid: its adjustments are proposed again."""

from typing import Any

from equipoise_web.access import Access, Right
from equipoise_web.actions.door import door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.undo_step import NothingToUndo, rule_step
from equipoise_web.records.models import GridStep


def redo_step(who: Access, *, scenario: str, key: str = "") -> dict[str, Any]:
    """Propose the adjustments of the step undone last again; returns {step, label, adjustments}."""
    who.require(Right.PROPOSE)
    with door(who, "redo_step", key=key, asked={"scenario": scenario}) as entry:
        if entry.repeat is None:
            steps = GridStep.objects.filter(person=who.person, scenario=scenario, state=GridStep.UNDONE)
            step = steps.first()
            if step is None:
                raise NothingToUndo("there is nothing to redo: nothing was undone since you changed something")
            changed = rule_step(who, step, verdict="proposed", is_standing=False)
            step.state = GridStep.DONE
            step.save(update_fields=["state"])
            plan_next(who, scenario)
            answer = {"step": step.pk, "label": step.label, "adjustments": changed}
            entry.tell(
                f"step:{step.pk}",
                before={"state": GridStep.UNDONE},
                after={"state": step.state} | answer,
                answer=answer,
            )
    found: dict[str, Any] = entry.answer
    return found
