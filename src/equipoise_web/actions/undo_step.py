"""Take back what one did last in the grid: a step at a time, its adjustments are withdrawn."""

from typing import Any

from equipoise.core.errors import EquipoiseError
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.rule_adjustment import COUNTS
from equipoise_web.records.models import GridStep, RulingRecord


class NothingToUndo(EquipoiseError):
    """No step of the person is left that could be taken back, or done again."""


def undo_step(who: Access, *, scenario: str, key: str = "") -> dict[str, Any]:
    """Withdraw the adjustments of one's last step; returns {step, label, adjustments}; what others rejected stays."""
    who.require(Right.PROPOSE)
    with door(who, "undo_step", key=key, asked={"scenario": scenario}) as entry:
        if entry.repeat is None:
            steps = GridStep.objects.filter(person=who.person, scenario=scenario, state=GridStep.DONE)
            step = steps.last()
            if step is None:
                raise NothingToUndo("there is nothing to undo: you have changed nothing here")
            changed = rule_step(who, step, verdict="withdrawn", is_standing=True)
            step.state = GridStep.UNDONE
            step.save(update_fields=["state"])
            plan_next(who, scenario)
            answer = {"step": step.pk, "label": step.label, "adjustments": changed}
            entry.tell(
                f"step:{step.pk}", before={"state": GridStep.DONE}, after={"state": step.state} | answer, answer=answer
            )
    found: dict[str, Any] = entry.answer
    return found


def rule_step(who: Access, step: GridStep, *, verdict: str, is_standing: bool) -> list[str]:
    """Give a verdict on those adjustments of a step that count, or that its author withdrew; their ids."""
    changed = []
    last = dict(
        RulingRecord.objects.filter(adjustment__in=step.adjustments).order_by("id").values_list("adjustment", "verdict")
    )
    for id in step.adjustments:
        if last[id] in COUNTS if is_standing else last[id] == "withdrawn":
            RulingRecord.objects.create(adjustment_id=id, verdict=verdict, by_id=who.person, because=step.label)
            changed.append(id)
    return changed
