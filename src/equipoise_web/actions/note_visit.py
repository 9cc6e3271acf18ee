"""Note that somebody looked at home. Not through the door: no number changes, and nobody else is told."""

from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from equipoise_web.access import Access
from equipoise_web.records.models import AuditEntry, Visit

AT_MOST_EVERY = timedelta(minutes=1)
ANOTHER_VISIT = timedelta(minutes=30)
"""Who looks again sooner is still on the same visit: what was new stays listed as new."""


def note_visit(who: Access) -> None:
    """Keep how far into the audit chain the person has seen, now and at the visit before; written once a minute."""
    now = timezone.now()
    newest = AuditEntry.objects.aggregate(last=Max("seq"))["last"] or 0
    visit, is_first = Visit.objects.get_or_create(person_id=who.person, defaults={"seen": newest, "at": now})
    if is_first or now - visit.at < AT_MOST_EVERY:
        return
    if now - visit.at >= ANOTHER_VISIT:
        visit.seen_before, visit.before = visit.seen, visit.at
    visit.seen, visit.at = newest, now
    visit.save(update_fields=["seen", "seen_before", "at", "before"])
