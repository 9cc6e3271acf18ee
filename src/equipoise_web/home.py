"""The home folder: where an installation keeps its secret, its database, and its plans.

HOME/secret.key      made at first start, readable by the owner only
HOME/equipoise.sqlite3 unless EQUIPOISE_DATABASE names a PostgreSQL database
HOME/write.lock        where writers queue
HOME/plans/DIGEST/   published plans (equipoise.store_plans)
HOME/snapshots/ID/   sealed snapshots
HOME/drafts/ID/      contents of the month's draft
HOME/deliveries/     files as they were delivered, under their SHA-256
HOME/shelf/          sections by key, may be deleted
HOME/last-backup.json  when it was backed up last, and where the audit chain ended then

EQUIPOISE_TIME_ZONE says where its days begin and end: every process that opens it is given the same one.
"""

import os
import secrets
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from equipoise.core.errors import EquipoiseError

LAST_BACKUP = "last-backup.json"
SHORTEST_KEY = 50
"""Characters of a secret key that `manage.py check --deploy` asks for."""


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


def asked_hosts() -> list[str]:
    """Names that browsers may ask for: EQUIPOISE_HOSTS, with commas between them."""
    return [host.strip() for host in os.environ.get("EQUIPOISE_HOSTS", "").split(",") if host.strip()]


def is_behind_tls() -> bool:
    """True by EQUIPOISE_HTTPS=1: a proxy in front speaks TLS and sets X-Forwarded-Proto and X-Forwarded-For."""
    return os.environ.get("EQUIPOISE_HTTPS") == "1"


def time_zone() -> str:
    """The zone in which this home's days begin and end: EQUIPOISE_TIME_ZONE, such as Europe/Berlin; UTC unless set.

    A hold's last day ends at its midnight, and pages tell times in it. Raises WrongTimeZone for one there is not.
    """
    asked = os.environ.get("EQUIPOISE_TIME_ZONE", "").strip()
    try:
        return ZoneInfo(asked or "UTC").key
    except (LookupError, OSError, ValueError):  # unknown; a folder of zones, such as Europe; no name of one at all
        raise WrongTimeZone(_no_zone(asked)) from None


def _no_zone(asked: str) -> str:
    """What to give instead.

    >>> _no_zone("Berlin")
    "EQUIPOISE_TIME_ZONE='Berlin' is no time zone: give area and city, such as Europe/Berlin"
    >>> _no_zone("New York")
    "EQUIPOISE_TIME_ZONE='New York' is no time zone: give area and city, such as America/New_York"
    >>> _no_zone("MEZ+1")
    "EQUIPOISE_TIME_ZONE='MEZ+1' is no time zone: give area and city, such as Europe/Berlin"
    """
    known = sorted(available_timezones())
    city = asked.rpartition("/")[2].replace(" ", "_").lower()
    by_city = {
        name.rpartition("/")[2].lower(): name
        for name in reversed(known)
        if "/" in name and not name.startswith("Etc/GMT")
    }
    near = [by_city[each] for each in get_close_matches(city, by_city, n=1, cutoff=0.8)]
    return (
        f"EQUIPOISE_TIME_ZONE={asked!r} is no time zone: give area and city, such as {(near or ['Europe/Berlin'])[0]}"
    )


def database(home: Path) -> dict[str, Any]:
    """Settings of the database: SQLite in the home folder, or PostgreSQL by `EQUIPOISE_DATABASE=postgresql://...`.

    SQLite: WAL with IMMEDIATE transactions, so that a read that turns into a write never meets "database is locked",
    and every commit reaches the disk. PostgreSQL: a pool; a statement, a lock or an idle transaction that hangs ends.
    """
    address = os.environ.get("EQUIPOISE_DATABASE", "")
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": home / "equipoise.sqlite3",
            "CONN_MAX_AGE": None,  # to open a file and set it up takes longer than most questions to it
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-65536;",
            },
        }
    parts = urlsplit(address)
    if parts.scheme not in ("postgresql", "postgres"):
        raise WrongDatabase(f"EQUIPOISE_DATABASE must begin with postgresql://, not {parts.scheme or 'nothing'}://")
    limits = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"options": limits, "pool": {"min_size": 1, "max_size": 4, "timeout": 10}},
    }


def identity_providers() -> dict[str, Any]:
    """An OpenID Connect provider by configuration: EQUIPOISE_OIDC_SERVER, _CLIENT, _SECRET and _NAME."""
    server = os.environ.get("EQUIPOISE_OIDC_SERVER", "")
    if not server:
        return {}
    app = {
        "provider_id": "company",
        "name": os.environ.get("EQUIPOISE_OIDC_NAME", "the company account"),
        "client_id": os.environ["EQUIPOISE_OIDC_CLIENT"],
        "secret": os.environ["EQUIPOISE_OIDC_SECRET"],
        "settings": {"server_url": server},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


class WrongTimeZone(EquipoiseError):
    """EQUIPOISE_TIME_ZONE names no time zone."""


class WrongDatabase(ValueError):
    """An address of a database that is not one of ours."""
