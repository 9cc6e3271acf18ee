"""Jobs in words: what each computes, how far it is, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from equipoise_web.access import Access, Right
from equipoise_web.reads.jobs import JobRow, read_jobs
from equipoise_web.records.models import Job
from equipoise_web.scenarios import read_scenarios

SUBJECTS = {
    "compute_plan": gettext_noop("Run of {scenario}"),
    "preview": gettext_noop("Effect of a change on {scenario}"),
    "deliver": gettext_noop("Reading {name}"),
    "seal": gettext_noop("Sealing the month's data"),
}
"""What each kind computes; a kind without words of its own is shown by its name."""

LONG = 10
"""Seconds after which a run says how long it has been running."""

STATES = {
    Job.QUEUED: (gettext_noop("Waiting"), "none"),
    Job.RUNNING: (gettext_noop("Running"), "now"),
    Job.DONE: (gettext_noop("Done"), "done"),
    Job.FAILED: (gettext_noop("Failed"), "late"),
    Job.CANCELLED: (gettext_noop("Cancelled"), "none"),
}
"""The word and the badge of each state."""


@dataclass(frozen=True)
class JobInWords:
    """A job as a person reads it; `plan` is the digest of the plan that it made, blank if it made none."""

    row: JobRow
    subject: str
    title: str
    state_label: str
    badge: str
    step: str
    pct: int
    may_cancel: bool
    plan: str

    @property
    def id(self) -> int:
        """Its number."""
        return self.row.id

    @property
    def state(self) -> str:
        """One of queued, running, done, failed, cancelled."""
        return self.row.state

    @property
    def answer(self) -> Mapping[str, Any]:
        """What it found."""
        return self.row.answer

    @property
    def is_over(self) -> bool:
        """True once nothing more will come."""
        return self.row.is_over


@dataclass(frozen=True)
class JobsPage:
    """The newest jobs, and the scenarios whose plan the person may ask for (none: no right to run)."""

    title: str
    lead: str
    jobs: tuple[JobInWords, ...]
    scenarios: tuple[str, ...]


def read_jobs_page(who: Access) -> JobsPage:
    """The jobs that the person may see, newest first. Raises NotAllowed for the stranger."""
    who.require(Right.READ)
    jobs = tuple(in_words(row, who) for row in read_jobs(who))
    scenarios = tuple(sorted(read_scenarios())) if who.may(Right.RUN) else ()
    lead = _("Plans are computed one after the other; a change of a scenario starts its plan by itself.")
    return JobsPage(_title(jobs), lead, jobs, scenarios)


def _title(jobs: tuple[JobInWords, ...]) -> str:
    open_ones = sum(not job.is_over for job in jobs)
    failed = sum(job.state == Job.FAILED for job in jobs)
    if open_ones:
        under_way = ngettext("%(n)s run is under way", "%(n)s runs are under way", open_ones) % {"n": open_ones}
    elif jobs:
        under_way = _("No run is under way")
    else:
        return _("Nothing was computed yet")
    if not failed:
        return under_way
    return _("%(now)s; %(n)s failed") % {"now": under_way, "n": failed}


def in_words(row: JobRow, who: Access) -> JobInWords:
    """The job in words for a person."""
    subject = _subject(row)
    label, badge = STATES[row.state]
    return JobInWords(
        row,
        subject,
        _sentence(row, subject),
        _(label),
        badge,
        _step(row),
        round(100 * row.progress),
        not row.is_over and not row.is_cancel_asked and (row.asked_by == who.person or who.may(Right.RUN)),
        str(row.answer.get("digest") or "") if row.state == Job.DONE else "",
    )


def _subject(row: JobRow) -> str:
    if row.kind not in SUBJECTS:
        return row.kind
    words: str = _(SUBJECTS[row.kind])
    return words.format_map({name: row.question.get(name, "") for name in ("scenario", "name")})


def _sentence(row: JobRow, subject: str) -> str:
    if row.state == Job.DONE:
        return _("%(subject)s: done") % {"subject": subject}
    if row.state == Job.FAILED:
        return _("%(subject)s: failed") % {"subject": subject}
    if row.state == Job.CANCELLED:
        return _("%(subject)s: cancelled") % {"subject": subject}
    if row.state == Job.QUEUED:
        return _("%(subject)s: waits for its turn") % {"subject": subject}
    return _("%(subject)s: under way") % {"subject": subject}


def _step(row: JobRow) -> str:
    """What it does now."""
    if row.is_over:
        return row.error
    if row.is_cancel_asked:
        return _("Stops after this step: %(step)s") % {"step": row.stage or _("Starting")}
    if row.state == Job.QUEUED:
        return _("Waits for its turn")
    again = _(" (attempt %(n)s)") % {"n": row.attempts} if row.attempts > 1 else ""
    return (row.stage or _("Starting")) + _since(row) + again


def _since(row: JobRow) -> str:
    """How long it has been running, from the tenth second on."""
    if row.started_at is None:
        return ""
    seconds = int((timezone.now() - row.started_at).total_seconds())
    minutes, rest = divmod(max(seconds, 0), 60)
    return f" · {minutes}:{rest:02d} min" if seconds >= LONG else ""
