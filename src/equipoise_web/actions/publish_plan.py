"""Publish a plan: its folder is whole on disk, the row makes it count."""

from collections.abc import Callable
from pathlib import Path

from equipoise.plan import Plan
from equipoise.store import MANIFEST, read_manifest
from equipoise_web.access import Access
from equipoise_web.actions.adopt_plans import append_plan
from equipoise_web.actions.door import door
from equipoise_web.records.models import AnsweredQuestion, PublishedPlan


def publish_plan(
    who: Access, plan: Plan, folder: Path, *, scenario: str, fence: Callable[[], None] = lambda: None
) -> str:
    """Append the row of a plan that was written to `folder`; returns its digest. The same plan again does nothing.

    A plan whose numbers were published as the answer to another question answers this one, too.

    `fence` is called in the transaction, and raises if whoever computed the plan has lost the right to publish it.
    """
    size = sum(entry["size"] for entry in read_manifest(folder)["files"].values())
    assert (folder / MANIFEST).is_file()
    if _is_known(plan):
        return plan.digest
    with door(who, "publish_plan") as entry:
        fence()
        row = PublishedPlan.objects.filter(digest=plan.digest).first()
        if row is None:
            append_plan(plan, folder, size)
        elif not _is_known(plan):
            AnsweredQuestion.objects.create(fingerprint=plan.fingerprint, engine=plan.engine, plan=row)
        after = {"fingerprint": plan.fingerprint, "snapshot": plan.snapshot_id, "scenario": scenario}
        entry.tell(f"plan:{plan.digest}", after=after, answer={"digest": plan.digest})
    return plan.digest


def _is_known(plan: Plan) -> bool:
    """True if this answer to this question was published."""
    asked = {"fingerprint": plan.fingerprint, "engine": plan.engine}
    if PublishedPlan.objects.filter(digest=plan.digest, **asked).exists():
        return True
    return AnsweredQuestion.objects.filter(plan__digest=plan.digest, **asked).exists()
