"""Let holds go before they run out: their owner withdraws them, whoever may rule rejects those of others."""

from collections.abc import Sequence
from typing import Any

from equipoise.core.adjustment import WrongAdjustment
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.rule_adjustment import COUNTS
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioRecord

REPLACED = "Let go with the hold that replaced it"


def release_holds(who: Access, ids: Sequence[str], *, because: str, key: str = "") -> dict[str, Any]:
    """Let every one of the holds go, or none; returns {holds, verdict}. They are of one owner, as one line shows them.

    What they replaced goes with them, so that no earlier hold comes back; one of another's only by who may rule.
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
            gone = _no_longer_counting(records)
            if gone:
                raise StaleEdit(
                    f"{len(gone)} of {len(records)} holds were let go since you looked",
                    mine=verdict,
                    theirs={"adjustment": gone[0].pk},
                )
            older = _replaced(who, records)
            for record in records:
                RulingRecord.objects.create(adjustment=record, verdict=verdict, by_id=who.person, because=because[:500])
            for record in older:
                is_own = record.author.pk == who.person
                RulingRecord.objects.create(
                    adjustment=record,
                    verdict="withdrawn" if is_own else "rejected",
                    by_id=who.person,
                    because=because[:500] or REPLACED,
                )
            for scenario in ScenarioRecord.objects.filter(entries__adjustment__in=[*records, *older]).distinct():
                plan_next(who, scenario.name)
            held = [record.pk for record in records]
            after = {
                "adjustments": held,
                "replaced": [record.pk for record in older],
                "owner": records[0].author.get_username(),
                "verdict": verdict,
            }
            entry.tell(f"hold:{held[0]}", after=after, because=because, answer={"holds": held, "verdict": verdict})
    found: dict[str, Any] = entry.answer
    return found


def _holds(ids: Sequence[str]) -> list[AdjustmentRecord]:
    records = list(AdjustmentRecord.objects.filter(pk__in=ids, kind="demand_hold").select_related("author"))
    missing = sorted(set(ids) - {record.pk for record in records})
    if missing or not records:
        raise NotFound(f"there is no hold {', '.join(missing[:3]) or 'named'}")
    return records


def _replaced(who: Access, records: Sequence[AdjustmentRecord]) -> list[AdjustmentRecord]:
    """The holds that these replaced, and what those had, back to the first, as far as they count and one may."""
    found: dict[str, AdjustmentRecord] = {}
    ahead = {str(id) for record in records for id in record.body.get("supersedes", ())}
    while ahead:
        older = AdjustmentRecord.objects.filter(pk__in=ahead, kind="demand_hold").select_related("author")
        found |= {record.pk: record for record in older}
        ahead = {str(id) for record in older for id in record.body.get("supersedes", ())} - set(found)
    gone = {record.pk for record in _no_longer_counting(list(found.values()))}
    may_rule = who.may(Right.RULE)
    return [each for id, each in found.items() if id not in gone and (may_rule or each.author.pk == who.person)]


def _no_longer_counting(records: Sequence[AdjustmentRecord]) -> list[AdjustmentRecord]:
    """Those that were rejected or withdrawn."""
    rulings = RulingRecord.objects.filter(adjustment__in=records).order_by("id")
    last = dict(rulings.values_list("adjustment", "verdict"))
    return [record for record in records if last[record.pk] not in COUNTS]


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
