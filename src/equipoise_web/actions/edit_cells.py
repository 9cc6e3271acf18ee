"""Change cells of the planning grid: one step of one person, of however many adjustments, all of them or none."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef

from equipoise.codec import adjustment_from_json
from equipoise.core.adjustment import Adjustment, WrongAdjustment
from equipoise.core.axes import Axes
from equipoise.core.measure import Grain
from equipoise.core.table import UnknownName
from equipoise_web.access import Access
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.propose_adjustment import append_adjustment, read_proposal
from equipoise_web.records.models import GridStep, RulingRecord, ScenarioEntry, ScenarioRecord
from equipoise_web.records.statements import Prepared, append

MOST_CELLS = 2_000
"""Cells of one step."""
GRAINS = {
    "promotion": Grain.DEMAND,
    "demand_input": Grain.DEMAND,
    "demand_override": Grain.DEMAND,
    "demand_hold": Grain.DEMAND,
    "production_override": Grain.MAKE,
}
"""The grain whose cells a kind of adjustment that is typed in grids moves."""
IN_GRID = "Typed in the grid"
"""The reason of a change too small to ask for one."""


class ReasonNeeded(WrongAdjustment):
    """A change so large that its author must say why."""

    def __init__(self, message: str, *, amount: float) -> None:
        """Keep the money it moves."""
        self.amount = amount
        super().__init__(message)


def edit_cells(
    who: Access,
    bodies: Sequence[Mapping[str, Any]],
    *,
    scenario: str,
    axes: Axes,
    label: str,
    seen: int,
    reason: str = "",
    reason_code: str = "",
    moved_amount: float = 0.0,
    reason_above: float = float("inf"),
    key: str = "",
) -> dict[str, Any]:
    """Append an adjustment for each body; returns {step, label, adjustments, seen}.

    `seen` is the number of the last ruling its author knew of: StaleEdit if others have changed a cell of it since.
    ReasonNeeded without a reason above `reason_above` of money moved. Nothing is written unless all can be.
    """
    if not bodies:
        raise WrongAdjustment("nothing was changed: every cell keeps what it says")
    if len(bodies) > MOST_CELLS:
        raise WrongAdjustment(f"{len(bodies):,} cells are more than one step holds ({MOST_CELLS:,}); paste it in parts")
    words = reason.strip()
    sent = [{**body, "reason": words or IN_GRID, "reason_code": reason_code} for body in bodies]
    read = [read_proposal(who, body, axes) for body in sent]
    with door(who, "edit_cells", key=key, asked={"sent": sent, "scenario": scenario}) as entry:
        if entry.repeat is None:
            if not words and moved_amount > reason_above:
                is_made = any(body["kind"] == "production_override" for body in bodies)
                of_what = "production at standard cost" if is_made else "revenue"
                raise ReasonNeeded(
                    f"this moves {moved_amount:,.0f} of {of_what}: say in a few words why", amount=moved_amount
                )
            found_here = _scenarios.filter(name=scenario).records()
            if not found_here:
                raise NotFound(f"there is no scenario {scenario!r}")
            home = found_here[0]
            _check_unchanged(who, read, home, axes, seen=seen)
            _steps.filter(person=who.person, scenario=scenario, state=GridStep.UNDONE).update(state=GridStep.DROPPED)
            ids = [append_adjustment(entry, who, each, home).pk for each in read]
            step = append(GridStep(person_id=who.person, scenario=scenario, label=label, adjustments=ids))
            plan_next(who, scenario)
            answer = {"step": step.pk, "label": label, "adjustments": ids, "seen": entry.last_ruling}
            after = {"step": step.pk, "label": label, "adjustments": ids}
            entry.tell(f"step:{step.pk}", after=after, because=words or IN_GRID, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


_scenarios = Prepared(ScenarioRecord.objects.all)
_steps = Prepared(GridStep.objects.all)
_rulings = Prepared(lambda: RulingRecord.objects.values_list("pk"))


def _check_unchanged(who: Access, read: Sequence[Adjustment], home: ScenarioRecord, axes: Axes, *, seen: int) -> None:
    """StaleEdit if somebody else has ruled since `seen` on an adjustment of this plan that moves a cell of these."""
    if _rulings.filter(pk__gt=seen).exclude(by=who.person).first() is None:
        return  # most often, and told by a much smaller question than which of them concern this plan
    rulings = RulingRecord.objects.filter(pk__gt=seen).exclude(by=who.person)
    here = [home]
    while (parent := here[-1].parent) is not None:
        here.append(parent)
    of_this_plan = ScenarioEntry.objects.filter(scenario__in=here, adjustment=OuterRef("adjustment"))
    for ruling in rulings.filter(Exists(of_this_plan)).select_related("by", "adjustment").order_by("-id"):
        other = adjustment_from_json(ruling.adjustment.body, seq=ruling.adjustment.seq)
        met = next((each for each in read if _meet(each, other, axes)), None)
        if met is None:
            continue
        by = ruling.by.first_name or ruling.by.get_username()
        raise StaleEdit(
            f"{by} has changed this since you looked",
            mine=str(met.id),
            theirs={
                "by": by,
                "at": ruling.at,
                "verdict": ruling.verdict,
                "adjustment": ruling.adjustment.pk,
                "because": ruling.because,
                "seen": rulings.order_by("-id")[0].pk,
            },
        )


def _meet(mine: Adjustment, other: Adjustment, axes: Axes) -> bool:
    """True if both move a number that the other moves: of one function, or a hold, in cells that they share."""
    kinds, grain = {mine.change.kind, other.change.kind}, GRAINS.get(mine.change.kind, Grain.DEMAND)
    if grain is not GRAINS.get(other.change.kind) or not ("demand_hold" in kinds or len(kinds) == 1):
        return False
    if kinds == {"demand_input"} and mine.function != other.function:
        return False
    spans = [axes.calendar.span(each.scope.first, each.scope.last) for each in (mine, other)]
    if max(span[0] for span in spans) >= min(span[1] for span in spans):
        return False
    try:
        rows, theirs = (axes.rows(grain, each.scope) for each in (mine, other))
    except UnknownName:  # the other's is of a node that this plan, or the grain, does not have
        return False
    return bool(np.isin(rows, theirs).any())
