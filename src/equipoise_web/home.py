"""The home folder: where an installation keeps its secret, its database, and its plans.

HOME/secret.key      made at first start, readable by the owner only
HOME/equipoise.sqlite3
HOME/plans/DIGEST/   published plans (equipoise.store_plans)
HOME/snapshots/ID/   sealed snapshots
HOME/shelf/          sections by key, may be deleted
"""

import os
import secrets
from pathlib import Path


def home_folder() -> Path:
    """`EQUIPOISE_HOME`, else `./equipoise-home`; made if it is not there."""
    home = Path(os.environ.get("EQUIPOISE_HOME") or "equipoise-home").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home


def secret_key(home: Path) -> str:
    """The installation's own secret, drawn at first start and never shipped."""
    path = home / "secret.key"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")
