"""Published plans by digest: the row names the folder, the folder holds the numbers, some stay open."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from equipoise.core.errors import EquipoiseError
from equipoise.engine import engine
from equipoise.plan import Plan
from equipoise.store_plans import read_plan, read_tier
from equipoise.stored_rollups import ROLLUPS, Rollups
from equipoise_web.access import Access, Right
from equipoise_web.reads.open_folders import OpenFolders
from equipoise_web.reads.scoped import scoped_plan
from equipoise_web.reads.snapshots import bytes_of_snapshot
from equipoise_web.records.models import AnsweredQuestion, PublishedPlan
from equipoise_web.records.statements import Prepared

OPEN_PLAN_BYTES = 2 << 30
"""Bytes of the plans kept open. Their measures are mapped from disk: the system lets pages go when memory is short."""


class PlanNotFound(EquipoiseError):
    """No plan of that digest was published here."""


def open_plan(digest: str) -> Plan:
    """The published plan of a digest. Raises PlanNotFound; SnapshotDamaged if its folder was tampered with."""
    home = str(settings.EQUIPOISE_HOME)
    folder = _folder(home, digest)
    # A plan never changes, so an open one stays true; the digest is part of the key for folders used again.
    return _open.get((home, folder, digest), lambda: _read(Path(home, "plans", folder)))


def _read(folder: Path) -> Plan:
    """The plan, its digest worked out, so that no request waits for it."""
    plan = read_plan(folder)
    assert plan.digest, folder
    return plan


@lru_cache(maxsize=1024)
def _folder(_home: str, digest: str) -> str:
    """The folder of a published plan; a row of one is never changed nor deleted, so it is read once."""
    folder = PublishedPlan.objects.filter(digest=digest).values_list("folder", flat=True).first()
    if folder is None:
        raise PlanNotFound(f"no plan {digest[:12]} was published here")
    return str(folder)


def tier_of(digest: str) -> str:
    """How the supply of a published plan was found: optimum, heuristic or infinite. Raises PlanNotFound."""
    home = str(settings.EQUIPOISE_HOME)
    return _tier(home, _folder(home, digest), digest)


@lru_cache(maxsize=1024)
def _tier(home: str, folder: str, _digest: str) -> str:
    return read_tier(Path(home, "plans", folder))


def open_rollups(digest: str) -> Rollups:
    """The stored sums of a published plan, unfiltered. Raises PlanNotFound."""
    home = str(settings.EQUIPOISE_HOME)
    return _rollups(home, _folder(home, digest), digest)


@lru_cache(maxsize=16)
def _rollups(home: str, folder: str, digest: str) -> Rollups:
    return Rollups(Path(home, "plans", folder, ROLLUPS), Path(home, "shelf", ROLLUPS, digest))


def _bytes_of(plan: Plan) -> int:
    arrays = sum(
        array.nbytes
        for section in plan.sections.values()
        for array in (
            *(panel.measures[name] for panel, name in section.measures()),
            *(part for posting in section.postings for part in (posting.rows, posting.buckets, posting.amounts)),
            *section.arrays.values(),
        )
    )
    return arrays + bytes_of_snapshot(plan.snapshot)


_open: OpenFolders[tuple[str, str, str], Plan] = OpenFolders(limit=OPEN_PLAN_BYTES, size=_bytes_of)


def published_digest(fingerprint: str) -> str | None:
    """Digest of the newest published answer to a question, None if it has not been answered by this engine."""
    current = engine()
    answer = (
        _plans.filter(fingerprint=fingerprint, engine=current).first()
        or _answered.filter(fingerprint=fingerprint, engine=current).first()
    )
    return None if answer is None else str(answer[0])


_plans = Prepared(lambda: PublishedPlan.objects.values_list("digest"))
_answered = Prepared(lambda: AnsweredQuestion.objects.values_list("plan__digest"))


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
