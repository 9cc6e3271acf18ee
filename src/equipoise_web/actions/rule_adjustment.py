"""Rule on an adjustment: accept or reject somebody else's, withdraw one's own."""

from typing import Any

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioRecord

COUNTS = ("proposed", "accepted")
"""Verdicts under which an adjustment is part of the plan."""
VERDICTS = ("proposed", "accepted", "rejected", "withdrawn")


def rule_adjustment(
    who: Access, adjustment: str, verdict: str, *, because: str = "", version: int | None = None, key: str = ""
) -> dict[str, Any]:
    """Append a ruling; returns {adjustment, verdict, version}.

    `version` is the number of the ruling the caller looked at: StaleEdit if another came since. Nobody accepts or
    rejects his own; only its author withdraws it or proposes it again. Rejecting needs a reason.
    """
    if verdict not in VERDICTS:
        raise WrongAdjustment(f"verdict {verdict!r} must be one of {', '.join(VERDICTS)}")
    asked = {"adjustment": adjustment, "verdict": verdict, "because": because, "version": version}
    with door(who, "rule_adjustment", key=key, asked=asked) as entry:
        if entry.repeat is None:
            record = AdjustmentRecord.objects.filter(pk=adjustment).select_related("author").first()
            if record is None:
                raise NotFound(f"there is no adjustment {adjustment!r}")
            _check_right(who, record, verdict)
            if verdict == "rejected" and not because.strip():
                raise WrongAdjustment("a rejection needs a reason: its author will want to know")
            last = RulingRecord.objects.filter(adjustment=record).last()
            assert last is not None, "an adjustment begins with a ruling"
            if version is not None and last.pk != version:
                raise StaleEdit(
                    f"{last.by.get_username()} has {last.verdict} it since you looked",
                    mine=verdict,
                    theirs={"verdict": last.verdict, "by": last.by.get_username(), "because": last.because},
                )
            made = RulingRecord.objects.create(adjustment=record, verdict=verdict, by_id=who.person, because=because)
            if (verdict in COUNTS) != (last.verdict in COUNTS):
                for scenario in ScenarioRecord.objects.filter(entries__adjustment=record).distinct():
                    plan_next(who, scenario.name)
            entry.tell(
                f"adjustment:{adjustment}",
                before={"verdict": last.verdict},
                after={"verdict": verdict},
                because=because,
                answer={"adjustment": adjustment, "verdict": verdict, "version": made.pk},
            )
    found: dict[str, Any] = entry.answer
    return found


def _check_right(who: Access, record: AdjustmentRecord, verdict: str) -> None:
    is_own = record.author.pk == who.person
    if verdict in ("accepted", "rejected"):
        who.require(Right.RULE)
        if is_own:
            raise NotAllowed("nobody rules on his own adjustment; ask somebody else with the right to rule")
    else:
        who.require(Right.PROPOSE)
        if not is_own:
            raise NotAllowed(f"only its author, {record.author.get_username()}, can do that")
