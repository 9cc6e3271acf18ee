"""The exact effect of an adjustment that is not saved: the plan with it less the plan without. Nothing is published."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from equipoise.plan import compute_plan
from equipoise.store_plans import DiskShelf
from equipoise_web.access import Access, access_of_person
from equipoise_web.jobs.step import News, Tell
from equipoise_web.reads.effect import difference
from equipoise_web.reads.plans import open_plan, published_digest
from equipoise_web.reads.preview import as_proposed
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of, open_snapshot


def preview_of(question: Mapping[str, Any], _who: Access, tell: Tell) -> dict[str, Any]:
    """`question` is {scenario, body, person}; the answer is an `Effect` as JSON, of what that person may see."""
    person = access_of_person(int(question["person"]))
    asked = question_of(str(question["scenario"]))
    proposed = as_proposed(question["body"], person)
    tell("Opening the snapshot", 0.0)
    snapshot = open_snapshot(asked.snapshot)
    shelf = DiskShelf(Path(settings.EQUIPOISE_HOME) / "shelf", axes_of(asked.snapshot))
    digest = published_digest(asked.fingerprint)
    begin = 0.05 if digest else 0.45
    early = News(lambda stage, part: tell(stage, part * begin))
    late = News(lambda stage, part: tell(stage, begin + part * (0.95 - begin)))
    before = (
        open_plan(digest)
        if digest
        else compute_plan(snapshot, asked.adjustments, shelf=shelf, progress=early, look=early.look)
    )
    after = compute_plan(snapshot, (*asked.adjustments, proposed), shelf=shelf, progress=late, look=late.look)
    return difference(before, after, person, adjustment=proposed.id).as_json()
