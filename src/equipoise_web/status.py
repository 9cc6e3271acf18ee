"""What a refusal is in HTTP."""

from equipoise.core.errors import EquipoiseError
from equipoise.core.scenario import WrongScenario
from equipoise.core.table import UnknownName
from equipoise.store import NotWritten
from equipoise_web.access import NotAllowed
from equipoise_web.actions.door import Busy, NotFound, StaleEdit
from equipoise_web.reads.adjustments import AdjustmentNotFound
from equipoise_web.reads.drafts import DraftNotFound
from equipoise_web.reads.exception_page import NoPlanYet
from equipoise_web.reads.jobs import JobNotFound
from equipoise_web.reads.people import PersonNotFound
from equipoise_web.reads.plans import PlanNotFound
from equipoise_web.reads.scenario_page import ScenarioNotFound
from equipoise_web.reads.snapshots import SnapshotNotFound
from equipoise_web.reads.webhooks import WebhookNotFound

STATUS: tuple[tuple[type[EquipoiseError], int], ...] = (
    (NotAllowed, 403),
    (NotFound, 404),
    (AdjustmentNotFound, 404),
    (DraftNotFound, 404),
    (JobNotFound, 404),
    (PlanNotFound, 404),
    (NoPlanYet, 404),
    (ScenarioNotFound, 404),
    (PersonNotFound, 404),
    (SnapshotNotFound, 404),
    (WebhookNotFound, 404),
    (UnknownName, 404),
    (WrongScenario, 404),
    (StaleEdit, 409),
    (Busy, 503),
    (NotWritten, 507),
    (EquipoiseError, 422),
)
"""The first that fits."""


def status_of(error: EquipoiseError) -> int:
    """HTTP status of a refusal."""
    return next(status for kind, status in STATUS if isinstance(error, kind))
