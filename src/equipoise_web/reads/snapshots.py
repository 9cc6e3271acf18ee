"""Sealed snapshots by id: some stay open."""

from pathlib import Path

from django.conf import settings

from equipoise.core.axes import Axes
from equipoise.core.errors import EquipoiseError
from equipoise.core.snapshot import Snapshot
from equipoise.portfolio.build_axes import build_axes
from equipoise.store import MANIFEST, read_snapshot
from equipoise_web.reads.open_folders import OpenFolders
from equipoise_web.records.models import PublishedPlan

OPEN_SNAPSHOT_BYTES = 512 << 20
"""Bytes of the snapshots kept open; their tables are in memory."""


class SnapshotNotFound(EquipoiseError):
    """No snapshot of that id was sealed here."""


def open_snapshot(id: str) -> Snapshot:
    """The sealed snapshot of an id. Raises SnapshotNotFound; SnapshotDamaged if its folder was tampered with."""
    return _opened(id)[0]


def axes_of(id: str) -> Axes:
    """The axes of a sealed snapshot."""
    return _opened(id)[1]


def snapshot_folder(id: str) -> Path:
    """Where it lies: among the snapshots, else inside a plan that was published from it."""
    home = Path(settings.EQUIPOISE_HOME)
    if not id.isalnum():  # ids are hexadecimal; anything else could name another folder
        raise SnapshotNotFound(f"no snapshot {id[:12]} was sealed here")
    if (home / "snapshots" / id / MANIFEST).is_file():
        return home / "snapshots" / id
    plan = PublishedPlan.objects.filter(snapshot=id).first()
    if plan is None:
        raise SnapshotNotFound(f"no snapshot {id[:12]} was sealed here")
    return home / "plans" / plan.folder / "snapshot"


def _opened(id: str) -> tuple[Snapshot, Axes]:
    folder = snapshot_folder(id)

    def open_it() -> tuple[Snapshot, Axes]:
        snapshot = read_snapshot(folder)
        return snapshot, build_axes(snapshot)

    return _open.get(folder, open_it)


def bytes_of_snapshot(snapshot: Snapshot) -> int:
    """Bytes of its tables in memory."""
    frames = (*snapshot.tables.values(), *snapshot.lineage.values())
    return sum(int(frame.estimated_size()) for frame in frames)


_open: OpenFolders[Path, tuple[Snapshot, Axes]] = OpenFolders(
    limit=OPEN_SNAPSHOT_BYTES, size=lambda opened: bytes_of_snapshot(opened[0])
)
