"""When the home was backed up last, as `equipoise backup` left word of it in the home."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from equipoise_web.home import LAST_BACKUP

OLD = timedelta(days=7)


@dataclass(frozen=True)
class LastBackup:
    """When, how much, and the entry at which the audit chain ended then."""

    at: datetime
    files: int
    bytes: int
    entries: int
    digest: str
    has_database: bool
    """False where the database is PostgreSQL, which has a dump of its own."""

    @property
    def days(self) -> int:
        """Whole days ago."""
        return (timezone.now() - self.at).days

    @property
    def is_old(self) -> bool:
        """True where a week of work would be lost."""
        return timezone.now() - self.at > OLD


def read_last_backup() -> LastBackup | None:
    """The last backup of this home, None if it was never backed up."""
    path = Path(settings.EQUIPOISE_HOME) / LAST_BACKUP
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    return LastBackup(
        datetime.fromisoformat(told["at"]),
        told["files"],
        told["bytes"],
        told["entries"],
        told["digest"],
        told["has_database"],
    )
