"""Accept or refuse what supply offered, for demand; or take one's own offer back."""

from typing import Any

from equipoise.codec import adjustment_from_json
from equipoise.core.axes import Axes
from equipoise_web.access import Access, NotAllowed, Right
from equipoise_web.actions.archive_scenario import check_open
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.offer_supply import REASON_CODE
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.actions.reason import checked_reason
from equipoise_web.records.models import AdjustmentRecord, RulingRecord, ScenarioEntry, ScenarioRecord

SPEAKS_FOR_DEMAND = "demand_override"
"""The kind of adjustment that who speaks for demand may propose: the consensus is theirs."""
ANSWERS = ("accepted", "rejected", "withdrawn")


def answer_offer(who: Access, offer: str, answer: str, *, axes: Axes, because: str, key: str = "") -> dict[str, Any]:
    """Answer an offer by the id of its first adjustment; returns {offer, answer}.

    What is accepted joins the plan of the cycle at once, all of it. Accepting and refusing need the rights to rule and
    to override that demand, and nobody answers an offer of one's own; only its author takes it back. StaleEdit where it
    was answered before.
    """
    if answer not in ANSWERS:
        raise NotFound(f"an offer is {', '.join(ANSWERS)}, not {answer!r}")
    _check_role(who, answer)
    words = checked_reason(because, "The customer takes it in May")
    asked = {"offer": offer, "answer": answer, "because": words}
    with door(who, "answer_offer", key=key, asked=asked) as entry:
        if entry.repeat is None:
            legs = legs_of(offer)
            _check_right(who, legs[0], answer, axes)
            before = _check_open(legs, answer)
            for leg in legs:
                RulingRecord.objects.create(adjustment=leg, verdict=answer, by_id=who.person, because=words)
            if answer == "accepted":
                _join(legs)
            for scenario in ScenarioRecord.objects.filter(entries__adjustment=legs[0]).distinct():
                plan_next(who, scenario.name)
            told = {"offer": offer, "answer": answer}
            entry.tell(
                f"adjustment:{offer}", before={"answer": before}, after={"answer": answer}, because=words, answer=told
            )
    found: dict[str, Any] = entry.answer
    return found


def legs_of(offer: str) -> list[AdjustmentRecord]:
    """The adjustments of an offer: the one that takes demand away, and the one after it where it is to come later."""
    offers = AdjustmentRecord.objects.filter(kind=SPEAKS_FOR_DEMAND, body__reason_code=REASON_CODE)
    first = offers.filter(pk=offer).select_related("author").first()
    if first is None or not _takes_away(first):
        raise NotFound(f"there is no offer {offer!r}")
    after = offers.filter(seq=first.seq + 1).first()
    return [first] if after is None or _takes_away(after) else [first, after]


def _takes_away(record: AdjustmentRecord) -> bool:
    amount = getattr(adjustment_from_json(record.body, seq=record.seq).change, "amount", None)
    return amount is not None and amount.value < 0


def _check_role(who: Access, answer: str) -> None:
    """NotAllowed for who has no such say anywhere, before anything is told of the offer."""
    if answer == "withdrawn":
        who.require(Right.PROPOSE)
        return
    who.require(Right.RULE)
    who.require(Right.PROPOSE, kind=SPEAKS_FOR_DEMAND)


def _check_right(who: Access, record: AdjustmentRecord, answer: str, axes: Axes) -> None:
    is_own = record.author.pk == who.person
    if answer == "withdrawn":
        if not is_own:
            raise NotAllowed(f"only who made the offer, {record.author.get_username()}, takes it back")
        return
    scope = adjustment_from_json(record.body, seq=record.seq).scope
    who.require(Right.PROPOSE, kind=SPEAKS_FOR_DEMAND, scope=scope, axes=axes)
    if is_own:
        raise NotAllowed("nobody answers an offer of their own; ask somebody else who speaks for demand")


def _check_open(legs: list[AdjustmentRecord], answer: str) -> list[str]:
    """The verdicts it has; StaleEdit unless it waits, or was accepted and has not joined the plan."""
    last = [RulingRecord.objects.filter(adjustment=leg).last() for leg in legs]
    verdicts = [ruling.verdict for ruling in last if ruling is not None]
    is_in_plan = ScenarioEntry.objects.filter(adjustment=legs[0], scenario__parent__isnull=True).exists()
    allowed = {"proposed", "accepted"} if answer == "accepted" else {"proposed"}
    if is_in_plan or not set(verdicts) <= allowed:
        ruling = next(each for each in last if each is not None and each.verdict != "proposed")
        raise StaleEdit(
            f"{ruling.by.get_username()} has {ruling.verdict} it since you looked",
            mine=answer,
            theirs={"verdict": ruling.verdict, "by": ruling.by.get_username(), "because": ruling.because},
        )
    return verdicts


def _join(legs: list[AdjustmentRecord]) -> None:
    """Put what was accepted into the root of the branch that holds it."""
    branch = ScenarioRecord.objects.filter(entries__adjustment=legs[0], parent__isnull=False).select_related("parent")
    home = branch.first()
    if home is None or home.parent is None:
        raise NotFound("the supply response that held this offer is not there")
    check_open(home.parent)
    for leg in legs:
        ScenarioEntry.objects.create(scenario=home.parent, adjustment=leg)
