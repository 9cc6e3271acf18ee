"""Published plans by digest: the row names the folder, the folder holds the numbers, a few stay open."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from equipoise.core.errors import EquipoiseError
from equipoise.engine import engine
from equipoise.plan import Plan
from equipoise.store_plans import read_plan
from equipoise_web.access import Access, Right
from equipoise_web.reads.scoped import scoped_plan
from equipoise_web.records.models import PublishedPlan

OPEN_PLANS = 4
"""Plans kept open; their arrays are mapped from disk, so an open plan costs little memory."""


class PlanNotFound(EquipoiseError):
    """No plan of that digest was published here."""


def open_plan(digest: str) -> Plan:
    """The published plan of a digest. Raises PlanNotFound; SnapshotDamaged if its folder was tampered with."""
    home = Path(settings.EQUIPOISE_HOME)
    return _opened(home / "plans" / _folder(home, digest), digest)


@lru_cache(maxsize=1024)
def _folder(_home: Path, digest: str) -> str:
    """The folder of a published plan; a row of one is never changed nor deleted, so it is read once."""
    folder = PublishedPlan.objects.filter(digest=digest).values_list("folder", flat=True).first()
    if folder is None:
        raise PlanNotFound(f"no plan {digest[:12]} was published here")
    return str(folder)


@lru_cache(maxsize=OPEN_PLANS)
def _opened(folder: Path, digest: str) -> Plan:
    """A plan never changes, so an open one stays true; `digest` is part of the key for folders used again."""
    return read_plan(folder)


def published_digest(fingerprint: str) -> str | None:
    """Digest of the newest published answer to a question, None if it has not been answered by this engine."""
    current = engine()
    for row in PublishedPlan.objects.filter(fingerprint=fingerprint):
        if row.engine == current:
            return row.digest
    return None


def newest_digest() -> str | None:
    """The plan that was published last."""
    return PublishedPlan.objects.values_list("digest", flat=True).first()


def newest_digest_of(snapshot: str) -> str | None:
    """The plan of a snapshot that was published last."""
    return PublishedPlan.objects.filter(snapshot=snapshot).values_list("digest", flat=True).first()


def plan_for(who: Access, digest: str) -> Plan:
    """The published plan as a person may see it. Raises NotAllowed for the stranger, PlanNotFound for no such plan."""
    who.require(Right.READ)
    return scoped_plan(open_plan(digest), who)
