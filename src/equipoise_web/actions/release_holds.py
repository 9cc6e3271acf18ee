"""Let holds go before they run out: their owner withdraws them, whoever may rule rejects those of others."""

from collections.abc import Sequence
from typing import Any

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.rule_adjustment import COUNTS
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioRecord


def release_holds(who: Access, ids: Sequence[str], *, because: str, key: str = "") -> dict[str, Any]:
    """Let every one of the holds go, or none; returns {holds, verdict}. They are of one owner, as one line shows them.

    StaleEdit where one stands no longer. NotAllowed for another's without the right to rule, and WrongAdjustment
    without a reason: their owner will want to know.
    """
    if not who.may(Right.RULE):
        who.require(Right.PROPOSE)
    asked = {"holds": list(ids), "because": because}
    with door(who, "release_holds", key=key, asked=asked) as entry:
        if entry.repeat is None:
            records = _holds(ids)
            verdict = _verdict(who, records, because)
            last = dict(
                RulingRecord.objects.filter(adjustment__in=records).order_by("id").values_list("adjustment", "verdict")
            )
            gone = sorted(id for id, given in last.items() if given not in COUNTS)
            if gone:
                raise StaleEdit(
                    f"{len(gone)} of {len(records)} holds were let go since you looked",
                    mine=verdict,
                    theirs={"verdict": last[gone[0]], "adjustment": gone[0]},
                )
            for record in records:
                RulingRecord.objects.create(adjustment=record, verdict=verdict, by_id=who.person, because=because[:500])
            for scenario in ScenarioRecord.objects.filter(entries__adjustment__in=records).distinct():
                plan_next(who, scenario.name)
            answer = {"holds": [record.pk for record in records], "verdict": verdict}
            after = {**answer, "adjustments": answer["holds"], "owner": records[0].author.get_username()}
            entry.tell(f"hold:{records[0].pk}", after=after, because=because, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def _holds(ids: Sequence[str]) -> list[AdjustmentRecord]:
    records = list(AdjustmentRecord.objects.filter(pk__in=ids, kind="demand_hold").select_related("author"))
    missing = sorted(set(ids) - {record.pk for record in records})
    if missing or not records:
        raise NotFound(f"there is no hold {', '.join(missing[:3]) or 'named'}")
    return records


def _verdict(who: Access, records: Sequence[AdjustmentRecord], because: str) -> str:
    """Withdrawn where they are one's own, rejected where they are another's."""
    owners = {record.author.pk: record.author.get_username() for record in records}
    if len(owners) > 1:
        raise WrongAdjustment(f"these holds are of {', '.join(sorted(owners.values()))}: let go those of one at a time")
    if who.person in owners:
        who.require(Right.PROPOSE)  # not one who may only rule by now
        return "withdrawn"
    if not who.may(Right.RULE):
        raise NotAllowed(f"{next(iter(owners.values()))} holds this; ask its owner, or somebody with the right to rule")
    if not because.strip():
        raise WrongAdjustment("letting go what another holds needs a reason: its owner will want to know")
    return "rejected"
