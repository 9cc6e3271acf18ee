"""Compute the plan of a scenario as it stands, write it, publish it."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from equipoise.plan import compute_plan
from equipoise.store_plans import DiskShelf, write_plan
from equipoise_web.access import Access
from equipoise_web.actions.publish_plan import publish_plan
from equipoise_web.jobs.step import News, Tell
from equipoise_web.reads.plans import published_digest
from equipoise_web.reads.scenarios import question_of
from equipoise_web.reads.snapshots import axes_of, open_snapshot


def compute_plan_of(question: Mapping[str, Any], who: Access, tell: Tell) -> dict[str, Any]:
    """`question` is {scenario}; the answer {scenario, fingerprint, digest}. A plan that is there already is not redone.

    What the scenario asks is read when the job begins: a change made while it waited counts, one made later asks anew.
    """
    asked = question_of(str(question["scenario"]))
    digest = published_digest(asked.fingerprint)
    if digest is None:
        home = Path(settings.EQUIPOISE_HOME)
        tell("Opening the snapshot", 0.0)
        snapshot = open_snapshot(asked.snapshot)
        shelf = DiskShelf(home / "shelf", axes_of(asked.snapshot))
        news = News(lambda stage, part: tell(stage, part * 0.9))
        plan = compute_plan(snapshot, asked.adjustments, shelf=shelf, progress=news, look=news.look)
        tell("Publishing", 0.95)
        folder = home / "plans" / plan.digest
        write_plan(plan, folder)
        fence = partial(tell, "Publishing", 0.95)
        digest = publish_plan(who, plan, folder, scenario=asked.scenario, fence=fence)
    return {"scenario": asked.scenario, "fingerprint": asked.fingerprint, "digest": digest}
