"""A change of a scenario asks for its plan, in the transaction of the change: none is forgotten, whoever is killed."""

from equipoise_web.access import Access
from equipoise_web.records.models import Job
from equipoise_web.records.statements import Prepared, append


def plan_next(who: Access, scenario: str) -> None:
    """Queue the plan of a scenario that was changed; its caller stands in the door.

    One that waits already will count the change. One that runs has read its question: it gets a successor.
    """
    question = {"scenario": scenario}
    if (question,) not in _queued.rows():
        append(Job(kind="compute_plan", question=question, asked_by_id=who.person or None))


_queued = Prepared(lambda: Job.objects.filter(kind="compute_plan", state=Job.QUEUED).values_list("question"))
