"""A change of a scenario asks for its plan, in the transaction of the change: none is forgotten, whoever is killed."""

from equipoise_web.access import Access
from equipoise_web.records.models import Job


def plan_next(who: Access, scenario: str) -> None:
    """Queue the plan of a scenario that was changed; its caller stands in the door.

    One that waits already will count the change. One that runs has read its question: it gets a successor.
    """
    question = {"scenario": scenario}
    if not Job.objects.filter(kind="compute_plan", question=question, state=Job.QUEUED).exists():
        Job.objects.create(kind="compute_plan", question=question, asked_by_id=who.person or None)
