"""Holds whose last day has passed: their plans are asked for anew, and it is said once, in the audit chain.

Nothing has to be done for a hold to run out: from midnight on, no question asks for it (`equipoise_web.expiry`). Here
follows what people wait for: the plan of what is asked now, and word to the owner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from equipoise.core.adjustment import Adjustment, expiry_of
from equipoise.core.scenario import effective
from equipoise_web.access import SYSTEM
from equipoise_web.actions.door import door
from equipoise_web.actions.plan_next import plan_next
from equipoise_web.expiry import days_asked, today
from equipoise_web.records.models import AuditEntry, ScenarioRecord
from equipoise_web.scenarios import all_adjustments, read_rulings, read_scenarios

VERB = "end_holds"


@dataclass(frozen=True)
class Ended:
    """Holds of one owner that ran out on one day, and the open scenarios that asked for them, both in order."""

    owner: str
    last: date
    holds: tuple[str, ...]
    scenarios: tuple[str, ...]


def end_holds() -> tuple[Ended, ...]:
    """Ask for the plans of what ran out and was not told of yet, and tell; returns what that was.

    Safe to call at any time and by several at once: the key makes the second find it done.
    """
    ended = _not_told(_run_out())
    for each in ended:
        key = f"{VERB} {each.owner} {each.last} {each.holds[0]}"
        with door(SYSTEM, VERB, key=key, asked={"hold": each.holds[0]}) as entry:
            if entry.repeat is None:
                for scenario in each.scenarios:
                    plan_next(SYSTEM, scenario)
                after = {
                    "adjustments": each.holds,
                    "owner": each.owner,
                    "expires_on": each.last,
                    "scenarios": each.scenarios,
                }
                entry.tell(f"hold:{each.holds[0]}", after=after, answer={"holds": each.holds})
    return ended


def _run_out() -> Mapping[str, tuple[Adjustment, set[str]]]:
    """By id the holds that would count in an open scenario of the newest cycle but for their day; and in which."""
    adjustments, day = all_adjustments(), today()
    if all((expiry_of(each) or date.max) >= day for each in adjustments.values()):
        return {}
    scenarios, rulings = read_scenarios(), read_rulings()
    records = list(ScenarioRecord.objects.all())
    days = days_asked(scenarios, records)
    archived = {each.name for each in records if each.archived_at is not None}
    found: dict[str, tuple[Adjustment, set[str]]] = {}
    for name in scenarios:
        if name in archived or days[name] < day:
            continue
        for each in effective(scenarios, name, adjustments, rulings):
            if (expiry_of(each) or date.max) < day:
                found.setdefault(each.id, (each, set()))[1].add(name)
    return found


def _not_told(found: Mapping[str, tuple[Adjustment, set[str]]]) -> tuple[Ended, ...]:
    """What ran out, by owner and day, without the holds that an entry of the audit chain tells of already."""
    told = _told() if found else set()
    groups: dict[tuple[str, date], list[tuple[Adjustment, set[str]]]] = {}
    for hold, scenarios in found.values():
        last = expiry_of(hold)
        if hold.id not in told and last is not None:
            groups.setdefault((hold.author, last), []).append((hold, scenarios))
    return tuple(
        Ended(
            owner,
            last,
            tuple(hold.id for hold, _ in sorted(held, key=lambda each: each[0].seq)),
            tuple(sorted(_union(scenarios for _, scenarios in held))),
        )
        for (owner, last), held in sorted(groups.items())
    )


def _told() -> set[str]:
    entries = AuditEntry.objects.filter(verb=VERB).values_list("after", flat=True)
    return {str(id) for after in entries for id in after["adjustments"]}


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)
