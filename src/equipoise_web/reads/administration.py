"""What waits for an administrator: people without a role, links, tokens, backups and jobs. No number of a plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from equipoise_web.access import Access
from equipoise_web.reads.last_backup import LastBackup, read_last_backup
from equipoise_web.reads.numbers import counted
from equipoise_web.reads.people import InvitationPart, PersonPart, read_people
from equipoise_web.records.models import ApiToken, AuditHead, Job

SOON = timedelta(days=14)
"""A token that ends sooner is listed: its program needs another one."""
LATELY = timedelta(days=7)
"""Jobs that failed are listed for so long."""
PATIENCE = timedelta(minutes=2)
"""A job that waits longer while none runs has no worker."""
LISTED = 8

SORTS: dict[str, str | Promise] = {
    "compute_plan": gettext_lazy("Computing a plan"),
    "preview": gettext_lazy("Effect of a change"),
    "deliver": gettext_lazy("Reading a file"),
    "seal": gettext_lazy("Sealing a month"),
}
"""Jobs by their sort only: what they are about is for those who may see plans."""


@dataclass(frozen=True)
class EndingToken:
    """A token of a program that ends soon."""

    name: str
    person: str
    person_id: int
    ends_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class FailedJob:
    """A job that failed lately; `is_our_fault` where the worker's log says more."""

    id: int
    sort: str | Promise
    asked_by: str
    ended_at: datetime | None
    is_our_fault: bool


@dataclass(frozen=True)
class AdministrationPage:
    """Home of who looks after people and the installation."""

    title: str
    lead: str
    strangers: tuple[PersonPart, ...]
    invitations: tuple[InvitationPart, ...]
    tokens: tuple[EndingToken, ...]
    backup: LastBackup | None
    failed: tuple[FailedJob, ...]
    more_failed: int
    waiting: int
    waits_since: datetime | None
    """Since when the oldest job waits in vain; None where a worker works."""
    entries: int
    digest: str
    """Where the audit chain ends."""
    time_zone: str
    now: datetime
    """The time it is there."""


def read_administration(who: Access, *, is_chain_damaged: bool = False) -> AdministrationPage:
    """All of it, as of now. Raises NotAllowed without the right to manage people."""
    people = read_people(who)
    strangers = tuple(person for person in people.active if not person.grants)
    tokens, backup = tuple(_ending_tokens()), read_last_backup()
    failed = Job.objects.filter(state=Job.FAILED, ended_at__gt=timezone.now() - LATELY)
    count, waits_since = failed.count(), _waits_in_vain()
    head = AuditHead.objects.get(pk=1)
    doings = [*_doings(strangers, tokens, backup, count, waits_since, is_chain_damaged=is_chain_damaged)]
    return AdministrationPage(
        title=_title(doings),
        lead=people.lead,
        strangers=strangers,
        invitations=people.invitations,
        tokens=tokens,
        backup=backup,
        failed=tuple(map(_failed, failed.select_related("asked_by").order_by("-ended_at")[:LISTED])),
        more_failed=max(count - LISTED, 0),
        waiting=Job.objects.filter(state=Job.QUEUED).count(),
        waits_since=waits_since,
        entries=head.seq,
        digest=head.digest,
        time_zone=timezone.get_default_timezone_name(),
        now=timezone.now(),
    )


def _ending_tokens() -> Iterator[EndingToken]:
    now = timezone.now()
    rows = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=now, expires_at__lt=now + SOON)
    for row in rows.filter(person__is_active=True).select_related("person").order_by("expires_at"):
        person = row.person
        yield EndingToken(row.name, person.first_name or person.username, person.pk, row.expires_at, row.used_at)


def _waits_in_vain() -> datetime | None:
    oldest = Job.objects.filter(state=Job.QUEUED).order_by("id").first()
    now = timezone.now()
    is_worked = Job.objects.filter(state=Job.RUNNING, leased_until__gt=now).exists()
    return None if oldest is None or is_worked or now - oldest.asked_at < PATIENCE else oldest.asked_at


def _failed(job: Job) -> FailedJob:
    asked_by = job.asked_by.first_name or job.asked_by.username if job.asked_by else _("Equipoise")
    return FailedJob(job.pk, SORTS.get(job.kind, job.kind), asked_by, job.ended_at, job.is_our_fault)


def _doings(
    strangers: tuple[PersonPart, ...],
    tokens: tuple[EndingToken, ...],
    backup: LastBackup | None,
    failed: int,
    waits_since: datetime | None,
    *,
    is_chain_damaged: bool,
) -> Iterator[str]:
    """What somebody has to do something about, the worst first."""
    if is_chain_damaged:
        yield _("the audit chain is damaged")
    if waits_since is not None:
        yield _("jobs wait and no worker does them")
    if backup is None:
        yield _("the home was never backed up")
    elif backup.is_old:
        yield _("the last backup is %(n)s days old") % {"n": backup.days}
    if failed:
        said = ngettext("%(n)s job failed in the last seven days", "%(n)s jobs failed in the last seven days", failed)
        yield said % {"n": counted(failed).lower()}
    if strangers:
        said = ngettext("%(n)s person waits for a role", "%(n)s people wait for a role", len(strangers))
        yield said % {"n": counted(len(strangers)).lower()}
    if tokens:
        said = ngettext("%(n)s token ends within 14 days", "%(n)s tokens end within 14 days", len(tokens))
        yield said % {"n": counted(len(tokens)).lower()}


def _title(doings: list[str]) -> str:
    """The first two, and how many more there are.

    >>> _title(["the home was never backed up", "one person waits for a role", "one token ends"])
    'The home was never backed up, one person waits for a role, and one more matter'
    """
    if not doings:
        return _("Nothing waits for an administrator")
    said, more = ", ".join(doings[:2]), len(doings) - 2
    if more > 0:
        said = ngettext("%(said)s, and %(n)s more matter", "%(said)s, and %(n)s more matters", more) % {
            "said": said,
            "n": counted(more).lower(),
        }
    return said[0].upper() + said[1:]
