"""Seal a draft: gather it with our own past, write the snapshot, record it, and begin the cycle on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from equipoise.gather import gather
from equipoise.past import past_of
from equipoise.store import read_manifest, write_snapshot
from equipoise_web.access import Access, Right
from equipoise_web.actions.door import NotFound
from equipoise_web.actions.seal_draft import record_seal
from equipoise_web.drafts import open_contents
from equipoise_web.jobs.step import Tell
from equipoise_web.reads.drafts import adjustments_kept, plan_of_record, read_draft_row
from equipoise_web.reads.jobs import asker_of
from equipoise_web.reads.plans import open_plan


def seal(question: Mapping[str, Any], who: Access, tell: Tell) -> dict[str, Any]:
    """`question` is {draft, version, label}; the answer {snapshot, scenario, job}, the job being the first plan run.

    What the cycle before published is sealed as its past. Fails where the draft was changed since, or where the same
    data were sealed before; nothing then counts.
    """
    person = asker_of(who)
    person.require_whole(Right.SEAL)
    row = read_draft_row(int(question["draft"]))
    tell("Opening the draft", 0.05)
    contents = open_contents(row.id, int(question["version"]))
    if contents is None or row.version != question["version"]:
        raise NotFound("the draft was changed after it was asked to be sealed; look at it again, then seal it")
    tell("Sealing what was published before", 0.3)
    published = plan_of_record(row.base) if row.base else None
    past = [] if published is None else past_of([open_plan(published)])
    tell("Judging the data", 0.4)
    label = str(question["label"]) or f"{contents.head.name} {contents.head.calendar.label(0)}"
    taken_at = timezone.now().isoformat(timespec="seconds")
    snapshot = gather(contents, label=label, taken_by=person.name, taken_at=taken_at, past=past)
    tell("Writing the snapshot", 0.7)
    folder = Path(settings.EQUIPOISE_HOME) / "snapshots" / snapshot.id
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_snapshot(snapshot, folder, quarantine=contents.quarantine)
    size = sum(entry["size"] for entry in read_manifest(folder)["files"].values())
    tell("Opening the cycle", 0.95)
    kept = adjustments_kept(row.base) if row.base else ()
    return record_seal(person, row.id, row.version, snapshot, size, standing=kept)
