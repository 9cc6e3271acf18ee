"""Which scenario a page shows, where that is not the plan of record: the bar of every page names it.

The plan of record is what the working scenario asks, as it was answered last. Anything else is a draft that a scenario
asks, the plan that was published for one, or an earlier plan; people who believe they look at the plan of record would
decide on other numbers.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise_web.reads.grid_numbers import question_now
from equipoise_web.reads.plans import newest_digest_of, published_digest
from equipoise_web.reads.published import published_for
from equipoise_web.reads.pulse import read_pulse
from equipoise_web.records.models import ScenarioRecord


@dataclass(frozen=True)
class ShownScenario:
    """What is shown instead of the plan of record."""

    name: str
    """Of the scenario; that of the working one for an earlier plan of it."""
    standing: str
    """`draft of Nov 2026 plan`, `earlier plan`."""
    address: str
    """Its page; blank where there is none, as for a plan that was adopted from a file."""
    working: str
    record: str
    """Digest of the plan of record; blank where it is being computed."""


def shown_scenario(digest: str, scenario: str = "") -> ShownScenario | None:
    """What a page shows by the digest of its plan, and the scenario that it was asked for if it was; None where that is
    the plan of record, or the estimate of what is about to become it."""
    pulse = read_pulse()
    if not pulse.working or scenario == pulse.working:
        return None
    question = question_now(pulse.working, pulse)
    record = published_digest(question.fingerprint)
    if not scenario:
        if digest == (record or newest_digest_of(question.snapshot)):
            return None
        scenario = published_for([digest]).get(digest, "")
    found = ScenarioRecord.objects.filter(name=scenario).select_related("parent").first()
    if found is None or found.name == pulse.working:
        return ShownScenario(pulse.working, _("earlier plan"), "", pulse.working, record or "")
    standing = _("draft of %(parent)s") % {"parent": found.parent.name} if found.parent else _("earlier cycle")
    return ShownScenario(found.name, standing, reverse("scenarios:one", args=[found.pk]), pulse.working, record or "")
