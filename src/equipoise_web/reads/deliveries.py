"""Deliveries of the draft: those in force, what each brought, and files being read or refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from equipoise_web.reads.drafts import standing_deliveries
from equipoise_web.reads.numbers import shown
from equipoise_web.records.models import Job

RECENT_JOBS = 8


@dataclass(frozen=True)
class Delivered:
    """A delivery in force."""

    id: int
    name: str
    by: str
    at: datetime
    is_append: bool
    has_mapping: bool
    brought: Mapping[str, Mapping[str, Any]]
    """By table: rows that count, rows left out, files."""

    @property
    def tables(self) -> str:
        """Tables and how many rows of each count, in words."""
        brought = [(name, facts) for name, facts in self.brought.items() if facts["rows"] or facts["left_out"]]
        return ", ".join(f"{name} {shown(float(facts['rows']))}" for name, facts in brought)


@dataclass(frozen=True)
class Reading:
    """A job of the draft that waits, runs, failed or was refused since the last delivery."""

    id: int
    name: str
    state: str
    is_over: bool


def brought_by(draft: int) -> dict[str, dict[str, Any]]:
    """By table the delivery in force that brought it last."""
    standing = {each["id"]: each for each in standing_deliveries(draft)}
    found: dict[str, dict[str, Any]] = {}
    for answer in _answers(draft):
        delivery = standing.get(answer.get("delivery", 0))
        if delivery is not None:
            facts = {"by": delivery["by__username"], "at": delivery["at"]}
            found |= dict.fromkeys(answer.get("tables", {}), facts)
    return found


def _answers(draft: int) -> list[dict[str, Any]]:
    """What the reading jobs of a draft answered, oldest first."""
    done = Job.objects.filter(kind="deliver", state=Job.DONE, question__draft=draft, question__undo=0)
    return list(done.order_by("id").values_list("answer", flat=True))


def read_deliveries(draft: int) -> tuple[Delivered, ...]:
    """Deliveries in force, the newest first, with the rows of each table that they brought."""
    tables = {answer["delivery"]: answer["tables"] for answer in _answers(draft) if "delivery" in answer}
    return tuple(
        Delivered(
            each["id"],
            each["name"],
            each["by__username"],
            each["at"],
            each["is_append"],
            bool(each["mapping"]),
            tables.get(each["id"], {}),
        )
        for each in reversed(standing_deliveries(draft))
    )


def read_reading(draft: int) -> tuple[Reading, ...]:
    """Jobs that are not over, and those after the last delivery that came to nothing."""
    found = []
    for job in Job.objects.filter(kind__in=("deliver", "seal"), question__draft=draft)[:RECENT_JOBS]:
        if job.state == Job.DONE and "refused" not in job.answer and not job.question.get("is_preview"):
            break
        if job.question.get("is_preview") or job.state == Job.CANCELLED:
            continue
        state = "refused" if "refused" in job.answer else job.state
        name = str(job.question.get("name", _("The draft")))
        found.append(Reading(job.pk, name, state, job.state not in (Job.QUEUED, Job.RUNNING)))
    return tuple(found)
