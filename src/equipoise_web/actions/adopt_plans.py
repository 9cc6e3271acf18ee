"""Adopt plans that the command line published into the home folder: verify the folder, then append its rows.

Adopted are the snapshot, a scenario for each plan with the adjustments it was computed from, and the plan itself, so
that the month can be worked on where the command line left it.
"""

from pathlib import Path

from django.contrib.auth.models import User

from equipoise.codec import adjustment_as_json
from equipoise.plan import Plan
from equipoise.store import read_manifest
from equipoise.store_plans import is_plan, read_plan
from equipoise_web.access import SYSTEM
from equipoise_web.actions.door import Entry, door
from equipoise_web.records.models import (
    AdjustmentRecord,
    PublishedPlan,
    RulingRecord,
    ScenarioEntry,
    ScenarioRecord,
    SealedSnapshot,
)


def adopt_plans(home: Path) -> list[PublishedPlan]:
    """Append rows for every plan folder under `home/plans` that has none; returns the new plans, oldest folder first.

    A folder that is not what its manifest says raises and is not adopted.
    """
    known = set(PublishedPlan.objects.values_list("digest", flat=True))
    plans = home / "plans"
    folders = sorted((f for f in plans.iterdir() if is_plan(f)), key=_age) if plans.is_dir() else []
    adopted = []
    for folder in folders:
        manifest = read_manifest(folder)
        if manifest["id"] not in known:
            adopted.append(_adopt(folder, sum(entry["size"] for entry in manifest["files"].values())))
            known.add(manifest["id"])
    return adopted


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def _adopt(folder: Path, size: int) -> PublishedPlan:
    plan = read_plan(folder, is_checked=False)  # its caller has just compared every byte with the manifest
    with door(SYSTEM, "adopt_plan") as entry:
        _adopt_snapshot(plan)
        scenario = _open_scenario(plan)
        for adjustment in plan.adjustments:
            _adopt_adjustment(plan, adjustment.id, scenario, entry)
        row = append_plan(plan, folder, size)
        entry.tell(
            f"plan:{plan.digest}",
            after={"fingerprint": plan.fingerprint, "snapshot": plan.snapshot_id, "scenario": scenario.name},
            answer={"digest": plan.digest},
        )
    return row


def append_plan(plan: Plan, folder: Path, size: int) -> PublishedPlan:
    """The row that makes a plan folder count; its caller stands in the door."""
    return PublishedPlan.objects.create(
        digest=plan.digest,
        folder=folder.name,
        fingerprint=plan.fingerprint,
        snapshot=plan.snapshot_id,
        engine=plan.engine,
        company=plan.head.name,
        start=plan.head.start,
        bytes=size,
    )


def _adopt_snapshot(plan: Plan) -> None:
    SealedSnapshot.objects.get_or_create(
        snapshot=plan.snapshot_id,
        defaults={
            "label": plan.snapshot.label,
            "company": plan.head.name,
            "start": plan.head.start,
            "as_of": plan.head.as_of,
            "bytes": 0,
        },
    )


def _open_scenario(plan: Plan) -> ScenarioRecord:
    """The root of the snapshot's cycle, or, where that has adjustments of its own already, a branch beside it."""
    root = ScenarioRecord.objects.filter(snapshot=plan.snapshot_id).first()
    if root is None:
        name = _free_name(f"{plan.axes.calendar.label(0)} plan")
        return ScenarioRecord.objects.create(name=name, snapshot=plan.snapshot_id, question="The cycle's working plan")
    return ScenarioRecord.objects.create(name=_free_name(f"Plan {plan.digest[:8]}"), parent=root)


def _free_name(name: str) -> str:
    taken = set(ScenarioRecord.objects.values_list("name", flat=True))
    names = (name if number == 1 else f"{name} ({number})" for number in range(1, len(taken) + 2))
    return next(each for each in names if each not in taken)


def _adopt_adjustment(plan: Plan, id: str, scenario: ScenarioRecord, entry: Entry) -> None:
    """The adjustment's row, if it has none yet, and its entry in the scenario."""
    (adjustment,) = (each for each in plan.adjustments if each.id == id)
    record = AdjustmentRecord.objects.filter(pk=id).first()
    if record is None:
        entry.head.adjustments += 1
        # Who stands in a file need not be somebody here: such an author is kept by name and cannot sign in.
        author, is_new = User.objects.get_or_create(
            username=adjustment.author or "imported", defaults={"is_active": False}
        )
        if is_new:
            author.set_unusable_password()
            author.save()
        seq = entry.head.adjustments
        record = AdjustmentRecord.objects.create(
            id=id,
            seq=seq,
            kind=adjustment.change.kind,
            function=adjustment.function,
            body={**adjustment_as_json(adjustment), "seq": seq},
            author=author,
        )
        RulingRecord.objects.create(adjustment=record, verdict="proposed", by=author, because=adjustment.reason)
    ScenarioEntry.objects.create(scenario=scenario, adjustment=record)
