"""Sweep away what a kill left behind: folders that were never finished. They count for nothing but disk space."""

import shutil
import time
from pathlib import Path

from equipoise.store import PENDING

OLD = 3600.0
"""Seconds after which a pending folder is nobody's: filling one takes minutes at most."""


def sweep(home: Path, *, now: float | None = None) -> list[Path]:
    """Delete pending folders below the home that were last written to more than OLD seconds ago; returns them."""
    end = (time.time() if now is None else now) - OLD
    found = [p for p in sorted(home.glob(f"*/{PENDING}*")) if p.is_dir() and _last_written(p) < end]
    for folder in found:
        shutil.rmtree(folder)
    return found


def _last_written(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
