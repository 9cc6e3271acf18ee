"""Seal the draft: ask for it, and record what the job has sealed, with the cycle that begins on it."""

from typing import Any

from equipoise.core.errors import EquipoiseError
from equipoise.core.snapshot import Snapshot
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound, StaleEdit, door
from equipoise_web.actions.open_draft import unsealed
from equipoise_web.drafts import has_contents
from equipoise_web.records.models import AdjustmentRecord, Job, ScenarioEntry, ScenarioRecord, SealedSnapshot


class SealedAlready(EquipoiseError):
    """The same data were sealed before: there is nothing new in the draft."""


def seal_draft(who: Access, draft: int, version: int, *, label: str = "", key: str = "") -> dict[str, Any]:
    """Ask for the draft to be sealed as its asker saw it; returns {job}. Raises StaleEdit where it changed since."""
    who.require_whole(Right.SEAL)
    question = {"draft": draft, "version": version, "label": label.strip()[:200]}
    with door(who, "ask_seal", key=key, asked=question) as entry:
        if entry.repeat is None:
            row = unsealed(draft)
            if row.version != version:
                raise StaleEdit(
                    "the draft was changed after you looked at it; look at it again, then seal it",
                    mine=f"version {version}",
                    theirs=f"version {row.version}",
                )
            if not has_contents(draft, version):
                raise NotFound("there is nothing to seal: no file was delivered yet")
            waiting = Job.objects.filter(kind="seal", question=question, state__in=(Job.QUEUED, Job.RUNNING)).first()
            job = waiting or Job.objects.create(kind="seal", question=question, asked_by_id=who.person or None)
            entry.tell(f"draft:{draft}", after=question, answer={"job": job.pk})
    found: dict[str, Any] = entry.answer
    return found


def record_seal(
    who: Access, draft: int, version: int, snapshot: Snapshot, size: int, *, standing: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Make a snapshot count that was written to HOME/snapshots: its row, its cycle's root scenario, and a plan run.

    Adjustments `standing` in the cycle before (facts and abilities, kinds that are kept when the month rolls) stand in
    the new one, too. Returns {snapshot, scenario, job}.
    """
    who.require_whole(Right.SEAL)
    with door(who, "seal_draft") as entry:
        row = unsealed(draft)
        if row.version != version:
            raise StaleEdit(
                "the draft was changed while it was sealed; look at it again, then seal it",
                mine=f"version {version}",
                theirs=f"version {row.version}",
            )
        if SealedSnapshot.objects.filter(snapshot=snapshot.id).exists():
            raise SealedAlready(
                f"the same data are sealed already as {snapshot.id[:12]}; deliver what is new, or plan on that snapshot"
            )
        SealedSnapshot.objects.create(
            snapshot=snapshot.id,
            label=snapshot.label,
            company=snapshot.head.name,
            start=snapshot.head.start,
            as_of=snapshot.head.as_of,
            bytes=size,
            sealed_by_id=who.person or None,
        )
        row.sealed_as = snapshot.id
        row.save(update_fields=["sealed_as"])
        scenario = _open_root(who, snapshot)
        kept = AdjustmentRecord.objects.filter(pk__in=standing).order_by("seq")
        for adjustment in kept:
            ScenarioEntry.objects.create(scenario=scenario, adjustment=adjustment)
        job = Job.objects.create(
            kind="compute_plan", question={"scenario": scenario.name}, asked_by_id=who.person or None
        )
        answer = {"snapshot": snapshot.id, "scenario": scenario.name, "job": job.pk}
        after = {**answer, "draft": draft, "version": version, "label": snapshot.label, "kept": len(kept)}
        entry.tell(f"snapshot:{snapshot.id}", after=after, because=snapshot.label, answer=answer)
    found: dict[str, Any] = entry.answer
    return found


def _open_root(who: Access, snapshot: Snapshot) -> ScenarioRecord:
    name = f"{snapshot.head.calendar.label(0)} plan"
    taken = set(ScenarioRecord.objects.values_list("name", flat=True))
    names = (name if number == 1 else f"{name} ({number})" for number in range(1, len(taken) + 2))
    free = next(each for each in names if each not in taken)
    return ScenarioRecord.objects.create(
        name=free, snapshot=snapshot.id, question="The cycle's working plan", opened_by_id=who.person or None
    )
